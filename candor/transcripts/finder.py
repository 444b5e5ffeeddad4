"""Names and streets as the encoder reads them: its lower layers and two tuned ones, and a small network over each word.

It knows grammar that no rule and no window of nine words tells ("joy said you would ring me"), and costs more than both: so it
reads the first tokens of messages that are not long. scripts/make_finder.py tunes it, training/finder.py exports it beside the
encoder. A process that masks loads it once.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import file_digest
from pathlib import Path
from typing import Any

import numpy as np

from candor.transcripts.lexicon import lexicon
from candor.transcripts.recognizers.words import folded
from candor.transcripts.tagger import BITS, LABELS, Floats, TaggedToken, case_of

GRAPH_FILE, HEADS_FILE, TOKENIZER_FILE, CARD_FILE = "finder.onnx", "finder.npz", "finder_tokenizer.json", "finder.json"
MOST_READ = 64  # the encoder's tokens of one message
FLAGS = list(BITS)
CASES, NUMBER, SIGN = 6, 11, 12  # places among a token's features; between cases and number stands what the lexicon says
N_FEATURES = 13


class FinderMissingError(RuntimeError):
    """There is no usable export. Cure: run `make setup`."""


class Finder:
    """The exported network. Make one per process; safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        """Raises: FinderMissingError if a file is missing or damaged."""
        import onnxruntime  # only what masks needs them
        from tokenizers import Tokenizer

        try:
            promised: dict[str, str] = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))["sha256"]
            for name, digest in promised.items():
                with (folder / name).open("rb") as file:
                    if file_digest(file, "sha256").hexdigest() != digest:
                        raise ValueError(name)
            self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
            with np.load(folder / HEADS_FILE, allow_pickle=False) as heads:
                self._w1, self._b1, self._w2, self._b2 = (heads[name] for name in ("w1", "b1", "w2", "b2"))
        except (OSError, ValueError, KeyError) as error:
            raise FinderMissingError(f"no finder of names in {folder.name}/: run `make setup`") from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MOST_READ)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # it would keep as much memory as the longest text ever took
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session: Any = onnxruntime.InferenceSession(
            str(folder / GRAPH_FILE), options, providers=["CPUExecutionProvider"]
        )  # fmt: skip

    def shares(self, text: str, tokens: Sequence[TaggedToken]) -> Floats:
        """How likely each label is for each token: (tokens, labels). Zeros for what it does not read: signs, and the rest."""
        encoded = self._tokenizer.encode(text)
        pieces = pieces_of(encoded.offsets, tokens)
        read = [place for place, token in enumerate(tokens) if token.kind in {"word", "number"} and pieces[place][0] > 0]
        shares = np.zeros((len(tokens), len(LABELS)), dtype=np.float32)
        if read:
            states: Floats = self._session.run(["states"], {"ids": np.array([encoded.ids], dtype=np.int64)})[0]
            first, last = np.array([pieces[place] for place in read]).T
            words = np.concatenate([states[first], states[last], beside(features_of(tokens))[read]], axis=1)
            scores = np.maximum(words @ self._w1 + self._b1, 0) @ self._w2 + self._b2
            powers = np.exp(scores - scores.max(axis=1, keepdims=True))
            shares[read] = powers / powers.sum(axis=1, keepdims=True)
        return shares


def pieces_of(offsets: Sequence[tuple[int, int]], tokens: Sequence[TaggedToken]) -> list[tuple[int, int]]:
    """The first and last of the encoder's tokens that each token consists of; (0, 0) if it was cut off."""
    found, place, end = [], 1, len(offsets) - 1
    for token in tokens:
        while place < end and offsets[place][1] <= token.start:
            place += 1
        if place >= end or offsets[place][0] >= token.end:
            found.append((0, 0))
            continue
        last = place
        while last + 1 < end and offsets[last + 1][0] < token.end:
            last += 1
        found.append((place, last))
    return found


def features_of(tokens: Sequence[TaggedToken]) -> Floats:
    """What the encoder, which knows small letters alone, does not see of each token. Shape: (tokens, N_FEATURES)."""
    known, features = lexicon().words, np.zeros((len(tokens), N_FEATURES), dtype=np.float32)
    for row, token in enumerate(tokens):
        if token.kind == "word":
            features[row, case_of(token.text)] = 1
            for flag in known.get(folded(token.text), ""):
                features[row, CASES + FLAGS.index(flag)] = 1
        else:
            features[row, NUMBER if token.kind == "number" else SIGN] = 1
    return features


def beside(features: Floats) -> Floats:
    """Each token's features, those of the one before and those of the one behind."""
    none = np.zeros((1, features.shape[1]), dtype=np.float32)
    return np.concatenate([features, np.concatenate([none, features[:-1]]), np.concatenate([features[1:], none])], axis=1)
