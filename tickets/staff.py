"""What staff can do with requests: see them by due date, work on them, answer them. The command line and the console call it.

`actor` is who does it, such as "staff:ada". Words go to the requester by mail, except those of `note`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from errors import InvalidInputError
from storage import writing
from tickets.acknowledging import ACKNOWLEDGED, acknowledged_at, still_owed
from tickets.clocks import Flag, Standing
from tickets.ledger import Ledger, find_row
from tickets.models import TicketEventRow, TicketRow
from tickets.numbers import read_number
from tickets.states import OWED, Action, actions_in
from tickets.store import Ticket, last_day, ticket_of


class NoMoreTimeError(InvalidInputError):
    """The law gives no more time for this request, or the notice would come too late. The message says why."""

    public = "The time for this request cannot be extended."


@dataclass(frozen=True)
class Happened:
    """One event of a request. `words` is what was written with it, empty if nothing was or it has been erased."""

    at: datetime
    actor: str
    what: str
    state: str
    data: dict[str, Any]
    words: str


@dataclass(frozen=True)
class File:
    """All that is known of one request, with who asked. email is None where none was given, or it has been erased."""

    ticket: Ticket
    email: str | None
    first: str | None  # the request that this one repeats
    repeated_by: tuple[str, ...]
    events: tuple[Happened, ...]
    can: tuple[str, ...]  # what staff can do now
    acknowledgement: Standing | None = None  # of its receipt; None where the law asks for none
    flags: tuple[Flag, ...] = ()  # what is odd about its dates


@dataclass(frozen=True)
class Filter:
    """Which requests to list; empty: all of them."""

    company: str = ""
    request_type: str = ""
    states: Sequence[str] = OWED


class StaffDesk:
    """Staff's side."""

    def __init__(self, engine: Engine, ledger: Ledger, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._ledger, self._clock = engine, ledger, now

    def requests(self, wanted: Filter = Filter()) -> list[Ticket]:
        """Requests by due date, the most urgent first; those without a date before all others."""
        self.set_missing_dates()
        due = func.coalesce(TicketRow.extended_until, TicketRow.respond_by)
        query = select(TicketRow).order_by(due.is_not(None), due, TicketRow.id)
        if wanted.states:
            query = query.where(TicketRow.status.in_(wanted.states))
        if wanted.company:
            query = query.where(TicketRow.company == wanted.company)
        if wanted.request_type:
            query = query.where(TicketRow.request_type == wanted.request_type)
        with Session(self._engine) as session:
            return [ticket_of(row) for row in session.scalars(query)]

    def overdue(self, now: datetime | None = None) -> list[Ticket]:
        """Every request whose answer is still owed and late, whatever state it waits in, the latest first."""
        moment = now or self._now()
        return [ticket for ticket in self.requests() if ticket.due is None or ticket.due <= moment]

    def unacknowledged(self, now: datetime | None = None) -> list[Ticket]:
        """Every request whose receipt was to be acknowledged before `now` and was not, the latest first."""
        late = select(TicketRow).where(still_owed(), TicketRow.acknowledge_by <= (now or self._now()))
        with Session(self._engine) as session:
            return [ticket_of(row) for row in session.scalars(late.order_by(TicketRow.acknowledge_by, TicketRow.id))]

    def file(self, number: str) -> File:
        """Everything about one request. Raises: UnknownRequestError; LostKeyError."""
        self.set_missing_dates()
        with Session(self._engine) as session:
            row = find_row(session, _read(number))
            events = session.scalars(select(TicketEventRow).where(TicketEventRow.ticket_id == row.id).order_by(TicketEventRow.id))
            first = session.get(TicketRow, row.duplicate_of) if row.duplicate_of else None
            clock, told = self._ledger.clock(session, row), acknowledged_at(session, [row.id]).get(row.id)
            repeated_by = session.scalars(select(TicketRow.number).where(TicketRow.duplicate_of == row.id).order_by(TicketRow.id))
            return File(
                ticket=ticket_of(row),
                email=self._ledger.cipher.decrypt(row.email) if row.email else None,
                first=first.number if first else None,
                repeated_by=tuple(repeated_by),
                events=tuple(
                    Happened(event.at, event.actor, event.what, event.state, event.data, self._ledger.words_of(session, event.id))
                    for event in events
                ),
                can=tuple(actions_in(row.status, "staff")),
                acknowledgement=clock.acknowledgement_state(self._now(), done_at=told),
                flags=clock.flags,
            )

    def acknowledge(self, number: str, words: str, actor: str) -> Ticket:
        """The requester has been told, by another way, that the request is here, what happens next and by when."""
        with writing(self._engine) as session:
            row = find_row(session, _read(number))
            self._ledger.note(session, row, ACKNOWLEDGED, actor, self._now(), words=words)
            return ticket_of(row)

    def start(self, number: str, words: str, actor: str) -> Ticket:
        """Work on it begins without a code: `words` say how staff know who the requester is."""
        return self._move(number, "start", words, actor)

    def ask_requester(self, number: str, words: str, actor: str) -> Ticket:
        """Ask the requester something that is needed for the answer."""
        return self._move(number, "ask_requester", words, actor)

    def answer(self, number: str, words: str, actor: str) -> Ticket:
        """The requester has answered by another way."""
        return self._move(number, "answer", words, actor)

    def complete(self, number: str, words: str, actor: str) -> Ticket:
        """It is done; `words` tell the requester what was done."""
        return self._move(number, "complete", words, actor)

    def refuse(self, number: str, words: str, actor: str) -> Ticket:
        """It is refused; `words` are the reason. The letter says where to complain."""
        return self._move(number, "refuse", words, actor)

    def withdraw(self, number: str, words: str, actor: str) -> Ticket:
        """The requester has taken it back by another way."""
        return self._move(number, "withdraw", words, actor)

    def reopen(self, number: str, words: str, actor: str) -> Ticket:
        """Work on it goes on; its dates are the ones it had."""
        return self._move(number, "reopen", words, actor)

    def extend(self, number: str, words: str, actor: str) -> Ticket:
        """Take the longer time that the law gives; `words` are the reason, which the requester is told now.

        Raises: NoMoreTimeError if the law gives none, or the last day to say so has passed.
        """
        with writing(self._engine) as session:
            row, now = find_row(session, _read(number)), self._now()
            clock = self._ledger.clock(session, row)
            if clock.is_extended:
                raise NoMoreTimeError("the time was extended before, and no law allows it twice")
            if clock.extended is None or clock.notice_by is None:
                raise NoMoreTimeError(f"{clock.response.because.law_name} gives no more time for this request")
            if now >= clock.notice_by.ends_at:
                raise NoMoreTimeError(f"the last day to tell the requester of more time was {clock.notice_by.on}")
            until, because = clock.extended.on.isoformat(), clock.extended.because
            data = {"until": until, "article": f"{because.article} {because.law_name}"}
            self._ledger.move(session, row, "extend", "staff", now, actor=actor, words=words, data=data)
            return ticket_of(row)

    def mark_duplicate(self, number: str, first: str, actor: str) -> Ticket:
        """It asks for what an earlier request asks for; both stay linked.

        Raises: InvalidInputError if it is the same request, or the first one repeats another.
        """
        with writing(self._engine) as session:
            row, earlier = find_row(session, _read(number)), find_row(session, _read(first))
            if row.id in {earlier.id, earlier.duplicate_of} or earlier.status == "duplicate":
                raise InvalidInputError("a request can only repeat another one that is none itself")
            row.duplicate_of = earlier.id
            self._ledger.move(session, row, "mark_duplicate", "staff", self._now(), actor=actor, data={"first": earlier.number})
            return ticket_of(row)

    def note(self, number: str, words: str, actor: str) -> Ticket:
        """Keep a note with the request; the requester is not told."""
        if not words.strip():
            raise InvalidInputError("an empty note says nothing")
        with writing(self._engine) as session:
            row = find_row(session, _read(number))
            self._ledger.note(session, row, "note", actor, self._now(), words=words)
            return ticket_of(row)

    def set_missing_dates(self) -> int:
        """Work out the dates of requests that were opened without; says how many."""
        without = select(TicketRow).where(TicketRow.respond_by.is_(None))
        with Session(self._engine) as session:
            if session.scalar(without.limit(1)) is None:
                return 0
        with writing(self._engine) as session:
            rows = session.scalars(without).all()
            for row in rows:
                row.promised_days = self._ledger.company(row.company).promised_days.get(row.request_type)
                self._ledger.set_dates(session, row)
            return len(rows)

    def _move(self, number: str, action: Action, words: str, actor: str) -> Ticket:
        with writing(self._engine) as session:
            row = find_row(session, _read(number))
            self._ledger.move(session, row, action, "staff", self._now(), actor=actor, words=words)
            return ticket_of(row)

    def _now(self) -> datetime:
        return self._clock().astimezone(UTC)


def due_day(ticket: Ticket) -> str:
    """The last day for the answer as an ISO date; empty where there is none yet."""
    return last_day(ticket.due, ticket.time_zone).isoformat() if ticket.due else ""


def _read(number: str) -> str:
    return read_number(number) or number
