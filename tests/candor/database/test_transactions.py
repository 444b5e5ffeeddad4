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
from candor.database.engine import make_engine
from candor.database.transactions import lock_out, writing
from candor.tickets.delivery import outbox
from tests.postgresql import Databases

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def engine(databases: Databases) -> Iterator[Engine]:
    made = make_engine(databases.with_tables())
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
            if connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
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


class Recorder(Writer):
    """Records something for a company."""

    def run(self) -> None:
        AuditLog(self._engine, "a secret").record("account:2", "request.start", "request R-2", company=self._about)
        self.done.set()


@pytest.mark.parametrize(
    ("held", "asked", "must_wait"), [("acme", "acme", True), ("acme", "globex", False), ("acme", "", False), ("", "", True)]
)
def test_only_who_records_for_the_same_company_waits(engine: Engine, held: str, asked: str, *, must_wait: bool) -> None:
    """An entry of the audit log is sealed with the one before it in its chain, whatever the transaction is about."""
    log = AuditLog(engine, "a secret")
    recorder = Recorder(engine, asked)
    with writing(engine, "requests of acme") as session:
        log.add(session, "account:1", "request.start", "request R-1", company=held)
        assert waits(engine, recorder) is must_wait
    assert recorder.done.wait(30)

    log.note_heads()
    assert log.verify().broken_at is None


def test_entries_are_read_page_by_page_on_postgresql(engine: Engine) -> None:
    """By the ids of both tables, of which the companies' are too large for a 32-bit number."""
    log = AuditLog(engine, "a secret")
    for company in ("acme", "", "globex"):
        log.record("account:1", "a.thing", company=company)

    first = log.entries(limit=2)

    assert [entry.company for entry in first] == ["globex", ""]
    assert log.entries(before=first[0].id, limit=1) == first[1:]
    assert log.entries(before=first[1].id, limit=1)[0].company == "acme"


def test_many_record_at_once_for_a_company_that_has_no_chain_yet(engine: Engine) -> None:
    """Each entry gets its place."""
    recorders = [Recorder(engine, "initech") for _ in range(6)]

    for recorder in recorders:
        recorder.start()

    assert all(recorder.done.wait(30) for recorder in recorders)
    entries = AuditLog(engine, "a secret").entries(companies=["initech"])
    assert [entry.place for entry in entries] == [f"initech {number}" for number in (6, 5, 4, 3, 2, 1)]
    assert AuditLog(engine, "a secret").verify().broken_at is None


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
