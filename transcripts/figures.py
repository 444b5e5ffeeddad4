"""The figures of a span of time: what was asked, what came back, whether it helped, and how long it took.

Read from the counts (counting.py), on SQLite and PostgreSQL alike: a span is made up of a few runs of slots, and each run
lies in one piece of the table's key. So a year of a million turns costs what its days cost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, bindparam, func, select

from transcripts.counting import BEGUN, FAILED_KIND, HELPFUL, NOT_HELPFUL, What, middle_of
from transcripts.models import TurnCountRow
from transcripts.spans import Span, midnight, pieces

OUTCOMES = (
    "answer", "unsure", "not_in_policy", "request", "out_of_scope", "handoff", "compare", "smalltalk", FAILED_KIND,
)  # fmt: skip


@dataclass(frozen=True)
class Scope:
    """Whose figures. companies: None for all, also those that are served no more. channel: "" for all."""

    companies: tuple[str, ...] | None = None
    channel: str = ""


@dataclass(frozen=True)
class Counts:
    """What was counted of some turns."""

    of: Counter[What] = field(default_factory=Counter)

    @property
    def messages(self) -> int:
        return sum(self.under("kind").values())

    @property
    def conversations(self) -> int:
        return self.of[BEGUN]

    @property
    def helpful(self) -> int:
        return self.of[HELPFUL]

    @property
    def rated(self) -> int:
        return self.of[HELPFUL] + self.of[NOT_HELPFUL]

    def kind(self, kind: str) -> int:
        return self.of["kind", kind]

    def under(self, what: str) -> Counter[str]:
        """By name, only what was there."""
        return Counter({name: n for (each, name), n in self.of.items() if each == what and n > 0})

    def quantile(self, share: float) -> float | None:
        """Milliseconds within which this share of the answered messages was answered, at most 9.1 % off; None without any."""
        buckets = sorted((int(name), n) for name, n in self.under("ms").items())
        wanted, seen = ceil(share * sum(n for _, n in buckets)), 0
        for bucket, n in buckets:
            seen += n
            if seen >= wanted:
                return middle_of(bucket)
        return None


@dataclass(frozen=True)
class Figures:
    """A span's counts: in each of its buckets, of each company and channel, in all, and of the span before."""

    span: Span
    steps: tuple[Counts, ...]
    places: dict[tuple[str, str], Counts]
    before: Counts

    @property
    def total(self) -> Counts:
        return summed(self.steps)


@dataclass(frozen=True)
class Today:
    """A few figures of today, for the first page."""

    conversations: int
    messages: int
    not_helpful: int  # answers of today that were called so
    not_in_policy: int


def figures(engine: Engine, span: Span, scope: Scope) -> Figures:
    """The figures of a span."""
    steps: list[Counts] = []
    places: dict[tuple[str, str], Counts] = {}
    with engine.connect() as connection:
        for bucket in span.buckets():
            found = _read(connection, *span.instants(bucket), scope)
            steps.append(summed(found.values()))
            for place, counts in found.items():
                places[place] = summed([places[place], counts]) if place in places else counts
        before = summed(_read(connection, *span.before, scope).values())
    return Figures(span, tuple(steps), places, before)


def today(engine: Engine, scope: Scope, zone: ZoneInfo, now: datetime) -> Today:
    """From midnight in the zone until now."""
    start = midnight(now.astimezone(zone).date(), zone)
    with engine.connect() as connection:
        counts = summed(_read(connection, start, now, scope).values())
    return Today(counts.conversations, counts.messages, counts.rated - counts.helpful, counts.kind("not_in_policy"))


def summed(several: Iterable[Counts]) -> Counts:
    total: Counter[What] = Counter()
    for counts in several:
        total.update(counts.of)
    return Counts(total)


def _read(connection: Connection, start: datetime, end: datetime, scope: Scope) -> dict[tuple[str, str], Counts]:
    query = _SUMS
    if scope.companies is not None:
        query = query.where(TurnCountRow.company.in_(scope.companies))
    if scope.channel:
        query = query.where(TurnCountRow.channel == scope.channel)
    found: dict[tuple[str, str], Counts] = {}
    for piece in pieces(start, end):
        given = {"the_size": piece.size, "the_start": piece.start, "the_end": piece.end}
        for company, channel, what, name, n in connection.execute(query, given):
            found.setdefault((company, channel), Counts()).of[what, name] += n
    return found


_SUMS = (
    select(TurnCountRow.company, TurnCountRow.channel, TurnCountRow.what, TurnCountRow.name, func.sum(TurnCountRow.n))
    .where(
        TurnCountRow.size == bindparam("the_size"), TurnCountRow.start >= bindparam("the_start"),
        TurnCountRow.start < bindparam("the_end"),
    )
    .group_by(TurnCountRow.company, TurnCountRow.channel, TurnCountRow.what, TurnCountRow.name)
)  # fmt: skip
