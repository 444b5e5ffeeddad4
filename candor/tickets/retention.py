"""Erase who asked, after the period for which the answer must be provable. What was done, and when, stays.

11 CCR § 7101(a) requires a business to keep records of requests and answers for at least 24 months.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Engine, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from candor.database.transactions import changed, writing
from candor.tickets.delivery.outbox import DEAD, DUE, LAPSED, REFUSED, SENDING, SENT
from candor.tickets.delivery.request_files import erase_files
from candor.tickets.identity import DAY
from candor.tickets.models import (
    AgentRequestRow,
    HandoffRow,
    IdentityAttemptRow,
    IdentityCodeRow,
    OutboxRow,
    ReceivedMailRow,
    SenderRow,
    TicketAccessRow,
    TicketBase,
    TicketRow,
    TicketTextRow,
)
from candor.tickets.states import CLOSED
from candor.tickets.writers import about

OUTBOX_KEEPS = 90 * DAY  # for sent messages; after that no reminder of the same date can be repeated
NOBODY = {"email": None, "email_hash": None, "conversation": "", "answer": None, "question": None}


class Retention:
    """Erases identity and words of requests that were closed more than `keep_days` ago, and expired codes.

    handoff_days: how long an answered handoff keeps the visitor's address; None: as long as a request.
    outbox_keeps: how long sent messages are kept. sweep: deletes the bytes of files that no row names any more.
    """

    def __init__(
        self, engine: Engine, keep_days: int, handoff_days: int | None = None, outbox_keeps: timedelta = OUTBOX_KEEPS,
        sweep: Callable[[], object] = lambda: None,
    ) -> None:  # fmt: skip
        self._engine, self._keep, self._outbox_keeps = engine, timedelta(days=keep_days), outbox_keeps
        self._sweep = sweep
        self._handoffs_keep = timedelta(days=handoff_days) if handoff_days is not None else self._keep

    def erase(self, now: datetime) -> int:
        """Erase everything past its period; returns the number of erased requests."""
        erased = self.erase_requests(now)
        self.erase_handoffs(now)
        self.drop_codes(now)
        self.drop_sent(now)
        return erased

    def erase_requests(self, now: datetime) -> int:
        """Returns how many. State, dates and events stay: the yearly figures are counted from them."""
        with Session(self._engine) as session:
            companies = session.scalars(select(TicketRow.company).where(*self.requests_over(now)).distinct()).all()
        erased = 0
        for company in companies:
            with writing(self._engine, about(company)) as session:
                over = select(TicketRow.id).where(TicketRow.company == company, *self.requests_over(now))
                for ticket in session.scalars(over).all():
                    erase(session, ticket, now)
                    erased += 1
        self._sweep()
        return erased

    def erase_handoffs(self, now: datetime) -> int:
        """Erase address and conversation of answered handoffs; that and when they were answered stays. Returns how many."""
        with writing(self._engine, "handoffs that are over") as session:
            return changed(session.execute(update(HandoffRow).where(*self.handoffs_over(now)).values(**NOBODY)))

    def drop_sent(self, now: datetime) -> int:
        """Delete messages that were sent or cannot be sent. Returns how many."""
        with writing(self._engine, "messages that are over") as session:
            session.execute(delete(ReceivedMailRow).where(ReceivedMailRow.at < now - self._outbox_keeps))
            return changed(session.execute(delete(OutboxRow).where(*self.sent_over(now))))

    def drop_codes(self, now: datetime) -> int:
        """Delete codes, attempts, access grants and senders that no check uses any more. Returns how many."""
        with writing(self._engine, "codes that are over") as session:
            counted = [TicketRow.sender != "", TicketRow.received_at < now - 2 * DAY]
            session.execute(update(TicketRow).where(*counted).values(sender=""))
            return sum(changed(session.execute(delete(table).where(*over))) for table, over in self.codes_over(now))

    def requests_over(self, now: datetime) -> list[ColumnElement[bool]]:
        return [TicketRow.status.in_(CLOSED), TicketRow.closed_at < now - self._keep, TicketRow.erased_at.is_(None)]

    def handoffs_over(self, now: datetime) -> list[ColumnElement[bool]]:
        return [HandoffRow.answered_at < now - self._handoffs_keep, names_somebody()]

    def sent_over(self, now: datetime) -> list[ColumnElement[bool]]:
        given_up = and_(OutboxRow.state == DEAD, OutboxRow.webhook_id.is_not(None))  # its webhook's page shows it so long
        ended = or_(OutboxRow.state.in_((SENT, REFUSED, LAPSED)), given_up)
        return [ended, OutboxRow.next_at < now - self._outbox_keeps]

    def codes_over(self, now: datetime) -> list[tuple[type[TicketBase], list[ColumnElement[bool]]]]:
        waiting = select(OutboxRow.code_id).where(OutboxRow.state.in_((DUE, SENDING)), OutboxRow.code_id.is_not(None))
        return [
            (IdentityCodeRow, [IdentityCodeRow.issued_at < now - 2 * DAY, IdentityCodeRow.id.not_in(waiting)]),
            (IdentityAttemptRow, [IdentityAttemptRow.at < now - DAY]),
            (TicketAccessRow, [TicketAccessRow.until < now]),
            (SenderRow, [SenderRow.at < now - 2 * DAY]),
        ]


def names_somebody() -> ColumnElement[bool]:
    """The condition that a handoff still holds an address or a conversation."""
    return or_(HandoffRow.email.is_not(None), HandoffRow.conversation != "", HandoffRow.question.is_not(None))


def erase(session: Session, ticket: int, now: datetime) -> None:
    """Erase who asked and what was written of one request, in the caller's transaction; what was done, and when, stays."""
    session.execute(delete(TicketTextRow).where(TicketTextRow.ticket_id == ticket))
    erase_files(session, ticket)
    session.execute(delete(IdentityCodeRow).where(IdentityCodeRow.ticket_id == ticket))
    session.execute(delete(TicketAccessRow).where(TicketAccessRow.ticket_id == ticket))
    # The agent's own name for it may be the person's, and so may the address that it is told at.
    forgotten = {"agent_request_id": "", "status_callback": None}
    session.execute(update(AgentRequestRow).where(AgentRequestRow.ticket_id == ticket).values(**forgotten))
    erased = {"email": None, "email_hash": None, "conversation": "", "sender": "", "erased_at": now}
    session.execute(update(TicketRow).where(TicketRow.id == ticket).values(**erased))
