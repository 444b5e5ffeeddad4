"""`python -m knowledge.gathering INDEX FILE`: write what the encoders made of the served policies, so that a fresh clone which
brings the file along need not make it: all of the large one's vectors, and those of the small one that come without tokens."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from knowledge.artefact import PolicyArtefact
from knowledge.known_vectors import KnownVectors, digest_of, save_known
from knowledge.making import texts_of_readings
from knowledge.policy_library import library_in
from knowledge.two_encoders import ids_in


def large_vectors(artefacts: Iterable[PolicyArtefact]) -> KnownVectors:
    """What the large encoder made of the passages of artefacts."""
    return KnownVectors({
        digest_of(passage.readings[0]): vector
        for artefact in artefacts for passage, vector in zip(artefact.passages, artefact.large, strict=True)
    })  # fmt: skip


def small_vectors(artefacts: Sequence[PolicyArtefact]) -> KnownVectors:
    """What the small one made of the readings whose tokens are not kept. Tokens are too many to bring along."""
    _, wanted = texts_of_readings([passage.readings for artefact in artefacts for passage in artefact.passages])
    made = {
        text: vector
        for artefact in artefacts for passage, vectors in zip(artefact.passages, artefact.readings, strict=True)
        for text, vector in zip(passage.readings, vectors, strict=True)
    }  # fmt: skip
    return KnownVectors({digest_of(text): made[text] for text in wanted})


def main(index: Path, file: Path) -> int:
    """Write what the served versions of an index hold. Returns the exit code."""
    library = library_in(index)
    served = [library.artefact(release.served.artefact) for release in library.releases.since() if not release.retired]
    if len(encoders := {artefact.encoder for artefact in served}) != 1:
        print("there is no index of one encoder: run `candor ingest`", file=sys.stderr)
        return 1
    (both,) = encoders
    made = zip(ids_in(both), (small_vectors(served), large_vectors(served)), strict=True)
    save_known(file, {encoder: known for encoder, known in made if known.vectors})
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
