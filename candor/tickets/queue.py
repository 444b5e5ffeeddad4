"""The queue of requests, page by page: open ones by due date, closed ones by closing date. No identities are read.

"Today" is the day in each request's own time zone, because that is where the law counts its days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Engine, and_, case, false, func, or_, select, tuple_
from sqlalchemy.orm import Session

from candor.tickets.acknowledgement import needs_acknowledgement
from candor.tickets.delivery.trouble import LetterTrouble, letter_troubles, tickets_in_trouble
from candor.tickets.events import RequestEvents
from candor.tickets.law.deadlines import Clock
from candor.tickets.models import TicketEventRow, TicketRow
from candor.tickets.states import OPEN
from candor.tickets.ticket import Ticket, ticket_of

SOON = 3  # days
PAGE_SIZE = 50
SETTLES = timedelta(seconds=30)  # longer than any transaction that writes events
NOBODY = "nobody"
DUES = ("overdue", "today", "soon", "acknowledge")
CAN_WAIT = ("received", "awaiting_identity", "waiting_for_requester")
_due_at = func.coalesce(TicketRow.extended_until, TicketRow.respond_by)


@dataclass(frozen=True)
class QueueQuery:
    """Which requests to list. An empty field does not filter.

    companies: those that the reader may see; None: all. due: one of DUES. whose: an actor, or NOBODY. state: empty: all open
    ones, or with `closed` all closed ones.
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

    days_left: until the last day for the answer, in the request's own time zone; negative: late. paused_for: what the law's
    clock is paused for. if_answered: days left if that arrived today. newest: the id of its newest event. letters: what became
    of letters that did not reach the requester; None: all did.
    """

    ticket: Ticket
    newest: int
    days_left: int
    unacknowledged: bool
    paused_for: str = ""
    if_answered: int | None = None
    letters: LetterTrouble | None = None


@dataclass(frozen=True)
class FeedEvent:
    """One event of some request. id: grows with each event of any request."""

    id: int
    at: datetime
    number: str
    company: str
    actor: str
    what: str
    state: str


@dataclass(frozen=True)
class QueuePage:
    """One page. after: the cursor of the next page; empty if there is none."""

    entries: tuple[QueueEntry, ...]
    after: str


@dataclass(frozen=True)
class QueueCounts:
    """Open requests by urgency. soon: due within SOON days, not counting today."""

    open: int = 0
    overdue: int = 0
    today: int = 0
    soon: int = 0
    acknowledge: int = 0
    awaiting_identity: int = 0
    waiting_for_requester: int = 0
    nobody: int = 0
    mine: int = 0


class RequestQueue:
    """Reads the queue. Missing dates are set by StaffDesk.set_missing_dates()."""

    def __init__(self, engine: Engine, events: RequestEvents) -> None:
        self._engine, self._events = engine, events

    def page(self, query: QueueQuery, now: datetime, after: str = "", most: int = PAGE_SIZE) -> QueuePage:
        """One page. `after`: the previous page's cursor; one that cannot be parsed gives the first page."""
        key = (TicketRow.closed_at, TicketRow.id) if query.closed else (_due_at, TicketRow.id)
        cursor = read_cursor(after)
        with Session(self._engine) as session:
            statement = select(TicketRow).where(*self._conditions(session, query, now))
            if cursor:
                statement = statement.where(tuple_(*key) < cursor if query.closed else tuple_(*key) > cursor)
            order = [column.desc() for column in key] if query.closed else list(key)
            rows = session.scalars(statement.order_by(*order).limit(most + 1)).all()
            entries = self._entries(session, rows[:most], now)
        last = rows[most - 1] if len(rows) > most else None
        at = last and (last.closed_at if query.closed else last.extended_until or last.respond_by)
        return QueuePage(entries, f"{at.isoformat()}~{last.id}" if last and at else "")

    def counts(self, companies: tuple[str, ...] | None, actor: str, now: datetime) -> QueueCounts:
        """Count in one statement. actor: whose requests are `mine`."""
        with Session(self._engine) as session:
            conditions = {
                "overdue": _overdue(now), "today": _within(session, now, 0), "soon": _within(session, now, SOON, 1),
                "acknowledge": needs_acknowledgement(),
                "awaiting_identity": TicketRow.status.in_(("received", "awaiting_identity")),
                "waiting_for_requester": TicketRow.status == "waiting_for_requester",
                "nobody": TicketRow.assignee == "", "mine": TicketRow.assignee == actor,
            }  # fmt: skip
            sums = [func.coalesce(func.sum(case((condition, 1), else_=0)), 0) for condition in conditions.values()]
            totals = session.execute(
                select(func.count(), *sums)
                .select_from(TicketRow)
                .where(TicketRow.status.in_(OPEN), TicketRow.closed_at.is_(None), *_of(companies))
            ).one()
        return QueueCounts(**dict(zip([one.name for one in fields(QueueCounts)], map(int, totals), strict=True)))

    def undelivered(self, companies: tuple[str, ...] | None, now: datetime, most: int) -> tuple[QueueEntry, ...]:
        """Open or closed requests with a lost letter that nobody has looked after (trouble.tickets_in_trouble)."""
        with Session(self._engine) as session:
            ids = tickets_in_trouble(session, _of(companies), most)
            rows = session.scalars(select(TicketRow).where(TicketRow.id.in_(ids))).all()
            entries = self._entries(session, sorted(rows, key=lambda row: ids.index(row.id)), now)
        return tuple(entry for entry in entries if entry.letters in {"refused", "given_up"})

    def written_back(self, companies: tuple[str, ...] | None, now: datetime, most: int) -> tuple[QueueEntry, ...]:
        """Open or closed requests whose requester has written something that no person has done anything about since, the newest
        first. A note is enough."""
        wrote = select(TicketRow).where(TicketRow.unseen_event.is_not(None), *_of(companies))
        with Session(self._engine) as session:
            rows = session.scalars(wrote.order_by(TicketRow.unseen_event.desc()).limit(most)).all()
            return self._entries(session, rows, now)

    def numbered(self, beginning: str, companies: tuple[str, ...] | None, most: int) -> list[Ticket]:
        """Requests whose number begins so, as reference.read_beginning() gives it; the newest first."""
        query = select(TicketRow).where(TicketRow.number.startswith(beginning, autoescape=True), *_of(companies))
        with Session(self._engine) as session:
            return [ticket_of(row) for row in session.scalars(query.order_by(TicketRow.id.desc()).limit(most))]

    def ids(self, query: QueueQuery, now: datetime) -> list[int]:
        """The ids of all matching requests, oldest first; for an export."""
        with Session(self._engine) as session:
            return list(
                session.scalars(select(TicketRow.id).where(*self._conditions(session, query, now)).order_by(TicketRow.id))
            )

    def happened(self, companies: tuple[str, ...] | None, after: int, most: int, now: datetime) -> list[FeedEvent]:
        """What has happened to any request since an event, the oldest first; without what anybody wrote.

        On a server several transactions write at once, and a later number may be committed before an earlier one: what is
        younger than SETTLES is left for the next time, so that nothing is passed over.
        """
        settled = [TicketEventRow.at <= now - SETTLES] if self._engine.dialect.name != "sqlite" else []
        query = (
            select(TicketEventRow, TicketRow.number, TicketRow.company)
            .join(TicketRow, TicketRow.id == TicketEventRow.ticket_id)
            .where(TicketEventRow.id > after, *settled, *_of(companies))
            .order_by(TicketEventRow.id)
            .limit(most)
        )
        with Session(self._engine) as session:
            return [
                FeedEvent(event.id, event.at, number, company, event.actor, event.what, event.state)
                for event, number, company in session.execute(query)
            ]

    def unacknowledged(self, numbers: Sequence[str]) -> set[str]:
        """Those of these requests whose receipt still has to be acknowledged."""
        with Session(self._engine) as session:
            return set(session.scalars(select(TicketRow.number).where(TicketRow.number.in_(numbers), needs_acknowledgement())))

    def laws(self) -> list[str]:
        """The laws that requests fall under. Jumps through the index from one law to the next, so it does not read every row."""
        known = select(func.min(TicketRow.law).label("law")).where(TicketRow.law > "").cte("known", recursive=True)
        following = select(func.min(TicketRow.law)).where(TicketRow.law > known.c.law).correlate(known).scalar_subquery()
        known = known.union_all(select(following).where(known.c.law.is_not(None)))
        with Session(self._engine) as session:
            return list(session.scalars(select(known.c.law).where(known.c.law.is_not(None))))

    def _conditions(self, session: Session, query: QueueQuery, now: datetime) -> list[ColumnElement[bool]]:
        conditions = _of(query.companies)
        if query.state:
            conditions.append(TicketRow.status == query.state)
        elif not query.closed:
            conditions.append(TicketRow.status.in_(OPEN))
        # Their states say the same, but this condition uses the index that has the page's order.
        conditions.append(TicketRow.closed_at.is_not(None) if query.closed else TicketRow.closed_at.is_(None))
        conditions += [TicketRow.request_type == query.request_type] if query.request_type else []
        conditions += [TicketRow.law == query.law] if query.law else []
        conditions += [TicketRow.assignee == ("" if query.whose == NOBODY else query.whose)] if query.whose else []
        if query.due:
            due = {"overdue": _overdue(now), "acknowledge": needs_acknowledgement()}.get(query.due)
            if due is None:
                due = _within(session, now, SOON, 1) if query.due == "soon" else _within(session, now, 0)
            conditions.append(due)
        return conditions

    def _entries(self, session: Session, rows: Sequence[TicketRow], now: datetime) -> tuple[QueueEntry, ...]:
        ids = [row.id for row in rows]
        newest = dict(
            session.execute(
                select(TicketEventRow.ticket_id, func.max(TicketEventRow.id))
                .where(TicketEventRow.ticket_id.in_(ids))
                .group_by(TicketEventRow.ticket_id)
            ).all()
        )
        unacknowledged = set(session.scalars(select(TicketRow.id).where(TicketRow.id.in_(ids), needs_acknowledgement())))
        clocks = self._events.clocks(session, [row for row in rows if row.status in CAN_WAIT])
        troubles = letter_troubles(session, ids)
        entries = (_entry(row, newest.get(row.id, 0), row.id in unacknowledged, clocks.get(row.id), now) for row in rows)
        return tuple(replace(entry, letters=troubles.get(row.id)) for row, entry in zip(rows, entries, strict=True))


