"""The network that is Rasa's intent classifier."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix

from bot.network import fitted_network


def test_tells_apart_what_no_straight_line_does() -> None:
    """Which of two signs alone is positive: a regression on the same numbers is right half of the time."""
    vectors = np.random.default_rng(1).normal(size=(600, 4)).astype(np.float32)
    y = ((vectors[:, 0] > 0) ^ (vectors[:, 1] > 0)).astype(int)
    counts = csr_matrix((600, 2), dtype=np.float32)

    network = fitted_network(counts[:400], vectors[:400], y[:400], units=64, epochs=150)

    told = network.probabilities(counts[400:], vectors[400:])
    assert np.mean(told.argmax(axis=1) == y[400:]) > 0.85
    np.testing.assert_allclose(told.sum(axis=1), 1, rtol=1e-5)


def test_listens_to_words_where_vectors_say_nothing() -> None:
    """ "Data" in a message says more than its vector where both lie together."""
    chance = np.random.default_rng(3)
    y = chance.integers(3, size=300)
    counts, vectors = csr_matrix(np.eye(3, dtype=np.float32)[y]), chance.normal(size=(300, 4)).astype(np.float32)

    network = fitted_network(counts[:200], vectors[:200], y[:200], units=8, epochs=300)

    assert (network.probabilities(counts[200:], vectors[200:]).argmax(axis=1) == y[200:]).all()


def test_comes_out_the_same_each_time_wherever_its_vectors_lie() -> None:
    """A model that is trained anew from the same examples says the same, and vectors of another length need no other settings."""
    vectors = np.random.default_rng(2).normal(size=(60, 3)).astype(np.float32)
    y, counts = vectors.argmax(axis=1), csr_matrix((60, 2), dtype=np.float32)

    network, again = (fitted_network(counts, vectors, y, units=8, epochs=3) for _ in range(2))
    elsewhere = fitted_network(counts, vectors * 8 + 4, y, units=8, epochs=3)

    said = network.probabilities(counts, vectors)
    np.testing.assert_array_equal(said, again.probabilities(counts, vectors))
    np.testing.assert_allclose(elsewhere.probabilities(counts, vectors * 8 + 4), said, rtol=1e-3)
