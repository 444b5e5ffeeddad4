"""The two encoders that answers are found with, as one: Rasa shares the small one, and only answers know the large one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from knowledge.encoder import LargeEncoder, OnnxEncoder
from knowledge.known_vectors import KnownVectors
from knowledge.read_ahead import ReadAhead

NOTHING_KNOWN = KnownVectors()
TOGETHER = 4  # passages that the small one reads in one run: more fill a core's own cache, and are padded to the longest


class TwoEncoders:
    """Encodes questions; passages too, where `at_once` is the number of cores. Safe to share between threads."""

    def __init__(
        self, small: OnnxEncoder, large: LargeEncoder, at_once: int = 1, known: KnownVectors = NOTHING_KNOWN,
        known_small: KnownVectors = NOTHING_KNOWN,
    ) -> None:  # fmt: skip
        """at_once: texts, or batches of them, that are read at once, on a core each. known: what the large one need not read;
        known_small: what the small one need not, where its tokens are not asked for."""
        self._small, self._large, self._at_once, self._known, self._known_small = small, large, at_once, known, known_small
        self.id = joined_id(small.id, large.id)  # changes with either of the two
        self.dim, self.token_dim = small.dim, small.token_dim
        self._ahead = ReadAhead(lambda text: large.encode([text])[0])

    @classmethod
    def for_passages(cls, small: OnnxEncoder, large: LargeEncoder, known: Path) -> TwoEncoders:
        """On every core, without what the file `known` holds."""
        of_large, of_small = KnownVectors.load(known, large.id), KnownVectors.load(known, small.id)
        return cls(small, large, os.cpu_count() or 1, of_large, of_small)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """The small one's unit vectors, float32 (len(texts), dim)."""
        if self._at_once == 1:
            return self._small.encode(texts)
        found = [self._known_small.of(text) for text in texts]
        fresh = iter(self.encode_passages([text for text, own in zip(texts, found, strict=True) if own is None])[0])
        vectors = [next(fresh) if own is None else own for own in found]
        return np.stack(vectors) if vectors else np.zeros((0, self.dim), dtype=np.float32)

    def encode_tokens(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """The small one's vector of a text, float32 (dim,), and of its tokens, (tokens, token_dim)."""
        return self._small.encode_tokens(text)

    def encode_passages(self, texts: Sequence[str]) -> tuple[np.ndarray, list[np.ndarray]]:
        """The same of many texts, on a core each: several batches beside each other cost less than each on all cores."""
        n = min(self._at_once, len(texts))
        read = partial(self._small.encode_passages, batch=TOGETHER)
        if n < 2:
            return read(texts)
        vectors, tokens = np.zeros((len(texts), self.dim), dtype=np.float32), [np.zeros(0, dtype=np.float32)] * len(texts)
        with ThreadPoolExecutor(n) as pool:  # every n-th text, because they come sorted by length
            shares = pool.map(read, [texts[start::n] for start in range(n)])
            for start, (of_share, tokens_of_share) in enumerate(shares):
                vectors[start::n], tokens[start::n] = of_share, tokens_of_share
        return vectors, tokens

    def read_ahead(self, text: str) -> None:
        """Have the large one read a text that it will soon be asked for."""
        self._ahead.begin(text)

    def _found(self, text: str) -> np.ndarray | None:
        """The large one's vector of a text that need not be read any more."""
        known = self._known.of(text)
        return known if known is not None else self._ahead.of(text)

    def encode_large(self, texts: Sequence[str]) -> np.ndarray:
        """The large one's unit vectors, float32 (len(texts), its own dim)."""
        found = [self._found(text) for text in texts]
        fresh = iter(
            self._large.encode([text for text, own in zip(texts, found, strict=True) if own is None], at_once=self._at_once)
        )
        vectors = [next(fresh) if own is None else own.astype(np.float32) for own in found]
        return np.stack(vectors) if vectors else np.zeros((0, self._large.dim), dtype=np.float32)


def joined_id(small: str, large: str) -> str:
    """What tells one pair of encoders from another."""
    return f"{small} {large}"


def ids_in(joined: str) -> tuple[str, str]:
    """The small one's part of it, and the large one's."""
    small, _, large = joined.partition(" ")
    return small, large
