"""Which policies say something: the nearest passage of each company, over all that is served.

One FAISS index holds the passages of every current version. It is derived from the artefacts, kept in a folder, and made anew
when something was released since; nothing that is answered depends on it.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import numpy as np

from candor.errors import IndexUnusableError
from knowledge.artefact import search_vectors
from knowledge.catalogue import PolicyCatalogue
from knowledge.companies import Company
from knowledge.embedding import Encoder
from knowledge.passages import LONGEST_LIST, Passage
from knowledge.policy_library import locked
from knowledge.vectors import VectorIndex, index_of, load_vectors

FOLDER = "across"
NEAREST_EACH = 20  # passages searched for each company that is wanted: one policy may say a thing in many places


@dataclass(frozen=True)
class FoundPolicy:
    """A company, and what of its policy comes nearest."""

    company: Company
    version: str
    passage: Passage
    score: float  # the mean of two cosines, -1.0 to 1.0; higher is nearer


class AcrossCompanies:
    """Searches every policy that is served."""

    def __init__(self, catalogue: PolicyCatalogue, folder: Path) -> None:
        """folder: where the index is kept."""
        self._catalogue, self._folder = catalogue, folder / FOLDER

    def find(self, text: str, encoder: Encoder, most: int = 10) -> list[FoundPolicy]:
        """The companies whose policies come nearest to a text, at most so many, the nearest first.

        Raises: IndexUnusableError if there is nothing to search.
        """
        index, held = self._index()
        ends = list(accumulate(count for _, _, count in held))
        scores, rows = index.search(encoder.encode([text])[0], most * NEAREST_EACH)
        found: dict[str, FoundPolicy] = {}
        for score, row in zip(scores.tolist(), rows.tolist(), strict=True):
            place = bisect_right(ends, row)
            company, version, count = held[place]
            if company in found or company not in self._catalogue.companies:
                continue
            passage = self._catalogue.artefact(company, version).passages[row - ends[place] + count]
            if len(passage.text) <= LONGEST_LIST:
                found[company] = FoundPolicy(self._catalogue.company(company), version, passage, score)
        return list(found.values())[:most]

    def _index(self) -> tuple[VectorIndex, list[tuple[str, str, int]]]:
        """The index, and of which company and version how many rows are, one after the other."""
        stamp = self._catalogue.stamp
        with locked(self._folder / ".lock"):
            about, vectors = self._folder / f"{stamp}.json", self._folder / f"{stamp}.faiss"
            if not about.is_file():
                self._make(about, vectors)
            held = [(company, version, count) for company, version, count in json.loads(about.read_text(encoding="utf-8"))]
            return load_vectors(vectors), held

    def _make(self, about: Path, vectors: Path) -> None:
        for old in (*self._folder.glob("*.json"), *self._folder.glob("*.faiss")):
            old.unlink()
        served = [self._catalogue.served(company).artefact for company in self._catalogue.companies]
        if not served:
            raise IndexUnusableError("no company is served: release one first")
        index_of(np.concatenate([search_vectors(artefact.readings) for artefact in served])).save(vectors)
        fresh = about.with_suffix(".new")
        fresh.write_text(json.dumps([[one.company, one.version, len(one.passages)] for one in served]), encoding="utf-8")
        fresh.replace(about)  # last: without it the index is made anew
