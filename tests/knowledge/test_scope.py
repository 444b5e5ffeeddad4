"""Whether a message is about privacy: nearer to the bank's questions than to chatter, and never surer than sure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from candor.services import Services
from candor.services.knowledge import NLU
from candor.settings import Settings
from knowledge.aspects import AspectBank
from knowledge.encoder import OnnxEncoder
from knowledge.scope import SURE, Scope, read_chatter
from tests.fakes import NO_CHATTER, FakeEncoder, small_mapper

CHATTER = ("what is the weather like", "tell me a joke")


@pytest.fixture
def bank() -> AspectBank:
    return small_mapper().bank


@pytest.fixture
def scope() -> Scope:
    return Scope(FakeEncoder().encode(CHATTER))


@pytest.mark.parametrize(("message", "inside"), [("is my data sold", True), ("what is the weather", False)])
def test_a_message_belongs_to_what_it_is_nearer_to(scope: Scope, bank: AspectBank, message: str, inside: bool) -> None:
    """A question of the bank, or chatter."""
    (vector,) = FakeEncoder().encode([message])

    odds = scope.log_odds(vector, bank.near(vector))

    assert (odds > 0) == inside
    assert -SURE <= odds <= SURE


def test_without_chatter_everything_is_about_privacy(bank: AspectBank) -> None:
    """Nothing is refused before anybody said what is not."""
    (vector,) = FakeEncoder().encode(["tell me a joke"])

    assert NO_CHATTER.log_odds(vector, bank.near(vector)) == SURE


def test_chatter_is_embedded_once_and_anew_when_it_changes(tmp_path: Path) -> None:
    """Seconds at the first start, nothing later; another encoder or other examples make it anew."""
    nlu, cache, encoder = tmp_path / "nlu", tmp_path / "chatter.npz", FakeEncoder()
    nlu.mkdir()
    (nlu / "a.yml").write_text("nlu:\n- intent: greet\n  examples: |\n    - hello you\n", encoding="utf-8")

    first = Scope.load(cache, encoder, nlu)
    again = Scope.load(cache, encoder, nlu)
    asked = len(encoder.encoded)
    (nlu / "a.yml").write_text("nlu:\n- intent: greet\n  examples: |\n    - hello you\n    - hi\n", encoding="utf-8")
    changed = Scope.load(cache, encoder, nlu)

    assert np.array_equal(first.chatter, again.chatter)
    assert asked == 1
    assert len(changed.chatter) == 2


def test_what_each_question_is_compared_with_lies_number_by_number(tmp_path: Path) -> None:
    """Made or kept: read passage by passage, it would take twice as long."""
    for _ in ("made", "kept"):
        scope = Scope.load(tmp_path / "chatter.npz", FakeEncoder(), NLU)
        bank = AspectBank.load(tmp_path / "bank.npz", FakeEncoder())

        assert scope.chatter.flags.f_contiguous
        assert bank.questions.flags.f_contiguous


def test_a_damaged_cache_is_made_anew(tmp_path: Path) -> None:
    """A full disk must not end the service."""
    (tmp_path / "chatter.npz").write_bytes(b"PK damaged")

    assert len(Scope.load(tmp_path / "chatter.npz", FakeEncoder(), NLU).chatter) == len(read_chatter(NLU))


@pytest.mark.parametrize(
    ("about", "other"),
    [("do you sell my data", "what is the weather tomorrow"), ("how long do you keep my emails", "tell me a joke about cats")],
)
def test_privacy_is_told_from_the_rest_by_the_real_encoder(about: str, other: str) -> None:
    """With the bank and the examples that are shipped."""
    parts, encoder = Services(Settings()), OnnxEncoder(Settings().encoder_dir)

    inside, outside = (
        parts.knowledge.scope.log_odds(vector, parts.knowledge.bank.near(vector)) for vector in encoder.encode([about, other])
    )

    assert inside > 0 > outside
