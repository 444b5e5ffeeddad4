"""Count a term from a day: months, days and business days, weekends and public holidays. Pure, whole days only.

Source: Regulation (EEC, Euratom) No 1182/71, Art. 3: the day of the event does not count (1); a period of months ends on
the same date number, or on the month's last day (2)(c); a last day that is a Saturday, a Sunday or a public holiday is
replaced by the next working day (4). The other laws of the table count in the same way, except for the last step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays as public
from dateutil.relativedelta import relativedelta

from candor.tickets.law.laws import Roll, Term, TermUnit

DAY = timedelta(days=1)
SATURDAY, SUNDAY = 5, 6


@dataclass(frozen=True)
class Counted:
    """The day on which a term ends. rolled_from: the day before rolling; rolled_for: why each skipped day is no working day."""

    on: date
    rolled_from: date | None = None
    rolled_for: tuple[str, ...] = ()


def count(start: date, term: Term, roll: Roll, holidays: Sequence[str], *, uncounted: int = 0) -> Counted:
    """The last day of a term that begins with an event on `start`.

    `uncounted`: days of waiting, added before weekends and holidays are considered. `holidays`: ISO 3166 codes.
    """
    ends = _add(start, term, holidays) + uncounted * DAY
    on, reasons = ends, []
    while roll is Roll.NEXT_WORKING_DAY and (why := day_off(on, holidays)):
        reasons.append(why)
        on += DAY
    return Counted(on, ends, tuple(reasons)) if reasons else Counted(on)


def together(first: Term, more: Term) -> Term | None:
    """The sum of both terms, because an extended period counts as one; None if their units differ."""
    return Term(first.amount + more.amount, first.unit) if first.unit == more.unit else None


def day_off(day: date, holidays: Sequence[str]) -> str:
    """saturday, sunday or public_holiday; empty for a working day.

    With several calendars, a day is a holiday only if all of them have it: fewer days off give the earlier date.
    """
    if day.weekday() in (SATURDAY, SUNDAY):
        return "saturday" if day.weekday() == SATURDAY else "sunday"
    calendars = [_holidays(code, day.year) for code in holidays]
    return "public_holiday" if calendars and all(day in calendar for calendar in calendars) else ""


def _add(start: date, term: Term, holidays: Sequence[str]) -> date:
    if term.unit is TermUnit.MONTH:
        return start + relativedelta(months=term.amount)  # 31 January + 1 month: the last day of February
    if term.unit is TermUnit.DAY:
        return start + term.amount * DAY
    day, left = start, term.amount
    while left:
        day += DAY
        left -= not day_off(day, holidays)
    return day


@lru_cache(maxsize=256)
def _holidays(code: str, year: int) -> frozenset[date]:
    """The public holidays of a country (DE) or a part of one (US-CA); empty if the package has no such calendar.

    For a country only the nationwide ones: a regional holiday would move a date to a later day.
    """
    country, _, part = code.partition("-")
    try:
        return frozenset(public.country_holidays(country, subdiv=part or None, years=year, language="en_US"))
    except NotImplementedError:  # no such calendar: only weekends count, which gives the earlier date
        return frozenset()
