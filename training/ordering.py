"""Fit the trees that rank right passages before wrong ones: LambdaMART (Burges, 2010) by LightGBM, stored as ONNX.

The service runs onnxruntime anyway, so with ONNX it needs no LightGBM.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import lightgbm
import numpy as np

from knowledge.ranker import Trees, TwoOrders
from knowledge.ranking import FEATURES, NEARNESS
from training.cases import Case

ROUNDS = 300
SMALLEST_LEAF = 50  # passages; with few passages, as in a test, a two-hundredth of them
SETTINGS = {
    "objective": "lambdarank", "lambdarank_truncation_level": 5, "num_leaves": 8, "learning_rate": 0.05, "lambda_l2": 5,
    "feature_fraction": 0.6, "bagging_fraction": 0.7, "bagging_freq": 1, "seed": 2, "deterministic": True,
    "force_row_wise": True, "num_threads": 2, "verbose": -1,
}  # fmt: skip
OPSET = 15  # the tree operators have not changed since
# What the converter must read in a model of two classes, to keep the sums of its trees instead of a label.
AS_SUMS = {"objective=binary sigmoid:1": "objective=regression", "[objective: binary]": "[objective: regression]"}


def fit_order(cases: Sequence[Case]) -> TwoOrders:
    """Two orders of the passages of a policy, trained on the answerable cases. Seeded."""
    return TwoOrders(_fit(cases, len(NEARNESS)), _fit(cases, len(FEATURES)))


def _fit(cases: Sequence[Case], features: int) -> Trees:
    """Trees by the first so many features."""
    answerable = [case for case in cases if case.answerable]
    table, right = np.concatenate([case.table for case in answerable]), np.concatenate([case.right for case in answerable])
    leaf = max(1, min(SMALLEST_LEAF, len(table) // 200))
    rows = lightgbm.Dataset(
        table[:, :features],
        right.astype(int),
        group=[len(case.table) for case in answerable],
        params={"min_data_in_bin": min(3, leaf)},
    )
    return as_trees(lightgbm.train({**SETTINGS, "min_data_in_leaf": leaf}, rows, ROUNDS), features)


def as_trees(booster: lightgbm.Booster, features: int) -> Trees:
    """Convert LightGBM's trees to ONNX; the scores agree to float32 precision. What tells two classes apart gives log odds."""
    summed = booster.model_to_string()
    for binary, sums in AS_SUMS.items():
        summed = summed.replace(binary, sums)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # from its own imports
        from onnxmltools import convert_lightgbm
        from onnxmltools.convert.common.data_types import FloatTensorType

        model = convert_lightgbm(
            lightgbm.Booster(model_str=summed), name="ranker",
            initial_types=[("features", FloatTensorType([None, features]))], zipmap=False, target_opset=OPSET,
        )  # fmt: skip
    return Trees(model.SerializeToString())
