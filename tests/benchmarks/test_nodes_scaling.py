"""What a second node adds, from what was measured."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.nodes_scaling import Measured, added_by_second

ALONE = Measured(90, 60.0, {"web": 20.0, "rasa": 60.0, "actions": 40.0, "worker": 0.0, "PostgreSQL": 12.0, "Redis": 1.0}, 0.0, 3)


@pytest.mark.parametrize(
    ("two", "added"),
    [
        (replace(ALONE, at_once=6), 1.0),  # nobody waits for anybody
        (replace(ALONE, at_once=6, waiting=0.3), 0.9),  # 5 % of the time
        (replace(ALONE, at_once=6, cpu={**ALONE.cpu, "PostgreSQL": 99.0}), 0.2),  # the database is full before
    ],
)
def test_a_second_node_adds_what_locks_and_the_shared_leave(two: Measured, added: float) -> None:
    """A share of 1.0 is as much as the first."""
    assert added_by_second(ALONE, two) == pytest.approx(added)
