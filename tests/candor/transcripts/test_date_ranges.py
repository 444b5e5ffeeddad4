"""Days, weeks and months of the reader's own zone, and the slots that make them up."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candor.transcripts.counters import SIZES
from candor.transcripts.date_ranges import SlotRange, custom_range, named_range, slot_ranges

BERLIN, KOLKATA, BEIRUT = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kolkata"), ZoneInfo("Asia/Beirut")
NOW = datetime(2026, 3, 31, 10, 30, tzinfo=UTC)
MINUTES = st.integers(0, 60 * 24 * 400).map(lambda quarter: quarter * 15)


def hours(span_day: tuple[datetime, datetime]) -> float:
    return (span_day[1] - span_day[0]) / timedelta(hours=1)


@pytest.mark.parametrize(
    ("day", "zone", "expected"),
    [
        (date(2026, 3, 28), BERLIN, 24), (date(2026, 3, 29), BERLIN, 23), (date(2025, 10, 26), BERLIN, 25),
        (date(2026, 3, 29), KOLKATA, 24),
        (date(2026, 3, 29), BEIRUT, 23),  # there clocks skip midnight itself
    ],
)  # fmt: skip
def test_a_day_is_as_long_as_clocks_make_it(day: date, zone: ZoneInfo, expected: float) -> None:
    """Twenty-three hours when they go forward, twenty-five when they go back."""
    span = custom_range(day, day, zone, NOW)

    assert hours((span.start, span.end)) == expected
    assert [hours(span.instants(bucket)) for bucket in span.buckets()] == [expected]


@given(start=MINUTES, length=MINUTES)
def test_slots_cover_a_range_without_gap_or_overlap(start: int, length: int) -> None:
    """Wherever it starts and ends; each slot starts at a multiple of its size, and small ones are only at the ends."""
    begin = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=start)

    found = slot_ranges(begin, begin + timedelta(minutes=length))

    assert sum(piece.end - piece.start for piece in found) == length
    assert all(one.end == other.start for one, other in pairwise(found))
    assert all(piece.start % piece.size == piece.end % piece.size == 0 and piece.size in SIZES for piece in found)
    assert len(found) <= 2 * len(SIZES) - 1


def test_a_day_of_kolkata_is_hours_with_half_hours_around_them() -> None:
    """Half past six in the evening in UTC is midnight there."""
    span = custom_range(date(2026, 3, 2), date(2026, 3, 2), KOLKATA, NOW)

    sizes = [(piece.size, (piece.end - piece.start) // piece.size) for piece in slot_ranges(span.start, span.end)]

    assert sizes == [(15, 2), (60, 23), (15, 2)]


@pytest.mark.parametrize(("seconds", "quarters"), [(-0.5, 1), (0, 1), (0.5, 2), (59, 2), (60, 2), (899.5, 2), (900, 2), (901, 3)])
def test_a_quarter_that_has_begun_counts(seconds: float, quarters: int) -> None:
    """From its first moment, so that today's figures include the latest message."""
    noon = datetime(2026, 3, 2, 12, 7, tzinfo=UTC)
    end = datetime(2026, 3, 2, 12, 15, tzinfo=UTC) + timedelta(seconds=seconds)

    assert sum(piece.end - piece.start for piece in slot_ranges(noon, end)) == 15 * quarters


def test_a_day_in_utc_is_one_slot() -> None:
    """So the usual question reads as little as possible."""
    span = custom_range(date(2026, 3, 2), date(2026, 3, 2), ZoneInfo("UTC"), NOW)

    (piece,) = slot_ranges(span.start, span.end)

    assert (piece.size, piece.end - piece.start) == (1440, 1440)
    assert isinstance(piece, SlotRange)


def test_ranges_are_split_into_days_weeks_or_months_by_length() -> None:
    """At most a few dozen buckets; an incomplete one is marked so."""
    month, quarter, year = (named_range(name, BERLIN, NOW) for name in ("30", "90", "year"))

    assert (month.step, len(month.buckets()), month.buckets()[-1].whole) == ("day", 30, False)
    assert (quarter.step, quarter.buckets()[0].first, quarter.buckets()[0].whole) == ("week", date(2026, 1, 1), False)
    assert all(bucket.first.weekday() == 0 for bucket in quarter.buckets()[1:])
    assert [(bucket.first.year, bucket.first.month) for bucket in year.buckets()][::11] == [(2025, 4), (2026, 3)]
    assert (year.buckets()[0].whole, year.buckets()[-1].whole) == (True, False)  # the last of March is not over
    for span in (month, quarter, year):
        edges = [span.instants(bucket) for bucket in span.buckets()]
        assert (edges[0][0], edges[-1][1]) == (span.start, NOW)
        assert all(one[1] == other[0] for one, other in pairwise(edges))


def test_half_a_day_is_compared_with_half_a_day() -> None:
    """The range before ends at the same time of day; for past dates it is the days before."""
    week, past = named_range("7", BERLIN, NOW), custom_range(date(2026, 2, 10), date(2026, 2, 19), BERLIN, NOW)

    # Clocks went forward between the two: 12:30 in Berlin is 11:30 in UTC a week before.
    assert week.before == (datetime(2026, 3, 17, 23, 0, tzinfo=UTC), datetime(2026, 3, 24, 11, 30, tzinfo=UTC))
    assert past.before == (datetime(2026, 1, 30, 23, 0, tzinfo=UTC), datetime(2026, 2, 9, 23, 0, tzinfo=UTC))


def test_days_in_the_future_are_empty_and_no_error() -> None:
    """Custom dates may reach beyond today."""
    span = custom_range(date(2026, 4, 10), date(2026, 4, 11), BERLIN, NOW)

    assert [slot_ranges(*span.instants(bucket)) for bucket in span.buckets()] == [[], []]
