"""By when a request must be answered. Every date here was counted by hand on paper; the docstrings show the counting."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from candor.errors import InvalidInputError
from candor.tickets.law.deadlines import Clock, ClockEvent, DeadlineState, EventKind, Flag, clock_for, start_clock
from candor.tickets.law.laws import ChoiceReason, LawRule, Term, TermUnit, laws, rule_for

ASKED, CONFIRMED = EventKind.IDENTITY_ASKED, EventKind.IDENTITY_CONFIRMED
UNCLEAR, CLEAR, NOTICE = EventKind.CLARIFICATION_ASKED, EventKind.CLARIFICATION_GIVEN, EventKind.EXTENSION_NOTICE
RULES = [rule for law in laws().values() for rule in law.rules.values()]


def noon(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 12, tzinfo=UTC)


def clock(
    law: str, received: datetime, *events: ClockEvent, kind: str = "access", zone: str | None = None, promise: Term | None = None
) -> Clock:
    return start_clock(rule_for(law, kind), received, events=events, zone=zone, promise=promise)


# Months


def test_a_month_from_31_january_ends_on_28_february() -> None:
    """31 January 2025 + 1 month: there is no 31 February, so Friday 28 February 2025."""
    assert clock("gdpr", noon(2025, 1, 31)).response.on == date(2025, 2, 28)


def test_a_month_from_31_january_in_a_leap_year_ends_on_29_february() -> None:
    """31 January 2028 + 1 month: Tuesday 29 February 2028."""
    assert clock("gdpr", noon(2028, 1, 31)).response.on == date(2028, 2, 29)


def test_a_month_from_29_february_keeps_the_date_number() -> None:
    """29 February 2028 + 1 month: Wednesday 29 March 2028, not the month's last day."""
    assert clock("gdpr", noon(2028, 2, 29)).response.on == date(2028, 3, 29)


def test_an_extension_counts_from_receipt_and_not_from_the_first_term() -> None:
    """31 January 2025 + (1 + 2) months: Wednesday 30 April 2025, not 28 April."""
    received = clock("gdpr", noon(2025, 1, 31), ClockEvent(NOTICE, noon(2025, 2, 20)))

    assert received.due.on == date(2025, 4, 30)
    assert (received.due.because.amount, received.due.because.unit) == (3, TermUnit.MONTH)


# The last day is a day off


def test_a_last_day_that_is_a_holiday_and_a_weekend_moves_to_the_next_working_day() -> None:
    """25 November 2026 + 1 month: Friday 25 December, a holiday; Saturday; Sunday; so Monday 28 December 2026."""
    due = start_clock(rule_for("gdpr", "access"), noon(2026, 11, 25), holidays=("DE",)).due

    assert due.on == date(2026, 12, 28)
    assert due.because.rolled_from == date(2026, 12, 25)
    assert due.because.rolled_for == ("public_holiday", "saturday", "sunday")


def test_each_country_has_its_own_holidays() -> None:
    """The same, in the United Kingdom: Monday 28 December 2026 stands in for Boxing Day, so Tuesday 29 December."""
    assert clock("uk_gdpr", noon(2026, 11, 25)).due.on == date(2026, 12, 29)


def test_the_company_s_holidays_count_if_it_lies_where_the_law_holds() -> None:
    """14 June 2026 + 1 month: Tuesday 14 July, a holiday in France and none in Germany."""
    in_france = clock_for("access", noon(2026, 6, 14), laws_of_company=["gdpr"], residence="DE", company_country="FR")
    in_africa = clock_for("access", noon(2026, 6, 14), laws_of_company=["gdpr"], residence="DE", company_country="ZA")

    assert in_france.due.on == date(2026, 7, 15)
    assert in_africa.due.on == date(2026, 7, 14)


def test_californian_days_stay_on_a_weekend() -> None:
    """1 July 2026 + 45 days: 30 days to 31 July, 15 more: Saturday 15 August 2026, the earlier date of two readings."""
    assert clock("ccpa", noon(2026, 7, 1)).due.on == date(2026, 8, 15)


# Days and business days


