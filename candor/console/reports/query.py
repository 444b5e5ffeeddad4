"""The figures that an address asks for. What cannot be read is ignored, and the page says so. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from urllib.parse import urlencode
from zoneinfo import ZoneInfo, available_timezones

from candor.transcripts.date_ranges import NAMED, DateRange, custom_range, named_range

USUAL = "30"
OWN = "own"
LONGEST = 5 * 366  # days
EARLIEST = date(2000, 1, 1)
REGIONS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@dataclass(frozen=True)
class ReportQuery:
    """The values of the page's form. problem: a sentence about what was ignored, and why; "" if nothing was."""

    name: str  # 7, 30, 90, year or own
    span: DateRange
    zone: str
    company: str = ""
    channel: str = ""
    problem: str = ""

    @property
    def query(self) -> str:
        """The same values as the query of an address."""
        own = {"from": self.span.first.isoformat(), "to": self.span.last.isoformat()} if self.name == OWN else {}
        given = {"span": self.name, **own, "zone": self.zone, "company": self.company, "channel": self.channel}
        return urlencode({name: value for name, value in given.items() if value})

    @property
    def before_name(self) -> str:
        """The name of the time with which this one is compared."""
        return "the 12 months before" if self.name == "year" else f"the {(self.span.last - self.span.first).days + 1} days before"


def read(given: Mapping[str, str], now: datetime, channels: Collection[str] = ()) -> ReportQuery:
    """Read the query; by default, the last 30 days in UTC. channels: the names that it may ask for."""
    zone, problem = given.get("zone") or "UTC", ""
    if zone != "UTC" and zone not in zones():
        zone, problem = "UTC", "There is no such time zone; these figures are in UTC."
    name, place = given.get("span") or USUAL, ZoneInfo(zone)
    span = named_range(name if name in NAMED else USUAL, place, now)
    if name == OWN:
        first, last = _date(given.get("from", "")), _date(given.get("to", ""))
        refused = _refused(first, last)
        if refused or first is None or last is None:
            name, problem = USUAL, f"{refused} These are the last 30 days."
        else:
            span = custom_range(first, last, place, now)
    elif name not in NAMED:
        name = USUAL
    channel = given.get("channel", "")
    if channel and channel not in channels:
        channel, problem = "", "There is no such channel; these figures are of all."
    return ReportQuery(name, span, zone, given.get("company", ""), channel, problem)


@cache
def zones() -> tuple[str, ...]:
    """The names of time zones, sorted."""
    return tuple(sorted(name for name in available_timezones() if name.split("/")[0] in REGIONS))


def _refused(first: date | None, last: date | None) -> str:
    if first is None or last is None:
        return "Please give the first and the last day, such as 2026-01-31."
    if first > last:
        return "The first day comes after the last."
    if first < EARLIEST or (last - first).days >= LONGEST:
        return "That is longer than five years, or too long ago."
    return ""


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
