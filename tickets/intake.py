"""How many requests came in, and how many are due: the figures of the day's work. The yearly ones are in figures.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from tickets.models import HandoffRow, TicketRow
from tickets.states import OWED

SOON = timedelta(days=7)


@dataclass(frozen=True)
class Standing:
    """Requests whose answer is owed now. overdue: its day is over, or none could be worked out. due_soon: within 7 days."""

    owed: int
    due_soon: int
    overdue: int


def received(engine: Engine, start: datetime, end: datetime, companies: Sequence[str] | None) -> list[datetime]:
    """When each request of a span of time was received, in order. companies: None for all."""
    return _moments(engine, TicketRow, TicketRow.received_at, start, end, companies)


def people_asked_for(engine: Engine, start: datetime, end: datetime, companies: Sequence[str] | None) -> list[datetime]:
    """When each visitor of a span of time asked for a person, in order."""
    return _moments(engine, HandoffRow, HandoffRow.asked_at, start, end, companies)


def standing(engine: Engine, now: datetime, companies: Sequence[str] | None) -> Standing:
    """How it stands now, whenever the requests came in."""
    due = func.coalesce(TicketRow.extended_until, TicketRow.respond_by)
    query = select(due).where(TicketRow.status.in_(OWED))
    if companies is not None:
        query = query.where(TicketRow.company.in_(companies))
    with Session(engine) as session:
        days = list(session.scalars(query))
    late = sum(day is None or day <= now for day in days)
    return Standing(len(days), sum(day is not None and now < day <= now + SOON for day in days), late)


def _moments(
    engine: Engine, table: type[TicketRow | HandoffRow], at: InstrumentedAttribute[datetime], start: datetime, end: datetime,
    companies: Sequence[str] | None,
) -> list[datetime]:  # fmt: skip
    query = select(at).where(at >= start, at < end).order_by(at)
    if companies is not None:
        query = query.where(table.company.in_(companies))
    with Session(engine) as session:
        return list(session.scalars(query))
