"""Rank one policy's passages for a question, and judge whether the best of them answers it. Pure, except for the model files.

`candor train ranker` trains two small models on a handful of features: trees order the passages (LambdaMART: Burges, 2010;
ranker.onnx), and a logistic regression gives the probability that the first passage answers the question at all
(ranker.json). The names in FEATURES and JUDGE_FEATURES are stored with the models and must not change.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.aspects import TOPICS, AspectBank
from knowledge.embedding import QueryEncoder
from knowledge.passages import Passage
from knowledge.scope import SURE, Scope
from knowledge.tokens import TokenVectors
from knowledge.words import Words, stems

RANKER = Path(__file__).with_name("ranker.json")
FEATURES = (
    "headings", "lead_in", "bare", "aspects", "aspects_within", "bm25", "topic", "list", "item", "length", "rank",
    "nearest_aspects", "late", "late_bare", "section", "section_aspects", "spoken", "large", "section_large",
)  # fmt: skip
JUDGE_FEATURES = (
    "headings", "lead_in", "bare", "aspects", "aspects_within", "nearest_aspect", "bm25", "topic", "gap", "score", "covered",
    "closeness", "first_three", "aspect_best", "late", "late_gap", "scope", "spoken", "spoken_best", "spoken_three",
)  # fmt: skip
SPREAD, NEAREST_SPREAD, TOPIC_SPREAD = 0.04, 0.03, 0.05  # softmax temperatures, in cosines
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
        return cls(
            tuple(passages), rows, words or Words.of(passages), readings, large, near, within, mention_probabilities, tokens,
            topics, shapes_of(passages), numbered([passage.section for passage in passages]),
        )  # fmt: skip

    def narrowed(self, rows: np.ndarray) -> PolicyView:
        """The view of some of the policy's passages; values that compare passages still refer to all of them."""
        keep = np.flatnonzero(np.isin(self.rows, rows))
        return PolicyView(
            tuple(self.passages[index] for index in keep), self.rows[keep], self.words, self.readings[keep],
            self.large[keep], self.aspects[:, keep], self.within[:, keep], self.spoken[:, keep], self.tokens.of_rows(keep),
            self.topics[:, keep], self.shapes[keep], self.sections[keep],
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
    def of(cls, text: str, encoder: QueryEncoder, bank: AspectBank, scope: Scope) -> Question:
        vector, tokens = encoder.encode_tokens(text)
        inner = tokens[1:-1] if len(tokens) > 2 else tokens
        near = bank.near(vector)
        (large,) = encoder.encode_large([text])
        return cls(text, vector, large, inner, bank.closeness(near), scope.log_odds(vector, near))


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
    late, late_bare = view.tokens.max_sim(question.tokens).T
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
    }
    return np.stack([np.asarray(columns[name], dtype=np.float64) for name in FEATURES], axis=1)


def best_of_section(scores: np.ndarray, sections: np.ndarray) -> np.ndarray:
    """For each passage the best score in its section, (n,). `sections`: a number for each passage, int64 (n,)."""
    best = np.full(int(sections.max(initial=-1)) + 1, -np.inf)
    np.maximum.at(best, sections, scores)
    found: np.ndarray = best[sections]
    return found


