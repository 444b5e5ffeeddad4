"""Vectors → the passages nearest to a question: exact for as many as most companies have, clustered beyond.

Both kinds have one face and number rows in the order in which they were given. A search among given rows, such as
those of one policy version, is exact in both: it looks at just those.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import faiss
import numpy as np

from candor.errors import IndexUnusableError

FLAT_UP_TO = 50_000  # vectors; beyond, looking at all of them takes longer than encoding the question: docs/evaluation.md
RECALL = 0.99  # share of the true nearest ten that a clustered search finds
AIM = 0.993  # the same, on the sample of queries it is tuned with: on others it may find a little less
NEAREST = 10  # of how many recall is measured
SAMPLE = 256  # queries that recall is measured on
WORTH = 4  # a clustered index is kept only if it looks at no more than this part of its lists
TRAINED_ON = 64  # vectors a list, for k-means
SAME = 1e-6  # two scores that differ by less are the same score in another order of summation
EMPTY_PLACE = -1  # FAISS pads with this row when it finds fewer than k
SEED = 7

VectorHits = tuple[np.ndarray, np.ndarray]
IndexMaker = Callable[[np.ndarray], "VectorIndex"]


class VectorIndex(Protocol):
    """The index's one face: rows are numbered in the order they were added."""

    def search(self, query: np.ndarray, k: int, rows: np.ndarray | None = None) -> VectorHits:
        """Return (scores, rows), each (k,) or shorter, best first. Only among `rows`, if given.

        Scores are inner products, float32: the cosine for unit vectors. Of equal ones the lower row comes first.
        Raises: IndexUnusableError if `rows` names one that is not there.
        """
        ...

    def vectors(self) -> np.ndarray:
        """All vectors, float32 (n, dim), in row order."""
        ...

    def about(self) -> dict[str, Any]:
        """What kind it is, and how it was built, for the manifest."""
        ...

    def save(self, path: Path) -> None: ...

    def __len__(self) -> int: ...


class FlatIndex:
    """FAISS IndexFlatIP: looks at every vector, in memory."""

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def of(cls, vectors: np.ndarray) -> FlatIndex:
        """Build from vectors (n, dim)."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(as_faiss_takes_them(vectors))
        return cls(index)

    def search(self, query: np.ndarray, k: int, rows: np.ndarray | None = None) -> VectorHits:
        """See VectorIndex.search."""
        if rows is not None:
            return search_among(self._index, query, k, rows)
        return search_all(self._index, query, k)

    def vectors(self) -> np.ndarray:
        found: np.ndarray = self._index.reconstruct_n(0, len(self))
        return found

    def about(self) -> dict[str, Any]:
        return {"kind": "flat"}

    def save(self, path: Path) -> None:
        faiss.write_index(self._index, str(path))

    def __len__(self) -> int:
        return int(self._index.ntotal)


class ClusteredIndex:
    """FAISS IndexIVFFlat: k-means puts vectors into lists, and a search looks into the lists nearest to the query.

    How many lists are looked into is measured when it is built, so that `RECALL` of the true nearest are found.
    Loaded from disk, the vectors stay there: a search reads the lists that it looks into, and nothing else.
    """

    def __init__(self, index: Any, recall: float | None = None) -> None:
        self._index, self._recall = index, recall

    @classmethod
    def of(cls, vectors: np.ndarray) -> ClusteredIndex:
        """Build from vectors (n, dim), n > 0; minutes for a million. The same vectors give the same index."""
        vectors = as_faiss_takes_them(vectors)
        count, dim = vectors.shape
        lists = max(1, min(count // TRAINED_ON, round(2 * count**0.5)))
        index = faiss.IndexIVFFlat(faiss.IndexFlatIP(dim), dim, lists, faiss.METRIC_INNER_PRODUCT)
        index.cp.min_points_per_centroid = 1  # FAISS would warn on stderr where there are few
        chance = np.random.default_rng(SEED)
        index.train(vectors[np.sort(chance.choice(count, min(count, TRAINED_ON * lists), replace=False))])
        index.add(vectors)
        index.make_direct_map()  # row → its place, for a search among rows
        probed, recall = fewest_lists(index, vectors, queries_like(vectors, chance))
        index.nprobe = probed
        return cls(index, recall)

    @property
    def part_searched(self) -> float:
        """The share of the lists that a search looks into."""
        return float(self._index.nprobe / self._index.nlist)

    def search(self, query: np.ndarray, k: int, rows: np.ndarray | None = None) -> VectorHits:
        """See VectorIndex.search. Without `rows` the result holds `RECALL` of the true nearest, in the mean."""
        if rows is not None:
            return search_among(self._index, query, k, rows)
        found = search_all(self._index, query, k)
        if len(found[0]) < min(k, len(self)):  # the nearest lists held too few
            everywhere: Any = faiss.SearchParametersIVF
            return search_all(self._index, query, k, everywhere(nprobe=self._index.nlist))
        return found

    def vectors(self) -> np.ndarray:
        found: np.ndarray = self._index.reconstruct_n(0, len(self))
        return found

    def about(self) -> dict[str, Any]:
        known: dict[str, Any] = {"kind": "clustered", "lists": int(self._index.nlist), "searched": int(self._index.nprobe)}
        return known if self._recall is None else {**known, f"recall@{NEAREST}": round(self._recall, 4)}

    def save(self, path: Path) -> None:
        faiss.write_index(self._index, str(path))

    def __len__(self) -> int:
        return int(self._index.ntotal)


def index_of(vectors: np.ndarray, *, flat_up_to: int = FLAT_UP_TO) -> VectorIndex:
    """The index that suits vectors (n, dim): flat for few; clustered for many, if they fall into clusters at all."""
    if len(vectors) <= flat_up_to:
        return FlatIndex.of(vectors)
    clustered = ClusteredIndex.of(vectors)
    return clustered if clustered.part_searched <= 1 / WORTH else FlatIndex.of(vectors)


def load_vectors(path: Path) -> VectorIndex:
    """What `save` wrote, of either kind. A flat index is read into memory; of a clustered one the vectors stay on disk.

    Raises: IndexUnusableError if it cannot be read.
    """
    try:
        index: Any = faiss.read_index(str(path), faiss.IO_FLAG_MMAP)  # maps the lists of a clustered one, and only those
    except RuntimeError as error:
        raise IndexUnusableError(f"the index is damaged ({path.name} cannot be read): run `candor ingest`") from error
    if isinstance(index, faiss.IndexIVFFlat):
        lists: Any = index.invlists
        lists_on_disk: Any = faiss.downcast_InvertedLists(lists)
        lists_on_disk.prefetch_nthread = 0  # FAISS would start 32 threads for each search
        return ClusteredIndex(index)
    if isinstance(index, faiss.IndexFlat):
        return FlatIndex(index)
    raise IndexUnusableError(f"the index is damaged ({path.name} is of no kind that we write): run `candor ingest`")


def as_faiss_takes_them(vectors: np.ndarray) -> np.ndarray:
    """Whatever their type and layout."""
    return np.ascontiguousarray(vectors, dtype=np.float32)


def search_all(index: Any, query: np.ndarray, k: int, parameters: Any = None) -> VectorHits:
    """FAISS's own search. Source: padding with -1 is documented at Index::search in faiss/Index.h."""
    k = min(k, index.ntotal)
    if k < 1:
        return no_rows()
    scores, rows = index.search(as_faiss_takes_them(query.reshape(1, -1)), k, params=parameters)
    there = rows[0] != EMPTY_PLACE
    return best_first(scores[0][there], rows[0][there], k)


