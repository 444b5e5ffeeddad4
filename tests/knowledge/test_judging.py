"""What the two judges see, and what they make of it."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.aspects import AspectBank
from knowledge.judging import (
    JUDGE_FEATURES,
    JUDGED,
    PASSAGE_FEATURES,
    LearntCosine,
    PassageJudge,
    judge_features,
    passage_features,
)
from knowledge.ranking import FEATURES, PolicyView, Question, features
from tests.fakes import NO_CHATTER, FakeEncoder, no_learnt_cosine


@pytest.fixture
def question(bank: AspectBank) -> Question:
    return Question.of("do you sell my data", FakeEncoder(), bank, NO_CHATTER)


def test_the_judges_features_have_a_fixed_shape(view: PolicyView, question: Question, bank: AspectBank) -> None:
    """Also with a single passage left to judge."""
    table = features(view, question, bank)

    values = judge_features(table, table[:, 0], np.array([0]), view, question)
    rows = passage_features(table, table[:, 0], np.array([0]), view, question, no_learnt_cosine())

    assert values.shape == (len(JUDGE_FEATURES),)
    assert rows.shape == (1, len(PASSAGE_FEATURES))
    assert np.isfinite(values).all()
    assert np.isfinite(rows).all()


def test_each_of_the_first_passages_is_compared_with_the_best_of_them(
    view: PolicyView, question: Question, bank: AspectBank
) -> None:
    """At most JUDGED of them, in the order that they are given in."""
    table = features(view, question, bank)
    order = np.argsort(-table[:, 0])

    rows = passage_features(table, table[:, 0], order, view, question, no_learnt_cosine())

    def column(name: str) -> np.ndarray:
        return rows[:, PASSAGE_FEATURES.index(name)]

    late = table[order[:JUDGED], FEATURES.index("late")]
    assert len(rows) == min(JUDGED, len(order))
    assert column("place").tolist() == list(range(len(rows)))
    assert np.allclose(column("below_best"), column("score") - column("score").max())
    assert np.allclose(column("late_below_best"), late - late.max())
    assert np.allclose(column("late_best"), late.max())


def test_a_learnt_cosine_weighs_each_number(view: PolicyView, question: Question) -> None:
    """With equal weights it is the sum of both cosines; a number without a weight counts for nothing."""
    ones, some = (np.full(FakeEncoder.dim, weight, dtype=np.float32) for weight in (1.0, 0.0))
    order = np.array([2, 0])
    small = view.readings[order, :2].mean(axis=1) @ question.vector

    assert np.allclose(LearntCosine(ones, some)(view, order, question), small, atol=1e-3)
    assert np.allclose(LearntCosine(ones, ones)(view, order, question), small + view.large[order] @ question.large, atol=1e-3)


def test_any_of_the_passages_may_answer() -> None:
    """Taken as independent: two that do with even odds leave a quarter; a hopeless one changes nothing."""
    judge = PassageJudge(lambda rows: rows[:, 0], no_learnt_cosine())

    assert judge.probability(np.array([[0.0]])) == pytest.approx(0.5)
    assert judge.probability(np.array([[0.0], [0.0]])) == pytest.approx(0.75)
    assert judge.probability(np.array([[0.0], [-30.0]])) == pytest.approx(0.5)