def test_45_and_45_days_are_90_from_receipt() -> None:
    """1 July 2026 + 90 days: 30 to 31 July, 31 to 31 August, 29 more: Tuesday 29 September 2026."""
    received = clock("ccpa", noon(2026, 7, 1), ClockEvent(NOTICE, noon(2026, 8, 15)))

    assert received.due.on == date(2026, 9, 29)
    assert received.is_extended


def test_business_days_leave_out_weekends_and_holidays_that_all_calendars_have() -> None:
    """13 November 2026 + 10: 16 to 20 are 5, 23 to 25 are 8, 26 is Thanksgiving, 27 is a day off in California only and
    counts (9), Monday 30 November is the tenth."""
    acknowledgement = clock("ccpa", noon(2026, 11, 13)).acknowledgement

    assert acknowledgement is not None
    assert acknowledgement.on == date(2026, 11, 30)


def test_an_opt_out_has_fifteen_business_days() -> None:
    """2 November 2026 + 15: 3 to 6 are 4, 9 and 10 are 6, 11 is Veterans Day, 12 and 13 are 8, 16 to 20 are 13, 23 and 24:
    Tuesday 24 November 2026."""
    opting_out = clock("ccpa", noon(2026, 11, 2), kind="opt_out_of_sale")

    assert opting_out.due.on == date(2026, 11, 24)
    assert (opting_out.extended, opting_out.acknowledgement, opting_out.rule.verify) == (None, None, False)


@pytest.mark.parametrize(
    ("law", "kind", "due", "extended"),
    [
        ("vcdpa", "deletion", date(2026, 5, 16), date(2026, 6, 30)),  # 1 April + 45: 29 to the 30th, 16 more; + 45: 15, 30
        ("lgpd", "access", date(2026, 4, 16), None),
        ("pipeda", "access", date(2026, 5, 1), date(2026, 5, 31)),  # a Sunday, and stays
        ("ukraine", "access", date(2026, 5, 1), None),
        ("popia", "access", date(2026, 5, 1), None),
        ("uk_gdpr", "complaint", date(2026, 5, 1), None),
    ],
)
def test_each_law_counts_its_own_term(law: str, kind: str, due: date, extended: date | None) -> None:
    """All received on Wednesday 1 April 2026."""
    received = clock(law, noon(2026, 4, 1), kind=kind)

    assert received.due.on == due
    assert (received.extended.on if received.extended else None) == extended


def test_a_british_complaint_is_acknowledged_within_30_days() -> None:
    """1 July 2026 + 30 days: Friday 31 July 2026."""
    acknowledgement = clock("uk_gdpr", noon(2026, 7, 1), kind="complaint").acknowledgement

    assert acknowledgement is not None
    assert (acknowledgement.on, acknowledgement.because.article) == (date(2026, 7, 31), "DPA 2018 s. 164A(3)")


def test_an_appeal_is_decided_within_60_days() -> None:
    """1 June 2026 + 60 days: 29 to 30 June, 31 more: Friday 31 July 2026; other laws know none."""
    virginian = clock("vcdpa", noon(2026, 4, 1)).appeal(noon(2026, 6, 1))

    assert virginian is not None
    assert (virginian.on, virginian.because.trigger) == (date(2026, 7, 31), "appeal")
    assert clock("gdpr", noon(2026, 4, 1)).appeal(noon(2026, 6, 1)) is None


# Time zones


def test_the_day_of_receipt_is_the_day_where_days_are_counted() -> None:
    """23:30 UTC on 31 January 2026 is 1 February in Kyiv: + 30 days is 3 March; in UTC it would be 2 March."""
    late = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)

    assert clock("ukraine", late).due.on == date(2026, 3, 3)
    assert clock("ukraine", late, zone="UTC").due.on == date(2026, 3, 2)


def test_a_deadline_ends_with_the_last_hour_of_its_day_there() -> None:
    """3 March 2026 ends in Kyiv, two hours ahead of UTC in winter, at 22:00 UTC."""
    due = clock("ukraine", datetime(2026, 1, 31, 23, 30, tzinfo=UTC))

    assert due.due.ends_at == datetime(2026, 3, 3, 22, tzinfo=UTC)
    assert due.state(datetime(2026, 3, 3, 21, 59, tzinfo=UTC)).state is DeadlineState.DUE_TODAY
    assert due.state(datetime(2026, 3, 3, 22, 0, tzinfo=UTC)).state is DeadlineState.OVERDUE


