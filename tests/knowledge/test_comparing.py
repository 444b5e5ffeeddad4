"""Comparing companies: who is meant, what is asked of each, and that nobody is given words that are not an answer."""

from __future__ import annotations

import pytest

from knowledge.answering import AnswerKind
from knowledge.catalogue import PolicyCatalogue
from knowledge.companies import Company
from knowledge.comparing import (
    MOST,
    asks_to_compare,
    companies_named,
    companies_to_compare,
    compare,
    may_compare,
    shown_hits,
    without_names,
)  # fmt: skip
from knowledge.retrieval import Hit
from tests.fakes import SMALL_BANK, an_answer, small_answers

COMPANIES = {
    company.id: company
    for company in (
        Company("cleverbox", "CleverBox:CRM", "c", aliases=("cleverbox", "clever box", "cleverbox crm")),
        Company("cleverom", "Cleverom", "c", aliases=("clever om",)),
        Company("clevertap", "CleverTap", "c", aliases=("clever tap",)),
        Company("clevio", "Clevio", "c"),
        Company("clevra", "Clevra", "c"),
        Company("bo", "Bo", "c"),
    )
}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("does clevra or clevertap keep data longer?", ["clevra", "clevertap"]),
        ("CLEVIO's cookies against Clever Tap's", ["clevio", "clevertap"]),
        ("CleverBox:CRM and the cleverbox crm are one", ["cleverbox"]),
        ("cleverbox, then cleverom, then clevio", ["cleverbox", "cleverom", "clevio"]),
        ("is clevera safe?", ["clevra"]),  # a letter more
        ("is clevra safer than clveio", ["clevra", "clevio"]),  # two letters swapped
        ("clevertp and cleverbx", ["clevertap", "cleverbox"]),  # a letter less
        ("clevia", []),  # as near to Clevio as to Clevra
        ("what a clever tape, clever people", []),
        ("clevertop", ["clevertap"]),
        ("be or b", []),  # short names are not guessed at
        ("bo", ["bo"]),
        ("nobody", []),
        ("", []),
    ],
)
def test_named_companies_are_found(text: str, named: list[str]) -> None:
    """Case, possessives and one wrong letter do not matter; an ambiguous name is ignored."""
    assert companies_named(text, COMPANIES) == named


@pytest.mark.parametrize(
    ("text", "current", "meant"),
    [
        ("does clevra or clevio sell data", "bo", ["clevra", "clevio"]),
        ("compare cookies of all", "bo", sorted(COMPANIES)),
        ("which of you sells my data?", "bo", sorted(COMPANIES)),
        ("is clevra stricter than the others?", "bo", ["clevra", *sorted(set(COMPANIES) - {"clevra"})]),
        ("is clevra stricter about children?", "clevio", ["clevio", "clevra"]),
        ("is clevra stricter about children?", "clevra", ["clevra", *sorted(set(COMPANIES) - {"clevra"})]),
    ],
)
def test_which_companies_are_compared(text: str, current: str, meant: list[str]) -> None:
    """Those that are named; all, if the question is to all; otherwise the one named and the current one."""
    assert companies_to_compare(text, COMPANIES, current) == meant


