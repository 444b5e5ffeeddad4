"""Plots of the quality of answers: reliability, risk against coverage, hits by topic. `candor eval --plots` draws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

BINS = 6  # with equally many questions each


@dataclass(frozen=True)
class Point:
    """One answerable or unanswerable question."""

    probability: float  # predicted, that the first quote answers it
    right: bool  # whether the first quote answers it
    any_of_three: bool  # whether one of the first three quotes answers it
    answerable: bool
    topic: str


def draw(points: Sequence[Point], folder: Path) -> list[Path]:
    """Write three SVG files into `folder` and return their paths. Raises: ModuleNotFoundError if matplotlib is missing."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "candor"  # the same data give the same file
    from matplotlib import pyplot as plt

    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    for name, plot in (("reliability", _reliability), ("risk_coverage", _risk_coverage), ("hits_by_topic", _hits_by_topic)):
        figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
        plot(axes, points)
        path = folder / f"{name}.svg"
        figure.savefig(path, metadata={"Date": None})
        plt.close(figure)
        drawn.append(path)
    return drawn


def _reliability(axes: Any, points: Sequence[Point]) -> None:
    """Predicted probability against the observed share, in bins of equal size."""
    ordered = sorted(points, key=lambda point: point.probability)
    bins = [bin_ for bin_ in np.array_split(np.arange(len(ordered)), BINS) if len(bin_)]
    predicted = [np.mean([ordered[index].probability for index in bin_]) for bin_ in bins]
    observed = [np.mean([ordered[index].right for index in bin_]) for bin_ in bins]
    axes.plot([0, 1], [0, 1], linestyle="--", color="grey", label="perfect")
    axes.plot(predicted, observed, marker="o", label="measured")
    axes.set(xlabel="probability that the first quote answers", ylabel="share where it does", title="Reliability", ylim=(0, 1))
    axes.legend()


def _risk_coverage(axes: Any, points: Sequence[Point]) -> None:
    """The share of wrong answers if only the most certain questions are answered."""
    ordered = sorted(points, key=lambda point: -point.probability)
    wrong = np.cumsum([not point.any_of_three for point in ordered])
    answered = np.arange(1, len(ordered) + 1)
    axes.plot(answered / len(ordered), wrong / answered)
    axes.set(
        xlabel="coverage: share of questions that are answered",
        ylabel="risk: share of these without the evidence in three quotes",
        title="Risk against coverage", xlim=(0, 1), ylim=(0, 1),
    )  # fmt: skip


def _hits_by_topic(axes: Any, points: Sequence[Point]) -> None:
    """hit@1 and hit@3 of answerable questions, topic by topic."""
    topics = sorted({point.topic for point in points if point.answerable})
    of_topic = [[point for point in points if point.answerable and point.topic == topic] for topic in topics]
    y = np.arange(len(topics))
    axes.barh(y + 0.2, [np.mean([point.any_of_three for point in part]) for part in of_topic], 0.4, label="hit@3")
    axes.barh(y - 0.2, [np.mean([point.right for point in part]) for part in of_topic], 0.4, label="hit@1")
    axes.set_yticks(y, [f"{topic} ({len(part)})" for topic, part in zip(topics, of_topic, strict=True)])
    axes.set(xlim=(0, 1), title="Hits by topic (number of questions)")
    axes.legend()
