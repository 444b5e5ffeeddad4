"""The labels of first lines, and the score of whoever says them."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluation.first_lines import SEEN, UNSEEN, LineLabel, read_labels, score_lines


def test_labels_are_read_with_lead_ins_and_alternatives(tmp_path: Path) -> None:
    """Comments and empty lines are no labels."""
    path = tmp_path / "labels.txt"
    path.write_text(
        "# a comment\n\nS M | do you? | We may.\n= 30 days | how long? | We keep: >> Logs: 30 days\n", encoding="utf-8"
    )

    assert read_labels(path) == [
        LineLabel(("S", "M"), "do you?", "We may."),
        LineLabel(("= 30 days",), "how long?", "Logs: 30 days", "We keep:"),
    ]


def test_a_missing_line_is_neither_right_nor_wrong() -> None:
    """It only lowers the share that was found."""
    labels = [LineLabel(("Y",), "a", "1"), LineLabel(("N",), "b", "2"), LineLabel(("-",), "c", "3"), LineLabel(("Y",), "d", "4")]
    said = {"a": "Y", "b": "-", "c": "N", "d": "N"}

    score = score_lines(labels, lambda question, *_: said[question])

    assert (score.labels, score.answerable, score.given, score.right) == (4, 3, 3, 1)
    assert (score.share_right, score.share_given) == (1 / 3, 1 / 3)
    assert len(score.wrong) == 2


@pytest.mark.parametrize("half", [SEEN, UNSEEN])
def test_every_label_has_a_known_form(half: Path) -> None:
    """A misspelt one would count every line as wrong."""
    forms = {"Y", "N", "S", "M", "-"}
    odd = [label for label in read_labels(half) if not (set(label.right) <= forms or label.right[0].startswith("= "))]

    assert odd == []


def test_no_label_stands_in_both_halves() -> None:
    """What is measured must not be what the rules were made by."""
    assert not set(read_labels(SEEN)) & set(read_labels(UNSEEN))
