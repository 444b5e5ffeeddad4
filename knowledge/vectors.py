"""Vectors → the passages nearest to a question: an exact search for small indexes, a clustered one for large ones.

Every engine implements `VectorIndex`, stands in `ENGINES`, and numbers rows in the order in which they were added. A search
among given rows, such as those of one policy version, is always exact: it compares the query with those rows only.

A new engine is a class here with `of` and `load`, a line in `ENGINES`, and a case in `index_of` that chooses it;
tests/knowledge/test_vectors.py holds every engine in `ENGINES` to the same contract.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import faiss
import numpy as np

from candor.errors import IndexUnusableError

FLAT_UP_TO = 50_000  # vectors; above this an exhaustive search takes longer than encoding the question: docs/evaluation.md
RECALL = 0.99  # share of the true ten nearest that a clustered search must find
TUNING_RECALL = 0.993  # the same on the tuning queries, with a margin because other queries may do a little worse
NEAREST = 10  # neighbours over which recall is measured
SAMPLE = 256  # tuning queries
WORTH = 4  # a clustered index is used only if it searches at most 1/WORTH of its lists
TRAINED_ON = 64  # k-means training vectors per list
SAME = 1e-6  # scores that differ by less are equal: only the order of summation differs
NO_ROW = -1  # FAISS pads with this row when it finds fewer than k
SEED = 7

VectorHits = tuple[np.ndarray, np.ndarray]
IndexMaker = Callable[[np.ndarray], "VectorIndex"]


class VectorIndex(Protocol):
    """What an index of vectors can do; rows are numbered in the order in which they were added."""

    def search(self, query: np.ndarray, k: int, rows: np.ndarray | None = None) -> VectorHits:
        """Return (scores, rows), each (k,) or shorter, best first; only among `rows` if given.

        Shapes: query (dim,); scores float32; rows int64. Scores are inner products, so cosines for unit vectors. Ties go
        to the lower row.
        Raises: IndexUnusableError if `rows` holds a row that does not exist.
        """
        ...

    def vectors(self) -> np.ndarray:
        """All vectors, float32 (n, dim), in row order."""
        ...

    def about(self) -> dict[str, Any]:
        """The kind of index and how it was built, for the manifest."""
        ...

    def save(self, path: Path) -> None:
        """Write the index to `path`, as one file that the same engine loads."""
        ...

    def __len__(self) -> int: ...


class VectorEngine(Protocol):
    """Makes indexes of one kind."""

    def of(self, vectors: np.ndarray) -> VectorIndex:
        """Build an index from vectors (n, dim); the same vectors give the same file."""
        ...

    def load(self, path: Path) -> VectorIndex | None:
        """Read what `save` wrote; None if the file is damaged or another engine wrote it."""
        ...


class FlatIndex:
    """FAISS IndexFlatIP: compares the query with every vector, in memory."""

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def of(cls, vectors: np.ndarray) -> FlatIndex:
        """See VectorEngine.of."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(as_contiguous_float32(vectors))
        return cls(index)

    @classmethod
    def load(cls, path: Path) -> FlatIndex | None:
        """See VectorEngine.load. The vectors are read into memory."""
        index = read_faiss(path)
        return cls(index) if isinstance(index, faiss.IndexFlat) else None

    def search(self, query: np.ndarray, k: int, rows: np.ndarray | None = None) -> VectorHits:
        """See VectorIndex.search."""
        if rows is not None:
            return search_among(self._index, query, k, rows)
        return search_all(self._index, query, k)

    def vectors(self) -> np.ndarray:
        vectors: np.ndarray = self._index.reconstruct_n(0, len(self))
        return vectors

    def about(self) -> dict[str, Any]:
        return {"kind": "flat"}

    def save(self, path: Path) -> None:
        faiss.write_index(self._index, str(path))

    def __len__(self) -> int:
        return int(self._index.ntotal)


