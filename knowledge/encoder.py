"""The exported sentence encoder: texts → unit vectors, one per text and one per token, with onnxruntime only.

This is the one module that both environments import: Rasa's featurizer (Python 3.10, no PyTorch) and the service's queries.
It needs only numpy, onnxruntime and tokenizers, so both sides use the same weights. `knowledge/embedding.py` makes the export.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

MODEL_FILE, TOKENIZER_FILE, CARD_FILE = "model.onnx", "tokenizer.json", "encoder.json"


class EncoderMissingError(RuntimeError):
    """The folder holds no usable export. Cure: run `make setup`."""


def file_sha256(path: Path) -> str:
    """The file's SHA-256 as 64 hex digits. Raises: OSError if it cannot be read."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


class OnnxEncoder:
    """Encodes texts on the CPU. Make one per process; safe to share between threads."""

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        """Load the export in `folder`; one thread is fastest for a single short text.

        Raises: EncoderMissingError if a file is missing or the model is not the one that its card names.
        """
        try:
            card = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
            promised_hash = card["model_sha256"]
            self.id: str = card["id"]
            self.dim: int = card["dim"]
            self.token_dim: int = card["token_dim"]
            model_hash = file_sha256(folder / MODEL_FILE)
            self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        except Exception as error:  # tokenizers raises a bare Exception for a missing file
            raise EncoderMissingError(f"no encoder in {folder.name}/: run `make setup`") from error
        if model_hash != promised_hash:
            raise EncoderMissingError(f"{folder.name}/{MODEL_FILE} is damaged: run `make setup`")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # a waiting thread must not occupy a core
        self._session: Any = onnxruntime.InferenceSession(str(folder / MODEL_FILE), options, providers=["CPUExecutionProvider"])

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
        ((_, ids, mask),) = self._batches([text], 1)
        vectors, tokens = self._session.run(["embedding", "tokens"], {"input_ids": ids, "attention_mask": mask})
        return vectors[0], tokens[0]

    def _pooled(self, texts: Sequence[str], names: list[str], batch: int) -> list[np.ndarray]:
        vectors = [np.zeros((len(texts), self.dim), dtype=np.float32) for _ in names]
        for indices, ids, mask in self._batches(texts, batch):
            outputs = self._session.run(names, {"input_ids": ids, "attention_mask": mask})
            for target, rows in zip(vectors, outputs, strict=True):
                target[indices] = rows
        return vectors

    def _batches(self, texts: Sequence[str], batch: int) -> Iterator[tuple[list[int], np.ndarray, np.ndarray]]:
        """Yield (indices of the texts, token ids, attention mask), the latter two int64 (batch, longest)."""
        # Texts of similar length share a batch, which keeps padding short.
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        for first in range(0, len(order), batch):
            indices = order[first : first + batch]
            encodings = self._tokenizer.encode_batch([texts[index] for index in indices])
            longest = max(len(encoding.ids) for encoding in encodings)
            ids = np.zeros((len(indices), longest), dtype=np.int64)
            mask = np.zeros_like(ids)
            for row, encoding in enumerate(encodings):
                ids[row, : len(encoding.ids)] = encoding.ids
                mask[row, : len(encoding.ids)] = 1
            yield indices, ids, mask
