"""Training the ranker on the real index: the figures that docs/evaluation.md prints come from here."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.questions import read_gold
from knowledge.ranking import FEATURES, Ranker
from knowledge.retrieval import Retrieval
from services import Services
from settings import Settings
from training.ranker import PARTS, Case, cases_of, fit_order, top_three, train


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    """Every answerable and unanswerable gold question with its company's passages."""
    parts = Services(Settings())
    retrieval = Retrieval(parts.encoder, parts.bank, Ranker.untrained())
    return cases_of(read_gold(), parts.catalogue.build(), parts.catalogue, retrieval, parts.bank)


def test_every_answerable_question_has_a_passage_that_answers_it(cases: list[Case]) -> None:
    """The policies are cut so that no evidence is lost."""
    assert sum(case.answerable for case in cases) == 80


def test_learnt_weights_beat_plain_cosines(cases: list[Case]) -> None:
    """On a company that was left out."""
    seen = [case for case in cases if case.gold["company"] != "clevertap"]
    left = [case for case in cases if case.gold["company"] == "clevertap" and case.answerable]

    learnt = sum(any(top_three(case, fit_order(seen))) for case in left)
    plain = sum(any(top_three(case, Ranker.untrained().weights)) for case in left)

    assert learnt > plain


def test_training_twice_gives_the_same_ranker(cases: list[Case]) -> None:
    """No chance is left in it, and what is shipped is what it gives."""
    lines: list[str] = []

    ranker = train(cases, lines.append)

    assert np.allclose(ranker.weights, Ranker.load().weights, atol=0.05)
    assert len(ranker.weights) == len(FEATURES)
    assert sum("hit@3" in line for line in lines) == 2 + len(PARTS)
