"""The two encoders that answers are found with, as one: Rasa shares the small one, and only answers know the large one."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np

from knowledge.encoder import LargeEncoder, OnnxEncoder


class TwoEncoders:
    """Encodes questions; passages too, where `at_once` is the number of cores. Safe to share between threads."""

    def __init__(self, small: OnnxEncoder, large: LargeEncoder, at_once: int = 1) -> None:
        """at_once: texts that the large encoder reads at once, on a core each."""
        self._small, self._large, self._at_once = small, large, at_once
        self.id = joined_id(small.id, large.id)  # changes with either of the two
        self.dim, self.token_dim = small.dim, small.token_dim

    @classmethod
    def for_passages(cls, small: OnnxEncoder, large: LargeEncoder) -> TwoEncoders:
        """On every core; `small` must be loaded so."""
        return cls(small, large, os.cpu_count() or 1)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """The small one's unit vectors, float32 (len(texts), dim)."""
        return self._small.encode(texts)

    def encode_tokens(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """The small one's vector of a text, float32 (dim,), and of its tokens, (tokens, token_dim)."""
        return self._small.encode_tokens(text)

    def encode_passages(self, texts: Sequence[str]) -> tuple[np.ndarray, list[np.ndarray]]:
        """The same of many texts."""
        return self._small.encode_passages(texts)

    def encode_large(self, texts: Sequence[str]) -> np.ndarray:
        """The large one's unit vectors, float32 (len(texts), its own dim)."""
        return self._large.encode(texts, at_once=self._at_once)


def joined_id(small: str, large: str) -> str:
    """What tells one pair of encoders from another."""
    return f"{small} {large}"
