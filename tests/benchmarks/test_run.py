"""The pure parts of the benchmarks: percentiles, synthetic passages, and encoders that record their texts."""

from __future__ import annotations

import numpy as np

from benchmarks.curve import percentiles, synthetic_passages
from benchmarks.run import RecordingEncoder
from benchmarks.running import timed
from tests.fakes import FakeEncoder


def test_percentiles_are_given_in_milliseconds() -> None:
    """The median and the 95th percentile of seconds."""
    assert percentiles([second / 1000 for second in range(101)]) == "50.00, 95.00"


def test_synthetic_passages_are_distinct_unit_vectors_among_the_real_ones() -> None:
    """An index of them must cost what an index of as many real passages costs."""
    rng = np.random.default_rng(1)
    centres = FakeEncoder().encode(["we never sell data", "we keep invoices", "we use cookies"])

    vectors = synthetic_passages(centres, 50, rng)

    assert (vectors.shape, vectors.dtype.name) == ((50, FakeEncoder.dim), "float32")
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    assert len(np.unique(vectors, axis=0)) == 50
    assert (vectors @ centres.T).max(axis=1).min() > 0.5


def test_the_recording_encoder_changes_no_vector_and_keeps_the_texts() -> None:
    """Ingestion is compared with the encoder alone on exactly these texts."""
    encoder = RecordingEncoder(FakeEncoder())

    vectors, _ = encoder.encode_passages(["one", "two"])
    large = encoder.encode_large(["two"])

    assert np.array_equal(vectors, FakeEncoder().encode(["one", "two"]))
    assert np.array_equal(large, FakeEncoder().encode(["two"]))
    assert (encoder.texts, encoder.large_texts) == (["one", "two"], ["two"])


def test_a_call_is_timed_in_seconds() -> None:
    """The call is made once."""
    calls: list[int] = []

    seconds = timed(lambda: calls.append(1))

    assert calls == [1]
    assert 0 <= seconds < 10
