"""Passages of a policy version → its AspectMap: which of them speak of which aspect. Pure, except for the file of weights.

A small logistic regression scores pairs of a passage and one of the aspects nearest to it. `candor train aspects` fits it on
pairs that people judged by reading (training/aspect_labels.jsonl) and stores it in aspect_mapper.json. A wrong quote does
more harm than a missing one, so the floor from which it is shown favours precision; docs/evaluation.md has the figures. What
a passage says in so many words (plain_statements.py) counts without the regression.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from knowledge import plain_statements
from knowledge.aspect_map import NEAR_FROM, SHOWN_FROM, AspectMap, Mention, NamedAspect, named
from knowledge.aspects import BANK, Aspect, AspectBank, best_two
from knowledge.passages import LONGEST_LIST, Passage
from knowledge.plain_statements import lacks_its_substance, plainly_stated
from knowledge.ranking import softmax
from knowledge.words import stems

WEIGHTS = Path(__file__).with_name("aspect_mapper.json")
FEATURES = (
    "near", "nearest", "asked", "within", "lead", "share", "rank", "words", "words_lead", "list", "item", "length",
)  # fmt: skip
CONSIDERED = 8  # aspects that a passage may speak of: the ones nearest to it
COMES_NEAR = 0.85  # of what names an aspect, and lacks what it consists of: below SHOWN_FROM
STATED, STATED_IN_LIST = 0.95, 0.9  # of what is said in so many words: an item comes before the list that it stands in
SPREAD = 0.05  # softmax temperature over the aspects, in cosines
POINTS_BACK = re.compile(r"(this|these|those|it|they) (is|are|was|were|may|can|also|does|do|includes?|means?)\b", re.IGNORECASE)
# "8.2 California." stands before its text like a heading.
NUMBERED_TITLE = re.compile(
    r"\d+(?:\.\d+)*\.? (?!.*\b(?:we|you|our|your|us|it|they|is|are|was|were|do|does|may|can|will|shall|must|not|no)\b)"
    r"(?:[^\W\d][\w'’&/-]*,? ?){1,8}\.?",
    re.IGNORECASE,
)
SATURATION, LENGTH_SHARE = 1.5, 0.75  # BM25's k1 and b (Robertson and Zaragoza, 2009)


@dataclass(frozen=True)
class Pairs:
    """Every pair of an aspect and one of n passages: each feature float64 (aspects, n); the pairs to score, bool (aspects, n)."""

    features: dict[str, np.ndarray]
    considered: np.ndarray

    def table(self) -> np.ndarray:
        """The features in the order of FEATURES; float64 (aspects, n, len(FEATURES))."""
        return np.stack([self.features[name] for name in FEATURES], axis=-1)


@dataclass(frozen=True)
class AspectWords:
    """BM25 weights of words for aspects: each aspect's label, questions and statements are one document of n aspects."""

    rows: dict[str, int]  # stemmed word → its row
    rarity: np.ndarray  # float64 (words,): inverse document frequency
    weights: np.ndarray  # float64 (words, aspects)

    @classmethod
    def of(cls, aspects: Sequence[Aspect]) -> AspectWords:
        """Weigh the words of the bank. Source: Robertson and Zaragoza, 2009."""
        texts = stems([" ".join([aspect.label, *aspect.statements, *aspect.questions]) for aspect in aspects])
        rows = {word: row for row, word in enumerate(sorted({word for text in texts for word in text}))}
        counts = np.zeros((len(rows), len(texts)))
        for column, text in enumerate(texts):
            for word, count in Counter(text).items():
                counts[rows[word], column] = count
        aspects_with_word = (counts > 0).sum(axis=1)
        rarity = np.log(1 + (len(texts) - aspects_with_word + 0.5) / (aspects_with_word + 0.5))
        length = counts.sum(axis=0) / max(1.0, counts.sum(axis=0).mean())
        damped = counts + SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * length)
        return cls(rows, rarity, rarity[:, None] * counts * (SATURATION + 1) / damped)

    def scores(self, texts: Sequence[str]) -> np.ndarray:
        """How strongly the words of n texts point to each aspect, per known word (0.0 without one); float64 (aspects, n)."""
        scores = np.zeros((len(texts), self.weights.shape[1]))
        for row, words in enumerate(stems(texts)):
            known = [self.rows[word] for word in sorted(set(words)) if word in self.rows]
            if known:
                scores[row] = self.weights[known].sum(axis=0) / self.rarity[known].sum()
        return scores.T


@dataclass(frozen=True)
class MapperWeights:
    """The fitted logistic regression."""

    weights: np.ndarray  # float64 (len(FEATURES),)
    bias: float  # log odds

    @classmethod
    def load(cls, path: Path = WEIGHTS) -> MapperWeights:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return cls(np.array([kept["weights"][name] for name in FEATURES]), kept["bias"])

    def save(self, path: Path = WEIGHTS) -> None:
        kept = {"weights": dict(zip(FEATURES, self.weights.round(4).tolist(), strict=True)), "bias": round(self.bias, 4)}
        path.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")

    def probability(self, table: np.ndarray) -> np.ndarray:
        """The probability that the passage speaks of the aspect; (…, len(FEATURES)) → (…,)."""
        probabilities: np.ndarray = 1 / (1 + np.exp(-(table @ self.weights + self.bias)))
        return probabilities


