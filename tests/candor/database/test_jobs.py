"""Periodic jobs: repeated, retried later and later, and never cut off in the middle."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta

import pytest

from candor.database.jobs import PeriodicJob, run_jobs, run_once, wait_after

AT_ONCE = timedelta(milliseconds=1)
HOURLY = timedelta(hours=1)
LONGEST_TEST = 10  # seconds


async def test_a_job_runs_again_and_again_until_it_is_stopped() -> None:
    """The worker sends what lies in the outbox for as long as the application runs."""
    stop, runs = asyncio.Event(), 0

    async def work() -> None:
        nonlocal runs
        runs += 1
        if runs == 3:
            stop.set()

    await asyncio.wait_for(run_jobs([PeriodicJob("counting", work, AT_ONCE)], stop), LONGEST_TEST)

    assert runs == 3


async def test_a_run_that_has_begun_is_finished() -> None:
    """A letter that is cut off while it is being sent would be sent twice."""
    stop, begun, finished = asyncio.Event(), asyncio.Event(), []

    async def work() -> None:
        begun.set()
        await asyncio.sleep(0.05)
        finished.append(True)

    running = asyncio.create_task(run_jobs([PeriodicJob("sending", work, HOURLY)], stop))
    await begun.wait()
    stop.set()
    await asyncio.wait_for(running, LONGEST_TEST)

    assert finished == [True]


async def test_a_job_that_waits_ends_at_once() -> None:
    """Nobody who stops Candor waits an hour for its next job."""
    stop = asyncio.Event()
    job = PeriodicJob("later", lambda: pytest.fail("it is not time yet"), HOURLY, wait_first=True)

    running = asyncio.create_task(run_jobs([job], stop))
    await asyncio.sleep(0)
    stop.set()

    await asyncio.wait_for(running, LONGEST_TEST)


async def test_a_plain_function_does_not_hold_up_the_loop() -> None:
    """Most jobs wait for the database."""
    names: list[str] = []

    await run_once(PeriodicJob("database", lambda: names.append(threading.current_thread().name), HOURLY))

    assert names != [threading.main_thread().name]


async def test_a_job_that_fails_is_tried_again_beside_the_others() -> None:
    """A database that is gone for a moment ends nothing."""
    stop, runs = asyncio.Event(), {"failing": 0, "well": 0}

    async def fail() -> None:
        runs["failing"] += 1
        if runs["failing"] == 3:
            stop.set()
        raise ConnectionError

    async def succeed() -> None:
        runs["well"] += 1

    jobs = [PeriodicJob("failing", fail, AT_ONCE), PeriodicJob("well", succeed, AT_ONCE)]
    await asyncio.wait_for(run_jobs(jobs, stop), LONGEST_TEST)

    assert runs["failing"] == 3
    assert runs["well"] >= 1


async def test_of_an_error_only_its_type_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Its text may hold what a person wrote."""

    def fail() -> None:
        raise ValueError("ada@example.com wrote")

    well = await run_once(PeriodicJob("a job", fail, HOURLY))

    assert not well
    assert caplog.messages == ["a job failed: ValueError"]


def test_retries_come_later_and_later_but_not_too_late() -> None:
    """What is down is not asked every second, and is found soon after it is back."""
    job = PeriodicJob("delivery", print, timedelta(seconds=1), longest_wait=timedelta(seconds=10))

    waits = [wait_after(job, failures, jitter=0.5) for failures in (0, 1, 2, 3, 4, 1000)]

    assert waits == [1, 2, 4, 8, 10, 10]


def test_processes_that_fail_together_do_not_retry_together() -> None:
    """A quarter sooner or later."""
    job = PeriodicJob("delivery", print, timedelta(seconds=10))

    assert [wait_after(job, 1, jitter) for jitter in (0.0, 0.5, 1.0)] == [7.5, 10, 12.5]
