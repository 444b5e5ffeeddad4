"""Make a parcel of the outbox into what is sent. Text is made only now, so that none waits in the database."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from candor.storage import writing
from candor.tickets.acknowledgement import acknowledged_at
from candor.tickets.delivery.mailer import envelope
from candor.tickets.delivery.outbox import OutboxMessage
from candor.tickets.delivery.templates import Letter, LetterTemplates, day
from candor.tickets.events import RequestEvents
from candor.tickets.identity import LIFETIME, Codes
from candor.tickets.law.authorities import complaint_route
from candor.tickets.models import HandoffRow, TicketEventRow, TicketRow
from candor.tickets.request_types import REQUEST_TYPES
from candor.tickets.states import CLOSED, FIRST
from candor.tickets.ticket import Ticket, last_day, ticket_of

REMINDERS = {"staff_reminder", "staff_acknowledge"}  # of what is closed meanwhile, nobody is reminded
TOLD_IN_CHAT = {"duplicate", "withdrawn"}  # of these, who has proven nothing has read in the chat


class OutboxMessages:
    """Letters and webhook bodies, from the request as it is when they leave."""

    def __init__(self, engine: Engine, ledger: RequestEvents, letters: LetterTemplates, *, sender: str, staff: str) -> None:
        """sender, staff: e-mail addresses."""
        self._engine, self._ledger, self._letters = engine, ledger, letters
        self._codes, self._sender, self._staff = Codes(ledger), sender, staff

    def mail(self, parcel: OutboxMessage, now: datetime) -> EmailMessage | None:
        """The parcel's mail; None if there is nothing left to say."""
        if parcel.what == "code":
            return self._code(parcel, now)
        if parcel.channel == "staff":
            return self._to_staff(parcel, now)
        if parcel.handoff_id:
            return self._answer(parcel, now)
        with Session(self._engine) as session:
            row = session.get(TicketRow, parcel.ticket_id)
            event = session.get(TicketEventRow, parcel.event_id)
            if row is None or event is None or row.email is None:
                return None
            letter = letter_to_requester(session, self._ledger, self._letters, row, event, parcel.what)
            if letter is None:
                return None
            company = self._ledger.company(row.company)
            return envelope(
                letter, to=self._ledger.cipher.decrypt(row.email), sender=self._sender, name=company.name, key=parcel.key,
                at=now, reply_to=company.contact,
            )  # fmt: skip

    def hook(self, parcel: OutboxMessage) -> dict[str, Any] | None:
        """The parcel's webhook body, as the Standard Webhooks specification advises: type, timestamp, data."""
        with Session(self._engine) as session:
            event = session.get(TicketEventRow, parcel.event_id) if parcel.event_id else None
            if parcel.handoff_id:
                handoff = session.get(HandoffRow, parcel.handoff_id)
                if handoff is None:
                    return None
                email = self._ledger.cipher.decrypt(handoff.email) if handoff.email else None
                data: dict[str, Any] = {
                    "conversation": handoff.conversation, "company": handoff.company, "email": email,
                    "answer_by": handoff.answer_by.isoformat(),
                }  # fmt: skip
                return {"type": parcel.what, "timestamp": handoff.asked_at.isoformat(), "data": data}
            row = session.get(TicketRow, parcel.ticket_id)
            if row is None:
                return None
            at = event.at if event else datetime.now(UTC)
            return {"type": parcel.what, "timestamp": at.isoformat(), "data": self._data(session, row, event)}

    def _code(self, parcel: OutboxMessage, now: datetime) -> EmailMessage | None:
        with writing(self._engine) as session:
            found = self._codes.renew(session, parcel.code_id, now) if parcel.code_id else None
            if found is None:
                return None
            row, digits = found
            if row.email is None:
                return None
            company = self._ledger.company(row.company)
            minutes = int(LIFETIME.total_seconds() // 60)
            letter = self._letters.write("code", company=company.name, code=digits, minutes=minutes)
            return envelope(
                letter, to=self._ledger.cipher.decrypt(row.email), sender=self._sender, name=company.name, key=parcel.key, at=now
            )

    def _answer(self, parcel: OutboxMessage, now: datetime) -> EmailMessage | None:
        """What a person writes to somebody who asked for one; None where they were erased, or wait again since it came back."""
        with Session(self._engine) as session:
            row = session.get(HandoffRow, parcel.handoff_id)
            if row is None or row.email is None or row.answer is None or row.answered_at is None:
                return None
            company, cipher = self._ledger.company(row.company), self._ledger.cipher
            letter = self._letters.write(
                parcel.what, company=company.name, contact=company.contact, words=cipher.decrypt(row.answer),
                asked=day(row.asked_at.date()),
            )  # fmt: skip
            return envelope(
                letter, to=cipher.decrypt(row.email), sender=self._sender, name=company.name, key=parcel.key, at=now,
                reply_to=company.contact,
            )  # fmt: skip

    def _to_staff(self, parcel: OutboxMessage, now: datetime) -> EmailMessage | None:
        values = self.staff_news(parcel, now)
        if values is None:
            return None
        letter = self._letters.write(parcel.what, **values)
        return envelope(letter, to=self._staff, sender=self._sender, name="Candor", key=parcel.key, at=now)

    def staff_news(self, parcel: OutboxMessage, now: datetime) -> dict[str, object] | None:
        """What staff are told, nobody's identity in it; None if there is nothing left to say."""
        with Session(self._engine) as session:
            return self._of_handoff(session, parcel) if parcel.handoff_id else self._for_staff(session, parcel, now)

    def news(self, parcel: OutboxMessage) -> tuple[str, Ticket] | None:
        """The conversation in which a request was opened, and the request as it stands; None if nobody is left to tell."""
        with Session(self._engine) as session:
            row = session.get(TicketRow, parcel.ticket_id)
            return (row.conversation, ticket_of(row)) if row is not None and row.conversation else None

    def _of_handoff(self, session: Session, parcel: OutboxMessage) -> dict[str, object] | None:
        row = session.get(HandoffRow, parcel.handoff_id)
        if row is None or row.answered_at is not None:
            return None
        return {
            "company": self._ledger.company(row.company).name, "conversation": row.conversation,
            "answer_by": f"{day(row.answer_by.date())}, {row.answer_by:%H:%M} UTC", "has_address": row.email is not None,
        }  # fmt: skip

    def _for_staff(self, session: Session, parcel: OutboxMessage, now: datetime) -> dict[str, object] | None:
        row = session.get(TicketRow, parcel.ticket_id)
        if row is None or (row.status in CLOSED and parcel.what in REMINDERS):
            return None
        if parcel.what == "staff_acknowledge" and acknowledged_at(session, [row.id]):
            return None
        ticket = ticket_of(row)
        return {
            "number": row.number, "company": self._ledger.company(row.company).name, "status": row.status,
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
            "duplicate_of": first.number if first else None, **self._identity(session, row),
        }  # fmt: skip

    def _identity(self, session: Session, row: TicketRow) -> dict[str, Any]:
        """Who asks, and what they wrote: only once it is theirs for certain, so that nobody is acted upon unproven."""
        if row.email is None or not _is_trusted(session, row):
            return {"email": None, "details": ""}
        opening = session.scalar(
            select(TicketEventRow.id).where(TicketEventRow.ticket_id == row.id, TicketEventRow.what == FIRST).limit(1)
        )
        details = self._ledger.words_of(session, opening) if opening else ""
        return {"email": self._ledger.cipher.decrypt(row.email), "details": details}


def _is_trusted(session: Session, row: TicketRow) -> bool:
    """Whether the address was proven, or no proof is asked of this request."""
    if row.verified_at is not None:
        return True
    accepted = [TicketEventRow.ticket_id == row.id, TicketEventRow.what == "accept"]
    return session.scalar(select(TicketEventRow.id).where(*accepted).limit(1)) is not None


def letter_to_requester(
    session: Session, ledger: RequestEvents, letters: LetterTemplates, row: TicketRow, event: TicketEventRow, what: str
) -> Letter | None:
    """The letter about an event as the requester gets it; None where there is none for whom has proven nothing."""
    if not _is_trusted(session, row):
        if what in TOLD_IN_CHAT:
            return None
        what = "news"
    return letters.write(what, **_facts(session, ledger, row, event))


def _facts(session: Session, ledger: RequestEvents, row: TicketRow, event: TicketEventRow) -> dict[str, object]:
    ticket, company = ticket_of(row), ledger.company(row.company)
    return {
        "company": company.name, "contact": company.contact, "number": row.number,
        "request": REQUEST_TYPES[row.request_type].wish,
        "received": day(row.received_at.astimezone(ZoneInfo(ticket.time_zone)).date()),
        "due": day(ticket.due_on) if ticket.due_on else "", "article": row.respond_article,
        "extension_article": event.data.get("article", row.respond_article),
        "confirmed_rule": ledger.clock(session, row).response.because.confirmed,
        "words": ledger.words_of(session, event.id), "complain_to": complaint_route(row.law),
        "first": event.data.get("first", ""),
    }  # fmt: skip
