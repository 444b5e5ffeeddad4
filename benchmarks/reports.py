"""Times the console's pages other than lists of conversations, with a million turns; `python -m benchmarks.console` runs it.

Each page gets the time until the server has answered and the CPU time of this process: on a busy machine the first depends on
other work, the second does not. The work of a PostgreSQL server counts only in the first.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from fastapi.testclient import TestClient

from candor.console.places import FOLDER

ROUNDS = 20  # requests of each page
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
class PageTiming:
    """One page's times in milliseconds; `cpu` is the median CPU time of this process."""

    page: str
    median: float
    p95: float
    cpu: float


def measure(client: TestClient, pages: Sequence[str] = tuple(PAGES), rounds: int = ROUNDS) -> list[PageTiming]:
    """Request each page `rounds` times. Raises: SystemExit if one does not answer with status 200."""
    return [_timed(page, partial(_ask, client, f"{FOLDER}{PAGES[page]}"), rounds) for page in pages]


def _ask(client: TestClient, path: str) -> None:
    response = client.get(path)
    if response.status_code != 200:
        raise SystemExit(f"{path} answered {response.status_code}")


def _timed(page: str, call: Callable[[], None], rounds: int) -> PageTiming:
    call()  # warm-up
    times: list[float] = []
    cpu_times: list[float] = []
    for _ in range(rounds):
        started, cpu = time.perf_counter(), time.process_time()
        call()
        times.append(1000 * (time.perf_counter() - started))
        cpu_times.append(1000 * (time.process_time() - cpu))
    return PageTiming(page, statistics.median(times), statistics.quantiles(times, n=20)[-1], statistics.median(cpu_times))
