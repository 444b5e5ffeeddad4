"""The pages of the console that are no lists of conversations, timed over a million turns: `python -m bench_console` runs it.

Beside the time until the server has answered stands the processor's time in this process: on a machine that does other work too
the first tells how busy it is, the second what a page costs. On PostgreSQL the server's own work is in the first alone.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from fastapi.testclient import TestClient

from candor.console.places import FOLDER

ROUNDS = 20  # a page
PAGES = {
    "home": "/",
    "review queue": "/review",
    "review queue: answered": "/review?kind=answer",
    "review queue: rare kind": "/review?kind=handoff",
    "review queue: kind, company": "/review?kind=unsure&company=clevio",
    "review queue: not helpful": "/review?not_helpful=1",
    "review queue: not helpful, kind, company": "/review?not_helpful=1&kind=unsure&company=clevio",
    "review queue: mine": "/review?mine=1",
    "review queue: a sample": "/review?sample=3",
    "review queue: far on": "/review?kind=not_in_policy&after=300000",
    "samples": "/review/samples",
    "one sample": "/review/samples/3",
    "corrections": "/review/corrections",
    "silence, 7 days": "/silence?days=7",
    "silence, 30 days": "/silence?days=30",
    "silence, 90 days": "/silence?days=90",
    "silence, 12 months": "/silence?days=365",
    "silence, 12 months, one company": "/silence?days=365&company=clevio",
    "quotes that have changed": "/silence/changed",
    "figures, 7 days": "/figures?span=7",
    "figures, 30 days": "/figures?span=30",
    "figures, 30 days, Kolkata": "/figures?span=30&zone=Asia/Kolkata",
    "figures, 90 days, Berlin": "/figures?span=90&zone=Europe/Berlin",
    "figures, 12 months": "/figures?span=year",
    "figures, 12 months, Berlin": "/figures?span=year&zone=Europe/Berlin",
    "requests": "/requests",
    "requests: overdue": "/requests?due=overdue",
    "requests: not acknowledged": "/requests?due=acknowledge",
    "requests: law, company": "/requests?law=ccpa&company=clevio",
    "requests: closed": "/requests?closed=1",
    "requests: yearly figures": "/requests/figures",
    "people waiting": "/waiting",
    "keeping": "/keeping",
    "audit log": "/audit",
    "audit log: one action": "/audit?action=request.read",
}


@dataclass(frozen=True)
class ReportTook:
    """Milliseconds of one page; `cpu`: of this process, the middle one."""

    page: str
    median: float
    p95: float
    cpu: float


def measure(client: TestClient, pages: Sequence[str] = tuple(PAGES), rounds: int = ROUNDS) -> list[ReportTook]:
    """Ask for each page so many times. Raises: SystemExit for one that is none."""
    return [_timed(page, partial(_ask, client, f"{FOLDER}{PAGES[page]}"), rounds) for page in pages]


def _ask(client: TestClient, path: str) -> None:
    answered = client.get(path)
    if answered.status_code != 200:
        raise SystemExit(f"{path} answered {answered.status_code}")


def _timed(page: str, call: Callable[[], None], rounds: int) -> ReportTook:
    call()  # warms up what is made once
    took: list[float] = []
    used: list[float] = []
    for _ in range(rounds):
        started, cpu = time.perf_counter(), time.process_time()
        call()
        took.append(1000 * (time.perf_counter() - started))
        used.append(1000 * (time.process_time() - cpu))
    return ReportTook(page, statistics.median(took), statistics.quantiles(took, n=20)[-1], statistics.median(used))
