"""What is kept takes no more memory than it may, whatever it is."""

from __future__ import annotations

import sys
import tracemalloc
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.kept import ENTRY, KeptByBytes, size_of

VALUES = st.recursive(
    st.text(max_size=40) | st.integers() | st.floats() | st.binary(max_size=40),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=8), inner, max_size=6),
    max_leaves=30,
)


@dataclass(frozen=True)
class Twice:
    """Holds the same thing in two fields."""

    one: Any
    other: Any


@given(VALUES)
def test_nothing_is_smaller_than_what_it_holds(value: Any) -> None:
    """And what it holds twice counts once."""
    assert size_of([value]) >= size_of(value) + sys.getsizeof([])
    assert size_of(Twice(value, value)) == size_of(Twice(value, None))


def test_an_array_counts_with_its_numbers() -> None:
    """Also inside of something."""
    assert size_of(Twice(np.zeros(10_000), "")) > 80_000


def test_the_size_is_about_what_python_takes() -> None:
    """Within a fifth: of many small objects, where a count of characters would be far off."""
    tracemalloc.start()
    made = [(f"a word number {number}", {"at": number + 10_000}, frozenset({f"stem {number}"})) for number in range(2000)]
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert size_of(made) == pytest.approx(taken, rel=0.2)


def test_those_used_longest_ago_go_first() -> None:
    """As many as it takes; one that is larger than all that may be kept is kept alone."""
    kept = KeptByBytes[str, bytes](10_000 + 4 * ENTRY, len)
    for key in "abc":
        kept.get(key, lambda: bytes(3000))
    kept.get("a", bytes)

    kept.get("d", lambda: bytes(4000))

    assert [kept.get(key, lambda: b"anew") == b"anew" for key in "acd"] == [False, False, False]
    assert kept.get("b", lambda: b"anew") == b"anew"
    kept.get("huge", lambda: bytes(50_000))
    assert (len(kept), kept.size) == (1, 50_000 + ENTRY)
