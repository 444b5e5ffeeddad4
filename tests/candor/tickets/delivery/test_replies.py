"""Mails of requesters and visitors: from a real mailbox, once each, where staff work on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from email.message import EmailMessage
from pathlib import Path
from types import MappingProxyType

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from candor.conversations.handoff.sessions import LiveChatSessions
from candor.conversations.handoff.visitor_mail import ConversationMail
from candor.tickets.delivery.bounce_mailbox import BounceMailbox
from candor.tickets.delivery.bounces import Bounces
from candor.tickets.delivery.dsn import verp_address
from candor.tickets.delivery.file_store import FileStore
from candor.tickets.delivery.mailer import SmtpMailer
from candor.tickets.delivery.messages import OutboxMessages
from candor.tickets.delivery.replies import MOST_A_DAY, IncomingMail
from candor.tickets.delivery.request_files import RequestFiles
from candor.tickets.delivery.templates import LetterTemplates
from candor.tickets.models import OutboxRow
from candor.tickets.queue import RequestQueue
from candor.transcripts.store import TranscriptStore
from candor.transcripts.vault import Vault
from tests.candor.tickets.conftest import Office
from tests.candor.tickets.delivery import bounce_mails
from tests.candor.tickets.delivery.test_worker import Mailbox, mailbox, smtp, worker_of
from tests.imap_server import ImapServer, imap_server

__all__ = ["mailbox", "smtp"]
PDF = b"%PDF-1.7\n" + b"an invoice " * 1000
REPLIES_TO = "replies@acme.example"
# aiosmtpd's warning: on loopback there is nobody between.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


@pytest.fixture(scope="module")
def imap() -> Iterator[ImapServer]:
    with imap_server() as server:
        yield server


@pytest.fixture
def files(office: Office, tmp_path: Path) -> RequestFiles:
    return RequestFiles(office.engine, office.cipher, FileStore(tmp_path / "files"), 1_000_000, now=office.now)


@pytest.fixture
def incoming(office: Office, files: RequestFiles) -> IncomingMail:
    vault = Vault(office.engine, "a secret", (), frozenset)
    sessions = LiveChatSessions(office.engine, now=office.now)
    visitors = ConversationMail(office.people, sessions, TranscriptStore(office.engine), vault)
    bounces = Bounces(office.engine, office.request_events, now=office.now)
    return IncomingMail(office.engine, office.request_events, bounces, lambda: visitors, files, now=office.now)


def written(
    key: str, text: str = "I have moved to Bonn.", sender: str = "ada@example.com", number: int = 1,
    files: Mapping[str, bytes] = MappingProxyType({}),
) -> bytes:  # fmt: skip
    """A mail that answers the letter with this key, as a mail program writes it."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = f"Ada <{sender}>", verp_address(REPLIES_TO, key), f"<{number}@example.com>"
    mail["In-Reply-To"] = f"<{key}@acme.example>"
    mail.set_content(f"{text}\n\nOn Thu, 15 Jan 2026 at 12:00, Acme <candor@acme.example> wrote:\n> Your request\n")
    for name, content in files.items():
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def key_of(office: Office, what: str) -> str:
    with Session(office.engine) as session:
        return session.scalars(select(OutboxRow.key).where(OutboxRow.what == what).order_by(OutboxRow.id.desc())).first() or ""


async def test_a_mail_in_the_mailbox_lands_with_its_request(office: Office, incoming: IncomingMail, imap: ImapServer) -> None:
    """Once, however often it arrives; in words without the quote, and staff are told; the bounce beside it is a bounce."""
    number = await office.verified()
    await office.deliver()
    key = key_of(office, "opened")
    imap.put(written(key))
    imap.put(written(key))
    imap.put(bounce_mails.postfix(key_of(office, "code")))

    found = BounceMailbox(imap.url).look(incoming.read)

    assert (found, imap.unread()) == (1, 0)
    event = office.staff.details(number).events[-1]
    assert (event.what, event.actor, event.words) == ("mail_received", "requester", "I have moved to Bonn.")
    assert ("staff_answer", "due") in office.outbox_of("staff")


