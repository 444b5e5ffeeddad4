"""Vectors that a release brings along: taken where they fit, made where they do not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge.catalogue import PolicyCatalogue
from knowledge.gathering import large_vectors, main
from knowledge.known_vectors import KnownVectors, digest_of, save_known
from knowledge.passages import READ_BY_TOKENS
from knowledge.two_encoders import ids_in

TEXTS = ["We sell nothing.", "Ціна – “ß”."]


def some() -> KnownVectors:
    return KnownVectors({digest_of(text): np.full(3, number, np.float16) for number, text in enumerate(TEXTS, start=1)})


def test_they_come_back_as_they_were_saved(tmp_path: Path) -> None:
    """By the text, whatever its alphabet; of another text nothing is known."""
    others = KnownVectors({digest_of(TEXTS[0]): np.ones(2, np.float32)})
    save_known(tmp_path / "known.npz", {"small:1": others, "large:1": some()})

    known = KnownVectors.load(tmp_path / "known.npz", "large:1")

    found = [known.of(text) for text in (*TEXTS, "We sell all.")]
    assert [None if one is None else one.tolist() for one in found] == [[1.0] * 3, [2.0] * 3, None]
    assert KnownVectors.load(tmp_path / "known.npz", "small:1").vectors.keys() == others.vectors.keys()


@pytest.mark.parametrize("fault", ["another encoder", "harmed", "cut short", "missing"])
def test_what_does_not_fit_is_not_known(tmp_path: Path, fault: str) -> None:
    """A vector of another encoder would rank at random; encoding anew costs only time."""
    path = tmp_path / "known.npz"
    save_known(path, {"large:0" if fault == "another encoder" else "large:1": some()})
    match fault:
        case "harmed":
            path.write_bytes(b"something else")
        case "cut short":
            path.write_bytes(path.read_bytes()[:-100])
        case "missing":
            path.unlink()

    assert KnownVectors.load(path, "large:1").vectors == {}


def test_those_of_an_index_are_gathered(catalogue: PolicyCatalogue, tmp_path: Path) -> None:
    """One for each passage, as its artefact holds it; of the small encoder those whose tokens nobody asks for."""
    artefacts = list(catalogue.every())

    assert main(catalogue.policy_library.folder, tmp_path / "known.npz") == 0

    small, known = (KnownVectors.load(tmp_path / "known.npz", encoder) for encoder in ids_in(artefacts[0].encoder))
    assert known.vectors.keys() == large_vectors(artefacts).vectors.keys()
    by_tokens = {passage.readings[way] for one in artefacts for passage in one.passages for way in READ_BY_TOKENS}
    assert small.vectors
    for artefact in artefacts:
        for passage, vector in zip(artefact.passages, artefact.large, strict=True):
            brought = known.of(passage.readings[0])
            assert brought is not None
            assert np.array_equal(brought, vector)
        for passage, vectors in zip(artefact.passages, artefact.readings, strict=True):
            own = small.of(passage.readings[1])
            assert (own is None) == (passage.readings[1] in by_tokens)
            assert own is None or np.array_equal(own, vectors[1])


def test_without_an_index_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says what to do instead."""
    assert main(tmp_path, tmp_path / "known.npz") == 1

    assert "candor ingest" in capsys.readouterr().err
    assert not (tmp_path / "known.npz").exists()
