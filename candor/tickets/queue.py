"""The queue of requests, page by page: what is owed by due date, what is closed by when that was. Nobody's identity is read.

"Today" is the day in each request's own time zone: there the law counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Engine, and_, case, false, func, or_, select, tuple_
from sqlalchemy.orm import Session

from candor.tickets.acknowledgement import still_owed
from candor.tickets.events import RequestEvents
from candor.tickets.law.deadlines import Clock
from candor.tickets.models import TicketEventRow, TicketRow
from candor.tickets.states import OWED
from candor.tickets.ticket import Ticket, ticket_of

SOON = 3  # days
A_PAGE = 50
NOBODY = "nobody"
DUES = ("overdue", "today", "soon", "acknowledge")
CAN_WAIT = ("received", "awaiting_identity", "waiting_for_requester")
_due_at = func.coalesce(TicketRow.extended_until, TicketRow.respond_by)


@dataclass(frozen=True)
class QueueQuery:
    """Which requests to list. Empty: whichever.

    companies: those of whoever looks; None: every one. due: one of DUES. whose: an actor, or NOBODY. state: empty: all that
    are owed, or with `closed` all that are not.
    """

    companies: tuple[str, ...] | None = None
    request_type: str = ""
    state: str = ""
    law: str = ""
    due: str = ""
    whose: str = ""
    closed: bool = False


@dataclass(frozen=True)
class QueueEntry:
    """One request in the queue.

    days_left: until the last day for the answer, in the request's own time zone; below zero: late. stands_for: what the
    law's clock stands still for. if_answered: days left if that came today. newest: the id of its newest event.
    """

    ticket: Ticket
    newest: int
    days_left: int
    unacknowledged: bool
    stands_for: str = ""
    if_answered: int | None = None


@dataclass(frozen=True)
class QueuePage:
    """Some lines, and from where the next ones go on; empty where there are no more."""

    lines: tuple[QueueEntry, ...]
    after: str


@dataclass(frozen=True)
class QueueCounts:
    """How many of the owed requests are in which hurry. soon: due within SOON days, today's not counted."""

    owed: int = 0
    overdue: int = 0
    today: int = 0
    soon: int = 0
    acknowledge: int = 0
    awaiting_identity: int = 0
    waiting_for_requester: int = 0
    nobody: int = 0
    mine: int = 0


