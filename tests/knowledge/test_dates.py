"""Dates in the styles of real policies."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.dates import EFFECTIVE, UPDATED, stated_dates


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Last revised JULY-2023", date(2023, 7, 1)),
        ("Last revised 09-FEB-2022", date(2022, 2, 9)),
        ("Last updated: 1st of March, 2026", date(2026, 3, 1)),
        ("Updated: 4 June 2026", date(2026, 6, 4)),
        ("Status: May 16, 2025", date(2025, 5, 16)),
        ("Effective:May 8, 2026", date(2026, 5, 8)),
        ("Effective as of May 25, 2018", date(2018, 5, 25)),
        ("**Last updated:** Sept. 1, 2025", date(2025, 9, 1)),
        ("This notice was reviewed in March 2026.", date(2026, 3, 1)),
        ("Version 2.1 – 15 January 2026", date(2026, 1, 15)),
        ("Last modified: 15.01.2026", date(2026, 1, 15)),
        ("Effective Date: 2026/1/5", date(2026, 1, 5)),
        ("Last updated on Monday, 4 May 2026", date(2026, 5, 4)),
        ("Revision date: 3 May 2026", date(2026, 5, 3)),
    ],
)
def test_a_stated_date_is_found(line: str, day: date) -> None:
    """However it is written; of a month, the first day."""
    (stated,) = [*stated_dates(line, UPDATED), *stated_dates(line, EFFECTIVE)]

    assert stated.day == day


@pytest.mark.parametrize("line", ["Last updated 06-03-26", "Last updated: 06/03/2026", "Date: 6.3.2026"])
def test_a_date_that_is_another_day_in_another_country_has_two(line: str) -> None:
    """Nobody can tell which, so nobody is told one."""
    (stated,) = stated_dates(line, UPDATED)

    assert stated.day is None
    assert stated.days == {date(2026, 3, 6), date(2026, 6, 3)}


@pytest.mark.parametrize("line", ["We updated our servers in 12 cities.", "It is effective against 2000 viruses.", "Version 2.1"])
def test_other_numbers_are_no_dates(line: str) -> None:
    """A wrong date would name the version."""
    assert [*stated_dates(line, UPDATED), *stated_dates(line, EFFECTIVE)] == []


@given(
    st.dates(min_value=date(1990, 1, 1), max_value=date(2049, 12, 31)),
    st.sampled_from(["%d %B %Y", "%B %d, %Y", "%Y-%m-%d", "%d-%b-%Y"]),
)
def test_any_day_is_read_in_each_style_that_names_the_month(day: date, style: str) -> None:
    """Also the last of February."""
    (stated,) = stated_dates(f"Last updated: {day.strftime(style)}.", UPDATED)

    assert (stated.day, stated.month_only) == (day, False)


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2049, 12, 31)))
def test_a_month_means_each_of_its_days(day: date) -> None:
    """A file that is called after one of them contradicts nothing."""
    (stated,) = stated_dates(f"Last updated {day.strftime('%B %Y')}", UPDATED)

    assert day in stated.days
    assert stated.day == day.replace(day=1)
    assert max(stated.days) + timedelta(days=1) not in stated.days
