"""What the large encoder has made of texts before, so that a fresh clone need not: `python -m knowledge.known_vectors INDEX FILE`
writes what the artefacts of an index hold of it.

Texts are known by their hashes. Vectors count only for the encoder that made them.
"""

from __future__ import annotations

import hashlib
import sys
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from knowledge.artefact import PolicyArtefact

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


def vectors_in(artefacts: Sequence[PolicyArtefact]) -> KnownVectors:
    """What the large encoder made of the passages of artefacts."""
    return KnownVectors({
        digest_of(passage.readings[0]): vector
        for artefact in artefacts for passage, vector in zip(artefact.passages, artefact.large, strict=True)
    })  # fmt: skip


def main(index: Path, file: Path) -> int:
    """Write what the served versions of an index hold. Returns the exit code."""
    from knowledge.policy_library import library_in  # who only reads vectors needs no database
    from knowledge.two_encoders import large_id

    library = library_in(index)
    served = [library.artefact(release.served.artefact) for release in library.releases.since() if not release.retired]
    if len(encoders := {artefact.encoder for artefact in served}) != 1:
        print("there is no index of one encoder: run `candor ingest`", file=sys.stderr)
        return 1
    (both,) = encoders
    vectors_in(served).save(file, large_id(both))
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
