"""Date ranges as a reader names them, split into days, weeks or months of the reader's own time zone. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from candor.transcripts.counters import SIZES, minute_of

BucketSize = Literal["day", "week", "month"]
NAMED = {"7": "Last 7 days", "30": "Last 30 days", "90": "Last 90 days", "year": "Last 12 months"}
LONGEST_BY_DAY, LONGEST_BY_WEEK = 31, 26 * 7  # days
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Bucket:
    """One day, week or month, or the part of it within the range. Local dates, both included."""

    first: date
    last: date
    whole: bool  # False if the range begins or ends in the middle of it, or it is not over yet


@dataclass(frozen=True)
class DateRange:
    """From the start of `first` to the end of `last`, or to now if that is earlier; dates of a time zone.

    The range before is as long and ends at the same time of day, so half a day is never compared with a whole one.
    """

    first: date
    last: date
    zone: ZoneInfo
    now: datetime
    before_first: date

    @property
    def start(self) -> datetime:
        return midnight(self.first, self.zone)

    @property
    def end(self) -> datetime:
        return min(midnight(self.last + DAY, self.zone), self.now)

    @property
    def before(self) -> tuple[datetime, datetime]:
        """Start and end of the range before."""
        if self.end < self.now or self.now < self.start:
            return midnight(self.before_first, self.zone), self.start
        local = self.now.astimezone(self.zone)
        same_day = min(self.before_first + (local.date() - self.first), self.first - DAY)
        end = datetime.combine(same_day, local.time(), self.zone).astimezone(UTC)
        return midnight(self.before_first, self.zone), min(end, self.start)

    @property
    def step(self) -> BucketSize:
        days = (self.last - self.first).days + 1
        return "day" if days <= LONGEST_BY_DAY else "week" if days <= LONGEST_BY_WEEK else "month"

    def buckets(self) -> list[Bucket]:
        """The whole range, in order. Weeks begin on Monday (ISO 8601)."""
        buckets, first, today = [], self.first, self.now.astimezone(self.zone).date()
        while first <= self.last:
            begin, after = _around(first, self.step)
            last = min(after - DAY, self.last)
            buckets.append(Bucket(first, last, whole=(first, last) == (begin, after - DAY) and last < today))
            first = after
        return buckets

    def instants(self, bucket: Bucket) -> tuple[datetime, datetime]:
        return midnight(bucket.first, self.zone), min(midnight(bucket.last + DAY, self.zone), self.end)


def named_range(name: str, zone: ZoneInfo, now: datetime) -> DateRange:
    """A range of NAMED: the last so many days, today included; "year": this month and the eleven before it."""
    today = now.astimezone(zone).date()
    if name == "year":
        first = _months_before(today.replace(day=1), 11)
        return DateRange(first, today, zone, now, _months_before(first, 12))
    days = timedelta(days=int(name))
    return DateRange(today - days + DAY, today, zone, now, today - 2 * days + DAY)


def custom_range(first: date, last: date, zone: ZoneInfo, now: datetime) -> DateRange:
    """Any dates, both included."""
    return DateRange(first, last, zone, now, first - (last - first) - DAY)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The start of a day in a zone, in UTC. Where clocks skip midnight, it is the moment when they do."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


@dataclass(frozen=True)
class SlotRange:
    """Slots of one size (in minutes) that follow each other. `start`, `end`: minutes since 1970, the end excluded."""

    size: int
    start: int
    end: int


def slot_ranges(start: datetime, end: datetime) -> list[SlotRange]:
    """The fewest slots that cover the time from start to end, widened on both sides to whole quarters of an hour."""
    smallest = SIZES[-1]
    # The minute that has begun counts too, or else its turns would be shown a minute late.
    after = minute_of(end - timedelta(microseconds=1)) + 1
    return _cover(minute_of(start) // smallest * smallest, -(-after // smallest) * smallest, SIZES)


def _cover(start: int, end: int, sizes: Sequence[int]) -> list[SlotRange]:
    if start >= end:
        return []
    size, smaller = sizes[0], sizes[1:]
    first, last = -(-start // size) * size, end // size * size
    if first >= last:
        return _cover(start, end, smaller)
    return [*_cover(start, first, smaller), SlotRange(size, first, last), *_cover(last, end, smaller)]


def _around(day: date, step: BucketSize) -> tuple[date, date]:
    """The first day of the day's own step (day, week or month), and of the next one."""
    if step == "month":
        begin = day.replace(day=1)
        return begin, _months_before(begin, -1)
    begin = day - timedelta(days=day.weekday()) if step == "week" else day
    return begin, begin + timedelta(days=7 if step == "week" else 1)


def _months_before(first: date, months: int) -> date:
    """The first day of the month so many months before; `first`: the first day of a month."""
    year, month = divmod(first.year * 12 + first.month - 1 - months, 12)
    return date(year, month + 1, 1)
