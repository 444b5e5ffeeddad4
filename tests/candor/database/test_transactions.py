"""Who waits for whom: writers of the same, and of everything; not writers of different things. On PostgreSQL."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from candor.accounts.audit import AUDIT, AuditLog
from candor.database.engine import make_engine, upgrade
from candor.database.transactions import lock_out, writing
from candor.tickets.delivery import outbox
from tests.postgresql import running_server

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with running_server() as url:
        made = make_engine(f"{url}/postgres")
        upgrade(made)
        yield made
        made.dispose()


class Writer(threading.Thread):
    """Writes about something, and says when it has begun and ended."""

    def __init__(self, engine: Engine, about: str) -> None:
        super().__init__(daemon=True)
        self._engine, self._about, self.done = engine, about, threading.Event()

    def run(self) -> None:
        with writing(self._engine, self._about):
            pass
        self.done.set()


def waits(engine: Engine, writer: Writer) -> bool:
    """Whether a writer that is started now must wait; it is left waiting."""
    writer.start()
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if writer.done.wait(0.01):
            return False
        with engine.connect() as connection:
            if connection.scalar(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")):
                return True
    raise AssertionError("it neither waits nor ends")


@pytest.mark.parametrize(
    ("held", "asked", "must_wait"),
    [
        ("requests of acme", "requests of globex", False),
        ("requests of acme", "requests of acme", True),
        ("requests of acme", "", True),
        ("", "requests of acme", True),
        ("", "", True),
    ],
)
def test_only_writers_of_the_same_wait(engine: Engine, held: str, asked: str, must_wait: bool) -> None:
    """And those of anything."""
    writer = Writer(engine, asked)
    with writing(engine, held):
        assert waits(engine, writer) is must_wait

    assert writer.done.wait(30)


def test_what_is_added_to_later_is_held_to_the_end(engine: Engine) -> None:
    """An entry of the audit log is sealed with the one before it, whatever the transaction is about."""
    log = AuditLog(engine, "a secret")
    writer = Writer(engine, AUDIT)
    with writing(engine, "requests of acme") as session:
        log.add(session, "account:1", "request.start", "request R-1", company="acme")
        assert waits(engine, writer)
    assert writer.done.wait(30)

    log.record("account:2", "request.start", "request R-2", company="globex")
    assert (log.verify().entries, log.verify().broken_at) == (2, None)


def test_two_who_add_to_the_same_later_do_not_wait_for_each_other_for_ever(engine: Engine) -> None:
    """The second has its own first, and then waits for the first to end."""
    began = threading.Event()

    def second() -> None:
        with writing(engine, "requests of globex") as session:
            began.set()
            lock_out(session, AUDIT)

    thread = threading.Thread(target=second, daemon=True)
    with writing(engine, "requests of acme") as session:
        lock_out(session, AUDIT)
        thread.start()
        assert began.wait(30)
    thread.join(30)

    assert not thread.is_alive()


def test_workers_claim_different_messages_at_the_same_moment(engine: Engine) -> None:
    """Neither waits for the other's transaction."""
    with Session(engine) as session, session.begin():
        for key in ("first", "second"):
            outbox.put(session, "staff", "news", NOW, key=key)
    box = outbox.Outbox(engine)

    with Session(engine) as other:
        other.execute(text("SELECT id FROM outbox WHERE key = 'first' FOR UPDATE"))  # as one who is claiming it
        claimed = box.claim(NOW, "worker-2", ["staff"])
    left = box.claim(NOW, "worker-1", ["staff"])

    assert (claimed and claimed.key, left and left.key) == ("second", "first")
    assert box.claim(NOW, "worker-2", ["staff"]) is None
