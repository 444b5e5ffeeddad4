"""Late interaction over passages of one token or many, each read in two ways."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.tokens import TokenVectors

DIM = 8
LENGTHS = [(3, 2), (1, 1), (7, 4), (2, 5), (1, 6)]  # tokens of each passage's two readings
ROUNDED = 2e-4  # what integers of sixteen bits may cost a cosine


def unit(count: int, seed: int) -> np.ndarray:
    drawn = np.random.default_rng(seed).normal(size=(count, DIM)).astype(np.float32)
    result: np.ndarray = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    return result


PASSAGES = [[unit(length, 10 * row + way) for way, length in enumerate(ways)] for row, ways in enumerate(LENGTHS)]


@pytest.fixture
def tokens() -> TokenVectors:
    return TokenVectors.of(PASSAGES)


def max_sim(tokens: TokenVectors, query: np.ndarray) -> np.ndarray:
    """The score of late interaction: the mean of what each token of the question finds; (n, readings)."""
    mean: np.ndarray = tokens.matches(query).mean(axis=2)
    return mean


def max_sim_in_loops(readings: list[list[np.ndarray]], query: np.ndarray) -> np.ndarray:
    """The definition in loops: each query token takes its nearest token; the mean of these cosines."""
    return np.array([[np.mean([max(float(t @ asked) for t in way) for asked in query]) for way in ways] for ways in readings])


def assert_same(one: TokenVectors, other: TokenVectors) -> None:
    assert np.array_equal(one.ends, other.ends)
    assert np.array_equal(one.vectors, other.vectors)
    assert np.array_equal(one.scales, other.scales)


@pytest.mark.parametrize("asked", [1, 2, 9])
def test_max_sim_follows_its_definition(tokens: TokenVectors, asked: int) -> None:
    """As loops over passages, readings and tokens compute it; one column per reading."""
    query = unit(asked, 99)

    result = max_sim(tokens, query)

    assert result.shape == (len(PASSAGES), 2)
    assert np.allclose(result, max_sim_in_loops(PASSAGES, query), atol=ROUNDED)


def test_a_passage_scores_best_against_itself(tokens: TokenVectors) -> None:
    """Each token finds itself, so the mean cosine is 1."""
    for row, (first, _) in enumerate(PASSAGES):
        result = max_sim(tokens, first)[:, 0]

        assert int(np.argmax(result)) == row
        assert result[row] == pytest.approx(1.0, abs=ROUNDED)


def test_integers_keep_the_order(tokens: TokenVectors) -> None:
    """They halve the space and rank like full precision."""
    query = unit(5, 7)

    assert tokens.vectors.dtype == np.int16
    exact = max_sim_in_loops(PASSAGES, query)
    assert np.argsort(max_sim(tokens, query)[:, 0]).tolist() == np.argsort(exact[:, 0]).tolist()


def test_each_passage_has_its_own_tokens(tokens: TokenVectors) -> None:
    """Reading by reading, as they were given."""
    assert len(tokens) == len(PASSAGES)
    for row, readings in enumerate(PASSAGES):
        result = tokens[row]

        assert [len(reading) for reading in result] == list(LENGTHS[row])
        assert all(np.allclose(one, other, atol=ROUNDED) for one, other in zip(result, readings, strict=True))


@pytest.mark.parametrize("rows", [[0], [4], [0, 1, 2, 3, 4], [1, 3], [3, 1], [2, 2]])
def test_selected_rows_score_as_they_do_among_all(tokens: TokenVectors, rows: list[int]) -> None:
    """In any order."""
    query = unit(4, 5)

    some = tokens.of_rows(np.array(rows))

    assert_same(some, TokenVectors.of([PASSAGES[row] for row in rows]))
    assert np.allclose(max_sim(some, query), max_sim(tokens, query)[rows], atol=ROUNDED)


def test_joined_passages_are_kept_exactly(tokens: TokenVectors) -> None:
    """What was encoded once is not rounded a second time."""
    parts = [tokens.of_rows(np.array([0, 1])), tokens.of_rows(np.array([2])), tokens.of_rows(np.array([3, 4]))]

    assert_same(TokenVectors.joined(parts), tokens)


def test_a_long_policy_is_compared_block_by_block(monkeypatch: pytest.MonkeyPatch, tokens: TokenVectors) -> None:
    """Where a block ends changes nothing."""
    query, whole = unit(3, 5), max_sim(tokens, unit(3, 5))

    monkeypatch.setattr("knowledge.tokens.BLOCK", 4)

    assert np.allclose(max_sim(tokens, query), whole, atol=1e-6)
