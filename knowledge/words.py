"""The words of a policy's passages: their stems, and what each weighs where it stands. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import Stemmer

from knowledge.passages import Passage

WORD = re.compile(r"\b\w\w+\b")
STOP_WORDS = frozenset([  # bm25s.stopwords.STOPWORDS_EN, which is Lucene's list; a copy, because bm25s is slow to import
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "is", "it", "no", "not", "of", "on", "or",
    "such", "that", "the", "their", "then", "there", "these", "they", "this", "to", "was", "will", "with",
])  # fmt: skip


def stems(texts: Sequence[str]) -> list[list[str]]:
    """The texts' stemmed words without stop words: what bm25s.tokenize gives, in a tenth of the time for a single question."""
    stemmer = Stemmer.Stemmer("english")
    return [stemmer.stemWords([word for word in WORD.findall(text.lower()) if word not in STOP_WORDS]) for text in texts]


@dataclass(frozen=True, eq=False)
class Words:
    """BM25 over n passages with their context (Robertson and Zaragoza, 2009), as bm25s weighs it: for each stem the passages that
    have it, and its weight there.

    It is made when the policy is ingested and lies in its artefact, because making it takes longer than a question does.
    """

    stems: tuple[str, ...]
    starts: np.ndarray  # int64 (stems + 1,): where the places of each stem begin; the last one's end
    places: np.ndarray  # int64: passages
    weights: np.ndarray  # float32, one for each of `places`
    count: int  # n

    @classmethod
    def of(cls, passages: Sequence[Passage]) -> Words:
        import bm25s  # slow to import, because it imports SciPy; only what is ingested needs it

        said = stems([passage.readings[0] for passage in passages])
        if not any(said):  # bm25s has no index of nothing
            return cls((), np.zeros(1, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32), len(passages))
        index = bm25s.BM25()
        index.index(said, show_progress=False)
        starts, places, weights = (index.scores[name] for name in ("indptr", "indices", "data"))
        known = sorted(index.vocab_dict, key=index.vocab_dict.__getitem__)[: len(starts) - 1]  # it adds "", which has no weights
        return cls(tuple(known), starts.astype(np.int64), places.astype(np.int64), weights.astype(np.float32), len(passages))

    def scores(self, words: Sequence[str]) -> np.ndarray:
        """One score for each passage, float32 (n,), for stemmed `words`; zeros if none of them is known."""
        scores = np.zeros(self.count, dtype=np.float32)
        for number in (self._numbers[word] for word in words if word in self._numbers):
            its = slice(self.starts[number], self.starts[number + 1])
            scores[self.places[its]] += self.weights[its]  # a stem has each passage once
        return scores

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {stem: number for number, stem in enumerate(self.stems)}
