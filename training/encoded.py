"""What the encoders make of a policy's passages, kept between trainings: of all policies it takes many minutes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from knowledge.embedding import QueryEncoder
from knowledge.passages import READ_BY_TOKENS, Passage
from knowledge.tokens import TokenVectors


@dataclass(frozen=True)
class Encoded:
    """The vectors of n passages, as knowledge.ranking.PolicyView has them."""

    readings: np.ndarray  # float32 (n, 3, dim)
    large: np.ndarray  # float16 (n, large dim)
    tokens: TokenVectors

    @classmethod
    def of(cls, passages: Sequence[Passage], encoder: QueryEncoder) -> Encoded:
        readings = np.stack([encoder.encode([passage.readings[reading] for passage in passages]) for reading in range(3)], axis=1)
        tokens = [[encoder.encode_tokens(passage.readings[way])[1] for way in READ_BY_TOKENS] for passage in passages]
        large = encoder.encode_large([passage.readings[0] for passage in passages]).astype(np.float16)
        return cls(readings, large, TokenVectors.of(tokens))

    @classmethod
    def kept(cls, passages: Sequence[Passage], encoder: QueryEncoder, folder: Path) -> Encoded:
        """From `folder`, if the same encoder has read the same texts before; else made, and left there."""
        read = json.dumps([encoder.id, [passage.readings for passage in passages]])
        path = folder / f"{hashlib.sha256(read.encode()).hexdigest()}.npz"
        if path.exists():
            with np.load(path) as arrays:
                tokens = TokenVectors(arrays["vectors"], arrays["scales"], arrays["ends"])
                return cls(arrays["readings"], arrays["large"], tokens)
        encoded = cls.of(passages, encoder)
        encoded.save(path)
        return encoded

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        tokens = self.tokens
        np.savez(
            path, readings=self.readings, large=self.large, vectors=tokens.vectors, scales=tokens.scales, ends=tokens.ends
        )  # fmt: skip