def search_among(index: Any, query: np.ndarray, k: int, rows: np.ndarray) -> VectorHits:
    """Exact, in time and memory proportional to the number of rows, however many vectors there are."""
    rows = np.unique(np.asarray(rows, dtype=np.int64))
    if not len(rows):
        return no_rows()
    if rows[0] < 0 or rows[-1] >= index.ntotal:  # FAISS would read beyond its memory
        raise IndexUnusableError("index and passages differ in number: run `candor ingest`")
    among = index.reconstruct_batch(rows)
    return best_first(among @ as_faiss_takes_them(query), rows, k)


def best_first(scores: np.ndarray, rows: np.ndarray, k: int) -> VectorHits:
    """The k best; of equal scores the lower row first."""
    order = np.lexsort((rows, -scores))[: max(k, 0)]
    return scores[order], rows[order]


def no_rows() -> VectorHits:
    return np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.int64)


def queries_like(vectors: np.ndarray, chance: np.random.Generator, count: int = SAMPLE) -> np.ndarray:
    """Queries to measure recall with, float32 (count, dim): a passage, moved by the difference between two others.

    That puts them where text is, yet beside every passage. People's questions are no harder to serve: docs/evaluation.md.
    """
    one, two, three = vectors[chance.integers(len(vectors), size=(3, count))]
    moved = one + two - three
    unit: np.ndarray = moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), SAME)
    return unit


def fewest_lists(index: Any, vectors: np.ndarray, queries: np.ndarray) -> tuple[int, float]:
    """(how many lists must be looked into for `AIM`, the recall that this gives)."""
    k = min(NEAREST, len(vectors))
    true, _ = faiss.knn(queries, vectors, k, metric=faiss.METRIC_INNER_PRODUCT)

    def recall_with(lists: int) -> float:
        index.nprobe = lists
        return recall(index.search(queries, k)[0], true)

    most = 1
    while most < index.nlist and recall_with(most) < AIM:  # doubling first: looking into many lists is slow
        most = min(2 * most, index.nlist)
    tried = range(most // 2 + 1, most + 1)
    found = tried[min(bisect_left(tried, AIM, key=recall_with), len(tried) - 1)]
    return found, recall_with(found)


def recall(scores: np.ndarray, true: np.ndarray) -> float:
    """The share of the true nearest that were found; scores and true (queries, k), best first.

    By score rather than by row: versions of a policy share most of their sentences, and any of equals will do.
    """
    return float((scores >= true[:, -1:] - SAME).mean())
