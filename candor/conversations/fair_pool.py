"""A bounded pool for work that strangers cause, fair by sender: one who sends much waits for themselves, not others for them.

Each sender has a queue of their own, and a free place goes to the sender who is furthest behind an equal share of the pool
(weighted fair queueing: Demers, Keshav and Shenker, 1989). What is an equal share is told by a clock, which goes on by what each
of those who want the pool could have had of it. Whoever comes now and then is ahead of those who never pause, however many they
are; but nobody who waits is overtaken without end by others who are new. Where too much waits, whoever has most waiting is
turned away first.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from candor.errors import UnavailableError

USUAL = 0.1  # weight of the newest turn in what a turn takes
MOST_REMEMBERED = 4096  # senders; those who have had least are forgotten first


class PoolFullError(UnavailableError):
    """Too much waits for a place, or this has waited too long; in `retry_after` seconds there may be one."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"more is asked than can be answered: room again in about {retry_after} s")
        self.retry_after = retry_after


class FairPool:
    """Of one event loop."""

    def __init__(
        self, places: int, *, most_waiting: int | None = None, longest_wait: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        """places: how much is done at once. most_waiting: how much may wait for that; None: all. longest_wait: seconds; None:
        as long as it takes."""
        self._free, self._clock = places, clock
        self._most_waiting, self._longest_wait = most_waiting, longest_wait
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}  # in the order in which the senders began to wait
        self._share = 0.0  # seconds of the pool that whoever always wanted it could have had by now
        self._had: dict[str, float] = {}  # sender → the same of the sender, as if they had always wanted it
        self._usual = 0.0  # seconds that a turn takes
        self._working = 0

    def narrower(self, places: int) -> FairPool:
        """A pool of so many places, whose queue is as patient and as long as this one's."""
        return FairPool(places, most_waiting=self._most_waiting, longest_wait=self._longest_wait, clock=self._clock)

    @property
    def has_one(self) -> bool:
        """Whether no more than one is at work, and nobody waits."""
        return self._working < 2 and not self._waiting

    @asynccontextmanager
    async def place(self, sender: str) -> AsyncIterator[None]:
        """Wait for a place, and hold it within the block. Raises: PoolFullError."""
        await self._take(sender)
        began, charged = self._clock(), self._usual
        self._had[sender] = self._had_by(sender) + charged  # at once: the sender's next one may come before this one ends
        self._working += 1
        try:
            yield
        finally:
            self._settle(sender, self._clock() - began, charged)
            self._give_back()

    def _had_by(self, sender: str) -> float:
        """What the sender has had of the pool; whoever was away has no claim to what they could have had then."""
        return max(self._had.get(sender, 0.0), self._share)

    def _settle(self, sender: str, seconds: float, charged: float) -> None:
        """Count what a turn took, of which so much was charged before."""
        self._had[sender] = self._had.get(sender, self._share) + seconds - charged
        self._share += seconds / (len(self._waiting) + self._working)  # of those who wait and those who are at it
        self._working -= 1
        self._usual += USUAL * (seconds - self._usual) if self._usual else seconds
        if len(self._had) > MOST_REMEMBERED:
            kept = sorted(self._had, key=self._had_by)[MOST_REMEMBERED // 2 :]
            self._had = {sender: self._had[sender] for sender in kept}

    async def _take(self, sender: str) -> None:
        if self._free:
            self._free -= 1
            return
        self._make_room(sender)
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(sender, deque()).append(waiting)
        try:
            await asyncio.wait_for(waiting, self._longest_wait)
        except TimeoutError:
            if not _was_given(waiting):
                raise self._full() from None
        except asyncio.CancelledError:
            if _was_given(waiting):
                self._give_back()
            raise
        finally:
            self._forget(sender, waiting)

    def _make_room(self, sender: str) -> None:
        """Turn away the last of whoever has most waiting, if too much waits. Raises: PoolFullError if that is this sender."""
        if self._most_waiting is None or sum(map(len, self._waiting.values())) < self._most_waiting:
            return
        most = max(self._waiting, key=lambda other: len(self._waiting[other]), default=sender)
        if len(self._waiting.get(most, ())) <= len(self._waiting.get(sender, ())) + 1:
            raise self._full()
        last = self._waiting[most][-1]
        self._forget(most, last)
        if not last.done():
            last.set_exception(self._full())

    def _forget(self, sender: str, waiting: asyncio.Future[None]) -> None:
        queue = self._waiting.get(sender)
        if queue and waiting in queue:
            queue.remove(waiting)
            if not queue:
                del self._waiting[sender]

    def _full(self) -> PoolFullError:
        return PoolFullError(max(1, math.ceil(self._longest_wait or 1)))

    def _give_back(self) -> None:
        while self._waiting:
            sender = min(self._waiting, key=self._had_by)  # the first of equals, who has waited longest
            queue = self._waiting.pop(sender)
            waiting = queue.popleft()
            if queue:
                self._waiting[sender] = queue  # behind the others, who have waited longer
            if not waiting.done():
                waiting.set_result(None)
                return
        self._free += 1


def _was_given(waiting: asyncio.Future[None]) -> bool:
    """Whether a place was given, a moment before its sender gave up."""
    return waiting.done() and not waiting.cancelled() and waiting.exception() is None
