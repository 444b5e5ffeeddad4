"""Requests for tests of the console: opened in the past, by people who have proven who they are or have not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from candor.services import Services
from candor.tickets.models import OutboxRow, TicketEventRow, TicketRow
from candor.tickets.requester import Confirmed, Opened, RequestDesk

YES = count(1)


def opened(parts: Services, *, days_ago: float = 0, proven: bool = True, checked: bool = True, **others: Any) -> str:
    """The number of a fresh request: acme, deletion, from ada@example.com in Germany, unless told otherwise.

    checked: everything on its checklist is done.
    """
    at = datetime.now(UTC) - timedelta(days=days_ago)
    yes = next(YES)
    asked: dict[str, Any] = {
        "company": "acme", "request_type": "deletion", "conversation": f"c_{yes}", "email": f"ada{yes}@example.com",
        "residence": "DE", "vouched": "slack:T1" if proven else "",
    }  # fmt: skip
    found = RequestDesk(parts.engine, parts.requests.events, now=lambda: at).open(
        Confirmed(confirmation=f"yes-{yes}", **(asked | others))
    )
    assert isinstance(found, Opened)
    if checked:
        parts.requests.checklists.tick_all(found.ticket.number, "staff:bo", at)
    return found.ticket.number


def row(parts: Services, number: str) -> TicketRow:
    with Session(parts.engine) as session:
        return session.scalars(select(TicketRow).where(TicketRow.number == number)).one()


def events(parts: Services, number: str) -> list[str]:
    with Session(parts.engine) as session:
        query = select(TicketEventRow.what).join(TicketRow).where(TicketRow.number == number).order_by(TicketEventRow.id)
        return list(session.scalars(query))


def letters(parts: Services, number: str) -> list[str]:
    """What lies in the outbox for its requester, whatever became of it."""
    with Session(parts.engine) as session:
        query = select(OutboxRow.what).join(TicketRow, TicketRow.id == OutboxRow.ticket_id)
        return list(session.scalars(query.where(TicketRow.number == number, OutboxRow.channel == "requester")))


def seen(parts: Services, number: str) -> dict[str, Any]:
    """What a form made now carries."""
    return {"seen": parts.requests.staff_desk.details(number).newest, "form": f"form{next(YES)}"}
