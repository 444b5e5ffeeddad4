"""Fit what judges passages: boosted trees over each of the first ones, and the learnt cosine among their features.

The trees learn from all first passages, right and wrong ones, of every question and of a few messages that are not about privacy.
As with the other judge, orders and learnt cosines are those that the *other* companies' questions gave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import lightgbm
import numpy as np
from sklearn.linear_model import LogisticRegression

from knowledge.judging import JUDGED, PASSAGE_FEATURES, LearntCosine, PassageJudge, passage_features
from knowledge.ranker import Order
from knowledge.retrieval import readable_order
from training.cases import Case
from training.ordering import as_trees

ROUNDS = 500
SMALLEST_LEAF = 80  # passages; with few passages, as in a test, a two-hundredth of them
SETTINGS = {
    "objective": "binary", "num_leaves": 31, "learning_rate": 0.03, "lambda_l2": 5, "feature_fraction": 0.3,
    "bagging_fraction": 0.7, "bagging_freq": 1, "seed": 2, "deterministic": True, "force_row_wise": True, "num_threads": 2,
    "verbose": -1,
}  # fmt: skip
CHATTER_WEIGHT = 0.3  # of a message that is not about privacy; a question weighs 1.0
LEARNT_STRENGTH = 0.02  # inverse of the L2 regularisation of the learnt cosine
SCALE = 30.0  # of products of two unit vectors' numbers, so that one strength fits them
STEPS = 60  # of its solver


def first_passages(case: Case, order: Order) -> tuple[np.ndarray, np.ndarray]:
    """The scores of all passages (n,), and the indices of the ones to judge, best first; int64 (m,)."""
    scores = order(case.table)
    return scores, readable_order(case.view.passages, scores)[:JUDGED]


def fit_learnt(cases: Sequence[Case], orders: Mapping[str, Order]) -> LearntCosine:
    """Weights that tell right passages from the wrong ones that come first beside them."""
    asked = [case for case in cases if case.asked["kind"] != "chatter"]
    products, right = [], []
    for case in asked:
        _, first = first_passages(case, orders[case.company])
        small = case.view.readings[first, :2].mean(axis=1) * case.question.vector
        products.append(np.concatenate([small, case.view.large[first].astype(np.float32) * case.question.large], axis=1))
        right.append(case.right[first])
    solved = LogisticRegression(C=LEARNT_STRENGTH, max_iter=STEPS, class_weight="balanced").fit(
        np.concatenate(products) * SCALE, np.concatenate(right)
    )
    weights = (solved.coef_[0] * SCALE).astype(np.float32)
    dim = len(asked[0].question.vector)
    return LearntCosine(weights[:dim], weights[dim:])


@dataclass(frozen=True)
class JudgedPassages:
    """The training examples of one question: its first passages."""

    values: np.ndarray  # float64 (m, len(PASSAGE_FEATURES))
    right: np.ndarray  # bool (m,): whether a passage holds the evidence
    weight: float

    @classmethod
    def of(cls, case: Case, order: Order, learnt: LearntCosine) -> JudgedPassages:
        scores, first = first_passages(case, order)
        values = passage_features(case.table, scores, first, case.view, case.question, learnt)
        return cls(values, case.right[first], CHATTER_WEIGHT if case.asked["kind"] == "chatter" else 1.0)


def fit_passage_judge(questions: Sequence[JudgedPassages], learnt: LearntCosine) -> PassageJudge:
    """Trees on the passages of all questions; `learnt` goes with them where they are served."""
    values = np.concatenate([question.values for question in questions])
    right = np.concatenate([question.right for question in questions])
    weights = np.concatenate([np.full(len(question.right), question.weight) for question in questions])
    leaf = max(1, min(SMALLEST_LEAF, len(values) // 200))
    rows = lightgbm.Dataset(values, right.astype(int), weight=weights, params={"min_data_in_bin": min(3, leaf)})
    booster = lightgbm.train({**SETTINGS, "min_data_in_leaf": leaf}, rows, ROUNDS)
    return PassageJudge(as_trees(booster, len(PASSAGE_FEATURES)), learnt)
