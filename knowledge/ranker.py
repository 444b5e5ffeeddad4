"""The trained models: what orders passages, and what judges whether they answer. `candor train ranker` makes them.

Trees order the passages (LambdaMART: Burges, 2010): those of ranker.onnx by NEARNESS, those of agreement.onnx by all features.
The mean of both counts, because each makes mistakes that the other does not. judging.py describes the two judges: ranker.json
holds the one of whole questions, judge.onnx and judge.safetensors that of passages.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.judging import JUDGE_FEATURES, LearntCosine, PassageJudge, QuestionJudge
from knowledge.ranking import FEATURES, NEARNESS

RANKER = Path(__file__).with_name("ranker.json")
ORDER, AGREEMENT, JUDGE, LEARNT = "ranker.onnx", "agreement.onnx", "judge.onnx", "judge.safetensors"  # the files beside it
AGREED_FROM = (
    0.9  # of RetrievalResult.agreed: from where one of a hundred right answers is no longer sure, on strangers' questions
)
NEARNESS_SHARE = 0.4  # of the mean of both orders

Order = Callable[[np.ndarray], np.ndarray]  # features (n, len(FEATURES)) → one score per passage, (n,); higher is better


def plain_order(table: np.ndarray) -> np.ndarray:
    """Order by the passages' cosines alone: the baseline of training."""
    scores: np.ndarray = table[:, FEATURES.index("headings")] + table[:, FEATURES.index("lead_in")]
    return scores


@dataclass(frozen=True)
class Trees:
    """Trained trees. Raises: onnxruntime's errors if the bytes are no model."""

    model: bytes  # an ONNX file
    session: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        import onnxruntime  # only where something is ranked

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # with a policy's few passages, more threads would only wait for each other
        object.__setattr__(self, "session", onnxruntime.InferenceSession(self.model, options))

    def __call__(self, table: np.ndarray) -> np.ndarray:
        """One score per passage, float64 (n,), from its features; higher is better."""
        (scores,) = self.session.run(None, {"features": table.astype(np.float32)})
        flat: np.ndarray = scores.ravel().astype(np.float64)
        return flat


@dataclass(frozen=True)
class TwoOrders:
    """The mean of two orders."""

    by_nearness: Trees  # sees NEARNESS alone
    by_all: Trees

    def __call__(self, table: np.ndarray) -> np.ndarray:
        """One score per passage, float64 (n,), from features (n, len(FEATURES)); higher is better."""
        near = self.by_nearness(table[:, : len(NEARNESS)])
        return NEARNESS_SHARE * near + (1 - NEARNESS_SHARE) * self.by_all(table)


@dataclass(frozen=True)
class Ranker:
    """The trained models. Measured in docs/evaluation.md."""

    order: Order
    question_judge: QuestionJudge  # by which silence is claimed
    passage_judge: PassageJudge  # by which an answer is sure
    answer_from: float  # lowest probability of the passages' judge at which a question is answered
    unsure_from: float  # lowest one of the questions' judge at which the nearest passages are shown, marked as unsure
    clear_from: float  # the same from which on a message is about the policy, whatever it resembles besides
    shown_within: float  # a passage is quoted beside the best one if its score is at most this much lower
    agreed_from: float = AGREED_FROM  # lowest agreement of both judges and the words at which a question is answered

    @classmethod
    def load(cls, path: Path = RANKER) -> Ranker:
        """Load the JSON file and those beside it."""
        from safetensors.numpy import load_file

        kept = json.loads(path.read_text(encoding="utf-8"))
        weights = np.array([kept["judge"][name] for name in JUDGE_FEATURES])
        near, by_all, log_odds = (Trees(path.with_name(name).read_bytes()) for name in (ORDER, AGREEMENT, JUDGE))
        learnt = LearntCosine(**load_file(path.with_name(LEARNT)))
        return cls(
            TwoOrders(near, by_all), QuestionJudge(weights, kept["judge_bias"]), PassageJudge(log_odds, learnt),
            kept["answer_from"], kept["unsure_from"], kept["clear_from"], kept["shown_within"],
        )  # fmt: skip

    def save(self, path: Path = RANKER) -> None:
        """Write all files. Raises: TypeError if order or judge are not trained trees."""
        from safetensors.numpy import save_file

        order, log_odds = self.order, self.passage_judge.log_odds
        if not (isinstance(order, TwoOrders) and isinstance(log_odds, Trees)):
            raise TypeError("only trained trees can be saved")
        kept = {
            "judge": dict(zip(JUDGE_FEATURES, self.question_judge.weights.round(4).tolist(), strict=True)),
            "judge_bias": round(self.question_judge.bias, 4),
            "answer_from": self.answer_from,
            "unsure_from": self.unsure_from,
            "clear_from": self.clear_from,
            "shown_within": self.shown_within,
        }
        path.with_name(ORDER).write_bytes(order.by_nearness.model)
        path.with_name(AGREEMENT).write_bytes(order.by_all.model)
        path.with_name(JUDGE).write_bytes(log_odds.model)
        learnt = self.passage_judge.learnt
        save_file({"small": learnt.small, "large": learnt.large}, path.with_name(LEARNT))
        path.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
