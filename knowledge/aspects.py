"""The aspect bank: what people ask about a privacy policy, and how policies state it. `aspects.yml` is its only source.

A new aspect is an entry in aspects.yml. A new topic also needs a name in TOPICS and a title in knowledge/glance.py.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import yaml

from knowledge.aspect_vectors import AspectVectors
from knowledge.embedding import Encoder
from knowledge.language import words_in

BANK = Path(__file__).with_name("aspects.yml")
TOPICS = (
    "collection", "use", "cookies", "selling", "sharing", "retention", "security", "rights", "legal_basis",
    "roles", "marketing", "children", "transfers", "changes", "contact", "other",
)  # fmt: skip


@dataclass(frozen=True)
class Aspect:
    """One thing that people ask about. `label` completes "The policy does not say anything about …"."""

    id: str
    label: str
    topic: str
    questions: tuple[str, ...]
    statements: tuple[str, ...]
    dpv: str = ""  # the closest term of the W3C Data Privacy Vocabulary, if there is one


def load_yaml(path: Path) -> Any:
    """Read a YAML file safely; libyaml, where it is built in, takes a tenth of the time."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506  (both are safe)


def read_aspects(path: Path = BANK) -> tuple[Aspect, ...]:
    """Read the bank. Raises: ValueError naming an aspect whose topic is unknown or whose id occurs twice."""
    aspects: dict[str, Aspect] = {}
    for entry in load_yaml(path)["aspects"]:
        aspect = Aspect(
            entry["id"], entry["label"], entry["topic"], tuple(entry["questions"]), tuple(entry["statements"]),
            entry.get("dpv", ""),
        )  # fmt: skip
        if aspect.topic not in TOPICS or aspect.id in aspects:
            raise ValueError(f"{path.name}: {aspect.id}: unknown topic, or an id that occurs twice")
        aspects[aspect.id] = aspect
    return tuple(aspects.values())


@dataclass(frozen=True)
class AspectBank:
    """The bank with one unit vector for each question and each statement."""

    aspects: tuple[Aspect, ...]
    questions: np.ndarray  # float32 (questions, dim), aspect by aspect, as `column_wise` makes them
    statements: np.ndarray  # float32 (statements, dim), aspect by aspect
    large: AspectVectors  # the large encoder's

    @classmethod
    def embed(cls, aspects: tuple[Aspect, ...], encoder: Encoder, large: AspectVectors) -> AspectBank:
        """Encode the whole bank with the small encoder; takes seconds."""
        questions = column_wise(encoder.encode([question for aspect in aspects for question in aspect.questions]))
        statements = encoder.encode([statement for aspect in aspects for statement in aspect.statements])
        return cls(aspects, questions, statements, large)

    @classmethod
    def load(cls, cache: Path, encoder: Encoder, path: Path = BANK) -> AspectBank:
        """Load the bank from a cache, which is rebuilt if the bank or the encoder has changed."""
        aspects = read_aspects(path)
        large = AspectVectors.load(aspects)
        key = f"{encoder.id} {hashlib.sha256(path.read_bytes()).hexdigest()}"
        try:
            with np.load(cache) as kept:
                if str(kept["key"]) == key:
                    return cls(aspects, column_wise(kept["questions"]), kept["statements"], large)
        except (OSError, ValueError, KeyError, BadZipFile):
            pass
        bank = cls.embed(aspects, encoder, large)
        fresh = cache.with_name(f"{cache.stem}.{os.getpid()}.npz")
        np.savez(fresh, key=key, questions=bank.questions, statements=bank.statements)
        fresh.replace(cache)
        return bank

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of the bank, in lower case."""
        return words_in(text for aspect in self.aspects for text in (*aspect.questions, *aspect.statements))

    @cached_property
    def question_rows(self) -> np.ndarray:
        """The rows of `questions` that belong to each aspect; int64 (aspects, longest), padded by repeating the last row."""
        return _rows([len(aspect.questions) for aspect in self.aspects])

    @cached_property
    def statement_rows(self) -> np.ndarray:
        """The rows of `statements` that belong to each aspect; int64 (aspects, longest), padded by repeating the last row."""
        return _rows([len(aspect.statements) for aspect in self.aspects])

    @cached_property
    def topics(self) -> np.ndarray:
        """The index of each aspect's topic in TOPICS; int64 (aspects,)."""
        return np.array([TOPICS.index(aspect.topic) for aspect in self.aspects], dtype=np.int64)

    def near(self, query: np.ndarray) -> np.ndarray:
        """The cosine of a query (dim,) to each question of the bank; (questions,)."""
        cosines: np.ndarray = self.questions @ query
        return cosines

    def closeness(self, near: np.ndarray) -> np.ndarray:
        """How near a query is to each aspect: the mean of its two highest cosines in `near` (questions,); (aspects,)."""
        return best_two(near[self.question_rows])

    def evidence(self, passages: np.ndarray) -> np.ndarray:
        """How near passages (n, dim) are to each aspect: the mean cosine of the two nearest statements; (aspects, n)."""
        cosines = self.statements @ passages.T
        return np.stack([best_two(cosines[rows].T) for rows in self.statement_rows])


def column_wise(vectors: np.ndarray) -> np.ndarray:
    """The same vectors (n, dim), laid out number by number: thousands are compared with a single one in half the time."""
    laid_out: np.ndarray = np.asfortranarray(vectors)
    return laid_out


def best_two(cosines: np.ndarray) -> np.ndarray:
    """The mean of the two largest values along the last axis, because a single sentence may be near by chance."""
    if cosines.shape[-1] < 2:
        cosines = np.concatenate([cosines, cosines], axis=-1)
    best: np.ndarray = np.partition(cosines, -2, axis=-1)[..., -2:].mean(axis=-1)
    return best


def _rows(counts: list[int]) -> np.ndarray:
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    return np.array(
        [[start + min(column, count - 1) for column in range(max(counts))] for start, count in zip(starts, counts, strict=True)]
    )
