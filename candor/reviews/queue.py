"""The review queue: a reviewer's next turn is the newest that matches a filter and that they have not judged yet."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Engine, and_, exists, func, select
from sqlalchemy.orm import Session

from candor.transcripts.models import AssignmentRow, ReviewRow, SampleTurnRow, TurnRow

COUNTED = 1000  # turns at most; more are shown as "1000+"


@dataclass(frozen=True)
class QueueFilter:
    """The turns of a queue. `kind`: "" means all but small talk. `sample`: only the turns of that sample; 0: of no sample."""

    company: str = ""
    kind: str = ""
    not_helpful: bool = False
    mine: bool = False  # only conversations that are assigned to the reviewer
    sample: int = 0


@dataclass(frozen=True)
class ReviewProgress:
    """How many turns of the queue the reviewer has judged, and how many are left; each counted up to COUNTED."""

    done: int
    left: int

    @property
    def total(self) -> int:
        return self.done + self.left


class ReviewQueue:
    """Reads only. `companies`: those that the reviewer may review; None: all."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def next_to_judge(
        self, queue_filter: QueueFilter, reviewer: int, companies: Collection[str] | None, after: int | None = None
    ) -> int | None:  # fmt: skip
        """The newest turn older than `after`, or if there is none, the newest of all, so that skipped turns come again."""
        unjudged, order = and_(_matches(queue_filter, reviewer, companies), ~_judged(reviewer)), _order(queue_filter)
        older = self._first(and_(unjudged, TurnRow.id < after), order) if after is not None else None
        return older or self._first(unjudged, order)

    def beside(
        self, queue_filter: QueueFilter, reviewer: int, companies: Collection[str] | None, turn: int
    ) -> tuple[int | None, int | None]:  # fmt: skip
        """The turns before and after this one in the queue, judged or not: (the newer, the older)."""
        matches, order = _matches(queue_filter, reviewer, companies), _order(queue_filter)
        with Session(self._engine) as session:
            newer = session.scalar(select(TurnRow.id).where(matches, TurnRow.id > turn).order_by(order).limit(1))
        return newer, self._first(and_(matches, TurnRow.id < turn), order)

    def progress(self, queue_filter: QueueFilter, reviewer: int, companies: Collection[str] | None) -> ReviewProgress:
        """How far the reviewer has come."""
        matches = _matches(queue_filter, reviewer, companies)
        judged = (
            select(TurnRow.id).join(ReviewRow, ReviewRow.turn_id == TurnRow.id).where(ReviewRow.reviewer == reviewer, matches)
        )
        left = select(TurnRow.id).where(matches, ~_judged(reviewer)).order_by(_order(queue_filter).desc())
        with Session(self._engine) as session:
            limited = [query.limit(COUNTED).subquery() for query in (judged, left)]
            return ReviewProgress(*(session.scalar(select(func.count()).select_from(query)) or 0 for query in limited))

    def _first(self, which: ColumnElement[bool], order: ColumnElement[int]) -> int | None:
        with Session(self._engine) as session:
            return session.scalar(select(TurnRow.id).where(which).order_by(order.desc()).limit(1))


def of_kind(kind: str) -> ColumnElement[bool]:
    """A condition: turns whose answer is of this kind; "" means all but small talk."""
    return TurnRow.kind == kind if kind else func.coalesce(TurnRow.kind, "") != "smalltalk"


def _order(queue_filter: QueueFilter) -> ColumnElement[int]:
    """Order by id. Where only a few turns can match, the expression is one that no index has: else the database may walk all
    turns to find those few, instead of sorting them."""
    return TurnRow.id + 0 if queue_filter.mine or queue_filter.sample else TurnRow.id.expression


def _judged(reviewer: int) -> ColumnElement[bool]:
    return exists().where(ReviewRow.turn_id == TurnRow.id, ReviewRow.reviewer == reviewer)


def _matches(queue_filter: QueueFilter, reviewer: int, companies: Collection[str] | None) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [TurnRow.state == "answered"]
    if queue_filter.sample:
        conditions.append(TurnRow.id.in_(select(SampleTurnRow.turn_id).where(SampleTurnRow.sample_id == queue_filter.sample)))
    if queue_filter.company:
        conditions.append(TurnRow.company == queue_filter.company)
    if companies is not None and len(companies) == 1:
        conditions.append(TurnRow.company == next(iter(companies)))
    elif companies is not None:
        conditions.append(TurnRow.company.in_(companies))
    if queue_filter.kind or not queue_filter.sample:
        conditions.append(of_kind(queue_filter.kind))
    if queue_filter.not_helpful:
        conditions.append(TurnRow.helpful.is_(False))
    if queue_filter.mine:
        mine = select(AssignmentRow.conversation_id).where(AssignmentRow.account == reviewer)
        conditions.append(TurnRow.conversation_id.in_(mine))
    return and_(*conditions)
