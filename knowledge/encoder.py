"""The exported sentence encoder: texts → unit vectors, one per text and one per token, with onnxruntime only.

Both environments import this module: Rasa's featurizer (NumPy 1, no PyTorch) and the service's queries.
It needs only numpy, onnxruntime and tokenizers, so both sides use the same weights. `knowledge/embedding.py` makes the export.
Its weights lie in a file of their own, which onnxruntime maps into memory: processes that load it share one copy.

Within `encoding_once()` a text is encoded once, however often it is asked for. What was encoded can be handed to another process.
"""

from __future__ import annotations

import binascii
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

MODEL_FILE, WEIGHTS_FILE, TOKENIZER_FILE, CARD_FILE = "model.onnx", "model.bin", "tokenizer.json", "encoder.json"
PADDED, LONGER = 1.5, 8  # texts in one batch: at most so many times the tokens of the shortest, and so many more
HANDED_ON = 64  # tokens of the longest text that is handed on: 130 kB; a longer one holds several questions, each asked by itself


class EncoderMissingError(RuntimeError):
    """The folder holds no usable export. Cure: run `make setup`."""


def file_sha256(path: Path) -> str:
    """The file's SHA-256 as 64 hex digits. Raises: OSError if it cannot be read."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


@dataclass(frozen=True)
class Encoding:
    """All that the encoder says of one text. lower: its tokens as the lower layers leave them.

    Shapes: meaning and form float32 (dim,), tokens and lower float32 (tokens, token_dim).
    """

    meaning: np.ndarray
    form: np.ndarray
    tokens: np.ndarray
    lower: np.ndarray

    def as_data(self) -> dict[str, str]:
        """For JSON, exactly. The form and what the lower layers left stay behind: only Rasa reads them."""
        return {name: _as_text(array) for name, array in (("meaning", self.meaning), ("tokens", self.tokens))}

    @classmethod
    def of_data(cls, data: Mapping[str, str]) -> Encoding:
        """Raises: ValueError, KeyError or TypeError if the data are not from `as_data`."""
        meaning, tokens, nothing = _of_text(data["meaning"]), _of_text(data["tokens"]), np.zeros(0, dtype=np.float32)
        return cls(meaning, nothing, tokens.reshape(-1, len(meaning)), nothing)


def _as_text(array: np.ndarray) -> str:
    return binascii.b2a_base64(array.astype("<f4").tobytes(), newline=False).decode("ascii")


def _of_text(text: str) -> np.ndarray:
    return np.frombuffer(binascii.a2b_base64(text), dtype="<f4")


# (an encoder's id, a text) → its encoding. None: nobody has asked to encode each text only once.
_ENCODED: ContextVar[dict[tuple[str, str], Encoding] | None] = ContextVar("encoded", default=None)


@contextmanager
def encoding_once(handed_over: Any = None) -> Iterator[None]:
    """Encode each text once within the block, in this thread or task and in those that it starts.

    What people write is known for no longer than that. handed_over: what `to_hand_on` gave elsewhere; a malformed one is ignored,
    because encoding again costs only time.
    """
    known: dict[tuple[str, str], Encoding] = {}
    with suppress(TypeError, KeyError, ValueError):
        known[handed_over["encoder"], handed_over["text"]] = Encoding.of_data(handed_over["encoding"])
    token = _ENCODED.set(known)
    try:
        yield
    finally:
        _ENCODED.reset(token)


def to_hand_on(text: str) -> dict[str, Any] | None:
    """The text's encoding for another process, as JSON; None if it was not encoded in this block, or is long."""
    for (encoder, known), encoding in (_ENCODED.get() or {}).items():
        if known == text and len(encoding.tokens) <= HANDED_ON and len(encoding.form):
            return {"encoder": encoder, "text": text, "encoding": encoding.as_data()}
    return None


def _alike(lengths: Sequence[int], most: int) -> Iterator[list[int]]:
    """Indices of texts that are encoded together, at most so many: the shorter ones first, and none with a much longer one.

    Each is padded to the longest, so that a few clauses beside the letter that they come from would cost as many letters.
    """
    together: list[int] = []
    for index in sorted(range(len(lengths)), key=lengths.__getitem__):
        if together and (len(together) == most or lengths[index] > LONGER + PADDED * lengths[together[0]]):
            yield together
            together = []
        together.append(index)
    if together:
        yield together


