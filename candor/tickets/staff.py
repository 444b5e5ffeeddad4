"""What staff can do with requests: list them by due date, work on them, answer them. The command line and the console call it.

`actor` is who does it, as candor/accounts/actors.py names them. `words` go to the requester by mail, except those of `note`.
`seen` is what the decision was based on: if the request has new events since, nothing is done (ChangedError), and a form that
arrives twice is applied once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, get_args

from sqlalchemy import Engine, func, or_, select
from sqlalchemy.orm import Session

from candor.database.transactions import rehearsing, writing
from candor.errors import InvalidInputError
from candor.tickets.acknowledgement import ACKNOWLEDGED, needs_acknowledgement
from candor.tickets.attachments import speaks_of_attachment
from candor.tickets.checklists import open_points, take_copy
from candor.tickets.dates import day
from candor.tickets.delivery.messages import letter_to_requester
from candor.tickets.delivery.request_files import hand_over
from candor.tickets.delivery.templates import Letter, LetterTemplates
from candor.tickets.details import RequestDetails, read_details
from candor.tickets.erasure import PersonTickets
from candor.tickets.events import ExplanationMissingError, RequestEvents, find_row
from candor.tickets.identity import Codes, NewCodeSent
from candor.tickets.law.deadlines import Clock
from candor.tickets.law.laws import cited
from candor.tickets.law.refusals import grounds_for
from candor.tickets.models import OutboxRow, TicketEventRow, TicketRow
from candor.tickets.optimistic_lock import OptimisticLock, already_applied
from candor.tickets.reference import read_number
from candor.tickets.standing import is_proven
from candor.tickets.states import IN_WORK, OPEN, Action, transition
from candor.tickets.ticket import Ticket, last_day, ticket_of
from candor.tickets.writers import about_number

StaffStep = Literal[
    "start", "ask_requester", "answer", "extend", "complete", "refuse", "withdraw", "mark_duplicate", "reopen",
    "appeal", "send_code", "prove", "note", "acknowledge", "assign",
]  # fmt: skip
FILES_KEEP = timedelta(days=14)
PROOFS = ("document", "account", "agent", "guardian")  # what proves who asks, besides a code
STEPS: tuple[StaffStep, ...] = get_args(StaffStep)
# Called for each step in the step's transaction: (session, actor, "request.complete", number, company).
StepListener = Callable[[Session, str, str, str, str], None]


class NoMoreTimeError(InvalidInputError):
    """The law gives no more time for this request, or the notice would come too late. The message gives the reason."""

    public = "The time for this request cannot be extended."


class NoAppealError(InvalidInputError):
    """The law gives no appeal to the company against its refusal."""

    public = "The law of this request knows no appeal to the company. Reopen it instead, if you want to look at it again."


class NoCodeError(InvalidInputError):
    """No code can be sent now. The message says why."""

    public = "No code can be sent: the request waits for none, it has no address, or too many were sent to it. Try again later."


class NoSuchProofError(InvalidInputError):
    """A proof of identity that is not in the list."""

    public = "Please choose how it was proven."


class NoSuchGroundError(InvalidInputError):
    """The law does not have this ground of refusal, or not for this type of request."""

    public = "Please choose one of the grounds, or your own words."


class NothingAttachedError(InvalidInputError):
    """A letter that completes a request speaks of an attachment, and no file goes with it."""

    public = (
        "The text speaks of something attached, and no file goes with it. Put the file to the request and tick it, or say where "
        "the requester finds it instead."
    )


class NobodyToHandToError(InvalidInputError):
    """Files go only to somebody who has proven who they are, at an address."""

    public = (
        "Files go only to an address, and to somebody who has proven who they are: whoever reads a stranger's address would get "
        "them. Record a proof first, or complete it without files."
    )


class OpenPointsError(InvalidInputError):
    """Points of the checklist are open, and nobody has said why."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} points of the checklist are open")
        points = "One point of the checklist is" if count == 1 else f"{count} points of the checklist are"
        self.public = f"{points} open. Tick what is done, or say why it stays open."


