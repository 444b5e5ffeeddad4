"""What all tables share: instants that keep their zone, and one writer at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import CursorResult, DateTime, Dialect, Engine, Result, TypeDecorator, text
from sqlalchemy.orm import Session

WRITERS_LOCK = 20260116  # any number, but always the same


class UtcTime(TypeDecorator[datetime]):
    """An instant. SQLite forgets a time's zone: so it is written in UTC, and read back as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without its zone is no instant")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A transaction that no other writer of requests or of the audit log runs beside: what it has checked still holds when it
    writes. All of it is kept, or nothing.

    SQLite has one writer in any case, and here it takes its turn before it reads; what is committed outlives a power cut.
    PostgreSQL's writers take a lock, so that the same rules hold there. Requests are few: nobody waits long.
    """
    with Session(engine, expire_on_commit=False) as session:
        _take_turn(engine, session)
        yield session
        session.commit()


def changed(done: Result[Any]) -> int:
    """How many rows an UPDATE or DELETE has changed."""
    return int(cast("CursorResult[Any]", done).rowcount)


def scrub(engine: Engine) -> None:
    """Bring what was deleted out of the files: SQLite's log still holds the pages as they were until it is emptied.

    Deleted rows themselves are overwritten as they go (PRAGMA secure_delete, candor/database.py). PostgreSQL does both by
    itself, in time: its vacuum frees the rows, its log is recycled.
    """
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))


@contextmanager
def rehearsing(engine: Engine) -> Iterator[Session]:
    """A transaction like one of writing(), of which nothing is kept: it shows what a change would lead to."""
    with Session(engine, expire_on_commit=False) as session:
        _take_turn(engine, session)
        try:
            yield session
        finally:
            session.rollback()


def _take_turn(engine: Engine, session: Session) -> None:
    if engine.dialect.name == "sqlite":
        session.execute(text("PRAGMA synchronous=FULL"))
        session.execute(text("BEGIN IMMEDIATE"))
    elif engine.dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITERS_LOCK})
