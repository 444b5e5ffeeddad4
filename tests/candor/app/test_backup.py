"""Backups on both databases: complete and sealed, restored whole or not at all, and what was forgotten stays forgotten."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from candor.app.backup import ASIDE, SUFFIX, dump_postgresql, make_backup, run_postgresql
from candor.app.conversations import make_assistant
from candor.app.figures import StateCollector
from candor.app.restore import SomethingIsThereError, _without_extensions, check_backup, restore
from candor.app.retention import make_retention
from candor.app.sealed_file import DamagedFileError, WrongKeyError
from candor.app.supervisor import PortTakenError, free_port
from candor.cli.main import app
from candor.database.engine import make_engine
from candor.errors import InvalidInputError, UnavailableError
from candor.retention.models import ForgottenRow
from candor.services import Services, services
from candor.settings import Settings
from candor.tickets.requester import Confirmed
from candor.transcripts.models import ConversationRow, VaultRow
from knowledge.catalogue import PolicyCatalogue
from tests.fakes import FakeRasa
from tests.postgresql import programs, running_server

ADA, BOB, NUMBER = "ada@example.com", "bob@example.com", "+44 20 7946 0731"
NAMES = count(1)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running_server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """Of an empty database; "" for SQLite in var/."""
    if request.param == "sqlite":
        return ""
    server, name = request.getfixturevalue("server"), f"saved_{next(NAMES)}"
    admin = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return f"{server}/{name}"


@dataclass
class Home:
    """One Candor: started when it is first used, and stopped for a restore."""

    settings: Settings
    catalogue: PolicyCatalogue
    rasa: FakeRasa = field(default_factory=FakeRasa)
    _parts: Services | None = None

    @property
    def parts(self) -> Services:
        if self._parts is None:
            self._parts = Services(self.settings)
            self._parts.knowledge.catalogue = self.catalogue
        return self._parts

    def stop(self) -> None:
        if self._parts is not None:
            self._parts.engine.dispose()
        self._parts = None

    def converse(self, *texts: str) -> str:
        """The id of a new conversation with these messages."""

        async def talk() -> str:
            assistant = make_assistant(self.parts, self.rasa)
            begun, _ = await assistant.begin(company="acme", channel="web")
            for each in texts:
                await assistant.say(begun.id, each)
            await assistant.close()
            return begun.id

        return asyncio.run(talk())

    def forget(self, conversation: str) -> None:
        """As its visitor does."""
        assistant = make_assistant(self.parts, self.rasa)
        asyncio.run(assistant.forget(conversation))
        asyncio.run(assistant.close())

    def erase(self, typed: str) -> None:
        """As a privacy officer does."""
        assistant = make_assistant(self.parts, self.rasa)
        asyncio.run(make_retention(self.parts, assistant).erasing.erase(typed, assistant.forget_now))
        asyncio.run(assistant.close())

    def request(self, conversation: str, email: str) -> str:
        """The number of a new request."""
        confirmed = Confirmed(
            f"yes-{next(NAMES)}", "acme", "deletion", conversation, email=email, residence="DE", details="all of it"
        )
        return self.parts.requests.desk.open(confirmed).ticket.number  # type: ignore[union-attr]

    def conversations(self) -> set[str]:
        with Session(self.parts.engine) as session:
            return set(session.scalars(select(ConversationRow.id)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where backups go."""
    made = tmp_path / "elsewhere"
    made.mkdir()
    return made


@pytest.fixture
def home(tmp_path: Path, url: str, policies: Path, catalogue: PolicyCatalogue) -> Iterator[Home]:
    ports = {name: free_port() for name in ("web_port", "rasa_port", "actions_port")}
    given: dict[str, Any] = {"policies_dir": policies, "secret_key": SecretStr("a secret"), "database_url": url, **ports}
    made = Home(Settings(var_dir=tmp_path / "var", _env_file=None, **given), catalogue)  # type: ignore[call-arg]
    yield made
    made.stop()


def backed_up(home: Home, folder: Path) -> Path:
    """A backup of a Candor, which goes on running."""
    return make_backup(home.parts, folder).file


def put_back(home: Home, file: Path, **how: Any) -> Any:
    """Stop, restore, start again."""
    home.stop()
    return restore(home.settings, file, "cli:ada", replace=True, **how)


