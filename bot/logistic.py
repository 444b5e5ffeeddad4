"""Logistic regression on word counts and dense vectors, each in its own form. Pure: numpy and SciPy only."""

from __future__ import annotations

from typing import List, NamedTuple, Optional, Tuple

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix


class _Group(NamedTuple):
    """The examples of one group, in the forms that each step needs."""

    counts: csr_matrix
    transposed: csr_matrix
    vectors: np.ndarray
    y: np.ndarray
    own: Optional[slice]  # the rows of the weights that only this group has


def fitted(
    counts: csr_matrix,
    vectors: np.ndarray,
    y: np.ndarray,
    *,
    c: float,
    iterations: int,
    tolerance: float,
    groups: Optional[np.ndarray] = None,
) -> Tuple[np.ndarray, np.ndarray]:
    """Multinomial logistic regression with an L2 penalty of 1 / c, by L-BFGS: weights (classes, features) and bias (classes,).

    The same objective and the same starting point as scikit-learn's. Shapes: counts (n, words), vectors (n, dims), y int (n,).
    groups: int (n,), from 0: each feature counts once for all examples, and once for those of the same group alone. Then the
    weights are (classes, features × (1 + groups)), the shared ones first.
    """
    words = counts.shape[1]
    size = words + vectors.shape[1]
    parts = _grouped(counts, vectors, y, groups, size)
    classes, rows = int(y.max()) + 1, size * (1 if groups is None else 1 + len(parts))

    def loss_and_gradient(flat: np.ndarray) -> Tuple[float, np.ndarray]:
        both = flat.reshape(rows + 1, classes)
        gradient = np.zeros_like(both)
        loss = 0.0
        for part in parts:
            summed = both[:size] if part.own is None else both[:size] + both[part.own]
            weights = summed.astype(np.float32)
            scores = part.counts @ weights[:words] + part.vectors @ weights[words:] + both[-1].astype(np.float32)
            scores -= scores.max(axis=1, keepdims=True)
            raised = np.exp(scores)
            sums = raised.sum(axis=1)
            told = np.arange(len(part.y)), part.y
            loss += float(np.log(sums).sum(dtype=np.float64) - scores[told].sum(dtype=np.float64))
            raised /= sums[:, np.newaxis]
            raised[told] -= 1
            of_part = np.vstack([part.transposed @ raised, part.vectors.T @ raised])
            gradient[:size] += of_part
            if part.own is not None:
                gradient[part.own] = of_part
            gradient[-1] += raised.sum(axis=0)
        gradient[:-1] += both[:-1] / c
        return loss + float((both[:-1] ** 2).sum()) / (2 * c), gradient.ravel()

    begin = np.zeros((rows + 1) * classes)
    ended = minimize(loss_and_gradient, begin, jac=True, method="L-BFGS-B", options={"maxiter": iterations, "gtol": tolerance})
    best = ended.x.reshape(rows + 1, classes)
    return np.ascontiguousarray(best[:-1].T), best[-1].copy()


def _grouped(
    counts: csr_matrix, vectors: np.ndarray, y: np.ndarray, groups: Optional[np.ndarray], size: int
) -> List[_Group]:  # fmt: skip
    if groups is None:
        return [_Group(counts, counts.T.tocsr(), vectors, y, None)]
    parts = []
    for group in range(int(groups.max()) + 1):
        rows = np.flatnonzero(groups == group)
        own = counts[rows]
        parts.append(_Group(own, own.T.tocsr(), vectors[rows], y[rows], slice(size * (1 + group), size * (2 + group))))
    return parts
