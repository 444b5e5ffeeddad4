"""One process at a time runs the job; a part that fails stops no other; each run is reported."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime

import pytest

from candor.app.retention import make_retention
from candor.retention.job import AGAIN, EVERY, RetentionJob, RunsAlreadyError
from candor.retention.policy import RetentionTask
from tests.candor.retention.conftest import House


async def test_rasa_being_down_stops_nothing_else(house: House) -> None:
    """Conversations go here; what Rasa keeps of them is owed, and goes with the next run."""
    talks = [await house.talk("hello") for _ in range(2)]
    house.wait(days=31)
    house.rasa.down = True

    run = await house.job.run()

    (failed,) = run.failed
    assert (failed.kind, failed.failed) == ("trackers", "Rasa does not answer. It is tried again in a few minutes.")
    assert house.parts.conversations.transcripts.known(talks) == set()
    assert sorted(house.parts.conversations.transcripts.to_forget()) == sorted(talks)
    assert next(one.unknown for one in await house.job.look() if one.kind.name == "trackers") == failed.failed
    house.rasa.down = False
    again = await house.job.run()
    assert (again.failed, sorted(house.rasa.forgotten)) == ((), sorted(talks))
    assert house.parts.conversations.transcripts.to_forget() == []


async def test_a_fault_in_any_part_is_told_without_anybodys_words(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """An error's own message may hold what a person wrote."""
    part, *others = house.job._parts

    async def broken(_: datetime) -> int:
        raise RuntimeError("sentinelword")

    job = RetentionJob(house.parts.engine, [replace(part, clean=broken), *others], house.now)
    run = await job.run("account:7")

    assert [done.kind for done in run.failed] == ["transcripts"]
    assert len(run.results) == len(others) + 1
    assert run.by == "account:7"
    assert "sentinelword" not in caplog.text + str(run)
    assert job.runs()[0] == run


async def test_two_processes_never_run_it_beside_each_other(house: House) -> None:
    """Who comes second is told so; whoever had the turn and died loses it after an hour."""
    begun, let = asyncio.Event(), asyncio.Event()
    part = house.job._parts[0]

    async def slow(_: datetime) -> int:
        begun.set()
        await let.wait()
        return 0

    slow_part: RetentionTask = replace(part, clean=slow)
    first = asyncio.create_task(RetentionJob(house.parts.engine, [slow_part], house.now).run())
    await begun.wait()
    with pytest.raises(RunsAlreadyError):
        await house.job.run()
    house.wait(hours=2)
    taken_over = await house.job.run()
    let.set()
    await first

    assert taken_over.failed == ()
    assert [run.ended_at is not None for run in house.job.runs()] == [True, True]
    await house.job.run()


async def test_it_is_time_once_an_hour_and_soon_again_where_something_failed(house: House) -> None:
    """However many processes ask: the last run counts, whoever ran it."""
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


async def test_what_was_begun_and_not_ended_is_completed(house: House) -> None:
    """An erasure whose process died had written down first which conversations are to go."""
    talk = await house.talk("hello")
    house.parts.conversations.transcripts.forget_later([talk])

    await house.job.run()

    assert house.parts.conversations.transcripts.known([talk]) == set()
    assert house.rasa.forgotten.count(talk) >= 1