@pytest.mark.parametrize(
    ("text", "compares"),
    [
        ("compare yourselves with Clevio: are calls recorded", True),
        ("do you keep it longer than Cleverom does", True),
        ("Clevio against this company, who is stricter?", True),
        ("clevio or cleverom, who sells data", True),
        ("does Clevio get my data from you", False),
        ("Clevra, do you keep more than you need", False),
        ("how do you compare in general", False),
    ],
)
def test_another_company_is_compared_with_the_one_asked(text: str, *, compares: bool) -> None:
    assert asks_to_compare(text, COMPANIES, "clevra") is compares


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("who keeps it longest", True),
        ("how do you differ", True),
        ("is clevio any good", True),
        ("does clevra sell data", False),
        ("do the other companies you use have to look after it too", False),
        ("what do the others say", True),
        ("do they have to keep the same rules", False),
    ],
)
def test_what_has_no_word_of_comparison_and_no_name_compares_nothing(text: str, *, may: bool) -> None:
    """The intent alone is not trusted: a question about one policy would get the question back what to compare."""
    assert may_compare(text, COMPANIES, "clevra") is may


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("does clevra or clevertap keep data longer?", "does the company keep data longer?"),
        ("which of you sells my info, clevio or cleverom?", "sells my info"),
        ("compare cookies of all", "cookies"),
        ("is cleverbox stricter than cleverom about kids?", "is the company about kids?"),
        ("CleverBox:CRM vs. Clever Tap: can I delete my account", "can I delete my account"),
        ("the difference between clevra and clevio on encryption", "the on encryption"),
        ("compare yourself with Clevio: who shares data with third parties?", "who shares data with third parties?"),
        ("Clevio versus you: who keeps logs longer", "who keeps logs longer"),
        ("compare clevra and clevio", None),
        ("clevra vs clevio?", None),
    ],
)
def test_names_are_removed_from_the_question(text: str, asked: str | None) -> None:
    """They would pull the search towards passages that name the company; if nothing is left, nothing is asked."""
    assert without_names(text, COMPANIES) == asked


def test_each_company_answers_in_its_own_words(mapped: PolicyCatalogue) -> None:
    """In the order in which they were named, each from its current version."""
    answers = small_answers(mapped, answer_from=0.0)

    comparison = compare(answers, mapped, "globex and acme: do you sell my data?", ["globex", "acme"])

    assert comparison is not None
    assert [side.answer.company.id for side in comparison.sides] == ["globex", "acme"]
    assert [side.answer.company.id for side in comparison.speaking] == ["acme"]
    assert comparison.speaking[0].hits[0].passage.text == "We never sell personal data to advertisers."
    assert comparison.aspect == SMALL_BANK[0]
    assert comparison.looked_for == "selling personal data"


def test_a_comparison_without_a_question_has_no_answer(mapped: PolicyCatalogue) -> None:
    """ "Compare acme and globex": on what?"""
    assert compare(small_answers(mapped), mapped, "compare acme and globex", ["acme", "globex"]) is None


def test_the_number_of_compared_companies_is_limited(mapped: PolicyCatalogue) -> None:
    """The first ones named are kept."""
    comparison = compare(small_answers(mapped), mapped, "sell data?", ["acme"] * (MOST + 3))

    assert comparison is not None
    assert len(comparison.sides) == MOST


@pytest.mark.parametrize(
    ("kind", "probability", "on_topic", "shown"),
    [
        ("answer", 0.9, False, True),
        ("answer", 0.5, False, False),
        ("answer", 0.5, True, True),
        ("unsure", 0.3, True, True),
        ("unsure", 0.9, False, False),
        ("not_in_policy", 0.1, True, False),
    ],
)
def test_a_near_miss_is_silence(
    mapped: PolicyCatalogue, kind: AnswerKind, probability: float, on_topic: bool, shown: bool
) -> None:
    """If an answer is doubtful, the aspect map must confirm that the passage speaks of the topic."""
    expected = "We never sell personal data to advertisers." if on_topic else "three months for drafts"
    passage = next(p for p in mapped.served("acme").artefact.passages if p.text == expected)
    hit = Hit(passage, 1.0)
    answer = an_answer(kind, probability, SMALL_BANK[0], (hit,), company=mapped.company("acme"), version="2026-06-01")

    assert shown_hits(answer, mapped) == ((hit,) if shown else ())


def test_without_an_aspect_only_a_sure_answer_is_shown(mapped: PolicyCatalogue) -> None:
    """Without an aspect, no map can confirm it."""
    hit = Hit(mapped.served("acme").artefact.passages[0], 1.0)
    sure, unsure = (
        an_answer("answer", probability, None, (hit,), company=mapped.company("acme"), version="2026-06-01")
        for probability in (0.9, 0.5)
    )

    assert shown_hits(sure, mapped) == (hit,)
    assert shown_hits(unsure, mapped) == ()
