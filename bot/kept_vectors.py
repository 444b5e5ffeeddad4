"""Vectors of training examples, kept in a file from one training to the next. What people write is never kept.

Rasa's training and that of the dialogue acts read many of the same examples, and most stay the same for a long time.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Dict, Iterator, List
from zipfile import BadZipFile

import numpy as np

from knowledge.encoder import OnnxEncoder

EXAMPLES_FILE = "examples.npz"  # in the encoder's folder


def encoder_on_all_cores(folder: Path) -> OnnxEncoder:
    """For as long as something trains."""
    return OnnxEncoder(folder, threads=0)


def vectors_of_examples(
    texts: List[str], folder: Path, encoder: str, make: Callable[[Path], OnnxEncoder] = encoder_on_all_cores
) -> np.ndarray:  # fmt: skip
    """The texts' two vectors, meaning and form, from the file where it has them. Shape: float32 (len(texts), 2, dim).

    encoder: the id of the one in the folder. Two trainings that run beside each other take turns: what the first has encoded,
    the second reads.
    """
    path = folder / EXAMPLES_FILE
    with _turn(folder):
        kept = KeptVectors.read(path, encoder)
        if new := sorted(set(texts) - kept.vectors.keys()):
            kept.vectors.update(zip(new, np.stack(make(folder).encode_both(new), axis=1), strict=True))
            kept.write(path)
    return np.stack([kept.vectors[text] for text in texts]) if texts else np.zeros((0, 2, 0), dtype=np.float32)


@contextmanager
def _turn(folder: Path) -> Iterator[None]:
    """One process at a time; where nothing can be written, each for itself."""
    try:
        lock = (folder / ".examples.lock").open("w")
    except OSError:
        yield
        return
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@dataclass
class KeptVectors:
    """Vectors of training examples, of one encoder: text → float32 (2, dim)."""

    encoder: str
    vectors: Dict[str, np.ndarray]

    @classmethod
    def read(cls, path: Path, encoder: str) -> KeptVectors:
        """Those in the file; none if it is missing, unreadable or made with another encoder."""
        try:
            with np.load(path, allow_pickle=False) as file:
                if str(file["encoder"]) == encoder:
                    return cls(encoder, dict(zip(file["texts"].tolist(), file["vectors"], strict=True)))
        except (OSError, ValueError, KeyError, BadZipFile):
            pass
        return cls(encoder, {})

    def write(self, path: Path) -> None:
        """Replace the file in one move; a folder that cannot be written to costs only the time that was to be saved."""
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            with beside.open("wb") as file:
                np.savez(
                    file, encoder=self.encoder, texts=np.array(list(self.vectors)), vectors=np.stack(list(self.vectors.values()))
                )
            beside.replace(path)
        except OSError:
            beside.unlink(missing_ok=True)