class AspectMapper:
    """Makes aspect maps. The bank is loaded when the first map is made, because loading it needs the encoder."""

    def __init__(self, bank: Callable[[], AspectBank], weights: MapperWeights, id_: str) -> None:
        self._bank, self._weights, self.id = bank, weights, id_

    @classmethod
    def load(cls, bank: Callable[[], AspectBank], path: Path = WEIGHTS, bank_file: Path = BANK) -> AspectMapper:
        """The mapper as shipped. Its `id` changes with the bank, the weights and the thresholds, so that maps are made again."""
        rules = Path(plain_statements.__file__).read_bytes()
        made_of = path.read_bytes() + bank_file.read_bytes() + rules + f"{CONSIDERED} {NEAR_FROM}".encode()
        return cls(bank, MapperWeights.load(path), hashlib.sha256(made_of).hexdigest()[:16])

    @cached_property
    def bank(self) -> AspectBank:
        return self._bank()

    @cached_property
    def _words(self) -> AspectWords:
        return AspectWords.of(self.bank.aspects)

    @property
    def aspects(self) -> tuple[NamedAspect, ...]:
        return named(self.bank.aspects)

    def map(self, company: str, version: str, passages: Sequence[Passage], spoken: np.ndarray) -> AspectMap:
        """The map of one policy version. spoken: its `mention_probabilities`."""
        probabilities = spoken.copy()
        self._add_plainly_stated(probabilities, passages)
        self._lower_what_lacks_substance(probabilities, passages)
        probabilities[:, [not _can_stand_alone(passage) for passage in passages]] = 0.0
        mentions: dict[str, tuple[Mention, ...]] = {}
        for aspect, row in zip(self.bank.aspects, probabilities, strict=True):
            best_first = [
                passage_index for passage_index in np.argsort(-row, kind="stable").tolist() if row[passage_index] >= NEAR_FROM
            ]
            if best_first:
                mentions[aspect.id] = tuple(
                    Mention(passage_index, round(float(row[passage_index]), 3)) for passage_index in best_first
                )
        return AspectMap(company, version, mentions)

    def _add_plainly_stated(self, probabilities: np.ndarray, passages: Sequence[Passage]) -> None:
        """Raise what passages say in so many words, in place. Shape: probabilities float64 (aspects, n)."""
        rows = {aspect.id: row for row, aspect in enumerate(self.bank.aspects)}
        for column, passage in enumerate(passages):
            known = STATED_IN_LIST if passage.kind == "list" else STATED
            for aspect in plainly_stated(passage) & rows.keys():
                probabilities[rows[aspect], column] = max(probabilities[rows[aspect], column], known)

    def _lower_what_lacks_substance(self, probabilities: np.ndarray, passages: Sequence[Passage]) -> None:
        """Lower below what is shown, in place, what only comes near to an aspect. Shape: probabilities float64 (aspects, n)."""
        for row, column in np.argwhere(probabilities >= SHOWN_FROM):
            if lacks_its_substance(self.bank.aspects[row].id, passages[column]):
                probabilities[row, column] = COMES_NEAR

    def mention_probabilities(self, passages: Sequence[Passage], readings: np.ndarray) -> np.ndarray:
        """The probability that each passage speaks of each aspect, 0.0 where they are far apart; float64 (aspects, n)."""
        pairs = self.pairs(passages, readings)
        return np.where(pairs.considered, self._weights.probability(pairs.table()), 0.0)

    def pairs(self, passages: Sequence[Passage], readings: np.ndarray) -> Pairs:
        """The features of every passage and aspect. Shape: readings float32 (n, 3, dim)."""
        statement_nearness = np.stack([self.bank.evidence(readings[:, reading]) for reading in range(readings.shape[1])])
        question_nearness = np.stack(
            [self._question_nearness(readings[:, reading]) for reading in range(readings.shape[1])]
        ).mean(axis=0)
        near = statement_nearness.mean(axis=0)
        nearness = near + question_nearness / 2
        nearness = nearness - nearness.mean(axis=1, keepdims=True) / 2  # an aspect that is near to everything is weaker evidence
        best = np.sort(nearness, axis=0)
        words = self._words.scores([f"{passage.lead_in} {passage.text}" for passage in passages])
        order = np.argsort(-nearness, axis=0, kind="stable")
        rank = np.empty_like(nearness)
        np.put_along_axis(rank, order, np.arange(len(order), dtype=np.float64)[:, None], axis=0)
        kinds = np.array([passage.kind for passage in passages])
        features = {
            "near": near,
            "nearest": statement_nearness.max(axis=0),
            "asked": question_nearness,
            "within": (near - near.mean(axis=1, keepdims=True)) / (near.std(axis=1, keepdims=True) + 1e-6),
            "lead": nearness - np.where(nearness == best[-1], best[-min(2, len(best))], best[-1]),
            "share": softmax(nearness / SPREAD, axis=0),
            "rank": 1 / (1 + rank),
            "words": words,
            "words_lead": words - np.sort(words, axis=0)[-min(2, len(words))],
            "list": np.broadcast_to(kinds == "list", near.shape),
            "item": np.broadcast_to(kinds == "item", near.shape),
            "length": np.broadcast_to(np.log([max(1, len(passage.text)) for passage in passages]), near.shape),
        }
        return Pairs({name: values.astype(np.float64) for name, values in features.items()}, rank < CONSIDERED)

    def _question_nearness(self, passages: np.ndarray) -> np.ndarray:
        """How near passages (n, dim) are to each aspect's questions: the mean cosine of the two nearest; (aspects, n)."""
        cosines = self.bank.questions @ passages.T
        return np.stack([best_two(cosines[rows].T) for rows in self.bank.question_rows])


def _can_stand_alone(passage: Passage) -> bool:
    """Whether a passage makes sense as a quote: not too long, no title, and not "This is …", which needs what stands before."""
    if passage.kind == "sentence" and (POINTS_BACK.match(passage.text) or NUMBERED_TITLE.fullmatch(passage.text.strip())):
        return False
    return len(passage.text) <= LONGEST_LIST