def test_everything_comes_back(home: Home, folder: Path) -> None:
    """Conversations with what was masked, requests with who asked, policies, and what else lies in var/."""
    talk = home.converse(f"I am {ADA}, do you sell my data?")
    number = home.request(talk, ADA)
    (home.settings.var_dir / "uploads").mkdir()
    (home.settings.var_dir / "uploads" / "answer.pdf").write_bytes(b"%PDF of an answer")
    sent = home.parts.requests.files.add(number, "answer.pdf", b"%PDF-1.7 of an answer", "account:1")
    policy = next(home.settings.policies_dir.rglob("*.txt"))
    written = policy.read_text()
    file = backed_up(home, folder)
    later = home.converse("this came afterwards")
    policy.write_text("another text")
    (home.settings.var_dir / "uploads" / "answer.pdf").unlink()

    done = put_back(home, file)

    assert home.conversations() == {talk}
    assert later not in home.conversations()
    assert home.parts.conversations.vault.reveal(talk, "<email_1>") == ADA
    assert home.parts.requests.staff_desk.details(number).email == ADA
    assert (home.settings.var_dir / "uploads" / "answer.pdf").read_bytes() == b"%PDF of an answer"
    file_again, blocks = home.parts.requests.files.read(number, sent)
    assert (file_again.name, b"".join(blocks)) == ("answer.pdf", b"%PDF-1.7 of an answer")
    assert policy.read_text() == written
    assert done.aside
    assert home.parts.staff.audit.verify().broken_at is None
    assert home.parts.staff.audit.entries(action="backup.restore")


def test_nothing_in_it_can_be_read_and_no_key_is_in_it(home: Home, folder: Path) -> None:
    """Whoever finds the file learns when it was made, and no more."""
    home.converse(f"I am {ADA}")
    (home.settings.var_dir / "secret.key").write_text("the key of another day")

    file = backed_up(home, folder)

    content = file.read_bytes()
    assert [word for word in (b"ada@", b"acme", b"SQLite format", b"PGDMP", b"conversation") if word in content] == []
    assert file.stat().st_mode & 0o077 == 0
    assert not [name for name in check_backup(home.settings, file).files if "secret" in name]
    assert [path for path in home.settings.var_dir.iterdir() if path.name.startswith("backup.")] == []


def test_a_backup_is_taken_while_others_write(home: Home, folder: Path) -> None:
    """It holds a state that there was, with every row that a row of it names."""
    talk = home.converse("hello")
    with Session(home.parts.engine) as session:
        session.add(VaultRow(conversation_id=talk, token="<x_1>", fingerprint="f", ciphertext=b"c"))
        session.flush()  # a transaction that has not ended

        file = backed_up(home, folder)
        session.commit()

    put_back(home, file)
    assert home.conversations() == {talk}
    with Session(home.parts.engine) as session:
        assert session.scalar(select(VaultRow.token).where(VaultRow.token == "<x_1>")) is None


@pytest.mark.parametrize("lost", ["nothing", "list", "database"])
def test_forgotten_people_stay_forgotten(home: Home, folder: Path, lost: str) -> None:
    """Whoever forgot a conversation, or was erased, after the backup; also where the list survives in one place only."""
    forgotten, kept = home.converse(f"I am {ADA}", "forget me"), home.converse(f"I am {BOB}")
    called, asked = home.converse(f"call me at {NUMBER}"), home.converse("delete my data")
    number = home.request(asked, ADA)
    home.parts.requests.files.add(number, "answer.pdf", b"%PDF-1.7 of an answer", "account:1")
    file = backed_up(home, folder)
    home.forget(forgotten)
    home.erase(NUMBER)
    home.parts.requests.staff_desk.take(number, "withdraw", "account:1", words="By phone.")
    home.erase(ADA)
    if lost == "list":
        home.settings.forgotten.unlink()
    if lost == "database":
        with home.parts.engine.begin() as connection:
            connection.execute(text("DROP TABLE forgotten"))

    done = put_back(home, file)

    assert home.conversations() == {kept}
    assert (done.again.conversations, done.again.requests) == (3, 1)
    assert done.again.reopened == (number,)
    assert home.parts.requests.staff_desk.details(number).email is None
    assert home.parts.conversations.transcripts.pending_deletions()  # Rasa forgets them when it runs again
    assert {forgotten, called, asked} <= set(home.parts.conversations.transcripts.pending_deletions())
    assert len(home.parts.requests.erasure.all_hashes()) == 0
    assert list(home.settings.files.iterdir()) == []  # what was to be handed over to them


def test_a_list_of_another_place_counts_too(home: Home, folder: Path, tmp_path: Path) -> None:
    """Where the machine is lost, a newer backup or a copy of the list tells what was forgotten."""
    first, second, third = (home.converse(word) for word in ("one", "two", "three"))
    file = backed_up(home, folder)
    home.forget(first)
    newer = make_backup(home.parts, folder, datetime.now(UTC) + timedelta(seconds=2)).file
    home.forget(second)
    copy = tmp_path / "copy.jsonl"
    copy.write_bytes(home.settings.forgotten.read_bytes())
    home.settings.forgotten.unlink()
    with home.parts.engine.begin() as connection:
        connection.execute(text("DELETE FROM forgotten"))

    put_back(home, file, lists=[newer])
    assert home.conversations() == {second, third}
    put_back(home, file, lists=[copy])

    assert home.conversations() == {third}


