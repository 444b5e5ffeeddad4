"""PolicyQA: questions and the segments of website policies that answer them. A fifth of its policies is held out.

Source: Ahmad et al., 2020, PolicyQA: A Reading Comprehension Dataset for Privacy Policies; SQuAD's file format.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.aspect_mapper import AspectMapper
from knowledge.embedding import QueryEncoder
from knowledge.passages import Passage
from knowledge.ranker import Ranker, plain_order
from knowledge.ranking import Question, features
from knowledge.scope import Scope
from training.cases import view_of

EVERY = 5  # every fifth policy, in the file's order, is held out for measuring


def read_policies(path: Path) -> list[dict[str, Any]]:
    """The file's policies, each with `title` and `paragraphs`."""
    policies: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["data"]
    return policies


def left_to_measure(path: Path) -> frozenset[str]:
    """The titles of the held-out policies, on which nothing is trained."""
    return frozenset(policy["title"] for policy in read_policies(path)[::EVERY])


def measure(
    path: Path, encoder: QueryEncoder, mapper: AspectMapper, scope: Scope, ranker: Ranker
) -> tuple[int, dict[str, tuple[float, float]]]:
    """Rank a held-out policy's own segments for each of its questions.

    Returns the number of questions, and (hit@1, hit@3) by cosines alone ("cosines") and by the ranker ("ranker").
    """
    hits: dict[str, list[tuple[bool, bool]]] = {"cosines": [], "ranker": []}
    for policy in read_policies(path)[::EVERY]:
        view = view_of(list(_segments(policy)), encoder, mapper)
        for text, answered in _questions(policy).items():
            table = features(view, Question.of(text, encoder, mapper.bank, scope), mapper.bank)
            for name, order in (("cosines", plain_order), ("ranker", ranker.order)):
                first = np.argsort(-order(table), kind="stable")[:3].tolist()
                hits[name].append((first[0] in answered, bool(answered & set(first))))
    shares = {
        name: (float(np.mean([a for a, _ in pairs])), float(np.mean([b for _, b in pairs]))) for name, pairs in hits.items()
    }
    return len(hits["ranker"]), shares


def _segments(policy: dict[str, Any]) -> Iterator[Passage]:
    start = 0
    for paragraph in policy["paragraphs"]:
        text = paragraph["context"]
        yield Passage(policy["title"], "undated", "sentence", "", start, start + len(text), text, "", "")
        start += len(text) + 1


def _questions(policy: dict[str, Any]) -> dict[str, set[int]]:
    """Question → the indices of the segments that answer it."""
    answered_by: dict[str, set[int]] = {}
    for index, paragraph in enumerate(policy["paragraphs"]):
        for question in paragraph["qas"]:
            answered_by.setdefault(question["question"], set()).add(index)
    return answered_by
