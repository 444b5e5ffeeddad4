"""Work of strangers: never more at once than there are places, and nobody waits for another's queue."""

from __future__ import annotations

import asyncio

import pytest

from candor.conversations.fair_pool import FairPool


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


async def test_a_sender_does_not_wait_for_anothers_queue() -> None:
    """Whoever comes last with one message is next after those who are at work, and not after all of Eve's."""
    work = Work(FairPool(1))
    tasks = [work.send("eve", f"eve {n}") for n in range(5)]
    await settled()
    tasks.append(work.send("ada", "ada"))
    await settled()

    for event in work.ends.values():
        event.set()
    await asyncio.gather(*tasks)

    assert work.began[:3] == ["eve 0", "eve 1", "ada"]


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
