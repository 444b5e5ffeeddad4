"""Figures on a port of their own, and spans only where somebody asked for them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import httpx
import pytest
from pydantic import SecretStr, ValidationError

from candor.settings import ROOT, Settings
from candor.telemetry import instruments
from candor.telemetry.instruments import Scrapes, carried_context, measured, serve_figures

TOKEN = "a token that is long enough"


@pytest.fixture
def figures() -> Iterator[str]:
    """The address of a port that asks for the token."""
    server = serve_figures("127.0.0.1", 0, Scrapes(TOKEN))
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "token", "status"), [("/metrics", TOKEN, 200), ("/metrics", "wrong", 401), ("/metrics", "", 401), ("/", TOKEN, 404)]
)
def test_a_port_of_its_own_asks_for_the_token(figures: str, path: str, token: str, status: int) -> None:
    """So that it may be reached from beyond the machine."""
    answer = httpx.get(figures + path, headers={"Authorization": f"Bearer {token}"} if token else {}, trust_env=False)

    assert answer.status_code == status
    assert ("candor_part_seconds" in answer.text) == (status == 200)


def test_a_port_that_anybody_reads_is_refused_at_the_start() -> None:
    """Beyond loopback there is a token, or no port."""
    with pytest.raises(ValidationError, match="CANDOR_METRICS_TOKEN"):
        Settings(metrics_port=9100, metrics_host="0.0.0.0")  # noqa: S104

    assert Settings(metrics_port=9100).metrics_host == "127.0.0.1"
    assert Settings(metrics_port=9100, metrics_host="10.0.0.2", metrics_token=SecretStr(TOKEN)).metrics_port == 9100


def test_nothing_of_opentelemetry_is_loaded_without_an_endpoint() -> None:
    """It costs memory and time at each start, and most run without it."""
    code = (
        "import sys; import candor.app.web; from candor.telemetry.instruments import measured, start_tracing\n"
        "start_tracing('', 'web', '1')\nwith measured('turn'): pass\n"
        "print([name for name in sys.modules if name.startswith('opentelemetry.sdk')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)

    assert done.stdout.strip() == "[]"
    assert carried_context() == {}


class Collector:
    """Takes spans, as a collector of OpenTelemetry would."""

    def __init__(self) -> None:
        collector, self.bodies, self.came = self, list[tuple[str, bytes]](), Event()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                collector.bodies.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
                self.send_response(200)
                self.end_headers()
                collector.came.set()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, daemon=True).start()


def test_spans_reach_the_collector_and_hold_no_error_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the ids of conversation and part; and the context goes along to the other process."""
    collector, held = Collector(), list[Any]()
    monkeypatch.setattr(instruments, "_tracer", held)
    instruments.start_tracing(f"http://127.0.0.1:{collector.server.server_port}", "web", "1")

    with suppress(ValueError), measured("turn", conversation="c_1"):
        carried = carried_context()
        with instruments.measured_action("action_say", carried, "c_1"):
            raise ValueError("I am Ada")
    instruments.flush_spans()
    collector.server.shutdown()
    collector.server.server_close()

    path, body = collector.bodies[0]
    assert path == "/v1/traces"
    assert [word in body for word in (b"turn", b"action_say", b"c_1", b"candor-web")] == [True] * 4
    assert b"Ada" not in body
    assert carried["traceparent"].startswith("00-")
