"""Remind requesters to type their code: a day after the request, and again a week before its answer is due.

Nothing of this touches the request's clock. The letter says no more than anybody may read who owns the address, and an address
gets one such letter a day, whoever opened the requests.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from candor.accounts.actors import SYSTEM
from candor.database.transactions import writing
from candor.tickets.delivery import outbox
from candor.tickets.delivery.trouble import letter_troubles
from candor.tickets.events import RequestEvents
from candor.tickets.models import OutboxRow, TicketEventRow, TicketRow
from candor.tickets.stranger_mail import next_mail
from candor.tickets.ticket import ticket_of
from candor.tickets.writers import about_ticket

REMINDER, REMINDED = "code_reminder", "code_reminded"  # the letter, and its event
FIRST, LAST = "first", "last"
DAY = timedelta(days=1)
FIRST_UNTIL = 7 * DAY  # after the request; later only the last one is of use
LAST_FROM = 7 * DAY  # before the answer is due


class CodeReminders:
    """Puts reminders of codes into the outbox, and into the conversations. However often it runs, it writes each once."""

    def __init__(self, engine: Engine, events: RequestEvents) -> None:
        self._engine, self._events = engine, events

    def write(self, now: datetime) -> int:
        """Returns how many reminders were written."""
        waits = [TicketRow.status == "awaiting_identity", TicketRow.email.is_not(None), TicketRow.received_at <= now - DAY]
        with Session(self._engine) as session:
            rows = session.scalars(select(TicketRow).where(*waits).order_by(TicketRow.id)).all()
            due = [row.id for row in rows if _stage(session, row, now)]
        written = 0
        for ticket in due:
            with writing(self._engine, about_ticket(self._engine, ticket), "reminders of codes") as session:
                row = session.get(TicketRow, ticket)
                written += row is not None and self._remind(session, row, now)
        return written

    def _remind(self, session: Session, row: TicketRow, now: datetime) -> bool:
        stage = _stage(session, row, now)
        unreachable = letter_troubles(session, [row.id]).get(row.id) in {"refused", "given_up"}
        if row.status != "awaiting_identity" or not stage or unreachable or _was_reminded_today(session, row, now):
            return False
        if row.sender and next_mail(session, row.sender, row.email_hash or "", now) is not None:
            return False  # enough for a day; the next run writes it
        event = self._events.note(session, row, REMINDED, SYSTEM, now, data={"stage": stage})
        outbox.put(session, "requester", REMINDER, now, ticket=row.id, event=event.id)
        self._events.tell_conversation(session, row, REMINDER, event)
        return True


def _stage(session: Session, row: TicketRow, now: datetime) -> str:
    """Which reminder is due; empty: none, or it was written."""
    due = ticket_of(row).due
    stage = FIRST if now - row.received_at < FIRST_UNTIL else ""
    if due is not None and due - LAST_FROM <= now < due:
        stage = LAST
    happened = select(TicketEventRow.data).where(TicketEventRow.ticket_id == row.id, TicketEventRow.what == REMINDED)
    return "" if any(data.get("stage") in {stage, LAST} for data in session.scalars(happened)) else stage


def _was_reminded_today(session: Session, row: TicketRow, now: datetime) -> bool:
    reminders = (
        select(OutboxRow.id)
        .join(TicketRow, TicketRow.id == OutboxRow.ticket_id)
        .where(OutboxRow.what == REMINDER, OutboxRow.channel == "requester", OutboxRow.created_at > now - DAY)
        .where(TicketRow.email_hash == row.email_hash)
    )
    return session.scalar(reminders.limit(1)) is not None
