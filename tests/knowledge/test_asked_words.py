"""Which of a question's words a passage says, and which stand elsewhere in its policy."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.asked_words import ASKED_FEATURES, UNASKED, asked_features
from knowledge.passages import Passage
from knowledge.words import Words

POLICY = (
    "Turnip receives crash reports of the app.",
    "We like it short.",
    "We like it plain.",
    "Invoices are kept for ten years, but receipts are shredded.",
    "In 2024 nobody asked us for 41 receipts.",
)
PASSAGES = [Passage("acme", "undated", "sentence", "1. All", 0, len(text), text, "", "") for text in POLICY]


def asked(question: str, place: int, rows: np.ndarray | None = None) -> dict[str, float]:
    """The features of one of the passages by their names."""
    places = np.arange(len(PASSAGES)) if rows is None else rows
    chosen = [PASSAGES[row] for row in places]
    values = asked_features(question, chosen, places, Words.of(PASSAGES), np.array([place]))
    return dict(zip(ASKED_FEATURES, values[0].tolist(), strict=True))


def test_a_near_miss_names_one_thing_here_and_another_elsewhere() -> None:
    """The passage on crash reports names no period, and the one with a period speaks of something else."""
    of_reports, of_invoices = (asked("how long does Turnip keep crash reports", place) for place in (0, 3))

    assert of_reports["said"] > of_invoices["said"]
    assert of_reports["span"] == 0.0 < of_invoices["span"] == 1.0
    assert of_invoices["elsewhere_most"] == 1.0
    assert of_reports["rarest_said"] == 2.0
    assert of_invoices["rarest_said"] == 0.0
    assert (of_reports["needed_held"], of_invoices["needed_held"]) == (0.0, 1.0)


def test_the_thing_must_stand_in_the_clause_that_has_the_period() -> None:
    """Receipts and ten years stand in one sentence, but not in one clause."""
    invoices, receipts = (asked(f"how long do you keep {what}?", 3) for what in ("invoices", "receipts"))

    assert min(invoices["said"], receipts["said"]) > 0.0
    assert invoices["said_with_span"] > receipts["said_with_span"] == 0.0


def test_what_stands_next_to_a_passage_is_near_it() -> None:
    """By its place in the policy, whichever of its passages are ranked."""
    question = "did anybody ask for receipts"

    assert asked(question, 2)["said_nearby"] > 0.0
    assert asked(question, 0)["said_nearby"] == 0.0
    assert asked(question, 1, np.array([0, 2, 4])) == asked(question, 2)


def test_a_word_of_no_passage_is_unknown() -> None:
    """It is not missed here more than elsewhere."""
    values = asked("do you keep zebras", 0)

    assert values["unknown"] == 1.0
    assert values["elsewhere"] == values["said"] == 0.0
    assert values["rarest_spread"] == UNASKED


def test_a_year_of_the_question_must_be_the_years() -> None:
    """Another one's count answers nothing."""
    assert asked("how many in 2024", 4)["numbers_said"] == 1.0
    assert asked("how many in 2023", 4)["numbers_said"] == 0.0
    assert asked("how many", 4)["numbers_said"] == UNASKED


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("how long is it kept", "how_long"), ("who are you", "who"), ("and where is it", "where"), ("when will it go", "when"),
        ("why do you need it", "why"), ("how much is it", "how_much"), ("do you sell it", "whether"), ("how do i stop it", "how"),
        ("what do you know", "what"), ("how many of you read it", "how_many"),
    ],
)  # fmt: skip
def test_each_form_of_question_is_told(question: str, form: str) -> None:
    assert asked(question, 0)[f"asks_{form}"] == 1.0
    assert asked("delete it", 0)[f"asks_{form}"] == 0.0


def test_a_question_of_empty_words_is_told_nothing() -> None:
    values = asked("and it?", 1)

    assert np.isfinite(list(values.values())).all()
    assert values["words"] == values["said"] == values["elsewhere"] == 0.0
