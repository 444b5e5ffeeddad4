"""An erased person is nowhere in the database's files and nowhere in the logs: looked for byte by byte, on both databases."""

from __future__ import annotations

import asyncio
import logging
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from candor.accounts.api_tokens import ApiTokens
from candor.accounts.kept_answers import KeptAnswer
from candor.accounts.models import KeptAnswerRow, SavedFilterRow
from candor.channels.slack.threads import SlackPerson, Thread, ThreadPlace, ThreadPlaces
from candor.database.transactions import scrub
from candor.services import Services
from candor.settings import Settings
from candor.tickets.models import HandoffRow, RequestFileRow, TicketRow, TicketTextRow
from candor.tickets.requester import Confirmed
from candor.transcripts.models import ConversationRow, VaultRow
from knowledge.catalogue import PolicyCatalogue
from tests.candor.console.conftest import Desk, SignIn
from tests.fakes import FakeRasa
from tests.postgresql import Databases, programs

ADDRESS, PHONE, NAME, MEMBER = "Zx.Person@sentinel.example", "+44 20 7946 0731", "Zebulon Quixwhistle", "U0SENTINEL"
OTHER = "somebody.else@bystander.example"
PLAIN = (ADDRESS, ADDRESS.lower(), "sentinel.example", PHONE, "79460731", NAME, "Quixwhistle", MEMBER)
SITE = "http://testserver"


@pytest.fixture(params=["sqlite", "postgresql"])
def parts(
    request: pytest.FixtureRequest, tmp_path: Path, policies: Path, catalogue: PolicyCatalogue, databases: Databases
) -> Iterator[Services]:
    """Real services, on each of the two databases."""
    url = databases.with_tables() if request.param == "postgresql" else ""
    made = Services(
        Settings(
            var_dir=tmp_path / "var", policies_dir=policies, secret_key=SecretStr("a secret"), database_url=url,
            actions_port=1, _env_file=None,
        )  # type: ignore[call-arg]  # pydantic-settings' own parameter
    )  # fmt: skip
    made.knowledge.catalogue = catalogue
    yield made
    made.engine.dispose()


@pytest.fixture
def rasa() -> FakeRasa:
    return FakeRasa({"text": "We never sell personal data.", "custom": {"kind": "answer", "answer_id": "a_1f"}})


@dataclass(frozen=True)
class Left:
    """What a person left behind, and what stands for it in the database, encrypted or hashed."""

    conversation: str
    request: str
    secrets: tuple[bytes, ...]


def said(web: TestClient, *texts: str) -> tuple[str, dict[str, str]]:
    """A conversation through the chat API."""
    begun = web.post(f"{SITE}/api/conversations", json={"company": "acme"}).json()
    pass_ = {"Authorization": f"Bearer {begun['token']}"}
    for each in texts:
        answered = web.post(f"{SITE}/api/conversations/{begun['conversation']}/messages", json={"text": each}, headers=pass_)
        assert answered.status_code == 200
    return begun["conversation"], pass_


