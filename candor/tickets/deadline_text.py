"""A request's clock in sentences for staff: how a date was computed, what paused it, and what is unusual about it. Pure."""

from __future__ import annotations

from datetime import date, datetime

from candor.tickets.dates import day
from candor.tickets.law.deadlines import Because, Clock, Deadline, Flag, Wait
from candor.tickets.law.laws import ChoiceReason, Term, cited, zone_of
from candor.tickets.staff import why_no_more_time

FLAG_TEXT: dict[str, str] = {  # by Flag
    Flag.EXTENSION_TOO_LATE: "The requester was told of more time after the last day for that: it moves nothing.",
    Flag.EXTENSION_NOT_ALLOWED: "The law gives no more time for this.",
    Flag.ASKED_TOO_LATE: "Something was asked after the due date: that stops no clock.",
    Flag.POLICY_PROMISES_LESS: "The policy promises an answer sooner than the law does: its date rules.",
    Flag.POLICY_PROMISES_MORE: "The policy promises an answer later than the law allows: the law rules. Have the policy mended.",
}
WHY_THIS_LAW = {
    ChoiceReason.RESIDENCE: "the law of where the requester lives",
    ChoiceReason.NOT_LISTED: "the law of where the requester lives, though company.toml does not list it",
    ChoiceReason.REGION_HAS_OWN_LAW: "the country's law; the region has one of its own, which Candor does not know",
    ChoiceReason.RESIDENCE_UNKNOWN: "nobody knows where the requester lives, so the strictest of the company's laws counts",
    ChoiceReason.NO_RULE_FOR_RESIDENCE: "no law of where the requester lives is known, so the strictest of the company's counts",
    ChoiceReason.NO_LAW_LISTED: "company.toml lists no laws, so the strictest of all counts",
}
COUNTED_FROM = {
    "receipt": "the day on which it was received", "identity": "the day on which identity was proven",
    "clarification": "the day on which the requester answered", "appeal": "the day of the appeal",
}  # fmt: skip
WAITS_FOR = {"identity": "proof of identity", "clarification": "the requester's answer"}
ROLLED_FOR = {"saturday": "a Saturday", "sunday": "a Sunday", "public_holiday": "a public holiday"}


def explain(clock: Clock, now: datetime) -> list[str]:
    """How the date was computed, one sentence for each step, in the order of the computation."""
    because = clock.due.because
    sentences = [
        f"{because.law_name} counts: {WHY_THIS_LAW[because.reason]}.",
        f"{_counted(clock.due, extended=clock.is_extended)} Days are counted in {clock.zone}.",
    ]
    sentences += [_rolled(clock.due)] if because.rolled_from else []
    sentences += [_waited(wait, clock) for wait in clock.waits]
    sentences += [_runs_on(clock)] if clock.waiting_for is None else []
    sentences += [_promised(clock)] if clock.promise else []
    sentences += [_more_time(clock, now)]
    sentences += _doubts(because)
    return [sentence for sentence in sentences if sentence]


def _counted(due: Deadline, *, extended: bool) -> str:
    because = due.because
    whose = "as the policy promises" if because.by_policy else cited(because.article, because.law_name)
    more = ", with the longer time that the requester was told of" if extended else ""
    most = "Without undue delay, at the latest " if because.prompt and not because.by_policy else ""
    since = f"{day(because.counted_from)}, {COUNTED_FROM[because.trigger]}"
    sentence = f"{most}{Term(because.amount, because.unit).words} from {since} ({whose}){more}."
    return sentence[0].upper() + sentence[1:]


def _rolled(due: Deadline) -> str:
    why = " and ".join(dict.fromkeys(ROLLED_FOR.get(one, one) for one in due.because.rolled_for))
    moved: date | None = due.because.rolled_from
    return f"That ends on {day(moved)}, {why}: so the last day is the next working day, {day(due.on)}." if moved else ""


def _waited(wait: Wait, clock: Clock) -> str:
    since = _day(wait.since, clock)
    if wait.until is None:
        return (
            f"The clock stands still for {WAITS_FOR[wait.kind]} since {since}. The date shown is the one if it did not: "
            "who answers by then is never late."
        )
    if _day(wait.until, clock) == since:
        return ""
    stands = wait.kind in {pause.value for pause in clock.rule.pause}
    counted = "those days do not count" if stands else "the term began then"
    return f"It stood still for {WAITS_FOR[wait.kind]} from {since} to {_day(wait.until, clock)}: {counted}."


def _runs_on(clock: Clock) -> str:
    asked = {"identity_asked": "identity_confirmed", "clarification_asked": "clarification_given"}
    kinds = [event.kind.value for event in clock.events]
    open_ones = [kind for kind in asked if kind in kinds and asked[kind] not in kinds[len(kinds) - kinds[::-1].index(kind) :]]
    if not open_ones:
        return ""
    what = WAITS_FOR["identity" if open_ones[0] == "identity_asked" else "clarification"]
    return f"Waiting for {what} does not stop the clock here: the date stays."


def _promised(clock: Clock) -> str:
    if clock.promise is None:
        return ""
    rules = "which is sooner: it rules" if clock.response.because.by_policy else "the law's date is no later: the law rules"
    return f"The policy itself promises {clock.promise.words}, {rules}."


def _more_time(clock: Clock, now: datetime) -> str:
    why_not = why_no_more_time(clock, now)
    if clock.is_extended:
        return f"Without more time it would have been {day(clock.response.on)}. No law allows to take more time twice."
    if why_not or clock.extended is None or clock.notice_by is None:
        return f"No more time can be taken: {why_not}."
    return (
        f"If it is needed, it can take until {day(clock.extended.on)}, if the requester is told why by {day(clock.notice_by.on)}."
    )


def _doubts(because: Because) -> list[str]:
    sentences = []
    if not because.known:
        sentences.append(f"{because.law_name} has no such right: the term of the nearest one stands in.")
    elif because.borrowed:
        sentences.append(f"{because.law_name} states no term for this right: the nearest one stands in.")
    if not because.confirmed:
        sentences.append("How Candor reads this law is not confirmed: ask your counsel, if it matters here.")
    return sentences


def _day(at: datetime, clock: Clock) -> str:
    return day(at.astimezone(zone_of(clock.zone)).date())
