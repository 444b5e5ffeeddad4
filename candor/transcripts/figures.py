"""The figures of a span of time: what was asked, what came back, whether it helped, and how long it took.

Read from the counts (counting.py), on SQLite and PostgreSQL alike: a span is made up of a few runs of slots, and each run
lies in one piece of the table's key. So a year of a million turns costs what its days cost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, bindparam, case, func, select, text

from candor.transcripts.counters import BEGUN, FAILED_KIND, HELPFUL, NOT_HELPFUL, CounterName, middle_of
from candor.transcripts.date_ranges import DateRange, midnight, pieces
from candor.transcripts.models import TurnCountRow
from candor.transcripts.reply_kinds import ReplyKind

OUTCOMES: tuple[ReplyKind, ...] = (
    "answer", "unsure", "not_in_policy", "request", "out_of_scope", "handoff", "compare", "smalltalk", FAILED_KIND,
)  # fmt: skip


@dataclass(frozen=True)
class FigureScope:
    """Whose figures. companies: None for all, also those that are served no more. channel: "" for all."""

    companies: tuple[str, ...] | None = None
    channel: str = ""


@dataclass(frozen=True)
class TurnCounts:
    """What was counted of some turns: by kind, intent and so on, how often under each name."""

    by: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def messages(self) -> int:
        return sum(self.under("kind").values())

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
        """Messages whose time is known."""
        return sum(self.under("ms").values())

    def n(self, one: CounterName) -> int:
        return self.under(one[0]).get(one[1], 0)

    def kind(self, kind: str) -> int:
        return self.under("kind").get(kind, 0)

    def under(self, what: str) -> Mapping[str, int]:
        return self.by.get(what, {})

    def quantile(self, share: float) -> float | None:
        """Milliseconds within which this share of the answered messages was answered, at most 9.1 % off; None without any."""
        buckets = sorted((int(name), n) for name, n in self.under("ms").items())
        wanted, seen = ceil(share * self.answered), 0
        for bucket, n in buckets:
            seen += n
            if seen >= wanted > 0:
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
    """A span's counts: in each of its buckets, in all, and in the span before. places: of each company and channel, where
    only kinds, conversations and ratings are told apart. before: without intents and aspects."""

    span: DateRange
    steps: tuple[TurnCounts, ...]
    total: TurnCounts
    places: dict[FigurePlace, TurnCounts]
    before: TurnCounts


@dataclass(frozen=True)
class Today:
    """A few figures of today, for the first page."""

    conversations: int
    messages: int
    not_helpful: int  # answers of today that were called so
    not_in_policy: int


def figures(engine: Engine, span: DateRange, scope: FigureScope) -> TurnFigures:
    """The figures of a span."""
    places: dict[FigurePlace, TurnCounts] = {}
    with engine.connect() as connection:
        steps = [_read(connection, *span.instants(bucket), scope, places) for bucket in span.buckets()]
        before = _read(connection, *span.before, scope, {}, topics=False)
    return TurnFigures(span, tuple(steps), TurnCounts().add_all(steps), places, before)


def today(engine: Engine, scope: FigureScope, zone: ZoneInfo, now: datetime) -> Today:
    """From midnight in the zone until now."""
    start = midnight(now.astimezone(zone).date(), zone)
    with engine.connect() as connection:
        counts = _read(connection, start, now, scope, {}, topics=False)
    return Today(counts.conversations, counts.messages, counts.rated - counts.helpful, counts.kind("not_in_policy"))


def _read(
    connection: Connection, start: datetime, end: datetime, scope: FigureScope, places: dict[FigurePlace, TurnCounts], *,
    topics: bool = True
) -> TurnCounts:  # fmt: skip
    """The counts of all places; those of each are added to `places`. topics: also intents and aspects, which are most rows."""
    query = _SUMS if topics else _SUMS.where(TurnCountRow.what.not_in(("intent", "aspect")))
    if scope.companies is not None:
        query = query.where(TurnCountRow.company.in_(scope.companies))
    if scope.channel:
        query = query.where(TurnCountRow.channel == scope.channel)
    found = TurnCounts()
    for piece in pieces(start, end):
        given = {"the_size": piece.size, "the_start": piece.start, "the_end": piece.end}
        for company, channel, what, name, n in connection.execute(query, given).all():
            found.add(what, name, n)
            if company:
                places.setdefault((company, channel), TurnCounts()).add(what, name, n)
    return found


# Topics and times have a hundred names: they are not told apart by place, which would be a hundred rows for each.
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