async def test_each_letter_asks_for_answers_at_an_address_of_its_own(office: Office, smtp: str, mailbox: Mailbox) -> None:
    """Where no mailbox is read, they go to the company, as before."""
    await office.verified()
    office.messages = OutboxMessages(
        office.engine, office.request_events, LetterTemplates(), sender="candor@acme.example", staff="team@acme.example",
        replies_to=REPLIES_TO,
    )  # fmt: skip

    await worker_of(office, SmtpMailer(smtp, bounce_mails.BOUNCES_TO)).deliver()

    key = key_of(office, "opened")
    (letter,) = [mail for mail in mailbox.mails if key in mail["Message-ID"]]
    assert letter["Reply-To"] == verp_address(REPLIES_TO, key)


async def test_an_answer_that_was_waited_for_sets_the_clock_going(office: Office, incoming: IncomingMail) -> None:
    """It is an answer as any other; until somebody does something, the request stands in the inbox."""
    number = await office.verified()
    office.staff.ask_requester(number, "Which account?", "account:1")
    await office.deliver()
    queue = RequestQueue(office.engine, office.request_events)

    assert incoming.read(written(key_of(office, "question"), "The blue one.")) == "reply"

    file = office.staff.details(number)
    assert file.ticket.status == "open"
    assert (file.events[-1].what, file.events[-1].words, file.events[-1].data["by"]) == ("answer", "The blue one.", "mail")
    assert [one.ticket.number for one in queue.written_back(None, office.now(), 5)] == [number]
    office.staff.note(number, "Seen.", "account:1")
    assert queue.written_back(None, office.now(), 5) == ()


async def test_from_another_address_it_is_shown_and_decides_nothing(office: Office, incoming: IncomingMail) -> None:
    """A sender is easily made up."""
    number = await office.verified()
    office.staff.ask_requester(number, "Which account?", "account:1")
    await office.deliver()

    assert incoming.read(written(key_of(office, "question"), sender="eve@example.net")) == "reply"

    file = office.staff.details(number)
    assert file.ticket.status == "waiting_for_requester"
    assert (file.events[-1].what, file.events[-1].data["other_sender"]) == ("mail_received", True)


async def test_files_that_were_asked_for_are_put_to_the_request(
    office: Office, incoming: IncomingMail, files: RequestFiles
) -> None:
    """Once, encrypted, and checked as any other file; what is not taken is named."""
    number = await office.verified()
    office.staff.ask_requester(number, "Please send the invoice that you mean.", "account:1")
    await office.deliver()
    mail = written(key_of(office, "question"), "Here it is.", files={"invoice.pdf": PDF, "run.exe": b"MZ", "scan.pdf": b"MZ"})

    assert (incoming.read(mail), incoming.read(mail)) == ("reply", "known")

    (kept,) = files.of(number)
    assert (kept.name, kept.size, kept.added_by) == ("invoice.pdf", len(PDF), "requester")
    assert b"".join(files.read(number, kept.id)[1]) == PDF
    file = office.staff.details(number)
    assert file.ticket.status == "open"
    assert file.events[-1].words == "Here it is.\n\nPut to the files: invoice.pdf\n\nAttached, and not kept: run.exe, scan.pdf"


async def test_files_that_nobody_asked_for_or_that_a_stranger_sent_are_not_kept(
    office: Office, incoming: IncomingMail, files: RequestFiles
) -> None:
    """People send passports; and a sender is easily made up."""
    number = await office.verified()
    await office.deliver()
    incoming.read(written(key_of(office, "opened"), files={"passport.pdf": PDF}))
    office.staff.ask_requester(number, "Which account?", "account:1")
    await office.deliver()
    incoming.read(written(key_of(office, "question"), sender="eve@example.net", number=2, files={"invoice.pdf": PDF}))

    assert files.of(number) == ()
    words = [event.words for event in office.staff.details(number).events if event.what == "mail_received"]
    assert [text.rpartition("\n")[2] for text in words] == [
        "Attached, and not kept: passport.pdf", "Attached, and not kept: invoice.pdf",
    ]  # fmt: skip


