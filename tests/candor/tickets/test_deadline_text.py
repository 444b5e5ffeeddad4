"""A clock in words: each sentence says what is so, and what is not so is not said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from candor.tickets.deadline_text import FLAG_TEXT, WHY_THIS_LAW, explain
from candor.tickets.law.deadlines import ClockEvent, EventKind, Flag, clock_for
from candor.tickets.law.laws import ChoiceReason, Term, TermUnit, cited, laws, rule_for
from candor.tickets.request_types import REQUEST_TYPES

NOON = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


def said(
    *events: tuple[EventKind, int], residence: str | None = "DE", kind: str = "deletion", promise: int = 0, later: int = 0
) -> str:
    """All sentences of a clock; events come so many days after receipt."""
    clock = clock_for(
        kind, NOON, laws_of_company=["gdpr"], residence=residence, promise=Term(promise, TermUnit.DAY) if promise else None,
        events=[ClockEvent(what, NOON + timedelta(days=days)) for what, days in events],
    )  # fmt: skip
    return " ".join(explain(clock, NOON + timedelta(days=later)))


def test_a_plain_clock_tells_law_term_and_zone() -> None:
    """And that more time could be had, until when, and told by when."""
    text = said()

    assert "GDPR counts: the law of where the requester lives." in text
    assert (
        "Without undue delay, at the latest one month from 15 January 2026, the day on which it was received (Art. 12(3) GDPR)."
        in text
    )
    assert "Days are counted in Europe/Brussels." in text
    assert "That ends on 15 February 2026, a Sunday: so the last day is the next working day, 16 February 2026." in text
    assert "it can take until 15 April 2026, if the requester is told why by 16 February 2026" in text
    assert "stood still" not in text
    assert "promises" not in text


def test_waiting_tells_what_it_did_to_the_date() -> None:
    """It stopped the clock, is stopping it, or does not."""
    asked, answered = (EventKind.CLARIFICATION_ASKED, 3), (EventKind.CLARIFICATION_GIVEN, 8)

    assert "The clock stands still for the requester's answer since 18 January 2026." in said(
        asked, residence="GB", kind="access"
    )
    assert "from 18 January 2026 to 23 January 2026: those days do not count" in said(
        asked, answered, residence="GB", kind="access"
    )
    assert "Waiting for the requester's answer does not stop the clock here" in said(asked)
    assert "does not stop" not in said(asked, answered)


def test_proof_of_identity_can_begin_the_term() -> None:
    """Under UK law, where it was asked for; on the same day nothing needs saying."""
    asked = (EventKind.IDENTITY_ASKED, 0)

    later = said(asked, (EventKind.IDENTITY_CONFIRMED, 5), residence="GB", kind="access")
    at_once = said(asked, (EventKind.IDENTITY_CONFIRMED, 0), residence="GB", kind="access")

    assert "from 20 January 2026, the day on which identity was proven" in later
    assert "the term began then" in later
    assert "stood still" not in at_once


def test_a_promise_tells_which_of_the_two_rules() -> None:
    """The sooner of policy and law."""
    assert "promises 10 days, which is sooner: it rules" in said(promise=10)
    assert "promises 90 days, the law's date is no later: the law rules" in said(promise=90)


def test_more_time_tells_when_it_is_taken_or_cannot_be() -> None:
    """Once; and not after its last day."""
    assert "Without more time it would have been 16 February 2026." in said((EventKind.EXTENSION_NOTICE, 1))
    assert "No more time can be taken: the last day to tell the requester of more time was 16 February 2026." in said(later=40)
    assert "No more time can be taken" in said(residence="BR")


@pytest.mark.parametrize("law", sorted(laws()))
@pytest.mark.parametrize("kind", REQUEST_TYPES)
def test_every_row_of_every_law_has_its_sentences(law: str, kind: str) -> None:
    """None is empty, cut short, or says None."""
    rule = rule_for(law, kind)
    place = laws()[law].territories[0]
    sentences = explain(clock_for(kind, NOON, laws_of_company=[law], residence=place), NOON)

    assert all(
        (sentence[0].isupper() or sentence[0].isdigit()) and sentence.endswith(".") and "None" not in sentence
        for sentence in sentences
    )
    assert any("not confirmed" in sentence for sentence in sentences) == (not rule.confirmed)


def test_every_flag_and_reason_has_its_words() -> None:
    """Whoever adds one writes its sentence."""
    assert (set(FLAG_TEXT), set(WHY_THIS_LAW)) == (set(Flag), set(ChoiceReason))


def test_terms_read_as_people_write_them() -> None:
    """One is a word, more are numbers."""
    terms = [Term(1, TermUnit.MONTH), Term(45, TermUnit.DAY), Term(15, TermUnit.BUSINESS_DAY)]

    assert [term.words for term in terms] == ["one month", "45 days", "15 business days"]


def test_an_article_names_its_law_unless_it_stands_elsewhere() -> None:
    """An ombudsman's order followed by the name of the act would cite nothing that exists."""
    cites = [cited("Art. 12(3)", "GDPR"), cited("11 CCR § 7021(b)", "CCPA"), cited("s. 8(3)", "PIPEDA")]

    assert cites == ["Art. 12(3) GDPR", "11 CCR § 7021(b) CCPA", "s. 8(3) PIPEDA"]
    for elsewhere in ("DPA 2018 s. 164A(3)", "Standard Procedure of Processing, Ombudsman's order 1/02-14"):
        assert cited(elsewhere, "its law") == elsewhere