def test_a_naive_time_and_an_unknown_zone_are_refused() -> None:
    """A time without a zone would be a guess of up to a day."""
    with pytest.raises(ValueError, match="aware"):
        clock("gdpr", datetime(2026, 1, 1, 12))  # noqa: DTZ001
    with pytest.raises(InvalidInputError, match="Europe/Brussels"):
        clock("gdpr", noon(2026, 1, 1), zone="Europe/Nowhere")


# How it stands


@pytest.mark.parametrize(
    ("now", "state", "left"),
    [
        (noon(2026, 3, 10), DeadlineState.ON_TIME, 22),
        (noon(2026, 3, 24), DeadlineState.ON_TIME, 8),
        (noon(2026, 3, 25), DeadlineState.DUE_SOON, 7),
        (noon(2026, 3, 31), DeadlineState.DUE_SOON, 1),
        (noon(2026, 4, 1), DeadlineState.DUE_TODAY, 0),
        (noon(2026, 4, 2), DeadlineState.OVERDUE, -1),
        (noon(2027, 4, 1), DeadlineState.OVERDUE, -365),
    ],
)
def test_what_is_due_today_is_shown_as_due_today(now: datetime, state: DeadlineState, left: int) -> None:
    """Received on Sunday 1 March 2026, due on Wednesday 1 April."""
    standing = clock("gdpr", noon(2026, 3, 1)).state(now)

    assert (standing.state, standing.days_left) == (state, left)


@pytest.mark.parametrize("law", ["gdpr", "ccpa", "vcdpa", "lgpd", "pipeda", "ukraine", "popia"])
def test_an_unverified_request_becomes_overdue_where_the_law_s_clock_runs_on(law: str) -> None:
    """Asked for identity and for more on the third day, never answered: after 45 days each of these laws was broken."""
    waiting = clock(law, noon(2026, 3, 2), ClockEvent(ASKED, noon(2026, 3, 5)), ClockEvent(UNCLEAR, noon(2026, 3, 5)))

    assert waiting.waiting_for is None
    assert waiting.state(noon(2026, 4, 17)).state is DeadlineState.OVERDUE


def test_what_was_done_is_no_longer_overdue_but_shows_how_late_it_was() -> None:
    """Due on 1 April 2026, done on the 3rd."""
    standing = clock("gdpr", noon(2026, 3, 1)).state(noon(2026, 5, 1), completed_at=noon(2026, 4, 3))

    assert (standing.state, standing.days_left) == (DeadlineState.COMPLETED, -2)


def test_the_acknowledgement_has_a_state_of_its_own() -> None:
    """CCPA, received on Monday 1 June 2026: ten business days later is Monday 15 June."""
    received = clock("ccpa", noon(2026, 6, 1))

    today, late = (received.acknowledgement_state(noon(2026, 6, day)) for day in (15, 16))

    assert today is not None
    assert late is not None
    assert (today.state, late.state) == (DeadlineState.DUE_TODAY, DeadlineState.OVERDUE)
    assert clock("gdpr", noon(2026, 6, 1)).acknowledgement_state(noon(2026, 6, 15)) is None


# Waiting for the person


def test_the_british_month_starts_when_identity_is_confirmed() -> None:
    """Received 2 March 2026, asked on the 4th, confirmed on the 12th: + 1 month is Sunday 12 April, so Monday 13 April."""
    confirmed = clock("uk_gdpr", noon(2026, 3, 2), ClockEvent(ASKED, noon(2026, 3, 4)), ClockEvent(CONFIRMED, noon(2026, 3, 12)))

    assert confirmed.due.on == date(2026, 4, 13)
    assert (confirmed.due.because.trigger, confirmed.due.because.counted_from) == ("identity", date(2026, 3, 12))


def test_waiting_for_clarification_does_not_count_in_britain() -> None:
    """Received 2 March 2026, asked on the 10th, given on the 15th: 2 April + 5 days, Tuesday 7 April."""
    cleared = clock("uk_gdpr", noon(2026, 3, 2), ClockEvent(UNCLEAR, noon(2026, 3, 10)), ClockEvent(CLEAR, noon(2026, 3, 15)))

    assert cleared.due.on == date(2026, 4, 7)
    assert cleared.due.because.days_paused == 5


