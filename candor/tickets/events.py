"""The only place that records what happens to a request: the event, the state, the dates, and what is sent about it.

All functions work in the caller's transaction, so that either all of this is stored or none of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from candor.accounts.actors import REQUESTER, SYSTEM
from candor.errors import InvalidInputError, NotFoundError
from candor.tickets.cipher import FieldCipher
from candor.tickets.company import CompanyOf
from candor.tickets.delivery import outbox
from candor.tickets.delivery.receivers import agent_wants_status, company_of_handoff, receivers_of
from candor.tickets.delivery.request_files import drop_unsent
from candor.tickets.law.deadlines import Because, Clock, ClockEvent, EventKind, clock_for
from candor.tickets.law.laws import Term, TermUnit, cited
from candor.tickets.models import TicketEventRow, TicketRow, TicketTextRow
from candor.tickets.states import CLOSED, Action, Fact, Party, transition
from candor.tickets.stranger_mail import next_mail

MAIL_RECEIVED = "mail_received"
WRITTEN = {MAIL_RECEIVED, "answer"}  # what a requester wrote, and somebody should read
AGENT_STATUS = "agent.status"  # an outbox message that tells an authorized agent how its request is
TALK = "talk"  # an outbox message that passes on a turn of a live chat
LONGEST_WORDS = 4000  # characters
CLOCK_EVENTS = {
    "ask_identity": EventKind.IDENTITY_ASKED,
    "verify": EventKind.IDENTITY_CONFIRMED,
    "start": EventKind.IDENTITY_CONFIRMED,  # staff know who the requester is
    "ask_requester": EventKind.CLARIFICATION_ASKED,
    "answer": EventKind.CLARIFICATION_GIVEN,
    "extend": EventKind.EXTENSION_NOTICE,
}
LETTERS = {  # the letter that the requester gets about each action
    "accept": "opened", "verify": "opened", "start": "opened", "ask_requester": "question", "extend": "extended",
    "complete": "completed", "refuse": "refused", "withdraw": "withdrawn", "mark_duplicate": "duplicate",
    "reopen": "reopened", "appeal": "appealed",
}  # fmt: skip
# Staff's actions are also announced where the requester chats; the requester's own actions happened there anyway.
ANNOUNCED_IN_CHAT = {"start", "ask_requester", "extend", "complete", "refuse", "reopen"}
STAFF_LETTERS = {"accept": "staff_new", "verify": "staff_new", "answer": "staff_answer", "withdraw": "staff_withdrawn"}


class UnknownRequestError(NotFoundError):
    """No request has this number. For staff only: a visitor must not learn this."""

    public = "There is no request with this number. Look at it again: it is written like R-7KQ4-M2XD."

    def __init__(self) -> None:
        super().__init__("there is no request with this number: `candor requests list` shows all")


class ExplanationMissingError(InvalidInputError):
    """The step needs an explanation for the requester."""

    public = "Please say why, in a sentence that the requester can understand."

    def __init__(self, action: str) -> None:
        super().__init__(f"{action} needs words: a reason or a message in plain words, at most {LONGEST_WORDS} characters")


class TextTooLongError(InvalidInputError):
    """A text with an event is longer than LONGEST_WORDS."""

    public = f"the text is longer than {LONGEST_WORDS} characters"

    def __init__(self) -> None:
        super().__init__(self.public)


@dataclass(frozen=True)
class EventTargets:
    """Who is told about requests, besides the requester by mail."""

    staff: bool = False
    webhook: bool = False
    chat: bool = False  # a chat channel in which requesters can be written to
    chat_staff: bool = False  # and one in which staff can be


class RequestEvents:
    """Writes events, and keeps the request's state and dates consistent with them."""

    def __init__(
        self, cipher: FieldCipher, company_of: CompanyOf, targets: EventTargets = EventTargets(),
        clock: Callable[..., Clock] = clock_for, files_at: str = "",
    ) -> None:  # fmt: skip
        """files_at: the address below which requesters find their files: https://privacy.example.org/files/."""
        self.cipher, self.company, self._targets, self._clock, self.files_at = cipher, company_of, targets, clock, files_at

    def note(
        self, session: Session, row: TicketRow, what: str, actor: str, at: datetime, *, words: str = "",
        data: dict[str, Any] | None = None,
    ) -> TicketEventRow:  # fmt: skip
        """Add an event without changing the state. Raises: TextTooLongError."""
        if len(words) > LONGEST_WORDS:
            raise TextTooLongError
        event = TicketEventRow(ticket=row, at=at, actor=actor[:40], what=what, state=row.status, data=data or {})
        session.add(event)
        session.flush()
        if what in WRITTEN and event.actor == REQUESTER:
            row.unseen_event = event.id
        elif event.actor not in {SYSTEM, REQUESTER}:
            row.unseen_event = None
        if words.strip():
            ciphertext = self.cipher.encrypt(words.strip())
            session.add(TicketTextRow(ticket_id=row.id, event_id=event.id, ciphertext=ciphertext))
        return event

    def move(
        self, session: Session, row: TicketRow, action: Action, who: Party, at: datetime, *, actor: str = "", words: str = "",
        facts: frozenset[Fact] = frozenset(), data: dict[str, Any] | None = None,
    ) -> TicketEventRow:  # fmt: skip
        """Perform an action: the next state, its event, new dates, letters and webhooks.

        Raises: NotNowError if the state does not allow it; ExplanationMissingError; TextTooLongError.
        """
        if row.extended_until is not None:
            facts |= {"the time was extended"}
        step = transition(row.status, action, who, facts)
        if step.needs == "words" and not words.strip():
            raise ExplanationMissingError(action)
        row.status = step.to
        row.closed_at = at if step.to in CLOSED else None
        if action in {"verify", "start"}:
            row.verified_at = at
        event = self.note(session, row, action, actor or who, at, words=words, data={"to": step.to, **(data or {})})
        self.set_dates(session, row)
        if step.to in CLOSED:
            drop_unsent(session, row.id)
        self._send(session, row, event, action)
        return event

    def newest(self, session: Session, row: TicketRow) -> str:
        """What happened last to a request."""
        events = select(TicketEventRow.what).where(TicketEventRow.ticket_id == row.id).order_by(TicketEventRow.id.desc())
        return session.scalar(events.limit(1)) or ""

    def clock(self, session: Session, row: TicketRow) -> Clock:
        """The request's clock, computed from its events."""
        return self.clocks(session, [row])[row.id]

    def clocks(self, session: Session, rows: Sequence[TicketRow]) -> dict[int, Clock]:
        """The clocks of several requests, by their ids."""
        session.flush()
        rows_by_time = session.execute(
            select(TicketEventRow.ticket_id, TicketEventRow.what, TicketEventRow.at)
            .where(TicketEventRow.ticket_id.in_([row.id for row in rows]), TicketEventRow.what.in_(CLOCK_EVENTS))
            .order_by(TicketEventRow.id)
        )
        clock_events: dict[int, list[ClockEvent]] = defaultdict(list)
        for ticket, what, at in rows_by_time:
            clock_events[ticket].append(ClockEvent(CLOCK_EVENTS[what], at))
        return {row.id: self._clock_of(row, clock_events[row.id]) for row in rows}

    def _clock_of(self, row: TicketRow, events: Sequence[ClockEvent]) -> Clock:
        company = self.company(row.company)
        return self._clock(
            row.request_type, row.received_at, laws_of_company=company.laws, residence=row.residence or None,
            company_country=company.country, zone=company.time_zone, events=events,
            promise=Term(row.promised_days, TermUnit.DAY) if row.promised_days else None,
        )  # fmt: skip

    def set_dates(self, session: Session, row: TicketRow) -> Clock:
        """Store the clock's dates with the request. Each is the first instant after the last day."""
        clock = self.clock(session, row)
        because = clock.response.because
        row.law, row.time_zone = clock.rule.law, clock.zone
        row.acknowledge_by = clock.acknowledgement.ends_at if clock.acknowledgement else None
        row.respond_by = clock.response.ends_at
        row.respond_article = article_of(because)
        row.extended_until = clock.due.ends_at if clock.is_extended else None
        appeal = clock.appeal(self._appealed_at(session, row)) if row.status == "appealed" else None
        if appeal:  # what must be done now is to decide it
            row.respond_by, row.respond_article, row.extended_until = appeal.ends_at, article_of(appeal.because), None
        return clock

    def _appealed_at(self, session: Session, row: TicketRow) -> datetime:
        appeals = select(TicketEventRow.at).where(TicketEventRow.ticket_id == row.id, TicketEventRow.what == "appeal")
        return session.scalars(appeals.order_by(TicketEventRow.id.desc()).limit(1)).one()

    def words_of(self, session: Session, event_id: int) -> str:
        """The text that was written with an event; empty if there was none or it has been erased."""
        ciphertext = session.scalar(select(TicketTextRow.ciphertext).where(TicketTextRow.event_id == event_id))
        return self.cipher.decrypt(ciphertext) if ciphertext else ""

    def tell_staff(
        self, session: Session, letter: str, at: datetime, *, row: TicketRow | None = None, event: TicketEventRow | None = None,
        handoff: int | None = None, key: str | None = None, hook: str = "",
    ) -> None:  # fmt: skip
        """Put letter, chat message and webhook about news for staff into the outbox, as far as these are configured."""
        put = partial(
            outbox.put, session, now=at, ticket=row.id if row else None, event=event.id if event else None, handoff=handoff
        )
        if self._targets.staff and letter:
            put("staff", letter, key=key)
        if self._targets.chat_staff and letter:
            put("chat_staff", letter, key=f"{key}:chat" if key else None)
        if self._targets.webhook and hook:
            put("webhook", hook, key=f"{key}:hook" if key else None)
        if not hook:
            return
        company = row.company if row else company_of_handoff(session, handoff)
        for receiver in receivers_of(session, hook, company):
            own = f"{key}:hook:{receiver.id}" if key else None
            put("webhook", hook, key=own, webhook=receiver.id, not_before=receiver.paused_until)

    def write(self, session: Session, row: TicketRow, letter: str, event: TicketEventRow) -> None:
        """Put a letter about an event into the outbox, unless it would be one too many to somebody who may be a stranger."""
        if self._is_withheld(session, row, event):
            self.note(session, row, "letter_withheld", SYSTEM, event.at, data={"letter": letter})
        else:
            outbox.put(session, "requester", letter, event.at, ticket=row.id, event=event.id)

    def tell_conversation(self, session: Session, row: TicketRow, what: str, event: TicketEventRow) -> None:
        """Have the requester told in the conversation that opened the request, once for each event."""
        if row.conversation:
            outbox.put(session, "transcript", what, event.at, key=f"{what}-{event.id}", ticket=row.id, event=event.id)

    def tell_of_talk(self, session: Session, turn: int, at: datetime, *, requester: bool, staff: bool) -> None:
        """Have a turn of a live chat passed on to the chat channels. The outbox message holds only the turn's id."""
        if self._targets.chat and requester:
            outbox.put(session, "chat", TALK, at, key=f"{TALK}:{turn}:requester")
        if self._targets.chat_staff and staff:
            outbox.put(session, "chat_staff", TALK, at, key=f"{TALK}:{turn}:staff")

    def _send(self, session: Session, row: TicketRow, event: TicketEventRow, action: str) -> None:
        letter = LETTERS.get(action, "")
        if action == "verify" and row.status == "duplicate":
            letter = "duplicate"
        if row.email is not None and letter:
            self.write(session, row, letter, event)
        if self._targets.chat and action in ANNOUNCED_IN_CHAT:
            outbox.put(session, "chat", action, event.at, ticket=row.id, event=event.id)
        if agent_wants_status(session, row.id):
            outbox.put(session, "callback", AGENT_STATUS, event.at, ticket=row.id, event=event.id)
        staff_letter = "" if row.status == "duplicate" else STAFF_LETTERS.get(action, "")
        self.tell_staff(session, staff_letter, event.at, row=row, event=event, hook=f"request.{row.status}")

    def _is_withheld(self, session: Session, row: TicketRow, event: TicketEventRow) -> bool:
        """Whether the sender of an unproven request has had enough mail sent to its address. Staff's own letters always go."""
        if row.verified_at is not None or event.actor not in {REQUESTER, SYSTEM} or not row.sender:
            return False
        return next_mail(session, row.sender, row.email_hash or "", event.at) is not None


def turn_of(key: str) -> int:
    """The id of the turn that an outbox message of tell_of_talk() passes on."""
    return int(key.split(":")[1])


def article_of(because: Because) -> str:
    """What a due date is based on, in a few words: the law's article, or the company's own promise if that is shorter."""
    if because.by_policy:
        return f"{because.amount} {'day' if because.amount == 1 else 'days'}, as the privacy policy promises"
    return cited(because.article, because.law_name)


def find_row(session: Session, number: str) -> TicketRow:
    """The request with a number. Raises: UnknownRequestError."""
    row = session.scalar(select(TicketRow).where(TicketRow.number == number))
    if row is None:
        raise UnknownRequestError
    return row
