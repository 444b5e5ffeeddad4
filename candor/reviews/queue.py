"""Which turn a reviewer looks at next: the newest of those that a filter holds for and that they have not judged yet."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Engine, and_, exists, func, select
from sqlalchemy.orm import Session

from candor.transcripts.models import AssignmentRow, ReviewRow, SampleTurnRow, TurnRow

COUNTED = 1000  # turns left; more are told as "1000+"


@dataclass(frozen=True)
class QueueFilter:
    """What a reviewer works through. `kind`: "" is all but small talk. `sample`: only the turns of that one."""

    company: str = ""
    kind: str = ""
    not_helpful: bool = False
    mine: bool = False  # conversations that are assigned to the reviewer
    sample: int = 0


@dataclass(frozen=True)
class ReviewProgress:
    """Turns judged by the reviewer, and how many there are; counted up to COUNTED."""

    done: int
    left: int

    @property
    def total(self) -> int:
        return self.done + self.left


class ReviewQueue:
    """Reads only. `companies`: those that the reviewer may review; None is all."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def next_to_judge(
        self, wanted: QueueFilter, reviewer: int, companies: Collection[str] | None, after: int | None = None
    ) -> int | None:  # fmt: skip
        """The newest turn that is older than `after`; where there is none, of all: what was skipped comes again."""
        todo, order = and_(_holds(wanted, reviewer, companies), ~_judged(reviewer)), _order(wanted)
        older = self._first(and_(todo, TurnRow.id < after), order) if after is not None else None
        return older or self._first(todo, order)

    def beside(
        self, wanted: QueueFilter, reviewer: int, companies: Collection[str] | None, turn: int
    ) -> tuple[int | None, int | None]:  # fmt: skip
        """The turns before and after this one in the queue, judged or not: (the newer, the older)."""
        holds, order = _holds(wanted, reviewer, companies), _order(wanted)
        with Session(self._engine) as session:
            newer = session.scalar(select(TurnRow.id).where(holds, TurnRow.id > turn).order_by(order).limit(1))
        return newer, self._first(and_(holds, TurnRow.id < turn), order)

    def progress(self, wanted: QueueFilter, reviewer: int, companies: Collection[str] | None) -> ReviewProgress:
        """How far the reviewer is."""
        holds = _holds(wanted, reviewer, companies)
        judged = select(TurnRow.id).join(ReviewRow, ReviewRow.turn_id == TurnRow.id).where(ReviewRow.reviewer == reviewer, holds)
        left = select(TurnRow.id).where(holds, ~_judged(reviewer)).order_by(_order(wanted).desc())
        with Session(self._engine) as session:
            few = [query.limit(COUNTED).subquery() for query in (judged, left)]
            return ReviewProgress(*(session.scalar(select(func.count()).select_from(each)) or 0 for each in few))

    def _first(self, which: ColumnElement[bool], order: ColumnElement[int]) -> int | None:
        with Session(self._engine) as session:
            return session.scalar(select(TurnRow.id).where(which).order_by(order.desc()).limit(1))


def of_kind(kind: str) -> ColumnElement[bool]:
    """Turns whose answer is of this kind; "" is all but small talk."""
    return TurnRow.kind == kind if kind else func.coalesce(TurnRow.kind, "") != "smalltalk"


def _order(wanted: QueueFilter) -> ColumnElement[int]:
    """By id. Where only a few turns can hold it is written so that no index has that order: else the database may walk through
    all turns in search of those few, instead of sorting them."""
    return TurnRow.id + 0 if wanted.mine or wanted.sample else TurnRow.id.expression


def _judged(reviewer: int) -> ColumnElement[bool]:
    return exists().where(ReviewRow.turn_id == TurnRow.id, ReviewRow.reviewer == reviewer)


def _holds(wanted: QueueFilter, reviewer: int, companies: Collection[str] | None) -> ColumnElement[bool]:
    rules: list[ColumnElement[bool]] = [TurnRow.state == "answered"]
    if wanted.sample:
        rules.append(TurnRow.id.in_(select(SampleTurnRow.turn_id).where(SampleTurnRow.sample_id == wanted.sample)))
    if wanted.company:
        rules.append(TurnRow.company == wanted.company)
    if companies is not None and len(companies) == 1:
        rules.append(TurnRow.company == next(iter(companies)))
    elif companies is not None:
        rules.append(TurnRow.company.in_(companies))
    if wanted.kind or not wanted.sample:
        rules.append(of_kind(wanted.kind))
    if wanted.not_helpful:
        rules.append(TurnRow.helpful.is_(False))
    if wanted.mine:
        mine = select(AssignmentRow.conversation_id).where(AssignmentRow.account == reviewer)
        rules.append(TurnRow.conversation_id.in_(mine))
    return and_(*rules)
