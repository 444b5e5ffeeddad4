"""Forget who asked, once the time has passed for which the answer must be provable. What was done, and when, stays.

11 CCR § 7101(a) asks a business to keep records of requests and answers for at least 24 months.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Session

from storage import writing
from tickets.identity import DAY
from tickets.models import HandoffRow, IdentityCodeRow, IdentityTryRow, OutboxRow, TicketAccessRow, TicketRow, TicketTextRow
from tickets.outbox import DUE, LAPSED, REFUSED, SENDING, SENT
from tickets.states import CLOSED

OUTBOX_KEEPS = 90 * DAY  # what was sent; by then no reminder of that date can come again


class Retention:
    """Erases identity and words of requests that were closed more than `keep_days` ago, and what codes leave behind."""

    def __init__(self, engine: Engine, keep_days: int) -> None:
        self._engine, self._keep = engine, timedelta(days=keep_days)

    def erase(self, now: datetime) -> int:
        """Says how many requests were erased. State, dates and events stay: the yearly figures are counted from them."""
        old = [TicketRow.status.in_(CLOSED), TicketRow.closed_at < now - self._keep, TicketRow.erased_at.is_(None)]
        with writing(self._engine) as session:
            tickets = session.scalars(select(TicketRow.id).where(*old)).all()
            for ticket in tickets:
                self._erase(session, ticket, now)
            forgotten = {"email": None, "conversation": ""}
            answered = HandoffRow.answered_at < now - self._keep
            session.execute(update(HandoffRow).where(answered, HandoffRow.email.is_not(None)).values(**forgotten))
            self._drop_codes(session, now)
            gone = [OutboxRow.state.in_((SENT, REFUSED, LAPSED)), OutboxRow.next_at < now - OUTBOX_KEEPS]
            session.execute(delete(OutboxRow).where(*gone))
        return len(tickets)

    def _erase(self, session: Session, ticket: int, now: datetime) -> None:
        session.execute(delete(TicketTextRow).where(TicketTextRow.ticket_id == ticket))
        session.execute(delete(IdentityCodeRow).where(IdentityCodeRow.ticket_id == ticket))
        session.execute(delete(TicketAccessRow).where(TicketAccessRow.ticket_id == ticket))
        erased = {"email": None, "email_hash": None, "conversation": "", "erased_at": now}
        session.execute(update(TicketRow).where(TicketRow.id == ticket).values(**erased))

    def _drop_codes(self, session: Session, now: datetime) -> None:
        """Codes, tries and admissions that no limit and no door looks at any more."""
        waiting = select(OutboxRow.code_id).where(OutboxRow.state.in_((DUE, SENDING)), OutboxRow.code_id.is_not(None))
        old = [IdentityCodeRow.issued_at < now - 2 * DAY, IdentityCodeRow.id.not_in(waiting)]
        session.execute(delete(IdentityCodeRow).where(*old))
        session.execute(delete(IdentityTryRow).where(IdentityTryRow.at < now - DAY))
        session.execute(delete(TicketAccessRow).where(TicketAccessRow.until < now))
