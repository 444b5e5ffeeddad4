"""The yearly figures of 11 CCR § 7102(a): how many requests of each kind there were, how they ended, and how long they took."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import mean, median

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from candor.tickets.models import TicketEventRow, TicketRow
from candor.tickets.request_types import REQUEST_TYPES, YEARLY_KINDS

ANSWERS = ("complete", "refuse")


@dataclass(frozen=True)
class RequestFigures:
    """One kind of requests of one calendar year (UTC), by the day of receipt.

    complied and denied: by the latest answer. neither: still open, withdrawn or a repetition.
    days: calendar days from receipt to the first answer; None if none was answered.
    """

    kind: str
    received: int
    complied: int
    denied: int
    neither: int
    median_days: float | None
    mean_days: float | None


def figures(
    engine: Engine, year: int, *, company: str = "", law: str = "", companies: Sequence[str] | None = None
) -> list[RequestFigures]:
    """One row for each kind, even if there were none. company, law: empty for all. companies: only of these; None: of all."""
    start, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    conditions = [TicketRow.received_at >= start, TicketRow.received_at < end]
    if company:
        conditions.append(TicketRow.company == company)
    if companies is not None:
        conditions.append(TicketRow.company.in_(companies))
    if law:
        conditions.append(TicketRow.law == law)
    with Session(engine) as session:
        tickets = session.execute(
            select(TicketRow.id, TicketRow.request_type, TicketRow.status, TicketRow.received_at).where(*conditions)
        ).all()
        answered = session.execute(
            select(TicketEventRow.ticket_id, TicketEventRow.at)
            .join(TicketRow, TicketRow.id == TicketEventRow.ticket_id)
            .where(TicketEventRow.what.in_(ANSWERS), *conditions)
            .order_by(TicketEventRow.id)
        ).all()
    first_answer: dict[int, datetime] = {}
    for ticket, at in answered:
        first_answer.setdefault(ticket, at)
    by_kind: dict[str, list[tuple[str, float | None]]] = defaultdict(list)
    for ticket, request_type, status, received_at in tickets:
        answer = first_answer.get(ticket)
        days = (answer - received_at).total_seconds() / 86_400 if answer else None
        by_kind[REQUEST_TYPES[request_type].counted_as].append((status, days))
    return [_count(kind, by_kind[kind]) for kind in YEARLY_KINDS]


def _count(kind: str, rows: list[tuple[str, float | None]]) -> RequestFigures:
    complied = sum(status == "completed" for status, _ in rows)
    denied = sum(status == "refused" for status, _ in rows)
    days = [value for _, value in rows if value is not None]
    return RequestFigures(
        kind, len(rows), complied, denied, len(rows) - complied - denied, round(median(days), 1) if days else None,
        round(mean(days), 1) if days else None,
    )  # fmt: skip
