"""The finder of names in PyTorch: the encoder's lower layers, two tuned ones, and a small network over each word.

`python -m training.finder FOLDER` exports it beside the encoder in FOLDER, at set-up, in integers of eight bits;
scripts/make_finder.py tunes it. What was tuned is of a low rank (LoRA: Hu et al., 2021), and kept in half precision.
"""

from __future__ import annotations

import copy
import json
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from knowledge.embedding import LOWER, OPSET, SentenceTransformerEncoder
from knowledge.encoder import file_sha256
from knowledge.large_export import in_eight_bits, rows_in_eight_bits
from training.reader import HIDDEN, LowRank

FILE = Path(__file__).with_name("finder.safetensors")
SHA256 = "d3fc52956ef634b10df86c550d1d03b9030628da091bbfd244b26fe485d14bd7"
UPPER = 2  # layers that are tuned
N_FEATURES, UNITS, N_LABELS = 3 * 13, 96, 3  # as candor/transcripts/finder.py hands them over
GRAPH_FILE, WEIGHTS_FILE, HEADS_FILE = "finder.onnx", "finder.bin", "finder.npz"
TOKENIZER_FILE, CARD_FILE = "finder_tokenizer.json", "finder.json"


class FinderNetwork(nn.Module):
    """The encoder's tokens of a message → how likely each of its words is a name, or in an address."""

    def __init__(self, encoder: Any, dropout: float = 0.0) -> None:
        """encoder: the transformer of SentenceTransformerEncoder."""
        super().__init__()
        self.embeddings = copy.deepcopy(encoder.embeddings).requires_grad_(False)
        self.lower = copy.deepcopy(encoder.encoder.layer[:LOWER]).requires_grad_(False)
        self.layers = copy.deepcopy(encoder.encoder.layer[LOWER : LOWER + UPPER]).requires_grad_(False)
        for module in list(self.layers.modules()):
            for name, child in list(module.named_children()):
                if isinstance(child, nn.Linear):
                    setattr(module, name, LowRank(child))
        self.first = nn.Linear(2 * encoder.config.hidden_size + N_FEATURES, UNITS)
        self.second = nn.Linear(UNITS, N_LABELS)
        self.dropout = nn.Dropout(dropout)

    def read(self, ids: Tensor, mask: Tensor | None = None, seen: Tensor | None = None) -> Tensor:
        """Shapes: ids, mask (n, tokens) → (n, tokens, dim). seen: the mask of what the tuned layers may look at."""
        states, hidden = self.embeddings(input_ids=ids), None if mask is None else unseen(mask)
        with torch.no_grad():
            for layer in self.lower:
                states = layer(states, hidden)
        hidden = hidden if seen is None else unseen(seen)
        for layer in self.layers:
            states = layer(states, hidden)
        return states

    def scores(self, words: Tensor) -> Tensor:
        """Shapes: (words, 2 dim + features) → (words, labels)."""
        scores: Tensor = self.second(self.dropout(torch.relu(self.first(self.dropout(words)))))
        return scores

    def forward(self, ids: Tensor) -> Tensor:
        """Shapes: (1, tokens) → (tokens, dim): what is exported; the small network follows in numpy."""
        return self.read(ids)[0]

    def save(self, path: Path) -> None:
        save_file({name: weight.detach().half() for name, weight in self.named_parameters() if weight.requires_grad}, path)


def unseen(mask: Tensor) -> Tensor:
    return ((1 - mask) * HIDDEN)[:, None, None, :]


def export_finder(folder: Path) -> None:
    """Write graph, tokenizer and card into the encoder's folder. Raises: ValueError if the weights are not those measured."""
    import onnx

    if file_sha256(FILE) != SHA256:
        raise ValueError(f"{FILE.name} is not the one that was measured: run scripts/make_finder.py")
    encoder = SentenceTransformerEncoder()
    network = FinderNetwork(encoder.transformer)
    network.load_state_dict({name: weight.float() for name, weight in load_file(FILE).items()}, strict=False)
    network.eval()
    for module in list(network.layers.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, LowRank):
                child.base.weight += 2 * child.left @ child.right
                setattr(module, name, child.base)
    network.embeddings.word_embeddings = rows_in_eight_bits(network.embeddings.word_embeddings)
    whole = folder / f".{GRAPH_FILE}.whole"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network, (torch.ones((1, 8), dtype=torch.long),), str(whole), input_names=["ids"], output_names=["states"],
            dynamic_axes={"ids": {1: "token"}, "states": {0: "token"}}, opset_version=OPSET, dynamo=False,
        )  # fmt: skip
    graph: Any = onnx.load(str(whole))
    in_eight_bits(graph)
    whole.unlink()
    (folder / WEIGHTS_FILE).unlink(missing_ok=True)  # it would be written behind what is there
    # Apart, so that processes map the weights. Packed ahead, as those of the encoders are, onnxruntime reads this graph wrongly.
    onnx.save(graph, str(folder / GRAPH_FILE), save_as_external_data=True, location=WEIGHTS_FILE)
    heads = {"w1": network.first.weight.T, "b1": network.first.bias, "w2": network.second.weight.T, "b2": network.second.bias}
    np.savez(folder / HEADS_FILE, **{name: weight.detach().numpy() for name, weight in heads.items()})
    encoder.tokenizer.backend_tokenizer.save(str(folder / TOKENIZER_FILE))
    card = {"sha256": {name: file_sha256(folder / name) for name in (GRAPH_FILE, WEIGHTS_FILE, HEADS_FILE, TOKENIZER_FILE)}}
    (folder / CARD_FILE).write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    with torch.no_grad():
        export_finder(Path(sys.argv[1]))
