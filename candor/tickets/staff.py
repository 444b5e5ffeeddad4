"""What staff can do with requests: see them by due date, work on them, answer them. The command line and the console call it.

`actor` is who does it, such as "staff:ada" or "account:3". Words go to the requester by mail, except those of `note`.
`seen` is what they saw when they decided: where something has happened since, nothing is done (ChangedError), and where the
same form comes again, it counts once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from candor.errors import InvalidInputError
from candor.storage import rehearsing, writing
from candor.tickets.acknowledgement import ACKNOWLEDGED, still_owed
from candor.tickets.concurrency import OptimisticLock, done_before
from candor.tickets.delivery.messages import letter_to_requester
from candor.tickets.delivery.templates import Letter, LetterTemplates, day
from candor.tickets.details import RequestDetails, read_file
from candor.tickets.events import RequestEvents, find_row
from candor.tickets.law.deadlines import Clock
from candor.tickets.models import OutboxRow, TicketEventRow, TicketRow
from candor.tickets.reference import read_number
from candor.tickets.states import OWED, Action
from candor.tickets.ticket import Ticket, last_day, ticket_of

StaffStep = Literal[
    "start", "ask_requester", "answer", "extend", "complete", "refuse", "withdraw", "mark_duplicate", "reopen",
    "note", "acknowledge", "assign",
]  # fmt: skip
STEPS: tuple[StaffStep, ...] = get_args(StaffStep)
# Told of each step in its own transaction: (session, actor, "request.complete", number, company).
Witness = Callable[[Session, str, str, str, str], None]


class NoMoreTimeError(InvalidInputError):
    """The law gives no more time for this request, or the notice would come too late. The message says why."""

    public = "The time for this request cannot be extended."


@dataclass(frozen=True)
class Rehearsed:
    """What a step would lead to. letter: as the requester would get it; None: there is none."""

    ticket: Ticket
    letter: Letter | None


@dataclass(frozen=True)
class TicketFilter:
    """Which requests to list; empty: all of them."""

    company: str = ""
    request_type: str = ""
    states: Sequence[str] = OWED


class StaffDesk:
    """Staff's side."""

    def __init__(
        self, engine: Engine, ledger: RequestEvents, now: Callable[[], datetime] = lambda: datetime.now(UTC), *,
        letters: LetterTemplates | None = None, witness: Witness | None = None,
    ) -> None:  # fmt: skip
        self._engine, self._ledger, self._clock = engine, ledger, now
        self._letters, self._witness = letters or LetterTemplates(), witness

    def requests(self, wanted: TicketFilter = TicketFilter()) -> list[Ticket]:
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

    def file(self, number: str) -> RequestDetails:
        """Everything about one request. Raises: UnknownRequestError; LostKeyError."""
        with Session(self._engine) as session:
            return read_file(session, self._ledger, find_row(session, _read(number)), self._now())

    def ticket(self, number: str) -> Ticket:
        """One request without who asked. Raises: UnknownRequestError."""
        with Session(self._engine) as session:
            return ticket_of(find_row(session, _read(number)))

    def take(
        self, number: str, step: StaffStep, actor: str, *, words: str = "", other: str = "", seen: OptimisticLock | None = None
    ) -> Ticket:
        """Take one step. other: the earlier request's number for mark_duplicate, whose work it becomes for assign.

        Raises: UnknownRequestError; NotNowError; WordsMissingError; NoMoreTimeError; InvalidInputError; ChangedError;
        ErasedError.
        """
        with writing(self._engine) as session:
            row = find_row(session, _read(number))
            if not done_before(session, row, seen):
                self._apply(session, row, step, actor, words, other, seen)
                if self._witness:
                    self._witness(session, actor, f"request.{step}", row.number, row.company)
            return ticket_of(row)

    def rehearse(
        self, number: str, step: StaffStep, actor: str, *, words: str = "", other: str = "", seen: OptimisticLock | None = None
    ) -> Rehearsed:
        """What the same call of `take` would lead to, and the letter that would be sent; nothing is kept. Raises as `take`."""
        with rehearsing(self._engine) as session:
            row = find_row(session, _read(number))
            done_before(session, row, seen)
            event = self._apply(session, row, step, actor, words, other, seen)
            session.flush()
            goes = select(OutboxRow.what).where(OutboxRow.event_id == event.id, OutboxRow.channel == "requester")
            what = session.scalar(goes)
            letter = letter_to_requester(session, self._ledger, self._letters, row, event, what) if what else None
            return Rehearsed(ticket_of(row), letter)

    def acknowledge(self, number: str, words: str, actor: str) -> Ticket:
        """The requester has been told, by another way, that the request is here, what happens next and by when."""
        return self.take(number, "acknowledge", actor, words=words)

    def start(self, number: str, words: str, actor: str) -> Ticket:
        """Work on it begins without a code: `words` say how staff know who the requester is."""
        return self.take(number, "start", actor, words=words)

    def ask_requester(self, number: str, words: str, actor: str) -> Ticket:
        """Ask the requester something that is needed for the answer."""
        return self.take(number, "ask_requester", actor, words=words)

    def answer(self, number: str, words: str, actor: str) -> Ticket:
        """The requester has answered by another way."""
        return self.take(number, "answer", actor, words=words)

    def complete(self, number: str, words: str, actor: str) -> Ticket:
        """It is done; `words` tell the requester what was done."""
        return self.take(number, "complete", actor, words=words)

    def refuse(self, number: str, words: str, actor: str) -> Ticket:
        """It is refused; `words` are the reason. The letter says where to complain."""
        return self.take(number, "refuse", actor, words=words)

    def withdraw(self, number: str, words: str, actor: str) -> Ticket:
        """The requester has taken it back by another way."""
        return self.take(number, "withdraw", actor, words=words)

    def reopen(self, number: str, words: str, actor: str) -> Ticket:
        """Work on it goes on; its dates are the ones it had."""
        return self.take(number, "reopen", actor, words=words)

    def extend(self, number: str, words: str, actor: str) -> Ticket:
        """Take the longer time that the law gives; `words` are the reason, which the requester is told now.

        Raises: NoMoreTimeError if the law gives none, or the last day to say so has passed.
        """
        return self.take(number, "extend", actor, words=words)

    def mark_duplicate(self, number: str, first: str, actor: str) -> Ticket:
        """It asks for what an earlier request asks for; both stay linked.

        Raises: InvalidInputError if it is the same request, or the first one repeats another.
        """
        return self.take(number, "mark_duplicate", actor, other=first)

    def note(self, number: str, words: str, actor: str) -> Ticket:
        """Keep a note with the request; the requester is not told."""
        return self.take(number, "note", actor, words=words)

    def assign(self, number: str, to: str, actor: str, *, seen: OptimisticLock | None = None) -> Ticket:
        """Make it somebody's work, named as events name people; "" makes it nobody's."""
        return self.take(number, "assign", actor, other=to, seen=seen)

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

    def _apply(
        self, session: Session, row: TicketRow, step: StaffStep, actor: str, words: str, other: str, seen: OptimisticLock | None
    ) -> TicketEventRow:  # fmt: skip
        data: dict[str, Any] = dict(seen.mark) if seen else {}
        if step in {"note", "acknowledge", "assign"}:
            return self._note(session, row, step, actor, words, other, data)
        if step == "extend":
            data |= _more_time(self._ledger.clock(session, row), self._now())
        elif step == "mark_duplicate":
            data |= _first(session, row, other)
        action: Action = step  # type: ignore[assignment]  # every other step is a row of the table of states
        return self._ledger.move(session, row, action, "staff", self._now(), actor=actor, words=words, data=data)

    def _note(
        self, session: Session, row: TicketRow, step: str, actor: str, words: str, other: str, data: dict[str, Any]
    ) -> TicketEventRow:  # fmt: skip
        if step == "note" and not words.strip():
            raise InvalidInputError("an empty note says nothing")
        if step == "assign":
            data |= {"to": other[:40], "before": row.assignee}
            row.assignee = other[:40]
        what = {"acknowledge": ACKNOWLEDGED, "assign": "assigned"}.get(step, step)
        return self._ledger.note(session, row, what, actor, self._now(), words=words, data=data)

    def _now(self) -> datetime:
        return self._clock().astimezone(UTC)


