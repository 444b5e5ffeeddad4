"""The files of the trained models."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from knowledge.judging import JUDGE_FEATURES, PASSAGE_FEATURES, LearntCosine, PassageJudge, QuestionJudge
from knowledge.ranker import Ranker
from knowledge.ranking import FEATURES
from tests.fakes import untrained_ranker


def test_a_ranker_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    """Names in the file, so that an old file cannot be read in the wrong order."""
    shipped = Ranker.load()
    judge = QuestionJudge(np.arange(len(JUDGE_FEATURES)) / 10, -0.5)
    learnt = LearntCosine(np.arange(3, dtype=np.float32), np.arange(4, dtype=np.float32))
    ranker = Ranker(shipped.order, judge, PassageJudge(shipped.passage_judge.log_odds, learnt), 0.7, 0.2, 0.4, 1.5)

    ranker.save(tmp_path / "ranker.json")
    again = Ranker.load(tmp_path / "ranker.json")

    assert again.order == ranker.order
    assert again.passage_judge.log_odds == ranker.passage_judge.log_odds
    assert np.array_equal(again.passage_judge.learnt.small, learnt.small)
    assert np.array_equal(again.passage_judge.learnt.large, learnt.large)
    assert np.array_equal(again.question_judge.weights, judge.weights)
    assert again.question_judge.bias == judge.bias
    assert (again.answer_from, again.unsure_from, again.clear_from, again.shown_within) == (0.7, 0.2, 0.4, 1.5)


@pytest.mark.parametrize("trained", ["order", "judge"])
def test_what_is_untrained_is_not_saved(trained: str, tmp_path: Path) -> None:
    """Nothing is written."""
    untrained, shipped = untrained_ranker(), Ranker.load()
    half = (
        replace(untrained, order=shipped.order) if trained == "order" else replace(untrained, passage_judge=shipped.passage_judge)
    )

    with pytest.raises(TypeError, match="trained"):
        half.save(tmp_path / "ranker.json")

    assert not list(tmp_path.iterdir())


def test_the_shipped_ranker_is_usable() -> None:
    """It scores each passage by itself, and shows what comes near below the probabilities from which on it is sure."""
    ranker, random = Ranker.load(), np.random.default_rng(3)
    table, rows = random.normal(size=(7, len(FEATURES))), random.normal(size=(7, len(PASSAGE_FEATURES)))

    assert ranker.order(table).shape == (7,)
    assert np.allclose(ranker.order(table[:2]), ranker.order(table)[:2])
    assert np.allclose(ranker.passage_judge.log_odds(rows[:2]), ranker.passage_judge.log_odds(rows)[:2])
    assert 0 < ranker.unsure_from < ranker.clear_from < 1
    assert 0 < ranker.answer_from < 1
