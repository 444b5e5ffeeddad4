"""Fit knowledge/aspect_mapper.py on pairs of a passage and an aspect, each judged by reading the policy.

training/aspect_labels.jsonl has a line a passage: where it stands, the aspects that it speaks of, and those of which it
says only a part. Every other aspect that lies near it counts as not spoken of. What only says a part counts as that
too, with half the weight: then the whole list is preferred to one of its items.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from knowledge.aspect_mapper import SHOWN_FROM, AspectMapper, MapperWeights
from knowledge.index import Build

LABELS = Path(__file__).with_name("aspect_labels.jsonl")
STRENGTH = 0.1  # 1 / regularisation
PARTLY_WEIGHT = 0.5


@dataclass(frozen=True)
class Labelled:
    """The considered pairs of one policy version."""

    company: str
    table: np.ndarray  # (pairs, features)
    right: np.ndarray  # bool (pairs,)
    partly: np.ndarray  # bool (pairs,)
    cells: np.ndarray  # int (pairs,): the aspect's number
    right_cells: frozenset[int]  # the aspects of which the policy speaks at all


def read_labels(path: Path = LABELS) -> dict[tuple[str, str, int, int], tuple[set[str], set[str]]]:
    """(company, version, start, end) → the aspects spoken of, and those spoken of in part."""
    entries = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {
        (entry["company"], entry["version"], entry["start"], entry["end"]): (set(entry["right"]), set(entry["partly"]))
        for entry in entries
    }


def labelled(build: Build, mapper: AspectMapper, path: Path = LABELS) -> list[Labelled]:
    """Every policy version that has labels, with its considered pairs. Passages without a label are left out."""
    labels = read_labels(path)
    numbers = {aspect.id: number for number, aspect in enumerate(mapper.bank.aspects)}
    versions: list[Labelled] = []
    for document in build.documents:
        rows = build.rows_of(document.company, document.version)
        passages = [build.passages[row] for row in rows]
        judged = [labels.get((p.company, p.version, p.start, p.end)) for p in passages]
        if not any(judged):
            continue
        pairs = mapper.pairs(passages, build.readings[rows])
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
    """Measure on each company by what the others taught, then fit on all."""
    companies = sorted({version.company for version in versions})
    shown = right = partly = there = met = 0
    for company in companies:
        weights = fit([version for version in versions if version.company != company])
        for version in (version for version in versions if version.company == company):
            best = best_of_cells(weights.probability(version.table), version.cells)
            shown += len(best)
            right += sum(bool(version.right[pair]) for pair in best.values())
            partly += sum(bool(version.partly[pair]) for pair in best.values())
            there += len(version.right_cells)
            met += sum(cell in version.right_cells and not _wrong(version, pair) for cell, pair in best.items())
    say(f"{sum(int(version.right.sum()) for version in versions)} right pairs; each company by what the others taught:")
    shares = f"{right / shown:.3f} right, {partly / shown:.3f} in part, {1 - (right + partly) / shown:.3f} wrong"
    say(f"  aspects shown: {shown}, {shares}")
    say(f"  of {there} aspects that the policies speak of, {met / there:.3f} are found")
    return fit(versions)


def best_of_cells(sure: np.ndarray, cells: np.ndarray) -> dict[int, int]:
    """Aspect → the surest of its pairs, where that is shown at all."""
    best: dict[int, int] = {}
    for pair in np.argsort(-sure, kind="stable").tolist():
        if sure[pair] >= SHOWN_FROM:
            best.setdefault(int(cells[pair]), pair)
    return best


def _wrong(version: Labelled, pair: int) -> bool:
    return not (version.right[pair] or version.partly[pair])