def due_day(ticket: Ticket) -> str:
    """The last day for the answer as an ISO date; empty where there is none yet."""
    return last_day(ticket.due, ticket.time_zone).isoformat() if ticket.due else ""


def _read(number: str) -> str:
    return read_number(number) or number


def why_no_more_time(clock: Clock, now: datetime) -> str:
    """Why the answer cannot be put off; empty where it can."""
    if clock.is_extended:
        return "the time was extended before, and no law allows it twice"
    if clock.extended is None or clock.notice_by is None:
        return f"{clock.response.because.law_name} gives no more time for this request"
    if now >= clock.notice_by.ends_at:
        return f"the last day to tell the requester of more time was {day(clock.notice_by.on)}"
    return ""


def _more_time(clock: Clock, now: datetime) -> dict[str, str]:
    why_not = why_no_more_time(clock, now)
    if why_not or clock.extended is None:
        raise NoMoreTimeError(why_not)
    because = clock.extended.because
    return {"until": clock.extended.on.isoformat(), "article": f"{because.article} {because.law_name}"}


def _first(session: Session, row: TicketRow, other: str) -> dict[str, str]:
    earlier = find_row(session, _read(other))
    if earlier.company != row.company or row.id in {earlier.id, earlier.duplicate_of} or earlier.status == "duplicate":
        raise InvalidInputError("a request can only repeat another one of the same company that is none itself")
    row.duplicate_of = earlier.id
    return {"first": earlier.number}