def test_waiting_for_clarification_stops_the_clock_of_access_alone() -> None:
    """Art. 12A(5) speaks of requests under Art. 15; for deletion the month runs on: Thursday 2 April 2026."""
    events = [ClockEvent(UNCLEAR, noon(2026, 3, 10)), ClockEvent(CLEAR, noon(2026, 3, 15))]
    deletion = start_clock(rule_for("uk_gdpr", "deletion"), noon(2026, 3, 2), events=events)

    assert (deletion.due.on, deletion.due.because.days_paused) == (date(2026, 4, 2), 0)


def test_days_of_waiting_before_the_month_starts_are_not_counted_twice() -> None:
    """Both asked on 3 March 2026; clarified on the 8th, identified on the 10th: the month starts on the 10th, Friday 10 April."""
    both = clock(
        "uk_gdpr", noon(2026, 3, 2), ClockEvent(ASKED, noon(2026, 3, 3)), ClockEvent(UNCLEAR, noon(2026, 3, 3)),
        ClockEvent(CLEAR, noon(2026, 3, 8)), ClockEvent(CONFIRMED, noon(2026, 3, 10)),
    )  # fmt: skip

    assert (both.due.on, both.due.because.days_paused) == (date(2026, 4, 10), 0)


def test_while_britain_waits_the_clock_stands_and_tells_what_would_remain() -> None:
    """Asked on 4 March 2026, not answered; on 1 May the month would start on 1 May: Monday 1 June 2026, 31 days left."""
    standing = clock("uk_gdpr", noon(2026, 3, 2), ClockEvent(ASKED, noon(2026, 3, 4))).state(noon(2026, 5, 1))

    assert (standing.state, standing.deadline.on, standing.days_left) == (DeadlineState.PAUSED, date(2026, 6, 1), 31)


def test_a_question_after_the_due_date_does_not_hide_what_is_open() -> None:
    """Received 2 March 2026, due on Thursday 2 April; identity is asked for on the 3rd."""
    late = clock("uk_gdpr", noon(2026, 3, 2), ClockEvent(ASKED, noon(2026, 4, 3)))

    assert late.state(noon(2026, 4, 10)).state is DeadlineState.OVERDUE
    assert Flag.ASKED_TOO_LATE in late.flags


def test_waiting_within_an_extension_does_not_count_either() -> None:
    """Received 2 March 2026, extended in time to 2 June; asked on 10 April, given on the 15th: Sunday 7 June, so 8 June."""
    extended = clock(
        "uk_gdpr", noon(2026, 3, 2), ClockEvent(NOTICE, noon(2026, 3, 20)),
        ClockEvent(UNCLEAR, noon(2026, 4, 10)), ClockEvent(CLEAR, noon(2026, 4, 15)),
    )  # fmt: skip

    assert (extended.due.on, extended.flags) == (date(2026, 6, 8), ())


def test_verification_does_not_stop_the_californian_clock() -> None:
    """2 March 2026 + 45 days: 29 to 31 March, 16 more: 16 April, whatever was asked and answered."""
    events = (
        ClockEvent(ASKED, noon(2026, 3, 4)), ClockEvent(CONFIRMED, noon(2026, 3, 30)),
        ClockEvent(UNCLEAR, noon(2026, 3, 5)), ClockEvent(CLEAR, noon(2026, 4, 1)),
    )  # fmt: skip

    assert clock("ccpa", noon(2026, 3, 2), *events).due.on == date(2026, 4, 16)


# Extensions


def test_an_extension_told_too_late_moves_nothing() -> None:
    """Due on 1 April 2026; the person is told on the 2nd."""
    late = clock("gdpr", noon(2026, 3, 1), ClockEvent(NOTICE, noon(2026, 4, 2)))

    assert (late.due.on, late.is_extended, late.flags) == (date(2026, 4, 1), False, (Flag.EXTENSION_TOO_LATE,))


def test_an_extension_that_the_law_does_not_know_moves_nothing() -> None:
    """Ukraine, Art. 17(1): the subject's own access cannot be deferred."""
    refused = clock("ukraine", noon(2026, 4, 1), ClockEvent(NOTICE, noon(2026, 4, 2)))

    assert (refused.due.on, refused.flags) == (date(2026, 5, 1), (Flag.EXTENSION_NOT_ALLOWED,))


