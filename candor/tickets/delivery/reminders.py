"""Remind staff before an answer is due and while it is late, once for each reason."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from candor.database.transactions import writing
from candor.tickets.acknowledgement import needs_acknowledgement
from candor.tickets.events import RequestEvents
from candor.tickets.models import HandoffRow, TicketRow
from candor.tickets.states import OPEN
from candor.tickets.ticket import last_day, ticket_of

DAYS_BEFORE = (2, 7)


def stage(days_left: int, today: str) -> str | None:
    """Which reminder is due; None: none yet. Late ones are named after the day, so that there is one a day."""
    if days_left < 0:
        return f"late-{today}"
    if days_left == 0:
        return "today"
    return next((f"{days}-days" for days in DAYS_BEFORE if days_left <= days), None)


class Reminders:
    """Puts reminders into the outbox. However often it runs, it writes each reminder once."""

    def __init__(self, engine: Engine, events: RequestEvents) -> None:
        self._engine, self._events = engine, events

    def write(self, now: datetime) -> int:
        """Returns how many reasons to remind there are, including those that reminders exist for."""
        with Session(self._engine) as session:
            unanswered = session.scalars(
                select(TicketRow).where(TicketRow.status.in_(OPEN), TicketRow.respond_by.is_not(None))
            ).all()
            reasons = [(row.id, key) for row in unanswered if (key := _key(row, now))]
            unacknowledged_rows = session.scalars(select(TicketRow).where(needs_acknowledgement())).all()
            unacknowledged = [(row.id, key) for row in unacknowledged_rows if (key := _acknowledgement_key(row, now))]
            late = session.scalars(
                select(HandoffRow.id).where(HandoffRow.answered_at.is_(None), HandoffRow.answer_by <= now)
            ).all()
        if not reasons and not unacknowledged and not late:
            return 0
        with writing(self._engine, "reminders") as session:
            for ticket, key in reasons:
                row = session.get(TicketRow, ticket)
                if row is not None and row.status in OPEN:
                    self._events.tell_staff(session, "staff_reminder", now, row=row, key=key, hook="request.reminder")
            for ticket, key in unacknowledged:
                row = session.get(TicketRow, ticket)
                self._events.tell_staff(session, "staff_acknowledge", now, row=row, key=key, hook="request.unacknowledged")
            for handoff in late:
                key = f"person-{handoff}-late"
                self._events.tell_staff(session, "staff_person_late", now, handoff=handoff, key=key, hook="person.waits")
        return len(reasons) + len(unacknowledged) + len(late)


def _acknowledgement_key(row: TicketRow, now: datetime) -> str | None:
    """One reminder from two days before the last day, and one when it is late."""
    if row.acknowledge_by is None:
        return None
    today = now.astimezone(ZoneInfo(row.time_zone)).date()
    left = (last_day(row.acknowledge_by, row.time_zone) - today).days
    return None if left > DAYS_BEFORE[0] else f"acknowledge-{row.id}-{'late' if left < 0 else 'soon'}"


def _key(row: TicketRow, now: datetime) -> str | None:
    """One reminder for each stage of each due date."""
    ticket = ticket_of(row)
    if ticket.due is None:
        return None
    today = now.astimezone(ZoneInfo(ticket.time_zone)).date()
    due = last_day(ticket.due, ticket.time_zone)
    which = stage((due - today).days, today.isoformat())
    return f"remind-{row.id}-{due.isoformat()}-{which}" if which else None
