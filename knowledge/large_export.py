"""The large encoder: all-mpnet-base-v2 with our tuning → an ONNX export in integers of eight bits.

Its weights come in five packages, which hold the parts of one zip file. Set-up fetches them beside the environment, has the
export made, and drops them: 440 MB become 120.

Its upper layers were tuned on the aspect bank (`candor train large-encoder`). What the tuning changed is kept at a low rank
(as LoRA keeps it: Hu et al., 2021), so that it can be committed.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from candor.errors import EncoderError
from knowledge.embedding import OPSET, WHOLE_FILE, with_weights_apart
from knowledge.encoder import CARD_FILE, MODEL_FILE, TOKENIZER_FILE, WEIGHTS_FILE, file_sha256

NAME = "all-mpnet-base-v2"
WEIGHTS_SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
PARTS = "*/input/*.zip.*"  # where the packages keep the parts of the zip file
TAKEN = ("model.safetensors", "config.json", "tokenizer.json")
TUNING = Path(__file__).with_name("large_encoder.safetensors")
LEFT, RIGHT = ".left", ".right"  # two thin matrices, the product of which was added to a weight
EXPORT_VERSION = 1  # increment when the export itself changes
LONGEST = 128  # tokens; few passages are longer, and these are lists, whose items are passages too
FLOAT_FILE = "float.onnx"
BLOCK = 128  # weights that share a scale
IN_INTEGERS = 4  # MatMulNBits' accuracy_level: multiply in eight bits
MICROSOFT = "com.microsoft"  # whose operators are onnxruntime's own


@contextmanager
def large_weights(packages: Path) -> Iterator[Path]:
    """A folder with the files of TAKEN, as long as the block lasts. `packages`: where the five are installed.

    Raises: EncoderError if a part is missing or the weights are not the expected ones.
    """
    parts = sorted(packages.glob(PARTS), key=lambda path: path.suffix)
    with tempfile.TemporaryDirectory(prefix="large-encoder-") as name:
        folder = Path(name)
        try:
            with (folder / "joined.zip").open("wb") as joined:
                for part in parts:
                    with part.open("rb") as file:
                        shutil.copyfileobj(file, joined, 1 << 20)
            with zipfile.ZipFile(folder / "joined.zip") as zipped:
                for file_name in TAKEN:
                    with zipped.open(f"{NAME}/{file_name}") as inside, (folder / file_name).open("wb") as out:
                        shutil.copyfileobj(inside, out, 1 << 20)
        except (OSError, KeyError, zipfile.BadZipFile) as error:
            raise EncoderError("the large encoder's weights are not whole: run `make setup`") from error
        (folder / "joined.zip").unlink()
        if file_sha256(folder / TAKEN[0]) != WEIGHTS_SHA256:
            raise EncoderError("the large encoder's weights are not the ones that were chosen: run `make setup`")
        yield folder


def large_model(folder: Path, tuning: Path | None = TUNING) -> Any:
    """The model in PyTorch, from a folder of `large_weights`, with what the tuning changed; None: untuned."""
    os.environ["HF_HUB_OFFLINE"] = "1"  # read when huggingface_hub is imported, just below
    from safetensors.torch import load_file
    from transformers import MPNetModel

    model: Any = MPNetModel.from_pretrained(str(folder))
    if tuning is not None:
        model.load_state_dict(tuned(model.state_dict(), load_file(tuning)))
    return model.eval()


def tuned(weights: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The weights with the changes added: of a matrix two thin ones, whose product is its change, and of a vector all of it."""
    result = dict(weights)
    for name, change in changes.items():
        if name.endswith(LEFT):
            whole = name.removesuffix(LEFT)
            result[whole] = weights[whole] + change.float() @ changes[whole + RIGHT].float()
        elif not name.endswith(RIGHT):
            result[name] = weights[name] + change.float()
    return result


