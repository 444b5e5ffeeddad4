"""How many requests came in, and how many are due: the figures of the day's work. The yearly ones are in figures.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from candor.tickets.models import HandoffRow, TicketRow
from candor.tickets.states import OWED

SOON = timedelta(days=7)


@dataclass(frozen=True)
class OwedRequests:
    """Requests whose answer is owed now. overdue: its day is over, or none could be worked out. due_soon: within 7 days."""

    owed: int
    due_soon: int
    overdue: int


Period = tuple[datetime, datetime]  # from the first instant until before the second


def received(engine: Engine, stretches: Sequence[Period], companies: Sequence[str] | None) -> list[int]:
    """How many requests were received in each stretch of time. companies: None for all."""
    return _counts(engine, TicketRow, TicketRow.received_at, stretches, companies)


def people_asked_for(engine: Engine, stretches: Sequence[Period], companies: Sequence[str] | None) -> list[int]:
    """How many visitors asked for a person in each stretch of time."""
    return _counts(engine, HandoffRow, HandoffRow.asked_at, stretches, companies)


def standing(engine: Engine, now: datetime, companies: Sequence[str] | None) -> OwedRequests:
    """How it stands now, whenever the requests came in."""
    due = func.coalesce(TicketRow.extended_until, TicketRow.respond_by)
    query = select(due).where(TicketRow.status.in_(OWED))
    if companies is not None:
        query = query.where(TicketRow.company.in_(companies))
    with Session(engine) as session:
        days = list(session.scalars(query))
    late = sum(day is None or day <= now for day in days)
    return OwedRequests(len(days), sum(day is not None and now < day <= now + SOON for day in days), late)


def _counts(
    engine: Engine, table: type[TicketRow | HandoffRow], at: InstrumentedAttribute[datetime], stretches: Sequence[Period],
    companies: Sequence[str] | None,
) -> list[int]:  # fmt: skip
    """Each is a piece of one index. In one statement, so that all of them are of one moment."""
    of = [] if companies is None else [table.company.in_(companies)]
    each = [
        select(func.count()).select_from(table).where(at >= start, at < end, *of).scalar_subquery() for start, end in stretches
    ]
    with Session(engine) as session:
        return [int(n) for n in session.execute(select(*each)).one()] if each else []
