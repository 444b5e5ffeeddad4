"""Databases as older versions left them, with data: each upgrades to the newest revision, and today's code reads all of it.

The rows stand frozen in databases/*.sql, written by the code of that time or in its place. They never change: a new release
adds a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, create_engine, inspect, text

from candor.accounts.audit import AuditLog
from candor.accounts.devices import KnownDevices
from candor.accounts.login_throttle import LoginThrottle
from candor.accounts.sealed_tokens import SealedTokens
from candor.accounts.second_factor import SecondFactor
from candor.accounts.sign_in import Authenticated, Authenticator
from candor.conversations.handoff.sessions import LiveChatSessions
from candor.database.engine import make_engine, upgrade
from candor.tickets.cipher import FieldCipher
from candor.tickets.staff import TicketFilter
from candor.transcripts.date_ranges import custom_range
from candor.transcripts.figures import FigureScope, figures
from candor.transcripts.listing import ConversationQuery, Listing
from candor.transcripts.search import searched
from candor.transcripts.store import TranscriptStore
from candor.transcripts.vault import Vault
from tests.candor.tickets.conftest import SECRET, Office
from tests.postgresql import running_server
from tests.revisions import to_revision

DATABASES = Path(__file__).parent / "databases"
REVISIONS = ("0007", "0016")  # the first one with all of search and accounts; and that of version 0.1.0
BLOB = re.compile(r"X'([0-9a-f]*)'")  # as SQLite writes bytes


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running_server() as url:
        yield url


@pytest.fixture(scope="module", params=[f"{revision}-{kind}" for revision in REVISIONS for kind in ("sqlite", "postgresql")])
def old(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database of an old revision, upgraded."""
    revision, kind = request.param.split("-")
    url = f"sqlite:///{tmp_path_factory.mktemp('old') / 'candor.db'}"
    if kind == "postgresql":
        url = new_database(request.getfixturevalue("server"), f"old_{revision}")
    engine = make_engine(url)
    to_revision(engine, revision)
    fill(engine, DATABASES / f"revision_{revision}.sql")
    assert empty_tables(engine) == []
    upgrade(engine)
    yield engine
    engine.dispose()


def new_database(server: str, name: str) -> str:
    admin = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return f"{server}/{name}"


def fill(engine: Engine, rows: Path) -> None:
    """Run the INSERT statements, one a line; on PostgreSQL its own ids go on behind those that were inserted."""
    statements = [line for line in rows.read_text(encoding="utf-8").splitlines() if line.startswith("INSERT")]
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            for statement in statements:
                connection.exec_driver_sql(statement)
            return
        connection.exec_driver_sql("SET LOCAL TIME ZONE 'UTC'")
        for statement in statements:
            connection.exec_driver_sql(BLOB.sub(r"'\\x\1'", statement))
        owned = "SELECT table_name FROM information_schema.columns WHERE column_name = 'id' AND column_default LIKE 'nextval%'"
        for table in connection.execute(text(owned)).scalars().all():
            connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"  # noqa: S608  (as below)
            )


