"""Checklists: the systems to look into and the recipients to tell (GDPR Art. 19 and its like), by right and company.

A company's own list replaces the default of `checklists.yml`. A request takes a copy of its list when the first point is ticked,
or when it is completed, so that what was done stays readable when lists change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from candor.database.transactions import writing
from candor.errors import InvalidInputError, NotFoundError
from candor.tickets.events import find_row
from candor.tickets.models import ChecklistPointRow, RequestPointRow, TicketRow
from candor.tickets.request_types import REQUEST_TYPES
from candor.tickets.writers import about_number

TABLE = Path(__file__).with_name("checklists.yml")
PointKind = Literal["system", "processor"]
MOST_POINTS, LONGEST_POINT, LONGEST_WHO = 40, 200, 80


class NoSuchPointError(NotFoundError):
    """The request's checklist has no such point."""

    public = "The checklist has changed meanwhile. Please look at it again."


class ChecklistRefusedError(InvalidInputError):
    """A list that is too long, or has a point without words. `public` says which."""

    def __init__(self, public: str) -> None:
        super().__init__("a checklist was refused")
        self.public = public


@checked(frozen=True)
class ChecklistPoint:
    """One point of a list. who: whose work it usually is; empty: nobody's in particular. articles: what asks for it, by law."""

    kind: PointKind
    text: str
    who: str = ""
    articles: Mapping[str, str] = field(default_factory=dict)

    def under(self, law: str) -> ChecklistPoint:
        """The point as a request under this law has it: with the article that asks for it, where one is known."""
        article = self.articles.get(law)
        return ChecklistPoint(self.kind, f"{self.text} ({article})" if article else self.text, self.who)


@dataclass(frozen=True)
class RequestPoint:
    """One point of a request's checklist. place: from 0, by which it is ticked. done_by: an actor."""

    place: int
    point: ChecklistPoint
    done_at: datetime | None = None
    done_by: str = ""


@cache
def defaults() -> dict[str, tuple[ChecklistPoint, ...]]:
    """The table that comes with Candor. Raises: InvalidInputError naming the entry at fault."""
    table: dict[str, tuple[ChecklistPoint, ...]] = {}
    for request_type, points in yaml.safe_load(TABLE.read_text(encoding="utf-8")).items():
        try:
            table[request_type] = TypeAdapter(tuple[ChecklistPoint, ...]).validate_python(tuple(points))
        except ValidationError as error:
            raise InvalidInputError(f"{TABLE.name}: {request_type}: {error.errors()[0]['loc']}: mend this entry") from None
    return table


