"""When the policy itself was written: who asks for it, and which passage says it."""

from __future__ import annotations

import pytest

from knowledge.dating import asks_for_date, states_date


@pytest.mark.parametrize("question", ["when was this last updated", "how old is your policy?", "what date is it from"])
def test_a_question_for_the_date_is_recognised(question: str) -> None:
    """If it was mapped to such an aspect as well."""
    assert asks_for_date(question, "changes.last_updated")
    assert not asks_for_date(question, "retention.general")


@pytest.mark.parametrize("question", ["do you tell me about updates", "must i agree to changes"])
def test_a_question_about_changes_is_not_one_for_the_date(question: str) -> None:
    """However near it is to the aspect."""
    assert not asks_for_date(question, "changes.effective_date")


@pytest.mark.parametrize(
    "text",
    [
        "Last updated: January 15, 2026", "Effective 15 January 2026", "The version of 2026-01-15.", "Last revised APRIL-2024",
        "In force from 1st of May 2025", "Updated 15.01.2026", "Effective as of 15-01-2026",
    ],
)  # fmt: skip
def test_a_passage_states_the_policys_date(text: str) -> None:
    """In any of the usual forms."""
    assert states_date(text)


@pytest.mark.parametrize("text", ["We may update this policy at times.", "The law of 27 April 2016 applies."])
def test_other_passages_state_none(text: str) -> None:
    """An announcement of changes is no date, and a law's date is not the policy's."""
    assert not states_date(text)