def leave(web: TestClient, parts: Services) -> Left:
    """Everything that a person can leave: words, address, number, a rating, a request with its code, a wait, a Slack talk; and
    what staff put to it: a note, a file, an answer that the API keeps for a repetition."""
    talk, pass_ = said(web, f"I am {NAME}, write to {ADDRESS}", f"or call {PHONE}", "do you sell my data?")
    rated = {"answer_id": "a_1f", "helpful": False, "comment": f"{NAME} was not helped, {ADDRESS}"}
    feedback = f"{SITE}/api/conversations/{talk}/feedback"
    assert web.post(feedback, json=rated, headers=pass_).status_code == 204
    opened = parts.requests.desk.open(
        Confirmed("yes-1", "acme", "deletion", talk, email=ADDRESS, residence="DE", details=f"{NAME}, {PHONE}")
    )
    number = opened.ticket.number  # type: ignore[union-attr]
    asyncio.run(parts.requests.outbox_worker.deliver())
    letters = "".join(file.read_text() for file in (parts.settings.var_dir / "outbox").glob("*.eml"))
    code = re.search(r"Your code is (\d{6})", letters)
    assert code is not None
    parts.requests.desk.give_code(number, code[1], talk)
    parts.conversations.handoff_queue.wanted(talk, "acme", ADDRESS)
    places = ThreadPlaces(parts.engine)
    member = SlackPerson("T1", MEMBER)
    places.begun(ThreadPlace(member), talk)
    places.choose(member, "acme")
    places.set_thread("T1", "C1", "1.1", Thread(MEMBER, quiet=False))
    parts.staff.audit.record("account:1", "conversation.reveal", f"conversation {talk}", reason=f"{ADDRESS} called from {PHONE}")
    parts.conversations.notes.add(talk, 1, f"{NAME} called from {PHONE}, wants it at {ADDRESS}")
    parts.requests.files.add(number, f"{NAME}.txt", f"all about {ADDRESS}".encode(), "account:1")
    token = ApiTokens(parts.engine).make("Jira", ["requests:read"], [], 30, "account:1").token.id
    for key, answered in (("theirs", f'{{"email": "{ADDRESS}"}}'), ("others", f'{{"email": "{OTHER}"}}')):
        parts.staff.kept_answers.begin(token, key)
        parts.staff.kept_answers.keep(token, key, KeptAnswer("f", 200, answered))
    with Session(parts.engine) as session:
        vault = session.execute(select(VaultRow.ciphertext, VaultRow.fingerprint)).all()
        tickets = session.execute(select(TicketRow.email, TicketRow.email_hash)).all()
        handoffs = session.execute(select(HandoffRow.email, HandoffRow.email_hash)).all()
        words = session.execute(select(TicketTextRow.ciphertext, TicketTextRow.ciphertext)).all()
        files = session.execute(select(RequestFileRow.name, RequestFileRow.key)).all()
    secrets = {value for row in (*vault, *tickets, *handoffs, *words, *files) for value in row}
    return Left(talk, number, tuple(each.encode() if isinstance(each, str) else each for each in secrets))


def files_of(engine: Engine, var: Path) -> bytes:
    """All bytes in which the database, and everything else, is kept. PostgreSQL's write-ahead log is recycled by itself."""
    kept = [path for path in var.rglob("*") if path.is_file() and path.name != "secret.key"]
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("CHECKPOINT"))
            data = Path(str(connection.execute(text("SHOW data_directory")).scalar()))
            ours = str(connection.execute(text("SELECT oid FROM pg_database WHERE datname = current_database()")).scalar())
        others = {"pg_wal", *(folder.name for folder in (data / "base").iterdir() if folder.name != ours)}
        kept += [path for path in data.rglob("*") if path.is_file() and not others & set(path.parts)]
    return b"\0".join(_content(path) for path in kept)


def _content(path: Path) -> bytes:
    """PostgreSQL removes some of its files at any time; what is gone holds nothing."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def vacuumed(engine: Engine) -> bytes:
    """The database made anew in its files; and of PostgreSQL its dump."""
    scrub(engine)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("VACUUM"))
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
            return b""
        connection.execute(text("VACUUM (FULL, ANALYZE)"))
        url = engine.url
    address = f"postgresql://{url.username}@{url.host}:{url.port}/{url.database}"
    return subprocess.run([programs() / "pg_dump", address], check=True, capture_output=True).stdout


def found_in(content: bytes, left: Left) -> list[bytes]:
    """What of the person stands there: plain, as bytea in hex, in base64's or utf-16's clothes no text of ours is kept."""
    looked_for = [*(each.encode() for each in PLAIN), *left.secrets, *(each.hex().encode() for each in left.secrets)]
    return [each for each in looked_for if each in content]


def erase(desk: Desk, typed: str) -> Any:
    """Look, then erase: what the page shows, and what came of it."""
    shown = desk.submit("keeping/erase", person=typed)
    assert shown.status_code == 200
    sealed = re.search(r'name="sealed" value="([^"]+)"', shown.text)
    assert sealed is not None
    return shown, desk.submit("keeping/erase/now", sealed=sealed[1])


def test_an_erased_person_is_nowhere(
    nobody: TestClient, parts: Services, rasa: FakeRasa, sign_in: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in the files as they are, the vacuumed ones, the dump, a log or a page; the record names nobody."""
    caplog.set_level(logging.INFO)
    left = leave(nobody, parts)
    bystander, _ = said(nobody, f"I am somebody else, {OTHER}")
    scrub(parts.engine)
    before = files_of(parts.engine, parts.settings.var_dir)
    assert MEMBER.encode() in before
    assert NAME.encode() not in before  # masked like the address
    parts.requests.staff_desk.complete(left.request, f"Deleted, dear {NAME}.", "account:1")
    asyncio.run(parts.requests.outbox_worker.deliver())
    officer = sign_in("privacy_officer")
    for name, typed in (("their talks", ADDRESS), ("other talks", OTHER)):
        parts.staff.saved_filters.save(parts.staff.accounts.all()[0].id, name, f"company=acme&q={quote_plus(typed)}", shared=True)

    shown, done = erase(officer, ADDRESS.upper())
    result = officer.get(SITE + done.headers["location"])

    assert done.status_code == 303
    content = files_of(parts.engine, parts.settings.var_dir) if parts.engine.dialect.name == "sqlite" else b""
    content += vacuumed(parts.engine) + files_of(parts.engine, parts.settings.var_dir)
    assert found_in(content, left) == []
    seen = (caplog.text + shown.text + result.text + done.headers["location"]).lower()
    assert [each for each in PLAIN if each.lower() in seen] == []
    assert rasa.forgotten == [left.conversation]
    assert parts.requests.staff_desk.details(left.request).ticket.status == "completed"
    entry = parts.staff.audit.entries(action="person.erase")[0]
    assert entry.details.pop("letters") >= 1
    assert entry.details == {"conversations": 1, "requests": 1, "handoffs": 1, "slack_members": 1, "pending": 0}
    assert entry.subject.removeprefix("erasure ") in result.text
    assert parts.staff.audit.verify().broken_at is None
    with Session(parts.engine) as session:
        assert session.scalars(select(ConversationRow.id)).all() == [bystander]
        assert [row.name for row in session.scalars(select(SavedFilterRow))] == ["other talks"]
        assert len(session.scalars(select(KeptAnswerRow)).all()) == 1
    assert parts.conversations.vault.reveal(bystander, "<email_1>") == OTHER


