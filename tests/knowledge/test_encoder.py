"""The exported encoder: unit vectors that depend on the text alone, and no damaged file is ever loaded."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from knowledge.encoder import (
    CARD_FILE,
    HANDED_ON,
    MODEL_FILE,
    TOKENIZER_FILE,
    WEIGHTS_FILE,
    EncoderMissingError,
    OnnxEncoder,
    encoding_once,
    file_sha256,
    to_hand_on,
)

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
    """A folder that looks like an export, with a model and weights of four bytes; each test breaks one thing."""
    folder = tmp_path / "encoder"
    folder.mkdir()
    (folder / MODEL_FILE).write_bytes(b"onnx")
    (folder / WEIGHTS_FILE).write_bytes(b"onnx")
    shutil.copy(EXPORT / TOKENIZER_FILE, folder / TOKENIZER_FILE)
    hashes = dict.fromkeys((MODEL_FILE, WEIGHTS_FILE), hashlib.sha256(b"onnx").hexdigest())
    card = {"id": "small:1", "dim": 4, "token_dim": 4, "export": 3, "sha256": hashes}
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


@pytest.mark.parametrize("file", [MODEL_FILE, WEIGHTS_FILE, TOKENIZER_FILE, CARD_FILE])
def test_a_missing_file_is_refused(export: Path, file: str) -> None:
    """All are needed."""
    (export / file).unlink()

    with pytest.raises(EncoderMissingError, match=r"no encoder in encoder/: run `make setup`"):
        OnnxEncoder(export)


@pytest.mark.parametrize("file", [MODEL_FILE, WEIGHTS_FILE])
@pytest.mark.parametrize("model", [b"", b"onn", b"onnX", b"onnx\n"])
def test_a_damaged_model_is_refused(export: Path, file: str, model: bytes) -> None:
    """A model that is cut short or altered differs from the hash on its card, and never gets to onnxruntime."""
    (export / file).write_bytes(model)

    with pytest.raises(EncoderMissingError, match=rf"^encoder/{re.escape(file)} is damaged: run `make setup`$"):
        OnnxEncoder(export)


@pytest.mark.parametrize("file", [TOKENIZER_FILE, CARD_FILE])
def test_a_file_that_was_cut_short_is_refused(export: Path, file: str) -> None:
    """Half a tokenizer would cut words elsewhere."""
    data = (export / file).read_bytes()
    (export / file).write_bytes(data[: len(data) // 2])

    with pytest.raises(EncoderMissingError, match="no encoder in encoder/"):
        OnnxEncoder(export)


@pytest.mark.parametrize("card", ["{}", "[]", "null", '{"sha256": {}}', '{"id": "small:1", "dim": 4}'])
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


class CountedSession:
    """onnxruntime's session, and how often it ran."""

    def __init__(self, session: Any) -> None:
        self._session, self.runs, self.tokens = session, 0, 0

    def run(self, *given: Any) -> Any:
        self.runs += 1
        self.tokens += given[1]["input_ids"].size
        return self._session.run(*given)


@pytest.fixture
def counted(encoder: OnnxEncoder, monkeypatch: pytest.MonkeyPatch) -> CountedSession:
    """The runs of the real encoder."""
    session = CountedSession(encoder._session)
    monkeypatch.setattr(encoder, "_session", session)
    return session


def test_a_text_is_encoded_once_in_a_turn(encoder: OnnxEncoder, counted: CountedSession) -> None:
    """Whoever asks for it, and for whatever of it; and all get what they would get alone."""
    alone = encoder.encode_both(["do you sell my data"]), encoder.encode_tokens("do you sell my data")
    counted.runs = 0

    with encoding_once():
        both = encoder.encode_both(["do you sell my data"])
        vector, tokens = encoder.encode_tokens("do you sell my data")
        meaning = encoder.encode(["do you sell my data"])

    assert counted.runs == 1
    assert all(
        np.allclose(one, other, atol=1e-6) for one, other in zip((*both, vector, tokens), (*alone[0], *alone[1]), strict=True)
    )
    assert np.array_equal(meaning, both[0])


