"""The weights of the regression that tells intents, dialogue acts and feelings."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from bot.logistic import fitted


def test_weights_are_those_of_scikit_learn() -> None:
    """Counts and vectors in two matrices give the same classifier as scikit-learn's on both in one."""
    random = np.random.default_rng(7)
    counts = csr_matrix(random.poisson(0.2, (90, 12)).astype(np.float32))
    vectors = random.normal(size=(90, 5)).astype(np.float32)
    y = np.argmax(vectors[:, :3] + random.normal(scale=0.4, size=(90, 3)), axis=1)
    theirs = LogisticRegression(C=1.0, max_iter=500, tol=1e-6).fit(np.hstack([counts.toarray(), vectors]), y)

    weights, bias = fitted(counts, vectors, y, c=1.0, iterations=500, tolerance=1e-6)

    np.testing.assert_allclose(weights, theirs.coef_, atol=2e-3)
    np.testing.assert_allclose(bias, theirs.intercept_, atol=2e-3)


def test_what_counts_in_a_group_alone_is_as_if_its_columns_stood_apart() -> None:
    """Each group's columns beside the shared ones, zero elsewhere: scikit-learn on that wide matrix finds the same."""
    random = np.random.default_rng(9)
    counts = csr_matrix(random.poisson(0.3, (120, 8)).astype(np.float32))
    vectors, groups = random.normal(size=(120, 4)).astype(np.float32), random.integers(3, size=120)
    y = np.argmax(vectors[:, :3] * (1 - groups)[:, np.newaxis] + random.normal(scale=0.4, size=(120, 3)), axis=1)
    shared = np.hstack([counts.toarray(), vectors])
    wide = np.hstack([shared, *(shared * (groups == group)[:, np.newaxis] for group in range(3))])
    theirs = LogisticRegression(C=0.3, max_iter=500, tol=1e-6).fit(wide, y)

    weights, bias = fitted(counts, vectors, y, c=0.3, iterations=500, tolerance=1e-6, groups=groups)

    np.testing.assert_allclose(weights, theirs.coef_, atol=2e-3)
    np.testing.assert_allclose(bias, theirs.intercept_, atol=2e-3)
