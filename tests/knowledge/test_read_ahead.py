"""Vectors made before they are asked for: each is the right one, and none is made twice at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from knowledge.read_ahead import MOST_KEPT, ReadAhead


def length_of(text: str) -> np.ndarray:
    return np.array([len(text)], dtype=np.float32)


def test_what_was_begun_is_found() -> None:
    """By its text; of another text nothing is known."""
    ahead = ReadAhead(length_of)
    ahead.begin("do you sell it")

    found = ahead.of("do you sell it")

    assert found is not None
    assert found.tolist() == [14.0]
    assert ahead.of("do you keep it") is None


def test_who_asks_meanwhile_waits_and_nobody_makes_it_again() -> None:
    """The action may run while the encoder still reads."""
    may_end, made = threading.Event(), list[str]()

    def slow(text: str) -> np.ndarray:
        made.append(text)
        assert may_end.wait(10)
        return length_of(text)

    ahead = ReadAhead(slow)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(ahead.begin, "a question")
        while not made:
            pass
        ahead.begin("a question")  # returns at once
        asked = threads.submit(ahead.of, "a question")
        may_end.set()
        first.result()
        found = asked.result()

    assert made == ["a question"]
    assert found is not None


def test_only_the_last_few_are_kept() -> None:
    """What was no question is never asked for."""
    ahead = ReadAhead(length_of)
    for n in range(MOST_KEPT + 1):
        ahead.begin(f"message {n}")

    assert ahead.of("message 0") is None
    assert ahead.of(f"message {MOST_KEPT}") is not None


def test_what_fails_is_as_if_it_was_never_begun() -> None:
    """Whoever asks then makes it, and hears of the failure if it lasts."""

    def failing(text: str) -> np.ndarray:
        raise ValueError("broken")

    ahead = ReadAhead(failing)
    with pytest.raises(ValueError, match="broken"):
        ahead.begin("a question")

    assert ahead.of("a question") is None


def test_nothing_of_what_was_written_is_kept() -> None:
    """Only the hash of a text is."""
    ahead = ReadAhead(length_of)
    ahead.begin("sentinelword")

    assert "sentinelword" not in repr(vars(ahead))
