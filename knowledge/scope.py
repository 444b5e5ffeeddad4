"""Whether a message asks about privacy at all. Pure but for the file of weights, which `candor train ranker` writes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

WEIGHTS = Path(__file__).with_name("scope.json")
SURE = 5.0  # log odds beyond which nothing gets surer


@dataclass(frozen=True)
class Scope:
    """Logistic regression on the message's vector: the aspect bank's questions against small talk and everything else."""

    weights: np.ndarray  # (dim,)
    bias: float

    @classmethod
    def load(cls, path: Path = WEIGHTS) -> Scope:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return cls(np.array(kept["weights"]), kept["bias"])

    @classmethod
    def untrained(cls, dim: int) -> Scope:
        """Takes everything for a question about privacy."""
        return cls(np.zeros(dim), SURE)

    def save(self, path: Path = WEIGHTS) -> None:
        kept = {"bias": round(self.bias, 3), "weights": self.weights.round(2).tolist()}
        path.write_text(json.dumps(kept) + "\n", encoding="utf-8")

    def log_odds(self, vector: np.ndarray) -> float:
        """The log odds that the message asks about privacy; 0 is even, ± 5 as good as sure."""
        return float(np.clip(self.weights @ vector + self.bias, -SURE, SURE))
