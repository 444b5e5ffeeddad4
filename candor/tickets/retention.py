"""Forget who asked, once the time has passed for which the answer must be provable. What was done, and when, stays.

11 CCR § 7101(a) asks a business to keep records of requests and answers for at least 24 months.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Engine, delete, or_, select, update
from sqlalchemy.orm import Session

from candor.storage import changed, writing
from candor.tickets.delivery.outbox import DUE, LAPSED, REFUSED, SENDING, SENT
from candor.tickets.identity import DAY
from candor.tickets.models import (
    HandoffRow,
    IdentityCodeRow,
    IdentityTryRow,
    OutboxRow,
    TicketAccessRow,
    TicketBase,
    TicketRow,
    TicketTextRow,
)
from candor.tickets.states import CLOSED

OUTBOX_KEEPS = 90 * DAY  # what was sent; by then no reminder of that date can come again
NOBODY = {"email": None, "email_hash": None, "conversation": "", "answer": None}


class Retention:
    """Erases identity and words of requests that were closed more than `keep_days` ago, and what codes leave behind.

    handoff_days: until who asked for a person, and was answered, is forgotten; None: as long as a request.
    """

    def __init__(
        self, engine: Engine, keep_days: int, handoff_days: int | None = None, outbox_keeps: timedelta = OUTBOX_KEEPS
    ) -> None:  # fmt: skip
        self._engine, self._keep, self._outbox_keeps = engine, timedelta(days=keep_days), outbox_keeps
        self._handoffs_keep = timedelta(days=handoff_days) if handoff_days is not None else self._keep

    def erase(self, now: datetime) -> int:
        """All of it; says how many requests were erased."""
        erased = self.erase_requests(now)
        self.erase_handoffs(now)
        self.drop_codes(now)
        self.drop_sent(now)
        return erased

    def erase_requests(self, now: datetime) -> int:
        """Says how many. State, dates and events stay: the yearly figures are counted from them."""
        with writing(self._engine) as session:
            tickets = session.scalars(select(TicketRow.id).where(*self.requests_over(now))).all()
            for ticket in tickets:
                erase(session, ticket, now)
        return len(tickets)

    def erase_handoffs(self, now: datetime) -> int:
        """Address and conversation of who was answered; that somebody was, and when, stays."""
        with writing(self._engine) as session:
            done = session.execute(update(HandoffRow).where(*self.handoffs_over(now)).values(**NOBODY))
            return changed(done)

    def drop_sent(self, now: datetime) -> int:
        """What was sent, or cannot be."""
        with writing(self._engine) as session:
            return changed(session.execute(delete(OutboxRow).where(*self.sent_over(now))))

    def drop_codes(self, now: datetime) -> int:
        """Codes, tries and admissions that no limit and no door looks at any more."""
        with writing(self._engine) as session:
            return sum(changed(session.execute(delete(table).where(*over))) for table, over in self.codes_over(now))

    def requests_over(self, now: datetime) -> list[ColumnElement[bool]]:
        return [TicketRow.status.in_(CLOSED), TicketRow.closed_at < now - self._keep, TicketRow.erased_at.is_(None)]

    def handoffs_over(self, now: datetime) -> list[ColumnElement[bool]]:
        return [HandoffRow.answered_at < now - self._handoffs_keep, names_somebody()]

    def sent_over(self, now: datetime) -> list[ColumnElement[bool]]:
        return [OutboxRow.state.in_((SENT, REFUSED, LAPSED)), OutboxRow.next_at < now - self._outbox_keeps]

    def codes_over(self, now: datetime) -> list[tuple[type[TicketBase], list[ColumnElement[bool]]]]:
        waiting = select(OutboxRow.code_id).where(OutboxRow.state.in_((DUE, SENDING)), OutboxRow.code_id.is_not(None))
        return [
            (IdentityCodeRow, [IdentityCodeRow.issued_at < now - 2 * DAY, IdentityCodeRow.id.not_in(waiting)]),
            (IdentityTryRow, [IdentityTryRow.at < now - DAY]),
            (TicketAccessRow, [TicketAccessRow.until < now]),
        ]


def names_somebody() -> ColumnElement[bool]:
    """Whether a handoff still tells who asked, or where."""
    return or_(HandoffRow.email.is_not(None), HandoffRow.conversation != "")


def erase(session: Session, ticket: int, now: datetime) -> None:
    """Who asked and what was written, of one request, in the caller's transaction; what was done, and when, stays."""
    session.execute(delete(TicketTextRow).where(TicketTextRow.ticket_id == ticket))
    session.execute(delete(IdentityCodeRow).where(IdentityCodeRow.ticket_id == ticket))
    session.execute(delete(TicketAccessRow).where(TicketAccessRow.ticket_id == ticket))
    erased = {"email": None, "email_hash": None, "conversation": "", "erased_at": now}
    session.execute(update(TicketRow).where(TicketRow.id == ticket).values(**erased))
