"""One thing at a time is done to a conversation, in whatever process, and in the order in which it was asked for.

So a retry finds the first attempt's replies, no message overtakes another, and nothing is written after a conversation was
forgotten. Within a process asyncio's locks do; between processes a gate does. A lock with a lease, such as one in Redis, would
lapse while its holder is slow, and then two would hold it: both gates here open when their holder's process ends, and not before.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import LiteralString, Protocol
from weakref import WeakValueDictionary

import psycopg
from psycopg.errors import LockNotAvailable
from sqlalchemy import make_url

from candor.errors import UnavailableError
from candor.settings import Settings

SPACE = 20260118  # of our locks among the database's others; any number, but always the same
LOOK_EVERY = 0.02  # seconds, while another process of this machine holds a conversation
LONGEST_WAIT = 60.0  # seconds: longer than a turn takes, whatever fails in it
MOST_WAITING = 8  # connections on which we wait for other processes; who comes then waits in this one
# A machine that has vanished without a word is noticed after half a minute, not after two hours.
KEEPALIVE = b"SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 4"
Connection = psycopg.AsyncConnection[tuple[bool]]


class Gate(Protocol):
    """Lets one process at a time to a conversation. Within a process it is asked once at a time for each."""

    def held(self, conversation: str) -> AbstractAsyncContextManager[None]:
        """Raises: UnavailableError if it cannot be had."""
        ...

    async def close(self) -> None: ...


class ConversationLocks:
    """Of one event loop."""

    def __init__(self, gate: Gate | None = None) -> None:
        """gate: None: no other process touches the conversations."""
        self._gate = gate
        self._own: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def holding(self, conversation: str) -> AsyncIterator[None]:
        """Hold a conversation within the block. Raises: UnavailableError if another process keeps it, or nobody can tell."""
        own = self._own.setdefault(conversation, asyncio.Lock())
        async with own:  # its waiters are served in order
            if self._gate is None:
                yield
                return
            async with self._gate.held(conversation):
                yield

    async def close(self) -> None:
        """Let go of what the gate has open."""
        if self._gate is not None:
            await self._gate.close()


class FileGate:
    """For the processes of one machine: each conversation is one byte of a file that has none. The system keeps such locks by
    process, so nobody else in this one may open the file.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._file = path, -1

    @asynccontextmanager
    async def held(self, conversation: str) -> AsyncIterator[None]:
        if self._file < 0:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        place = _number(conversation, bits=62)
        await self._take(place)
        try:
            yield
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, place)

    async def _take(self, place: int) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + LONGEST_WAIT
        while loop.time() < until:
            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
            except BlockingIOError:
                await asyncio.sleep(LOOK_EVERY)
            else:
                return
        raise UnavailableError("another process has not let go of a conversation")

    async def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


class AdvisoryGate:
    """For any number of machines that share a PostgreSQL: its advisory locks, by session.

    One connection holds all that come free at once, which is nearly every one. For a conversation that another process holds, a
    connection of its own waits in the database's queue, so that who asks later is served later, wherever they ask.
    """

    def __init__(self, url: str) -> None:
        """url: as SQLAlchemy writes it."""
        self._address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection: Connection | None = None
        self._speaking, self._waiting = asyncio.Lock(), asyncio.Semaphore(MOST_WAITING)

    @asynccontextmanager
    async def held(self, conversation: str) -> AsyncIterator[None]:
        key = _number(conversation, bits=32) - (1 << 31)  # PostgreSQL's integers have a sign
        holding = await self._try(key)
        if holding is not None:
            try:
                yield
            finally:
                await self._release(holding, key)
            return
        async with self._waiting:
            waiting = await self._connect()
            try:
                await self._wait(waiting, key)
                yield
            finally:
                await _closed(waiting)  # with it goes the lock

    async def close(self) -> None:
        if self._connection is not None:
            await _closed(self._connection)
            self._connection = None

    async def _connect(self) -> Connection:
        try:
            connection = await Connection.connect(
                self._address, autocommit=True, connect_timeout=10, application_name="candor-locks"
            )  # fmt: skip
            await connection.execute(KEEPALIVE)
            return connection
        except psycopg.Error as error:
            raise UnavailableError(f"the database does not answer ({type(error).__name__})") from None

    async def _try(self, key: int) -> Connection | None:
        """The connection that holds the lock now; None if somebody else has it, or waits for it. A connection that was cut, as
        by a restart of the database, is replaced once.
        """
        async with self._speaking:
            for last in (False, True):
                connection = self._connection = self._connection or await self._connect()
                try:
                    return connection if await self._ask(connection, "SELECT pg_try_advisory_lock(%s, %s)", key) else None
                except psycopg.Error as error:
                    if last:
                        raise UnavailableError(f"the database does not answer ({type(error).__name__})") from None
        return None

    async def _wait(self, connection: Connection, key: int) -> None:
        try:
            await connection.execute(f"SET lock_timeout = {round(1000 * LONGEST_WAIT)}".encode())
            await connection.execute("SELECT pg_advisory_lock(%s, %s)", (SPACE, key))
        except LockNotAvailable:
            raise UnavailableError("another process has not let go of a conversation") from None
        except psycopg.Error as error:
            raise UnavailableError(f"the database does not answer ({type(error).__name__})") from None

    async def _release(self, holding: Connection, key: int) -> None:
        async with self._speaking:
            with suppress(psycopg.Error):  # a connection that was cut has let go already
                await self._ask(holding, "SELECT pg_advisory_unlock(%s, %s)", key)

    async def _ask(self, connection: Connection, question: LiteralString, key: int) -> bool:
        """Whether the database says yes. If that cannot be told, also because the caller is cancelled, the connection is closed:
        else it might keep the lock for ever.
        """
        try:
            row = await (await connection.execute(question, (SPACE, key))).fetchone()
            return bool(row and row[0])
        except BaseException:
            if connection is self._connection:
                self._connection = None
            await _closed(connection)
            raise


def gate_of(settings: Settings) -> Gate:
    """The gate between the processes that share the configured database."""
    if make_url(settings.database).get_backend_name() == "postgresql":
        return AdvisoryGate(settings.database)
    return FileGate(settings.var_dir / "conversations.lock")


async def _closed(connection: Connection) -> None:
    with suppress(psycopg.Error):
        await connection.close()


def _number(conversation: str, *, bits: int) -> int:
    return int.from_bytes(hashlib.blake2b(conversation.encode(), digest_size=8).digest(), "big") >> (64 - bits)
