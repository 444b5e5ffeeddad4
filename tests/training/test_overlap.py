"""The measuring questions stay out of all that is learnt from: else the figures would measure memory."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
import yaml

from candor.settings import ROOT
from evaluation.questions import FOLDER
from knowledge.aspects import read_aspects
from training.cases import PLAIN, read_questions

NLU_MARK = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})")  # [CleverBox](company) → CleverBox
DISTINCTIVE = 5  # words
TOO_SHORT = 2  # words; "hello" and "joke please" are nobody's


def folded(question: str) -> str:
    """In lower case, without punctuation, white space folded."""
    return " ".join(re.findall(r"\w+", question.lower().replace("'", "").replace("’", "")))


def gold() -> set[str]:
    """Every gold question that is long enough to be distinctive, normalised."""
    questions = {
        folded(json.loads(line)["question"])
        for path in sorted(FOLDER.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()
    }  # fmt: skip
    return {question for question in questions if len(question.split()) > TOO_SHORT}


def nlu_examples(folder: Path) -> Iterator[str]:
    """Rasa's training examples without entity annotations."""
    for path in sorted(folder.rglob("*.yml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu", []):
            for line in entry["examples"].splitlines():
                yield NLU_MARK.sub(r"\1", line.strip().removeprefix("- "))


def lines_of(folder: Path, pattern: str) -> Iterator[str]:
    """Every line of the files: one example each."""
    return (line for path in sorted(folder.glob(pattern)) for line in path.read_text(encoding="utf-8").splitlines())


def labelled_questions(folder: Path) -> Iterator[str]:
    """The questions by whose labels the rules for first lines were made."""
    return (line.split("|")[1] for line in lines_of(folder, "first_lines*.txt") if line.count("|") >= 2)


LEARNT: dict[str, Callable[[], Iterable[str]]] = {
    "knowledge/aspects.yml": lambda: (text for aspect in read_aspects() for text in aspect.questions),
    "bot/data": lambda: nlu_examples(ROOT / "bot" / "data"),
    "training/questions": lambda: (question["question"] for question in read_questions()),
    "training/dialogue_acts": lambda: lines_of(ROOT / "training" / "dialogue_acts", "*.yml"),
    "evaluation/first_lines": lambda: labelled_questions(ROOT / "evaluation"),
    "training/plain": lambda: (question["question"] for question in read_questions(PLAIN)),
}


@pytest.mark.parametrize("place", sorted(LEARNT))
def test_no_gold_question_is_in_the_training_data(place: str) -> None:
    """The message says how many and never which: authors of training data must not read them here either.

    Nor inside a longer line ("by the way, …"), where the question is long enough to be nobody else's.
    """
    learnt = {folded(text) for text in LEARNT[place]()}
    inside = [question for question in gold() if len(question.split()) >= DISTINCTIVE]
    existing = len(gold() & learnt) + sum(any(f" {question} " in f" {text} " for text in learnt - gold()) for question in inside)

    assert len(learnt) > 100
    assert existing == 0, f"{place} holds {existing} of the questions that are measured with"


def test_case_punctuation_and_annotations_hide_no_question() -> None:
    """Questions that differ only in these are the same."""
    stated = NLU_MARK.sub(r"\1", "Don’t  you sell [CleverBox:CRM](company)'s DATA, ever?!")

    assert folded(stated) == folded("dont you sell cleverbox crms data ever")
    assert len(gold()) > 100
