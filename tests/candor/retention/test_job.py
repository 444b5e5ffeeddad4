"""One process at a time runs the job; a task that fails stops no other; each run is reported."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

import pytest

from candor.app.retention import forgotten_list, make_retention
from candor.retention.erasure import PersonData
from candor.retention.job import AGAIN, EVERY, AlreadyRunningError, RetentionJob
from candor.retention.policy import RetentionTask
from candor.tickets.erasure import StillOpenError
from candor.tickets.requester import Confirmed
from tests.candor.retention.conftest import House


async def test_rasa_being_down_stops_nothing_else(house: House) -> None:
    """Conversations are deleted here. Their deletion in Rasa stays pending, until the next run."""
    conversations = [await house.converse("hello") for _ in range(2)]
    house.wait(days=31)
    house.rasa.down = True

    run = await house.job.run()

    (failed,) = run.failed
    assert (failed.kind, failed.failed) == ("trackers", "Rasa does not answer. It is tried again in a few minutes.")
    assert house.parts.conversations.transcripts.known(conversations) == set()
    assert sorted(house.parts.conversations.transcripts.pending_deletions()) == sorted(conversations)
    assert next(status.error for status in await house.job.status() if status.kind.name == "trackers") == failed.failed
    house.rasa.down = False
    again = await house.job.run()
    assert (again.failed, sorted(house.rasa.forgotten)) == ((), sorted(conversations))
    assert house.parts.conversations.transcripts.pending_deletions() == []


async def test_a_fault_in_any_task_is_reported_without_what_people_wrote(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """An error's own message may hold what a person wrote."""
    task, *others = house.job._tasks

    async def broken(_: datetime) -> int:
        raise RuntimeError("sentinelword")

    job = RetentionJob(house.parts.engine, [replace(task, remove=broken), *others], house.now)
    run = await job.run("account:7")

    assert [result.kind for result in run.failed] == ["transcripts"]
    assert len(run.results) == len(others) + 1
    assert run.by == "account:7"
    assert "sentinelword" not in caplog.text + str(run)
    assert job.runs()[0] == run


async def test_two_processes_never_run_it_beside_each_other(house: House) -> None:
    """The second process is refused; a process that died loses the lease after an hour."""
    begun, let = asyncio.Event(), asyncio.Event()
    task = house.job._tasks[0]

    async def slow(_: datetime) -> int:
        begun.set()
        await let.wait()
        return 0

    slow_task: RetentionTask = replace(task, remove=slow)
    first = asyncio.create_task(RetentionJob(house.parts.engine, [slow_task], house.now).run())
    await begun.wait()
    with pytest.raises(AlreadyRunningError):
        await house.job.run()
    house.wait(hours=2)
    taken_over = await house.job.run()
    let.set()
    await first

    assert taken_over.failed == ()
    assert [run.ended_at is not None for run in house.job.runs()] == [True, True]
    await house.job.run()


async def test_it_is_due_once_an_hour_and_sooner_after_a_failure(house: House) -> None:
    """The last run counts, whichever process ran it."""
    other = make_retention(house.parts, house.door).job
    other._now = house.now
    assert house.job.is_due()

    await house.job.run()
    assert not other.is_due()
    house.at += EVERY
    assert other.is_due()

    house.rasa.down = True
    await other.run()
    assert not house.job.is_due()
    house.at += AGAIN
    assert house.job.is_due()


async def test_an_erasure_that_was_cut_short_is_completed(house: House) -> None:
    """The erasure had recorded the pending deletions before its process died."""
    conversation = await house.converse("hello")
    house.parts.conversations.transcripts.add_pending_deletions([conversation])

    await house.job.run()

    assert house.parts.conversations.transcripts.known([conversation]) == set()
    assert house.rasa.forgotten.count(conversation) >= 1


async def test_an_erasure_that_is_refused_by_a_race_leaves_no_trace(house: House) -> None:
    """A request is opened again between the look and the erasure: nothing is noted that a restore would erase for it."""
    conversation = await house.converse("I am ada@example.com")
    house.parts.requests.desk.open(Confirmed("yes-1", "acme", "deletion", conversation, email="ada@example.com", residence="DE"))
    staff = house.parts.requests.staff_desk
    number = staff.requests()[0].number
    staff.refuse(number, "No account.", "account:1")
    find = house.keeper.erasing.find

    def find_before_it_is_opened_again(typed: str, companies: Collection[str] | None = None) -> PersonData:
        found = find(typed, companies)
        staff.reopen(number, "There is one.", "account:2")
        return found

    house.keeper.erasing.find = find_before_it_is_opened_again  # type: ignore[method-assign]
    with pytest.raises(StillOpenError):
        await house.keeper.erasing.erase("ada@example.com", house.door.forget_now)

    assert forgotten_list(house.parts).entries() == []
    assert not house.parts.settings.forgotten.exists()
    await house.job.run()
    assert house.parts.conversations.transcripts.known([conversation]) == {conversation}
    assert staff.details(number).email == "ada@example.com"
