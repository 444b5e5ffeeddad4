"""Whether a policy answers a question at all: two judges, because two different things are decided. Pure.

A logistic regression sees the first passage and how it stands out (JUDGE_FEATURES). It is careful with what people ask plainly,
and silence is claimed only where it doubts. Boosted trees see each of the first ten passages (PASSAGE_FEATURES); that any of
them answers follows from all ten, taken as independent. They tell near misses from answers better, and only what they are sure
of is given as an answer. docs/evaluation.md has the figures of both. The names in JUDGE_FEATURES and PASSAGE_FEATURES belong to
the trained models and must not change.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from knowledge.ranking import COMPARED, FEATURES, NEAREST_SPREAD, PolicyView, Question, softmax
from knowledge.scope import SURE

JUDGE_FEATURES = (
    "headings", "lead_in", "bare", "aspects", "aspects_within", "nearest_aspect", "bm25", "topic", "gap", "score", "covered",
    "closeness", "first_three", "aspect_best", "late", "late_gap", "scope", "spoken", "spoken_best", "spoken_three",
)  # fmt: skip
JUDGED = 10  # passages that may answer
PASSAGE_FEATURES = (
    *FEATURES, "score", "below_best", "above_mean", "place",
    "closeness", "lead", "closeness_of_three", "scope", "question_length", "passages",
    *(f"{name}_best" for name in COMPARED),
    "learnt", "learnt_below_best", "learnt_best",
)  # fmt: skip


def judge_features(table: np.ndarray, scores: np.ndarray, order: np.ndarray, view: PolicyView, question: Question) -> np.ndarray:
    """The features from which the probability of an answer is computed; float64 (len(JUDGE_FEATURES),).

    Shapes: table (n, len(FEATURES)), scores (n,); order (m,): indices of the passages to judge, best first.
    """
    first, runners_up = order[0], order[1:6]
    named = dict(zip(FEATURES, table[first].tolist(), strict=True))
    closest = int(np.argmax(question.closeness))
    nearest = np.argsort(-question.closeness)[:3]
    weights = softmax(question.closeness[nearest] / NEAREST_SPREAD)
    headings = table[order, FEATURES.index("headings")]
    spoken = table[order, FEATURES.index("spoken")]
    late = np.sort(table[order, FEATURES.index("late")])[::-1]
    values = {
        **named,
        "bm25": table[order, FEATURES.index("bm25")].max(),
        "nearest_aspect": view.aspects[closest, first],
        "gap": scores[first] - (scores[runners_up].mean() if len(runners_up) else scores[first]),
        "score": scores[first],
        "covered": weights @ view.aspects[nearest][:, order].max(axis=1),
        "closeness": question.closeness[closest],
        "first_three": np.sort(headings)[::-1][:3].mean(),
        "aspect_best": view.aspects[closest, order].max(),
        "late_gap": late[0] - late[1:6].mean() if len(late) > 1 else 0.0,
        "scope": question.scope / SURE,
        "spoken_best": spoken.max(),
        "spoken_three": spoken[:3].max(),
    }
    return np.array([values[name] for name in JUDGE_FEATURES], dtype=np.float64)


@dataclass(frozen=True)
class LearntCosine:
    """How near a question and a passage are, where the product of each two numbers of their vectors has a weight of its own."""

    small: np.ndarray  # float32 (dim,): of the small encoder's
    large: np.ndarray  # float32 (large dim,): of the large encoder's

    def __call__(self, view: PolicyView, order: np.ndarray, question: Question) -> np.ndarray:
        """One value for each of the passages `order`, int64 (m,); higher is nearer."""
        read = view.readings[order, :2].mean(axis=1)
        near: np.ndarray = read @ (self.small * question.vector) + view.large[order].astype(np.float32) @ (
            self.large * question.large
        )
        return near


def passage_features(
    table: np.ndarray, scores: np.ndarray, order: np.ndarray, view: PolicyView, question: Question, learnt: LearntCosine
) -> np.ndarray:
    """The features of each of the first JUDGED passages; float64 (m, len(PASSAGE_FEATURES)), with m at most JUDGED.

    Shapes: table (n, len(FEATURES)), scores (n,); order: indices of passages, best first.
    """
    order = order[:JUDGED]
    count = len(order)
    nearest = np.sort(question.closeness)[::-1][:3]
    about_question = [
        nearest[0], nearest[0] - nearest[min(1, len(nearest) - 1)], nearest.mean(), question.scope, len(question.tokens),
        len(scores),
    ]  # fmt: skip
    best = table[:, [FEATURES.index(name) for name in COMPARED]].max(axis=0)
    own, near = scores[order], learnt(view, order, question)
    columns = [
        table[order], np.stack([own, own - own[0], own - own.mean(), np.arange(count)], axis=1),
        np.broadcast_to(about_question, (count, len(about_question))),
        np.broadcast_to(best, (count, len(best))),
        np.stack([near, near - near.max(), np.full(count, near.max())], axis=1),
    ]  # fmt: skip
    return np.concatenate(columns, axis=1)


@dataclass(frozen=True)
class PassageJudge:
    """Judges each of the first passages, and so whether any of them answers."""

    log_odds: Callable[[np.ndarray], np.ndarray]  # of each passage (m,), from features (m, len(PASSAGE_FEATURES))
    learnt: LearntCosine

    def probability(self, rows: np.ndarray) -> float:
        """The probability that any of the passages answers the question, from passage_features (m, len(PASSAGE_FEATURES))."""
        return 1 - float(self._wrong(rows).prod())

    def of_each(self, rows: np.ndarray) -> np.ndarray:
        """The probability that each of the passages answers, (m,), from the same."""
        return 1 - self._wrong(rows)

    def _wrong(self, rows: np.ndarray) -> np.ndarray:
        wrong: np.ndarray = 1 / (1 + np.exp(self.log_odds(rows)))
        return wrong


@dataclass(frozen=True)
class QuestionJudge:
    """Judges a question by its first passage and how that stands out."""

    weights: np.ndarray  # float64 (len(JUDGE_FEATURES),)
    bias: float  # log odds

    def probability(self, values: np.ndarray) -> float:
        """The probability that the best passage answers the question, from judge_features (len(JUDGE_FEATURES),)."""
        return 1 / (1 + math.exp(-float(values @ self.weights) - self.bias))
