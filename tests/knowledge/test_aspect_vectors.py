"""The large encoder's vectors of the aspects."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from knowledge.aspect_vectors import AspectVectors, made_from
from knowledge.aspects import read_aspects
from tests.fakes import SMALL_BANK, FakeEncoder


def test_vectors_come_back_in_the_order_of_the_bank(tmp_path: Path) -> None:
    """By the names of the aspects, not by their places; in half precision."""
    vectors, file = AspectVectors.of(SMALL_BANK, FakeEncoder()), tmp_path / "vectors.safetensors"

    vectors.save(SMALL_BANK, "this bank", file)
    again = AspectVectors.load(SMALL_BANK[::-1], file)

    assert np.allclose(again.asked, vectors.asked[::-1], atol=1e-3)
    assert np.allclose(again.stated, vectors.stated[::-1], atol=1e-3)
    assert np.allclose(np.linalg.norm(again.asked, axis=1), 1.0, atol=1e-3)
    assert (made_from(file), made_from(tmp_path / "nothing")) == ("this bank", "")


def test_an_aspect_that_came_later_has_no_vector(tmp_path: Path) -> None:
    """Until the vectors are made anew; the others keep theirs."""
    file = tmp_path / "vectors.safetensors"
    AspectVectors.of(SMALL_BANK, FakeEncoder()).save(SMALL_BANK, "this bank", file)

    later = AspectVectors.load((replace(SMALL_BANK[0], id="selling.rented"), *SMALL_BANK), file)

    assert not later.asked[0].any()
    assert not later.stated[0].any()
    assert later.asked[1:].any(axis=1).all()


def test_the_shipped_vectors_know_nearly_the_whole_bank() -> None:
    """An aspect may come before its vector, but not many."""
    aspects = read_aspects()

    vectors = AspectVectors.load(aspects)

    assert vectors.asked.shape == vectors.stated.shape
    assert vectors.asked.any(axis=1).mean() > 0.95