# The policy's own promise


def test_a_shorter_promise_of_the_policy_rules() -> None:
    """The law says 1 April 2026, the policy 10 days: Wednesday 11 March."""
    promised = clock("gdpr", noon(2026, 3, 1), promise=Term(10, TermUnit.DAY))

    assert (promised.due.on, promised.due.because.by_policy) == (date(2026, 3, 11), True)
    assert promised.flags == (Flag.POLICY_PROMISES_LESS,)


def test_a_longer_promise_of_the_policy_is_flagged_and_does_not_rule() -> None:
    """The law says 1 April 2026; 45 days would be 15 April."""
    promised = clock("gdpr", noon(2026, 3, 1), promise=Term(45, TermUnit.DAY))

    assert (promised.due.on, promised.due.because.by_policy) == (date(2026, 4, 1), False)
    assert promised.flags == (Flag.POLICY_PROMISES_MORE,)


def test_the_same_promise_as_the_law_is_neither() -> None:
    """One month and one month."""
    promised = clock("gdpr", noon(2026, 3, 1), promise=Term(1, TermUnit.MONTH))

    assert (promised.due.on, promised.flags) == (date(2026, 4, 1), ())


def test_a_promise_of_nothing_is_refused() -> None:
    """company.toml is checked when it is read; a term of nothing cannot even be made."""
    with pytest.raises(ValidationError):
        Term(0, TermUnit.DAY)


# Which law


def test_an_unknown_residence_gets_the_earliest_date_of_all_listed_laws() -> None:
    """22 November 2026: GDPR Tuesday 22 December, before 45 days of California (6 January)."""
    unknown = clock_for("access", noon(2026, 11, 22), laws_of_company=["ccpa", "gdpr"], residence=None)

    assert (unknown.rule.law, unknown.due.on) == ("gdpr", date(2026, 12, 22))
    assert unknown.due.because.reason is ChoiceReason.RESIDENCE_UNKNOWN


def test_which_law_is_the_strictest_depends_on_the_type() -> None:
    """To opt out, 15 Californian business days come before a month: 2 November to Tuesday 24 November 2026."""
    unknown = clock_for("opt_out_of_sale", noon(2026, 11, 2), laws_of_company=["gdpr", "ccpa"], residence=None)

    assert (unknown.rule.law, unknown.due.on) == ("ccpa", date(2026, 11, 24))


def test_with_an_unknown_residence_a_clock_that_stands_does_not_hide_one_that_runs() -> None:
    """Britain waits for identity, California does not: received 2 March 2026, overdue after 16 April."""
    waiting = clock_for(
        "access", noon(2026, 3, 2), laws_of_company=["uk_gdpr", "ccpa"], residence=None,
        events=[ClockEvent(ASKED, noon(2026, 3, 4))],
    )  # fmt: skip

    assert waiting.state(noon(2026, 4, 17)).state is DeadlineState.OVERDUE


def test_a_deadline_tells_why() -> None:
    """Enough to say: by 22 December 2026 (GDPR Art. 12(3): one month from receipt)."""
    because = clock_for("access", noon(2026, 11, 22), laws_of_company=["gdpr"], residence="DE").due.because

    assert (because.law_name, because.article, because.amount, because.unit) == ("GDPR", "Art. 12(3)", 1, TermUnit.MONTH)
    assert (because.counted_from, because.trigger, because.confirmed) == (date(2026, 11, 22), "receipt", True)
    assert because.reason is ChoiceReason.RESIDENCE


# What holds for every rule and every day

MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
LATER = st.timedeltas(timedelta(0), timedelta(days=200))
History = tuple[datetime, list[ClockEvent]]
KINDS = [ASKED, CONFIRMED, UNCLEAR, CLEAR, NOTICE]
RULE = st.sampled_from(RULES)


@st.composite
def histories(draw: st.DrawFn) -> History:
    received = draw(MOMENTS)
    happened = draw(st.lists(st.tuples(st.sampled_from(KINDS), LATER), max_size=6))
    return received, [ClockEvent(kind, received + after) for kind, after in happened]


