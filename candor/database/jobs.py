"""Run periodic jobs in one event loop until it is time to stop."""

from __future__ import annotations

import asyncio
import inspect
import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from candor.telemetry.instruments import JOBS_FAILED

log = logging.getLogger("candor.jobs")


@dataclass(frozen=True)
class PeriodicJob:
    """Something to do every so often.

    `name` is for the log. `work` takes no arguments; a coroutine function runs in the loop, any other callable in a thread.
    After a failure the job waits twice as long each time, up to `longest_wait` (None: it never waits longer than `every`).
    """

    name: str
    work: Callable[[], object]
    every: timedelta  # from the end of one run to the beginning of the next
    wait_first: bool = False  # the first run begins after `every`, not at once
    longest_wait: timedelta | None = None


async def run_jobs(jobs: Sequence[PeriodicJob], stop: asyncio.Event, jitter: Callable[[], float] = random.random) -> None:
    """Run the jobs side by side until `stop` is set. A run that has begun by then is finished.

    jitter: a number from 0 to 1; it spreads the retries of several processes that fail at the same moment.
    """
    async with asyncio.TaskGroup() as group:
        for job in jobs:
            group.create_task(_repeat(job, stop, jitter))


async def run_once(job: PeriodicJob) -> bool:
    """Run a job now; False if it failed. Only the error's type is logged, because its text may hold what a person wrote."""
    try:
        if inspect.iscoroutinefunction(job.work):
            await job.work()
        else:
            await asyncio.to_thread(job.work)
    except Exception as error:  # noqa: BLE001  # one failure must end neither this job nor the others
        log.error("%s failed: %s", job.name, type(error).__name__)
        JOBS_FAILED.labels(job.name).inc()
        return False
    return True


async def _repeat(job: PeriodicJob, stop: asyncio.Event, jitter: Callable[[], float]) -> None:
    if job.wait_first:
        await _wait(stop, job.every.total_seconds())
    failures = 0
    while not stop.is_set():
        failures = 0 if await run_once(job) else failures + 1
        await _wait(stop, wait_after(job, failures, jitter()))


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    """Return after so many seconds, or as soon as `stop` is set."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


def wait_after(job: PeriodicJob, failures: int, jitter: float) -> float:
    """Seconds until the next run, after so many failures in a row; a retry varies by a quarter in either direction."""
    usual = job.every.total_seconds()
    if not failures:
        return usual
    longest = max(usual, job.longest_wait.total_seconds()) if job.longest_wait else usual
    return min(usual * 2.0 ** min(failures, 30), longest) * (0.75 + jitter / 2)
