"""What encoders have made of texts before, in a file beside the large one: `knowledge/gathering.py` writes it.

Texts are known by their hashes. Vectors count only for the encoder that made them.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

KNOWN_FILE = "known.npz"  # in the large encoder's folder
DIGEST = 16  # bytes of a text's hash


@dataclass(frozen=True, eq=False)
class KnownVectors:
    """Texts' hashes → their vectors (dim,), in the precision in which artefacts keep them."""

    vectors: Mapping[bytes, np.ndarray] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path, encoder: str) -> KnownVectors:
        """What is known for this encoder: nothing if there is no such file, or a harmed one, because encoding costs only time."""
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
                number = kept["encoders"].tolist().index(encoder)
                digests, vectors = kept[f"digests_{number}"], kept[f"vectors_{number}"]
                return cls({digest.tobytes(): vector for digest, vector in zip(digests, vectors, strict=True)})
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return cls()

    def of(self, text: str) -> np.ndarray | None:
        """A text's vector (dim,); None if it is not known."""
        return self.vectors.get(digest_of(text))


def save_known(path: Path, known: Mapping[str, KnownVectors]) -> None:
    """Write the file. known: an encoder's id → what it made of texts; of each one, at least one."""
    arrays = {"encoders": np.array(list(known))}
    for number, each in enumerate(known.values()):
        digests = sorted(each.vectors)
        arrays[f"digests_{number}"] = np.frombuffer(b"".join(digests), np.uint8).reshape(-1, DIGEST)
        arrays[f"vectors_{number}"] = np.stack([each.vectors[digest] for digest in digests])
    np.savez(path, allow_pickle=False, **arrays)


def digest_of(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="surrogatepass")).digest()[:DIGEST]
