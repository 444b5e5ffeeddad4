"""Labels of points at a glance: their form, and how they are counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluation.glance_points import HALVES, PointLabel, read_point_labels, score_points


def test_the_labels_are_of_ten_policies_in_two_halves() -> None:
    """No policy is in both."""
    labels = read_point_labels()

    halves = {half: {company for (company, _, _), label in labels.items() if label.half == half} for half in HALVES}
    assert [len(companies) for companies in halves.values()] == [5, 5]
    assert not halves["seen"] & halves["unseen"]


def test_an_unknown_verdict_is_refused(tmp_path: Path) -> None:
    """With the line that has it."""
    (tmp_path / "points.txt").write_text("# why\nX | seen | acme | selling.sold | We sell.\n", encoding="utf-8")

    with pytest.raises(ValueError, match=r"X \| seen"):
        read_point_labels(tmp_path / "points.txt")


def test_what_nobody_judged_counts_neither_way() -> None:
    """But it is told."""
    labels = {
        ("acme", "a", "one"): PointLabel("W", "seen"),
        ("acme", "b", "two"): PointLabel("R", "seen"),
        ("globex", "a", "three"): PointLabel("P", "unseen"),
    }

    scores = score_points([("acme", "a", "one"), ("acme", "b", "two"), ("acme", "b", "new"), ("globex", "a", "three")], labels)

    assert (scores["seen"].share_wrong, len(scores["seen"].unlabelled)) == (0.5, 1)
    assert (scores["unseen"].share_wrong, scores["unseen"].partly) == (0.0, 1)
