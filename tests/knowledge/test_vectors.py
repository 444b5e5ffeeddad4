"""Indexes of vectors: the contract of every engine, the recall of the clustered one, and which one is chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import faiss
import numpy as np
import pytest

from candor.errors import IndexUnusableError
from knowledge.vectors import (
    ENGINES,
    RECALL,
    ClusteredIndex,
    FlatIndex,
    VectorEngine,
    VectorIndex,
    fewest_lists,
    index_of,
    load_vectors,
    recall,
)

DIM = 16


class Kind(Protocol):
    """An engine whose indexes are searched as built, or after they were saved and loaded."""

    def of(self, vectors: np.ndarray) -> VectorIndex: ...


@dataclass(frozen=True)
class Loaded:
    """Indexes of an engine after their way through the disk."""

    engine: VectorEngine
    path: Path

    def of(self, vectors: np.ndarray) -> VectorIndex:
        self.engine.of(vectors).save(self.path)
        return load_vectors(self.path)


@pytest.fixture(
    params=[(name, loaded) for name in ENGINES for loaded in (False, True)],
    ids=lambda param: f"{param[0]}{', loaded' * param[1]}",
)
def kind(request: pytest.FixtureRequest, tmp_path: Path) -> Kind:
    """Every engine in the table, before and after saving: a new engine is tested as soon as it is listed there."""
    name, loaded = request.param
    return Loaded(ENGINES[name], tmp_path / "vectors.faiss") if loaded else ENGINES[name]


def unit(vectors: np.ndarray) -> np.ndarray:
    hits: np.ndarray = (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)
    return hits


def unit_vectors(count: int, seed: int = 7) -> np.ndarray:
    """Random directions: the hardest case for clusters."""
    return unit(np.random.default_rng(seed).normal(size=(count, DIM)))


def clustered_vectors(count: int, centres: int = 40, seed: int = 7) -> np.ndarray:
    """Vectors in groups, like passages on the same subject."""
    rng = np.random.default_rng(seed)
    around = rng.normal(size=(centres, DIM))[rng.integers(centres, size=count)]
    return unit(around + rng.normal(scale=0.3, size=(count, DIM)))


QUERY = unit_vectors(1, seed=8)[0]

# What every engine promises


def test_scores_are_cosines_best_first(kind: Kind) -> None:
    """For unit vectors the inner product is the cosine, and the best comes first with its own row."""
    vectors = unit_vectors(50)

    scores, rows = kind.of(vectors).search(QUERY, 50)

    assert np.allclose(scores, (vectors @ QUERY)[rows], atol=1e-6)
    assert rows.tolist() == np.argsort(-(vectors @ QUERY)).tolist()
    assert (scores.dtype.name, rows.dtype.name) == ("float32", "int64")


def test_a_vector_finds_itself(kind: Kind) -> None:
    """Its cosine with itself is 1, wherever among thousands it lies."""
    vectors = clustered_vectors(3000)
    index = kind.of(vectors)

    hits = [index.search(vectors[row], 1) for row in (0, 13, 2999)]

    assert [rows.tolist() for _, rows in hits] == [[0], [13], [2999]]
    assert np.allclose([scores[0] for scores, _ in hits], 1.0, atol=1e-6)


def test_scores_are_inner_products_where_vectors_are_not_of_unit_length(kind: Kind) -> None:
    """The mean of two readings is a little shorter than 1, and its score with it."""
    vectors = unit_vectors(30) * np.linspace(0.2, 0.9, 30, dtype=np.float32)[:, np.newaxis]

    scores, rows = kind.of(vectors).search(QUERY, 5)

    assert rows.tolist() == np.argsort(-(vectors @ QUERY))[:5].tolist()
    assert np.allclose(scores, np.sort(vectors @ QUERY)[::-1][:5], atol=1e-6)


def test_among_rows_the_search_is_exact(kind: Kind) -> None:
    """A question about one company never sees another's passages, however near, and misses none of its own."""
    vectors = clustered_vectors(3000)
    index = kind.of(vectors)
    rng = np.random.default_rng(3)

    for query in clustered_vectors(20, seed=9):
        among = np.sort(rng.choice(3000, size=100, replace=False))
        cosines = vectors[among] @ query
        scores, rows = index.search(query, 10, among)

        assert rows.tolist() == among[np.argsort(-cosines)][:10].tolist()
        assert np.allclose(scores, np.sort(cosines)[::-1][:10], atol=1e-6)


def test_order_and_repetition_of_rows_do_not_matter(kind: Kind) -> None:
    """A row that is given twice is found once."""
    index = kind.of(unit_vectors(20))

    scores, rows = index.search(QUERY, 10, np.array([11, 2, 7, 5, 2, 11]))

    assert sorted(rows.tolist()) == [2, 5, 7, 11]
    assert np.all(np.diff(scores) < 0)


