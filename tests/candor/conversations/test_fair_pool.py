"""Work of strangers: never more at once than there are places, and nobody waits for another's queue."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable

import pytest

from candor.conversations.fair_pool import MOST_REMEMBERED, FairPool, PoolFullError


async def settled() -> None:
    """Let everything run that can."""
    for _ in range(10):
        await asyncio.sleep(0)


class Work:
    """Takes places and records in which order they were given."""

    def __init__(self, pool: FairPool) -> None:
        self.pool, self.began, self.ends = pool, list[str](), dict[str, asyncio.Event]()

    def send(self, sender: str, name: str) -> asyncio.Task[None]:
        self.ends[name] = asyncio.Event()
        return asyncio.create_task(self._run(sender, name))

    async def _run(self, sender: str, name: str) -> None:
        async with self.pool.place(sender):
            self.began.append(name)
            await self.ends[name].wait()


async def test_no_more_is_done_at_once_than_there_are_places() -> None:
    """The rest waits, and is done when there is room."""
    work = Work(FairPool(2))
    tasks = [work.send("eve", name) for name in "abc"]
    await settled()
    assert work.began == ["a", "b"]

    for name in "abc":
        work.ends[name].set()
    await asyncio.gather(*tasks)

    assert work.began == ["a", "b", "c"]


def ticking() -> Callable[[], float]:
    """A clock that goes on by a second whenever it is looked at."""
    return itertools.count().__next__


async def test_a_sender_does_not_wait_for_anothers_queue() -> None:
    """Whoever comes last with one message is next after those who are at work, and not after all of Eve's."""
    work = Work(FairPool(1, clock=ticking()))
    tasks = [work.send("eve", f"eve {n}") for n in range(5)]
    await settled()
    tasks.append(work.send("ada", "ada"))
    await settled()

    for event in work.ends.values():
        event.set()
    await asyncio.gather(*tasks)

    assert work.began[:3] == ["eve 0", "ada", "eve 1"]


async def test_whoever_comes_now_and_then_goes_before_all_who_never_pause() -> None:
    """However many they are: in a circle Ada would wait for each of the six."""
    work = Work(FairPool(1, clock=ticking()))
    six = [f"eve {n}" for n in range(6)]
    tasks = [work.send(eve, f"{eve}: {n}") for eve in six for n in range(2)]
    for n in range(6):  # each has had a turn
        await settled()
        work.ends[work.began[n]].set()
    await settled()
    tasks.append(work.send("ada", "ada"))
    await settled()

    for event in work.ends.values():
        event.set()
    await asyncio.gather(*tasks)

    assert work.began.index("ada") == 7


async def test_nobody_waits_while_others_who_are_new_keep_coming() -> None:
    """In a rush there is always somebody who has had nothing yet; a visitor in the middle of a conversation is answered too."""
    now = 0.0
    work = Work(FairPool(1, clock=lambda: now))
    tasks = [work.send("ada", "ada")]
    await settled()
    for n in range(20):
        tasks += [work.send(f"new {n} {k}", f"new {n} {k}") for k in range(2)]
        if n == 1:
            tasks.append(work.send("ada", "ada again"))
        await settled()
        now += 1.0
        work.ends[work.began[-1]].set()
        await settled()
    for event in work.ends.values():
        event.set()
    await asyncio.gather(*tasks)

    assert work.began.index("ada again") < 8


async def test_what_somebody_had_counts_less_and_less() -> None:
    """An office behind one address is not behind for the rest of the day."""
    now = 0.0
    pool = FairPool(1, clock=lambda: now)
    work = Work(pool)
    first = work.send("office", "much")
    await settled()
    now = 60.0
    work.ends["much"].set()
    await first
    now = 600.0
    second = work.send("eve", "little")
    await settled()
    now = 601.0
    waiting = [work.send("eve", "eve again"), work.send("office", "office again")]
    await settled()

    for event in work.ends.values():
        event.set()
    await asyncio.gather(second, *waiting)

    assert work.began == ["much", "little", "office again", "eve again"]


async def test_only_so_many_senders_are_remembered() -> None:
    """Those who have had least are forgotten first."""
    pool = FairPool(1, clock=ticking())
    for n in range(MOST_REMEMBERED + 10):
        async with pool.place(f"sender {n}"):
            pass

    assert len(pool._had) <= MOST_REMEMBERED


async def test_who_gives_up_leaves_no_place_taken() -> None:
    """A visitor closes the page while they wait."""
    work = Work(FairPool(1))
    first = work.send("eve", "first")
    await settled()
    gone = work.send("ada", "gone")
    await settled()
    gone.cancel()
    await settled()
    last = work.send("ada", "last")
    await settled()

    work.ends["first"].set()
    work.ends["last"].set()
    await asyncio.gather(first, last)

    assert work.began == ["first", "last"]


async def test_work_that_fails_gives_its_place_back() -> None:
    """Else the pool would be full of nothing."""
    pool = FairPool(1)
    with pytest.raises(ValueError, match="broken"):
        async with pool.place("eve"):
            raise ValueError("broken")

    async with asyncio.timeout(1), pool.place("ada"):
        pass


async def test_whoever_has_most_waiting_is_turned_away_first() -> None:
    """Where too much waits, one who sends much finds no room, and one who sends little does; and all who wait get their turn."""
    work = Work(FairPool(1, most_waiting=3, clock=ticking()))
    eves = [work.send("eve", f"eve {n}") for n in range(4)]
    await settled()
    too_much = work.send("eve", "eve again")
    ada = work.send("ada", "ada")
    await settled()

    for event in work.ends.values():
        event.set()
    ended = await asyncio.gather(*eves, too_much, ada, return_exceptions=True)

    assert [type(each) for each in ended] == [type(None)] * 3 + [PoolFullError] * 2 + [type(None)]
    assert work.began == ["eve 0", "ada", "eve 1", "eve 2"]


async def test_no_one_waits_longer_than_is_said() -> None:
    """They are told in time, and the place that they did not get is not lost."""
    work = Work(FairPool(1, longest_wait=0.01))
    first, second = work.send("eve", "eve"), work.send("ada", "ada")

    with pytest.raises(PoolFullError) as turned_away:
        await second
    work.ends["eve"].set()
    await first
    third = work.send("ada", "ada again")
    work.ends["ada again"].set()
    await third

    assert turned_away.value.retry_after == 1
    assert work.began == ["eve", "ada again"]


@pytest.mark.parametrize("most", [0, 1])
async def test_nobody_waits_where_nothing_may(most: int) -> None:
    """Without a queue, who finds no place is told at once; the one who waits is not turned away for another with as much."""
    work = Work(FairPool(1, most_waiting=most))
    tasks = [work.send(sender, sender) for sender in ("eve", "ada", "bob")]
    await settled()

    for event in work.ends.values():
        event.set()
    ended = await asyncio.gather(*tasks, return_exceptions=True)

    assert [isinstance(each, PoolFullError) for each in ended] == [False, most == 0, True]
