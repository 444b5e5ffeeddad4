"""An office: the parts that handle requests, with a mailer that keeps its mail, on a clock that tests set."""

from __future__ import annotations

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from candor.conversations.handoff.queue import HandoffQueue
from candor.errors import UnavailableError
from candor.tickets.addresses import NotAnAddress
from candor.tickets.cipher import FieldCipher
from candor.tickets.company import RequestCompany
from candor.tickets.delivery.code_reminders import CodeReminders
from candor.tickets.delivery.mailer import MailRefusedError
from candor.tickets.delivery.messages import OutboxMessages
from candor.tickets.delivery.outbox import Outbox
from candor.tickets.delivery.reminders import Reminders
from candor.tickets.delivery.templates import LetterTemplates
from candor.tickets.delivery.worker import OutboxWorker
from candor.tickets.events import EventTargets, RequestEvents
from candor.tickets.models import OutboxRow, TicketEventRow, TicketRow
from candor.tickets.requester import Confirmed, Opened, RequestDesk, TooManyRequests
from candor.tickets.retention import Retention
from candor.tickets.senders import Senders
from candor.tickets.staff import StaffDesk

SECRET = "a secret"
FILES_AT = "https://privacy.acme.example/files/"
NOON = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)  # a Thursday
COMPANIES = {
    "acme": RequestCompany("acme", "Acme", "privacy@acme.example", ("gdpr", "ccpa"), "DE"),
    # Its policy promises less than the law for access, and more for deletion.
    "initech": RequestCompany(
        "initech", "Initech", "privacy@initech.example", ("gdpr",), "FI", "Europe/Helsinki", {"access": 10, "deletion": 90}
    ),
    "globex": RequestCompany("globex", "Globex", "Globex Street 1", ("ccpa",), "US"),
}


@dataclass
class FakeMailer:
    """Keeps each mail; `down` makes each attempt fail, and no mailbox of `refuses` exists."""

    sent: list[EmailMessage] = field(default_factory=list)
    down: Exception | None = None
    refuses: set[str] = field(default_factory=set)

    async def send(self, message: EmailMessage) -> None:
        if self.down:
            raise self.down
        if message["To"] in self.refuses:
            raise MailRefusedError("5.1.1")
        self.sent.append(message)

    async def check(self) -> str:
        return "kept"

    def delete_to(self, address: str) -> int:
        return 0

    def delete_before(self, moment: datetime) -> int:
        return 0


@dataclass
class FakeWebhook:
    """Keeps each webhook; `down` makes each attempt fail."""

    sent: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    down: bool = False

    async def send(self, key: str, body: dict[str, Any]) -> int:
        if self.down:
            raise UnavailableError("down")
        self.sent.append((key, body))
        return 200


def company_of(company: str) -> RequestCompany:
    """One of these, or, as in candor/services, one that is no longer served."""
    return COMPANIES.get(company, RequestCompany(company, company))


class Office:
    """All parts on one database; `at` is the current time."""

    def __init__(self, engine: Engine, secret: str = SECRET, old_secrets: tuple[str, ...] = ()) -> None:
        self.engine, self.at = engine, NOON
        self.cipher = FieldCipher(secret, old_secrets)
        self.request_events = RequestEvents(self.cipher, company_of, EventTargets(staff=True, webhook=True), files_at=FILES_AT)
        self.desk = RequestDesk(engine, self.request_events, now=self.now)
        self.senders = Senders(engine, self.cipher, now=self.now)
        self.staff = StaffDesk(engine, self.request_events, now=self.now)
        self.people = HandoffQueue(engine, self.request_events, 2, now=self.now)
        self.outbox, self.mailer, self.webhook = Outbox(engine), FakeMailer(), FakeWebhook()
        self.reminders, self.retention = Reminders(engine, self.request_events), Retention(engine, 730)
        self.code_reminders = CodeReminders(engine, self.request_events)
        self.messages = OutboxMessages(
            engine, self.request_events, LetterTemplates(), sender="candor@acme.example", staff="team@acme.example"
        )
        self.worker = OutboxWorker(engine, self.request_events, self.messages, self.mailer, self.webhook, now=self.now)

    def now(self) -> datetime:
        return self.at

    def wait(self, **how_long: float) -> None:
        self.at += timedelta(**how_long)

    def opened(self, confirmation: str = "yes-1", **others: Any) -> Opened:
        """A request that was accepted."""
        found = self.open(confirmation, **others)
        assert isinstance(found, Opened)
        return found

    def open(self, confirmation: str = "yes-1", **others: Any) -> Opened | TooManyRequests | NotAnAddress:
        asked: dict[str, Any] = {
            "company": "acme", "request_type": "deletion", "conversation": "c_1", "email": "ada@example.com", "residence": "DE",
        }  # fmt: skip
        return self.desk.open(Confirmed(confirmation=confirmation, **(asked | others)))

    def opened_at_once(self, times: int) -> Counter[str]:
        """The numbers that so many threads get when they confirm one proposal at once."""
        start = Barrier(times)

        def confirm(_: int) -> str:
            start.wait()
            return self.opened().ticket.number

        with ThreadPoolExecutor(times) as threads:
            return Counter(threads.map(confirm, range(times)))

    async def deliver(self) -> dict[str, int]:
        return dict(await self.worker.deliver())

    async def code(self) -> str:
        """The newest code, as its mail says it."""
        await self.deliver()
        return next(found for mail in reversed(self.mailer.sent) if (found := code_in(mail)))

    async def verified(self, confirmation: str = "yes-1", **others: Any) -> str:
        """The number of a request whose requester has proven who they are."""
        opened = self.opened(confirmation, **others)
        if opened.identity == "needed":
            self.desk.give_code(opened.ticket.number, await self.code(), others.get("conversation", "c_1"))
        return opened.ticket.number

    def row(self, number: str) -> TicketRow:
        with Session(self.engine) as session:
            return session.scalars(select(TicketRow).where(TicketRow.number == number)).one()

    def events(self, number: str) -> list[str]:
        with Session(self.engine) as session:
            found = session.scalars(
                select(TicketEventRow.what).join(TicketRow).where(TicketRow.number == number).order_by(TicketEventRow.id)
            )
            return list(found)

    def outbox_of(self, channel: str) -> list[tuple[str, str]]:
        """The outbox's messages of a channel: what each is, and its state."""
        with Session(self.engine) as session:
            rows = session.scalars(select(OutboxRow).where(OutboxRow.channel == channel).order_by(OutboxRow.id))
            return [(row.what, row.state) for row in rows]

    def mails_to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mailer.sent if str(mail["To"]) == address]


def code_in(mail: EmailMessage) -> str | None:
    """The six digits of a code's mail; None if it is another mail."""
    found = re.search(r"Your code is (\d{6})", mail.get_content())
    return found[1] if found else None


@pytest.fixture
def office(engine: Engine) -> Office:
    return Office(engine)
