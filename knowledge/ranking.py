"""What a question and each passage of one policy have in common, as the numbers by which passages are ranked. Pure.

The trees of ranker.py order passages by them, and judging.py tells from them whether a passage answers at all. The names in
FEATURES belong to the trained models and must not change.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from contextvars import copy_context
from dataclasses import dataclass

import numpy as np

from knowledge.aspects import TOPICS, AspectBank
from knowledge.embedding import QueryEncoder
from knowledge.passages import Passage
from knowledge.scope import Scope
from knowledge.tokens import TokenVectors
from knowledge.words import Words, stems

NEARNESS = (
    "headings", "lead_in", "bare", "aspects", "aspects_within", "bm25", "topic", "list", "item", "length", "rank",
    "nearest_aspects", "late", "late_bare", "section", "section_aspects", "spoken", "large", "section_large",
)  # fmt: skip
AGREEMENT = ("agreement", "section_agreement", "agreed_spoken", "agreed_aspects", "unmatched", "uneven")
COMPARED = (
    "headings", "bare", "late", "large", "spoken", "aspects", "bm25", "agreement", "agreed_spoken", "agreed_aspects", "unmatched",
)  # fmt: skip
BELOW_BEST, APART = "_below_best", "_apart"  # from the highest of the policy; from its mean, in standard deviations
RELATIVE = tuple(name + way for way in (BELOW_BEST, APART) for name in COMPARED)
FEATURES = (*NEARNESS, *AGREEMENT, *RELATIVE)
NO_SPREAD = 1e-6  # keeps a division from failing where all passages are alike
SPREAD, NEAREST_SPREAD, TOPIC_SPREAD, LARGE_SPREAD = 0.04, 0.03, 0.05, 0.05  # softmax temperatures, in cosines
MATCHED = 0.5  # cosine from which a token of the question has found its like in a passage
MEAN_LOG_LENGTH = 4.5  # log of the characters of an average sentence


@dataclass(frozen=True)
class PolicyView:
    """One policy version, prepared for ranking: n passages with all that does not depend on the question."""

    passages: tuple[Passage, ...]
    rows: np.ndarray  # int64 (n,): the passages' places in the policy version
    words: Words  # of all of the policy's passages
    readings: np.ndarray  # float32 (n, 3, dim): unit vectors of Passage.readings
    large: np.ndarray  # float16 (n, large dim): those of the large encoder, of the first reading
    aspects: np.ndarray  # float32 (aspects, n): cosine of each passage to each aspect
    within: np.ndarray  # float32 (aspects, n): the same in standard deviations above the aspect's mean in this policy
    spoken: np.ndarray  # float64 (aspects, n): the probability that each passage speaks of each aspect
    tokens: TokenVectors
    topics: np.ndarray  # float32 (topics, n): each passage's weight on each topic; a column sums to 1
    about: np.ndarray  # float32 (n, aspects): each passage's weight on each aspect, by the large encoder; a row sums to 1
    shapes: np.ndarray  # float64 (n, 3): whether a passage is a list, and an item of one, and how long it is
    sections: np.ndarray  # int64 (n,): equal numbers for passages of one section

    @classmethod
    def of(
        cls, passages: Sequence[Passage], rows: np.ndarray, readings: np.ndarray, large: np.ndarray,
        tokens: TokenVectors, bank: AspectBank, mention_probabilities: np.ndarray, near: np.ndarray | None = None,
        words: Words | None = None,
    ) -> PolicyView:  # fmt: skip
        """Prepare n passages, all that the policy has. Shapes: rows (n,), readings (n, 3, dim), large (n, large dim),
        mention_probabilities (aspects, n); near (aspects, n), the passages' nearness to the aspects. near and words: where they
        are known already."""
        if near is None:
            near = nearness(readings, bank)
        by_topic = np.stack([near[bank.topics == topic].max(axis=0, initial=-1.0) for topic in range(len(TOPICS))])
        within = (near - near.mean(axis=1, keepdims=True)) / (near.std(axis=1, keepdims=True) + 1e-6)
        topics = softmax(by_topic / TOPIC_SPREAD, axis=0)
        about = softmax(large.astype(np.float32) @ bank.large.stated.T / LARGE_SPREAD, axis=1)
        return cls(
            tuple(passages), rows, words or Words.of(passages), readings, large, near, within, mention_probabilities, tokens,
            topics, about, shapes_of(passages), numbered([passage.section for passage in passages]),
        )  # fmt: skip

    def narrowed(self, rows: np.ndarray) -> PolicyView:
        """The view of some of the policy's passages; values that compare passages still refer to all of them."""
        keep = np.flatnonzero(np.isin(self.rows, rows))
        return PolicyView(
            tuple(self.passages[index] for index in keep), self.rows[keep], self.words, self.readings[keep],
            self.large[keep], self.aspects[:, keep], self.within[:, keep], self.spoken[:, keep], self.tokens.of_rows(keep),
            self.topics[:, keep], self.about[keep], self.shapes[keep], self.sections[keep],
        )  # fmt: skip


def nearness(readings: np.ndarray, bank: AspectBank) -> np.ndarray:
    """How near n passages are to each aspect, with and without their headings; (n, 3, dim) → float32 (aspects, n)."""
    near: np.ndarray = (bank.evidence(readings[:, 0]) + bank.evidence(readings[:, 1])) / 2
    return near


