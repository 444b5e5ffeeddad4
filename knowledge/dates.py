"""Dates as policies print them, and which of them say from when a policy is. Pure."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from knowledge.lines import Span

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<{0}>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{{0,6}}\.?"
_DAY = r"(?P<{0}>\d{{1,2}})(?:st|nd|rd|th)?"
_BETWEEN = r"[\s,./–-]{1,3}(?:of\s+)?"
_YEAR = r"(?P<{0}>(?:19|20)\d{{2}})(?!\d)"
DATE = re.compile(
    rf"{_DAY.format('d1')}{_BETWEEN}{_MONTH.format('m1')}{_BETWEEN}{_YEAR.format('y1')}"  # 15 January 2026, 15th of Jan., 2026
    rf"|{_MONTH.format('m2')}{_BETWEEN}{_DAY.format('d2')}{_BETWEEN}{_YEAR.format('y2')}"  # January 15th, 2026
    rf"|{_YEAR.format('y3')}[-./](?P<m3>\d{{1,2}})[-./](?P<d3>\d{{1,2}})(?!\d)"  # 2026-01-15, 2026/1/15
    rf"|(?P<a4>\d{{1,2}})[-./](?P<b4>\d{{1,2}})[-./]{_YEAR.format('y4')}"  # 01/15/2026, 15.1.2026
    rf"|{_YEAR.format('y5')}{_BETWEEN}{_MONTH.format('m5')}{_BETWEEN}{_DAY.format('d5')}(?!\d)"  # 2026 January 15
    rf"|{_MONTH.format('m6')}{_BETWEEN}{_YEAR.format('y6')}"  # January 2026, APRIL-2024
    r"|(?P<a7>\d{1,2})[-./](?P<b7>\d{1,2})[-./](?P<y7>\d{2})(?!\d)",  # 06-03-26
    re.IGNORECASE,
)
UPDATED = re.compile(
    r"\b(?:last|latest|most\s+recently|date\s+of\s+(?:the\s+)?last)\s+"
    r"(?:updated?|revised|revision|modified|modification|amended|changed?|reviewed|edited)\b"
    r"|\b(?:revision|update|modification)\s+date\b"
    r"|(?:^|\bwas\s+|\bis\s+)(?:updated|revised|amended|published|posted|reviewed)\b(?=[:\s]+(?:on\s+|in\s+)?[\w.]{1,9}[\s./–-]+\w)"
    r"|^(?:version|status|stand|as\s+of|date)\b(?=[^\n]{0,30}\d{2})",
    re.IGNORECASE | re.MULTILINE,
)
EFFECTIVE = re.compile(r"\beffective\b|\bin\s+force\b|\bvalid\s+from\b|\bin\s+effect\s+(?:from|since)\b|\btakes\s+effect\b", re.I)
BETWEEN = re.compile(
    r"[\s:–—|*_(-]*(?:(?:(?:date|as\s+of|on|from|since|is|was|in|and|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b"
    r"|v?\d{1,2}\.\d{1,2}(?![\d.])|\([^)\d]{1,20}\))[\s:,–—|*_(-]*){0,4}",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class StatedDate:
    """A date that a text states for itself: its words, and every day that they can mean.

    03/04/2026 is another day in another country, and "April 2024" is any day of that month.
    """

    span: Span
    days: frozenset[date]
    month_only: bool = False

    @property
    def day(self) -> date | None:
        """The one day it names, or the first of the month if it names a month; None if it could be another day as well."""
        return min(self.days) if self.month_only or len(self.days) == 1 else None


def stated_dates(text: str, words: re.Pattern[str]) -> Iterator[StatedDate]:
    """The dates that stand behind the words, `UPDATED` or `EFFECTIVE`, in reading order."""
    for match in words.finditer(text):
        between = BETWEEN.match(text, match.end())
        date_match = DATE.match(text, between.end() if between else match.end())
        if date_match and (days := _possible_days(date_match)):
            yield StatedDate(Span(match.start(), date_match.end()), days, bool(date_match["y6"]))


def _possible_days(match: re.Match[str]) -> frozenset[date]:
    parts = match.groupdict()
    if parts["y6"]:
        year, month = int(parts["y6"]), _month(parts["m6"])
        return frozenset(date(year, month, day) for day in range(1, calendar.monthrange(year, month)[1] + 1))
    candidates: list[tuple[int, int, int]] = []
    for form in "125":
        if parts[f"y{form}"]:
            candidates = [(int(parts[f"y{form}"]), _month(parts[f"m{form}"]), int(parts[f"d{form}"]))]
    if parts["y3"]:
        candidates = [(int(parts["y3"]), int(parts["m3"]), int(parts["d3"]))]
    for form in "47":
        if parts[f"y{form}"]:
            year = int(parts[f"y{form}"]) + (2000 if form == "7" else 0)
            one, two = int(parts[f"a{form}"]), int(parts[f"b{form}"])
            candidates = [(year, one, two), (year, two, one)]
    days: set[date] = set()
    for year, month, day in candidates:
        try:
            days.add(date(year, month, day))
        except ValueError:
            continue
    return frozenset(days)


def _month(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1
