"""The labels of points at a glance: whether the quote shown for an aspect speaks of it. Pure.

`glance_points.txt` has a line for each point: a verdict, the half, the company, the aspect and the quote. The verdict is R (the
quote speaks of the aspect), P (only in part) or W (it does not). By the half "seen" the floor was chosen, by "unseen" only the
last figure was taken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

POINTS = Path(__file__).with_name("glance_points.txt")
HALVES = ("seen", "unseen")
Point = tuple[str, str, str]  # company, aspect, quote with single spaces


@dataclass(frozen=True)
class PointLabel:
    """One verdict."""

    verdict: str  # "R", "P" or "W"
    half: str


@dataclass(frozen=True)
class PointScore:
    """How the shown points of one half did."""

    shown: int
    wrong: tuple[Point, ...]
    partly: int
    unlabelled: tuple[Point, ...]  # not judged yet: they count neither way

    @property
    def share_wrong(self) -> float:
        """Of the points that were judged, 0.0 to 1.0."""
        judged = self.shown - len(self.unlabelled)
        return len(self.wrong) / judged if judged else 0.0


def read_point_labels(path: Path = POINTS) -> dict[Point, PointLabel]:
    """The verdict on each labelled point. Raises: ValueError if a line has not five parts, or an unknown verdict or half."""
    labels: dict[Point, PointLabel] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        verdict, half, company, aspect, quote = line.split(" | ", 4)
        if verdict not in ("R", "P", "W") or half not in HALVES:
            raise ValueError(f"{path.name}: {line[:80]!r}")
        labels[company, aspect, quote] = PointLabel(verdict, half)
    return labels


def score_points(shown: Iterable[Point], labels: Mapping[Point, PointLabel]) -> dict[str, PointScore]:
    """The score of each half, given all points that are shown."""
    halves = {company: label.half for (company, _, _), label in labels.items()}
    by_half: dict[str, list[Point]] = {half: [] for half in HALVES}
    for company, aspect, quote in shown:
        by_half[halves[company]].append((company, aspect, " ".join(quote.split())))
    scores = {}
    for half, points in by_half.items():
        verdicts = {point: labels[point].verdict for point in points if point in labels}
        wrong = tuple(point for point, verdict in verdicts.items() if verdict == "W")
        unlabelled = tuple(point for point in points if point not in labels)
        scores[half] = PointScore(len(points), wrong, Counter(verdicts.values())["P"], unlabelled)
    return scores
