"""Fitting order and judge on a small made set; the real one takes minutes and is measured by `candor train ranker`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import training.ranker
from knowledge.aspect_vectors import AspectVectors, made_from
from knowledge.aspects import read_aspects
from knowledge.judging import JUDGE_FEATURES
from knowledge.ranker import plain_order
from knowledge.ranking import FEATURES
from knowledge.retrieval import without_overlap
from tests.fakes import FakeEncoder
from training.cases import Case
from training.ordering import fit_order
from training.ranker import (
    CHATTER_WEIGHT,
    MADE_WEIGHT,
    PARTS,
    first_hits,
    fit_judge,
    groups_of,
    judge_example,
    judge_examples,
    orders_left_out,
    probabilities_left_out,
    renew_aspect_vectors,
    shares,
    shown_within,
    top_three,
    train,
    without_evidence,
    without_features,
)

ONE_ASPECT = """aspects:
- id: {id}
  label: selling data
  topic: selling
  questions: [do you sell my data]
  statements: [We never sell data.]
"""
COMPANIES = ("acme", "globex", "initech")
LATE = FEATURES.index("late")


@pytest.fixture
def planted(cases: list[Case]) -> list[Case]:
    """The cases with random features, except for one that marks the right passages."""
    rng = np.random.default_rng(11)
    result = []
    for case in cases:
        table = rng.normal(size=case.table.shape)
        table[:, LATE] = 3.0 * case.right + 0.1 * rng.normal(size=len(table))
        result.append(replace(case, table=table))
    return result


def test_an_informative_feature_is_learnt(planted: list[Case]) -> None:
    """The right passage then comes first; plain cosines find it only by chance."""
    answerable = [case for case in planted if case.answerable]

    order = fit_order(planted)

    assert order(planted[0].table).shape == planted[0].right.shape
    assert all(top_three(case, order)[0] for case in answerable)
    assert not all(top_three(case, plain_order)[0] for case in answerable)


def test_a_constant_feature_has_no_effect(planted: list[Case]) -> None:
    """The order stays the same, whatever value the feature takes later."""
    index = FEATURES.index("topic")
    constant = [replace(case, table=np.where(np.arange(len(FEATURES)) == index, 0.5, case.table)) for case in planted]
    other = np.where(np.arange(len(FEATURES)) == index, 9.0, constant[0].table)

    order = fit_order(constant)

    assert np.array_equal(order(constant[0].table), order(other))


def test_a_question_without_its_evidence_is_unanswered(cases: list[Case]) -> None:
    """Passages that hold or overlap the evidence are removed, because the same words would still be there."""
    case = next(case for case in cases if case.asked["question"] == "Are drafts of letters erased?")
    whole, without = judge_example(case, plain_order), without_evidence(case, plain_order)

    assert (whole.answered, whole.weight) == (True, 1.0)
    assert (without.answered, without.weight) == (False, MADE_WEIGHT)
    assert whole.values[JUDGE_FEATURES.index("headings")] == pytest.approx(case.table[case.right, 0].max())
    outside = np.array([passage.kind == "sentence" for passage in case.view.passages])  # the item is right, and so is its list
    assert without.values[JUDGE_FEATURES.index("bm25")] == pytest.approx(case.table[outside, FEATURES.index("bm25")].max())
    assert case.table[~outside & ~case.right, FEATURES.index("bm25")].max() > case.table[outside, FEATURES.index("bm25")].max()


def test_chatter_weighs_less_than_a_question(cases: list[Case]) -> None:
    """There is more of it than of questions."""
    weights = {case.asked["kind"]: judge_example(case, plain_order).weight for case in cases}

    assert weights == {"answerable": 1.0, "unanswerable": 1.0, "chatter": CHATTER_WEIGHT}


def test_the_judge_separates_answered_from_unanswered(planted: list[Case]) -> None:
    """The probability is above one half for the one and below for the other."""
    order = fit_order(planted)
    judge = fit_judge(judge_examples(planted, order))

    answered = [judge.probability(judge_example(case, order).values) for case in planted if case.answerable]
    silent = [judge.probability(judge_example(case, order).values) for case in planted if not case.answerable]
    emptied = [judge.probability(without_evidence(case, order).values) for case in planted if case.answerable]

    assert judge.weights.shape == (len(JUDGE_FEATURES),)
    assert min(answered) > 0.5 > max(silent + emptied)


def test_a_left_out_company_does_not_influence_its_own_models(cases: list[Case]) -> None:
    """Even wrong labels of its own change neither its order nor the judge of its questions."""
    questions = [case for case in cases if case.asked["kind"] != "chatter"]
    wrong = [replace(case, right=np.roll(case.right, 1)) if case.company == "globex" else case for case in questions]

    honest, changed = (orders_left_out(some, COMPANIES) for some in (questions, wrong))

    for case in questions:
        same = np.array_equal(honest[case.company](case.table), changed[case.company](case.table))
        assert same == (case.company == "globex")


def test_companies_are_left_out_in_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is in one group; where there are few, each is its own."""
    assert groups_of(["initech", "acme", "globex"]) == [["acme"], ["globex"], ["initech"]]
    monkeypatch.setattr(training.ranker, "GROUPS", 2)

    assert groups_of(["initech", "acme", "globex"]) == [["acme", "initech"], ["globex"]]