def test_only_what_is_new_is_encoded_beside_it(encoder: OnnxEncoder, counted: CountedSession) -> None:
    """A text's clauses, asked for together with the text itself, come in their order."""
    with encoding_once():
        encoder.encode_both(["hello, do you sell my data"])
        meaning, form = encoder.encode_both(["hello", "hello, do you sell my data", "do you sell my data"])
        before = counted.runs

    assert before == 2
    assert np.allclose(meaning, encoder.encode(["hello", "hello, do you sell my data", "do you sell my data"]), atol=1e-5)
    assert np.allclose(np.linalg.norm(form, axis=1), 1.0, atol=1e-5)


def test_a_few_clauses_cost_little_beside_their_letter(encoder: OnnxEncoder, counted: CountedSession) -> None:
    """They are not padded to its length."""
    letter = "please tell me how long you keep my data. " * 40
    encoder.encode_both([letter])
    alone, counted.tokens = counted.tokens, 0

    encoder.encode_both([letter, *["please tell me how long you keep my data"] * 6])

    assert counted.tokens < 1.3 * alone


def test_what_was_encoded_is_forgotten_with_the_turn(encoder: OnnxEncoder, counted: CountedSession) -> None:
    """What a visitor wrote is in memory no longer than it is answered."""
    for _ in range(2):
        with encoding_once():
            encoder.encode_tokens("do you sell my data")

    assert counted.runs == 2
    assert to_hand_on("do you sell my data") is None


def test_another_process_need_not_encode_what_it_is_handed(encoder: OnnxEncoder, counted: CountedSession) -> None:
    """Through JSON, to the last bit; what it asks of the form it encodes itself."""
    with encoding_once():
        vector, tokens = encoder.encode_tokens("do you sell my data")
        handed = json.loads(json.dumps(to_hand_on("do you sell my data")))
    counted.runs = 0

    with encoding_once(handed):
        their_vector, their_tokens = encoder.encode_tokens("do you sell my data")
        meaning, runs = encoder.encode(["do you sell my data"])[0], counted.runs
        form = encoder.encode_both(["do you sell my data"])[1][0]

    assert runs == 0
    assert np.array_equal(their_vector, vector)
    assert np.array_equal(their_tokens, tokens)
    assert np.array_equal(meaning, vector)
    assert np.linalg.norm(form) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize(
    "handed",
    [
        None, {}, [], "x", {"encoder": "x", "text": "do you sell my data"},
        {"encoder": "another:1", "text": "do you sell my data", "encoding": {"meaning": "AAAA", "tokens": "AAAA"}},
        {"encoder": "x", "text": "do you sell my data", "encoding": {"meaning": "?", "tokens": 7}},
        {"encoder": [], "text": {}, "encoding": {"meaning": "AACAPw==", "tokens": "AACAPw=="}},
    ],
)  # fmt: skip
def test_what_is_handed_over_malformed_costs_only_time(encoder: OnnxEncoder, counted: CountedSession, handed: Any) -> None:
    """Of another encoder, or garbage: the text is encoded as if nothing had come."""
    with encoding_once(handed):
        vector, _ = encoder.encode_tokens("do you sell my data")

    assert counted.runs == 1
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)


def test_a_long_text_is_not_handed_on(encoder: OnnxEncoder) -> None:
    """Each token takes two kilobytes: a long message is asked about question by question."""
    long = "cookies " * (HANDED_ON + 1)

    with encoding_once():
        encoder.encode_tokens(long)

        assert to_hand_on(long) is None


def test_many_texts_with_their_tokens_are_as_each_alone(encoder: OnnxEncoder) -> None:
    """Passages are encoded in batches, padded to the longest: the padding is cut off again."""
    vectors, tokens = encoder.encode_passages(TEXTS, batch=4)

    for text, vector, of_tokens in zip(TEXTS, vectors, tokens, strict=True):
        alone = encoder.encode_tokens(text)
        assert np.allclose(vector, alone[0], atol=1e-5)
        assert np.allclose(of_tokens, alone[1], atol=1e-4)


def test_no_passages_give_no_tokens(encoder: OnnxEncoder) -> None:
    """A policy that was read before asks for nothing."""
    vectors, tokens = encoder.encode_passages([])

    assert (vectors.shape, tokens) == ((0, encoder.dim), [])
