"""What all tables share: times that keep their zone, and transactions beside which nobody else writes the same."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import CursorResult, DateTime, Dialect, Engine, Result, TypeDecorator, text
from sqlalchemy.orm import Session

from candor.database.engine import WRITERS_LOCK


class UtcTime(TypeDecorator[datetime]):
    """A time with its zone. SQLite stores no zone, so times are written in UTC and read back as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time needs its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


@contextmanager
def writing(engine: Engine, *about: str) -> Iterator[Session]:
    """A transaction that runs beside no other writer of the same, so that what it has checked still holds when it writes. It is
    committed as a whole, or not at all.

    about: what it checks and writes, such as "requests of acme", one or more. None: anything, and then it waits for all other
    writers, and they for it: only for what may change everything, which tests/candor/database/test_writers.py lists.

    SQLite has one writer in any case; here it gets its lock before it reads, and what is committed survives a power cut. On
    PostgreSQL advisory locks give the same guarantee.
    """
    with Session(engine, expire_on_commit=False) as session:
        _lock_out_writers(session, about)
        yield session
        session.commit()


@contextmanager
def locking_rows(engine: Engine) -> Iterator[Session]:
    """A transaction that runs beside every other, in which SELECT … FOR UPDATE has whoever wants the same rows wait. SQLite locks
    no rows: there it is one of writing().
    """
    if engine.dialect.name == "sqlite":
        with writing(engine) as session:
            yield session
        return
    with Session(engine, expire_on_commit=False) as session:
        yield session
        session.commit()


@contextmanager
def snapshot(engine: Engine) -> Iterator[Session]:
    """A transaction that only reads, and sees everything as it was at its first read."""
    with Session(engine) as session:
        if engine.dialect.name == "sqlite":
            session.execute(text("BEGIN"))
        else:
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield session
        session.rollback()


def changed(result: Result[Any]) -> int:
    """How many rows an UPDATE or DELETE has changed."""
    return int(cast("CursorResult[Any]", result).rowcount)


def scrub(engine: Engine) -> bool:
    """Remove deleted data from the database's files: SQLite's write-ahead log holds the old pages until it is emptied.

    Deleted rows themselves are overwritten at once (PRAGMA secure_delete, engine.py). PostgreSQL does both by itself, in time:
    its vacuum frees the rows, and its log is recycled (docs/operating.md). Returns False if a reader of an older state has
    kept the log from being emptied: then the next call empties it.
    """
    if engine.dialect.name != "sqlite":
        return True
    with engine.connect() as connection:
        busy: int = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()[0]
    return not busy


@contextmanager
def rehearsing(engine: Engine, *about: str) -> Iterator[Session]:
    """A transaction like that of writing(), but always rolled back: it shows what a change would lead to."""
    with Session(engine, expire_on_commit=False) as session:
        _lock_out_writers(session, about)
        try:
            yield session
        finally:
            session.rollback()


def lock_out(session: Session, about: str) -> None:
    """From here on until its end, a transaction of writing() also runs beside no other writer of this. It is asked for after
    what the transaction itself is about, so that no two transactions wait for each other.
    """
    if session.get_bind().dialect.name == "postgresql":
        _lock(session, _number_of(about))


def _number_of(about: str) -> int:
    return int.from_bytes(hashlib.blake2b(about.encode(), digest_size=4).digest(), "big", signed=True)


def _lock(session: Session, number: int) -> None:
    session.execute(text("SELECT pg_advisory_xact_lock(:space, :number)"), {"space": WRITERS_LOCK, "number": number})


def _lock_out_writers(session: Session, about: Collection[str]) -> None:
    dialect = session.get_bind().dialect.name
    if dialect == "sqlite":
        session.execute(text("PRAGMA synchronous=FULL"))
        session.execute(text("BEGIN IMMEDIATE"))
    elif dialect == "postgresql" and any(about):
        session.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": WRITERS_LOCK})
        for number in sorted({_number_of(one) for one in about}):  # in one order, so that no two wait for each other
            _lock(session, number)
    elif dialect == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITERS_LOCK})
