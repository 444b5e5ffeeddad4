"""The message reader in PyTorch: a tuned copy of the encoder's upper layers, with heads for intents and for dialogue acts.

`python -m training.reader FOLDER` exports it beside the encoder in FOLDER, at set-up; training/reader_tuning.py tunes it. What
was tuned is of a low rank (LoRA: Hu et al., 2021), and kept in half precision in training/reader.safetensors.
"""

from __future__ import annotations

import copy
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional

from bot.context import CONTEXTS
from bot.reader import CARD_FILE, GRAPH_FILE, GRAPH_WEIGHTS_FILE, HEADS_FILE
from knowledge.embedding import LOWER, OPSET, SentenceTransformerEncoder, optimized
from knowledge.encoder import file_sha256

WEIGHTS = Path(__file__).with_name("reader.safetensors")
RANK = 32
HIDDEN = -1e4  # added to the attention to what is only padding


class LowRank(nn.Module):
    """A linear layer of the encoder, to whose weights the product of two thin matrices is added. Only these learn."""

    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base.requires_grad_(False)
        self.left = nn.Parameter(torch.zeros(base.out_features, RANK))
        self.right = nn.Parameter(torch.randn(RANK, base.in_features) / math.sqrt(base.in_features))

    def forward(self, states: Tensor) -> Tensor:
        return functional.linear(states, self.base.weight + 2 * self.left @ self.right, self.base.bias)


class ReaderNetwork(nn.Module):
    """States of tokens after the LOWER layers → one vector a message → scores of intents, and of acts in each context."""

    def __init__(self, encoder: Any, intents: Sequence[str], acts: Sequence[str], dropout: float = 0.0) -> None:
        """encoder: the transformer of SentenceTransformerEncoder."""
        super().__init__()
        self.names = list(intents), list(acts)
        self.layers = copy.deepcopy(encoder.encoder.layer[LOWER:]).requires_grad_(False)
        for module in list(self.layers.modules()):
            for name, child in list(module.named_children()):
                if isinstance(child, nn.Linear):
                    setattr(module, name, LowRank(child))
        dim = encoder.config.hidden_size
        self.dropout = nn.Dropout(dropout)
        self.intents, self.acts = nn.Linear(dim, len(intents)), nn.Linear(dim, len(acts))
        self.own = nn.Linear(dim, len(acts) * len(CONTEXTS))  # what each context adds to the scores of acts
        nn.init.zeros_(self.own.weight)
        nn.init.zeros_(self.own.bias)

    def forward(self, states: Tensor, mask: Tensor | None = None) -> Tensor:
        """Shapes: states (n, tokens, dim), mask (n, tokens) → (n, dim)."""
        hidden = None if mask is None else ((1 - mask) * HIDDEN)[:, None, None, :]
        for layer in self.layers:
            states = layer(states, hidden)
        if mask is None:
            return states.mean(1)
        return (states * mask.unsqueeze(-1)).sum(1) / mask.sum(1, keepdim=True)

    def told(self, vectors: Tensor) -> tuple[Tensor, Tensor]:
        """Shapes: (n, dim) → (n, intents) and (n, contexts, acts)."""
        kept = self.dropout(vectors)
        own = self.own(kept).view(len(vectors), len(CONTEXTS), -1)
        return self.intents(kept), self.acts(kept).unsqueeze(1) + own

    def save(self, path: Path, encoder: str) -> None:
        """encoder: the id of the one that the layers come from."""
        kept = {name: weight.detach().half().contiguous() for name, weight in self.named_parameters() if weight.requires_grad}
        intents, acts = map(json.dumps, self.names)
        save_file(kept, path, {"intents": intents, "acts": acts, "contexts": json.dumps(CONTEXTS), "encoder": encoder})

    @classmethod
    def load(cls, path: Path, encoder: Any) -> ReaderNetwork:
        with safe_open(path, "pt") as file:
            told = file.metadata()
            network = cls(encoder, json.loads(told["intents"]), json.loads(told["acts"]))
            network.load_state_dict({name: file.get_tensor(name).float() for name in file.keys()}, strict=False)  # noqa: SIM118
        network.eval()
        return network


def export_reader(folder: Path, weights: Path = WEIGHTS) -> None:
    """Write the graph of the layers, the heads and their card into the encoder's folder."""
    encoder = SentenceTransformerEncoder()
    network = ReaderNetwork.load(weights, encoder.transformer)
    for module in list(network.layers.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, LowRank):
                child.base.weight += 2 * child.left @ child.right
                setattr(module, name, child.base)
    whole = folder / f".{GRAPH_FILE}.whole"
    torch.onnx.export(
        network, (torch.zeros(1, 8, encoder.dim),), str(whole), input_names=["states"], output_names=["read"],
        dynamic_axes={"states": {0: "batch", 1: "token"}, "read": {0: "batch"}}, opset_version=OPSET, dynamo=False,
    )  # fmt: skip
    optimized(whole, folder / GRAPH_FILE, GRAPH_WEIGHTS_FILE)
    of_intents, of_acts = heads_of(network)
    np.savez(folder / HEADS_FILE, intents=of_intents, acts=of_acts)
    with safe_open(weights, "pt") as file:
        made_for = file.metadata()["encoder"]
    intents, acts = network.names
    card = {
        "encoder": made_for, "intents": intents, "acts": acts, "contexts": CONTEXTS,
        "sha256": {name: file_sha256(folder / name) for name in (GRAPH_FILE, GRAPH_WEIGHTS_FILE, HEADS_FILE)},
    }  # fmt: skip
    (folder / CARD_FILE).write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def heads_of(network: ReaderNetwork) -> tuple[np.ndarray, np.ndarray]:
    """What a vector with a one behind it is multiplied with: for intents (dim + 1, n), for acts (contexts, dim + 1, n)."""
    intents, shared, own = (
        torch.cat([head.weight, head.bias.unsqueeze(1)], 1).detach() for head in (network.intents, network.acts, network.own)
    )
    acts = shared.unsqueeze(0) + own.view(len(CONTEXTS), *shared.shape)
    return intents.T.contiguous().numpy(), acts.transpose(1, 2).contiguous().numpy()


if __name__ == "__main__":
    with torch.no_grad():
        export_reader(Path(sys.argv[1]))
