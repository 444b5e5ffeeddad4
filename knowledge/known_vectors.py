"""What the large encoder has made of texts before, in a file beside it: `knowledge/gathering.py` writes it.

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
    """Texts' hashes → their vectors, float16 (dim,)."""

    vectors: Mapping[bytes, np.ndarray] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path, encoder: str) -> KnownVectors:
        """What is known for this encoder: nothing if there is no such file, or a harmed one, because encoding costs only time."""
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
                if str(kept["encoder"]) != encoder:
                    return cls()
                digests, vectors = kept["digests"], kept["vectors"]
                return cls({digest.tobytes(): vector for digest, vector in zip(digests, vectors, strict=True)})
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return cls()

    def save(self, path: Path, encoder: str) -> None:
        """Write the file."""
        digests = sorted(self.vectors)
        np.savez(
            path, encoder=np.array(encoder), digests=np.frombuffer(b"".join(digests), np.uint8).reshape(-1, DIGEST),
            vectors=np.stack([self.vectors[digest] for digest in digests]),
        )  # fmt: skip

    def of(self, text: str) -> np.ndarray | None:
        """A text's vector, float16 (dim,); None if it is not known."""
        return self.vectors.get(digest_of(text))


def digest_of(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="surrogatepass")).digest()[:DIGEST]
