"""Vectors of training examples, which are encoded once for all trainings."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np

from bot.kept_vectors import EXAMPLES_FILE, vectors_of_examples
from knowledge.encoder import OnnxEncoder


class Counting:
    """An encoder that says a text's length, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def make(self, _: Path) -> OnnxEncoder:
        """As vectors_of_examples makes its own."""
        return cast("OnnxEncoder", self)

    def encode_both(self, texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
        """As OnnxEncoder's."""
        self.asked += texts
        lengths = np.array([[float(len(text))] for text in texts], dtype=np.float32)
        return lengths, -lengths


def test_each_text_is_encoded_once_and_stays_known(tmp_path: Path) -> None:
    """In the order that was asked for, whatever order the file has."""
    encoder = Counting()

    first = vectors_of_examples(["three", "a", "three"], tmp_path, "one", encoder.make)
    second = vectors_of_examples(["a", "four"], tmp_path, "one", encoder.make)

    assert first.tolist() == [[[5.0], [-5.0]], [[1.0], [-1.0]], [[5.0], [-5.0]]]
    assert second.tolist() == [[[1.0], [-1.0]], [[4.0], [-4.0]]]
    assert sorted(encoder.asked) == ["a", "four", "three"]


def test_those_of_another_encoder_or_of_a_harmed_file_are_made_anew(tmp_path: Path) -> None:
    """They would mean something else."""
    encoder = Counting()
    vectors_of_examples(["a"], tmp_path, "one", encoder.make)

    vectors_of_examples(["a"], tmp_path, "another", encoder.make)
    (tmp_path / EXAMPLES_FILE).write_bytes(b"no archive")
    vectors_of_examples(["a"], tmp_path, "another", encoder.make)

    assert encoder.asked == ["a", "a", "a"]


def test_where_nothing_can_be_written_they_are_made_all_the_same(tmp_path: Path) -> None:
    """It costs only the time that was to be saved."""
    encoder = Counting()

    found = vectors_of_examples(["a"], tmp_path / "missing", "one", encoder.make)

    assert found.shape == (1, 2, 1)
