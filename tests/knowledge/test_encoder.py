"""The exported encoder: unit vectors that depend on the text alone, and no damaged file is ever loaded."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest

from knowledge.encoder import CARD_FILE, MODEL_FILE, TOKENIZER_FILE, EncoderMissingError, OnnxEncoder, file_sha256

EXPORT = Path(__file__).resolve().parents[2] / "var" / "encoder"
TEXTS = [
    "do you sell my data", "We keep invoices for ten years where tax law says so.", "", " ", "?", "ні", "🙂🙃", "a\u0301 ﬁ ß “—”",
    "Wie lange speichern Sie meine Daten?", "cookies " * 40, "x" * 3000, "how long do you keep my account after i delete it",
]  # fmt: skip


@pytest.fixture(scope="module")
def encoder() -> OnnxEncoder:
    """The real export, loaded once."""
    return OnnxEncoder(EXPORT)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A folder that looks like an export, with a model of four bytes; each test breaks one thing."""
    folder = tmp_path / "encoder"
    folder.mkdir()
    (folder / MODEL_FILE).write_bytes(b"onnx")
    shutil.copy(EXPORT / TOKENIZER_FILE, folder / TOKENIZER_FILE)
    card = {"id": "small:1", "dim": 4, "token_dim": 4, "export": 3, "model_sha256": hashlib.sha256(b"onnx").hexdigest()}
    (folder / CARD_FILE).write_text(json.dumps(card), encoding="utf-8")
    return folder


def test_every_text_becomes_a_unit_vector(encoder: OnnxEncoder) -> None:
    """Whatever a person types, also nothing: float32, length 1, so that an inner product is a cosine."""
    vectors = encoder.encode(TEXTS)

    assert vectors.shape == (len(TEXTS), encoder.dim)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_no_texts_give_no_vectors(encoder: OnnxEncoder) -> None:
    """The shape keeps its dimension."""
    assert encoder.encode([]).shape == (0, encoder.dim)


def test_vectors_come_in_the_order_of_the_texts(encoder: OnnxEncoder) -> None:
    """Texts of like length share a batch inside; outside, row n is text n."""
    forward, backward = encoder.encode(TEXTS), encoder.encode(TEXTS[::-1])

    assert np.allclose(forward, backward[::-1], atol=1e-5)


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_the_batch_does_not_matter(encoder: OnnxEncoder, batch: int) -> None:
    """Padding beside a longer text changes nothing: a query alone is what it was among passages."""
    assert np.allclose(encoder.encode(TEXTS), encoder.encode(TEXTS, batch=batch), atol=1e-5)


def test_the_same_words_mean_the_same_and_other_words_mean_other_things(encoder: OnnxEncoder) -> None:
    """The vectors carry meaning: a paraphrase is nearer than another subject."""
    question, answer, other = encoder.encode(
        ["how long do you keep my data", "We retain personal data for ten years.", "We like to swim in the lake."]
    )

    assert float(question @ answer) > float(question @ other) + 0.2


def test_a_text_beyond_the_limit_is_cut(encoder: OnnxEncoder) -> None:
    """What stands behind the model's last token is left out, and does not fail."""
    long = "We keep your data for ten years. " * 200

    first, second = encoder.encode([long, f"{long} Cookies are delicious."])

    assert np.allclose(first, second, atol=1e-5)


def test_threads_share_one_encoder(encoder: OnnxEncoder) -> None:
    """Several people ask at once; each gets the vector of their own text."""
    expected = encoder.encode(TEXTS)
    vectors: dict[int, np.ndarray] = {}

    def encode(place: int) -> None:
        vectors[place] = encoder.encode([TEXTS[place]])[0]

    threads = [threading.Thread(target=encode, args=(place,)) for place in range(len(TEXTS))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert len(vectors) == len(TEXTS)
    assert all(np.allclose(expected[place], vector, atol=1e-5) for place, vector in vectors.items())


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    """Before set-up there is no export; the message names the cure."""
    with pytest.raises(EncoderMissingError, match=r"^no encoder in nothing/: run `make setup`$"):
        OnnxEncoder(tmp_path / "nothing")


@pytest.mark.parametrize("file", [MODEL_FILE, TOKENIZER_FILE, CARD_FILE])
def test_a_missing_file_is_refused(export: Path, file: str) -> None:
    """All three are needed."""
    (export / file).unlink()

    with pytest.raises(EncoderMissingError, match=r"no encoder in encoder/: run `make setup`"):
        OnnxEncoder(export)


@pytest.mark.parametrize("model", [b"", b"onn", b"onnX", b"onnx\n"])
def test_a_damaged_model_is_refused(export: Path, model: bytes) -> None:
    """A model that is cut short or altered differs from the hash on its card, and never gets to onnxruntime."""
    (export / MODEL_FILE).write_bytes(model)

    with pytest.raises(EncoderMissingError, match=r"^encoder/model\.onnx is damaged: run `make setup`$"):
        OnnxEncoder(export)


@pytest.mark.parametrize("file", [TOKENIZER_FILE, CARD_FILE])
def test_a_file_that_was_cut_short_is_refused(export: Path, file: str) -> None:
    """Half a tokenizer would cut words elsewhere."""
    data = (export / file).read_bytes()
    (export / file).write_bytes(data[: len(data) // 2])

    with pytest.raises(EncoderMissingError, match="no encoder in encoder/"):
        OnnxEncoder(export)


@pytest.mark.parametrize("card", ["{}", "[]", "null", '{"model_sha256": "0"}', '{"id": "small:1", "dim": 4}'])
def test_a_card_that_lacks_a_part_is_refused(export: Path, card: str) -> None:
    """JSON that is valid but no card is no card."""
    (export / CARD_FILE).write_text(card, encoding="utf-8")

    with pytest.raises(EncoderMissingError, match="no encoder in encoder/"):
        OnnxEncoder(export)


@pytest.mark.parametrize("size", [0, 3, 1 << 20, (1 << 20) + 1])
def test_a_hash_is_of_all_bytes(tmp_path: Path, size: int) -> None:
    """Files are read in blocks; the hash is that of the whole."""
    data = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    (tmp_path / "file").write_bytes(data)

    assert file_sha256(tmp_path / "file") == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_with_its_tokens_has_the_vector_it_has_alone(encoder: OnnxEncoder, text: str) -> None:
    """One run gives both: the text's vector, and a unit vector for each token with the marks of beginning and end."""
    vector, tokens = encoder.encode_tokens(text)

    assert np.allclose(vector, encoder.encode([text])[0], atol=1e-5)
    assert tokens.shape[1] == encoder.token_dim
    assert len(tokens) >= 2
    assert {str(vector.dtype), str(tokens.dtype)} == {"float32"}
    assert np.allclose(np.linalg.norm(tokens, axis=1), 1.0, atol=1e-5)
