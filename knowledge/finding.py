"""Which policies say something: the nearest passage of each company, over all that is served.

On PostgreSQL its own vector engine searches (passage_table.py). Elsewhere one FAISS index holds the passages of every current
version. It is derived from the artefacts, kept in a folder, and made anew when something was released since; nothing that is
answered depends on either.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Protocol

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
SUFFIX = ".places.json"  # not the ".json" of an earlier Candor, whose content was another
NEAREST_EACH = 20  # passages searched for each company that is wanted: one policy may say a thing in many places


@dataclass(frozen=True)
class FoundPolicy:
    """A company, and what of its policy comes nearest."""

    company: Company
    version: str
    passage: Passage
    score: float  # the mean of two cosines, -1.0 to 1.0; higher is nearer


@dataclass(frozen=True)
class PlacedPassage:
    """A passage that comes near, by its place in an artefact; the score is that of FoundPolicy."""

    company: str
    artefact: str  # its name
    place: int
    score: float


class NearestPassages(Protocol):
    """Searches the passages of every current release that can be quoted."""

    def nearest(self, vector: np.ndarray, most: int) -> list[PlacedPassage]:
        """The nearest, at most so many, the best first; ties in the order of companies and places. Shape: vector (dim,)."""
        ...


class AcrossCompanies:
    """Searches every policy that is served."""

    def __init__(self, catalogue: PolicyCatalogue, index: NearestPassages) -> None:
        self._catalogue, self._index = catalogue, index

    def find(self, text: str, encoder: Encoder, most: int = 10) -> list[FoundPolicy]:
        """The companies whose policies come nearest to a text, at most so many, the nearest first.

        Raises: IndexUnusableError if there is nothing to search.
        """
        found: dict[str, FoundPolicy] = {}
        for one in self._index.nearest(encoder.encode([text])[0], most * NEAREST_EACH):
            if len(found) == most:  # each artefact that is opened takes milliseconds
                break
            if one.company in found or one.company not in self._catalogue.companies:
                continue
            served = self._catalogue.served(one.company)
            if served.artefact.name == one.artefact:  # else it was released a moment ago, or cannot be used
                passage = served.artefact.passages[one.place]
                found[one.company] = FoundPolicy(served.company, served.artefact.version, passage, one.score)
        return list(found.values())


class FaissPassages:
    """One FAISS index in a folder."""

    def __init__(self, catalogue: PolicyCatalogue, folder: Path) -> None:
        self._catalogue, self._folder = catalogue, folder / FOLDER

    def nearest(self, vector: np.ndarray, most: int) -> list[PlacedPassage]:
        """See NearestPassages.nearest. Raises: IndexUnusableError if there is nothing to search."""
        index, held = self._index()
        ends = list(accumulate(len(places) for _, _, places in held))
        found = []
        for score, row in zip(*(each.tolist() for each in index.search(vector, most)), strict=True):
            company, artefact, places = held[at := bisect_right(ends, row)]
            found.append(PlacedPassage(company, artefact, places[row - ends[at] + len(places)], score))
        return found

    def _index(self) -> tuple[VectorIndex, list[tuple[str, str, list[int]]]]:
        """The index, and of which company and artefact its rows are, one after the other, with their places in it."""
        stamp = self._catalogue.stamp
        with locked(self._folder / ".lock"):
            about, vectors = self._folder / f"{stamp}{SUFFIX}", self._folder / f"{stamp}.faiss"
            if not about.is_file():
                self._make(about, vectors)
            held = [(company, name, places) for company, name, places in json.loads(about.read_text(encoding="utf-8"))]
            return load_vectors(vectors), held

    def _make(self, about: Path, vectors: Path) -> None:
        for old in (*self._folder.glob("*.json"), *self._folder.glob("*.faiss")):
            old.unlink()
        served = [self._catalogue.served(company).artefact for company in self._catalogue.companies]
        if not served:
            raise IndexUnusableError("no company is served: release one first")
        held = [(one, [at for at, passage in enumerate(one.passages) if is_quotable(passage)]) for one in served]
        index_of(np.concatenate([search_vectors(one.readings)[places] for one, places in held])).save(vectors)
        fresh = about.with_suffix(".new")
        fresh.write_text(json.dumps([[one.company, one.name, places] for one, places in held]), encoding="utf-8")
        fresh.replace(about)  # last: without it the index is made anew


def is_quotable(passage: Passage) -> bool:
    """Whether a reader is shown it: a longer list is quoted by its items."""
    return len(passage.text) <= LONGEST_LIST
