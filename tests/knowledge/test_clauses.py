"""Clauses around a verb: who, what, denied or not, and under what limit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from knowledge.clauses import Clause, clause_at, words_of
from knowledge.wording import action


def clause(sentence: str, verb: str = "sell", *, lead_in: str = "") -> Clause | None:
    words = words_of(sentence, lead_in, "Acme")
    return clause_at(words, next(place for place, word in enumerate(words) if action(word) == verb))


@pytest.mark.parametrize(
    ("sentence", "negated", "limited"),
    [
        ("We sell your data.", False, False),
        ("Acme, Inc. does not, and will not in the future, sell your data.", True, False),
        ("We respect your privacy and never sell your data.", True, False),
        ("We do not rent, trade or sell your data.", True, False),
        ("We sell no data.", True, False),
        ("Unless you agree, we do not sell your data.", True, True),
        ("We only sell your data with your consent.", False, True),
        ("When you use our website, we sell your data.", False, False),
    ],
)
def test_plain_clauses_are_read(sentence: str, negated: bool, limited: bool) -> None:
    """The company is "we", however the sentence names it."""
    found = clause(sentence)

    assert found is not None
    assert (found.subject, found.negated, found.limited) == (("we",), negated, limited)


@pytest.mark.parametrize(
    "sentence",
    [
        "It is wrong that we sell data.", "If we sell our business, data is part of it.", "We sell data, but not yours.",
        "We sold data until 2020.", "We do not only sell data.", "For California law we do not sell data.",
    ],
)  # fmt: skip
def test_other_clauses_are_not_read(sentence: str) -> None:
    """An unknown opening, a turn, the past."""
    assert clause(sentence) is None


def test_somebody_else_is_not_the_company() -> None:
    """Nor is one of its products."""
    partners, product = clause("Our partners do not sell data."), clause("Acme Play does not sell data.")

    assert partners is not None
    assert product is not None
    assert ("we",) not in {partners.subject, product.subject}


def test_a_list_item_goes_on_from_its_lead_in() -> None:
    """ "We will never: sell your data"."""
    found = clause("sell your data", lead_in="We will never do the following:")

    assert found is not None
    assert (found.subject, found.negated, found.object) == (("we",), True, ("your", "data"))


@given(some.text(max_size=200), some.text(max_size=80))
def test_no_sentence_is_too_odd_to_read(sentence: str, lead_in: str) -> None:
    """Policies hold everything."""
    words = words_of(sentence, lead_in, "Acme")

    assert all(clause_at(words, place) is None or words[place] for place in range(len(words)))
