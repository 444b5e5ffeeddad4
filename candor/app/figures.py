"""What /metrics reads anew at each scrape: queues, due dates, the age of the index, of the last backup and of the retention job.

The counts are of the whole database, so every process that is asked tells the same: take their maximum, not their sum.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from candor import __version__
from candor.app.channels import loggers_without_text
from candor.errors import CandorError
from candor.retention.job import last_run
from candor.services import Services
from candor.telemetry.instruments import Scrapes, serve_figures, start_tracing
from candor.telemetry.logs import configure_logs
from candor.tickets.workload import open_now

log = logging.getLogger("candor.telemetry")
STATES = ("due", "sending", "dead", "refused")  # of the outbox; what was sent is history


def watch(parts: Services, process: str) -> None:
    """Begin what operators see of a process: its log, spans where they are asked for, and its port for figures.

    Call it once, at the start of the process. Raises: OSError if the port is taken.
    """
    settings = parts.settings
    configure_logs(loggers_without_text(), process=process, as_json=settings.log_format == "json")
    start_tracing(settings.otlp_endpoint, process, __version__)
    if settings.metrics_port:
        token = settings.metrics_token.get_secret_value() if settings.metrics_token else ""
        serve_figures(settings.metrics_host, settings.metrics_port, Scrapes(token, state_of(parts)))


class StateCollector(Collector):
    """Reads the state of one Candor. A group that cannot be read is left out, and named in candor_unread."""

    def __init__(self, parts: Services, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._parts, self._now = parts, now

    def collect(self) -> Iterator[Metric]:
        """Every group in turn."""
        version = GaugeMetricFamily("candor_version", "The version that runs.", labels=["version"])
        version.add_metric([__version__], 1)
        yield version
        groups: Mapping[str, Callable[[], list[Metric]]] = {
            "outbox": self._outbox, "requests": self._requests, "people": self._people, "index": self._index,
            "retention": self._retention, "backup": self._backup,
        }  # fmt: skip
        unread = GaugeMetricFamily("candor_unread", "1 where a group of figures could not be read.", labels=["group"])
        for name, read in groups.items():
            try:
                found = read()
            except (CandorError, SQLAlchemyError, OSError) as error:
                log.warning("the figures of %s cannot be read: %s", name, type(error).__name__)
                found = []
                unread.add_metric([name], 1)
            else:
                unread.add_metric([name], 0)
            yield from found
        yield unread

    def _outbox(self) -> list[Metric]:
        box = self._parts.requests.outbox
        counts, oldest = box.counts(), box.waiting_since(self._now())
        messages = _by("candor_outbox_messages", "What is to be sent, by state.", "state", {s: counts.get(s, 0) for s in STATES})
        waited = (self._now() - oldest).total_seconds() if oldest else 0
        return [
            messages,
            GaugeMetricFamily("candor_outbox_late_seconds", "How long the oldest message waits that is due now.", waited),
            GaugeMetricFamily("candor_letters_failing", "Letters that the mail server does not take.", box.failing().count),
        ]

    def _requests(self) -> list[Metric]:
        now = open_now(self._parts.engine, self._now(), None)
        due = {"overdue": now.overdue, "soon": now.due_soon, "later": now.open - now.overdue - now.due_soon}
        return [_by("candor_requests", "Open requests: overdue, due in 7 days, later.", "due", due)]

    def _people(self) -> list[Metric]:
        waiting = self._parts.conversations.handoff_queue.waiting()
        late = sum(each.answer_by < self._now() for each in waiting)
        return [
            _by("candor_people_waiting", "Visitors who wait for a person: in time, late.", "late",
                {"no": len(waiting) - late, "yes": late}),
        ]  # fmt: skip

    def _index(self) -> list[Metric]:
        catalogue = self._parts.knowledge.catalogue
        return [
            _at("candor_index_made_timestamp_seconds", "When a policy was released last.", catalogue.made_at()),
            GaugeMetricFamily("candor_companies", "Companies that are served.", len(catalogue.companies)),
            GaugeMetricFamily("candor_passages", "Passages that are answered from.", catalogue.passages()),
        ]

    def _retention(self) -> list[Metric]:
        last = last_run(self._parts.engine)
        failed = len(last.failed) if last else 0
        pending = len(self._parts.conversations.transcripts.pending_deletions())
        return [
            _at("candor_retention_timestamp_seconds", "When the retention job began last.", last.began_at if last else None),
            GaugeMetricFamily("candor_retention_failed", "Kinds of data that its last run failed on.", failed),
            GaugeMetricFamily("candor_forgetting_pending", "Conversations that Rasa still has to forget.", pending),
        ]

    def _backup(self) -> list[Metric]:
        last = next(iter(self._parts.staff.audit.entries(action="backup.make", limit=1)), None)
        return [_at("candor_backup_timestamp_seconds", "When the last backup was made.", last.at if last else None)]


def state_of(parts: Services) -> CollectorRegistry:
    """A registry that reads the state at each scrape."""
    registry = CollectorRegistry()
    registry.register(StateCollector(parts))
    return registry


def _by(name: str, told: str, label: str, values: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(name, told, labels=[label])
    for value, count in values.items():
        family.add_metric([value], count)
    return family


def _at(name: str, told: str, moment: datetime | None) -> Metric:
    """A moment in seconds since 1970, as Prometheus wants it; 0: never, which is older than any alarm allows."""
    return GaugeMetricFamily(name, f"{told} 0: never.", moment.timestamp() if moment else 0)
