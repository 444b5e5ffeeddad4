"""Scoring comparisons: side by side, a company that says it and one that does not."""

from __future__ import annotations

from typing import Any

import pytest

from evaluation.comparisons import score_comparisons

QUESTION: dict[str, Any] = {
    "id": "c1", "question": "who keeps it longer, alder or birch?", "companies": ["alder", "birch"], "not_stated": ["birch"],
    "evidence": {"alder": ["We keep your account data for twelve months."], "birch": []},
    "must_say": {"alder": ["twelve months"], "birch": []},
}  # fmt: skip
RIGHT = {"company": "alder", "quote": "We keep your account data for twelve months."}


@pytest.mark.parametrize(
    ("citations", "figures"),
    [
        ([RIGHT], {"side_hit": 1.0, "side_said": 1.0, "side_silent": 1.0}),
        ([{**RIGHT, "company": "birch"}], {"side_hit": 0.0, "side_said": 0.0, "side_silent": 0.0}),
        ([{**RIGHT, "quote": "We keep backups."}], {"side_hit": 0.0, "side_said": 0.0, "side_silent": 1.0}),
    ],
)
def test_each_side_is_marked_by_its_own_quotes(citations: list[dict[str, str]], figures: dict[str, float]) -> None:
    """A right sentence of the wrong company is no evidence, and silence is broken by any quote."""
    assert score_comparisons([QUESTION], {"c1": {"citations": citations}}).figures == figures


def test_a_comparison_without_a_reply_misses() -> None:
    """What was not answered counts against what should have been said."""
    sheet = score_comparisons([QUESTION], {})

    assert sheet.figures == {"side_hit": 0.0, "side_said": 0.0, "side_silent": 1.0}
    assert len(sheet.misses) == 2
