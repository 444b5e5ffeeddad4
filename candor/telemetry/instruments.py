"""What a process tells of its own work: counts and durations for Prometheus, and spans for OpenTelemetry where one is asked for.

Labels are names of ours, from short lists: never a company, a conversation, an address of a page or anything that a person wrote.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from socketserver import ThreadingMixIn
from threading import Thread
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import StartResponse, WSGIEnvironment

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Tracer

log = logging.getLogger("candor.telemetry")
# Seconds. A turn takes a tenth of one on a machine that is not busy; after 20 the visitor is told that Rasa does not answer.
DURATIONS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.5, 5.0, 10.0, 20.0)

TURNS = Counter("candor_turns", "Messages that were answered, by the kind of their first reply.", ["kind"])
PARTS = Histogram("candor_part_seconds", "How long a part of the work took.", ["part"], buckets=DURATIONS)
IN_PROGRESS = Gauge("candor_part_in_progress", "How much of a part is at work or waits for its turn now.", ["part"])
ACTIONS = Histogram("candor_action_seconds", "How long a custom action took.", ["action"], buckets=DURATIONS)
FAILED_ACTIONS = Counter("candor_actions_failed", "Custom actions that raised an error.", ["action"])
REFUSALS = Counter("candor_refusals", "Calls that were over a limit, by the kind of limit.", ["limit"])
CALLS = Histogram(
    "candor_http_seconds", "Calls of the web port, by the template of their route.", ["method", "route", "status"],
    buckets=DURATIONS,
)  # fmt: skip
JOBS_FAILED = Counter("candor_jobs_failed", "Runs of periodic jobs that failed.", ["task"])  # Prometheus has a label `job`

_tracer: list[Tracer] = []  # none, or the one of this process
_providers: list[TracerProvider] = []


@contextmanager
def measured(part: str, **ids: str) -> Iterator[None]:
    """Measure a part of the work. ids: of the request or conversation, for the span alone; never a label."""
    with _span(part, ids), IN_PROGRESS.labels(part).track_inprogress(), PARTS.labels(part).time():
        yield


def start_tracing(endpoint: str, process: str, version: str) -> None:
    """Send spans to an OTLP collector from now on, in batches and over HTTP. Nothing of OpenTelemetry is loaded before.

    endpoint: such as http://127.0.0.1:4318; empty: no spans.
    """
    if not endpoint or _tracer:
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": f"candor-{process}", "service.version": version}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces")))
    _providers.append(provider)
    _tracer.append(provider.get_tracer("candor", version))


def flush_spans() -> None:
    """Send what was gathered. At the end of a process it happens by itself."""
    for provider in _providers:
        provider.force_flush()


def carried_context() -> dict[str, str]:
    """The current span as W3C's traceparent, to be sent along to another process; empty where nothing is traced."""
    if not _tracer:
        return {}
    from opentelemetry.propagate import inject

    carrier: dict[str, str] = {}
    inject(carrier)
    return carrier


@contextmanager
def measured_action(action: str, carrier: dict[str, Any], conversation: str) -> Iterator[None]:
    """Measure a custom action, and count it where it fails. carrier: what carried_context() gave the other process."""
    with ACTIONS.labels(action).time(), FAILED_ACTIONS.labels(action).count_exceptions():
        if not _tracer:
            yield
            return
        from opentelemetry.propagate import extract

        above = extract({key: str(value) for key, value in carrier.items()})
        with _span(action, {"conversation": conversation}, above):
            yield


def _span(name: str, ids: dict[str, str], above: Context | None = None) -> AbstractContextManager[Any]:
    """A span, or nothing where nothing is traced. An error's own text may hold what a person wrote, so no span keeps it."""
    if not _tracer:
        return nullcontext()
    return _tracer[0].start_as_current_span(
        name, context=above, attributes=ids, record_exception=False, set_status_on_exception=False
    )


class Scrapes:
    """Answers Prometheus. state: what is read anew at each scrape, such as counts in the database; None: nothing."""

    def __init__(self, token: str = "", state: CollectorRegistry | None = None) -> None:
        """token: without which a scrape is refused; empty: none is asked for."""
        self._token, self._state = token, state

    def admits(self, authorization: str) -> bool:
        return not self._token or hmac.compare_digest(authorization.encode(), f"Bearer {self._token}".encode())

    def text(self) -> bytes:
        """All figures in Prometheus' text format. Blocks while it waits for the database."""
        registries: Iterable[CollectorRegistry] = (REGISTRY, self._state) if self._state else (REGISTRY,)
        return b"".join(map(generate_latest, registries))

    def wsgi(self, environ: WSGIEnvironment, answer: StartResponse) -> list[bytes]:
        """The same as a small application for a port of its own."""
        if environ.get("PATH_INFO") != "/metrics":
            answer("404 Not Found", [("Content-Type", "text/plain")])
            return [b"Figures are at /metrics.\n"]
        if not self.admits(environ.get("HTTP_AUTHORIZATION", "")):
            answer("401 Unauthorized", [("Content-Type", "text/plain"), ("WWW-Authenticate", "Bearer")])
            return [b"Refused: the token is missing or wrong.\n"]
        answer("200 OK", [("Content-Type", CONTENT_TYPE_LATEST)])
        return [self.text()]


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """A line for each scrape would hide all others."""


def serve_figures(host: str, port: int, scrapes: Scrapes) -> WSGIServer:
    """Answer Prometheus on a port of its own, in a thread that ends with the process. Raises: OSError if the port is taken."""
    server = make_server(host, port, scrapes.wsgi, server_class=_Server, handler_class=_Quiet)
    Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    log.info("figures for Prometheus at http://%s:%d/metrics", host, server.server_port)
    return server
