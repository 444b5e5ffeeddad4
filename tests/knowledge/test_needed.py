"""What an answer must hold to answer "how long" or "when was this last changed"."""

from __future__ import annotations

import pytest

from knowledge.needed import needed_in_answer


@pytest.mark.parametrize(
    ("question", "answer", "beside_it"),
    [
        ("How long do you keep call notes?", "Call notes are kept for two years.", "We keep call notes in a locked room."),
        ("how many days till you answer", "We reply within thirty (30) calendar days.", "We reply to every letter."),
        ("how fast is it wiped", "It is erased without undue delay.", "Erased data cannot be brought back."),
        ("when did you last change this", "Last updated: 3 May 2024", "We may change this notice from time to time."),
        ("How old is this policy?", "In force since 1 July 2023.", "Old versions can be requested from us."),
    ],
)
def test_an_answer_about_time_names_a_time(question: str, answer: str, beside_it: str) -> None:
    """A sentence on the same subject without one does not answer."""
    needed = needed_in_answer(question)

    assert needed is not None
    assert needed.search(answer)
    assert not needed.search(beside_it)


@pytest.mark.parametrize("question", ["do you sell my data", "will I get a mail when you change this?", "how do I delete it"])
def test_other_questions_need_nothing_certain(question: str) -> None:
    """Where that cannot be told from the question, nothing is asked of the passage."""
    assert needed_in_answer(question) is None