@pytest.mark.parametrize(("rows", "count"), [(None, 4), ([1, 3], 2), ([], 0)])
def test_fewer_than_k_are_returned_without_padding(kind: Kind, rows: list[int] | None, count: int) -> None:
    """FAISS pads with row -1; nobody else should see that."""
    among = None if rows is None else np.array(rows, dtype=np.int64)

    scores, hits = kind.of(unit_vectors(4)).search(QUERY, 10, among)

    assert len(scores) == len(hits) == count
    assert -1 not in hits


def test_k_beyond_the_nearest_lists_is_filled(kind: Kind) -> None:
    """A clustered search visits more lists if the nearest hold too few vectors."""
    index = kind.of(clustered_vectors(3000))

    scores, rows = index.search(QUERY, 2990)

    assert len(set(rows.tolist())) == 2990
    assert np.all(np.diff(scores) <= 0)


@pytest.mark.parametrize("k", [0, -1])
def test_k_of_nothing_finds_nothing(kind: Kind, k: int) -> None:
    """FAISS itself would end with an assertion."""
    index = kind.of(unit_vectors(4))

    assert index.search(QUERY, k)[1].tolist() == []
    assert index.search(QUERY, k, np.array([1, 2]))[1].tolist() == []


def test_of_equal_vectors_the_lower_row_comes_first(kind: Kind) -> None:
    """Versions of a policy share sentences: the same question gets the same answer each time."""
    vectors = np.repeat(unit_vectors(5), 4, axis=0)

    _, rows = kind.of(vectors).search(vectors[8], 4)
    _, among = kind.of(vectors).search(vectors[8], 3, np.array([11, 9, 10, 0]))

    assert rows.tolist() == [8, 9, 10, 11]
    assert among.tolist() == [9, 10, 11]


@pytest.mark.parametrize(
    "given",
    [lambda v: v.astype(np.float64), lambda v: v.astype(np.float16).astype(np.float32), np.asfortranarray, lambda v: v[::1]],
    ids=["float64", "float16", "columns first", "a view"],
)
def test_vectors_and_query_of_any_type_and_layout_are_taken(kind: Kind, given: Callable[[np.ndarray], np.ndarray]) -> None:
    """FAISS takes contiguous float32 alone, and reads anything else wrongly or not at all."""
    vectors = given(unit_vectors(40))
    query = given(np.stack([QUERY, QUERY]))[0]
    expected = np.argsort(-(vectors @ query))[:5].tolist()

    index = kind.of(vectors)

    assert index.search(query, 5)[1].tolist() == expected
    assert index.search(query, 5, np.arange(40, dtype=np.int32))[1].tolist() == expected


def test_rows_are_numbered_in_the_order_they_were_added(kind: Kind) -> None:
    """Row n of the index is passage n, also when its vectors are read back."""
    vectors = clustered_vectors(3000)

    index = kind.of(vectors)

    assert len(index) == 3000
    assert np.array_equal(index.vectors(), vectors)


def test_a_single_vector_is_an_index(kind: Kind) -> None:
    """The shortest policy has one sentence."""
    vectors = unit_vectors(1)

    index = kind.of(vectors)

    assert index.search(QUERY, 3)[1].tolist() == [0]
    assert index.search(QUERY, 3, np.array([0]))[1].tolist() == [0]


@pytest.mark.parametrize("row", [-1, 20, 10**12])
def test_a_row_that_does_not_exist_is_refused(kind: Kind, row: int) -> None:
    """FAISS would read memory outside the index."""
    index = kind.of(unit_vectors(20))

    with pytest.raises(IndexUnusableError, match="run `candor ingest`"):
        index.search(QUERY, 3, np.array([2, row]))


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_saved_and_loaded_it_finds_the_same(tmp_path: Path, engine: VectorEngine) -> None:
    """To the last bit, and for all searches."""
    built = engine.of(clustered_vectors(3000))

    built.save(tmp_path / "vectors.faiss")
    loaded = load_vectors(tmp_path / "vectors.faiss")

    assert type(loaded) is type(built)
    for query in clustered_vectors(20, seed=9):
        for before, after in zip(built.search(query, 10), loaded.search(query, 10), strict=True):
            assert np.array_equal(before, after)


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_a_loaded_index_outlives_its_file(tmp_path: Path, engine: VectorEngine) -> None:
    """An old build may be dropped while a process still searches it."""
    vectors = clustered_vectors(3000)
    path = tmp_path / "vectors.faiss"
    engine.of(vectors).save(path)
    loaded = load_vectors(path)

    path.unlink()

    assert loaded.search(vectors[13], 1)[1].tolist() == [13]
    assert loaded.search(vectors[13], 1, np.arange(20))[1].tolist() == [13]


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_the_same_vectors_give_the_same_file(tmp_path: Path, engine: VectorEngine) -> None:
    """Building is deterministic."""
    for name in ("one", "other"):
        engine.of(clustered_vectors(3000)).save(tmp_path / name)

    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


