"""Whether a message asks about privacy at all: is it nearer to what people ask of policies, or to whatever else they say?

What else they say are Rasa's own examples of small talk and of what is out of scope, one source for both.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from knowledge.aspects import best_two, load_yaml
from knowledge.embedding import Encoder

SURE = 5.0  # log odds beyond which nothing gets surer
SHARPNESS = 24.0  # log odds for a difference of one in cosine; fitted once on the bank and the examples, each without itself
SMALL_TALK = frozenset(
    ["greet", "goodbye", "thanks", "bot_identity", "how_are_you", "joke", "bot_complaint", "abuse", "emoji_or_reaction", "help"]
)


@dataclass(frozen=True)
class Scope:
    """The vectors of messages that are not about privacy, unit length, float32 (n, dim)."""

    chatter: np.ndarray

    @classmethod
    def load(cls, cache: Path, encoder: Encoder, nlu: Path) -> Scope:
        """From a cache that is made anew whenever the examples or the encoder changed."""
        texts = read_chatter(nlu)
        key = f"{encoder.id} {hashlib.sha256(chr(0).join(texts).encode()).hexdigest()}"
        try:
            with np.load(cache) as kept:
                if str(kept["key"]) == key:
                    return cls(kept["chatter"])
        except (OSError, ValueError, KeyError, BadZipFile):
            pass
        chatter = encoder.encode(texts)
        fresh = cache.with_name(f"{cache.stem}.{os.getpid()}.npz")
        np.savez(fresh, key=key, chatter=chatter)
        fresh.replace(cache)
        return cls(chatter)

    def log_odds(self, vector: np.ndarray, near: np.ndarray) -> float:
        """The log odds that a message, (dim,), asks about privacy; 0 is even, ± 5 as good as sure.

        `near`: the message's cosines to the aspect bank's questions, (questions,).
        """
        if not len(self.chatter):
            return SURE
        nearer = float(best_two(near) - best_two(self.chatter @ vector))
        return float(np.clip(SHARPNESS * nearer, -SURE, SURE))


def read_chatter(nlu: Path) -> list[str]:
    """What people say that is not about privacy, from Rasa's training data in the folder `nlu`."""
    messages = []
    for path in sorted(nlu.glob("*.yml")):
        for entry in load_yaml(path).get("nlu", []):
            intent = str(entry.get("intent", ""))
            if intent.startswith("out_of_scope") or intent in SMALL_TALK:
                messages += [line.strip().removeprefix("- ") for line in entry["examples"].splitlines()]
    return [line for line in messages if line]