async def test_a_file_is_put_there_once_though_a_process_died_before_its_mail_was_recorded(
    office: Office, incoming: IncomingMail, files: RequestFiles
) -> None:
    """The mail is read again."""
    number = await office.verified()
    office.staff.ask_requester(number, "Please send the invoice that you mean.", "account:1")
    await office.deliver()
    files.add(number, "invoice.pdf", PDF, "requester")

    incoming.read(written(key_of(office, "question"), files={"invoice.pdf": PDF}))

    assert [one.name for one in files.of(number)] == ["invoice.pdf"]


async def test_so_much_lies_with_a_request_and_no_more(
    office: Office, incoming: IncomingMail, files: RequestFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever writes mail after mail fills nobody's disk."""
    monkeypatch.setattr("candor.tickets.delivery.replies.MOST_SENT", 2 * len(PDF))
    number = await office.verified()
    for mail in range(3):
        office.staff.ask_requester(number, "And the next?", "account:1")
        await office.deliver()
        incoming.read(written(key_of(office, "question"), number=mail, files={f"{mail}.pdf": PDF}))

    assert [one.name for one in files.of(number)] == ["0.pdf", "1.pdf"]


async def test_a_long_mail_with_many_files_is_recorded_like_any_other(office: Office, incoming: IncomingMail) -> None:
    """One that could not be would be read again for ever, and all behind it never."""
    number = await office.verified()
    await office.deliver()
    many = {f"{'a long name ' * 6}{each}.pdf": PDF for each in range(20)}

    assert incoming.read(written(key_of(office, "opened"), "word " * 2000, files=many)) == "reply"

    assert office.events(number)[-1] == "mail_received"


async def test_two_programs_that_answer_each_other_come_to_an_end(office: Office, incoming: IncomingMail) -> None:
    """Where neither says that it is one."""
    number = await office.verified()
    await office.deliver()
    key = key_of(office, "opened")

    outcomes = [incoming.read(written(key, number=each)) for each in range(MOST_A_DAY + 5)]

    assert outcomes.count("reply") == MOST_A_DAY
    assert office.events(number).count("mail_received") == MOST_A_DAY


@pytest.mark.parametrize("key", ["x" * 32, "remind-1-2026-02-16-today"])
async def test_a_mail_about_nothing_that_we_sent_is_nothing(office: Office, incoming: IncomingMail, key: str) -> None:
    """Anybody can write to the mailbox."""
    await office.verified()
    await office.deliver()

    assert incoming.read(written(key)) == "no_bounce"


async def test_a_visitors_mail_stands_in_the_conversation_and_they_wait_again(office: Office, incoming: IncomingMail) -> None:
    """Masked, once, with a promise of its own; from another address it says so."""
    store = TranscriptStore(office.engine)
    conversation = store.begin(company="acme", channel="web").id
    office.people.wanted(conversation, "acme", "ada@example.com")
    (waiting,) = office.people.waiting()
    key = "person-answer:0a1b2c3d4e5f"
    office.people.answer_by_mail(waiting.id, "Yes.", "account:1", key)
    await office.deliver()
    office.wait(days=3)

    for _ in range(2):
        incoming.read(written(key, "And my other address bob@example.com?"))

    (again,) = office.people.waiting()
    assert (again.conversation, again.email, again.asked_at) == (conversation, "ada@example.com", office.now())
    assert again.question == "And my other address <email_1>?"
    (turn,) = store.turns(conversation)
    assert (turn.state, turn.text) == ("to_person", "And my other address <email_1>?")
    assert turn.evidence == {"mail": {"known_sender": True}}
    incoming.read(written(key, "Hello.", sender="eve@example.net", number=2))
    assert store.turns(conversation)[-1].evidence == {"mail": {"known_sender": False}}


async def test_of_a_forgotten_conversation_the_mail_is_kept_with_the_wish(office: Office, incoming: IncomingMail) -> None:
    """The address is still there, so somebody can answer; once that was erased, nothing is kept."""
    office.people.wanted("c_gone", "acme", "ada@example.com")
    (waiting,) = office.people.waiting()
    key = "person-answer:0a1b2c3d4e5f"
    office.people.answer_by_mail(waiting.id, "Yes.", "account:1", key)
    await office.deliver()

    assert incoming.read(written(key, "Call +44 20 7946 0958.")) == "reply"

    (again,) = office.people.waiting()
    assert "7946" not in again.question
    assert again.question.startswith("Call ")
