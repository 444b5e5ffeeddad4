"""Slips are made in the share that is asked for, the same each time, and each is a single one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.slips import misspelt

pytestmark = pytest.mark.unit

TEXT = "Which companies receive the pictures that were uploaded, and for how long?"


def test_so_many_words_are_misspelt() -> None:
    changed = [new for old, new in zip(TEXT.split(), misspelt(TEXT, 0.5).split(), strict=True) if old != new]

    assert 3 <= len(changed) <= 4  # of eight; a swap of two equal letters changes nothing
    assert misspelt(TEXT, 0.5) == misspelt(TEXT, 0.5) != misspelt(TEXT, 0.5, seed=1)


def test_short_words_stay() -> None:
    assert misspelt("do u see it", 1.0) == "do u see it"


@given(word=st.from_regex(r"[a-z]{4,12}", fullmatch=True), seed=st.integers(0, 50))
def test_a_slip_keeps_the_first_letter_and_moves_the_length_by_one_at_most(word: str, seed: int) -> None:
    slipped = misspelt(word, 1.0, seed)

    assert slipped[0] == word[0]
    assert abs(len(slipped) - len(word)) <= 1
