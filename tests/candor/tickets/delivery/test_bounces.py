"""Letters that come back: over a real mail server, from a real mailbox, once for each letter."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from candor.errors import InvalidInputError, UnavailableError
from candor.tickets.delivery.bounce_mailbox import BounceMailbox, read_imap_url
from candor.tickets.delivery.bounces import Bounces
from candor.tickets.delivery.dsn import Bounce, key_of_verp
from candor.tickets.delivery.mailer import SmtpMailer
from candor.tickets.models import OutboxRow
from tests.candor.tickets.conftest import Office
from tests.candor.tickets.delivery import bounce_mails
from tests.candor.tickets.delivery.test_worker import Mailbox, free_port, mailbox, smtp, worker_of
from tests.imap_server import ImapServer, imap_server

__all__ = ["mailbox", "smtp"]
# aiosmtpd's warning: on loopback there is nobody between.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


@pytest.fixture(scope="module")
def imap() -> Iterator[ImapServer]:
    with imap_server() as server:
        yield server


@pytest.fixture
def bounces(office: Office) -> Bounces:
    return Bounces(office.engine, office.request_events, now=office.now)


def key_of(office: Office, what: str = "code") -> str:
    with Session(office.engine) as session:
        return session.scalars(select(OutboxRow.key).where(OutboxRow.what == what).order_by(OutboxRow.id.desc())).first() or ""


async def test_each_letter_has_an_address_of_its_own_for_its_bounce(office: Office, smtp: str, mailbox: Mailbox) -> None:
    """The visitor sees none of it: the sender of the letter stays."""
    office.opened()

    await worker_of(office, SmtpMailer(smtp, bounce_mails.BOUNCES_TO)).deliver()

    (sender,) = mailbox.senders
    assert sender.startswith("bounces+")
    assert key_of_verp(sender) == key_of(office)
    assert mailbox.mails[0]["From"] == "Acme <candor@acme.example>"


async def test_a_bounce_in_the_mailbox_reaches_the_request_and_its_conversation(
    office: Office, bounces: Bounces, imap: ImapServer
) -> None:  # fmt: skip
    """And is read once; a mail of another kind stays what it is."""
    number = office.opened().ticket.number
    await office.deliver()
    imap.put(bounce_mails.postfix(key_of(office)))
    imap.put(bounce_mails.answer(key_of(office)))

    found = BounceMailbox(imap.url)

    assert (found.look(bounces.read), found.look(bounces.read), imap.unread()) == (1, 0, 0)
    assert office.events(number)[-1] == "mail_not_delivered"
    assert office.outbox_of("requester") == [("code", "refused")]
    assert office.outbox_of("transcript") == [("address_refused", "due")]
    assert office.staff.details(number).events[-1].data == {"letter": "code", "why": "mailbox", "came_back": True}


async def test_a_bounce_that_is_faster_than_our_own_note_waits_for_the_next_look(
    office: Office, bounces: Bounces, imap: ImapServer
) -> None:  # fmt: skip
    """The mail server answers before the outbox knows that the letter has gone."""
    office.opened()
    imap.put(bounce_mails.postfix(key_of(office)))
    found = BounceMailbox(imap.url)

    first, unread = found.look(bounces.read), imap.unread()
    await office.deliver()

    assert (first, unread, found.look(bounces.read), imap.unread()) == (0, 1, 1, 0)


async def test_somebodys_set_up_makes_a_letter_that_can_be_sent_again(office: Office, bounces: Bounces) -> None:
    """5.7.1 says nothing about the mailbox."""
    number = await office.verified()
    await office.deliver()

    assert bounces.read(bounce_mails.postfix(key_of(office, "opened"), "5.7.1")) == "recorded"

    assert office.outbox_of("requester")[-1] == ("opened", "dead")
    assert ("staff_undelivered", "due") in office.outbox_of("staff")
    assert office.outbox.revive(office.now()) == 1
    await office.deliver()
    assert len([mail for mail in office.mailer.sent if mail["Subject"] == f"Your request {number} to Acme"]) == 2


async def test_a_code_that_was_given_has_arrived_whatever_a_bounce_says(office: Office, bounces: Bounces) -> None:
    """A copy was forwarded to a mailbox that is gone."""
    number = await office.verified()

    assert bounces.read(bounce_mails.postfix(key_of(office))) == "known"
    assert "mail_not_delivered" not in office.events(number)


async def test_a_bounce_of_an_address_that_was_corrected_is_noted_and_told_to_nobody(office: Office, bounces: Bounces) -> None:
    """The right one has its code already."""
    number = office.opened().ticket.number
    await office.deliver()
    old = key_of(office)
    office.desk.give_address(number, "c_1", "ada@example.org")
    await office.deliver()

    assert bounces.read(bounce_mails.postfix(old)) == "recorded"

    assert office.events(number)[-1] == "mail_not_delivered"
    assert office.outbox_of("transcript") == []


async def test_an_answer_to_a_visitor_that_comes_back_makes_them_wait_again(office: Office, bounces: Bounces) -> None:
    """Staff hear of it."""
    office.people.wanted("c_1", "acme", "ada@example.com")
    (waiting,) = office.people.waiting()
    office.people.answer_by_mail(waiting.id, "Yes.", "account:1", "person-answer:0a1b2c3d4e5f")
    await office.deliver()

    assert bounces.read(bounce_mails.postfix("person-answer:0a1b2c3d4e5f")) == "recorded"

    assert [one.came_back for one in office.people.waiting()] == [True]
    assert ("staff_came_back", "due") in office.outbox_of("staff")


@pytest.mark.parametrize("key", ["x" * 32, "remind-1-2026-02-16-today", ""])
async def test_a_bounce_of_nothing_that_we_sent_to_a_requester_changes_nothing(
    office: Office, bounces: Bounces, key: str
) -> None:
    """Anybody can write to the mailbox."""
    office.opened()
    await office.deliver()

    assert bounces.record(Bounce((key,), "5.1.1")) == "no_bounce"
    assert office.outbox.counts().get("refused") is None


def test_the_mailbox_can_be_checked_without_reading_it(imap: ImapServer) -> None:
    """What doctor does."""
    imap.put(b"Subject: hello\r\n\r\nhello\r\n")
    before = imap.unread()

    assert BounceMailbox(imap.url).check() == "read from 127.0.0.1"
    assert imap.unread() == before


def test_a_mailbox_that_cannot_be_read_names_the_setting_and_no_password(imap: ImapServer) -> None:
    """A wrong password, a folder that is not there, or no server at all."""
    wrong, gone = imap.url.replace("p%40ss", "wrong"), imap.url.replace("INBOX", "Bounces")
    down = f"imap://bounces:wrong@127.0.0.1:{free_port()}/INBOX"

    for url in (wrong, gone, down):
        with pytest.raises(UnavailableError, match="CANDOR_BOUNCE_IMAP_URL") as failed:
            BounceMailbox(url).check()
        assert "wrong" not in str(failed.value)
        assert "p@ss" not in str(failed.value)


@pytest.mark.parametrize(
    "url", ["https://mail.example", "imaps://mail.example", "imaps://user@mail.example", "imaps://u:p@h:x", 'imaps://u:p@h/a"b']
)
def test_an_address_that_is_none_is_refused_and_not_repeated(url: str) -> None:
    """It may hold a password."""
    with pytest.raises(InvalidInputError, match="CANDOR_BOUNCE_IMAP_URL") as refused:
        read_imap_url(url)

    assert url not in str(refused.value)


def test_a_mailbox_address_is_read_with_its_folder_and_ports() -> None:
    """TLS from the first byte unless it is this machine."""
    at = read_imap_url("imaps://bounces%40acme.example:p%2Fw@mail.example/Bounces%20of%20Candor")

    assert (at.user, at.password, at.folder, at.port, at.tls) == ("bounces@acme.example", "p/w", "Bounces of Candor", 993, True)


def test_an_address_for_bounces_that_leaves_no_room_for_a_key_is_refused() -> None:
    """64 characters are allowed before the @."""
    with pytest.raises(InvalidInputError, match="CANDOR_BOUNCE_ADDRESS"):
        SmtpMailer("smtp://127.0.0.1", "a-very-long-name-for-bounces@acme.example")
