"""Floors under the figures: a figure that is worse is named, in either direction."""

from __future__ import annotations

import json
from pathlib import Path

from evaluation.floors import FLOORS, LESS_IS_BETTER, below_floor


def test_only_what_is_worse_than_its_floor_is_named(tmp_path: Path) -> None:
    """More hits are better, fewer false refusals are."""
    path = tmp_path / "floors.json"
    path.write_text(json.dumps({"ask": {"hit@1": 0.7, "hit@3": 0.9, "false_refusal": 0.05, "hedged": 0.1}}), encoding="utf-8")

    result = below_floor("ask", {"hit@1": 0.69, "hit@3": 0.9, "false_refusal": 0.06, "hedged": 0.1}, path)

    assert result == ["hit@1 0.69, floor 0.7", "false_refusal 0.06, ceiling 0.05"]


def test_the_floors_stand_between_nothing_and_everything() -> None:
    """A floor of zero or a ceiling of one would guard nothing."""
    for floors in json.loads(FLOORS.read_text(encoding="utf-8")).values():
        assert all((floor < 1) if name in LESS_IS_BETTER else (floor > 0) for name, floor in floors.items())
