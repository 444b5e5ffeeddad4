"""Tune training/finder.safetensors: the layers that read messages for names and streets (training/finder.py).

It learns from made-up messages (scripts/made_messages.py), half of them in the voices of strangers
(scripts/tagger/strangers.txt).
Needs torch and Faker (groups dev and train), and five minutes of a core that is free:

    python scripts/make_finder.py
"""

from __future__ import annotations

import math
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from made_messages import TEMPLATES, MessageMaker
from make_tagger import is_masked, labels_of, shown_to_learn

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from candor.transcripts.finder import CASES, NUMBER, beside, features_of, pieces_of
from candor.transcripts.tagger import Floats, tokens_in
from knowledge.embedding import SentenceTransformerEncoder
from knowledge.encoder import file_sha256
from training import finder
from training.finder import FinderNetwork

MESSAGES, BATCH, SORTED = 40_000, 48, 30  # SORTED: batches whose messages are sorted by length, so that little is padded
STRANGERS = 0.55  # of the messages
LONGEST, LONGEST_READ = 280, 96  # characters of a message, and the encoder's tokens of it
RATE, HEAD_RATE, DECAY, WARM_UP, AVERAGED = 1e-3, 2e-3, 0.01, 0.05, 0.998
DROPOUT, SMOOTHING = 0.15, 0.01
HIDDEN_TOKENS, WITHOUT_FLAGS = 0.05, 0.3  # of a message's tokens; of words that are shown without what the lexicon says
SEED, SEED_OF_MESSAGES = 3, 101


@dataclass(frozen=True)
class Example:
    """A message as the network reads it: the encoder's tokens, and the pieces, features and labels of its words."""

    ids: list[int]
    pieces: list[tuple[int, int]]
    features: Floats
    labels: list[int]


def examples(encoder: SentenceTransformerEncoder) -> Iterator[Example]:
    """Messages without end."""
    draw = random.Random(SEED)  # noqa: S311  (no secret)
    maker = MessageMaker(SEED_OF_MESSAGES, is_masked, shown_to_learn)
    own, strangers = maker.templates, _lines(TEMPLATES.with_name("strangers.txt"))
    tokenizer: Any = encoder.tokenizer.backend_tokenizer
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST_READ)
    while True:
        maker.templates = strangers if draw.random() < STRANGERS else own
        (message,) = maker.messages(1)
        tokens, encoded = tokens_in(message.text), tokenizer.encode(message.text)
        pieces, labels = pieces_of(encoded.offsets, tokens), labels_of(message, tokens)
        read = [place for place, token in enumerate(tokens) if token.kind in {"word", "number"} and pieces[place][0]]
        if read and len(message.text) <= LONGEST:
            features = beside(features_of(tokens))[read]
            yield Example(encoded.ids, [pieces[place] for place in read], features, [labels[place] for place in read])


def _lines(file: Path) -> list[str]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return [line.replace("\\n", "\n") for line in lines if line and not line.startswith("#")]


def batches(made: Iterator[Example]) -> Iterator[list[Example]]:
    draw = random.Random(SEED)  # noqa: S311  (no secret)
    while True:
        alike = sorted((next(made) for _ in range(BATCH * SORTED)), key=lambda example: len(example.ids))
        parts = [alike[begin : begin + BATCH] for begin in range(0, len(alike), BATCH)]
        draw.shuffle(parts)
        yield from parts


def loss_of(network: FinderNetwork, batch: list[Example]) -> torch.Tensor:
    """The mean over all words."""
    longest = max(len(example.ids) for example in batch)
    ids, mask = torch.zeros(len(batch), longest, dtype=torch.long), torch.zeros(len(batch), longest)
    for row, example in enumerate(batch):
        ids[row, : len(example.ids)] = torch.tensor(example.ids)
        mask[row, : len(example.ids)] = 1
    seen = mask * (torch.rand_like(mask) > HIDDEN_TOKENS)
    seen[:, 0] = 1
    with torch.autocast("cpu", dtype=torch.bfloat16):  # twice as fast where the processor knows it
        states = network.read(ids, mask, seen)
    rows = torch.tensor([row for row, example in enumerate(batch) for _ in example.pieces])
    first, last = torch.tensor([pieces for example in batch for pieces in example.pieces]).T
    features = torch.from_numpy(np.concatenate([example.features for example in batch]))
    features[torch.rand(len(features)) < WITHOUT_FLAGS, CASES:NUMBER] = 0
    scores = network.scores(torch.cat([states.float()[rows, first], states.float()[rows, last], features], 1))
    labels = torch.tensor([label for example in batch for label in example.labels])
    return torch.nn.functional.cross_entropy(scores, labels, label_smoothing=SMOOTHING)


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    encoder = SentenceTransformerEncoder()
    network = FinderNetwork(encoder.transformer, DROPOUT)
    network.train()
    learning = [(name, weight) for name, weight in network.named_parameters() if weight.requires_grad]
    groups = [
        {"params": [weight for name, weight in learning if name.startswith("layers") is layers], "lr": rate}
        for layers, rate in ((True, RATE), (False, HEAD_RATE))
    ]
    steps, optimizer = MESSAGES // BATCH, torch.optim.AdamW(groups, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / (WARM_UP * steps)) * (1 + math.cos(math.pi * min(step, steps) / steps)) / 2
    )
    averaged = torch.optim.swa_utils.AveragedModel(network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(AVERAGED))
    total = 0.0
    for step, batch in zip(range(1, steps + 1), batches(examples(encoder)), strict=False):
        loss = loss_of(network, batch)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([weight for _, weight in learning], 1.0)
        optimizer.step()
        schedule.step()
        averaged.update_parameters(network)
        total += loss.item()
        if step % 50 == 0:
            print(f"{step} of {steps}: loss {total / 50:.4f}")
            total = 0.0
    averaged.module.save(finder.FILE)
    source, digest = Path(finder.__file__), file_sha256(finder.FILE)
    hashed = re.sub(r'(?m)^SHA256 = ".*"$', f'SHA256 = "{digest}"', source.read_text(encoding="utf-8"))
    source.write_text(hashed, encoding="utf-8")
    print(f"{finder.FILE.name} and its hash in {source.name}; `make setup` exports it")


if __name__ == "__main__":
    main()