def export_large(packages: Path, folder: Path) -> None:
    """Write model.onnx, model.bin, tokenizer.json and the card into `folder`, replacing its content in one step.

    Raises: EncoderError if the weights are missing or wrong.
    """
    import onnx
    from tokenizers import Tokenizer

    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    with large_weights(packages) as weights:
        _export_floats(large_model(weights), fresh / FLOAT_FILE)
        tokenizer: Any = Tokenizer.from_file(str(weights / "tokenizer.json"))
    graph: Any = onnx.load(str(fresh / FLOAT_FILE))
    in_eight_bits(graph)
    onnx.save(graph, str(fresh / WHOLE_FILE))
    (fresh / FLOAT_FILE).unlink()
    with_weights_apart(fresh)
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_length=LONGEST)
    tokenizer.save(str(fresh / TOKENIZER_FILE))
    card = {
        "id": f"{NAME}:{WEIGHTS_SHA256[:12]}+{file_sha256(TUNING)[:12]}.{EXPORT_VERSION}", "dim": 768,
        "sha256": {file: file_sha256(fresh / file) for file in (MODEL_FILE, WEIGHTS_FILE)},
    }  # fmt: skip
    (fresh / CARD_FILE).write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    fresh.replace(folder)


def in_eight_bits(model: Any) -> None:
    """Turn the weights that something is multiplied with into integers of eight bits, block by block with a scale each.

    onnxruntime's MatMulNBits does the same with the other side of the product, row by row. So a text's vector depends on nothing
    else; and numbers that stand out among others, as in all such models, make only their own block coarser.
    """
    import onnx
    from onnx import helper, numpy_helper

    weights = {one.name: one for one in model.graph.initializer}
    for node in model.graph.node:
        held = weights.get(node.input[1]) if node.op_type == "MatMul" else None
        if held is None or len(held.dims) != 2 or held.dims[0] % BLOCK:
            continue
        numbers, scales = blocks_of(numpy_helper.to_array(held))
        names = [f"{held.name}_{part}" for part in ("blocks", "scales")]
        model.graph.initializer.extend(
            numpy_helper.from_array(array, name) for array, name in zip((numbers, scales), names, strict=True)
        )
        del node.input[1:], node.attribute[:]
        node.input.extend(names)
        node.op_type, node.domain = "MatMulNBits", MICROSOFT
        sizes = {"K": held.dims[0], "N": held.dims[1], "bits": 8, "block_size": BLOCK, "accuracy_level": IN_INTEGERS}
        node.attribute.extend(helper.make_attribute(name, value) for name, value in sizes.items())
        model.graph.initializer.remove(held)
    model.opset_import.append(onnx.helper.make_opsetid(MICROSOFT, 1))


def blocks_of(weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A weight (rows, columns) as MatMulNBits takes it: uint8 (columns, blocks, BLOCK) around 128, and their scales, float32."""
    blocks = weight.T.reshape(weight.shape[1], -1, BLOCK)
    scales = np.maximum(np.abs(blocks).max(axis=2), np.finfo(np.float32).tiny) / 127
    numbers = np.rint(blocks / scales[:, :, None]) + 128
    return numbers.astype(np.uint8), scales.astype(np.float32).ravel()


def rows_in_eight_bits(embedding: Any) -> Any:
    """A table of vectors, row by row in integers of eight bits with a scale each."""
    import torch

    class EightBitRows(torch.nn.Module):
        numbers: Any
        scales: Any

        def __init__(self) -> None:
            super().__init__()
            exact = embedding.weight.detach()
            scales = exact.abs().amax(dim=1, keepdim=True).clamp(min=1e-9) / 127
            self.register_buffer("numbers", (exact / scales).round().to(torch.int8))
            self.register_buffer("scales", scales)

        def forward(self, ids: Any) -> Any:
            return self.numbers[ids].float() * self.scales[ids]

    return EightBitRows()


def _export_floats(model: Any, path: Path) -> None:
    """The model as a graph with one output: the mean over the unmasked tokens, of unit length (Reimers and Gurevych, 2019)."""
    import torch

    model.embeddings.word_embeddings = rows_in_eight_bits(model.embeddings.word_embeddings)

    class MeanOfTokens(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.transformer = model

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            states = self.transformer(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            weights = attention_mask.unsqueeze(-1).to(states.dtype)
            mean = (states * weights).sum(1) / weights.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, p=2, dim=1)

    sample, dynamic = torch.ones((2, 8), dtype=torch.long), {0: "batch", 1: "token"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            MeanOfTokens().eval(), (sample, sample), str(path), input_names=["input_ids", "attention_mask"],
            output_names=["embedding"], opset_version=OPSET, dynamo=False,
            dynamic_axes={"input_ids": dynamic, "attention_mask": dynamic, "embedding": {0: "batch"}},
        )  # fmt: skip
