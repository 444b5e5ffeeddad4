"""Comparisons worded: who speaks, who is silent, what changed; every value that the sentence asks for is there."""

from __future__ import annotations

import pytest

from candor.conversations.comparison import changes_address, describe_changes, describe_comparison, policies_of
from candor.conversations.responses import Responses
from knowledge.catalogue import PolicyCatalogue
from knowledge.changes import compare_versions
from knowledge.comparing import Comparison, compare
from tests.conftest import ACME_LATER
from tests.fakes import small_answers


def compared(mapped: PolicyCatalogue, *wanted: str, answer_from: float = 0.0) -> Comparison:
    found = compare(
        small_answers(mapped, answer_from=answer_from, unsure_from=answer_from), mapped, "do you sell my data?", wanted
    )
    assert found is not None
    return found


def test_quotes_of_all_companies_are_numbered_on(mapped: PolicyCatalogue) -> None:
    """Best first within each company; a side names its own."""
    told = describe_comparison(compared(mapped, "acme", "acme"), Responses())

    assert [citation.n for citation in told.citations] == [1, 2]
    assert [side.citations for side in told.sides] == [[1], [2]]
    (first, _) = told.citations
    assert ACME_LATER[first.start : first.end] == first.quote == "We never sell personal data to advertisers."
    assert first.url == f"/policies/acme/2026-06-01#c{first.start}-{first.end}"


@pytest.mark.parametrize(
    ("wanted", "answer_from", "response", "said"),
    [
        (("acme", "acme"), 0.0, "utter_compare", "the policies of Acme and Acme"),
        (("acme", "globex"), 0.0, "utter_compare_some_silent", "In the policy of Globex I found nothing"),
        (("globex", "globex"), 0.0, "utter_compare_silent", "in the policies of Globex and Globex and found nothing"),
    ],
)
def test_silence_is_said_as_such(
    mapped: PolicyCatalogue, wanted: tuple[str, ...], answer_from: float, response: str, said: str
) -> None:
    """By name, and never as a judgement on who is better."""
    told = describe_comparison(compared(mapped, *wanted, answer_from=answer_from), Responses())

    text = Responses().say(told.response, **told.values)
    assert told.response == response
    assert said in text
    assert "selling personal data" in text
    assert "{" not in text


def test_changes_stand_in_pairs(mapped: PolicyCatalogue) -> None:
    """The older version first; what one of them does not have is said to be missing there."""
    told = describe_changes(compare_versions(mapped, "acme"), mapped.company("acme"), "Privacy Policy", "2026-06-01", Responses())

    assert [(side.version, side.silent) for side in told.sides] == [
        ("2026-01-15", False), ("2026-06-01", False),
        ("2026-01-15", True), ("2026-06-01", False),
        ("2026-01-15", False), ("2026-06-01", True),
    ]  # fmt: skip
    quoted = {citation.n: citation for citation in told.citations}
    assert quoted[told.sides[0].citations[0]].quote == "We never sell personal data."
    assert quoted[told.sides[1].citations[0]].quote == "We never sell personal data to advertisers."
    assert Responses().say(told.response, **told.values) == (
        "Between the version of 15 January 2026 and the version of 1 June 2026 of Acme's Privacy Policy, "
        "1 passage was changed, 1 was added and 1 was removed."
    )


def test_only_one_version_is_said_honestly(mapped: PolicyCatalogue) -> None:
    """There is nothing to compare it with."""
    told = describe_changes(
        compare_versions(mapped, "globex"), mapped.company("globex"), "Globex Privacy Notice", "undated", Responses()
    )

    assert Responses().say(told.response, **told.values) == (
        "I cannot say what changed, or when: I have only one version of the Globex Privacy Notice, and it carries no date."
    )
    assert (told.citations, told.sides) == ((), ())


def test_versions_that_say_the_same_are_said_to(mapped: PolicyCatalogue) -> None:
    """Also a finding."""
    found = compare_versions(mapped, "acme", "2026-01-15", "2026-01-15")
    told = describe_changes(found, mapped.company("acme"), "Privacy Policy", "2026-06-01", Responses())

    assert told.response == "utter_nothing_changed"
    assert "the same words" in Responses().say(told.response, **told.values)


def test_names_in_a_row() -> None:
    """As a person would list them."""
    responses = Responses()
    rows: list[list[str]] = [[], ["a"], ["a", "b"], ["a", "b", "c"]]

    assert [responses.in_a_row(row) for row in rows] == ["", "a", "a and b", "a, b and c"]
    assert [policies_of(row, responses) for row in rows[:3]] == ["", "the policy of a", "the policies of a and b"]
    assert changes_address("acme", "1", "2") == "/policies/acme/changes?old=1&new=2"
