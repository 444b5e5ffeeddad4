"""The same rules hold on PostgreSQL as on SQLite, on a real server."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError, OperationalError

from candor.conversations.handoff.sessions import LiveChatSessions, SessionTakenError
from candor.database.engine import WRITERS_LOCK, check, make_engine, upgrade
from candor.errors import UnavailableError
from candor.settings import ROOT
from candor.tickets.cipher import FieldCipher
from candor.tickets.figures import figures
from candor.tickets.key_rotation import rotate
from candor.tickets.law.deadlines import DeadlineState
from candor.tickets.models import TicketBase
from candor.tickets.requester import Opened, TooManyRequests, Verified
from candor.tickets.staff import TicketFilter
from candor.transcripts.models import TranscriptBase
from candor.transcripts.store import TranscriptStore, TurnOutcome
from candor.transcripts.vault import Vault
from tests.candor.tickets.conftest import Office
from tests.postgresql import Databases


@pytest.fixture
def url(databases: Databases) -> str:
    """A database without tables."""
    return databases.empty()


@pytest.fixture
def engine(databases: Databases) -> Iterator[Engine]:
    """A database with all tables; the `office` of the requests' tests works on it too."""
    made = make_engine(databases.with_tables())
    yield made
    made.dispose()


@pytest.fixture
def office(engine: Engine) -> Office:
    return Office(engine)


def test_processes_that_start_together_wait_for_each_other_to_make_the_tables(url: str) -> None:
    """Web, action server and worker meet an empty database at the same moment; neither fails."""
    engines = [make_engine(url) for _ in range(8)]

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(upgrade, engines))

    check(engines[0])
    for engine in engines:
        engine.dispose()


def test_migrations_make_the_tables_that_the_models_describe(engine: Engine) -> None:
    """The same columns and indexes as on SQLite."""
    found = inspect(engine)

    for table in [table for base in (TicketBase, TranscriptBase) for table in base.metadata.sorted_tables]:
        columns = {column["name"]: column["nullable"] for column in found.get_columns(table.name)}
        assert columns == {column.name: column.nullable for column in table.columns}
        assert {index["name"] for index in found.get_indexes(table.name)} >= {index.name for index in table.indexes}


async def test_a_request_goes_from_yes_to_answer(office: Office) -> None:
    """Opened, proven, extended, completed; with its dates, its letters and its yearly figures."""
    number = await office.verified(residence="US-CA")
    office.staff.extend(number, "It takes longer.", "staff:bo")
    office.wait(days=3)
    office.staff.complete(number, "Deleted.", "staff:bo")
    await office.deliver()

    file = office.staff.details(number)
    assert office.events(number) == ["received", "ask_identity", "code_sent", "code_given", "verify", "extend", "complete"]
    assert (file.ticket.status, file.email, file.events[-1].words) == ("completed", "ada@example.com", "Deleted.")
    assert file.acknowledgement is not None
    assert file.acknowledgement.state is DeadlineState.COMPLETED
    assert [mail["Subject"] for mail in office.mails_to("ada@example.com")][-1] == f"Your request {number} is done"
    (deleted,) = [row for row in figures(office.engine, 2026) if row.kind == "delete"]
    assert (deleted.received, deleted.complied, deleted.median_days) == (1, 1, 3.0)


@pytest.mark.parametrize("change", ["UPDATE ticket_event SET what = 'other'", "DELETE FROM ticket_event"])
def test_the_database_refuses_to_change_events(office: Office, change: str) -> None:
    """They are only added, whoever connects."""
    number = office.opened().ticket.number

    with office.engine.connect() as connection, pytest.raises(DBAPIError, match="events are only added"):
        connection.execute(text(change))

    assert office.events(number)[0] == "received"


def test_a_thousand_confirmations_at_once_open_one_request_and_send_one_code(office: Office) -> None:
    """From a thousand threads that start together."""
    numbers = office.opened_at_once(1000)

    assert list(numbers.values()) == [1000]
    assert len(office.staff.requests(TicketFilter(states=()))) == 1
    assert office.outbox_of("requester") == [("code", "due")]


def test_requests_that_come_at_once_cannot_pass_the_daily_limit(office: Office) -> None:
    """What a writer has counted still holds when it writes: ten of forty are opened."""
    with ThreadPoolExecutor(40) as threads:
        outcomes = Counter(type(found) for found in threads.map(lambda each: office.open(f"yes-{each}"), range(40)))

    assert outcomes == {Opened: 10, TooManyRequests: 30}


async def test_one_code_proves_once_however_often_it_comes(office: Office) -> None:
    """Twenty browsers, one right code: one event; each of them may then see the request, or is refused."""
    number = office.opened().ticket.number
    code = await office.code()

    with ThreadPoolExecutor(20) as threads:
        found = list(threads.map(lambda _: office.desk.give_code(number, code, "c_1"), range(20)))

    assert sum(isinstance(each, Verified) for each in found) >= 1
    assert office.events(number).count("verify") == 1


async def test_everything_can_be_read_under_a_new_key(office: Office) -> None:
    """Bytes are read as they were written."""
    number = office.opened(details="my user name is ada\N{PILE OF POO}").ticket.number
    office.people.wanted("c_1", "acme", "ada@example.com")
    (waiting,) = office.people.waiting()
    office.people.answer_by_mail(waiting.id, "Because\N{PILE OF POO}.", "staff:bo", "key-1")

    assert rotate(office.engine, FieldCipher("a new secret", ("a secret",))) > 0

    later = Office(office.engine, "a new secret")
    file = later.staff.details(number)
    assert (file.email, file.events[0].words) == ("ada@example.com", "my user name is ada\N{PILE OF POO}")
    await later.deliver()
    assert "Because\N{PILE OF POO}." in later.mails_to("ada@example.com")[-1].get_content()


