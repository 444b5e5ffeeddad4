"""A question → the passages of one company's current policy that come nearest. Pure but for the encoder handed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.index import Build
from knowledge.passages import LONGEST_LIST, Passage

CANDIDATES = 40  # passages looked at before overlapping ones are dropped


@dataclass(frozen=True)
class Hit:
    """One passage offered as evidence."""

    passage: Passage
    score: float  # mean cosine similarity to the passage with and without its headings; higher is closer


def retrieve(build: Build, query: np.ndarray, *, company: str, version: str, k: int) -> list[Hit]:
    """The k nearest passages of one policy version, best first; of overlapping ones only the best.

    Shapes: query (dim,), of length 1.
    """
    rows = build.rows_of(company, version)
    if not len(rows):
        return []
    scores, found = build.vectors.search(query, min(CANDIDATES, len(rows)), rows)
    hits = [Hit(build.passages[row], float(score)) for score, row in zip(scores, found, strict=True)]
    return without_overlap(hits)[:k]


def without_overlap(hits: Sequence[Hit]) -> list[Hit]:
    """Drop what overlaps a better hit, and what is too long to be read as a quote."""
    kept: list[Hit] = []
    for hit in hits:
        here = hit.passage
        if here.end - here.start > LONGEST_LIST:
            continue
        if any(here.start < other.passage.end and other.passage.start < here.end for other in kept):
            continue
        kept.append(hit)
    return kept
