"""The clock of one request: when it must be acknowledged and answered, under which rule, and its state on a day. Pure.

Dates are counted as whole days in one time zone, and a deadline ends when its day ends there. If a law can be read in two ways,
the reading with the earlier date is taken, because an early answer harms nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from candor.tickets.law.calendars import count, together
from candor.tickets.law.laws import (
    ChoiceReason,
    LawRule,
    Roll,
    Term,
    TermUnit,
    applicable,
    calendar_of,
    laws,
    rule_for,
    within_laws,
    zone_of,
)


class EventKind(StrEnum):
    """An event of a request that can move its clock."""

    IDENTITY_ASKED = "identity_asked"
    IDENTITY_CONFIRMED = "identity_confirmed"
    CLARIFICATION_ASKED = "clarification_asked"
    CLARIFICATION_GIVEN = "clarification_given"
    EXTENSION_NOTICE = "extension_notice"  # the person was told of more time, with the reasons


@dataclass(frozen=True)
class ClockEvent:
    """`at` is an aware datetime. Pass all events: the rule decides which of them move the clock."""

    kind: EventKind
    at: datetime


class DeadlineState(StrEnum):
    """The state of a deadline on a day."""

    ON_TIME = "on_time"
    DUE_SOON = "due_soon"
    DUE_TODAY = "due_today"
    OVERDUE = "overdue"
    PAUSED = "paused"  # the law pauses the clock until the person answers
    COMPLETED = "completed"


class Flag(StrEnum):
    """What is unusual about a clock, for staff."""

    EXTENSION_TOO_LATE = "extension_too_late"  # the notice came after its last day and has no effect
    EXTENSION_NOT_ALLOWED = "extension_not_allowed"  # the law gives none for this request
    ASKED_TOO_LATE = "asked_too_late"  # identity or clarification was asked for after the due date, without effect
    POLICY_PROMISES_LESS = "policy_promises_less"  # the policy gives less time than the law: the policy applies
    POLICY_PROMISES_MORE = "policy_promises_more"  # the policy gives more time than the law, which applies: correct the policy


@dataclass(frozen=True)
class Because:
    """Why a deadline falls on its day, as data from which chat and mail make sentences."""

    law: str  # "gdpr"
    law_name: str  # "GDPR"
    article: str  # "Art. 12(3)"; the article that states the term
    source: str  # the statute's name
    amount: int
    unit: TermUnit
    counted_from: date  # the day of the event, which does not count itself
    trigger: str  # receipt, identity, clarification, appeal
    confirmed: bool  # false: the text of the rule was not confirmed, which must be shown
    known: bool  # false: the law has no such right
    borrowed: bool  # true: the law states no term, so the nearest one is used
    prompt: bool  # true: the law says without undue delay; this day is the limit
    reason: ChoiceReason  # why this law
    days_paused: int = 0
    rolled_from: date | None = None  # where the term would have ended otherwise
    rolled_for: tuple[str, ...] = ()  # why it did not: saturday, sunday, public_holiday, in the order of the days
    by_policy: bool = False  # true: the policy's own promise, which is shorter than the law's term


@dataclass(frozen=True)
class Deadline:
    """The last day, and the first instant (UTC) after it."""

    on: date
    ends_at: datetime
    because: Because


@dataclass(frozen=True)
class Wait:
    """A period in which the company waits for the person and the clock is paused; `until` is None while it lasts."""

    kind: str  # identity or clarification
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class DeadlineStanding:
    """The state of a deadline at some moment. `days_left` is 0 on the last day and negative after it.

    While PAUSED, `deadline` and `days_left` are what they would be if the person answered now.
    """

    state: DeadlineState
    days_left: int
    deadline: Deadline


@dataclass(frozen=True)
class Clock:
    """All dates of one request. `due` is the one that applies now."""

    rule: LawRule
    reason: ChoiceReason  # why this rule
    received_at: datetime
    zone: str
    holidays: tuple[str, ...]
    acknowledgement: Deadline | None
    response: Deadline  # without an extension; while paused, as if it were not: the earlier date
    extended: Deadline | None  # with an extension, used or not; None if the law gives none
    notice_by: Deadline | None  # the last day to tell the person of an extension
    is_extended: bool
    waits: tuple[Wait, ...]
    flags: tuple[Flag, ...]
    events: tuple[ClockEvent, ...]
    promise: Term | None

    @property
    def due(self) -> Deadline:
        """The last day to respond: the extended one if the person was told in time."""
        return self.extended if self.is_extended and self.extended else self.response

    @property
    def waiting_for(self) -> str | None:
        """identity or clarification, while the law pauses the clock for it."""
        return next((wait.kind for wait in self.waits if wait.until is None), None)

    def state(self, now: datetime, *, completed_at: datetime | None = None, soon: int = 7) -> DeadlineStanding:
        """The state of the response at `now` (aware). `soon`: from how many days before the last it is DUE_SOON."""
        if completed_at is None and self.waiting_for:
            answers = tuple(ClockEvent(_ANSWER[wait.kind], now) for wait in self.waits if wait.until is None)
            if_answered = self._again((*self.events, *answers)).due
            return DeadlineStanding(DeadlineState.PAUSED, (if_answered.on - self._day(now)).days, if_answered)
        return self._standing(self.due, now, completed_at, soon)

    def acknowledgement_state(self, now: datetime, *, done_at: datetime | None = None, soon: int = 2) -> DeadlineStanding | None:
        """The state of the acknowledgement; None if the law requires none."""
        return self._standing(self.acknowledgement, now, done_at, soon) if self.acknowledgement else None

    def appeal(self, received_at: datetime) -> Deadline | None:
        """When an appeal that arrived at `received_at` must be decided; None if the law provides no appeal."""
        if self.rule.appeal is None:
            return None
        return _Count(self.rule, self.reason, zone_of(self.zone), self.holidays).deadline(
            self.rule.appeal, self.rule.appeal.article, self._day(received_at), "appeal"
        )

    def _again(self, events: tuple[ClockEvent, ...]) -> Clock:
        return start_clock(
            self.rule, self.received_at, events=events, zone=self.zone, holidays=self.holidays, reason=self.reason,
            promise=self.promise,
        )  # fmt: skip

    def _day(self, at: datetime) -> date:
        return _day_of(at, zone_of(self.zone))

    def _standing(self, deadline: Deadline, now: datetime, done_at: datetime | None, soon: int) -> DeadlineStanding:
        left = (deadline.on - self._day(done_at or now)).days
        if done_at is not None:
            return DeadlineStanding(DeadlineState.COMPLETED, left, deadline)
        if left < 0:
            return DeadlineStanding(DeadlineState.OVERDUE, left, deadline)
        if left == 0:
            return DeadlineStanding(DeadlineState.DUE_TODAY, left, deadline)
        return DeadlineStanding(DeadlineState.DUE_SOON if left <= soon else DeadlineState.ON_TIME, left, deadline)


_ANSWER = {"identity": EventKind.IDENTITY_CONFIRMED, "clarification": EventKind.CLARIFICATION_GIVEN}
_QUESTIONS = {EventKind.IDENTITY_ASKED: "identity", EventKind.CLARIFICATION_ASKED: "clarification"}


def start_clock(
    rule: LawRule,
    received_at: datetime,
    *,
    events: Iterable[ClockEvent] = (),
    zone: str | None = None,
    holidays: Sequence[str] | None = None,
    reason: ChoiceReason = ChoiceReason.RESIDENCE,
    promise: Term | None = None,
) -> Clock:
    """The clock of a request under one rule.

    received_at: aware. zone: the IANA zone in which days are counted; None: the law's own. holidays: ISO 3166 codes whose
    public holidays count; None: the law's own. promise: the term in the company's policy; the shorter one applies.
    Raises: ValueError for a naive datetime; InvalidInputError for a zone that does not exist.
    """
    law = laws()[rule.law]
    here = zone_of(zone or law.zone)
    received = _day_of(received_at, here)
    days_off = tuple(law.holidays if holidays is None else holidays)
    ordered = tuple(sorted(events, key=lambda event: _aware(event.at)))
    counting = _Count(rule, reason, here, days_off, promise)

    counting, waits, asked_late = _apply_events(counting, received, received_at, ordered)
    by_law, response, promised = counting.responses()
    acknowledge = rule.acknowledgement
    extended = notice_by = None
    if rule.extension:
        notice_by = min(counting.of(rule.extension.notice, rule.extension.article), response, key=lambda one: one.on)
        extended = counting.extended()
    notice = next((event for event in ordered if event.kind is EventKind.EXTENSION_NOTICE), None)
    in_time = notice is not None and notice_by is not None and _day_of(notice.at, here) <= notice_by.on
    flags = {
        Flag.EXTENSION_NOT_ALLOWED: notice is not None and notice_by is None,
        Flag.EXTENSION_TOO_LATE: notice is not None and notice_by is not None and not in_time,
        Flag.ASKED_TOO_LATE: asked_late,
        Flag.POLICY_PROMISES_LESS: promised is not None and promised.on < by_law.on,
        Flag.POLICY_PROMISES_MORE: promised is not None and promised.on > by_law.on,
    }
    return Clock(
        rule=rule, reason=reason, received_at=received_at.astimezone(UTC), zone=here.key, holidays=days_off,
        acknowledgement=_Count(rule, reason, here, days_off).deadline(acknowledge, acknowledge.article, received, "receipt")
        if acknowledge else None,
        response=response, extended=extended, notice_by=notice_by, is_extended=in_time, waits=waits,
        flags=tuple(flag for flag, raised in flags.items() if raised), events=ordered, promise=promise,
    )  # fmt: skip


def clock_for(
    request_type: str,
    received_at: datetime,
    *,
    laws_of_company: Iterable[str],
    residence: str | None,
    company_country: str | None = None,
    zone: str | None = None,
    events: Iterable[ClockEvent] = (),
    promise: Term | None = None,
) -> Clock:
    """The clock of a request of a person who lives in `residence` (ISO 3166 code; None: unknown).

    zone: the company's own. If several laws may apply, the clock is that of the law with the earliest due date; a paused
    clock never wins over a running one.
    Raises: InvalidInputError for a request type or zone that does not exist; ValueError for a naive datetime.
    """
    chosen, all_events = applicable(laws_of_company, residence), tuple(events)
    clocks = [
        start_clock(
            rule_for(law, request_type), received_at, events=all_events, reason=chosen.reason, promise=promise,
            # The company's time zone counts if the law applies where the company is; otherwise the law's own does.
            zone=zone if company_country is None or within_laws(company_country, [law]) else None,
            holidays=calendar_of(laws()[law], company_country, residence),
        )
        for law in chosen.laws
    ]  # fmt: skip
    return min(clocks, key=lambda clock: (clock.waiting_for is not None, clock.due.ends_at, bool(clock.extended)))


@dataclass(frozen=True)
class _Count:
    """How a term is counted: under which rule, where, from which day, and how many days do not count."""

    rule: LawRule
    reason: ChoiceReason
    zone: ZoneInfo
    holidays: tuple[str, ...]
    promise: Term | None = None
    start: date = date.min
    trigger: str = "receipt"
    uncounted: int = 0

    def of(self, term: Term, article: str) -> Deadline:
        """The deadline of the response, its notice or its extension: from the start, plus the days of waiting."""
        return self.deadline(term, article, self.start, self.trigger, self.uncounted)

    def responses(self) -> tuple[Deadline, Deadline, Deadline | None]:
        """Three response deadlines: by law, the one that applies, and the policy's promise (None: no promise)."""
        by_law = self.of(self.rule.response, self.rule.response.article)
        if self.promise is None:
            return by_law, by_law, None
        # A statute on time moves the last day of a legal term, not that of a promise, which also binds on a Sunday.
        as_written = replace(self, rule=replace(self.rule, roll=Roll.NONE))
        promised = as_written.of(self.promise, self.rule.response.article)
        promised = replace(promised, because=replace(promised.because, by_policy=True))
        return by_law, promised if promised.on < by_law.on else by_law, promised

    def extended(self) -> Deadline | None:
        """The deadline of response and extension as one period from the same start: 45 + 45 days are 90 from receipt."""
        if self.rule.extension is None:
            return None
        total = together(self.rule.response, self.rule.extension)
        return self.of(total, self.rule.extension.article) if total else None

    def deadline(self, term: Term, article: str, start: date, trigger: str, uncounted: int = 0) -> Deadline:
        """The deadline of a term that starts on a day."""
        counted = count(start, term, self.rule.roll, self.holidays, uncounted=uncounted)
        after = datetime.combine(counted.on + timedelta(days=1), time.min, self.zone)
        because = Because(
            law=self.rule.law, law_name=self.rule.law_name, article=article, source=self.rule.source, amount=term.amount,
            unit=term.unit, counted_from=start, trigger=trigger, confirmed=self.rule.confirmed, known=self.rule.known,
            borrowed=self.rule.borrowed, prompt=self.rule.prompt, reason=self.reason, days_paused=uncounted,
            rolled_from=counted.rolled_from, rolled_for=counted.rolled_for,
        )  # fmt: skip
        return Deadline(counted.on, after.astimezone(UTC), because)


