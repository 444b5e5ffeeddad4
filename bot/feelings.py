"""Whether somebody writes in fear, illness, grief or anger, so that a kind word can come before the answer.

A logistic regression over the same features as the dialogue acts (bot/dialogue_acts.py), fitted with them and kept in their file.
"""

from __future__ import annotations

from pathlib import Path
from typing import List, Mapping, Sequence

import numpy as np

from bot import sureness
from bot.dialogue_acts import words_of

NONE = "none"


class FeelingModel:
    """The fitted model. weights: float32 (words + 2 × dim, feelings); bias: float32 (feelings,)."""

    def __init__(self, feelings: Sequence[str], vocabulary: Sequence[str], weights: np.ndarray, bias: np.ndarray) -> None:
        self._feelings: List[str] = list(feelings)
        self._index: Mapping[str, int] = {word: column for column, word in enumerate(vocabulary)}
        self._weights, self._bias = weights, bias

    @classmethod
    def load(cls, path: Path) -> FeelingModel:
        """Raises: OSError or KeyError where there is none: run `make setup`."""
        with np.load(path, allow_pickle=False) as found:
            weights = found["feeling_weights"].astype(np.float32)
            return cls(found["feelings"].tolist(), found["feeling_vocabulary"].tolist(), weights, found["feeling_bias"])

    def of(self, text: str, dense: np.ndarray) -> str:
        """The feeling in a message; "none" where there is none, or none for sure. dense: its vectors, float32 (2 × dim,)."""
        scores = dense @ self._weights[len(self._index) :] + self._bias
        scores = scores + self._weights[sorted({self._index[word] for word in words_of(text) if word in self._index})].sum(axis=0)
        powers = np.exp(scores - scores.max())
        best = int(powers.argmax())
        return self._feelings[best] if powers[best] / powers.sum() >= sureness.FEELING else NONE