class Checklists:
    """Lists of companies, and those of requests."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of_company(self, company: str, request_type: str) -> tuple[ChecklistPoint, ...]:
        """The list of a right, as new requests get it."""
        with Session(self._engine) as session:
            return _of_company(session, company, request_type)

    def is_own(self, company: str, request_type: str) -> bool:
        """Whether a company has a list of its own."""
        own = [ChecklistPointRow.company == company, ChecklistPointRow.request_type == request_type]
        with Session(self._engine) as session:
            return session.scalar(select(ChecklistPointRow.id).where(*own).limit(1)) is not None

    def change(self, company: str, request_type: str, points: Sequence[ChecklistPoint]) -> None:
        """Give a company a list of its own; an empty one: the default again. Raises: ChecklistRefusedError."""
        if request_type not in REQUEST_TYPES:
            raise ChecklistRefusedError("There is no such right.")
        if len(points) > MOST_POINTS:
            raise ChecklistRefusedError(f"A checklist has at most {MOST_POINTS} points.")
        if any(not one.text or len(one.text) > LONGEST_POINT or len(one.who) > LONGEST_WHO for one in points):
            raise ChecklistRefusedError(
                f"A point is a line of at most {LONGEST_POINT} characters, with a name of at most {LONGEST_WHO}."
            )
        own = [ChecklistPointRow.company == company, ChecklistPointRow.request_type == request_type]
        with writing(self._engine, f"checklists of {company}") as session:
            session.execute(delete(ChecklistPointRow).where(*own))
            for one in points:
                session.add(
                    ChecklistPointRow(company=company, request_type=request_type, kind=one.kind, text=one.text, who=one.who)
                )

    def of(self, number: str) -> tuple[RequestPoint, ...]:
        """The checklist of a request. Raises: UnknownRequestError."""
        with Session(self._engine) as session:
            return points_of(session, find_row(session, number))

    def tick(self, number: str, place: int, actor: str, now: datetime, *, done: bool) -> None:
        """Tick a point, or take the tick back. Raises: UnknownRequestError; NoSuchPointError."""
        with writing(self._engine, about_number(self._engine, number)) as session:
            rows = take_copy(session, find_row(session, number))
            if not 0 <= place < len(rows):
                raise NoSuchPointError(f"request {number} has no point {place}")
            _set(rows[place], actor, now, done=done)

    def tick_all(self, number: str, actor: str, now: datetime) -> None:
        """Tick every point that is open. Raises: UnknownRequestError."""
        with writing(self._engine, about_number(self._engine, number)) as session:
            for row in take_copy(session, find_row(session, number)):
                if row.done_at is None:
                    _set(row, actor, now, done=True)


def points_of(session: Session, ticket: TicketRow) -> tuple[RequestPoint, ...]:
    """The checklist of a request: its own copy, or the list that it would copy now."""
    rows = session.scalars(
        select(RequestPointRow).where(RequestPointRow.ticket_id == ticket.id).order_by(RequestPointRow.id)
    ).all()
    if rows:
        return tuple(
            RequestPoint(place, _point(row), row.done_at, row.done_by)
            for place, row in enumerate(rows)
        )  # fmt: skip
    points = _of_request(session, ticket)
    return tuple(RequestPoint(place, point) for place, point in enumerate(points))


def open_points(session: Session, ticket: TicketRow) -> tuple[RequestPoint, ...]:
    """What is not done yet."""
    return tuple(one for one in points_of(session, ticket) if one.done_at is None)


def take_copy(session: Session, ticket: TicketRow) -> list[RequestPointRow]:
    """The rows of a request's checklist, made where there are none, in the caller's transaction."""
    query = select(RequestPointRow).where(RequestPointRow.ticket_id == ticket.id).order_by(RequestPointRow.id)
    rows = list(session.scalars(query))
    if not rows:
        for one in _of_request(session, ticket):
            rows.append(RequestPointRow(ticket_id=ticket.id, kind=one.kind, text=one.text, who=one.who, done_by=""))
            session.add(rows[-1])
        session.flush()
    return rows


def read_lines(text: str) -> list[ChecklistPoint]:
    """A list as people type it, one point a line: "CRM | Ada", and "Tell: Mailchimp" for who must be told."""
    points = []
    for line in text.splitlines():
        words, _, who = (" ".join(part.split()) for part in line.partition("|"))
        is_told = words.lower().startswith("tell:")
        words = words[len("tell:") :].strip() if is_told else words
        if words:
            points.append(ChecklistPoint("processor" if is_told else "system", words, who))
    return points


def as_lines(points: Sequence[ChecklistPoint]) -> str:
    """A list as read_lines reads it."""
    return "\n".join(
        ("Tell: " if one.kind == "processor" else "") + one.text + (f" | {one.who}" if one.who else "") for one in points
    )


def _of_company(session: Session, company: str, request_type: str) -> tuple[ChecklistPoint, ...]:
    own = [ChecklistPointRow.company == company, ChecklistPointRow.request_type == request_type]
    rows = session.scalars(select(ChecklistPointRow).where(*own).order_by(ChecklistPointRow.id)).all()
    if not rows:
        return defaults()[request_type]
    return tuple(_point(row) for row in rows)


def _of_request(session: Session, ticket: TicketRow) -> tuple[ChecklistPoint, ...]:
    return tuple(one.under(ticket.law) for one in _of_company(session, ticket.company, ticket.request_type))


def _point(row: ChecklistPointRow | RequestPointRow) -> ChecklistPoint:
    return ChecklistPoint("processor" if row.kind == "processor" else "system", row.text, row.who)


def _set(row: RequestPointRow, actor: str, now: datetime, *, done: bool) -> None:
    row.done_at, row.done_by = (now.astimezone(UTC), actor[:40]) if done else (None, "")
