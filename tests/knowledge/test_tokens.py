"""Late interaction over passages of one token or many, each read in two ways."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.tokens import TokenVectors

DIM = 8
LENGTHS = [(3, 2), (1, 1), (7, 4), (2, 5), (1, 6)]  # tokens of each passage's two readings
HALF = 2e-3  # what half precision may cost a cosine


def unit(count: int, seed: int) -> np.ndarray:
    drawn = np.random.default_rng(seed).normal(size=(count, DIM)).astype(np.float32)
    result: np.ndarray = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    return result


PASSAGES = [[unit(length, 10 * row + way) for way, length in enumerate(ways)] for row, ways in enumerate(LENGTHS)]


@pytest.fixture
def tokens() -> TokenVectors:
    return TokenVectors.of(PASSAGES)


def fit_one_by_one(readings: list[list[np.ndarray]], query: np.ndarray) -> np.ndarray:
    """The definition, in loops: each of the query's tokens takes its nearest; their mean."""
    return np.array([[np.mean([max(float(t @ asked) for t in way) for asked in query]) for way in ways] for ways in readings])


def assert_same(one: TokenVectors, other: TokenVectors) -> None:
    assert np.array_equal(one.ends, other.ends)
    assert np.allclose(one.vectors, other.vectors, atol=HALF)


@pytest.mark.parametrize("asked", [1, 2, 9])
def test_fit_is_what_its_definition_says(tokens: TokenVectors, asked: int) -> None:
    """As loops over passages, readings and tokens would have it; a column a reading."""
    query = unit(asked, 99)

    result = tokens.max_sim(query)

    assert result.shape == (len(PASSAGES), 2)
    assert np.allclose(result, fit_one_by_one(PASSAGES, query), atol=HALF)


def test_a_passage_fits_itself_best(tokens: TokenVectors) -> None:
    """Each token finds itself, so that the mean cosine is 1."""
    for row, (first, _) in enumerate(PASSAGES):
        result = tokens.max_sim(first)[:, 0]

        assert int(np.argmax(result)) == row
        assert result[row] == pytest.approx(1.0, abs=HALF)


def test_half_precision_keeps_the_order(tokens: TokenVectors) -> None:
    """It is kept in half the space, and ranks as the whole vectors do."""
    query = unit(5, 7)

    assert tokens.vectors.dtype == np.float16
    exact = fit_one_by_one(PASSAGES, query)
    assert np.argsort(tokens.max_sim(query)[:, 0]).tolist() == np.argsort(exact[:, 0]).tolist()


def test_each_passage_has_its_own_tokens(tokens: TokenVectors) -> None:
    """Reading by reading, as they were given."""
    assert len(tokens) == len(PASSAGES)
    for row, readings in enumerate(PASSAGES):
        result = tokens[row]

        assert [len(reading) for reading in result] == list(LENGTHS[row])
        assert all(np.allclose(one, other, atol=HALF) for one, other in zip(result, readings, strict=True))


@pytest.mark.parametrize("rows", [[0], [4], [0, 1, 2, 3, 4], [1, 3], [3, 1], [2, 2]])
def test_some_rows_are_as_if_there_were_no_others(tokens: TokenVectors, rows: list[int]) -> None:
    """In any order, in single precision, and fitting as among all."""
    query = unit(4, 5)

    some = tokens.of_rows(np.array(rows))

    assert some.vectors.dtype == np.float32
    assert_same(some, TokenVectors.of([PASSAGES[row] for row in rows]))
    assert np.allclose(some.max_sim(query), tokens.max_sim(query)[rows], atol=HALF)


@pytest.mark.parametrize("rows", [[0], [4], [0, 1], [1, 2, 3], [2, 3, 4]])
def test_a_stretch_is_the_same_without_a_copy(tokens: TokenVectors, rows: list[int]) -> None:
    """Rows that follow one another, read from where they lie."""
    contiguous = tokens.contiguous(np.array(rows))

    assert_same(contiguous, tokens.of_rows(np.array(rows)))
    assert np.shares_memory(contiguous.vectors, tokens.vectors)


def test_some_rows_of_a_stretch_are_rows_of_the_whole(tokens: TokenVectors) -> None:
    """As a long policy's candidates are read: first the policy, then they."""
    result = tokens.contiguous(np.array([1, 2, 3])).of_rows(np.array([0, 2]))

    assert_same(result, tokens.of_rows(np.array([1, 3])))
