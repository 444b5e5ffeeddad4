"""The large encoder, and both as one."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from knowledge.encoder import CARD_FILE, EncoderMissingError, LargeEncoder, OnnxEncoder, encoding_once, to_hand_on
from knowledge.known_vectors import KnownVectors, digest_of
from knowledge.large_export import TUNING, WEIGHTS_SHA256
from knowledge.two_encoders import TwoEncoders, joined_id
from tests.knowledge.test_encoder import TEXTS

VAR = Path(__file__).resolve().parents[2] / "var"


@pytest.fixture(scope="module")
def large() -> LargeEncoder:
    """The real export, loaded once."""
    return LargeEncoder(VAR / "large_encoder")


@pytest.fixture(scope="module")
def both(large: LargeEncoder) -> TwoEncoders:
    return TwoEncoders(OnnxEncoder(VAR / "encoder"), large)


def test_every_text_becomes_a_unit_vector(large: LargeEncoder) -> None:
    """Whatever a person types, also nothing."""
    vectors = large.encode(TEXTS)

    assert vectors.shape == (len(TEXTS), large.dim)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_a_text_has_one_vector(large: LargeEncoder) -> None:
    """Alone, among others, beside others on several cores: a policy that is made again is the same to the last bit."""
    together = large.encode(TEXTS)

    assert np.array_equal(together, np.concatenate([large.encode([text]) for text in TEXTS]))
    assert np.array_equal(together, large.encode(TEXTS, at_once=4))
    assert large.encode([]).shape == (0, large.dim)


def test_an_answer_is_nearer_than_a_passage_on_the_same_thing(large: LargeEncoder) -> None:
    """In integers of eight bits too."""
    question, answer, same_thing, other = large.encode([
        "how long do you keep my data once i'm gone", "After an account is closed we erase its records within 30 days.",
        "We collect data when you open an account.", "We like to swim in the lake.",
    ])  # fmt: skip

    assert float(question @ answer) > float(question @ same_thing) > float(question @ other)


def test_the_card_says_what_it_was_made_of(large: LargeEncoder) -> None:
    """The base's weights and our tuning: when one changes, all policies are made anew."""
    card = json.loads((VAR / "large_encoder" / CARD_FILE).read_text(encoding="utf-8"))

    assert card["id"] == large.id
    assert WEIGHTS_SHA256[:12] in large.id
    assert TUNING.is_file()


def test_a_missing_export_is_refused(tmp_path: Path) -> None:
    """The message names the cure."""
    with pytest.raises(EncoderMissingError, match=r"^no encoder in large_encoder/: run `make setup`$"):
        LargeEncoder(tmp_path / "large_encoder")


def test_both_keep_their_own_vectors(both: TwoEncoders, large: LargeEncoder) -> None:
    """As one they answer to one id, which neither has alone."""
    assert both.encode(["a"]).shape == (1, both.dim)
    assert np.array_equal(both.encode_large(["a"]), large.encode(["a"]))
    assert both.id == joined_id(OnnxEncoder(VAR / "encoder").id, large.id)


def test_passages_that_are_read_beside_each_other_keep_their_order(large: LargeEncoder) -> None:
    """Each text's vectors are its own, however many cores share them, and even if there are fewer texts than cores."""
    small = OnnxEncoder(VAR / "encoder")
    spread = TwoEncoders(small, large, 3)
    for texts in (TEXTS, TEXTS[:2], []):
        vectors, tokens = spread.encode_passages(texts)
        expected, of_each = small.encode_passages(texts)

        assert np.allclose(vectors, expected, atol=1e-5)
        assert [own.shape for own in tokens] == [own.shape for own in of_each]
        assert all(np.allclose(own, other, atol=1e-4) for own, other in zip(tokens, of_each, strict=True))


def test_what_is_known_is_not_read_again(large: LargeEncoder) -> None:
    """A fresh clone brings the vectors of the shipped policies along; each text still gets its own."""
    brought = np.zeros(large.dim, dtype=np.float16)
    both = TwoEncoders(OnnxEncoder(VAR / "encoder"), large, 2, KnownVectors({digest_of("known"): brought}))

    vectors = both.encode_large(["new", "known", "newer"])

    assert vectors.dtype == np.float32
    assert np.array_equal(vectors, np.stack([large.encode(["new"])[0], brought, large.encode(["newer"])[0]]))
    assert np.array_equal(both.encode_large(["known"]), [brought])


def test_what_is_known_of_the_small_one_is_not_read_again(large: LargeEncoder) -> None:
    """Where its tokens are not asked for."""
    small = OnnxEncoder(VAR / "encoder")
    brought = np.ones(small.dim, dtype=np.float32)
    both = TwoEncoders(small, large, 2, known_small=KnownVectors({digest_of("known"): brought}))

    vectors = both.encode(["new", "known"])

    assert np.allclose(vectors, [small.encode(["new"])[0], brought], atol=1e-5)
    assert both.encode([]).shape == (0, small.dim)
    assert np.array_equal(both.encode(["known"]), [brought])
    assert not np.array_equal(both.encode_passages(["known"])[0], [brought])


def test_what_was_read_ahead_is_not_read_again(large: LargeEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has the vector that it would have had."""
    both = TwoEncoders(OnnxEncoder(VAR / "encoder"), large)
    expected = both.encode_large(["do you sell it"])
    both.read_ahead("do you sell it")
    monkeypatch.setattr(LargeEncoder, "_vector", None)

    assert np.array_equal(both.encode_large(["do you sell it"]), expected)


def test_a_question_is_encoded_once_and_handed_on_by_the_small_one_alone(
    both: TwoEncoders, large: LargeEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rasa knows no large encoder, and a message is looked up more than once."""
    run: list[str] = []
    vector = LargeEncoder._vector

    def recorded(self: LargeEncoder, text: str) -> np.ndarray:
        run.append(text)
        return vector(self, text)

    monkeypatch.setattr(LargeEncoder, "_vector", recorded)

    with encoding_once():
        first, again = both.encode_large(["do you sell it"]), both.encode_large(["do you sell it"])
        alone = to_hand_on("do you sell it")
        both.encode(["do you sell it"])
        handed_on = to_hand_on("do you sell it")

    assert run == ["do you sell it"]
    assert np.array_equal(first, again)
    assert alone is None
    assert handed_on is not None
    assert handed_on["encoder"] != large.id
