"""Record that a letter to a requester did not arrive, and tell everybody who must know: staff, and the conversation.

All functions work in the caller's transaction.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from candor.accounts.actors import SYSTEM
from candor.tickets.delivery import outbox
from candor.tickets.events import RequestEvents
from candor.tickets.models import HandoffRow, TicketEventRow, TicketRow
from candor.tickets.states import CLOSED

WhyUndelivered = Literal["mailbox", "set_up"]
MAILBOX: WhyUndelivered = "mailbox"
SET_UP: WhyUndelivered = "set_up"
NOT_DELIVERED, ADDRESS_GIVEN = "mail_not_delivered", "address_given"
ANSWER_REFUSED = "answer_refused"  # news for a visitor whom a person's answer did not reach
ABOUT_CODES = ("code", "code_reminder")


class UndeliveredLetter(Protocol):
    """What is asked of an outbox message or its row."""

    @property
    def what(self) -> str: ...

    @property
    def ticket_id(self) -> int | None: ...

    @property
    def event_id(self) -> int | None: ...

    @property
    def handoff_id(self) -> int | None: ...


class Undelivered:
    """Tells of letters that did not arrive."""

    def __init__(self, events: RequestEvents) -> None:
        self._events = events

    def note(
        self, session: Session, letter: UndeliveredLetter, why: WhyUndelivered, now: datetime, *, came_back: bool = False
    ) -> None:  # fmt: skip
        """Record that a letter will not arrive. why: what its server refused. came_back: it was sent, and a bounce came."""
        row = session.get(TicketRow, letter.ticket_id) if letter.ticket_id else None
        if row is not None:
            self._note_at(session, row, letter, why, now, came_back)
        handoff = session.get(HandoffRow, letter.handoff_id) if letter.handoff_id else None
        if handoff is not None and handoff.email is not None:  # the visitor waits again
            handoff.answered_at, handoff.answered_by = None, ""
            self._events.tell_staff(session, "staff_came_back", now, handoff=handoff.id)
            if why == MAILBOX and handoff.conversation:
                key = f"{ANSWER_REFUSED}-{handoff.id}-{now.timestamp():.0f}"
                outbox.put(session, "transcript", ANSWER_REFUSED, now, key=key, handoff=handoff.id)

    def _note_at(
        self, session: Session, row: TicketRow, letter: UndeliveredLetter, why: WhyUndelivered, now: datetime, came_back: bool
    ) -> None:  # fmt: skip
        data = {"letter": letter.what, "why": why} | ({"came_back": True} if came_back else {})
        event = self._events.note(session, row, NOT_DELIVERED, SYSTEM, now, data=data)
        if _went_to_an_old_address(session, row, letter):
            return
        if letter.what not in ABOUT_CODES:
            self._events.tell_staff(session, "staff_undelivered", now, row=row, event=event)
        if news := _news(row, letter, why):
            self._events.tell_conversation(session, row, news, event)


def _news(row: TicketRow, letter: UndeliveredLetter, why: WhyUndelivered) -> str:
    """What the requester is told in the conversation; empty: nothing, because the request goes no further anyway."""
    if row.verified_at is None and row.status not in CLOSED:  # the address can still be changed
        return "address_refused" if why == MAILBOX else "code_not_sent" if letter.what == "code" else ""
    return "letter_refused" if why == MAILBOX and letter.what not in ABOUT_CODES else ""


def _went_to_an_old_address(session: Session, row: TicketRow, letter: UndeliveredLetter) -> bool:
    newest = select(TicketEventRow.id).where(TicketEventRow.ticket_id == row.id, TicketEventRow.what == ADDRESS_GIVEN)
    given = session.scalar(newest.order_by(TicketEventRow.id.desc()).limit(1))
    return given is not None and (letter.event_id or 0) < given
