"""The aspect bank: complete, without repetition, and without a word of the questions that it is measured by."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from knowledge.aspects import TOPICS, Aspect, read_aspects

ROOT = Path(__file__).resolve().parents[2]
GOLD = ROOT / "evaluation" / "gold" / "questions.jsonl"
FEWEST_WORDS = 5  # shorter questions, "dnt?", may well be asked twice


@pytest.fixture(scope="module")
def bank() -> tuple[Aspect, ...]:
    """The bank as it is shipped."""
    return read_aspects()


def folded(text: str) -> str:
    """Lower case, words only, one space around each: "Do you SELL it?" and "do you sell it" are the same."""
    words = re.findall(r"\w+", re.sub("[’']", "", text.lower()))
    return f" {' '.join(words)} "


def gold_questions() -> Iterator[str]:
    for line in GOLD.read_text(encoding="utf-8").splitlines():
        question = folded(json.loads(line)["question"])
        if len(question.split()) >= FEWEST_WORDS:
            yield question


def copies(texts: list[str]) -> list[str]:
    """The gold questions that occur in one of the texts."""
    holding = [folded(text) for text in texts]
    return [question.strip() for question in gold_questions() if any(question in text for text in holding)]


def written(folder: Path, **changed: object) -> Path:
    """A bank of two aspects, the second with what the test changes."""
    first = {
        "id": "selling.sale",
        "label": "sale",
        "topic": "selling",
        "questions": ["do you sell it"],
        "statements": ["We do not."],
    }
    path = folder / "aspects.yml"
    path.write_text(yaml.safe_dump({"aspects": [first, {**first, "id": "selling.rent", **changed}]}), encoding="utf-8")
    return path


def test_every_aspect_has_a_known_topic_and_an_id_of_its_own(bank: tuple[Aspect, ...]) -> None:
    """The id begins with a word of its own kind and occurs once; each topic has at least one aspect."""
    ids = [aspect.id for aspect in bank]

    assert len(set(ids)) == len(ids) >= 100
    assert {aspect.topic for aspect in bank} == set(TOPICS)
    assert all(re.fullmatch(r"[a-z_]+\.[a-z0-9_]+", name) for name in ids)


def test_every_aspect_has_enough_questions_and_statements(bank: tuple[Aspect, ...]) -> None:
    """Fewer than ten ways to ask, or six ways to say it, teach too little."""
    poor = [aspect.id for aspect in bank if len(aspect.questions) < 10 or len(aspect.statements) < 6]

    assert poor == []


def test_no_question_stands_twice(bank: tuple[Aspect, ...]) -> None:
    """A question under two aspects would teach that it means both."""
    counted = Counter(folded(question) for aspect in bank for question in aspect.questions)

    assert [question for question, count in counted.items() if count > 1] == []


def test_no_text_is_empty(bank: tuple[Aspect, ...]) -> None:
    """A line left blank, or a bare "no" that YAML reads as false, is noticed here."""
    texts = [text for aspect in bank for text in (aspect.label, *aspect.questions, *aspect.statements)]

    assert [text for text in texts if not isinstance(text, str) or not re.search(r"\w", text)] == []


def test_a_label_completes_a_sentence(bank: tuple[Aspect, ...]) -> None:
    """It follows "The policy does not say anything about …", so it ends without a full stop."""
    assert [aspect.label for aspect in bank if aspect.label.endswith((".", "?", "!"))] == []


def test_the_guard_against_copies_sees_a_copy() -> None:
    """Case, punctuation and apostrophes hide no gold question."""
    question = json.loads(GOLD.read_text(encoding="utf-8").splitlines()[1])["question"]

    assert copies([f"- {question.upper()}!!"]) == [folded(question).strip()]
    assert copies(["do you sell my data"]) == []


def test_no_gold_question_is_in_the_bank(bank: tuple[Aspect, ...]) -> None:
    """A bank that knows the gold questions by heart is measured wrongly, and does worse on others."""
    assert copies([text for aspect in bank for text in (*aspect.questions, *aspect.statements)]) == []


def test_no_gold_question_is_in_the_training_data() -> None:
    """The same holds for what Rasa learns from."""
    lines = [line for path in (ROOT / "bot" / "data").rglob("*.yml") for line in path.read_text(encoding="utf-8").splitlines()]

    assert copies(lines) == []


def test_a_bank_is_read_as_it_is_written(tmp_path: Path) -> None:
    """Order and every field are kept; the DPV term may be left out."""
    bank = read_aspects(written(tmp_path, dpv="dpv:Rent"))

    assert [(aspect.id, aspect.dpv) for aspect in bank] == [("selling.sale", ""), ("selling.rent", "dpv:Rent")]
    assert bank[0] == Aspect("selling.sale", "sale", "selling", ("do you sell it",), ("We do not.",))


def test_an_unknown_topic_is_refused(tmp_path: Path) -> None:
    """A misspelt topic would make an intent that nobody handles; the aspect is named."""
    with pytest.raises(ValueError, match=r"aspects\.yml: selling\.rent: unknown topic"):
        read_aspects(written(tmp_path, topic="seling"))


def test_a_duplicate_id_is_refused(tmp_path: Path) -> None:
    """The second would silently replace the first."""
    with pytest.raises(ValueError, match=r"selling\.sale: unknown topic, or an id that occurs twice"):
        read_aspects(written(tmp_path, id="selling.sale"))