def session_of(model: Path, threads: int) -> Any:
    """An exported graph, ready to run."""
    import onnxruntime  # many modules know this one; only a process that encodes loads what that takes

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.enable_cpu_mem_arena = threads != 1  # it would keep as much memory as the longest text ever took
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # a waiting thread must not occupy a core
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


class ExportedModel:
    """An export: checked, loaded, and fed with batches of texts. Make one per process; safe to share between threads."""

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        """Load the export in `folder`; one thread is fastest for a single short text.

        Raises: EncoderMissingError if a file is missing or the model is not the one that its card names.
        """
        from tokenizers import Tokenizer

        try:
            card = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
            promised: dict[str, str] = card["sha256"]
            self.id: str = card["id"]
            self.dim: int = card["dim"]
            self._read(card)
            damaged = [file for file in (MODEL_FILE, WEIGHTS_FILE) if file_sha256(folder / file) != promised[file]]
            self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        except Exception as error:  # tokenizers raises a bare Exception for a missing file
            raise EncoderMissingError(f"no encoder in {folder.name}/: run `make setup`") from error
        if damaged:
            raise EncoderMissingError(f"{folder.name}/{damaged[0]} is damaged: run `make setup`")
        self._session = session_of(folder / MODEL_FILE, threads)

    def _read(self, card: Mapping[str, Any]) -> None:
        """Take what else the card must say. Raises: KeyError if it does not."""

    def _batches(self, texts: Sequence[str], batch: int) -> Iterator[tuple[list[int], np.ndarray, np.ndarray]]:
        """Yield (indices of the texts, token ids, attention mask), the latter two int64 (batch, longest)."""
        encodings = self._tokenizer.encode_batch(list(texts)) if texts else []
        lengths = [len(encoding.ids) for encoding in encodings]
        for indices in _alike(lengths, batch):
            ids = np.zeros((len(indices), max(lengths[index] for index in indices)), dtype=np.int64)
            mask = np.zeros_like(ids)
            for row, index in enumerate(indices):
                ids[row, : lengths[index]] = encodings[index].ids
                mask[row, : lengths[index]] = 1
            yield indices, ids, mask


