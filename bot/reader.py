"""What a tuned copy of the encoder's upper layers reads in a message: its intent, and its dialogue act after each question.

`candor train reader` tunes it on the examples of both at once (training/reader.py), and set-up exports it beside the encoder,
whose lower layers it shares. It knows wording that the regressions have not learnt from, and they know words that it
overlooks: IntentClassifier and DialogueActs each mix its reading with their own.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import List, Sequence

import numpy as np

from bot.context import CONTEXTS
from knowledge.encoder import EncoderMissingError, OnnxEncoder, file_sha256, session_of

GRAPH_FILE, GRAPH_WEIGHTS_FILE, CARD_FILE = "reader.onnx", "reader.bin", "reader.json"  # in the encoder's folder
HEADS_FILE = "reader.npz"
REQUEST_NUMBER = re.compile(r"\bR-[0-9A-Z]{4}-[0-9A-Z]{4}\b", re.IGNORECASE)
ANY_NUMBER = "R-7KQ4-M2XD"  # all are read as this one, so that a number's letters do not decide the intent
MASKED = re.compile(r"<(\w+?)_\d+>")
SHARE = 0.6  # of its reading in what is mixed, by logarithms (docs/evaluation.md)


def as_read(text: str) -> str:
    """A message as it is encoded: which request it names, or which of its masked values it means, does not matter."""
    return MASKED.sub(lambda found: f"<{found[1]}>", REQUEST_NUMBER.sub(ANY_NUMBER, text))


class Reader:
    """The exported layers and their heads. Make one per process; safe to share between threads."""

    def __init__(self, folder: Path, encoder: OnnxEncoder, *, threads: int = 1) -> None:
        """Raises: EncoderMissingError if a file is missing, damaged, or made for another encoder or other contexts."""
        try:
            card = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
            fitting = card["encoder"] == encoder.id and card["contexts"] == list(CONTEXTS)
            whole = all(file_sha256(folder / name) == digest for name, digest in card["sha256"].items())
            with np.load(folder / HEADS_FILE, allow_pickle=False) as heads:
                self._of_intents, self._of_acts = heads["intents"], heads["acts"]
        except (OSError, ValueError, KeyError) as error:
            raise EncoderMissingError(f"no message reader in {folder.name}/: run `make setup`") from error
        if not (fitting and whole):
            raise EncoderMissingError(f"the message reader in {folder.name}/ is damaged or of another encoder: run `make setup`")
        self.intents: List[str] = card["intents"]
        self.acts: List[str] = card["acts"]
        self._encoder = encoder
        self._session = session_of(folder / GRAPH_FILE, threads)

    def intents_of(self, texts: Sequence[str]) -> np.ndarray:
        """The probability of each of its intents for each text. Shape: float32 (texts, intents)."""
        return shares_of(self._read(texts) @ self._of_intents)

    def acts_of(self, texts: Sequence[str], context: str) -> np.ndarray:
        """The same of its acts, when they come in this context. Shape: float32 (texts, acts)."""
        return shares_of(self._read(texts) @ self._of_acts[CONTEXTS.index(context)])

    def _read(self, texts: Sequence[str]) -> np.ndarray:
        """What the layers make of each text, and a one for the heads' biases. Shape: float32 (texts, dim + 1)."""
        read = np.ones((len(texts), self._encoder.dim + 1), dtype=np.float32)
        for row, states in enumerate(
            self._encoder.encode_lower([as_read(text) for text in texts])
        ):  # one by one: padding would cost more than it saves
            read[row, :-1] = self._session.run(["read"], {"states": states[np.newaxis]})[0][0]
        return read


def shares_of(scores: np.ndarray) -> np.ndarray:
    """Probabilities from scores (softmax). Shape: float32 (n, classes)."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: np.ndarray = powers / powers.sum(axis=1, keepdims=True)
    return shares


def mixed(own: np.ndarray, names: Sequence[str], read: np.ndarray, known: Sequence[str]) -> np.ndarray:
    """Probabilities of a regression's classes, with those that the reader has for the same texts.

    names, known: the classes of both. Of a class that the reader does not know, because it came later, the regression's own
    stands, and the reader's other probabilities share what that leaves.
    """
    column = {name: place for place, name in enumerate(known)}
    theirs = [place for place, name in enumerate(names) if name in column]
    shared = read[:, [column[names[place]] for place in theirs]]
    told = own.copy()
    told[:, theirs] = shared / np.maximum(shared.sum(axis=1, keepdims=True), TINY) * own[:, theirs].sum(axis=1, keepdims=True)
    logs = (1 - SHARE) * np.log(np.maximum(own, TINY)) + SHARE * np.log(np.maximum(told, TINY))
    return shares_of(logs.astype(np.float32))


TINY = 1e-9  # in place of a probability of 0, which has no logarithm
