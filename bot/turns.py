"""One turn of a conversation at a time, over all Rasa processes that share their trackers.

The web asks for one turn of a conversation at a time. But where a web process dies, what it has asked goes on here, while
another one asks the same again of another Rasa. PostgreSQL's advisory locks end with the connection that holds them, so a Rasa
that dies leaves none behind.
"""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import asynccontextmanager
from typing import Any, AsyncIterator, Optional
from weakref import WeakValueDictionary

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

SPACE = 20260117  # of our locks among the database's others; any number, but always the same
LOOK_EVERY = 0.05  # seconds, while another process has the turn
# A machine that has vanished without a word is noticed after half a minute, not after two hours.
KEEPALIVE = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 4"


class TurnLocks:
    """Of one event loop. Rasa's calls to its database block that loop in any case; ours take less than a millisecond each."""

    def __init__(self, engine: sa.engine.Engine) -> None:
        """engine: of the trackers. On SQLite one process alone has them, and its own locks do."""
        self._engine = engine
        self._shared = engine.dialect.name == "postgresql"
        self._own: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._connection: Optional[Any] = None

    @asynccontextmanager
    async def turn(self, sender: str) -> AsyncIterator[None]:
        """Hold the sender's turn within the block. Raises: DBAPIError if the database does not answer."""
        own = self._own.setdefault(sender, asyncio.Lock())
        async with own:
            if not self._shared:
                yield
                return
            key = int.from_bytes(hashlib.blake2b(sender.encode(), digest_size=4).digest(), "big", signed=True)
            while not self._ask("SELECT pg_try_advisory_lock(:space, :key)", key):  # noqa: ASYNC110  # another process tells nobody
                await asyncio.sleep(LOOK_EVERY)
            holding = self._connection
            try:
                yield
            finally:
                if holding is self._connection:  # else the lock has gone with its connection
                    self._ask("SELECT pg_advisory_unlock(:space, :key)", key)

    def _ask(self, question: str, key: int) -> bool:
        """Whether the database says yes. A connection that was cut is replaced once."""
        for attempt in range(2):
            if self._connection is None:
                self._connection = self._engine.execution_options(isolation_level="AUTOCOMMIT").connect()
                self._connection.execute(sa.text(KEEPALIVE))
            try:
                return bool(self._connection.execute(sa.text(question), {"space": SPACE, "key": key}).scalar())
            except DBAPIError:
                self._connection.invalidate()
                self._connection.close()
                self._connection = None
                if attempt:
                    raise
        return False
