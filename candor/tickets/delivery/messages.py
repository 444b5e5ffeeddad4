"""Turn outbox messages into mails and webhook bodies. Texts are made only when they are sent, so the database stores none."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from candor.database.transactions import writing
from candor.tickets.acknowledgement import acknowledged_at
from candor.tickets.agent_authority import agent_for
from candor.tickets.dates import day
from candor.tickets.delivery.code_reminders import LAST, REMINDER
from candor.tickets.delivery.dsn import verp_address
from candor.tickets.delivery.mailer import envelope
from candor.tickets.delivery.outbox import OutboxMessage
from candor.tickets.delivery.receivers import PING
from candor.tickets.delivery.request_files import MOST_DOWNLOADS, link_of
from candor.tickets.delivery.templates import Letter, LetterTemplates
from candor.tickets.events import RequestEvents
from candor.tickets.identity import FILE_VISITOR, LIFETIME, Codes
from candor.tickets.law.refusals import after_appeal, complaint_route, court_route, ground_text, term_text
from candor.tickets.models import FileLinkRow, HandoffRow, IdentityCodeRow, TicketEventRow, TicketRow, WebhookRow
from candor.tickets.request_types import REQUEST_TYPES
from candor.tickets.standing import told_ticket
from candor.tickets.states import CLOSED, FIRST
from candor.tickets.ticket import Ticket, last_day, ticket_of
from candor.tickets.writers import about_ticket

REMINDERS = {"staff_reminder", "staff_acknowledge"}  # not sent if the request has been closed meanwhile
READ_IN_CHAT = {"duplicate", "withdrawn"}  # a requester who has proven nothing has read about these in the chat


class OutboxMessages:
    """Makes letters and webhook bodies from the request as it is when they are sent."""

    def __init__(
        self, engine: Engine, events: RequestEvents, letters: LetterTemplates, *, sender: str, staff: str,
        replies_to: str = "",
    ) -> None:  # fmt: skip
        """sender, staff: e-mail addresses. replies_to: the one whose mailbox is read for what people write back, each letter with
        a +… of its own (dsn.verp_address); empty: they write to the company.
        """
        self._replies_to = replies_to
        self._engine, self._events, self._letters = engine, events, letters
        self._codes, self._sender, self._staff = Codes(events), sender, staff

    def mail(self, message: OutboxMessage, now: datetime) -> EmailMessage | None:
        """The mail; None if there is nothing left to say."""
        if message.what in {"code", REMINDER}:
            return self._code(message, now) if message.what == "code" else self._code_reminder(message, now)
        if message.channel == "staff":
            return self._to_staff(message, now)
        if message.handoff_id:
            return self._answer(message, now)
        with Session(self._engine) as session:
            row = session.get(TicketRow, message.ticket_id)
            event = session.get(TicketEventRow, message.event_id)
            if row is None or event is None or row.email is None:
                return None
            letter = letter_to_requester(session, self._events, self._letters, row, event, message.what)
            if letter is None:
                return None
            company = self._events.company(row.company)
            return envelope(
                letter, to=self._events.cipher.decrypt(row.email), sender=self._sender, name=company.name, key=message.key,
                at=now, reply_to=self._reply_to(message.key, company.contact),
            )  # fmt: skip

    def _reply_to(self, key: str, contact: str) -> str:
        """Where an answer to a letter goes."""
        return verp_address(self._replies_to, key) if self._replies_to else contact

    def hook(self, message: OutboxMessage) -> dict[str, Any] | None:
        """The webhook body as the Standard Webhooks specification advises: type, timestamp, data. None if there is none."""
        with Session(self._engine) as session:
            event = session.get(TicketEventRow, message.event_id) if message.event_id else None
            if message.handoff_id:
                handoff = session.get(HandoffRow, message.handoff_id)
                if handoff is None:
                    return None
                named = handoff.email and self._may_name(session, message)
                email = self._events.cipher.decrypt(handoff.email) if handoff.email and named else None
                data: dict[str, Any] = {
                    "conversation": handoff.conversation, "company": handoff.company, "email": email,
                    "answer_by": handoff.answer_by.isoformat(), "urgent": handoff.urgent,
                }  # fmt: skip
                return {"type": message.what, "timestamp": handoff.asked_at.isoformat(), "data": data}
            if message.what == PING:
                return {"type": PING, "timestamp": datetime.now(UTC).isoformat(), "data": {"webhook": message.webhook_id}}
            row = session.get(TicketRow, message.ticket_id)
            if row is None:
                return None
            at = event.at if event else datetime.now(UTC)
            data = self._data(session, row, event)
            if self._may_name(session, message):
                data |= self._identity(session, row)
            return {"type": message.what, "timestamp": at.isoformat(), "data": data}

    def _may_name(self, session: Session, message: OutboxMessage) -> bool:
        """Whether the receiver is told who asked: that of the settings, and those whose administrator wished it."""
        receiver = session.get(WebhookRow, message.webhook_id) if message.webhook_id else None
        return message.webhook_id is None or (receiver is not None and receiver.identity)

    def _code(self, message: OutboxMessage, now: datetime) -> EmailMessage | None:
        with writing(self._engine, about_ticket(self._engine, message.ticket_id)) as session:
            renewed = self._codes.renew(session, message.code_id, now) if message.code_id else None
            if renewed is None:
                return None
            row, digits = renewed
            if row.email is None:
                return None
            company = self._events.company(row.company)
            minutes = int(LIFETIME.total_seconds() // 60)
            code = session.get(IdentityCodeRow, message.code_id)
            name = "file_code" if code and code.conversation.startswith(FILE_VISITOR) else "code"
            about = {"agent": agent_for(session, row.id), "number": row.number, "request": REQUEST_TYPES[row.request_type].wish}
            letter = self._letters.write(name, company=company.name, code=digits, minutes=minutes, **about)
            return envelope(
                letter, to=self._events.cipher.decrypt(row.email), sender=self._sender, name=company.name, key=message.key,
                at=now, reply_to=self._reply_to(message.key, ""),
            )  # fmt: skip

    def _code_reminder(self, message: OutboxMessage, now: datetime) -> EmailMessage | None:
        """None if the request waits for no code any more."""
        with Session(self._engine) as session:
            row = session.get(TicketRow, message.ticket_id)
            event = session.get(TicketEventRow, message.event_id)
            if row is None or event is None or row.email is None or row.status != "awaiting_identity":
                return None
            company, ticket = self._events.company(row.company), ticket_of(row)
            letter = self._letters.write(
                REMINDER, company=company.name, number=row.number, due=day(ticket.due_on) if ticket.due_on else "",
                last=event.data.get("stage") == LAST, received=day(row.received_at.astimezone(ZoneInfo(ticket.time_zone)).date()),
            )  # fmt: skip
            return envelope(
                letter, to=self._events.cipher.decrypt(row.email), sender=self._sender, name=company.name, key=message.key,
                at=now, reply_to=self._reply_to(message.key, company.contact),
            )  # fmt: skip

    def _answer(self, message: OutboxMessage, now: datetime) -> EmailMessage | None:
        """A person's answer to a visitor who asked for one. None if the visitor was erased, or waits again because the
        last answer could not be delivered."""
        with Session(self._engine) as session:
            row = session.get(HandoffRow, message.handoff_id)
            if row is None or row.email is None or row.answer is None or not row.answered_by:
                return None
            company, cipher = self._events.company(row.company), self._events.cipher
            letter = self._letters.write(
                message.what, company=company.name, contact=company.contact, words=cipher.decrypt(row.answer),
                asked=day(row.asked_at.date()),
            )  # fmt: skip
            return envelope(
                letter, to=cipher.decrypt(row.email), sender=self._sender, name=company.name, key=message.key, at=now,
                reply_to=self._reply_to(message.key, company.contact),
            )  # fmt: skip

    def _to_staff(self, message: OutboxMessage, now: datetime) -> EmailMessage | None:
        values = self.staff_news(message, now)
        if values is None:
            return None
        letter = self._letters.write(message.what, **values)
        return envelope(letter, to=self._staff, sender=self._sender, name="Candor", key=message.key, at=now)

    def staff_news(self, message: OutboxMessage, now: datetime) -> dict[str, object] | None:
        """The values for a message to staff, without anybody's identity; None if there is nothing left to say."""
        with Session(self._engine) as session:
            return self._of_handoff(session, message) if message.handoff_id else self._for_staff(session, message, now)

    def news(self, message: OutboxMessage, now: datetime) -> tuple[str, Ticket] | None:
        """The conversation in which a request was opened, and the request as it is now; None if the conversation is unknown."""
        with Session(self._engine) as session:
            row = session.get(TicketRow, message.ticket_id)
            if row is None or not row.conversation:
                return None
            return row.conversation, told_ticket(session, self._codes, row, now)

    def waits_in(self, message: OutboxMessage) -> tuple[str, str] | None:
        """The conversation of a visitor who waits for a person, and the company's id; None if they wait no longer."""
        with Session(self._engine) as session:
            row = session.get(HandoffRow, message.handoff_id)
            return (row.conversation, row.company) if row is not None and row.conversation and row.answered_at is None else None

    def _of_handoff(self, session: Session, message: OutboxMessage) -> dict[str, object] | None:
        row = session.get(HandoffRow, message.handoff_id)
        if row is None or row.answered_at is not None:
            return None
        return {
            "company": self._events.company(row.company).name, "conversation": row.conversation,
            "answer_by": f"{day(row.answer_by.date())}, {row.answer_by:%H:%M} UTC", "has_address": row.email is not None,
            "urgent": row.urgent,
        }  # fmt: skip

    def _for_staff(self, session: Session, message: OutboxMessage, now: datetime) -> dict[str, object] | None:
        row = session.get(TicketRow, message.ticket_id)
        if row is None or (row.status in CLOSED and message.what in REMINDERS):
            return None
        if message.what == "staff_acknowledge" and acknowledged_at(session, [row.id]):
            return None
        ticket = ticket_of(row)
        return {
            "number": row.number, "company": self._events.company(row.company).name, "status": row.status,
            "request_type": REQUEST_TYPES[row.request_type].label,
            "due": day(ticket.due_on) if ticket.due_on else "not known yet",
            "article": row.respond_article,
            "acknowledge_by": day(last_day(row.acknowledge_by, ticket.time_zone)) if row.acknowledge_by else "",
            "late": row.acknowledge_by is not None and row.acknowledge_by <= now,
            "days_left": (ticket.due_on - now.astimezone(ZoneInfo(ticket.time_zone)).date()).days if ticket.due_on else 0,
        }  # fmt: skip

    def _data(self, session: Session, row: TicketRow, event: TicketEventRow | None) -> dict[str, Any]:
        ticket, first = ticket_of(row), session.get(TicketRow, row.duplicate_of) if row.duplicate_of else None
        return {
            "number": row.number, "company": row.company, "request_type": row.request_type,
            "state": event.state if event else row.status, "event": event.what if event else "", "residence": row.residence,
            "law": row.law, "article": row.respond_article, "received_at": row.received_at.isoformat(),
            "due": ticket.due_on.isoformat() if ticket.due_on else None, "verified": ticket.verified,
            "duplicate_of": first.number if first else None, "actor": event.actor if event else "", "assignee": row.assignee,
        }  # fmt: skip

    def _identity(self, session: Session, row: TicketRow) -> dict[str, Any]:
        """Who asks and what they wrote, but only once the address is trusted, so that no system acts on an unproven request."""
        if row.email is None or not _is_trusted(session, row):
            return {"email": None, "details": ""}
        opening = session.scalar(
            select(TicketEventRow.id).where(TicketEventRow.ticket_id == row.id, TicketEventRow.what == FIRST).limit(1)
        )
        details = self._events.words_of(session, opening) if opening else ""
        return {"email": self._events.cipher.decrypt(row.email), "details": details}