class RequestQueue:
    """Reads the queue. Dates that miss are StaffDesk.set_missing_dates's to set."""

    def __init__(self, engine: Engine, ledger: RequestEvents) -> None:
        self._engine, self._ledger = engine, ledger

    def page(self, look: QueueQuery, now: datetime, after: str = "") -> QueuePage:
        """`after`: as the page before says; one that cannot be read begins at the beginning."""
        key = (TicketRow.closed_at, TicketRow.id) if look.closed else (_due_at, TicketRow.id)
        place = _read_place(after)
        with Session(self._engine) as session:
            query = select(TicketRow).where(*self._conditions(session, look, now))
            if place:
                beyond = tuple_(*key) < place if look.closed else tuple_(*key) > place
                query = query.where(beyond)
            order = [column.desc() for column in key] if look.closed else list(key)
            rows = session.scalars(query.order_by(*order).limit(A_PAGE + 1)).all()
            lines = self._lines(session, rows[:A_PAGE], now)
        last = rows[A_PAGE - 1] if len(rows) > A_PAGE else None
        at = last and (last.closed_at if look.closed else last.extended_until or last.respond_by)
        return QueuePage(lines, f"{at.isoformat()}~{last.id}" if last and at else "")

    def counts(self, companies: tuple[str, ...] | None, actor: str, now: datetime) -> QueueCounts:
        """In one query. actor: whose are `mine`."""
        with Session(self._engine) as session:
            wanted = {
                "overdue": _overdue(now), "today": _within(session, now, 0), "soon": _within(session, now, SOON, 1),
                "acknowledge": still_owed(), "awaiting_identity": TicketRow.status.in_(("received", "awaiting_identity")),
                "waiting_for_requester": TicketRow.status == "waiting_for_requester",
                "nobody": TicketRow.assignee == "", "mine": TicketRow.assignee == actor,
            }  # fmt: skip
            sums = [func.coalesce(func.sum(case((condition, 1), else_=0)), 0) for condition in wanted.values()]
            found = session.execute(
                select(func.count(), *sums)
                .select_from(TicketRow)
                .where(TicketRow.status.in_(OWED), TicketRow.closed_at.is_(None), *_of(companies))
            ).one()
        return QueueCounts(**dict(zip([one.name for one in fields(QueueCounts)], map(int, found), strict=True)))

    def ids(self, look: QueueQuery, now: datetime) -> list[int]:
        """Of all that a look finds, the oldest first; for an export. Without a state: owed and closed ones."""
        with Session(self._engine) as session:
            return list(session.scalars(select(TicketRow.id).where(*self._conditions(session, look, now)).order_by(TicketRow.id)))

    def unacknowledged(self, numbers: Sequence[str]) -> set[str]:
        """Of these requests, those whose receipt is to be acknowledged and is not."""
        with Session(self._engine) as session:
            return set(session.scalars(select(TicketRow.number).where(TicketRow.number.in_(numbers), still_owed())))

    def laws(self) -> list[str]:
        """Under which laws there are requests. Jumps from one to the next, however many requests there are of each."""
        known = select(func.min(TicketRow.law).label("law")).where(TicketRow.law > "").cte("known", recursive=True)
        following = select(func.min(TicketRow.law)).where(TicketRow.law > known.c.law).correlate(known).scalar_subquery()
        known = known.union_all(select(following).where(known.c.law.is_not(None)))
        with Session(self._engine) as session:
            return list(session.scalars(select(known.c.law).where(known.c.law.is_not(None))))

    def _conditions(self, session: Session, look: QueueQuery, now: datetime) -> list[ColumnElement[bool]]:
        found = _of(look.companies)
        if look.state:
            found.append(TicketRow.status == look.state)
        elif not look.closed:
            found.append(TicketRow.status.in_(OWED))
        # The same as their states say, but by an index in the order in which they are read.
        found.append(TicketRow.closed_at.is_not(None) if look.closed else TicketRow.closed_at.is_(None))
        found += [TicketRow.request_type == look.request_type] if look.request_type else []
        found += [TicketRow.law == look.law] if look.law else []
        found += [TicketRow.assignee == ("" if look.whose == NOBODY else look.whose)] if look.whose else []
        if look.due:
            due = {"overdue": _overdue(now), "acknowledge": still_owed()}.get(look.due)
            if due is None:
                due = _within(session, now, SOON, 1) if look.due == "soon" else _within(session, now, 0)
            found.append(due)
        return found

    def _lines(self, session: Session, rows: Sequence[TicketRow], now: datetime) -> tuple[QueueEntry, ...]:
        ids = [row.id for row in rows]
        newest = dict(
            session.execute(
                select(TicketEventRow.ticket_id, func.max(TicketEventRow.id))
                .where(TicketEventRow.ticket_id.in_(ids))
                .group_by(TicketEventRow.ticket_id)
            ).all()
        )
        silent = set(session.scalars(select(TicketRow.id).where(TicketRow.id.in_(ids), still_owed())))
        clocks = self._ledger.clocks(session, [row for row in rows if row.status in CAN_WAIT])
        return tuple(_line(row, newest.get(row.id, 0), row.id in silent, clocks.get(row.id), now) for row in rows)


def days_left(ticket: Ticket, now: datetime) -> int:
    """Until the last day for the answer, where its days are counted; below zero: late. 0 where there is no date."""
    return (ticket.due_on - now.astimezone(ZoneInfo(ticket.time_zone)).date()).days if ticket.due_on else 0


def _line(row: TicketRow, newest: int, silent: bool, clock: Clock | None, now: datetime) -> QueueEntry:
    ticket = ticket_of(row)
    stands_for = (clock.waiting_for if clock else None) or ""
    if_answered = clock.state(now).days_left if clock and stands_for else None
    return QueueEntry(ticket, newest, days_left(ticket, now), silent, stands_for, if_answered)


def _of(companies: tuple[str, ...] | None) -> list[ColumnElement[bool]]:
    if companies is None:
        return []
    return [TicketRow.company.in_(companies) if companies else false()]


def _overdue(now: datetime) -> ColumnElement[bool]:
    return _due_at <= now


def _within(session: Session, now: datetime, most: int, least: int = 0) -> ColumnElement[bool]:
    """Due in so many days, in each request's own zone. The last day ends with the first instant of the next."""
    owed = (TicketRow.status.in_(OWED), TicketRow.closed_at.is_(None))
    zones = session.scalars(select(TicketRow.time_zone).distinct().where(*owed)).all()
    return or_(false(), *(_in_zone(zone, now, most, least) for zone in zones))


def _in_zone(name: str, now: datetime, most: int, least: int) -> ColumnElement[bool]:
    zone = ZoneInfo(name or "UTC")
    today = now.astimezone(zone).date()

    def ends(days: int) -> datetime:
        return datetime.combine(today + timedelta(days=days + 1), time.min, zone).astimezone(UTC)

    return and_(TicketRow.time_zone == name, _due_at > ends(least - 1), _due_at <= ends(most))


def _read_place(after: str) -> tuple[Any, ...] | None:
    at, _, number = after.partition("~")
    try:
        moment = datetime.fromisoformat(at)
        return (moment, int(number)) if moment.tzinfo and number.isdecimal() and len(number) < 18 else None
    except ValueError:
        return None
