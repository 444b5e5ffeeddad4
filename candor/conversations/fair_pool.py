"""A bounded pool for work that strangers cause, fair by sender: one who sends much waits for themselves, not others for them.

Each sender has a queue of their own. A free place goes to the sender whose turn it is, in a circle, however much the others
have waiting.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class FairPool:
    """Of one event loop."""

    def __init__(self, places: int) -> None:
        """places: how much is done at once."""
        self._free = places
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()  # the sender whose turn it is comes first

    @asynccontextmanager
    async def place(self, sender: str) -> AsyncIterator[None]:
        """Wait for a place, and hold it within the block."""
        await self._take(sender)
        try:
            yield
        finally:
            self._give_back()

    async def _take(self, sender: str) -> None:
        if self._free:
            self._free -= 1
            return
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(sender, deque()).append(waiting)
        try:
            await waiting
        except asyncio.CancelledError:
            if waiting.done() and not waiting.cancelled():  # the place was given a moment before
                self._give_back()
            raise

    def _give_back(self) -> None:
        while self._waiting:
            sender, queue = self._waiting.popitem(last=False)
            waiting = queue.popleft()
            if queue:
                self._waiting[sender] = queue
            if not waiting.done():
                waiting.set_result(None)
                return
        self._free += 1