def days_left(ticket: Ticket, now: datetime) -> int:
    """Days until the last day for the answer, in the request's time zone; negative: late. 0 if there is no date."""
    return (ticket.due_on - now.astimezone(ZoneInfo(ticket.time_zone)).date()).days if ticket.due_on else 0


def _entry(row: TicketRow, newest: int, unacknowledged: bool, clock: Clock | None, now: datetime) -> QueueEntry:
    ticket = ticket_of(row)
    paused_for = (clock.waiting_for if clock else None) or ""
    if_answered = clock.state(now).days_left if clock and paused_for else None
    return QueueEntry(ticket, newest, days_left(ticket, now), unacknowledged, paused_for, if_answered)


def _of(companies: tuple[str, ...] | None) -> list[ColumnElement[bool]]:
    if companies is None:
        return []
    return [TicketRow.company.in_(companies) if companies else false()]


def _overdue(now: datetime) -> ColumnElement[bool]:
    return _due_at <= now


def _within(session: Session, now: datetime, most: int, least: int = 0) -> ColumnElement[bool]:
    """Due in `least` to `most` days, in each request's own zone. The last day ends with the first instant of the next."""
    still_open = (TicketRow.status.in_(OPEN), TicketRow.closed_at.is_(None))
    zones = session.scalars(select(TicketRow.time_zone).distinct().where(*still_open)).all()
    return or_(false(), *(_in_zone(zone, now, most, least) for zone in zones))


def _in_zone(name: str, now: datetime, most: int, least: int) -> ColumnElement[bool]:
    zone = ZoneInfo(name or "UTC")
    today = now.astimezone(zone).date()

    def ends(days: int) -> datetime:
        return datetime.combine(today + timedelta(days=days + 1), time.min, zone).astimezone(UTC)

    return and_(TicketRow.time_zone == name, _due_at > ends(least - 1), _due_at <= ends(most))


def read_cursor(after: str) -> tuple[Any, ...] | None:
    """The position that a page's cursor names; None if it is no cursor."""
    at, _, number = after.partition("~")
    try:
        moment = datetime.fromisoformat(at)
        return (moment, int(number)) if moment.tzinfo and number.isdecimal() and len(number) < 18 else None
    except ValueError:
        return None
