"""What each aspect of the bank looks like to the large encoder: a vector of its questions, and one of its statements.

The large encoder takes minutes for the whole bank, so the vectors are kept beside it, in half precision: half a megabyte.
`candor train ranker` makes them anew where the bank or the encoder has changed. An aspect that came after has no vector yet:
nothing is taken to be about it here, and all else knows it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from knowledge.embedding import QueryEncoder

VECTORS = Path(__file__).with_name("aspect_vectors.safetensors")


class AspectTexts(Protocol):
    """What is read of an aspect (knowledge/aspects.py, which holds these vectors)."""

    @property
    def id(self) -> str: ...
    @property
    def questions(self) -> Sequence[str]: ...
    @property
    def statements(self) -> Sequence[str]: ...


@dataclass(frozen=True)
class AspectVectors:
    """Unit vectors of the large encoder, in the order of the bank's aspects; zeros for an aspect that has none."""

    asked: np.ndarray  # float32 (aspects, large dim): the direction of its questions
    stated: np.ndarray  # float32 (aspects, large dim): the direction of its statements

    @classmethod
    def of(cls, aspects: Sequence[AspectTexts], encoder: QueryEncoder) -> AspectVectors:
        """Read the questions and statements of all aspects: minutes for the whole bank."""
        asked = [_direction(encoder.encode_large(aspect.questions)) for aspect in aspects]
        stated = [_direction(encoder.encode_large(aspect.statements)) for aspect in aspects]
        return cls(np.stack(asked), np.stack(stated))

    @classmethod
    def load(cls, aspects: Sequence[AspectTexts], path: Path = VECTORS) -> AspectVectors:
        """Those that are kept, in the order of `aspects`."""
        from safetensors import safe_open

        with safe_open(path, framework="numpy") as kept:
            rows = {name: row for row, name in enumerate(json.loads(kept.metadata()["aspects"]))}
            asked, stated = (kept.get_tensor(name).astype(np.float32) for name in ("asked", "stated"))
        places = np.array([rows.get(aspect.id, len(rows)) for aspect in aspects])
        nothing = np.zeros((1, asked.shape[1]), dtype=np.float32)
        return cls(np.concatenate([asked, nothing])[places], np.concatenate([stated, nothing])[places])

    def save(self, aspects: Sequence[AspectTexts], made_from: str, path: Path = VECTORS) -> None:
        """Keep them; `made_from` tells bank and encoder, see made_from()."""
        from safetensors.numpy import save_file

        tensors = {"asked": self.asked.astype(np.float16), "stated": self.stated.astype(np.float16)}
        save_file(tensors, path, metadata={"aspects": json.dumps([aspect.id for aspect in aspects]), "made_from": made_from})


def made_from(path: Path = VECTORS) -> str:
    """What the kept vectors were made from; "" if there are none."""
    from safetensors import safe_open

    if not path.exists():
        return ""
    with safe_open(path, framework="numpy") as kept:
        return str(kept.metadata()["made_from"])


def _direction(vectors: np.ndarray) -> np.ndarray:
    """The mean of unit vectors (n, dim), of unit length; (dim,)."""
    mean = vectors.mean(axis=0)
    direction: np.ndarray = mean / np.linalg.norm(mean)
    return direction
