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


def max_sim_in_loops(readings: list[list[np.ndarray]], query: np.ndarray) -> np.ndarray:
    """The definition in loops: each query token takes its nearest token; the mean of these cosines."""
    return np.array([[np.mean([max(float(t @ asked) for t in way) for asked in query]) for way in ways] for ways in readings])


def assert_same(one: TokenVectors, other: TokenVectors) -> None:
    assert np.array_equal(one.ends, other.ends)
    assert np.allclose(one.vectors, other.vectors, atol=HALF)


@pytest.mark.parametrize("asked", [1, 2, 9])
def test_max_sim_follows_its_definition(tokens: TokenVectors, asked: int) -> None:
    """As loops over passages, readings and tokens compute it; one column per reading."""
    query = unit(asked, 99)

    result = tokens.max_sim(query)

    assert result.shape == (len(PASSAGES), 2)
    assert np.allclose(result, max_sim_in_loops(PASSAGES, query), atol=HALF)


def test_a_passage_scores_best_against_itself(tokens: TokenVectors) -> None:
    """Each token finds itself, so the mean cosine is 1."""
    for row, (first, _) in enumerate(PASSAGES):
        result = tokens.max_sim(first)[:, 0]

        assert int(np.argmax(result)) == row
        assert result[row] == pytest.approx(1.0, abs=HALF)


def test_half_precision_keeps_the_order(tokens: TokenVectors) -> None:
    """It halves the space and ranks like full precision."""
    query = unit(5, 7)

    assert tokens.vectors.dtype == np.float16
    exact = max_sim_in_loops(PASSAGES, query)
    assert np.argsort(tokens.max_sim(query)[:, 0]).tolist() == np.argsort(exact[:, 0]).tolist()


def test_each_passage_has_its_own_tokens(tokens: TokenVectors) -> None:
    """Reading by reading, as they were given."""
    assert len(tokens) == len(PASSAGES)
    for row, readings in enumerate(PASSAGES):
        result = tokens[row]

        assert [len(reading) for reading in result] == list(LENGTHS[row])
        assert all(np.allclose(one, other, atol=HALF) for one, other in zip(result, readings, strict=True))


@pytest.mark.parametrize("rows", [[0], [4], [0, 1, 2, 3, 4], [1, 3], [3, 1], [2, 2]])
def test_selected_rows_score_as_they_do_among_all(tokens: TokenVectors, rows: list[int]) -> None:
    """In any order, and in single precision."""
    query = unit(4, 5)

    some = tokens.of_rows(np.array(rows))

    assert some.vectors.dtype == np.float32
    assert_same(some, TokenVectors.of([PASSAGES[row] for row in rows]))
    assert np.allclose(some.max_sim(query), tokens.max_sim(query)[rows], atol=HALF)


@pytest.mark.parametrize("rows", [[0], [4], [0, 1], [1, 2, 3], [2, 3, 4]])
def test_consecutive_rows_are_not_copied(tokens: TokenVectors, rows: list[int]) -> None:
    """They are read where they lie."""
    contiguous = tokens.contiguous(np.array(rows))

    assert_same(contiguous, tokens.of_rows(np.array(rows)))
    assert np.shares_memory(contiguous.vectors, tokens.vectors)


def test_rows_of_consecutive_rows_are_rows_of_the_whole(tokens: TokenVectors) -> None:
    """A long policy's candidates are read like this."""
    result = tokens.contiguous(np.array([1, 2, 3])).of_rows(np.array([0, 2]))

    assert_same(result, tokens.of_rows(np.array([1, 3])))
