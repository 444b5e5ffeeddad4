"""The review queue: the turns that match a filter, and which of them a reviewer judges next.

By risk, the riskiest come first (candor/transcripts/risk.py), and of those the newest. Every other filter goes by time alone.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Engine, Select, and_, exists, func, literal, select, tuple_
from sqlalchemy.orm import Session

from candor.transcripts.models import AssignmentRow, ReviewRow, SampleTurnRow, TurnRow
from candor.transcripts.steps import STEP

BY_RISK, ALL = "", "all"  # as a filter's kind
COUNTED = 1000  # turns at most; more are shown as "1000+"


@dataclass(frozen=True)
class QueueFilter:
    """The turns of a queue. kind: a reply kind; BY_RISK: those with a risk, but of what narrows the queue
    otherwise, all; ALL: all but small talk and steps.

    sample: only the turns of that sample, of which BY_RISK leaves none out; 0: of no sample.
    """

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


@dataclass(frozen=True)
class UnjudgedAnswer:
    """An answer that its visitor called not helpful, and that nobody has judged. text: the question, masked."""

    turn: int
    conversation: str
    company: str
    text: str
    at: datetime


class ReviewQueue:
    """Reads only. `companies`: those that the reviewer may review; None: all."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def next_to_judge(
        self, queue_filter: QueueFilter, reviewer: int, companies: Collection[str] | None, after: int | None = None
    ) -> int | None:  # fmt: skip
        """The turn behind `after` in the queue's order; if there is none, the first of all, so that skipped turns come again."""
        unjudged = and_(_matches(queue_filter, reviewer, companies), ~_judged(reviewer))
        behind = self._first(and_(unjudged, self._behind(queue_filter, after)), queue_filter) if after is not None else None
        return behind or self._first(unjudged, queue_filter)

    def beside(
        self, queue_filter: QueueFilter, reviewer: int, companies: Collection[str] | None, turn: int
    ) -> tuple[int | None, int | None]:  # fmt: skip
        """The turns before and after this one in the queue, judged or not."""
        matches = _matches(queue_filter, reviewer, companies)
        ahead = self._behind(queue_filter, turn, ahead=True)
        return (
            self._first(and_(matches, ahead), queue_filter, backwards=True),
            self._first(and_(matches, self._behind(queue_filter, turn)), queue_filter),
        )  # fmt: skip

    def called_not_helpful(self, companies: Collection[str] | None, since: datetime, most: int) -> list[UnjudgedAnswer]:
        """The newest that nobody has judged."""
        which = [TurnRow.helpful.is_(False), TurnRow.at >= since, ~exists().where(ReviewRow.turn_id == TurnRow.id)]
        which += [] if companies is None else [TurnRow.company.in_(companies)]
        columns = (TurnRow.id, TurnRow.conversation_id, TurnRow.company, TurnRow.text, TurnRow.at)
        with Session(self._engine) as session:
            rows = session.execute(select(*columns).where(*which).order_by(TurnRow.at.desc(), TurnRow.id.desc()).limit(most))
            return [UnjudgedAnswer(*row) for row in rows]

    def progress(self, queue_filter: QueueFilter, reviewer: int, companies: Collection[str] | None) -> ReviewProgress:
        """How far the reviewer has come."""
        matches = _matches(queue_filter, reviewer, companies)
        judged = (
            select(TurnRow.id).join(ReviewRow, ReviewRow.turn_id == TurnRow.id).where(ReviewRow.reviewer == reviewer, matches)
        )
        return ReviewProgress(self._counted(judged), self.left(queue_filter, reviewer, companies))

    def left(self, queue_filter: QueueFilter, reviewer: int, companies: Collection[str] | None) -> int:
        """How many turns the reviewer has not judged, up to COUNTED."""
        matches = _matches(queue_filter, reviewer, companies)
        return self._counted(select(TurnRow.id).where(matches, ~_judged(reviewer)).order_by(_order(queue_filter).desc()))

    def _counted(self, turns: Select[int]) -> int:
        with Session(self._engine) as session:
            return session.scalar(select(func.count()).select_from(turns.limit(COUNTED).subquery())) or 0

    def _first(self, which: ColumnElement[bool], queue_filter: QueueFilter, *, backwards: bool = False) -> int | None:
        """The first turn in the queue's order, or backwards the last."""
        order = ([TurnRow.risk.expression] if _goes_by_risk(queue_filter) else []) + [_order(queue_filter)]
        with Session(self._engine) as session:
            ordered = [each.asc() if backwards else each.desc() for each in order]
            return session.scalar(select(TurnRow.id).where(which).order_by(*ordered).limit(1))

    def _behind(self, queue_filter: QueueFilter, turn: int, *, ahead: bool = False) -> ColumnElement[bool]:
        """A condition: turns that stand behind this one in the queue's order, or `ahead` of it."""
        if not _goes_by_risk(queue_filter):
            return TurnRow.id > turn if ahead else TurnRow.id < turn
        with Session(self._engine) as session:
            risk = session.scalar(select(TurnRow.risk).where(TurnRow.id == turn)) or 0
        # Compared as one: of an "or" PostgreSQL makes no place in the index to begin at.
        at, this = tuple_(TurnRow.risk, TurnRow.id), tuple_(literal(risk), literal(turn))
        return at > this if ahead else at < this


def of_kind(kind: str) -> ColumnElement[bool]:
    """A condition: turns whose answer is of this kind; "" and ALL mean all but small talk and steps."""
    return TurnRow.kind == kind if kind not in {"", ALL} else func.coalesce(TurnRow.kind, "").not_in(("smalltalk", STEP))


def _goes_by_risk(queue_filter: QueueFilter) -> bool:
    return queue_filter.kind == BY_RISK and not (queue_filter.sample or queue_filter.mine or queue_filter.not_helpful)


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
        conditions.append(TurnRow.risk > 0 if _goes_by_risk(queue_filter) else of_kind(queue_filter.kind))
    if queue_filter.not_helpful:
        conditions.append(TurnRow.helpful.is_(False))
    if queue_filter.mine:
        mine = select(AssignmentRow.conversation_id).where(AssignmentRow.account == reviewer)
        conditions.append(TurnRow.conversation_id.in_(mine))
    return and_(*conditions)
