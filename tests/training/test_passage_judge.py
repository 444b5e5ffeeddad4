"""Fitting the judge of passages on a small made set; the real one is measured by `candor train ranker`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from knowledge.judging import PASSAGE_FEATURES
from knowledge.ranker import plain_order
from knowledge.ranking import FEATURES
from tests.fakes import no_learnt_cosine
from training.cases import Case
from training.passage_judge import CHATTER_WEIGHT, JudgedPassages, fit_learnt, fit_passage_judge
from training.ranker import passage_probabilities_left_out

COMPANIES = ("acme", "globex", "initech")


@pytest.fixture
def planted(cases: list[Case]) -> list[Case]:
    """The cases, with a feature that marks the right passages."""
    rng, result = np.random.default_rng(5), []
    for case in cases:
        table = case.table.copy()
        table[:, FEATURES.index("agreement")] = case.right + 0.1 * rng.normal(size=len(table))
        result.append(replace(case, table=table))
    return result


def judged(cases: list[Case]) -> list[JudgedPassages]:
    return [JudgedPassages.of(case, plain_order, no_learnt_cosine()) for case in cases]


def test_the_judge_tells_right_passages_from_wrong_ones(planted: list[Case]) -> None:
    """And so questions that have an answer from those that have none."""
    judge = fit_passage_judge(judged(planted), no_learnt_cosine())

    sure = {case.asked["id"]: judge.probability(rows.values) for case, rows in zip(planted, judged(planted), strict=True)}
    answered = [sure[case.asked["id"]] for case in planted if case.answerable]
    silent = [sure[case.asked["id"]] for case in planted if not case.answerable]

    assert min(answered) > 0.5 > max(silent)


def test_a_learnt_cosine_is_nearer_to_right_passages(cases: list[Case]) -> None:
    """Of the questions that it learnt from; it has a weight for each number of both encoders."""
    learnt = fit_learnt(cases, dict.fromkeys(COMPANIES, plain_order))
    place = PASSAGE_FEATURES.index("learnt")

    rows = [JudgedPassages.of(case, plain_order, learnt) for case in cases if case.answerable]

    assert len(learnt.small) == len(cases[0].question.vector)
    assert len(learnt.large) == len(cases[0].question.large)
    right = np.concatenate([row.values[row.right, place] for row in rows])
    wrong = np.concatenate([row.values[~row.right, place] for row in rows])
    assert right.mean() > wrong.mean() + wrong.std()


def test_small_talk_weighs_less_than_a_question(cases: list[Case]) -> None:
    """There is more of it than of questions."""
    weights = {case.asked["kind"]: row.weight for case, row in zip(cases, judged(cases), strict=True)}

    assert weights == {"answerable": 1.0, "unanswerable": 1.0, "chatter": CHATTER_WEIGHT}


def test_a_judge_of_passages_does_not_learn_from_the_company_that_it_judges(planted: list[Case]) -> None:
    """The company's own examples do not change its probabilities, but those of the others; small talk is not judged."""
    orders, learnt = dict.fromkeys(COMPANIES, plain_order), dict.fromkeys(COMPANIES, no_learnt_cosine())
    rows = {company: judged([case for case in planted if case.company == company]) for company in COMPANIES}
    turned = {**rows, "globex": [replace(row, right=~row.right) for row in rows["globex"]]}

    honest, changed = (passage_probabilities_left_out(planted, orders, learnt, some) for some in (rows, turned))

    assert {case.asked["kind"] for case, _ in honest} == {"answerable", "unanswerable"}
    for (case, sure), (_, other) in zip(honest, changed, strict=True):
        assert (sure == other) == (case.company == "globex")
