"""The sum of several runs with harm: nothing that went wrong in one of them is left out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from benchmarks.nodes_record import HarmRun, added, in_sum

RUN = HarmRun(
    "2026-03-02T12:00:00+00:00", "abc", 3.0, 2, {"web killed": 2, "rasa killed": 1}, 12, 60, 100.0, 500.0, 900.0, 4000.0,
    {"503": 3}, 2, 0, 0, 0,
)  # fmt: skip


def test_runs_are_added_up(tmp_path: Path) -> None:
    """Also those of another day, and those in which something was lost."""
    record = tmp_path / "harm.jsonl"
    added(record, RUN)

    runs = added(
        record, replace(RUN, harm={"web killed": 1, "Redis restarted": 1}, again={"ReadError": 1}, most_again=5, broken=2)
    )

    said = in_sum(runs)
    assert "conversations: 24, messages: 120" in said
    assert "processes killed: 4; Redis restarted 1, rasa killed 1, web killed 3" in said
    assert "{'503': 3, 'ReadError': 1}; most of one message: 5" in said
    assert "broken: 2, unfinished: 0, lost or doubled: 0, in 1 of the runs" in said