class ClusteredIndex:
    """FAISS IndexIVFFlat: k-means sorts vectors into lists, and a search visits the lists nearest to the query.

    The number of lists to visit is measured when the index is built, so that a search finds `RECALL` of the true nearest.
    The vectors of a loaded index stay on disk: a search reads only the lists that it visits.
    """

    def __init__(self, index: Any, recall: float | None = None) -> None:
        self._index, self._recall = index, recall

    @classmethod
    def of(cls, vectors: np.ndarray) -> ClusteredIndex:
        """See VectorEngine.of; n > 0. Takes minutes for a million vectors."""
        vectors = as_contiguous_float32(vectors)
        count, dim = vectors.shape
        lists = max(1, min(count // TRAINED_ON, round(2 * count**0.5)))
        index = faiss.IndexIVFFlat(faiss.IndexFlatIP(dim), dim, lists, faiss.METRIC_INNER_PRODUCT)
        index.cp.min_points_per_centroid = 1  # FAISS would warn on stderr where there are few
        rng = np.random.default_rng(SEED)
        index.train(vectors[np.sort(rng.choice(count, min(count, TRAINED_ON * lists), replace=False))])
        index.add(vectors)
        index.make_direct_map()  # row → list and offset, for a search among rows
        index.nprobe, measured_recall = fewest_lists(index, vectors, queries_like(vectors, rng))
        return cls(index, measured_recall)

    @classmethod
    def load(cls, path: Path) -> ClusteredIndex | None:
        """See VectorEngine.load. The vectors stay on disk."""
        index = read_faiss(path)
        if not isinstance(index, faiss.IndexIVFFlat):
            return None
        lists: Any = index.invlists
        lists_on_disk: Any = faiss.downcast_InvertedLists(lists)
        lists_on_disk.prefetch_nthread = 0  # FAISS would start 32 threads for each search
        return cls(index)

    @property
    def part_searched(self) -> float:
        """The share of the lists that a search visits, 0.0 to 1.0."""
        return float(self._index.nprobe / self._index.nlist)

    def search(self, query: np.ndarray, k: int, rows: np.ndarray | None = None) -> VectorHits:
        """See VectorIndex.search. Without `rows` the result holds `RECALL` of the true nearest on average."""
        if rows is not None:
            return search_among(self._index, query, k, rows)
        hits = search_all(self._index, query, k)
        if len(hits[0]) < min(k, len(self)):  # the nearest lists held too few vectors: visit all lists
            parameters: Any = faiss.SearchParametersIVF
            return search_all(self._index, query, k, parameters(nprobe=self._index.nlist))
        return hits

    def vectors(self) -> np.ndarray:
        vectors: np.ndarray = self._index.reconstruct_n(0, len(self))
        return vectors

    def about(self) -> dict[str, Any]:
        facts: dict[str, Any] = {"kind": "clustered", "lists": int(self._index.nlist), "searched": int(self._index.nprobe)}
        return facts if self._recall is None else {**facts, f"recall@{NEAREST}": round(self._recall, 4)}

    def save(self, path: Path) -> None:
        faiss.write_index(self._index, str(path))

    def __len__(self) -> int:
        return int(self._index.ntotal)


ENGINES: dict[str, VectorEngine] = {"flat": FlatIndex, "clustered": ClusteredIndex}


def index_of(vectors: np.ndarray, *, flat_up_to: int = FLAT_UP_TO) -> VectorIndex:
    """Build the index that suits vectors (n, dim): flat for few; clustered for many, unless they hardly form clusters."""
    if len(vectors) <= flat_up_to:
        return FlatIndex.of(vectors)
    clustered = ClusteredIndex.of(vectors)
    return clustered if clustered.part_searched <= 1 / WORTH else FlatIndex.of(vectors)


def load_vectors(path: Path) -> VectorIndex:
    """Load an index that any engine saved; the file tells which.

    Raises: IndexUnusableError if no engine can read it.
    """
    for engine in ENGINES.values():
        if (index := engine.load(path)) is not None:
            return index
    raise IndexUnusableError(
        f"the index is damaged ({path.name} cannot be read, or is of no kind that we write): run `candor ingest`"
    )


def read_faiss(path: Path) -> Any:
    """The FAISS index in a file; None if FAISS cannot read it."""
    try:
        return faiss.read_index(str(path), faiss.IO_FLAG_MMAP)  # maps the lists of a clustered index, and only those
    except RuntimeError:
        return None


def as_contiguous_float32(vectors: np.ndarray) -> np.ndarray:
    """The vectors in the one type and layout that FAISS accepts."""
    return np.ascontiguousarray(vectors, dtype=np.float32)


def search_all(index: Any, query: np.ndarray, k: int, parameters: Any = None) -> VectorHits:
    """FAISS's own search, without padding. Source: padding with -1 is documented at Index::search in faiss/Index.h."""
    k = min(k, index.ntotal)
    if k < 1:
        return no_rows()
    scores, rows = index.search(as_contiguous_float32(query.reshape(1, -1)), k, params=parameters)
    real = rows[0] != NO_ROW
    return best_first(scores[0][real], rows[0][real], k)


def search_among(index: Any, query: np.ndarray, k: int, rows: np.ndarray) -> VectorHits:
    """An exact search among `rows`; time and memory grow with their number, not with the size of the index."""
    rows = np.unique(np.asarray(rows, dtype=np.int64))
    if not len(rows):
        return no_rows()
    if rows[0] < 0 or rows[-1] >= index.ntotal:  # FAISS would read beyond its memory
        raise IndexUnusableError("index and passages differ in number: run `candor ingest`")
    vectors = index.reconstruct_batch(rows)
    return best_first(vectors @ as_contiguous_float32(query), rows, k)


def best_first(scores: np.ndarray, rows: np.ndarray, k: int) -> VectorHits:
    """The k best; ties go to the lower row."""
    order = np.lexsort((rows, -scores))[: max(k, 0)]
    return scores[order], rows[order]


def no_rows() -> VectorHits:
    return np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.int64)


def queries_like(vectors: np.ndarray, rng: np.random.Generator, count: int = SAMPLE) -> np.ndarray:
    """Artificial queries to measure recall with, float32 (count, dim): a passage moved by the difference between two others.

    Such a query lies where texts lie but matches no passage. Real questions are no harder to serve: docs/evaluation.md.
    """
    one, two, three = vectors[rng.integers(len(vectors), size=(3, count))]
    moved = one + two - three
    unit: np.ndarray = moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), SAME)
    return unit


def fewest_lists(index: Any, vectors: np.ndarray, queries: np.ndarray) -> tuple[int, float]:
    """Return (the fewest lists to visit for `TUNING_RECALL`, the recall that this gives)."""
    k = min(NEAREST, len(vectors))
    true, _ = faiss.knn(queries, vectors, k, metric=faiss.METRIC_INNER_PRODUCT)

    def recall_with(lists: int) -> float:
        index.nprobe = lists
        return recall(index.search(queries, k)[0], true)

    most = 1
    while most < index.nlist and recall_with(most) < TUNING_RECALL:  # double first: visiting many lists is slow
        most = min(2 * most, index.nlist)
    candidates = range(most // 2 + 1, most + 1)
    fewest = candidates[min(bisect_left(candidates, TUNING_RECALL, key=recall_with), len(candidates) - 1)]
    return fewest, recall_with(fewest)


def recall(scores: np.ndarray, true: np.ndarray) -> float:
    """The share of the true nearest that a search found; `scores` and `true` are scores (queries, k), best first.

    Scores are compared rather than rows: versions of a policy share most of their sentences, and any equal one counts.
    """
    return float((scores >= true[:, -1:] - SAME).mean())