def shapes_of(passages: Sequence[Passage]) -> np.ndarray:
    """Of each of n passages: 1.0 for a whole list, 1.0 for an item, and its log length less the average; float64 (n, 3)."""
    rows = [
        (passage.kind == "list", passage.kind == "item", math.log(len(passage.text)) - MEAN_LOG_LENGTH) for passage in passages
    ]
    return np.array(rows, dtype=np.float64).reshape(-1, 3)


def numbered(names: Sequence[str]) -> np.ndarray:
    """A number for each name, the same for equal names; int64 (n,)."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int64)


@dataclass(frozen=True)
class Question:
    """A question, embedded and compared with the aspect bank."""

    text: str
    vector: np.ndarray  # float32 (dim,)
    large: np.ndarray  # float32 (large dim,): the large encoder's
    tokens: np.ndarray  # float32 (tokens, token_dim), without the start and end tokens
    closeness: np.ndarray  # float32 (aspects,): cosine to each aspect
    scope: float  # log odds that it asks about privacy

    @classmethod
    def of(
        cls, text: str, encoder: QueryEncoder, bank: AspectBank, scope: Scope, beside: Executor | None = None
    ) -> Question:  # fmt: skip
        """beside: where the large encoder reads while all that the small one is needed for is done here."""
        reading = beside.submit(copy_context().run, encoder.encode_large, [text]) if beside else None
        vector, tokens = encoder.encode_tokens(text)
        inner = tokens[1:-1] if len(tokens) > 2 else tokens
        near = bank.near(vector)
        closeness, about_privacy = bank.closeness(near), scope.log_odds(vector, near)
        (large,) = reading.result() if reading else encoder.encode_large([text])
        return cls(text, vector, large, inner, closeness, about_privacy)


def features(view: PolicyView, question: Question, bank: AspectBank) -> np.ndarray:
    """The features of each of n passages for a question. Shape: float64 (n, len(FEATURES))."""
    n = len(view.passages)
    headings, lead_in, bare = view.readings.transpose(1, 0, 2) @ question.vector
    aspect_weights = softmax(question.closeness / SPREAD)
    aspects = aspect_weights @ view.aspects
    nearest = np.argsort(-question.closeness)[:5]
    nearest_aspects = softmax(question.closeness[nearest] / NEAREST_SPREAD) @ view.aspects[nearest]
    of_topic = np.bincount(bank.topics, weights=aspect_weights, minlength=len(TOPICS))
    large = view.large.astype(np.float32) @ question.large
    matches = view.tokens.matches(question.tokens)
    late, late_bare = matches.mean(axis=2).T
    asked = softmax(bank.large.asked @ question.large / LARGE_SPREAD)
    agreement = view.about @ asked
    both = headings + lead_in
    words = stems([question.text])[0]
    rank = np.empty(n)
    rank[np.argsort(-both, kind="stable")] = 1 / (1 + np.arange(n))
    is_list, is_item, length = view.shapes.T
    columns = {
        "headings": headings,
        "lead_in": lead_in,
        "bare": bare,
        "aspects": aspects,
        "aspects_within": aspect_weights @ view.within / 4,
        "bm25": view.words.scores(words)[view.rows] / 10,
        "topic": of_topic @ view.topics,
        "list": is_list,
        "item": is_item,
        "length": length,
        "rank": rank,
        "nearest_aspects": nearest_aspects,
        "late": late,
        "late_bare": late_bare,
        "section": best_of_section(headings, view.sections),
        "section_aspects": best_of_section(aspects, view.sections),
        "spoken": softmax(question.closeness[nearest] / NEAREST_SPREAD) @ view.spoken[nearest],
        "large": large,
        "section_large": best_of_section(large, view.sections),
        "agreement": agreement,
        "section_agreement": best_of_section(agreement, view.sections),
        "agreed_spoken": asked @ view.spoken,
        "agreed_aspects": asked @ view.aspects,
        "unmatched": (matches[:, 0] < MATCHED).mean(axis=1),
        "uneven": matches[:, 0].std(axis=1),
    }
    columns |= among_others({name: columns[name] for name in COMPARED})
    return np.stack([np.asarray(columns[name], dtype=np.float64) for name in FEATURES], axis=1)


def among_others(columns: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """How the values of each of n passages (n,) stand among the others': the longer a policy is, the nearer its best comes."""
    compared: dict[str, np.ndarray] = {}
    for name, values in columns.items():
        compared[name + BELOW_BEST] = values - values.max()
        compared[name + APART] = (values - values.mean()) / (values.std() + NO_SPREAD)
    return compared


def best_of_section(scores: np.ndarray, sections: np.ndarray) -> np.ndarray:
    """For each passage the best score in its section, (n,). `sections`: a number for each passage, int64 (n,)."""
    best = np.full(int(sections.max(initial=-1)) + 1, -np.inf)
    np.maximum.at(best, sections, scores)
    found: np.ndarray = best[sections]
    return found


def softmax(values: np.ndarray, axis: int = -1) -> np.ndarray:
    """Softmax along the axis: positive values that sum to 1."""
    raised = np.exp(values - values.max(axis=axis, keepdims=True))
    summed: np.ndarray = raised / raised.sum(axis=axis, keepdims=True)
    return summed
