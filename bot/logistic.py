"""Logistic regression on word counts and dense vectors, each in its own form. Pure: numpy and SciPy only."""

from __future__ import annotations

from typing import Tuple

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix


def fitted(
    counts: csr_matrix, vectors: np.ndarray, y: np.ndarray, *, c: float, iterations: int, tolerance: float
) -> Tuple[np.ndarray, np.ndarray]:
    """Multinomial logistic regression with an L2 penalty of 1 / c, by L-BFGS: weights (classes, features) and bias (classes,).

    The same objective and the same starting point as scikit-learn's. Shapes: counts (n, words), vectors (n, dims), y int (n,).
    """
    n, words = counts.shape
    classes, dims = int(y.max()) + 1, vectors.shape[1]
    size = words + dims
    transposed = counts.T.tocsr()
    rows = np.arange(n)

    def loss_and_gradient(flat: np.ndarray) -> Tuple[float, np.ndarray]:
        both = flat.reshape(size + 1, classes)
        weights = both[:-1].astype(np.float32)
        scores = counts @ weights[:words] + vectors @ weights[words:] + both[-1].astype(np.float32)
        scores -= scores.max(axis=1, keepdims=True)
        raised = np.exp(scores)
        sums = raised.sum(axis=1)
        loss = float(np.log(sums).sum(dtype=np.float64) - scores[rows, y].sum(dtype=np.float64))
        raised /= sums[:, np.newaxis]
        raised[rows, y] -= 1
        gradient = np.empty_like(both)
        gradient[:words] = transposed @ raised
        gradient[words:-1] = vectors.T @ raised
        gradient[-1] = raised.sum(axis=0)
        gradient[:-1] += both[:-1] / c
        return loss + float((both[:-1] ** 2).sum()) / (2 * c), gradient.ravel()

    begin = np.zeros((size + 1) * classes)
    ended = minimize(loss_and_gradient, begin, jac=True, method="L-BFGS-B", options={"maxiter": iterations, "gtol": tolerance})
    best = ended.x.reshape(size + 1, classes)
    return np.ascontiguousarray(best[:-1].T), best[-1].copy()
