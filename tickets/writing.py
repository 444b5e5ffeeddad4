"""One writer at a time: so that what a writer has checked still holds when it writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

WRITERS_LOCK = 20260116  # any number, but always the same


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A transaction that no other writer of tickets runs beside. All of it is kept, or nothing.

    SQLite has one writer in any case, and here it takes its turn before it reads; what is committed outlives a power cut.
    PostgreSQL's writers take a lock, so that the same rules hold there. Requests are few: nobody waits long.
    """
    with Session(engine, expire_on_commit=False) as session:
        if engine.dialect.name == "sqlite":
            session.execute(text("PRAGMA synchronous=FULL"))
            session.execute(text("BEGIN IMMEDIATE"))
        elif engine.dialect.name == "postgresql":
            session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITERS_LOCK})
        yield session
        session.commit()
