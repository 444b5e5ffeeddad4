"""Late interaction: comparing a question and a passage token by token, which keeps words that a single vector would blur.

Each token of a question is matched with its nearest token in a passage; the mean of those cosines is the passage's score
(MaxSim: Khattab and Zaharia, 2020, ColBERT). Pure.

A token's vector is kept as integers of sixteen bits and one scale: half the space of single precision, and answers stay the
same (docs/evaluation.md). Integers become numbers many times faster than half precision does. That is done a block at a time when
they are compared, so that a policy which lies in a file stays there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LEVELS = 32767  # the largest integer of sixteen bits with a sign
BLOCK = 512  # tokens made into numbers at a time: as many as stay in a core's own cache


@dataclass(frozen=True)
class TokenVectors:
    """The token vectors of n passages, each with one or more readings, one after the other."""

    vectors: np.ndarray  # int16 (all tokens, token_dim); times its scale a vector has unit length
    scales: np.ndarray  # float32 (all tokens,)
    ends: np.ndarray  # int64 (n, readings): the row at which the tokens of each reading end

    @classmethod
    def of(cls, passages: Sequence[Sequence[np.ndarray]]) -> TokenVectors:
        """Join the tokens (tokens, token_dim) of each passage's readings."""
        readings = [tokens for passage in passages for tokens in passage]
        ends = np.cumsum([len(tokens) for tokens in readings], dtype=np.int64)
        exact = np.concatenate(readings).astype(np.float32)
        scales = np.maximum(np.abs(exact).max(axis=1), np.finfo(np.float32).tiny) / LEVELS
        return cls(np.rint(exact / scales[:, None]).astype(np.int16), scales.astype(np.float32), ends.reshape(len(passages), -1))

    @classmethod
    def joined(cls, several: Sequence[TokenVectors]) -> TokenVectors:
        """The passages of several, one after the other, exactly as they are."""
        lengths = np.concatenate([one.lengths for one in several])
        ends = np.cumsum(lengths, dtype=np.int64).reshape(lengths.shape)
        return cls(np.concatenate([one.vectors for one in several]), np.concatenate([one.scales for one in several]), ends)

    def __len__(self) -> int:
        return len(self.ends)

    def __getitem__(self, row: int) -> list[np.ndarray]:
        """One passage's tokens, float32 (tokens, token_dim) for each reading."""
        start = self.ends[row - 1, -1] if row else 0
        ends = self.ends[row].tolist()
        return [
            self.vectors[first:last].astype(np.float32) * self.scales[first:last, None]
            for first, last in zip([start, *ends], ends, strict=False)
        ]

    def of_rows(self, rows: np.ndarray) -> TokenVectors:
        """The tokens of some passages, in the order of `rows`; at least one."""
        starts = np.concatenate([[0], self.ends[:-1, -1]])[rows]
        counts = self.ends[rows, -1] - starts
        places = np.repeat(starts - (counts.cumsum() - counts), counts) + np.arange(counts.sum())
        lengths = self.lengths[rows]
        ends = np.cumsum(lengths, dtype=np.int64).reshape(lengths.shape)
        return TokenVectors(self.vectors.take(places, axis=0), self.scales[places], ends)  # take: in half the time of an index

    def matches(self, query: np.ndarray) -> np.ndarray:
        """The best cosine that each of a query's tokens (q, token_dim) finds in each reading, float32 (n, readings, q)."""
        starts = np.concatenate([[0], self.ends.ravel()[:-1]])
        cosines = np.empty((len(self.vectors), len(query)), dtype=np.float32)
        block = np.empty((min(BLOCK, len(self.vectors)), self.vectors.shape[1]), dtype=np.float32)
        asked = np.ascontiguousarray(query.T, dtype=np.float32)
        for start in range(0, len(self.vectors), BLOCK):
            some = self.vectors[start : start + BLOCK]
            block[: len(some)] = some
            np.matmul(block[: len(some)], asked, out=cosines[start : start + len(some)])
        cosines *= self.scales[:, None]
        best: np.ndarray = np.maximum.reduceat(cosines, starts, axis=0)
        return best.reshape(*self.ends.shape, len(query))

    @property
    def lengths(self) -> np.ndarray:
        """How many tokens each reading has, int64 (n, readings)."""
        lengths: np.ndarray = np.diff(self.ends.ravel(), prepend=0).reshape(self.ends.shape)
        return lengths
