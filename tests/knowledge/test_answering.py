"""Answer, unsure, or silence; each with what it rests on."""

from __future__ import annotations

import pytest

from errors import UnknownCompanyError
from knowledge.catalogue import PolicyCatalogue
from tests.conftest import ACME
from tests.fakes import small_answers

SELL = "we never sell personal data"


def test_an_answer_quotes_the_policy_word_for_word(catalogue: PolicyCatalogue) -> None:
    """Offsets into the stored text, and the version that was read."""
    answer = small_answers(catalogue).answer(SELL, "acme")

    assert (answer.kind, answer.version, answer.policy) == ("answer", "2026-01-15", "Privacy Policy")
    assert all(ACME[hit.passage.start : hit.passage.end] == hit.passage.text for hit in answer.hits)
    assert answer.hits[0].passage.text == "We never sell personal data."


def test_at_most_three_quotes_are_shown_and_more_are_remembered(catalogue: PolicyCatalogue) -> None:
    """A reader gets the best; the record of the turn has what else was looked at."""
    answer = small_answers(catalogue).answer(SELL, "acme")

    assert len(answer.hits) <= 3
    assert answer.seen[: len(answer.hits)] == answer.hits
    assert len(answer.seen) > len(answer.hits)


@pytest.mark.parametrize(
    ("answer_from", "unsure_from", "kind"), [(0.4, 0.2, "answer"), (0.6, 0.4, "unsure"), (0.9, 0.6, "not_in_policy")]
)
def test_the_probability_decides_how_it_is_said(
    catalogue: PolicyCatalogue, answer_from: float, unsure_from: float, kind: str
) -> None:
    """Sure enough: an answer; less: the nearest passages, as such; else the policy does not say."""
    answers = small_answers(catalogue, answer_from=answer_from, unsure_from=unsure_from)

    answer = answers.answer(SELL, "acme")

    assert answer.probability == 0.5
    assert answer.kind == kind


def test_silence_quotes_nothing_and_names_what_was_looked_for(catalogue: PolicyCatalogue) -> None:
    """Nothing is passed off as evidence; what was looked at is still on record."""
    answer = small_answers(catalogue, answer_from=0.9, unsure_from=0.8).answer("is my data sold", "acme")

    assert answer.hits == ()
    assert answer.seen
    assert answer.looked_for == "selling personal data"


def test_an_unknown_company_is_refused(catalogue: PolicyCatalogue) -> None:
    """The message lists the known ones."""
    with pytest.raises(UnknownCompanyError, match="acme, globex"):
        small_answers(catalogue).answer(SELL, "initech")
