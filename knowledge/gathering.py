"""`python -m knowledge.gathering INDEX FILE`: write what the large encoder made of the served policies, so that a fresh clone
which brings the file along need not make it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from knowledge.artefact import PolicyArtefact
from knowledge.known_vectors import KnownVectors, digest_of
from knowledge.policy_library import library_in
from knowledge.two_encoders import large_id


def vectors_in(artefacts: Sequence[PolicyArtefact]) -> KnownVectors:
    """What the large encoder made of the passages of artefacts."""
    return KnownVectors({
        digest_of(passage.readings[0]): vector
        for artefact in artefacts for passage, vector in zip(artefact.passages, artefact.large, strict=True)
    })  # fmt: skip


def main(index: Path, file: Path) -> int:
    """Write what the served versions of an index hold. Returns the exit code."""
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