def test_who_came_back_after_an_erasure_is_not_erased_again(home: Home, folder: Path) -> None:
    """An entry concerns what was there when it was made."""
    home.converse(f"I am {ADA}")
    home.erase(ADA)
    again = home.converse(f"I am {ADA}, and here I am again")
    number = home.request(again, ADA)
    file = backed_up(home, folder)

    put_back(home, file)

    assert home.conversations() == {again}
    assert home.parts.requests.staff_desk.details(number).email == ADA


def test_after_a_change_of_keys_they_stay_forgotten_too(home: Home, folder: Path) -> None:
    """The backup has hashes of the older key; what was forgotten later is noted under the newer."""
    talk = home.converse(f"I am {ADA}")
    file = backed_up(home, folder)
    home.stop()
    home.settings = home.settings.model_copy(update={"secret_key": SecretStr("newer"), "old_secret_keys": None})
    changed = home.settings.model_copy(update={"old_secret_keys": SecretStr("a secret")})
    with_both = Home(changed, home.catalogue)
    with_both.parts.conversations.vault.rotate()
    with_both.stop()
    home.erase(ADA)
    with Session(home.parts.engine) as session, session.begin():
        for row in session.scalars(select(ForgottenRow).where(ForgottenRow.is_person.is_(False))):
            session.delete(row)  # the person's own entry must be enough
    home.settings.forgotten.unlink()
    home.stop()
    home.settings = changed

    put_back(home, file)

    assert talk not in home.conversations()


def test_nothing_is_overwritten_without_being_told(home: Home, folder: Path) -> None:
    """Neither data nor policies; and what is replaced is set aside."""
    talk = home.converse("hello")
    file = backed_up(home, folder)
    later = home.converse("this came afterwards")
    home.stop()

    with pytest.raises(SomethingIsThereError, match="--replace"):
        restore(home.settings, file, "cli:ada")

    assert home.conversations() == {talk, later}
    assert [path for path in home.settings.var_dir.iterdir() if path.name.startswith(ASIDE)] == []


def test_a_running_candor_is_not_restored(home: Home, folder: Path) -> None:
    """It would go on with what it holds in memory."""
    home.converse("hello")
    file = backed_up(home, folder)
    if home.settings.database.startswith("sqlite"):
        with socket.socket() as web:
            web.bind(("127.0.0.1", home.settings.web_port))
            web.listen()
            with pytest.raises(PortTakenError, match="stop"):
                restore(home.settings, file, "cli:ada", replace=True)
        return
    with home.parts.engine.connect(), pytest.raises(InvalidInputError, match="stop every process"):
        restore(home.settings, file, "cli:ada", replace=True)


@pytest.mark.parametrize("fault", ["cut", "changed", "key"])
def test_a_damaged_or_foreign_backup_changes_nothing(home: Home, folder: Path, fault: str) -> None:
    """It is refused with what is wrong and what to do."""
    talk = home.converse("hello")
    file = backed_up(home, folder)
    content = bytearray(file.read_bytes())
    if fault == "cut":
        file.write_bytes(content[:-100])
    if fault == "changed":
        content[-50] ^= 1
        file.write_bytes(content)
    later = home.converse("this came afterwards")
    home.stop()
    keys = {"secret_key": SecretStr("another")} if fault == "key" else {}

    with pytest.raises(WrongKeyError if fault == "key" else DamagedFileError, match=r"another copy|secret\.key"):
        restore(home.settings.model_copy(update=keys), file, "cli:ada", replace=True)

    assert home.conversations() == {talk, later}


