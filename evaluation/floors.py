"""The lowest acceptable figures: `floors.json` holds them by command. They may be raised, never lowered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

FLOORS = Path(__file__).with_name("floors.json")
LESS_IS_BETTER = frozenset({"false_refusal", "hedged", "confident_wrong"})  # their floors are ceilings


def below_floor(command: str, figures: Mapping[str, float], path: Path = FLOORS) -> list[str]:
    """The figures that are worse than allowed, each as "hit@1 0.71, floor 0.75"; empty if there are none."""
    floors: dict[str, float] = json.loads(path.read_text(encoding="utf-8"))[command]
    return [
        f"{name} {figures[name]}, {'ceiling' if name in LESS_IS_BETTER else 'floor'} {floor}"
        for name, floor in floors.items()
        if (figures[name] > floor if name in LESS_IS_BETTER else figures[name] < floor)
    ]
