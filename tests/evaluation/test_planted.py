"""What of a planted value is left in clear, and what counts as left."""

from __future__ import annotations

import pytest

from benchmarks.masking import question_sets
from candor.settings import ROOT
from candor.transcripts.masking import find_personal_data
from evaluation.planted import OTHERS, PlantedMessage, left_in_clear, read_planted, shares

MESSAGE = PlantedMessage("seen", "name", "I am Ada Lovelace, call 555-0134", ("Ada Lovelace", "555-0134"))


@pytest.mark.parametrize(
    ("spans", "left"),
    [
        ([], ["Ada Lovelace", "555-0134"]),
        ([(5, 17), (24, 32)], []),
        ([(5, 8), (24, 32)], [" Lovelace"]),
        ([(5, 17), (24, 31)], []),
    ],
)
def test_a_value_counts_as_masked_when_nothing_telling_is_left(spans: list[tuple[int, int]], left: list[str]) -> None:
    """A surname in clear is as bad as the whole name; one digit tells nothing."""
    found = left_in_clear([MESSAGE], lambda _: spans)

    assert [one.left for one in found] == left
    assert shares([MESSAGE], found)[""] == (2 - len(left), 2)


@pytest.mark.parametrize("others", [False, True])
def test_both_halves_hold_two_hundred_messages_and_share_none(*, others: bool) -> None:
    """What recognisers are written by must not be what they are measured by."""
    seen, unseen = (read_planted(half, OTHERS[half]) if others else read_planted(half) for half in OTHERS)

    assert min(len(seen), len(unseen)) >= 200
    assert {message.text for message in seen}.isdisjoint(message.text for message in unseen)
    assert all(value in message.text for message in (*seen, *unseen) for value in message.planted)


@pytest.mark.parametrize("folder", ["evaluation/gold", "training/questions"])
def test_masking_leaves_questions_as_they_are(folder: str) -> None:
    """What is not changed is answered as before; the few that are changed do ask about somebody by name."""
    questions = dict(question_sets(ROOT))[folder]

    changed = [question for question in questions if find_personal_data(question)]

    assert len(changed) <= 0.01 * len(questions), changed