def empty_tables(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return [
            table for table in inspect(engine).get_table_names()
            if not connection.execute(text(f"SELECT count(*) FROM {table}")).scalar()  # noqa: S608  (names from the database)
        ]  # fmt: skip


def test_an_upgraded_database_has_the_tables_of_a_new_one(old: Engine, engine: Engine) -> None:
    """Each with the same columns."""
    upgraded, new = inspect(old), inspect(engine)
    tables = {name for name in new.get_table_names() if not name.startswith("turn_search")}

    assert {name for name in upgraded.get_table_names() if not name.startswith("turn_search")} == tables
    for table in tables:
        columns = {column["name"]: column["nullable"] for column in upgraded.get_columns(table)}
        assert columns == {column["name"]: column["nullable"] for column in new.get_columns(table)}


@pytest.mark.parametrize(
    ("facets", "listed"),
    [
        ((), ["c_2", "c_1"]),
        (("company:acme", "kind:answer"), ["c_1"]),
        (("aspect:retention.deletion",), ["c_1"]),
        (("not_helpful",), ["c_1"]),
        (("needs_person", "low_confidence"), ["c_2"]),
        (("failed",), ["c_2"]),
    ],
)
def test_its_conversations_are_listed(old: Engine, facets: tuple[str, ...], listed: list[str]) -> None:
    """By everything that held for them then."""
    page = Listing(old).page(ConversationQuery(facets))

    assert [row.id for row in page.rows] == listed


@pytest.mark.parametrize(("typed", "found"), [("deletion", ["c_1"]), ("cookie", ["c_2"]), ("never sells", ["c_1"])])
def test_its_conversations_are_found_by_their_words(old: Engine, typed: str, found: list[str]) -> None:
    """In messages and in quotes, also by stems, which revision 0007 did not know."""
    page = Listing(old).page(ConversationQuery(words=searched(typed)))

    assert [row.id for row in page.rows] == found


def test_its_turns_are_read_with_what_was_masked(old: Engine) -> None:
    """The vault's values are decrypted, and each quote and verdict stands with its turn."""
    turn = TranscriptStore(old).turns("c_1")[1]

    assert Vault(old, SECRET).unmask("c_1", turn.text).startswith("I am ada@example.com.")
    assert (turn.kind, turn.aspect, turn.answer_id, turn.helpful) == ("answer", "selling.sold", "a_1", False)
    with old.connect() as connection:
        assert connection.execute(text('SELECT turn_id, version, start, "end" FROM quote')).all() == [(2, "2026-01-15", 10, 38)]


def test_its_turns_are_counted(old: Engine) -> None:
    """The figures of their day, also where nothing was counted yet."""
    span = custom_range(date(2026, 1, 15), date(2026, 1, 15), ZoneInfo("UTC"), datetime(2026, 2, 1, tzinfo=UTC))

    total = figures(old, span, FigureScope()).total

    assert (total.conversations, total.messages, total.answered, total.rated, total.helpful) == (2, 4, 3, 1, 0)
    assert total.by["kind"] == {"smalltalk": 1, "answer": 1, "handoff": 1, "error": 1}
    assert total.by["aspect"] == {"selling.sold": 1}


def test_its_requests_are_read_and_completed(old: Engine) -> None:
    """Who asked and in which words, with every event, and work goes on."""
    office = Office(old)
    numbers = [ticket.number for ticket in office.staff.requests(TicketFilter(states=()))]

    file = office.staff.details("R-0000-0001")
    done = office.staff.complete("R-0000-0001", "Deleted.", "account:1")

    assert sorted(numbers) == ["R-0000-0001", "R-0000-0002"]
    assert (file.email, file.events[0].words) == ("ada@example.com", "my user name is ada")
    assert [event.what for event in file.events] == ["received", "ask_identity", "code_sent", "code_given", "verify"]
    assert done.status == "completed"


def test_its_accounts_sign_in(old: Engine) -> None:
    """With the password of then, and into the same audit log."""
    audit = AuditLog(old, SECRET)
    factor, tokens = SecondFactor(old, FieldCipher(SECRET)), SealedTokens(SECRET)

    throttle = LoginThrottle("", SECRET)
    desk = Authenticator(old, audit, factor, tokens, throttle, KnownDevices(tokens, throttle))
    entered = desk.with_password("ada@acme.example", "correct horse battery staple")

    assert isinstance(entered, Authenticated)
    assert [(grant.role, grant.company) for grant in entered.account.grants] == [("admin", ""), ("reviewer", "acme")]
    assert audit.verify().broken_at is None
    assert audit.entries(action="conversation.read")[0].subject == "conversation c_1"


def test_a_conversation_that_a_person_has_taken_stays_theirs(old: Engine) -> None:
    """Revision 0007 kept it in a table of Slack's own."""
    (taken,) = LiveChatSessions(old).going_on()

    assert (taken.conversation, taken.company, taken.actor) == ("c_2", "globex", "slack:U0BOB")
