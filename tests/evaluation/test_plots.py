"""Plots for docs/evaluation.md: drawn without a screen, the same each time."""

from __future__ import annotations

from pathlib import Path

from evaluation.plots import Point, draw

POINTS = [
    Point(0.1 * place, right=place > 5, any_of_three=place > 3, answerable=place % 3 > 0, topic=f"topic {place % 2}")
    for place in range(10)
]


def test_three_plots_are_drawn_alike_each_time(tmp_path: Path) -> None:
    """So that a change of a plot in the history is a change of the figures."""
    first = draw(POINTS, tmp_path / "first")
    second = draw(POINTS, tmp_path / "second")

    assert [path.name for path in first] == ["reliability.svg", "risk_coverage.svg", "hits_by_topic.svg"]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert all(b"<svg" in path.read_bytes() for path in first)


def test_another_outcome_gives_another_plot(tmp_path: Path) -> None:
    """The plots depend on what was measured."""
    worse = [Point(point.probability, False, False, point.answerable, point.topic) for point in POINTS]

    drawn, other = draw(POINTS, tmp_path / "drawn"), draw(worse, tmp_path / "other")

    assert all(one.read_bytes() != two.read_bytes() for one, two in zip(drawn, other, strict=True))
