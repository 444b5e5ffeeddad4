"""What the encoders make of a policy's passages is kept between trainings, and made anew where it would be another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from knowledge.ranking import PolicyView
from tests.fakes import FakeEncoder
from training.encoded import Encoded


class AnotherEncoder(FakeEncoder):
    id = "another"


def test_the_same_passages_are_encoded_once(views: dict[str, PolicyView], tmp_path: Path) -> None:
    """What is kept is exactly what was made."""
    passages, first, second = views["acme"].passages, FakeEncoder(), FakeEncoder()

    made, kept = (Encoded.kept(passages, encoder, tmp_path / "encoded") for encoder in (first, second))

    assert first.encoded
    assert not second.encoded
    for name in ("readings", "large"):
        assert np.array_equal(getattr(made, name), getattr(kept, name))
        assert getattr(made, name).dtype == getattr(kept, name).dtype
    for name in ("vectors", "scales", "ends"):
        assert np.array_equal(getattr(made.tokens, name), getattr(kept.tokens, name))


def test_other_passages_or_another_encoder_are_encoded_anew(views: dict[str, PolicyView], tmp_path: Path) -> None:
    """Vectors of another text, or of another encoder, would teach nonsense."""
    first, *others = views["acme"].passages
    Encoded.kept([first, *others], FakeEncoder(), tmp_path)
    changed, another = FakeEncoder(), AnotherEncoder()

    Encoded.kept([replace(first, text="We sell staplers."), *others], changed, tmp_path)
    Encoded.kept([first, *others], another, tmp_path)

    assert changed.encoded
    assert another.encoded
