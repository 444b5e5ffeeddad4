"""Figures against hand-counted conversations, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from candor.database.engine import make_engine, upgrade
from candor.transcripts.counters import bucket_of, middle_of
from candor.transcripts.date_ranges import DateRange, custom_range
from candor.transcripts.figures import FigureScope, Today, TurnCounts, figures, today
from candor.transcripts.models import TranscriptBase, TurnCountRow
from tests.candor.transcripts.recorder import Recorder
from tests.postgresql import Databases
from tests.revisions import to_revision

UTC_ZONE, BERLIN = ZoneInfo("UTC"), ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(days=60)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def postgresql(databases: Databases) -> Iterator[Engine]:
    """A database with all tables, for the tests of this module."""
    made = make_engine(databases.with_tables())
    yield made
    made.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, engine: Engine) -> Iterator[Engine]:
    """An empty database of either kind."""
    if request.param == "sqlite":
        yield engine
        return
    made = request.getfixturevalue("postgresql")
    with made.begin() as connection:
        for table in reversed(TranscriptBase.metadata.sorted_tables):
            connection.execute(table.delete())
    yield made


@pytest.fixture
def recorder(engine: Engine) -> Recorder:
    return Recorder(engine)


def march(first: int, last: int, zone: ZoneInfo = UTC_ZONE) -> DateRange:
    return custom_range(date(2026, 3, first), date(2026, 3, last), zone, LATER)


def of_day(engine: Engine, day: int = 10, scope: FigureScope = FigureScope()) -> TurnCounts:
    return figures(engine, march(day, day), scope).total


def rows(engine: Engine) -> list[tuple[object, ...]]:
    """Every count that is not zero."""
    columns = TurnCountRow.__table__.columns
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).where(TurnCountRow.n != 0).order_by(*columns))]


def test_every_turn_is_counted(recorder: Recorder, engine: Engine) -> None:
    """Two conversations, six messages, one of them failed; each number by hand."""
    conversation = recorder.begin(NOON)
    recorder.say(conversation, NOON, "answer", aspect="sharing.sold", ms=100, answer="a_1")
    recorder.say(conversation, NOON, "answer", aspect="sharing.sold", ms=200, answer="a_2")
    recorder.say(conversation, NOON, "not_in_policy", aspect="retention.general", ms=300)
    recorder.fail(conversation, NOON)
    other = recorder.begin(NOON, "globex", "slack")
    recorder.say(other, NOON + DAY, "smalltalk", intent="greet", ms=10)
    recorder.say(other, NOON + DAY, "request", intent="request_access", ms=20)
    recorder.store.feedback(conversation, "a_1", helpful=True)
    recorder.store.feedback(conversation, "a_2", helpful=False)

    found = figures(engine, march(10, 11), FigureScope())

    first, second = found.steps
    assert (first.conversations, first.messages, second.conversations, second.messages) == (1, 4, 1, 2)
    assert first.under("kind") == {"answer": 2, "not_in_policy": 1, "error": 1}
    assert second.under("kind") == {"smalltalk": 1, "request": 1}
    assert first.under("aspect") == {"sharing.sold": 2, "retention.general": 1}
    assert found.total.under("intent") == {"ask_policy": 3, "greet": 1, "request_access": 1}
    assert (first.helpful, first.rated, second.rated) == (1, 2, 0)
    assert first.answered == 3  # what failed took what the timeout allowed, and says nothing of speed
    assert {place: counts.messages for place, counts in found.places.items()} == {("acme", "web"): 4, ("globex", "slack"): 2}


def test_a_range_and_the_one_before_share_nothing(recorder: Recorder, engine: Engine) -> None:
    """A message at midnight belongs to the day that begins."""
    midnight = datetime(2026, 3, 10, tzinfo=UTC)
    for at in (midnight - timedelta(minutes=1), midnight, midnight + DAY - timedelta(minutes=1), midnight + DAY):
        recorder.exchange(at)

    found = figures(engine, march(10, 10), FigureScope())

    assert (found.total.messages, found.before.messages) == (2, 1)


@pytest.mark.parametrize(
    ("zone", "by_day"),
    [
        (UTC_ZONE, [1, 2, 1]),  # 28, 29, 30 March
        (BERLIN, [0, 3, 1]),  # 23:30 on the 28th is half past midnight there; the 29th has 23 hours and ends at 22:00
        (ZoneInfo("Asia/Kolkata"), [0, 2, 2]),
        (ZoneInfo("America/Los_Angeles"), [2, 1, 1]),
    ],
)
def test_days_are_those_of_the_readers_zone(recorder: Recorder, engine: Engine, zone: ZoneInfo, by_day: list[int]) -> None:
    """Also where clocks go forward, and where a zone is half an hour off."""
    for day, hour, minute in ((28, 23, 30), (29, 2, 0), (29, 18, 45), (30, 8, 0)):
        recorder.exchange(datetime(2026, 3, day, hour, minute, tzinfo=UTC))

    found = figures(engine, march(28, 30, zone), FigureScope())

    assert [counts.messages for counts in found.steps] == by_day


def test_the_hour_that_comes_twice_is_counted_once_each_time(recorder: Recorder, engine: Engine) -> None:
    """Half past two in the night of 25 October comes twice in Berlin: both belong to that day, and to no other."""
    for hour in (0, 1):
        recorder.exchange(datetime(2026, 10, 25, hour, 30, tzinfo=UTC))
    span = custom_range(date(2026, 10, 24), date(2026, 10, 26), BERLIN, LATER + 365 * DAY)

    assert [counts.messages for counts in figures(engine, span, FigureScope()).steps] == [0, 2, 0]


def test_a_scope_shows_only_its_own(recorder: Recorder, engine: Engine) -> None:
    """The counts of its companies and its channel; nothing for an empty list of companies."""
    for company, channel in (("acme", "web"), ("acme", "slack"), ("globex", "web")):
        recorder.exchange(NOON, company=company, channel=channel)

    assert of_day(engine, scope=FigureScope(("acme",))).messages == 2
    assert of_day(engine, scope=FigureScope(("acme", "globex"), "slack")).messages == 1
    assert of_day(engine, scope=FigureScope(())).messages == 0
    assert of_day(engine).messages == 3


def test_deleting_a_conversation_changes_no_figure(recorder: Recorder, engine: Engine) -> None:
    """Counts name nobody, so they stay, and are not counted twice."""
    conversation = recorder.exchange(NOON, aspect="sharing.sold", answer="a_1")
    recorder.store.feedback(conversation, "a_1", helpful=True)
    before = rows(engine)

    recorder.store.forget(conversation)

    assert rows(engine) == before
    assert (of_day(engine).conversations, of_day(engine).helpful) == (1, 1)


def test_a_message_that_failed_and_was_sent_again_is_one_message(recorder: Recorder, engine: Engine) -> None:
    """The failure is taken back when the answer comes."""
    conversation = recorder.begin(NOON)
    message = recorder.fail(conversation, NOON)
    assert (of_day(engine).kind("error"), of_day(engine).conversations) == (1, 1)

    recorder.store.failed(conversation, message, [{"kind": "error"}], 20_000)
    recorder.answer(conversation, message, "answer", ms=90)

    assert of_day(engine).under("kind") == {"answer": 1}
    assert (of_day(engine).conversations, of_day(engine).answered) == (1, 1)


def test_an_answer_that_is_sent_again_is_counted_once(recorder: Recorder, engine: Engine) -> None:
    """A client that lost it sends its message again under the same id."""
    conversation = recorder.begin(NOON)
    message = recorder.say(conversation, NOON)

    recorder.store.ask(conversation, message, "do you sell my data")

    assert of_day(engine).messages == 1


def test_only_the_last_verdict_on_an_answer_counts(recorder: Recorder, engine: Engine) -> None:
    """It counts at the time of the answer. A verdict on an answer that was never given is not counted."""
    conversation = recorder.exchange(NOON, answer="a_1")
    recorder.now = NOON + 5 * DAY
    for helpful in (True, True, False):
        recorder.store.feedback(conversation, "a_1", helpful=helpful)
    recorder.store.feedback(conversation, "a_none", helpful=True)

    assert (of_day(engine).helpful, of_day(engine).rated) == (0, 1)
    assert of_day(engine, 15).rated == 0


def test_a_conversation_counts_with_its_first_message(recorder: Recorder, engine: Engine) -> None:
    """Opening the widget begins none; one that goes on past midnight is one."""
    recorder.begin(NOON)
    conversation = recorder.begin(NOON)
    for at in (NOON, NOON + DAY):
        recorder.say(conversation, at)

    found = figures(engine, march(10, 11), FigureScope())

    assert [counts.conversations for counts in found.steps] == [1, 0]


def test_a_conversation_that_moves_to_another_company_is_counted_where_it_began(recorder: Recorder, engine: Engine) -> None:
    """And each message with the company that it was about."""
    conversation = recorder.exchange(NOON)
    recorder.store.switch_company(conversation, "globex")
    recorder.say(conversation, NOON)

    places = figures(engine, march(10, 10), FigureScope()).places

    assert {place: (counts.conversations, counts.messages) for place, counts in places.items()} == {
        ("acme", "web"): (1, 1), ("globex", "web"): (0, 1),
    }  # fmt: skip


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "{{7*7}}", "=1+1", "\N{RIGHT-TO-LEFT OVERRIDE}abc", "x" * 900, "a\0b"]
)
def test_names_are_stored_unchanged_or_shortened(recorder: Recorder, engine: Engine, name: str) -> None:
    """A name is only text, and cannot make its turn fail."""
    recorder.exchange(NOON, aspect=name)

    (kept,) = of_day(engine).under("aspect")
    assert kept == name.replace("\0", "")[:64]


def test_turns_from_before_the_counters_are_counted_the_same(recorder: Recorder, engine: Engine) -> None:
    """The migration counts old turns as they would have been counted when they were written."""
    for number in range(40):
        conversation = recorder.begin(NOON + number * timedelta(hours=7), ("acme", "globex")[number % 2])
        for turn in range(number % 4):
            answer = f"a_{number}_{turn}"
            recorder.say(
                conversation, NOON + number * timedelta(hours=7), "answer", aspect="sharing.sold", ms=50 + number, answer=answer
            )
            if turn:
                recorder.store.feedback(conversation, answer, helpful=bool(number % 3))
        if number % 5 == 0:
            recorder.fail(conversation, NOON + number * timedelta(hours=7))
    at_once = rows(engine)

    to_revision(engine, "0010", down=True)
    upgrade(engine)

    assert rows(engine) == at_once


def test_today_is_counted_since_midnight(recorder: Recorder, engine: Engine) -> None:
    """In the reader's time zone."""
    conversation = recorder.exchange(NOON, answer="a_1")
    recorder.store.feedback(conversation, "a_1", helpful=False)
    recorder.say(conversation, NOON, "not_in_policy")
    recorder.exchange(datetime(2026, 3, 9, 23, 30, tzinfo=UTC))

    assert today(engine, FigureScope(), UTC_ZONE, NOON + timedelta(hours=1)) == Today(1, 2, 1, 1, questions=2, answered=1)
    assert today(engine, FigureScope(), BERLIN, NOON + timedelta(hours=1)) == Today(2, 3, 1, 1, questions=3, answered=2)


@given(times=st.lists(st.floats(1, 100_000), min_size=1, max_size=60), share=st.sampled_from([0.5, 0.95]))
def test_quantiles_are_at_most_a_tenth_off(times: list[float], share: float) -> None:
    """9.1 %, whatever the times are."""
    counts = TurnCounts()
    for time in times:
        counts.add("ms", str(bucket_of(time)), 1)
    exact = sorted(times)[max(0, -int(-share * len(times) // 1) - 1)]

    found = counts.quantile(share)

    assert found is not None
    assert 1 / 1.0906 <= found / exact <= 1.0906


def test_nothing_has_no_median() -> None:
    """And buckets follow each other without gaps."""
    assert TurnCounts().quantile(0.5) is None
    assert (bucket_of(0), bucket_of(0.5), bucket_of(1000)) == (0, 0, 39)
    assert all(1.18 < middle_of(other) / middle_of(one) < 1.2 for one, other in pairwise(range(60)))
