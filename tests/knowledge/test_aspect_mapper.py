"""Mapping passages to aspects: what is said is found, and what only looks like it is left out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge.aspect_mapper import FEATURES, NUMBERED_TITLE, AspectMapper, AspectWords, MapperWeights
from knowledge.aspects import AspectBank
from knowledge.passages import LONGEST_LIST, Passage
from tests.fakes import SMALL_BANK, FakeEncoder, small_mapper

SOLD = "We never sell personal data."
COOKIES = "Cookies remember your language."


def passages_of(*texts: str) -> list[Passage]:
    return [Passage("acme", "2026-01-15", "sentence", "", 100 * n, 100 * n + len(t), t, "", "") for n, t in enumerate(texts)]


def readings_of(passages: list[Passage]) -> np.ndarray:
    return np.stack([FakeEncoder().encode(passage.readings) for passage in passages])


def mapped(*texts: str) -> dict[str, list[str]]:
    """Aspect → the texts that speak of it."""
    passages = passages_of(*texts)
    result = small_mapper().map(
        "acme", "2026-01-15", passages, small_mapper().mention_probabilities(passages, readings_of(passages))
    )
    return {aspect: [passages[mention.passage].text for mention in mentions] for aspect, mentions in result.mentions.items()}


def test_a_passage_is_mapped_to_the_aspect_that_it_speaks_of() -> None:
    """An aspect that no passage addresses is not in the map."""
    assert mapped(COOKIES, SOLD) == {"selling.sold": [SOLD]}


def test_the_most_probable_passage_comes_first() -> None:
    """Every passage above the threshold is kept."""
    weaker = "We never sell personal data, not to friends."

    assert mapped(weaker, SOLD) == {"selling.sold": [SOLD, weaker]}


@pytest.mark.parametrize(
    "text", [f"{SOLD} " * (LONGEST_LIST // len(SOLD) + 1), "It is personal data we never sell."], ids=["too long", "points back"]
)
def test_a_passage_that_needs_its_context_is_not_quoted(text: str) -> None:
    """A page of text is no quote, and "It is …" means nothing on its own."""
    assert mapped(text) == {}


def test_the_words_of_an_aspect_point_to_it() -> None:
    """A rare word of the bank weighs more than a common one; unknown words weigh nothing."""
    words = AspectWords.of(SMALL_BANK)

    covered = words.scores(["sell", "zebra", ""])

    assert covered.shape == (len(SMALL_BANK), 3)
    assert covered[0, 0] > covered[1, 0] == 0
    assert not covered[:, 1:].any()


def test_only_near_aspects_are_considered(monkeypatch: pytest.MonkeyPatch) -> None:
    """A passage speaks of few things, however near it is to all of them."""
    monkeypatch.setattr("knowledge.aspect_mapper.CONSIDERED", 1)
    passages = passages_of(SOLD, COOKIES)

    pairs = small_mapper().pairs(passages, readings_of(passages))

    assert pairs.considered.sum(axis=0).tolist() == [1, 1]
    monkeypatch.setattr("knowledge.aspect_mapper.CONSIDERED", 0)
    assert mapped(COOKIES) == {}
    assert pairs.table().shape == (len(small_mapper().aspects), 2, len(FEATURES))


def test_what_is_said_in_so_many_words_needs_no_regression(monkeypatch: pytest.MonkeyPatch) -> None:
    """A right that stands as one word in a list is near to nothing."""
    monkeypatch.setattr("knowledge.aspect_mapper.CONSIDERED", 0)

    assert mapped(SOLD) == {"selling.sold": [SOLD]}


@pytest.mark.parametrize("text", ["8.2 California.", "3 Choices of visitors", "8.4 Submitting a request."])
def test_a_numbered_title_is_no_quote(text: str) -> None:
    """It stands before its text like a heading, and says nothing."""
    assert NUMBERED_TITLE.fullmatch(text)


@pytest.mark.parametrize("text", ["5.3 We do not sell data.", "Effective Date: July 1, 2025", "7.1 Traffic is encrypted."])
def test_a_numbered_sentence_is_a_quote(text: str) -> None:
    """It has a verb of its own."""
    assert not NUMBERED_TITLE.fullmatch(text)


def test_weights_survive_a_round_trip_through_their_file(tmp_path: Path) -> None:
    """They are rounded to four decimals."""
    weights = MapperWeights(np.arange(len(FEATURES)) / 3, -0.5)

    weights.save(tmp_path / "weights.json")

    kept = MapperWeights.load(tmp_path / "weights.json")
    assert np.allclose(kept.weights, weights.weights, atol=1e-4)
    assert kept.bias == -0.5


def test_a_changed_bank_or_weights_change_the_mappers_id(tmp_path: Path) -> None:
    """Maps are then made again; the bank itself need not be loaded to notice."""
    MapperWeights(np.zeros(len(FEATURES)), 0.0).save(tmp_path / "weights.json")
    (tmp_path / "bank.yml").write_text("aspects: []", encoding="utf-8")

    def never() -> AspectBank:
        raise AssertionError("nobody asked for the bank")

    def id_() -> str:
        return AspectMapper.load(never, tmp_path / "weights.json", tmp_path / "bank.yml").id

    before = id_()
    assert id_() == before
    (tmp_path / "bank.yml").write_text("aspects:  []", encoding="utf-8")
    other_bank = id_()
    MapperWeights(np.ones(len(FEATURES)), 0.0).save(tmp_path / "weights.json")
    assert len({before, other_bank, id_()}) == 3


def test_the_shipped_weights_can_be_read() -> None:
    """There is one weight for each feature."""
    assert MapperWeights.load().weights.shape == (len(FEATURES),)