def _apply_events(
    counting: _Count, received: date, received_at: datetime, events: tuple[ClockEvent, ...]
) -> tuple[_Count, tuple[Wait, ...], bool]:
    """Apply questions and answers to start and waiting days. Returns also whether something was asked too late.

    A question moves the clock only if it was asked while the term ran, so that what is overdue stays overdue.
    """
    counting = replace(counting, start=received)
    waits: list[Wait] = []
    waited: set[date] = set()
    too_late = False
    for index, event in enumerate(events):
        kind = _QUESTIONS.get(event.kind, "")
        if not kind or not _moves(counting.rule, kind) or any(wait.kind == kind and _open_at(wait, event.at) for wait in waits):
            continue
        if _day_of(event.at, counting.zone) > _current_due(counting, events[:index]):
            too_late = True
            continue
        answer = next((later.at for later in events[index + 1 :] if later.kind is _ANSWER[kind]), None)
        waits.append(Wait(kind, max(event.at, received_at), answer))
        if answer is None:
            continue
        answered = _day_of(answer, counting.zone)
        if kind in tuple(counting.rule.trigger) and answered > counting.start:
            counting = replace(counting, start=answered, trigger=kind)
        if kind in tuple(counting.rule.pause):
            asked = _day_of(event.at, counting.zone)
            # asked on the 10th and answered on the 15th: five days, which gives an earlier date than six with both ends
            waited |= {asked + timedelta(days=n) for n in range((answered - asked).days)}
        counting = replace(counting, uncounted=sum(day >= counting.start for day in waited))
    return counting, tuple(waits), too_late


def _current_due(counting: _Count, before: tuple[ClockEvent, ...]) -> date:
    """The last day as of when a question was asked: with an extension only if the person had been told of it by then."""
    _, response, _ = counting.responses()
    if counting.rule.extension is None:
        return response.on
    notice_by = min(counting.of(counting.rule.extension.notice, "").on, response.on)
    announced = any(
        event.kind is EventKind.EXTENSION_NOTICE and _day_of(event.at, counting.zone) <= notice_by for event in before
    )
    extended = counting.extended()
    return extended.on if announced and extended else response.on


def _moves(rule: LawRule, kind: str) -> bool:
    return kind in {trigger.value for trigger in rule.trigger} | {pause.value for pause in rule.pause}


def _open_at(wait: Wait, at: datetime) -> bool:
    return wait.until is None or at < wait.until


def _day_of(at: datetime, zone: ZoneInfo) -> date:
    return _aware(at).astimezone(zone).date()


def _aware(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise ValueError("a datetime without a zone: hand in an aware one, in UTC")
    return at