@given(RULE, histories())
def test_nothing_is_due_before_it_was_received(rule: LawRule, history: History) -> None:
    """Neither the acknowledgement nor the response, whatever happens."""
    received, events = history

    made = start_clock(rule, received, events=events)

    assert made.due.ends_at > received
    assert made.acknowledgement is None or made.acknowledgement.ends_at > received


@given(RULE, histories(), st.integers(1, 400))
def test_a_promise_never_moves_a_date_beyond_the_law_s(rule: LawRule, history: History, days: int) -> None:
    """However long the promise, and whatever happened."""
    received, events = history

    told = [event for event in events if event.kind is not NOTICE]
    by_law, promised = (
        start_clock(rule, received, events=told),
        start_clock(rule, received, events=told, promise=Term(days, TermUnit.DAY)),
    )

    assert promised.response.on <= by_law.response.on


@given(RULE, MOMENTS, st.lists(LATER, max_size=4))
def test_an_extension_never_reaches_beyond_the_law_s_maximum(rule: LawRule, received: datetime, notices: list[timedelta]) -> None:
    """Told once or four times: GDPR and UK GDPR three months, Canada 60 days, states of the USA 45 more, others none."""
    extended = start_clock(rule, received, events=[ClockEvent(NOTICE, received + after) for after in notices])

    states = {law.id: 90 for law in laws().values() if law.territories[0].startswith("US-")} | {"iowa": 135}
    extendable = states | {"gdpr": 92, "uk_gdpr": 92, "pipeda": 60}
    longest = extendable.get(rule.law, rule.response.amount)  # days: no other law allows an extension
    rolled = 6 if rule.law in {"gdpr", "uk_gdpr"} else 0  # over Christmas or Easter
    assert (extended.due.on - extended.due.because.counted_from).days <= longest + rolled
    assert extended.due.on in {extended.response.on, extended.extended.on if extended.extended else None}


@given(RULE, histories())
def test_waiting_never_shortens_a_term(rule: LawRule, history: History) -> None:
    """Who answers slowly loses time to wait, never the company's time to work."""
    received, events = history
    no_waits = [event for event in events if event.kind is NOTICE]

    assert start_clock(rule, received, events=events).response.on >= start_clock(rule, received, events=no_waits).response.on


@given(RULE, MOMENTS, LATER)
def test_what_came_earlier_is_never_due_later(rule: LawRule, received: datetime, after: timedelta) -> None:
    """First come, first due."""
    first, second = start_clock(rule, received), start_clock(rule, received + after)

    assert first.due.on <= second.due.on


@given(RULE, histories(), st.lists(LATER, min_size=1, max_size=5))
def test_overdue_stays_overdue_until_it_is_done(rule: LawRule, history: History, steps: list[timedelta]) -> None:
    """Nothing that is still open drops out of the list, however long it lies and whatever is asked afterwards."""
    received, events = history
    made = start_clock(rule, received, events=events)
    assume(made.waiting_for is None)
    now = made.due.ends_at

    for step in steps:
        now += step
        asked = [*events, ClockEvent(ASKED, now), ClockEvent(UNCLEAR, now), ClockEvent(NOTICE, now)]
        assert made.state(now).state is DeadlineState.OVERDUE
        assert start_clock(rule, received, events=asked).state(now).state is DeadlineState.OVERDUE


@given(RULE, MOMENTS, st.sampled_from(["UTC", "Europe/Kyiv", "America/Los_Angeles", "Pacific/Kiritimati"]))
def test_days_left_and_state_agree_in_every_zone(rule: LawRule, received: datetime, zone: str) -> None:
    """The last instant of the last day is due today; the next one is overdue."""
    made = start_clock(rule, received, zone=zone)

    last, after = made.state(made.due.ends_at - timedelta(microseconds=1)), made.state(made.due.ends_at)

    assert (last.state, last.days_left) == (DeadlineState.DUE_TODAY, 0)
    assert (after.state, after.days_left) == (DeadlineState.OVERDUE, -1)


def test_a_promise_can_be_given_at_the_start() -> None:
    """As the company's settings do."""
    made = start_clock(rule_for("gdpr", "access"), noon(2026, 3, 1), promise=Term(10, TermUnit.DAY))

    assert made.due.on == date(2026, 3, 11)
