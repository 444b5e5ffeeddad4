"""Pairs that the encoder learns from."""

from __future__ import annotations

import json
from pathlib import Path

from tests.fakes import SMALL_BANK
from training.pairs import bank_pairs, policyqa_pairs


def test_the_bank_pairs_questions_with_statements_of_their_own_aspect() -> None:
    """And the same seed draws the same pairs."""
    pairs = bank_pairs(SMALL_BANK)

    assert {(pair.group, pair.answer) for pair in pairs} == {(a.id, a.statements[0]) for a in SMALL_BANK}
    assert len(pairs) == sum(len(aspect.questions) for aspect in SMALL_BANK)
    assert pairs == bank_pairs(SMALL_BANK)


def test_policyqa_pairs_hold_the_whole_sentences_of_an_answer(tmp_path: Path) -> None:
    """A span in the middle of a sentence brings the sentence; a policy left out brings nothing."""
    context = "We collect names. We keep logs for a year. Bye."
    questions = {"question": "How long?", "answers": [{"text": "for a year", "answer_start": context.index("for a year")}]}
    policy = {"title": "site.example", "paragraphs": [{"context": context, "qas": [questions, questions]}]}
    path = tmp_path / "dev.json"
    path.write_text(json.dumps({"data": [policy]}), encoding="utf-8")

    pairs = policyqa_pairs(path)

    assert [(pair.question, pair.answer) for pair in pairs] == [("How long?", "We keep logs for a year.")]
    assert policyqa_pairs(path, leave_out=frozenset({"site.example"})) == []
