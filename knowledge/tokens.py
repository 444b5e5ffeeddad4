"""Late interaction: comparing a question and a passage token by token, which keeps words that a single vector would blur.

Each token of a question is matched with its nearest token in a passage; the mean of those cosines is the passage's score
(MaxSim: Khattab and Zaharia, 2020, ColBERT). Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class TokenVectors:
    """The token vectors of n passages, each with one or more readings, one after the other."""

    vectors: np.ndarray  # float16 or float32 (all tokens, token_dim); unit length
    ends: np.ndarray  # int64 (n, readings): the row at which the tokens of each reading end

    @classmethod
    def of(cls, passages: Sequence[Sequence[np.ndarray]]) -> TokenVectors:
        """Join the tokens (tokens, token_dim) of each passage's readings, as float16, which does not change the ranking."""
        readings = [tokens for passage in passages for tokens in passage]
        ends = np.cumsum([len(tokens) for tokens in readings], dtype=np.int64)
        return cls(np.concatenate(readings).astype(np.float16), ends.reshape(len(passages), -1))

    def __len__(self) -> int:
        return len(self.ends)

    def __getitem__(self, row: int) -> list[np.ndarray]:
        """One passage's tokens, (tokens, token_dim) for each reading."""
        start = self.ends[row - 1, -1] if row else 0
        ends = self.ends[row].tolist()
        return [self.vectors[first:last] for first, last in zip([start, *ends], ends, strict=False)]

    def of_rows(self, rows: np.ndarray) -> TokenVectors:
        """The tokens of some passages, in memory and as float32, ready for `max_sim`."""
        kept = [np.concatenate(self[int(row)]) for row in rows]
        lengths = np.diff(self.ends.ravel(), prepend=0).reshape(self.ends.shape)[rows]
        return TokenVectors(np.concatenate(kept).astype(np.float32), np.cumsum(lengths).reshape(lengths.shape))

    def contiguous(self, rows: np.ndarray) -> TokenVectors:
        """The tokens of passages with consecutive rows, without a copy: on disk or in memory, as before."""
        first, last = int(rows[0]), int(rows[-1])
        start = self.ends[first - 1, -1] if first else 0
        return TokenVectors(self.vectors[start : self.ends[last, -1]], self.ends[first : last + 1] - start)

    def max_sim(self, query: np.ndarray) -> np.ndarray:
        """Score each reading against a query's tokens (q, token_dim): the mean of their best cosines, (n, readings)."""
        starts = np.concatenate([[0], self.ends.ravel()[:-1]])
        best = np.maximum.reduceat(self.vectors @ query.T, starts, axis=0)
        mean: np.ndarray = best.mean(axis=1).reshape(self.ends.shape)
        return mean
