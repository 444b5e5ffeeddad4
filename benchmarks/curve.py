"""What it costs to search ever more vectors: `python -m benchmarks.run curve`, and its first sizes in `make bench`."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import faiss
import numpy as np
import psutil

from benchmarks.running import timed
from candor.services import Services
from candor.settings import Settings
from knowledge.artefact import search_vectors
from knowledge.vectors import ENGINES, FLAT_UP_TO, NEAREST, FlatIndex, IndexMaker, load_vectors, recall

SIZES = (1_000, 10_000, 100_000, 1_000_000)  # passages on the curve
QUICK_SIZES = SIZES[:3]  # the last takes minutes
SEARCHES = 300  # per size and engine
VERSION_PASSAGES = 200  # passages of one policy version on the curve, a long policy
OWN_SHIFT = 0.2  # length of the random shift of a synthetic passage
BLOCK = 1 << 16  # synthetic passages made at once
SEED = 7


def curve(settings: Settings, sizes: Sequence[int] = SIZES) -> None:
    """Every engine at each size: what building and searching cost, and its recall against the exact search of the flat one.

    The queries are the aspect bank's questions. Each index is searched as in a serving process: loaded from disk, one question
    at a time, among all vectors or among those of one policy version. The page cache is warm.
    """
    served = Services(settings).knowledge.catalogue
    centres = np.concatenate([search_vectors(artefact.readings) for artefact in served.every()])
    rng = np.random.default_rng(SEED)
    bank_questions = Services(settings).knowledge.bank.questions
    questions = bank_questions[rng.choice(len(bank_questions), SEARCHES, replace=False)]
    print(
        "\npassages   kind               build s  disk MB  resident MB  search p50, p95 ms  recall  one version p50, p95 ms",
        flush=True,
    )
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            vectors = synthetic_passages(centres, size, rng)
            versions = [
                np.arange(start, start + VERSION_PASSAGES) for start in rng.integers(size - VERSION_PASSAGES, size=SEARCHES)
            ]
            exact = measure_engine(FlatIndex.of, vectors, questions, versions, Path(folder) / "index", None)
            for engine in ENGINES.values():
                if engine is not FlatIndex:
                    measure_engine(engine.of, vectors, questions, versions, Path(folder) / "index", exact)
    print(f"served: flat up to {FLAT_UP_TO:,} vectors, clustered above; recall refers to the nearest {NEAREST}", flush=True)


@dataclass(frozen=True)
class SearchTimes:
    """The cost of searching one saved index, measured in a separate process."""

    everywhere: list[float]  # seconds per question, among all vectors
    one_version: list[float]  # seconds per question, among the rows of one policy version
    scores: np.ndarray  # float32 (questions, NEAREST), best first
    resident: int  # bytes by which the process grew


def measure_engine(
    build_index: IndexMaker,
    vectors: np.ndarray,
    questions: np.ndarray,
    versions: list[np.ndarray],
    path: Path,
    exact_scores: np.ndarray | None,
) -> np.ndarray:
    """Build, save, load and search one index, and print the cost; return the scores, float32 (questions, NEAREST).

    `exact_scores`, of the same shape, come from an exact search; None if this one is exact itself.
    """
    started = time.perf_counter()
    built = build_index(vectors)
    build_seconds = time.perf_counter() - started
    built.save(path)
    about = built.about()
    del built  # else a million vectors would be in memory twice
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
        searched = other.submit(search_saved, path, questions, versions).result()
    kind = f"{about['kind']} {about['searched']}/{about['lists']}" if "lists" in about else about["kind"]
    recall_share = recall(searched.scores, searched.scores if exact_scores is None else exact_scores)
    print(
        f"{len(vectors):9,}  {kind:18} {build_seconds:7.2f} {path.stat().st_size / 1e6:8.1f} {searched.resident / 1e6:12.1f}"
        f" {percentiles(searched.everywhere):>19} {recall_share:7.4f} {percentiles(searched.one_version):>24}",
        flush=True,
    )
    path.unlink()
    return searched.scores


def search_saved(path: Path, questions: np.ndarray, versions: list[np.ndarray]) -> SearchTimes:
    """Load an index and search it on one thread, as the processes of `candor serve` do."""
    faiss.omp_set_num_threads(1)
    before = psutil.Process().memory_info().rss
    index = load_vectors(path)
    scores = np.stack([index.search(question, NEAREST)[0] for question in questions])
    everywhere = [timed(partial(index.search, question, NEAREST)) for question in questions]
    one_version = [
        timed(partial(index.search, question, NEAREST, rows)) for question, rows in zip(questions, versions, strict=True)
    ]
    return SearchTimes(everywhere, one_version, scores, psutil.Process().memory_info().rss - before)


def percentiles(seconds: Sequence[float]) -> str:
    """The median and the 95th percentile, in milliseconds."""
    median, late = 1000 * np.percentile(seconds, [50, 95])
    return f"{median:.2f}, {late:.2f}"


def synthetic_passages(centres: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Unit vectors, float32 (count, dim), distributed like the real passages `centres` (n, dim).

    Each is a real passage moved by half the difference between two others, so that it stays where texts lie, and by a small
    random shift, so that no two are the same.
    """
    vectors = np.empty((count, centres.shape[1]), dtype=np.float32)
    for start in range(0, count, BLOCK):
        block = vectors[start : start + BLOCK]
        one, two, three = centres[rng.integers(len(centres), size=(3, len(block)))]
        own = rng.normal(scale=OWN_SHIFT / centres.shape[1] ** 0.5, size=block.shape)
        moved = one + (two - three) / 2 + own
        block[:] = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return vectors