class OnnxEncoder(ExportedModel):
    """The encoder that Rasa and the service share."""

    token_dim: int

    def _read(self, card: Mapping[str, Any]) -> None:
        self.token_dim = card["token_dim"]

    def encode(self, texts: Sequence[str], *, batch: int = 32) -> np.ndarray:
        """Return one unit vector per text: its meaning. Shape: float32 (len(texts), dim)."""
        return self._pooled(texts, ["embedding"], batch)[0]

    def encode_both(self, texts: Sequence[str], *, batch: int = 32) -> tuple[np.ndarray, np.ndarray]:
        """Return two unit vectors per text: its meaning, and its form. Shapes: float32 (len(texts), dim).

        The second comes from a middle layer. The last layer was trained so that a question, a command and a statement about
        one thing lie together; a middle layer still separates them (Jawahar et al., 2019).
        """
        meaning, form = self._pooled(texts, ["embedding", "middle"], batch)
        return meaning, form

    def encode_tokens(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """Return one text's vector and its tokens' vectors from a single run. Shapes: float32 (dim,) and (tokens, token_dim)."""
        known = _ENCODED.get()
        if known is None:
            ((_, ids, mask),) = self._batches([text], 1)
            vectors, tokens = self._session.run(["embedding", "tokens"], {"input_ids": ids, "attention_mask": mask})
            return vectors[0], tokens[0]
        encoding = known.get((self.id, text)) or self._whole([text], 1, known)[0]
        return encoding.meaning, encoding.tokens

    def encode_lower(self, texts: Sequence[str], *, batch: int = 32) -> list[np.ndarray]:
        """Return each text's tokens as the lower layers leave them, for bot/reader.py. Shapes: float32 (tokens, dim)."""
        return [encoding.lower for encoding in self._whole(texts, batch, _ENCODED.get())]

    def encode_passages(self, texts: Sequence[str], *, batch: int = 16) -> tuple[np.ndarray, list[np.ndarray]]:
        """Return one unit vector per text and one per token. Shapes: float32 (len(texts), dim); (tokens, token_dim) per text."""
        vectors, tokens = np.zeros((len(texts), self.dim), dtype=np.float32), [np.zeros(0, dtype=np.float32)] * len(texts)
        for indices, ids, mask in self._batches(texts, batch):
            rows, of_tokens = self._session.run(["embedding", "tokens"], {"input_ids": ids, "attention_mask": mask})
            vectors[indices] = rows
            for index, row, length in zip(indices, of_tokens, mask.sum(axis=1).tolist(), strict=True):
                tokens[index] = row[:length].copy()
        return vectors, tokens

    def _whole(
        self, texts: Sequence[str], batch: int, known: dict[tuple[str, str], Encoding] | None
    ) -> list[Encoding]:  # fmt: skip
        """All that there is to know of each text: what is known of it, or what one run says, which `known` then remembers."""
        found = {} if known is None else known
        # What another process handed over lacks the form and what the lower layers left.
        new = sorted({text for text in texts if (self.id, text) not in found or not len(found[self.id, text].form)})
        for indices, ids, mask in self._batches(new, batch):
            outputs = self._session.run(["embedding", "middle", "tokens", "lower"], {"input_ids": ids, "attention_mask": mask})
            for index, length, meaning, form, tokens, lower in zip(indices, mask.sum(axis=1).tolist(), *outputs, strict=True):
                found[self.id, new[index]] = Encoding(meaning, form, tokens[:length].copy(), lower[:length].copy())
        return [found[self.id, text] for text in texts]

    def _pooled(self, texts: Sequence[str], names: list[str], batch: int) -> list[np.ndarray]:
        vectors = [np.zeros((len(texts), self.dim), dtype=np.float32) for _ in names]
        known = _ENCODED.get()
        if known is None or len(texts) > batch:  # of so many, all would be much to remember
            for indices, ids, mask in self._batches(texts, batch):
                outputs = self._session.run(names, {"input_ids": ids, "attention_mask": mask})
                for target, rows in zip(vectors, outputs, strict=True):
                    target[indices] = rows
            return vectors
        if "middle" not in names and all((self.id, text) in known for text in texts):
            encodings = [known[self.id, text] for text in texts]  # also what another process handed over
        else:
            encodings = self._whole(texts, batch, known)
        for row, encoding in enumerate(encodings):
            for target, name in zip(vectors, names, strict=True):
                target[row] = encoding.meaning if name == "embedding" else encoding.form
        return vectors


class LargeEncoder(ExportedModel):
    """The encoder that only answers know: deeper than the other one, and in integers of eight bits.

    It reads one text at a time: without padding, and so that a text's vector depends on nothing else, to the last bit.
    """

    def encode(self, texts: Sequence[str], *, at_once: int = 1) -> np.ndarray:
        """Return one unit vector per text, `at_once` of them on a core each. Shape: float32 (len(texts), dim)."""
        if len(texts) > 1 and at_once > 1:
            with ThreadPoolExecutor(at_once) as pool:
                vectors = list(pool.map(self._vector, texts))
        else:
            vectors = [self._remembered(text) for text in texts]
        return np.stack(vectors) if vectors else np.zeros((0, self.dim), dtype=np.float32)

    def _remembered(self, text: str) -> np.ndarray:
        known = _ENCODED.get()
        if known is None:
            return self._vector(text)
        if (self.id, text) not in known:
            nothing = np.zeros(0, dtype=np.float32)
            known[self.id, text] = Encoding(self._vector(text), nothing, nothing, nothing)
        return known[self.id, text].meaning

    def _vector(self, text: str) -> np.ndarray:
        ids = np.array([self._tokenizer.encode(text).ids], dtype=np.int64)
        ((vector,),) = self._session.run(["embedding"], {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        unit: np.ndarray = vector
        return unit