class EmptyNoteError(InvalidInputError):
    """A note without words."""

    public = "an empty note says nothing"

    def __init__(self) -> None:
        super().__init__(self.public)


class NoSuchRepetitionError(InvalidInputError):
    """The request cannot be a repetition of the other one."""

    public = "a request can only repeat another one of the same company that is none itself"

    def __init__(self) -> None:
        super().__init__(self.public)


@dataclass(frozen=True)
class StepPreview:
    """The result that a step would have. letter: as the requester would get it; None: no letter would be sent."""

    ticket: Ticket
    letter: Letter | None


@dataclass(frozen=True)
class TicketFilter:
    """Which requests to list; empty: all of them."""

    company: str = ""
    request_type: str = ""
    states: Sequence[str] = OPEN


class StaffDesk:
    """What staff do with requests. on_step: called for each step, in its transaction."""

    def __init__(
        self, engine: Engine, events: RequestEvents, now: Callable[[], datetime] = lambda: datetime.now(UTC), *,
        letters: LetterTemplates | None = None, on_step: StepListener | None = None, files_keep: timedelta = FILES_KEEP,
    ) -> None:  # fmt: skip
        """files_keep: for how long a requester can get files."""
        self._engine, self._events, self._clock = engine, events, now
        self._letters, self._on_step, self._codes = letters or LetterTemplates(), on_step, Codes(events)
        self._files_keep = files_keep

    def requests(self, selection: TicketFilter = TicketFilter()) -> list[Ticket]:
        """Requests by due date, the most urgent first; those without a date come before all others."""
        self.set_missing_dates()
        due = func.coalesce(TicketRow.extended_until, TicketRow.respond_by)
        query = select(TicketRow).order_by(due.is_not(None), due, TicketRow.id)
        if selection.states:
            query = query.where(TicketRow.status.in_(selection.states))
        if selection.company:
            query = query.where(TicketRow.company == selection.company)
        if selection.request_type:
            query = query.where(TicketRow.request_type == selection.request_type)
        with Session(self._engine) as session:
            return [ticket_of(row) for row in session.scalars(query)]

    def overdue(self, now: datetime | None = None) -> list[Ticket]:
        """Every open request whose answer is late, in whatever state, the most overdue first."""
        moment = now or self._now()
        return [ticket for ticket in self.requests() if ticket.due is None or ticket.due <= moment]

    def unacknowledged(self, now: datetime | None = None) -> list[Ticket]:
        """Every request whose receipt should have been acknowledged before `now` and was not, the most overdue first."""
        late = select(TicketRow).where(needs_acknowledgement(), TicketRow.acknowledge_by <= (now or self._now()))
        with Session(self._engine) as session:
            return [ticket_of(row) for row in session.scalars(late.order_by(TicketRow.acknowledge_by, TicketRow.id))]

    def of_person(self, person: PersonTickets) -> list[Ticket]:
        """All requests of a person that was found, the newest first; those that were erased are not among them."""
        theirs = or_(TicketRow.number.in_(person.open_numbers), TicketRow.id.in_(person.closed))
        with Session(self._engine) as session:
            return [ticket_of(row) for row in session.scalars(select(TicketRow).where(theirs).order_by(TicketRow.id.desc()))]

    def details(self, number: str) -> RequestDetails:
        """Everything about one request. Raises: UnknownRequestError; LostKeyError."""
        with Session(self._engine) as session:
            return read_details(session, self._events, find_row(session, _read(number)), self._now())

    def ticket(self, number: str) -> Ticket:
        """One request without who asked. Raises: UnknownRequestError."""
        with Session(self._engine) as session:
            return ticket_of(find_row(session, _read(number)))

    def take(
        self, number: str, step: StaffStep, actor: str, *, words: str = "", other: str = "", files: Sequence[int] = (),
        left_open: str | None = None, seen: OptimisticLock | None = None,
    ) -> Ticket:  # fmt: skip
        """Take one step. other: for mark_duplicate the earlier request's number, for assign the actor whose work it
        becomes, for refuse the ground's id ("" is none of those in the table), for prove one of PROOFS. files: for complete,
        the ids of those that the requester gets. left_open: for complete, why points of the checklist stay open; None: it is
        not asked for.

        Raises: UnknownRequestError; NotNowError; ExplanationMissingError; EmptyNoteError; NoMoreTimeError; TextTooLongError;
        NoSuchRepetitionError; NoSuchGroundError; NoSuchProofError; NoCodeError; NoAppealError; NothingAttachedError;
        NobodyToHandToError; FilesChangedError; OpenPointsError; ChangedError; ErasedError.
        """
        with writing(self._engine, about_number(self._engine, number)) as session:
            row = find_row(session, _read(number))
            if not already_applied(session, row, seen):
                self._note_open_points(session, row, step, actor, left_open)
                self._apply(session, row, step, actor, words, other, files, seen)
                if self._on_step:
                    self._on_step(session, actor, f"request.{step}", row.number, row.company)
            return ticket_of(row)

    def preview(
        self, number: str, step: StaffStep, actor: str, *, words: str = "", other: str = "", files: Sequence[int] = (),
        left_open: str | None = None, seen: OptimisticLock | None = None,
    ) -> StepPreview:  # fmt: skip
        """The result and the letter that the same call of `take` would have; nothing is stored. Raises as `take`.

        The link to files is made when the letter is sent, so its place is marked by "…".
        """
        with rehearsing(self._engine, about_number(self._engine, number)) as session:
            row = find_row(session, _read(number))
            already_applied(session, row, seen)
            self._note_open_points(session, row, step, actor, left_open)
            event = self._apply(session, row, step, actor, words, other, files, seen)
            session.flush()
            letter_name = select(OutboxRow.what).where(OutboxRow.event_id == event.id, OutboxRow.channel == "requester")
            what = session.scalar(letter_name)
            letter = letter_to_requester(session, self._events, self._letters, row, event, what, rehearsed=True) if what else None
            return StepPreview(ticket_of(row), letter)

    def acknowledge(self, number: str, words: str, actor: str) -> Ticket:
        """Record that staff told the requester that the request has arrived, what happens next and by when."""
        return self.take(number, "acknowledge", actor, words=words)

    def start(self, number: str, words: str, actor: str) -> Ticket:
        """Start the work without a code; `words` say how staff know who the requester is."""
        return self.take(number, "start", actor, words=words)

    def prove(self, number: str, proof: str, words: str, actor: str) -> Ticket:
        """Record another proof than a code, and begin the work; `words` say what was seen. Raises: NoSuchProofError."""
        return self.take(number, "prove", actor, words=words, other=proof)

    def send_code(self, number: str, actor: str) -> Ticket:
        """Send a new code to the request's address. Raises: NoCodeError."""
        return self.take(number, "send_code", actor)

    def ask_requester(self, number: str, words: str, actor: str) -> Ticket:
        """Ask the requester something that is needed for the answer."""
        return self.take(number, "ask_requester", actor, words=words)

    def answer(self, number: str, words: str, actor: str) -> Ticket:
        """Record that the requester has answered by other means."""
        return self.take(number, "answer", actor, words=words)

    def complete(self, number: str, words: str, actor: str, *, files: Sequence[int] = ()) -> Ticket:
        """Close it as done; `words` tell the requester what was done, and the letter leads to the files."""
        return self.take(number, "complete", actor, words=words, files=files)

    def refuse(self, number: str, words: str, actor: str, *, ground: str = "") -> Ticket:
        """Refuse it; `words` are the reason, beside the ground that the law has. The letter tells what that law asks for.

        An appeal is refused in the same way.
        """
        return self.take(number, "refuse", actor, words=words, other=ground)

    def appeal(self, number: str, words: str, actor: str) -> Ticket:
        """Record that the requester appeals against a refusal; its clock begins. Raises: NoAppealError."""
        return self.take(number, "appeal", actor, words=words)

    def withdraw(self, number: str, words: str, actor: str) -> Ticket:
        """Record that the requester has withdrawn it by other means."""
        return self.take(number, "withdraw", actor, words=words)

    def reopen(self, number: str, words: str, actor: str) -> Ticket:
        """Continue the work; the dates stay as they were."""
        return self.take(number, "reopen", actor, words=words)

    def extend(self, number: str, words: str, actor: str) -> Ticket:
        """Use the extension that the law gives; `words` are the reason, which the requester is told now.

        Raises: NoMoreTimeError if the law gives none, or the last day to announce it has passed.
        """
        return self.take(number, "extend", actor, words=words)

    def mark_duplicate(self, number: str, first: str, actor: str) -> Ticket:
        """Close it as a repetition of an earlier request; both stay linked.

        Raises: NoSuchRepetitionError if it is the same request, or the first one repeats another.
        """
        return self.take(number, "mark_duplicate", actor, other=first)

    def note(self, number: str, words: str, actor: str) -> Ticket:
        """Add a note to the request; the requester does not see it."""
        return self.take(number, "note", actor, words=words)

    def assign(self, number: str, to: str, actor: str, *, seen: OptimisticLock | None = None) -> Ticket:
        """Assign it to an actor; "" assigns it to nobody."""
        return self.take(number, "assign", actor, other=to, seen=seen)

    def set_missing_dates(self) -> int:
        """Set the dates of requests that were opened without any; returns how many."""
        without = select(TicketRow).where(TicketRow.respond_by.is_(None))
        with Session(self._engine) as session:
            if session.scalar(without.limit(1)) is None:
                return 0
        with writing(self._engine) as session:
            rows = session.scalars(without).all()
            for row in rows:
                row.promised_days = self._events.company(row.company).promised_days.get(row.request_type)
                self._events.set_dates(session, row)
            return len(rows)

    def _apply(
        self, session: Session, row: TicketRow, step: StaffStep, actor: str, words: str, other: str, files: Sequence[int],
        seen: OptimisticLock | None,
    ) -> TicketEventRow:  # fmt: skip
        data: dict[str, Any] = dict(seen.event_data) if seen else {}
        if step in {"note", "acknowledge", "assign"}:
            return self._note(session, row, step, actor, words, other, data)
        if step == "send_code":
            return self._send_code(session, row, actor, data)
        if step == "prove":
            if other not in PROOFS:
                raise NoSuchProofError(NoSuchProofError.public)
            moved = {**data, "proof": other}
            if row.status in IN_WORK and not is_proven(session, row):  # the check was skipped, and is made up for
                if not words.strip():
                    raise ExplanationMissingError(step)
                return self._events.note(session, row, "prove", actor, self._now(), words=words, data=moved)
            return self._events.move(session, row, "start", "staff", self._now(), actor=actor, words=words, data=moved)
        data |= self._decided(session, row, step, words, other, files)
        action: Action = step  # type: ignore[assignment]  # every other step is an action of the state table
        return self._events.move(session, row, action, "staff", self._now(), actor=actor, words=words, data=data)

    def _note_open_points(
        self, session: Session, row: TicketRow, step: StaffStep, actor: str, left_open: str | None
    ) -> None:  # fmt: skip
        """Keep, with what is completed, which points of its checklist were done, and why others were not.

        Raises: OpenPointsError.
        """
        if step != "complete" or left_open is None:
            return
        transition(row.status, "complete", "staff")
        still_open = open_points(session, row)
        if still_open and not left_open.strip():
            raise OpenPointsError(len(still_open))
        take_copy(session, row)
        if still_open:
            data = {"open": len(still_open)}
            self._events.note(session, row, "left_open", actor, self._now(), words=left_open, data=data)

    def _decided(
        self, session: Session, row: TicketRow, step: StaffStep, words: str, other: str, files: Sequence[int]
    ) -> dict[str, Any]:  # fmt: skip
        """What the event of a step keeps besides its words, once it is sure that the step can be taken."""
        if step == "extend":
            return _more_time(self._events.clock(session, row), self._now())
        if step == "mark_duplicate":
            return _first(session, row, other)
        if step == "refuse":
            return _ground(row, other)
        if step == "appeal" and row.status == "refused" and self._events.clock(session, row).rule.appeal is None:
            raise NoAppealError(NoAppealError.public)
        if step == "complete" and files:
            return self._hand_over(session, row, files)
        if step == "complete" and speaks_of_attachment(words):
            raise NothingAttachedError(NothingAttachedError.public)
        return {}

    def _hand_over(self, session: Session, row: TicketRow, files: Sequence[int]) -> dict[str, Any]:
        """The link that the letter gives. Raises: NobodyToHandToError; NotNowError; FilesChangedError."""
        transition(row.status, "complete", "staff")  # before anything is made
        if row.email is None or not is_proven(session, row):
            raise NobodyToHandToError(NobodyToHandToError.public)
        link = hand_over(session, self._events.cipher, row, files, self._now(), self._files_keep)
        return {"link": link, "files": len(set(files))}

    def _send_code(self, session: Session, row: TicketRow, actor: str, data: dict[str, Any]) -> TicketEventRow:
        if row.status != "awaiting_identity" or row.email is None:
            raise NoCodeError(NoCodeError.public)
        event = self._events.note(session, row, "code_asked", actor, self._now(), data=data)
        sent = self._codes.issue(session, row, row.conversation, self._now(), "asked")
        if not isinstance(sent, NewCodeSent):
            raise NoCodeError(NoCodeError.public)
        return event

    def _note(
        self, session: Session, row: TicketRow, step: str, actor: str, words: str, other: str, data: dict[str, Any]
    ) -> TicketEventRow:  # fmt: skip
        if step == "note" and not words.strip():
            raise EmptyNoteError
        if step == "assign":
            data |= {"to": other[:40], "before": row.assignee}
            row.assignee = other[:40]
        what = {"acknowledge": ACKNOWLEDGED, "assign": "assigned"}.get(step, step)
        event = self._events.note(session, row, what, actor, self._now(), words=words, data=data)
        if step == "assign":
            self._events.tell_staff(session, "", event.at, row=row, event=event, hook="request.assigned")
        return event

    def _now(self) -> datetime:
        return self._clock().astimezone(UTC)


def due_day(ticket: Ticket) -> str:
    """The last day for the answer as an ISO date; empty if there is none yet."""
    return last_day(ticket.due, ticket.time_zone).isoformat() if ticket.due else ""


def _read(number: str) -> str:
    return read_number(number) or number


def why_no_more_time(clock: Clock, now: datetime) -> str:
    """Why the answer cannot be postponed; empty if it can."""
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
    return {"until": clock.extended.on.isoformat(), "article": cited(because.article, because.law_name)}


def _ground(row: TicketRow, ground: str) -> dict[str, Any]:
    """What is kept of a refusal. Raises: NoSuchGroundError."""
    if ground and ground not in {one.id for one in grounds_for(row.law, row.request_type)}:
        raise NoSuchGroundError("the law has no such ground for this type of request")
    return ({"ground": ground} if ground else {}) | ({"appealed": True} if row.status == "appealed" else {})


def _first(session: Session, row: TicketRow, other: str) -> dict[str, str]:
    earlier = find_row(session, _read(other))
    if earlier.company != row.company or row.id in {earlier.id, earlier.duplicate_of} or earlier.status == "duplicate":
        raise NoSuchRepetitionError
    row.duplicate_of = earlier.id
    return {"first": earlier.number}
