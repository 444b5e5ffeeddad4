"""Features, scores and the probability that a passage answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge.aspects import AspectBank
from knowledge.catalogue import PolicyCatalogue
from knowledge.ranking import (
    FEATURES,
    JUDGE_FEATURES,
    PolicyView,
    Question,
    Ranker,
    best_of_section,
    features,
    judge_features,
    numbered,
    softmax,
)
from knowledge.words import stems
from tests.fakes import NO_CHATTER, FakeEncoder, small_mapper, untrained_ranker


@pytest.fixture
def bank() -> AspectBank:
    return small_mapper().bank


@pytest.fixture
def view(catalogue: PolicyCatalogue, bank: AspectBank) -> PolicyView:
    """All passages of acme's policy."""
    artefact = catalogue.served("acme").artefact
    passages, readings, rows = artefact.passages, artefact.readings, np.arange(len(artefact.passages))
    covered = small_mapper().mention_probabilities(passages, readings)
    return PolicyView.of(passages, rows, readings, artefact.large, artefact.tokens, bank, covered)


def ask(text: str, bank: AspectBank) -> Question:
    return Question.of(text, FakeEncoder(), bank, NO_CHATTER)


def column(name: str, table: np.ndarray) -> np.ndarray:
    result: np.ndarray = table[:, FEATURES.index(name)]
    return result


def test_each_passage_gets_each_feature(view: PolicyView, bank: AspectBank) -> None:
    """One row a passage, one column a feature, all of them numbers."""
    table = features(view, ask("do you sell my data", bank), bank)

    assert table.shape == (len(view.passages), len(FEATURES))
    assert np.isfinite(table).all()


def test_shared_words_count_once_they_are_stemmed(view: PolicyView, bank: AspectBank) -> None:
    """BM25 finds "collect" in a question about "collecting", and nothing where no word is shared."""
    shared = column("bm25", features(view, ask("collecting names", bank), bank))
    foreign = column("bm25", features(view, ask("zebra quantum", bank), bank))

    assert "collect" in view.passages[int(np.argmax(shared))].text
    assert not foreign.any()


def test_a_question_of_stop_words_only_is_ranked_too(view: PolicyView, bank: AspectBank) -> None:
    """No word is left to search for, and nothing breaks."""
    assert stems(["what is it"]) in ([[]], [["it"]], [["what"]])

    assert np.isfinite(features(view, ask("what is it", bank), bank)).all()


def test_aspects_lead_to_passages_that_share_no_word_with_the_question(view: PolicyView, bank: AspectBank) -> None:
    """A question near "do you sell my data" is carried over to "We never sell personal data." by the bank's statement."""
    aspects = column("aspects", features(view, ask("do you sell my data", bank), bank))

    assert view.passages[int(np.argmax(aspects))].text == "We never sell personal data."


def test_a_passages_topic_weights_sum_to_one(view: PolicyView) -> None:
    """They are a distribution over all topics."""
    assert np.allclose(view.topics.sum(axis=0), 1.0)


def test_the_judges_features_have_a_fixed_shape(view: PolicyView, bank: AspectBank) -> None:
    """Also with a single passage left to judge."""
    question = ask("do you sell my data", bank)
    table = features(view, question, bank)

    values = judge_features(table, table[:, 0], np.array([0]), view, question)

    assert values.shape == (len(JUDGE_FEATURES),)
    assert np.isfinite(values).all()


def test_a_ranker_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    """Names in the file, so that an old file cannot be read in the wrong order."""
    ranker = Ranker(Ranker.load().order, np.arange(len(JUDGE_FEATURES)) / 10, -0.5, 0.7, 0.2, 1.5)

    ranker.save(tmp_path / "ranker.json")
    again = Ranker.load(tmp_path / "ranker.json")

    assert again.order == ranker.order
    assert np.array_equal(again.judge_weights, ranker.judge_weights)
    assert (again.judge_bias, again.answer_from, again.unsure_from, again.shown_within) == (-0.5, 0.7, 0.2, 1.5)


def test_an_untrained_order_is_not_saved(tmp_path: Path) -> None:
    """Nothing is written."""
    with pytest.raises(TypeError, match="trained"):
        untrained_ranker().save(tmp_path / "ranker.json")

    assert not list(tmp_path.iterdir())


def test_the_shipped_ranker_is_usable() -> None:
    """It scores each passage by itself, and hedges below the probability from which on it answers."""
    ranker = Ranker.load()
    table = np.random.default_rng(3).normal(size=(7, len(FEATURES)))

    assert ranker.order(table).shape == (7,)
    assert np.allclose(ranker.order(table[:2]), ranker.order(table)[:2])
    assert 0 < ranker.unsure_from < ranker.answer_from < 1


def test_softmax_is_safe_for_large_values() -> None:
    """No overflow, and the largest takes all."""
    assert softmax(np.array([1000.0, 0.0])).tolist() == [1.0, 0.0]


def test_a_question_brings_its_tokens_without_the_marks_around_them(bank: AspectBank) -> None:
    """An encoder puts one before and one behind; they would fit any passage. What is nothing else is kept."""
    _, tokens = FakeEncoder().encode_tokens("do you sell data")

    assert np.array_equal(Question.of("do you sell data", FakeEncoder(), bank, NO_CHATTER).tokens, tokens[1:-1])
    assert len(Question.of("data", FakeEncoder(), bank, NO_CHATTER).tokens) == 1


def test_a_narrowed_view_gives_its_passages_the_features_they_had(view: PolicyView, bank: AspectBank) -> None:
    """Values that compare passages still refer to all of them; only the rank within the view is new."""
    question = ask("for how long do you keep invoices", bank)
    keep = np.array([0, 2, len(view.passages) - 1])

    narrowed = view.narrowed(view.rows[keep])

    assert narrowed.passages == tuple(view.passages[index] for index in keep)
    alike = [name not in {"rank", "section", "section_aspects"} for name in FEATURES]
    assert np.allclose(features(narrowed, question, bank)[:, alike], features(view, question, bank)[keep][:, alike], atol=1e-3)


def test_late_interaction_finds_the_one_word_that_matters(view: PolicyView, bank: AspectBank) -> None:
    """The other words of the passage do not hide it."""
    late = column("late_bare", features(view, ask("the word invoices here", bank), bank))

    assert "invoices" in view.passages[int(np.argmax(late))].text


def test_a_section_is_as_good_as_its_best_passage() -> None:
    """Sections are told apart by name, wherever their passages stand."""
    result = best_of_section(np.array([0.1, 0.7, 0.4, 0.2]), numbered(["1. A", "2. B", "1. A", "2. B"]))

    assert result.tolist() == [0.4, 0.7, 0.4, 0.7]