def judge_features(table: np.ndarray, scores: np.ndarray, order: np.ndarray, view: PolicyView, question: Question) -> np.ndarray:
    """The features from which the probability of an answer is computed; float64 (len(JUDGE_FEATURES),).

    Shapes: table (n, len(FEATURES)), scores (n,); order (m,): indices of the passages to judge, best first.
    """
    first, runners_up = order[0], order[1:6]
    named = dict(zip(FEATURES, table[first].tolist(), strict=True))
    closest = int(np.argmax(question.closeness))
    nearest = np.argsort(-question.closeness)[:3]
    weights = softmax(question.closeness[nearest] / NEAREST_SPREAD)
    headings = table[order, FEATURES.index("headings")]
    spoken = table[order, FEATURES.index("spoken")]
    late = np.sort(table[order, FEATURES.index("late")])[::-1]
    values = {
        **named,
        "bm25": table[order, FEATURES.index("bm25")].max(),
        "nearest_aspect": view.aspects[closest, first],
        "gap": scores[first] - (scores[runners_up].mean() if len(runners_up) else scores[first]),
        "score": scores[first],
        "covered": weights @ view.aspects[nearest][:, order].max(axis=1),
        "closeness": question.closeness[closest],
        "first_three": np.sort(headings)[::-1][:3].mean(),
        "aspect_best": view.aspects[closest, order].max(),
        "late_gap": late[0] - late[1:6].mean() if len(late) > 1 else 0.0,
        "scope": question.scope / SURE,
        "spoken_best": spoken.max(),
        "spoken_three": spoken[:3].max(),
    }
    return np.array([values[name] for name in JUDGE_FEATURES], dtype=np.float64)


Order = Callable[[np.ndarray], np.ndarray]  # features (n, len(FEATURES)) → one score per passage, (n,); higher is better


def plain_order(table: np.ndarray) -> np.ndarray:
    """Order by the passages' cosines alone: the baseline of training."""
    scores: np.ndarray = table[:, FEATURES.index("headings")] + table[:, FEATURES.index("lead_in")]
    return scores


@dataclass(frozen=True)
class Trees:
    """Trained trees that order passages. Raises: onnxruntime's errors if the bytes are no model."""

    model: bytes  # an ONNX file
    session: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        import onnxruntime  # only where something is ranked

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # with a policy's few passages, more threads would only wait for each other
        object.__setattr__(self, "session", onnxruntime.InferenceSession(self.model, options))

    def __call__(self, table: np.ndarray) -> np.ndarray:
        """One score per passage, float64 (n,), from features (n, len(FEATURES)); higher is better."""
        (scores,) = self.session.run(None, {"features": table.astype(np.float32)})
        flat: np.ndarray = scores.ravel().astype(np.float64)
        return flat


@dataclass(frozen=True)
class Ranker:
    """The trained models. Measured in docs/evaluation.md."""

    order: Order
    judge_weights: np.ndarray  # float64 (len(JUDGE_FEATURES),)
    judge_bias: float  # log odds
    answer_from: float  # lowest probability at which a question is answered
    unsure_from: float  # lowest probability at which the nearest passages are shown, marked as unsure
    shown_within: float  # a passage is quoted beside the best one if its score is at most this much lower

    @classmethod
    def load(cls, path: Path = RANKER) -> Ranker:
        """Load the JSON file and the ONNX file beside it."""
        kept = json.loads(path.read_text(encoding="utf-8"))
        judge = np.array([kept["judge"][name] for name in JUDGE_FEATURES])
        order = Trees(path.with_suffix(".onnx").read_bytes())
        return cls(order, judge, kept["judge_bias"], kept["answer_from"], kept["unsure_from"], kept["shown_within"])

    def save(self, path: Path = RANKER) -> None:
        """Write both files. Raises: TypeError if the order is not trained trees."""
        if not isinstance(self.order, Trees):
            raise TypeError("only trained trees can be saved")
        kept = {
            "judge": dict(zip(JUDGE_FEATURES, self.judge_weights.round(4).tolist(), strict=True)),
            "judge_bias": round(self.judge_bias, 4),
            "answer_from": self.answer_from,
            "unsure_from": self.unsure_from,
            "shown_within": self.shown_within,
        }
        path.with_suffix(".onnx").write_bytes(self.order.model)
        path.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")

    def probability(self, values: np.ndarray) -> float:
        """The probability that the best passage answers the question, from judge_features (len(JUDGE_FEATURES),)."""
        return 1 / (1 + math.exp(-float(values @ self.judge_weights) - self.judge_bias))


def softmax(values: np.ndarray, axis: int = -1) -> np.ndarray:
    """Softmax along the axis: positive values that sum to 1."""
    raised = np.exp(values - values.max(axis=axis, keepdims=True))
    summed: np.ndarray = raised / raised.sum(axis=axis, keepdims=True)
    return summed