def test_a_restore_that_fails_in_the_middle_leaves_what_was_there(
    home: Home, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also after the database was set aside."""
    talk = home.converse("hello")
    file = backed_up(home, folder)
    later = home.converse("this came afterwards")
    home.stop()

    def fails(*_: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr("candor.app.restore._put_files", fails)
    with pytest.raises(OSError, match="no room"):
        restore(home.settings, file, "cli:ada", replace=True)

    assert home.conversations() == {talk, later}


@pytest.mark.parametrize(
    ("changes", "cure"),
    [
        ({"made_at": "2020-01-01T00:00:00+00:00"}, "--even-if-old"),
        ({"revision": "9999"}, "install that one"),
        ({"database": "oracle"}, "set it as it was"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_cure(
    home: Home, folder: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], cure: str
) -> None:
    """Too old, of a newer version, of another kind of database."""
    home.converse("hello")
    real = json.dumps
    monkeypatch.setattr(
        "candor.app.backup.json.dumps", lambda value, **how: real({**value, **changes} if "made_at" in value else value, **how)
    )
    file = backed_up(home, folder)
    monkeypatch.undo()
    home.stop()

    with pytest.raises(InvalidInputError, match=cure):
        restore(home.settings, file, "cli:ada", replace=True)


def test_old_backups_are_removed_by_new_ones(home: Home, folder: Path) -> None:
    """After their period nobody could restore them safely; other files in the folder are not ours."""
    now = datetime.now(UTC)
    for days in (40, 36, 34):
        make_backup(home.parts, folder, now - timedelta(days=days))
    (folder / "notes.txt").write_text("mine")

    made = make_backup(home.parts, folder, now)

    assert made.removed == 2
    assert len(list(folder.glob(f"*{SUFFIX}"))) == 2
    assert (folder / "notes.txt").is_file()


def test_what_was_forgotten_is_kept_as_long_as_backups(home: Home) -> None:
    """No longer, in the table and in the file."""
    home.forget(home.converse("hello"))
    assistant = make_assistant(home.parts, home.rasa)
    job = make_retention(home.parts, assistant).job
    job._now = lambda: datetime.now(UTC) + timedelta(days=36)

    done = asyncio.run(job.run())

    assert {result.kind: result.removed for result in done.results}["forgotten"] == 1
    assert home.settings.forgotten.read_text() == ""


def test_a_damaged_database_gives_no_backup(home: Home, folder: Path) -> None:
    """Else nobody would notice before it is needed."""
    if not home.settings.database.startswith("sqlite"):
        return
    home.converse("hello " * 500)
    home.stop()
    database = home.settings.var_dir / "candor.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(database.read_bytes())
    content[-3 * 4096 :] = b"\xff" * (3 * 4096)
    database.write_bytes(content)

    with pytest.raises(UnavailableError, match="damaged"):
        make_backup(home.parts, folder)

    assert list(folder.iterdir()) == []


def test_the_commands_say_what_they_did(
    home: Home, folder: Path, monkeypatch: pytest.MonkeyPatch, catalogue: PolicyCatalogue
) -> None:
    """And the time of the last backup is among the figures."""
    for name in ("var_dir", "policies_dir", "database_url", "web_port", "rasa_port", "actions_port"):
        monkeypatch.setenv(f"CANDOR_{name.upper()}", str(getattr(home.settings, name)))
    monkeypatch.setenv("CANDOR_SECRET_KEY", "a secret")
    home.converse("hello")
    services.cache_clear()

    made = CliRunner().invoke(app, ["backup", str(folder)])
    file = next(folder.iterdir())
    checked = CliRunner().invoke(app, ["restore", str(file), "--check"])
    refused = CliRunner().invoke(app, ["restore", str(file)])
    told = {metric.name: metric.samples for metric in StateCollector(home.parts).collect()}
    services().engine.dispose()
    services.cache_clear()
    home.stop()
    done = CliRunner().invoke(app, ["restore", str(file), "--replace"])

    assert made.exit_code == 0
    assert "keep var/secret.key" in made.output
    assert "is whole" in checked.output
    assert refused.exit_code == 1
    assert told["candor_backup_timestamp_seconds"][0].value > 0
    assert done.exit_code == 0, done.output
    assert "Staff sign in anew" in done.output


def test_a_dump_needs_no_pgvector_where_it_is_restored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Vectors are made anew, so neither they nor the extension go along."""
    monkeypatch.setenv("PATH", str(programs(with_vectors=True)), prepend=os.pathsep)
    with running_server(with_vectors=True) as url:
        engine = make_engine(f"{url}/postgres")
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for statement in (
                "CREATE EXTENSION vector", "CREATE SCHEMA candor_vectors",
                "CREATE TABLE candor_vectors.passage (vector vector(3))", "CREATE TABLE kept (id integer)",
                "CREATE DATABASE another",
            ):  # fmt: skip
                connection.execute(text(statement))
        engine.dispose()

        archive = dump_postgresql(f"{url}/postgres", tmp_path / "database.dump")
        chosen = f"--use-list={_without_extensions(archive)}"
        run_postgresql("pg_restore", f"{url}/another", "--no-owner", "--exit-on-error", chosen, str(archive))

        engine = make_engine(f"{url}/another")
        with engine.connect() as connection:
            tables = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname !~ '^(pg_|information)'")).all()
            extensions = connection.scalars(text("SELECT extname FROM pg_extension")).all()
        engine.dispose()
    assert (list(tables), list(extensions)) == (["kept"], ["plpgsql"])