def test_who_left_only_a_number_is_found_in_another_spelling(nobody: TestClient, parts: Services, sign_in: SignIn) -> None:
    """By hash all the same."""
    talk, _ = said(nobody, f"I am {NAME}, call {PHONE}")

    erase(sign_in("privacy_officer"), "020 7946 0731")

    assert parts.conversations.transcripts.known([talk]) == set()
    assert NAME.encode() not in vacuumed(parts.engine) + files_of(parts.engine, parts.settings.var_dir)


def test_an_open_request_blocks_until_it_is_answered(nobody: TestClient, parts: Services, sign_in: SignIn) -> None:
    """It must be answered; also where it was opened between the preview and the click."""
    talk, _ = said(nobody, f"write to {ADDRESS}")
    officer = sign_in("privacy_officer")
    shown = officer.submit("keeping/erase", person=ADDRESS)
    sealed = re.search(r'name="sealed" value="([^"]+)"', shown.text)
    assert sealed is not None
    opened = parts.requests.desk.open(Confirmed("yes-1", "acme", "access", talk, email=ADDRESS, residence="DE"))
    number = opened.ticket.number  # type: ignore[union-attr]

    refused = officer.submit("keeping/erase/now", sealed=sealed[1])
    again = officer.submit("keeping/erase", person=ADDRESS)

    assert refused.status_code == 409
    assert "is still open. Answer and close it first" in refused.text
    assert "Not yet: a request is open" in again.text
    assert "sealed" not in again.text
    assert parts.conversations.transcripts.known([talk]) == {talk}
    parts.requests.staff_desk.refuse(number, "Answered by phone.", "account:1")
    assert erase(officer, ADDRESS)[1].status_code == 303
    assert parts.requests.staff_desk.details(number).email is None


def test_while_rasa_is_down_it_is_not_yet_everywhere_and_completed_later(
    nobody: TestClient, parts: Services, rasa: FakeRasa, sign_in: SignIn
) -> None:
    """Here it is gone at once; what Rasa must still forget is kept as conversation ids, and the page says so until it is done."""
    talk, _ = said(nobody, f"write to {ADDRESS}")
    officer = sign_in("privacy_officer")
    rasa.down = True

    done = erase(officer, ADDRESS)[1]
    before = officer.get(SITE + done.headers["location"]).text
    rasa.down = False
    officer.submit("keeping/run")
    after = officer.get(SITE + done.headers["location"]).text

    assert parts.conversations.transcripts.known([talk]) == set()
    assert "Not yet everywhere" in before
    assert rasa.forgotten == [talk]
    assert "Meanwhile it has forgotten as well" in after
