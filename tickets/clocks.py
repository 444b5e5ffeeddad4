"""The clock of one request: by when it is to be acknowledged and answered, under which rule, and how it stands. Pure.

Dates are counted as whole days in one time zone; a deadline ends with the last hour of its day there. Where a law can be
read in two ways, the reading with the earlier date is taken: to answer early harms nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from tickets.laws import LawRule, Reason, Term, Unit


class EventKind(StrEnum):
    """What happened to a request and can move its clock."""

    IDENTITY_ASKED = "identity_asked"
    IDENTITY_CONFIRMED = "identity_confirmed"
    CLARIFICATION_ASKED = "clarification_asked"
    CLARIFICATION_GIVEN = "clarification_given"
    EXTENSION_NOTICE = "extension_notice"  # the person was told of more time, with the reasons


@dataclass(frozen=True)
class ClockEvent:
    """`at` is an aware datetime. Which events move the clock is the rule's matter: give all of them."""

    kind: EventKind
    at: datetime


class State(StrEnum):
    """How a request stands on a day."""

    ON_TIME = "on_time"
    DUE_SOON = "due_soon"
    DUE_TODAY = "due_today"
    OVERDUE = "overdue"
    PAUSED = "paused"  # the law's own clock stands still until the person answers
    COMPLETED = "completed"


class Flag(StrEnum):
    """What staff should know about a clock."""

    EXTENSION_TOO_LATE = "extension_too_late"  # the notice came after its last day and moves nothing
    EXTENSION_NOT_ALLOWED = "extension_not_allowed"  # the law knows none for this request
    ASKED_TOO_LATE = "asked_too_late"  # identity or clarification was asked for after the due date and moves nothing
    POLICY_PROMISES_LESS = "policy_promises_less"  # the policy gives less time than the law: the policy rules
    POLICY_PROMISES_MORE = "policy_promises_more"  # the policy gives more time than the law: the law rules, mend the policy


@dataclass(frozen=True)
class Because:
    """Why a deadline falls on its day, as data: chat and mail make the sentence."""

    law: str  # "gdpr"
    law_name: str  # "GDPR"
    article: str  # "Art. 12(3)"; the article that states the term
    source: str  # the statute's name
    amount: int
    unit: Unit
    counted_from: date  # the day of the event, which itself does not count
    trigger: str  # receipt, identity, clarification, appeal
    confirmed: bool  # false: show that the rule's text was not confirmed
    known: bool  # false: the law has no such right
    borrowed: bool  # true: the law states no term, the nearest one stands in
    prompt: bool  # true: without undue delay, at the latest on this day
    reason: Reason  # why this law
    days_paused: int = 0
    rolled_from: date | None = None  # where the term would have ended
    rolled_for: tuple[str, ...] = ()  # why not there: saturday, sunday, public_holiday, in the order of the days
    by_policy: bool = False  # true: the policy's own promise, shorter than the law's term


@dataclass(frozen=True)
class Deadline:
    """The last day, and the first instant (UTC) after it."""

    on: date
    ends_at: datetime
    because: Because


@dataclass(frozen=True)
class Wait:
    """A time in which the company waited for the person and the clock stood; `until` is None while it still waits."""

    kind: str  # identity or clarification
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class Standing:
    """How a request stands. `days_left` is 0 on the last day and negative after it.

    While PAUSED, `deadline` and `days_left` are what they would be if the person answered now.
    """

    state: State
    days_left: int
    deadline: Deadline


@dataclass(frozen=True)
class Clock:
    """All dates of one request. `due` is the one that counts now."""

    rule: LawRule
    received_at: datetime
    zone: str
    holidays: tuple[str, ...]
    acknowledgement: Deadline | None
    response: Deadline  # without an extension; while the company waits, as if it did not: the earlier date
    extended: Deadline | None  # until when an extension could reach, or reaches; None where the law allows none
    notice_by: Deadline | None  # the last day to tell the person of an extension
    is_extended: bool
    waits: tuple[Wait, ...]
    flags: tuple[Flag, ...]

    @property
    def due(self) -> Deadline:
        """The last day to respond: extended, if the person was told in time."""
        raise NotImplementedError

    @property
    def waiting_for(self) -> str | None:
        """identity or clarification, while the law's clock stands still for it."""
        raise NotImplementedError

    def state(self, now: datetime, *, completed_at: datetime | None = None, soon: int = 7) -> Standing:
        """How the response stands at `now` (aware). `soon`: due_soon from so many days before the last."""
        raise NotImplementedError

    def acknowledgement_state(self, now: datetime, *, done_at: datetime | None = None, soon: int = 2) -> Standing | None:
        """How the acknowledgement stands; None where the law asks for none."""
        raise NotImplementedError

    def appeal(self, received_at: datetime) -> Deadline | None:
        """By when an appeal that came at `received_at` is to be decided; None where the law knows no appeal."""
        raise NotImplementedError

    def policy_promise(self, amount: int, unit: Unit = Unit.DAY) -> Clock:
        """The clock under a policy that promises a response within `amount`: the shorter of law and promise rules."""
        raise NotImplementedError


def start_clock(
    rule: LawRule,
    received_at: datetime,
    *,
    events: Iterable[ClockEvent] = (),
    zone: str | None = None,
    holidays: Sequence[str] | None = None,
    reason: Reason = Reason.RESIDENCE,
    promise: Term | None = None,
) -> Clock:
    """The clock of a request under one rule.

    received_at: aware. zone: the IANA zone in which days are counted; None: the law's own. holidays: ISO 3166 codes whose
    public holidays count; None: the law's own. promise: the term that the company's policy promises.
    Raises: ValueError for a naive datetime; InvalidInputError for a zone that does not exist.
    """
    raise NotImplementedError


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
    """The clock of a request of a person who lives in `residence` (ISO 3166 code; None: not told).

    Where several laws may rule, the one whose due date comes first.
    Raises: InvalidInputError for a request type or zone that does not exist; ValueError for a naive datetime.
    """
    raise NotImplementedError
