"""How many requests came in, and how many are due. The yearly figures of the regulation are in figures.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from candor.tickets.models import HandoffRow, TicketRow
from candor.tickets.states import OPEN

SOON = timedelta(days=7)


@dataclass(frozen=True)
class OpenRequests:
    """Requests that are open now. overdue: the due date has passed, or none could be determined. due_soon: in 7 days."""

    open: int
    due_soon: int
    overdue: int


Period = tuple[datetime, datetime]  # from the first instant until before the second


def received(engine: Engine, periods: Sequence[Period], companies: Sequence[str] | None) -> list[int]:
    """How many requests were received in each period. companies: None for all."""
    return _counts(engine, TicketRow, TicketRow.received_at, periods, companies)


def handoffs_asked_for(engine: Engine, periods: Sequence[Period], companies: Sequence[str] | None) -> list[int]:
    """How many visitors asked for a person in each period. companies: None for all."""
    return _counts(engine, HandoffRow, HandoffRow.asked_at, periods, companies)


def open_now(engine: Engine, now: datetime, companies: Sequence[str] | None) -> OpenRequests:
    """The requests that are open now, whenever they came in. companies: None for all."""
    due = func.coalesce(TicketRow.extended_until, TicketRow.respond_by)
    query = select(due).where(TicketRow.status.in_(OPEN))
    if companies is not None:
        query = query.where(TicketRow.company.in_(companies))
    with Session(engine) as session:
        due_times = list(session.scalars(query))
    overdue = sum(at is None or at <= now for at in due_times)
    due_soon = sum(at is not None and now < at <= now + SOON for at in due_times)
    return OpenRequests(len(due_times), due_soon, overdue)


def _counts(
    engine: Engine, table: type[TicketRow | HandoffRow], at: InstrumentedAttribute[datetime], periods: Sequence[Period],
    companies: Sequence[str] | None,
) -> list[int]:  # fmt: skip
    """Each count reads one range of an index. One statement for all periods, so that they are from the same moment."""
    in_companies = [] if companies is None else [table.company.in_(companies)]
    counts = [
        select(func.count()).select_from(table).where(at >= start, at < end, *in_companies).scalar_subquery()
        for start, end in periods
    ]
    with Session(engine) as session:
        return [int(n) for n in session.execute(select(*counts)).one()] if counts else []