def _is_trusted(session: Session, row: TicketRow) -> bool:
    """Whether the address was proven, or this request needs no proof."""
    if row.verified_at is not None:
        return True
    accepted = [TicketEventRow.ticket_id == row.id, TicketEventRow.what == "accept"]
    return session.scalar(select(TicketEventRow.id).where(*accepted).limit(1)) is not None


def letter_to_requester(
    session: Session, events: RequestEvents, letters: LetterTemplates, row: TicketRow, event: TicketEventRow, what: str, *,
    rehearsed: bool = False,
) -> Letter | None:  # fmt: skip
    """The letter about an event as the requester gets it. A requester who has proven nothing gets no details; None: no letter.

    rehearsed: nothing is stored, so a link in it would lead nowhere, and is only hinted at.
    """
    if not _is_trusted(session, row):
        if what in READ_IN_CHAT:
            return None
        what = "news"
    return letters.write(what, **_values(session, events, row, event), **_files(session, events, event, rehearsed=rehearsed))


def _files(session: Session, events: RequestEvents, event: TicketEventRow, *, rehearsed: bool) -> dict[str, object]:
    """The files that the letter of an event gives, and until when; none where they are gone already."""
    link = session.get(FileLinkRow, event.data["link"]) if event.data.get("link") else None
    if link is None or link.ended_at is not None:
        return {"files": (), "files_at": "", "files_until": "", "downloads": 0}
    token = "…" if rehearsed else events.cipher.decrypt(link.token)
    return {
        "files": link_of(session, events.cipher, link).files, "files_at": f"{events.files_at}{token}",
        "files_until": day(last_day(link.until, "UTC")), "downloads": MOST_DOWNLOADS,
    }  # fmt: skip


def _values(session: Session, events: RequestEvents, row: TicketRow, event: TicketEventRow) -> dict[str, object]:
    ticket, company = ticket_of(row), events.company(row.company)
    rule = events.clock(session, row).rule
    return {
        "company": company.name, "contact": company.contact, "number": row.number, "agent": agent_for(session, row.id),
        "request": REQUEST_TYPES[row.request_type].wish,
        "received": day(row.received_at.astimezone(ZoneInfo(ticket.time_zone)).date()),
        "due": day(ticket.due_on) if ticket.due_on else "", "article": row.respond_article,
        "extension_article": event.data.get("article", row.respond_article),
        "confirmed_rule": rule.confirmed, "borrowed_rule": rule.borrowed, "extendable": rule.extension is not None,
        "words": events.words_of(session, event.id), "complain_to": complaint_route(row.law),
        "first": event.data.get("first", ""), "ground": ground_text(row.law, row.request_type, event.data.get("ground", "")),
        "appealed": bool(event.data.get("appealed")), "court": court_route(row.law), "after_appeal": after_appeal(row.law),
        "appeal": term_text(rule.appeal, rule.law_name) if rule.appeal else "",
    }  # fmt: skip