def test_a_conversation_is_stored_and_deleted(engine: Engine) -> None:
    """Turn, evidence and vault, and after deletion nothing of them."""
    transcripts, vault = TranscriptStore(engine), Vault(engine, "a secret")
    conversation = transcripts.begin(company="acme", channel="web").id
    masked = vault.mask(conversation, "I am ada@example.com")
    transcripts.ask(conversation, "m-1", masked)
    transcripts.answered(conversation, "m-1", TurnOutcome([{"kind": "smalltalk", "text": "Hello"}], "greet", 0.9), 12.5)

    (turn,) = transcripts.turns(conversation)
    assert (turn.text, turn.replies[0]["text"], turn.milliseconds) == ("I am <email_1>", "Hello", 12.5)
    assert vault.unmask(conversation, masked) == "I am ada@example.com"

    transcripts.forget(conversation)
    assert transcripts.turns(conversation) == []
    assert vault.reveal(conversation, "<email_1>") is None


def test_one_person_takes_a_conversation_and_each_message_goes_one_way(engine: Engine) -> None:
    """Two people at once, and a message at the moment of handing back."""
    store, sessions = TranscriptStore(engine), LiveChatSessions(engine)
    reply = {"kind": "human", "text": "x"}
    for _ in range(8):
        conversation, barrier = store.begin(company="acme", channel="web").id, Barrier(2)

        def takes(actor: str, conversation: str = conversation, barrier: Barrier = barrier) -> str:
            barrier.wait()
            try:
                return sessions.take(conversation, "acme", actor, "Somebody", reply)[0].actor
            except SessionTakenError as error:
                return f"after {error.chat.actor}"

        def hears(what: str, conversation: str = conversation, barrier: Barrier = barrier) -> bool:
            barrier.wait()
            if what == "hear":
                return sessions.hear(conversation, "m1", "now?") is not None
            return sessions.end(conversation, "account:1", lambda _: reply) is not None

        with ThreadPoolExecutor(2) as pool:
            first = set(pool.map(takes, ["account:1", "account:2"]))
            heard, ended = pool.map(hears, ["hear", "end"])

        said = [turn.message_id for turn in store.turns(conversation)]
        assert first in ({"account:1", "after account:1"}, {"account:2", "after account:2"})
        assert ended
        assert ("m1" in said) is heard
        assert sum(name.endswith("joins") for name in said) == 1
    sessions.seen(conversation)
    sessions.seen(conversation)
    store.forget(conversation)
    assert sessions.last_seen(conversation) is None


@pytest.mark.parametrize(
    "lock", ["LOCK TABLE turn IN SHARE MODE", f"SELECT pg_advisory_xact_lock({WRITERS_LOCK})", "LOCK TABLE ticket"]
)
def test_a_database_that_stays_locked_is_told_with_the_cure(engine: Engine, monkeypatch: pytest.MonkeyPatch, lock: str) -> None:
    """Whatever keeps writers waiting: a table that somebody holds, or the lock of all writers."""
    monkeypatch.setattr("candor.database.engine.LONGEST_LOOK", 0.05)
    with engine.connect() as another:
        another.execute(text(lock))
        with pytest.raises(UnavailableError, match=r"^the database is locked: "):
            check(engine)

    check(engine)


def test_a_writer_does_not_wait_for_ever(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its sender hears in time that nothing was taken, as on SQLite."""
    monkeypatch.setattr("candor.database.engine.LONGEST_WAIT", 0.05)
    engine = make_engine(url)
    with engine.begin() as first, engine.connect() as second:
        first.execute(text(f"SELECT pg_advisory_xact_lock({WRITERS_LOCK})"))
        with pytest.raises(OperationalError, match="lock timeout"):
            second.execute(text(f"SELECT pg_advisory_xact_lock({WRITERS_LOCK})"))
    engine.dispose()


def test_what_the_docs_say_leaves_nothing_of_what_was_deleted(url: str) -> None:
    """Neither in the tables' files nor in the write-ahead log. The deletion and a plain VACUUM leave the bytes in both."""
    section = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8").partition("## Files, keys and a full disk")[2]
    once, after = re.findall(r"```sql\n(.*?)```", section, re.DOTALL)[:2]
    engine, said = create_engine(url, isolation_level="AUTOCOMMIT"), "Quillhaven of nowhere else"

    def run(commands: str) -> None:
        with engine.connect() as connection:
            for command in filter(None, (each.strip() for each in commands.split(";"))):
                connection.execute(text(command))

    def files_with_it() -> set[str]:
        with engine.connect() as connection:
            data = Path(str(connection.scalar(text("SHOW data_directory"))))
        return {path.parent.name for path in data.rglob("*") if path.is_file() and said.encode() in path.read_bytes()}

    run(f"{once}; CREATE TABLE said (words text)")
    with engine.connect() as connection:
        connection.execute(text("INSERT INTO said VALUES (:said)"), {"said": said})
    run("CHECKPOINT; DELETE FROM said; VACUUM; CHECKPOINT")
    left_by_vacuum = files_with_it()
    run(after)

    assert "pg_wal" in left_by_vacuum
    assert files_with_it() == set()
    run("ALTER SYSTEM RESET wal_recycle; SELECT pg_reload_conf()")
    engine.dispose()