# Recall


def test_a_clustered_search_finds_nearly_all_of_the_nearest_in_a_part_of_the_lists() -> None:
    """On queries that it has not seen."""
    vectors, queries = np.split(clustered_vectors(6200), [6000])
    flat, clustered = FlatIndex.of(vectors), ClusteredIndex.of(vectors)

    hits = np.stack([clustered.search(query, 10)[0] for query in queries])
    true = np.stack([flat.search(query, 10)[0] for query in queries])

    assert recall(hits, true) >= RECALL
    assert clustered.part_searched <= 0.25


def test_the_measured_recall_is_reported() -> None:
    """With the number of lists and how many of them a search visits."""
    about = ClusteredIndex.of(clustered_vectors(6000)).about()

    assert about["kind"] == "clustered"
    assert RECALL <= about["recall@10"] <= 1
    assert 1 <= about["searched"] < about["lists"]


class Probing:
    """Finds the nearest from a given number of lists on."""

    nlist = 100

    def __init__(self, enough: int) -> None:
        self.enough, self.nprobe, self.tried = enough, 1, list[int]()

    def search(self, queries: np.ndarray, k: int) -> tuple[np.ndarray, None]:
        self.tried.append(self.nprobe)
        return np.full((len(queries), k), 1.0 if self.nprobe >= self.enough else 0.0, dtype=np.float32), None


@pytest.mark.parametrize("enough", [1, 2, 3, 4, 5, 31, 64, 65, 99, 100])
def test_the_fewest_sufficient_lists_are_visited(enough: int) -> None:
    """One list fewer would miss too many; far more are never tried, because they are slow."""
    index = Probing(enough)
    queries = np.eye(DIM, dtype=np.float32)

    hits = fewest_lists(index, np.repeat(queries, 10, axis=0), queries)

    assert hits == (enough, 1.0)
    assert max(index.tried) < 2 * enough + 1


def test_recall_counts_any_of_equal_passages() -> None:
    """Finding the same sentence in another version is no error."""
    true = np.array([[0.9, 0.8, 0.7], [0.9, 0.8, 0.7]], dtype=np.float32)

    assert recall(true, true) == 1.0
    assert recall(np.array([[0.9, 0.8, 0.6], [0.9, 0.8, 0.7]], dtype=np.float32), true) == pytest.approx(5 / 6)


# Which kind is chosen


def test_few_vectors_get_a_flat_index_and_many_a_clustered_one() -> None:
    """An exact search is used while it is fast enough."""
    vectors = clustered_vectors(6000)

    assert isinstance(index_of(vectors, flat_up_to=6000), FlatIndex)
    assert isinstance(index_of(vectors, flat_up_to=5999), ClusteredIndex)
    assert isinstance(index_of(vectors), FlatIndex)


def test_vectors_without_clusters_get_a_flat_index() -> None:
    """If most lists must be visited, an exhaustive search is faster and exact."""
    assert isinstance(index_of(unit_vectors(2000), flat_up_to=100), FlatIndex)


def test_an_index_of_nothing_is_flat_and_finds_nothing(tmp_path: Path) -> None:
    """There is nothing to put into clusters."""
    index_of(np.zeros((0, DIM))).save(tmp_path / "vectors.faiss")

    index = load_vectors(tmp_path / "vectors.faiss")

    assert len(index) == 0
    assert index.search(QUERY, 5)[1].tolist() == []


# What is refused


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
@pytest.mark.parametrize("kept", [0, 0.1, 0.9])
def test_a_file_that_was_cut_short_is_refused(tmp_path: Path, engine: VectorEngine, kept: float) -> None:
    """A full disk leaves half a file, which must never be searched."""
    path = tmp_path / "vectors.faiss"
    engine.of(clustered_vectors(500)).save(path)

    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])

    with pytest.raises(IndexUnusableError, match="run `candor ingest`"):
        load_vectors(path)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    """Somebody may have put it there by hand."""
    faiss.write_index(faiss.IndexHNSWFlat(DIM, 8), str(tmp_path / "vectors.faiss"))

    with pytest.raises(IndexUnusableError, match="of no kind that we write"):
        load_vectors(tmp_path / "vectors.faiss")
