"""Features, scores and the probability that a passage answers."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.aspects import AspectBank
from knowledge.ranking import (
    APART,
    BELOW_BEST,
    COMPARED,
    FEATURES,
    RELATIVE,
    PolicyView,
    Question,
    among_others,
    best_of_section,
    features,
    numbered,
    softmax,
)
from knowledge.words import stems
from tests.fakes import NO_CHATTER, FakeEncoder


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


def test_a_passage_is_compared_with_the_others_of_its_policy(view: PolicyView, bank: AspectBank) -> None:
    """The best lies nothing below the best; what all have alike sets nobody apart."""
    table = features(view, ask("do you sell my data", bank), bank)

    for name in COMPARED:
        below, apart = column(name + BELOW_BEST, table), column(name + APART, table)
        assert below.max() == 0.0
        assert np.allclose(below, column(name, table) - column(name, table).max())
        assert np.argmax(below) == np.argmax(apart)
    assert not any(values.any() for values in among_others({"late": np.full(5, 0.3)}).values())


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


def test_softmax_is_safe_for_large_values() -> None:
    """No overflow, and the largest takes all."""
    assert softmax(np.array([1000.0, 0.0])).tolist() == [1.0, 0.0]


def test_a_question_brings_its_tokens_without_the_marks_around_them(bank: AspectBank) -> None:
    """An encoder puts one before and one behind; they would fit any passage. What is nothing else is kept."""
    _, tokens = FakeEncoder().encode_tokens("do you sell data")

    assert np.array_equal(Question.of("do you sell data", FakeEncoder(), bank, NO_CHATTER).tokens, tokens[1:-1])
    assert len(Question.of("data", FakeEncoder(), bank, NO_CHATTER).tokens) == 1


def test_a_narrowed_view_gives_its_passages_the_features_they_had(view: PolicyView, bank: AspectBank) -> None:
    """Values that compare passages refer to all of them; only rank, section and how a passage stands among the others are new."""
    question = ask("for how long do you keep invoices", bank)
    keep = np.array([0, 2, len(view.passages) - 1])

    narrowed = view.narrowed(view.rows[keep])

    assert narrowed.passages == tuple(view.passages[index] for index in keep)
    alike = [
        name not in {*RELATIVE, "rank", "section", "section_aspects", "section_large", "section_agreement"} for name in FEATURES
    ]
    assert np.allclose(features(narrowed, question, bank)[:, alike], features(view, question, bank)[keep][:, alike], atol=1e-3)


def test_late_interaction_finds_the_one_word_that_matters(view: PolicyView, bank: AspectBank) -> None:
    """The other words of the passage do not hide it."""
    late = column("late_bare", features(view, ask("the word invoices here", bank), bank))

    assert "invoices" in view.passages[int(np.argmax(late))].text


def test_a_passage_agrees_with_a_question_about_the_same_aspect(view: PolicyView, bank: AspectBank) -> None:
    """By the large encoder's vectors of the aspects, whatever words the two share; its section is as good."""
    table = features(view, ask("is my data sold", bank), bank)

    best = int(np.argmax(column("agreement", table)))
    assert view.passages[best].text == "We never sell personal data."
    assert column("section_agreement", table)[best] == column("agreement", table)[best]
    assert np.allclose(view.about.sum(axis=1), 1.0)


def test_a_word_of_the_question_that_nothing_matches_counts(view: PolicyView, bank: AspectBank) -> None:
    """The share of tokens without their like in the passage; equal matches are even."""
    known, foreign = (features(view, ask(text, bank), bank) for text in ("invoices invoices", "zebra quantum"))
    row = next(row for row, passage in enumerate(view.passages) if "invoices" in passage.text)

    assert column("unmatched", known)[row] == 0.0
    assert column("uneven", known)[row] == pytest.approx(0.0, abs=1e-3)
    assert column("unmatched", foreign)[row] == 1.0


def test_a_section_is_as_good_as_its_best_passage() -> None:
    """Sections are told apart by name, wherever their passages stand."""
    result = best_of_section(np.array([0.1, 0.7, 0.4, 0.2]), numbered(["1. A", "2. B", "1. A", "2. B"]))

    assert result.tolist() == [0.4, 0.7, 0.4, 0.7]
