"""What the message reader reads is mixed with what the regressions say."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from bot.context import CONTEXTS
from bot.reader import CARD_FILE, HEADS_FILE, Reader, as_read, mixed
from candor.settings import ROOT
from knowledge.encoder import EncoderMissingError, OnnxEncoder, encoding_once
from tests.knowledge.test_encoder import CountedSession

FOLDER = ROOT / "var" / "encoder"


@pytest.fixture(scope="module")
def encoder() -> OnnxEncoder:
    return OnnxEncoder(FOLDER)


@pytest.fixture(scope="module")
def reader(encoder: OnnxEncoder) -> Reader:
    """The one that set-up made."""
    return Reader(FOLDER, encoder)


@pytest.mark.parametrize("context", CONTEXTS)
def test_it_knows_how_likely_each_act_is_in_a_context(reader: Reader, context: str) -> None:
    """And each intent, whatever the context."""
    assert reader.acts_of(["yes", "who are you?"], context).sum(axis=1) == pytest.approx([1, 1], abs=1e-4)
    assert reader.intents_of(["yes"]).shape == (1, len(reader.intents))


def test_the_same_words_mean_different_things_after_different_questions(reader: Reader) -> None:
    """A sentence that is no example."""
    told = {
        context: reader.acts[int(reader.acts_of(["i'd prefer to leave that"], context).argmax())]
        for context in ("residence", "agreed")
    }

    assert told == {"residence": "skip", "agreed": "deny"}


def test_a_message_is_encoded_once_for_all_who_read_it(
    reader: Reader, encoder: OnnxEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reader goes on from where the encoder's lower layers ended."""
    counted = CountedSession(encoder._session)
    monkeypatch.setattr(encoder, "_session", counted)

    with encoding_once():
        encoder.encode_both(["do you sell my data"])
        reader.intents_of(["do you sell my data"])
        reader.acts_of(["do you sell my data"], "email")

    assert counted.runs == 1


def test_a_message_is_read_as_the_same_alone_and_beside_a_longer_one(reader: Reader) -> None:
    """Whatever the encoder padded it with."""
    alone = reader.intents_of(["do you sell my data"])[0]
    beside = reader.intents_of(["do you sell my data", "please tell me how long you keep what i have bought"])[0]

    assert np.allclose(alone, beside, atol=1e-5)


def test_an_intent_that_came_after_the_tuning_is_the_regressions_to_tell() -> None:
    """The others are told by both."""
    own, read = np.array([[0.6, 0.3, 0.1]], dtype=np.float32), np.array([[0.9, 0.1]], dtype=np.float32)

    told = mixed(own, ["new", "greet", "thanks"], read, ["thanks", "greet"])[0]

    assert told.argmax() == 0
    assert told[2] > told[1] * 0.9  # of 3 to 1 against and 9 to 1 for it
    assert told.sum() == pytest.approx(1.0, abs=1e-5)


def test_a_reader_that_agrees_changes_nothing() -> None:
    """Whatever is left to an intent that it does not know."""
    own = np.array([[0.6, 0.3, 0.1]], dtype=np.float32)

    told = mixed(own, ["new", "greet", "thanks"], np.array([[0.25, 0.75]], dtype=np.float32), ["thanks", "greet"])

    assert np.allclose(told, own, atol=1e-5)


def test_which_number_a_message_holds_changes_nothing() -> None:
    """Neither a request's nor that of a masked value."""
    assert as_read("r-0z1y-xw2v of <email_3>") == as_read("R-7KQ4-M2XD of <email_1>")


@pytest.mark.parametrize("harm", ["encoder", "contexts", "heads"])
def test_a_reader_that_does_not_fit_is_refused(encoder: OnnxEncoder, tmp_path: Path, harm: str) -> None:
    """Its numbers would mean nothing."""
    for file in FOLDER.glob("reader.*"):
        shutil.copy(file, tmp_path)
    card = json.loads((tmp_path / CARD_FILE).read_text())
    if harm == "heads":
        (tmp_path / HEADS_FILE).write_bytes((tmp_path / HEADS_FILE).read_bytes() + b" ")
    else:
        (tmp_path / CARD_FILE).write_text(json.dumps({**card, harm: "another"}))

    with pytest.raises(EncoderMissingError, match="make setup"):
        Reader(tmp_path, encoder)
