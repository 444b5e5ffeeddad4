"""A network on word counts and dense vectors: straight lines on both, and a hidden layer on the vectors. numpy and SciPy only.

A regression alone draws straight lines between intents, and the encoder was taught what texts are about, not who wants what. A
hidden layer finds combinations ("asks for", and "somebody else's") that no line finds. Its weights are found as usual: Adam with
decay apart from the gradient (Loshchilov and Hutter, 2019), dropout (Srivastava et al., 2014), and labels that leave a little to
the other classes (Szegedy et al., 2016).
"""

from __future__ import annotations

import math
from typing import Iterator, List, NamedTuple, Sequence, Tuple

import numpy as np
from scipy.sparse import csr_matrix

BATCH = 128
RATE, WARMING_UP = 2e-3, 0.1  # of the steps; afterwards the rate falls along a cosine
DECAY = 1e-2
LEFT_TO_OTHERS = 0.05  # of a label, for all classes together
DROPPED_WORDS, DROPPED_INPUTS, DROPPED_UNITS = 0.2, 0.1, 0.3
SHARPNESS = 1.35  # of what is said: what labels leave to others makes it too modest (most likely for examples kept apart)
MEAN, SQUARES, TINY = 0.9, 0.999, 1e-8  # of Adam


class Network(NamedTuple):
    """All float32: words (words, classes), lines (dims, classes), bias (classes,), and those of the hidden layer: into
    (dims, units), into_bias (units,), out (units, classes)."""

    words: np.ndarray
    lines: np.ndarray
    bias: np.ndarray
    into: np.ndarray
    into_bias: np.ndarray
    out: np.ndarray

    def probabilities(self, counts: csr_matrix, vectors: np.ndarray) -> np.ndarray:
        """Shapes: counts (n, words), vectors (n, dims) → float32 (n, classes); each row sums to 1."""
        hidden = np.maximum(vectors @ self.into + self.into_bias, 0)
        return shares_of(SHARPNESS * (counts @ self.words + vectors @ self.lines + hidden @ self.out + self.bias))


def fitted_network(counts: csr_matrix, vectors: np.ndarray, y: np.ndarray, *, units: int, epochs: int, seed: int = 0) -> Network:
    """The network that tells `y`, the same each time. float32: counts (n, words) and vectors (n, dims); y int (n,), from 0."""
    chance = np.random.default_rng(seed)
    # As if their mean were 0 and their spread 1: the rate and the first weights are chosen for that.
    middle, spread = vectors.mean(axis=0), np.float32(vectors.std() or 1.0)
    scaled, classes = ((vectors - middle) / spread).astype(np.float32), int(y.max()) + 1
    dims = scaled.shape[1]
    weights = [
        *_zeros((counts.shape[1], classes), (dims, classes), (classes,)),
        _drawn(chance, dims, units), *_zeros((units,)), _drawn(chance, units, classes),
    ]  # fmt: skip
    steps, adam = epochs * math.ceil(len(y) / BATCH), _Adam(weights)
    for step, rows in enumerate(_batches(chance, len(y), epochs), start=1):
        found = _gradients(Network(*weights), counts[rows], scaled[rows], y[rows], chance)
        adam.step(found, RATE * _share_of_rate(step / steps))
    words, lines, bias, into, into_bias, out = weights
    lines, into = lines / spread, into / spread
    return Network(words, lines, bias - middle @ lines, into, into_bias - middle @ into, out)


class _Adam:
    """Changes the weights in place. Matrices decay, biases do not."""

    def __init__(self, weights: List[np.ndarray]) -> None:
        self._weights, self._steps = weights, 0
        self._means, self._squares = ([np.zeros_like(weight) for weight in weights] for _ in range(2))

    def step(self, gradients: Sequence[np.ndarray], rate: float) -> None:
        self._steps += 1
        of_mean, of_squares = (1 - kept**self._steps for kept in (MEAN, SQUARES))
        for weight, gradient, mean, squares in zip(self._weights, gradients, self._means, self._squares, strict=True):
            np.add(mean * MEAN, (1 - MEAN) * gradient, out=mean)
            np.add(squares * SQUARES, (1 - SQUARES) * gradient * gradient, out=squares)
            change = rate / of_mean * mean / (np.sqrt(squares / np.float32(of_squares)) + TINY)
            np.subtract(weight * (1 - rate * DECAY if weight.ndim > 1 else 1), change, out=weight)


def _zeros(*shapes: Tuple[int, ...]) -> List[np.ndarray]:
    return [np.zeros(shape, dtype=np.float32) for shape in shapes]


def _drawn(chance: np.random.Generator, inputs: int, outputs: int) -> np.ndarray:
    return chance.standard_normal((inputs, outputs), dtype=np.float32) / np.float32(math.sqrt(inputs))


def _batches(chance: np.random.Generator, count: int, epochs: int) -> Iterator[np.ndarray]:
    for _ in range(epochs):
        order = chance.permutation(count)
        for first in range(0, count, BATCH):
            yield order[first : first + BATCH]


def _share_of_rate(done: float) -> float:
    """Of the highest rate, by the share of the steps that are done."""
    if done < WARMING_UP:
        return done / WARMING_UP
    return (1 + math.cos(math.pi * (done - WARMING_UP) / (1 - WARMING_UP))) / 2


def _gradients(
    of: Network, counts: csr_matrix, vectors: np.ndarray, y: np.ndarray, chance: np.random.Generator
) -> Tuple[np.ndarray, ...]:
    """How the mean loss of these examples changes with each of the weights, with some of what they hold left out by chance."""
    counts = csr_matrix(
        (counts.data * _kept(chance, counts.data.shape, DROPPED_WORDS), counts.indices, counts.indptr), counts.shape
    )
    seen = vectors * _kept(chance, vectors.shape, DROPPED_INPUTS)
    before = seen @ of.into + of.into_bias
    open_units = _kept(chance, before.shape, DROPPED_UNITS) * (before > 0)
    hidden = before * open_units
    errors = shares_of(counts @ of.words + vectors @ of.lines + hidden @ of.out + of.bias)
    errors -= np.float32(LEFT_TO_OTHERS / len(of.bias))
    errors[np.arange(len(y)), y] -= 1 - LEFT_TO_OTHERS
    errors /= len(y)
    of_hidden = (errors @ of.out.T) * open_units
    of_words, of_lines = counts.T @ errors, vectors.T @ errors
    return of_words, of_lines, errors.sum(axis=0), seen.T @ of_hidden, of_hidden.sum(axis=0), hidden.T @ errors


def _kept(chance: np.random.Generator, shape: Tuple[int, ...], dropped: float) -> np.ndarray:
    """Zero for what is left out, and for the rest what makes up for it."""
    return (chance.random(shape, dtype=np.float32) >= dropped) * np.float32(1 / (1 - dropped))


def shares_of(scores: np.ndarray) -> np.ndarray:
    """Scores as probabilities: each row sums to 1."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: np.ndarray = raised / raised.sum(axis=1, keepdims=True)
    return shares