def test_a_group_does_not_influence_its_own_order(cases: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong labels of one company leave the order of all in its group as it was, and change that of the others."""
    monkeypatch.setattr(training.ranker, "GROUPS", 2)
    questions = [case for case in cases if case.answerable]
    wrong = [replace(case, right=np.roll(case.right, 1)) if case.company == "acme" else case for case in questions]

    honest, changed = (orders_left_out(some, COMPANIES) for some in (questions, wrong))

    for case in questions:
        same = np.array_equal(honest[case.company](case.table), changed[case.company](case.table))
        assert same == (case.company in {"acme", "initech"})


def test_a_judge_does_not_learn_from_the_company_that_it_judges(cases: list[Case]) -> None:
    """The company's own examples do not change its probabilities, but those of the others."""
    questions = [case for case in cases if case.asked["kind"] != "chatter"]
    orders = dict.fromkeys(COMPANIES, plain_order)
    rows = {
        company: judge_examples([case for case in questions if case.company == company], plain_order) for company in COMPANIES
    }
    turned = {**rows, "globex": [replace(row, answered=not row.answered) for row in rows["globex"]]}

    honest, changed = (probabilities_left_out(questions, orders, some) for some in (rows, turned))

    assert {case.asked["id"] for case, _ in honest} == {case.asked["id"] for case in questions}
    for (case, sure), (_, other) in zip(honest, changed, strict=True):
        assert (sure == other) == (case.company == "globex")


def test_a_feature_that_is_left_out_is_not_used(planted: list[Case]) -> None:
    """Without the informative feature the result is random."""
    answerable = [case for case in planted if case.answerable]
    masked = without_features({"late"}, answerable)

    full, less = (orders_left_out(some, COMPANIES) for some in (answerable, masked))

    assert all(top_three(case, full[case.company])[0] for case in answerable)
    assert not all(top_three(case, less[case.company])[0] for case in masked)


def test_training_twice_gives_the_same_ranker(cases: list[Case]) -> None:
    """Training is deterministic; each part is measured by leaving it out, and unsure_from lies below answer_from."""
    lines: list[str] = []
    questions = [case for case in cases if case.asked["kind"] != "chatter"]
    chatter = [case for case in cases if case.asked["kind"] == "chatter"]

    first, second = train(questions, chatter, questions, lines.append), train(questions, chatter, questions, lambda _: None)

    assert first.order == second.order
    assert np.array_equal(first.question_judge.weights, second.question_judge.weights)
    assert first.passage_judge.log_odds == second.passage_judge.log_odds
    assert np.array_equal(first.passage_judge.learnt.large, second.passage_judge.learnt.large)
    assert 0.0 < first.unsure_from <= first.clear_from < 1.0
    assert 0.0 < first.answer_from < 1.0
    assert 0.0 <= first.shown_within < np.inf
    assert sum("hit@3" in line for line in lines) == 2 * (2 + len(PARTS))
    assert lines[0].startswith("18 answerable of 27 messages to 3 companies")


def test_plain_questions_train_only_the_judge(planted: list[Case]) -> None:
    """The order is the same without them, and their result is printed."""
    questions = [case for case in planted if case.company != "initech"]
    plain = [replace(case, right=np.roll(case.right, 1)) for case in planted if case.company == "initech"]
    lines: list[str] = []

    ranker = train(questions, plain, questions, lines.append)

    assert ranker.order == fit_order(questions)
    assert any("plainly worded" in line for line in lines)


def test_vectors_of_aspects_are_made_anew_where_the_bank_has_changed(tmp_path: Path) -> None:
    """And only there: for the real bank that takes minutes."""
    bank, kept, encoder = tmp_path / "aspects.yml", tmp_path / "vectors.safetensors", FakeEncoder()
    bank.write_text(ONE_ASPECT.format(id="selling.sold"), encoding="utf-8")

    renew_aspect_vectors(encoder, bank, kept)
    written = kept.stat().st_mtime_ns
    renew_aspect_vectors(encoder, bank, kept)
    untouched, first = kept.stat().st_mtime_ns, made_from(kept)
    bank.write_text(ONE_ASPECT.format(id="selling.rented"), encoding="utf-8")
    renew_aspect_vectors(encoder, bank, kept)

    assert untouched == written
    assert made_from(kept) != first
    assert AspectVectors.load(read_aspects(bank), kept).asked.any()


def test_every_part_that_is_left_out_is_made_of_features() -> None:
    """A renamed feature would otherwise silently stay in."""
    assert set().union(*PARTS.values()) <= set(FEATURES)


def test_shares_are_of_the_questions_that_can_be_hit() -> None:
    """A question without evidence has no hits, and is not counted."""
    assert shares([[True, False], [False, True], [], [False, False, False]]) == "hit@1 0.333  hit@3 0.667"


def test_quoted_passages_do_not_overlap(cases: list[Case]) -> None:
    """At most three, as a reader gets them."""
    for case in cases:
        hits = first_hits(case, plain_order)

        assert 1 <= len(hits) <= 3
        assert without_overlap(hits) == hits
        assert len(top_three(case, plain_order)) == len(hits)


def test_shown_within_reaches_down_to_the_right_passage(cases: list[Case]) -> None:
    """If the right one is always first, nothing need be shown below it."""
    answerable = [case for case in cases if case.answerable]
    first = [replace(case, table=case.right[:, np.newaxis] * np.ones(len(FEATURES))) for case in answerable]
    second = [replace(case, table=case.table.copy()) for case in first]
    for case in second:
        case.table[int(np.argmin(case.right))] = 1.5  # a wrong one, half better in each of the two plain features

    orders = dict.fromkeys(COMPANIES, plain_order)

    assert shown_within(first, orders) == 0.0
    assert shown_within(second, orders) == pytest.approx(1.0)
