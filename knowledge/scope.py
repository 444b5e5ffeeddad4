"""Whether a message asks about privacy at all: is it nearer to questions about policies, or to other messages?

The other messages are Rasa's own examples of small talk and out-of-scope messages, so both sides share one source.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from knowledge.aspects import best_two, column_wise, load_yaml
from knowledge.embedding import Encoder

SURE = 5.0  # log odds are clipped to ± this
SHARPNESS = 24.0  # log odds per unit of cosine difference; fitted once on the bank and the examples, leave-one-out
SMALL_TALK = frozenset(
    ["greet", "goodbye", "thanks", "bot_identity", "how_are_you", "joke", "bot_complaint", "abuse", "emoji_or_reaction", "help"]
)


@dataclass(frozen=True)
class Scope:
    """Knows messages that are not about privacy."""

    chatter: np.ndarray  # their unit vectors, float32 (n, dim), as `column_wise` makes them

    @classmethod
    def load(cls, cache: Path, encoder: Encoder, nlu: Path) -> Scope:
        """Load from a cache, which is rebuilt if the examples in the folder `nlu` or the encoder have changed."""
        texts = read_chatter(nlu)
        key = f"{encoder.id} {hashlib.sha256(chr(0).join(texts).encode()).hexdigest()}"
        try:
            with np.load(cache) as kept:
                if str(kept["key"]) == key:
                    return cls(column_wise(kept["chatter"]))
        except (OSError, ValueError, KeyError, BadZipFile):
            pass
        chatter = column_wise(encoder.encode(texts))
        fresh = cache.with_name(f"{cache.stem}.{os.getpid()}.npz")
        np.savez(fresh, key=key, chatter=chatter)
        fresh.replace(cache)
        return cls(chatter)

    def log_odds(self, vector: np.ndarray, near: np.ndarray) -> float:
        """The log odds, -SURE to SURE, that a message asks about privacy; 0.0 is even.

        Shapes: the message's `vector` (dim,), its cosines to the aspect bank's questions `near` (questions,).
        """
        if not len(self.chatter):
            return SURE
        nearer = float(best_two(near) - best_two(self.chatter @ vector))
        return float(np.clip(SHARPNESS * nearer, -SURE, SURE))


def read_chatter(nlu: Path) -> list[str]:
    """Messages that are not about privacy, from Rasa's training data in the folder `nlu`."""
    messages = []
    for path in sorted(nlu.glob("*.yml")):
        for entry in load_yaml(path).get("nlu", []):
            intent = str(entry.get("intent", ""))
            if intent.startswith("out_of_scope") or intent in SMALL_TALK:
                messages += [line.strip().removeprefix("- ") for line in entry["examples"].splitlines()]
    return [line for line in messages if line]
