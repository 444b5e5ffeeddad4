"""Fit knowledge/aspect_mapper.py on pairs of a passage and an aspect that people judged by reading the policy.

training/aspect_labels.jsonl has one line per passage: its offsets, the aspects that it addresses ("right"), and those that it
addresses only in part ("partly"). Every other aspect near it counts as not addressed. A partial pair counts as not addressed
too, with half the weight, so that a whole list is preferred to one of its items.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from knowledge.artefact import PolicyArtefact
from knowledge.aspect_map import SPEAKS_FROM
from knowledge.aspect_mapper import AspectMapper, MapperWeights

LABELS = Path(__file__).with_name("aspect_labels.jsonl")
STRENGTH = 0.1  # inverse of the L2 regularisation, scikit-learn's C
PARTLY_WEIGHT = 0.5


@dataclass(frozen=True)
class Labelled:
    """The pairs of one policy version that the mapper considers; passages without a label are left out."""

    company: str
    table: np.ndarray  # float64 (pairs, len(FEATURES))
    right: np.ndarray  # bool (pairs,)
    partly: np.ndarray  # bool (pairs,)
    cells: np.ndarray  # int64 (pairs,): index of the pair's aspect in the bank
    right_cells: frozenset[int]  # indices of the aspects that the policy addresses anywhere


def read_labels(path: Path = LABELS) -> dict[tuple[str, str, int, int], tuple[set[str], set[str]]]:
    """(company, version, start, end) → the ids of the aspects addressed, and of those addressed in part."""
    entries = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {
        (entry["company"], entry["version"], entry["start"], entry["end"]): (set(entry["right"]), set(entry["partly"]))
        for entry in entries
    }


def labelled(artefacts: Iterable[PolicyArtefact], mapper: AspectMapper, path: Path = LABELS) -> list[Labelled]:
    """The labelled pairs of every policy version that has labels."""
    labels = read_labels(path)
    numbers = {aspect.id: number for number, aspect in enumerate(mapper.bank.aspects)}
    versions: list[Labelled] = []
    for artefact in artefacts:
        document, passages = artefact.document, artefact.passages
        judged = [labels.get((p.company, p.version, p.start, p.end)) for p in passages]
        if not any(judged):
            continue
        pairs = mapper.pairs(passages, artefact.readings)
        right, partly = np.zeros_like(pairs.considered), np.zeros_like(pairs.considered)
        for index, verdict in enumerate(judged):
            for marked, aspects in zip((right, partly), verdict or ((), ()), strict=True):
                marked[[numbers[aspect] for aspect in aspects if aspect in numbers], index] = True
        use = pairs.considered & np.array([verdict is not None for verdict in judged])
        covered = frozenset(np.flatnonzero(right.any(axis=1)).tolist())
        versions.append(
            Labelled(document.company, pairs.table()[use], right[use], partly[use], np.nonzero(use)[0], covered)
        )  # fmt: skip
    return versions


def fit(versions: Sequence[Labelled]) -> MapperWeights:
    """Weights and bias from the labelled pairs of some versions."""
    table = np.concatenate([version.table for version in versions])
    right = np.concatenate([version.right for version in versions])
    partly = np.concatenate([version.partly for version in versions])
    mean, spread = table.mean(axis=0), table.std(axis=0) + 1e-9
    model = LogisticRegression(C=STRENGTH, max_iter=5000)
    model.fit((table - mean) / spread, right, sample_weight=np.where(partly, PARTLY_WEIGHT, 1.0))
    weights = model.coef_[0] / spread
    return MapperWeights(weights, float(model.intercept_[0] - mean @ weights))


def train(versions: Sequence[Labelled], say: Callable[[str], None]) -> MapperWeights:
    """Measure on each company with weights fitted on the others, print the result with `say`, then fit on all."""
    companies = sorted({version.company for version in versions})
    n_shown = correct = partly = spoken_of = covered = 0
    for company in companies:
        weights = fit([version for version in versions if version.company != company])
        for version in (version for version in versions if version.company == company):
            best = best_of_cells(weights.probability(version.table), version.cells)
            n_shown += len(best)
            correct += sum(bool(version.right[pair]) for pair in best.values())
            partly += sum(bool(version.partly[pair]) for pair in best.values())
            spoken_of += len(version.right_cells)
            covered += sum(cell in version.right_cells and not _wrong(version, pair) for cell, pair in best.items())
    say(f"{sum(int(version.right.sum()) for version in versions)} right pairs; each company by the others:")
    shares = f"{correct / n_shown:.3f} right, {partly / n_shown:.3f} in part, {1 - (correct + partly) / n_shown:.3f} wrong"
    say(f"  aspects shown: {n_shown}, {shares}")
    say(f"  of {spoken_of} aspects that the policies speak of, {covered / spoken_of:.3f} are found")
    return fit(versions)


def best_of_cells(probabilities: np.ndarray, aspects: np.ndarray) -> dict[int, int]:
    """Aspect index → index of its most probable pair, for aspects that are shown at all."""
    best: dict[int, int] = {}
    for pair in np.argsort(-probabilities, kind="stable").tolist():
        if probabilities[pair] >= SPEAKS_FROM:
            best.setdefault(int(aspects[pair]), pair)
    return best


def _wrong(version: Labelled, pair: int) -> bool:
    return not (version.right[pair] or version.partly[pair])
