"""The figures of a date range: what was asked, what was replied, whether it helped, and how long it took.

They are read from the counters (counters.py), on SQLite and PostgreSQL alike. A range consists of a few runs of slots, and each
run is one contiguous part of the table's key. So a year of a million turns costs as much as its days.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, bindparam, case, func, select, text

from candor.transcripts.counters import BEGUN, FAILED_KIND, HELPFUL, NOT_HELPFUL, CounterName, middle_of
from candor.transcripts.date_ranges import DateRange, midnight, slot_ranges
from candor.transcripts.models import TurnCountRow
from candor.transcripts.reply_kinds import ReplyKind
from candor.transcripts.steps import QUESTION_KINDS

OUTCOMES: tuple[ReplyKind, ...] = (
    "answer", "unsure", "not_in_policy", "request", "out_of_scope", "handoff", "compare", "smalltalk", FAILED_KIND,
)  # fmt: skip


@dataclass(frozen=True)
class FigureScope:
    """Whose figures. companies: None means all, also those that are no longer served. channel: "" means all."""

    companies: tuple[str, ...] | None = None
    channel: str = ""


@dataclass(frozen=True)
class TurnCounts:
    """The counts of some turns: by["kind"]["answer"] is how often the kind was "answer"."""

    by: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def messages(self) -> int:
        return sum(self.under("kind").values())

    @property
    def questions(self) -> int:
        """How many messages asked something: without requests and their steps, small talk, and what failed."""
        return sum(self.kind(kind) for kind in QUESTION_KINDS)

    @property
    def conversations(self) -> int:
        return self.n(BEGUN)

    @property
    def helpful(self) -> int:
        return self.n(HELPFUL)

    @property
    def rated(self) -> int:
        return self.n(HELPFUL) + self.n(NOT_HELPFUL)

    @property
    def answered(self) -> int:
        """How many messages were answered: those whose time is known."""
        return sum(self.under("ms").values())

    def n(self, one: CounterName) -> int:
        return self.under(one[0]).get(one[1], 0)

    def kind(self, kind: str) -> int:
        return self.under("kind").get(kind, 0)

    def under(self, what: str) -> Mapping[str, int]:
        return self.by.get(what, {})

    def quantile(self, share: float) -> float | None:
        """Milliseconds within which this share of the answered messages was answered, at most 9.1 % off; None if none was."""
        buckets = sorted((int(name), n) for name, n in self.under("ms").items())
        rank, passed = ceil(share * self.answered), 0
        for bucket, n in buckets:
            passed += n
            if passed >= rank > 0:
                return middle_of(bucket)
        return None

    def add(self, what: str, name: str, n: int) -> None:
        if n:
            names = self.by.setdefault(what, {})
            names[name] = names.get(name, 0) + n

    def add_all(self, others: Iterable[TurnCounts]) -> TurnCounts:
        for other in others:
            for what, names in other.by.items():
                for name, n in names.items():
                    self.add(what, name, n)
        return self


FigurePlace = tuple[str, str]  # company, channel


@dataclass(frozen=True)
class TurnFigures:
    """The counts of a date range: of each of its buckets (`steps`), in total, and of the range before.

    places: of each company and channel, only by kind, conversation and rating. before: without intents and aspects.
    """

    date_range: DateRange
    steps: tuple[TurnCounts, ...]
    total: TurnCounts
    places: dict[FigurePlace, TurnCounts]
    before: TurnCounts


@dataclass(frozen=True)
class Today:
    """A few figures of today, for the console's first page."""

    conversations: int
    messages: int
    not_helpful: int  # answers of today that a visitor called not helpful
    not_in_policy: int
    questions: int
    answered: int  # of the questions


def figures(engine: Engine, date_range: DateRange, scope: FigureScope) -> TurnFigures:
    """The figures of a date range, and the counts of the range before."""
    places: dict[FigurePlace, TurnCounts] = {}
    with engine.connect() as connection:
        steps = [_read(connection, *date_range.instants(bucket), scope, places) for bucket in date_range.buckets()]
        before = _read(connection, *date_range.before, scope, {}, topics=False)
    return TurnFigures(date_range, tuple(steps), TurnCounts().add_all(steps), places, before)


def today(engine: Engine, scope: FigureScope, zone: ZoneInfo, now: datetime) -> Today:
    """From midnight in the zone until now."""
    start = midnight(now.astimezone(zone).date(), zone)
    with engine.connect() as connection:
        counts = _read(connection, start, now, scope, {}, topics=False)
    return Today(counts.conversations, counts.messages, counts.rated - counts.helpful, counts.kind("not_in_policy"),
                 counts.questions, counts.kind("answer"))  # fmt: skip


def _read(
    connection: Connection, start: datetime, end: datetime, scope: FigureScope, places: dict[FigurePlace, TurnCounts], *,
    topics: bool = True
) -> TurnCounts:  # fmt: skip
    """The counts of all places; those of each are added to `places` too. topics: with intents and aspects, most of the rows."""
    query = _SUMS if topics else _SUMS.where(TurnCountRow.what.not_in(("intent", "aspect")))
    if scope.companies is not None:
        query = query.where(TurnCountRow.company.in_(scope.companies))
    if scope.channel:
        query = query.where(TurnCountRow.channel == scope.channel)
    counts = TurnCounts()
    for slots in slot_ranges(start, end):
        values = {"the_size": slots.size, "the_start": slots.start, "the_end": slots.end}
        for company, channel, what, name, n in connection.execute(query, values).all():
            counts.add(what, name, n)
            if company:
                places.setdefault((company, channel), TurnCounts()).add(what, name, n)
    return counts


# Topics and times have a hundred names each, so they are summed over all places: else each place would add a hundred rows.
_COUNT = TurnCountRow
_PLACED = _COUNT.what.in_(("kind", "begun", "rated"))
_COMPANY, _CHANNEL = (
    case((_PLACED, column), else_="").label(name) for column, name in ((_COUNT.company, "place"), (_COUNT.channel, "medium"))
)
_SUMS = (
    select(_COMPANY, _CHANNEL, _COUNT.what, _COUNT.name, func.sum(_COUNT.n))
    .where(_COUNT.size == bindparam("the_size"), _COUNT.start >= bindparam("the_start"), _COUNT.start < bindparam("the_end"))
    .group_by(text("place"), text("medium"), _COUNT.what, _COUNT.name)
)
