"""Whether a message is about privacy: log odds that are bounded and come back from the file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from encoder import OnnxEncoder
from knowledge.scope import SURE, Scope
from settings import Settings


def test_log_odds_grow_with_what_a_vector_shares_with_the_weights() -> None:
    """Linear in between, even at zero."""
    scope = Scope(np.array([2.0, -1.0]), 0.5)

    assert scope.log_odds(np.array([1.0, 0.0])) == pytest.approx(2.5)
    assert scope.log_odds(np.array([0.0, 1.0])) == pytest.approx(-0.5)


@pytest.mark.parametrize(("weight", "odds"), [(1e6, SURE), (-1e6, -SURE)])
def test_nothing_is_surer_than_sure(weight: float, odds: float) -> None:
    """One strange message must not outweigh all other features of the judge."""
    assert Scope(np.array([weight]), 0.0).log_odds(np.array([1.0])) == odds


def test_the_untrained_takes_everything_for_privacy() -> None:
    """Nothing is refused before anything was learnt."""
    assert Scope.untrained(4).log_odds(np.array([0.5, -0.5, 0.5, -0.5])) == SURE


def test_a_scope_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    """To two places, which is all that is written."""
    Scope(np.array([1.234, -5.678]), 0.5004).save(tmp_path / "scope.json")

    again = Scope.load(tmp_path / "scope.json")

    assert again.weights.tolist() == [1.23, -5.68]
    assert again.bias == 0.5


@pytest.mark.parametrize(
    ("about", "other"),
    [("do you sell my data", "what is the weather tomorrow"), ("how long do you keep my emails", "tell me a joke about cats")],
)
def test_the_shipped_scope_tells_privacy_from_the_rest(about: str, other: str) -> None:
    """On the encoder that it is shipped with."""
    scope, encoder = Scope.load(), OnnxEncoder(Settings().encoder_dir)

    inside, outside = (scope.log_odds(vector) for vector in encoder.encode([about, other]))

    assert inside > 0 > outside
