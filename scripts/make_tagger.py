"""Make candor/transcripts/tagger.safetensors: the network that knows names and addresses by what stands around them.

It learns from made-up messages (scripts/made_messages.py), most of them as the rules leave them, so that it learns what
they miss. Of our own questions it sees every other one; the rest, and the gold questions, tell what it changes
(`python -m benchmarks.masking`).
Needs torch and Faker (groups dev and train), and four minutes:

    python scripts/make_tagger.py
"""

from __future__ import annotations

import random
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from zlib import crc32

import numpy as np
import torch
from made_messages import MadeMessage, MessageMaker
from safetensors.numpy import save

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from candor.transcripts import tagger
from candor.transcripts.masking import find_by_rules
from candor.transcripts.recognizers.context import OTHER_STATE, STATES
from candor.transcripts.recognizers.words import folded
from candor.transcripts.tagger import LABELS, N_GLOBALS, REACH, TaggedToken, features_of, globals_of, n_rows, tokens_in

MESSAGES, EPOCHS, BATCH, SEED = 80_000, 4, 1024, 7
FEWEST = 8  # times that a word stands beside names, before it is known by itself
DIMENSIONS, HIDDEN, DROPPED = 24, 96, 0.15
SHOWN = 0.6  # share of messages of which the rules' finds are shown
# Names are made strange, so that not only those of the lexicon are learnt: without its word on them, and without their own row.
WITHOUT_FLAGS, WITHOUT_ROW, WORD_WITHOUT_ROW = 0.35, 0.5, 0.03


def shown_to_learn(question: str) -> bool:
    """Which half of our own questions is learnt from."""
    return crc32(question.encode()) % 2 == 0


def is_masked(text: str) -> bool:
    return bool(find_by_rules(text))


def labels_of(message: MadeMessage, tokens: Sequence[TaggedToken]) -> list[int]:
    return [
        next((label for start, end, label in message.spans if token.start < end and token.end > start), 0) for token in tokens
    ]


def states_of(text: str, tokens: Sequence[TaggedToken]) -> list[int]:
    """What the rules make of each token."""
    spans = find_by_rules(text)
    return [
        next((STATES.get(span.kind, OTHER_STATE) for span in spans if token.start < span.end and token.end > span.start), 0)
        for token in tokens
    ]


@dataclass
class Examples:
    """All tokens of all messages one after the other, with REACH empty places around each message."""

    rows: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    states: list[int] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    of_message: list[int] = field(default_factory=list)
    learnt: list[int] = field(default_factory=list)  # places of tokens that the loss counts
    wholes: list[list[float]] = field(default_factory=list)

    def add(
        self,
        tokens: Sequence[TaggedToken],
        labels: Sequence[int],
        states: Sequence[int],
        known: dict[str, int],
        rng: random.Random,
    ) -> None:
        self.wholes.append(globals_of(tokens))
        self._space()
        for token, label, state in zip(tokens, labels, states, strict=True):
            is_word = token.kind == "word"
            rows = features_of(token.text, token.kind, known, "" if is_word and label and rng.random() < WITHOUT_FLAGS else None)
            if is_word and rng.random() < (WITHOUT_ROW if label else WORD_WITHOUT_ROW):
                rows = (0, *rows[1:])
            if not state and token.kind in {"word", "number"}:
                self.learnt.append(len(self.starts))
            self._append(rows, state, label)
        self._space()

    def _space(self) -> None:
        for _ in range(REACH):
            self._append((), 0, 0)

    def _append(self, rows: Sequence[int], state: int, label: int) -> None:
        self.starts.append(len(self.rows))
        self.rows += rows
        self.states.append(state)
        self.labels.append(label)
        self.of_message.append(len(self.wholes) - 1)


class Network(torch.nn.Module):
    """What candor/transcripts/tagger.py computes, as torch learns it."""

    def __init__(self, n_features: int, examples: Examples) -> None:
        super().__init__()
        self.table = torch.nn.EmbeddingBag(n_features, DIMENSIONS, mode="sum")
        self.state = torch.nn.Embedding(1 + OTHER_STATE, DIMENSIONS)
        for part in (self.table, self.state):
            torch.nn.init.normal_(part.weight, std=0.1)
        self.first = torch.nn.Linear(DIMENSIONS * (2 * REACH + 1) + N_GLOBALS, HIDDEN)
        self.second = torch.nn.Linear(HIDDEN, len(LABELS))
        self.drop = torch.nn.Dropout(DROPPED)
        self._rows, self._starts = np.array(examples.rows), np.array([*examples.starts, len(examples.rows)])
        self._states, self._wholes = torch.tensor(examples.states), torch.tensor(examples.wholes)
        self._of_message = torch.tensor(examples.of_message)

    def forward(self, places: torch.Tensor) -> torch.Tensor:
        """Scores (places, labels)."""
        window = (places[:, None] + torch.arange(-REACH, REACH + 1)).reshape(-1)
        near = window.numpy()
        sizes = self._starts[near + 1] - self._starts[near]
        begins = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        rows = self._rows[np.repeat(self._starts[near] - begins, sizes) + np.arange(sizes.sum())]
        vectors = self.table(torch.from_numpy(rows), torch.from_numpy(begins)) + self.state(self._states[window])
        read = torch.cat([vectors.reshape(len(places), -1), self._wholes[self._of_message[places]]], 1)
        scores: torch.Tensor = self.second(self.drop(torch.relu(self.first(self.drop(read)))))
        return scores

    def arrays(self) -> dict[str, np.ndarray]:
        """As they are kept: half as many bits do as well."""
        parts = {
            "table": self.table.weight, "state": self.state.weight, "w1": self.first.weight.T, "b1": self.first.bias,
            "w2": self.second.weight.T, "b2": self.second.bias,
        }  # fmt: skip
        return {name: np.ascontiguousarray(part.detach().numpy().astype(np.float16)) for name, part in parts.items()}


def fitted(examples: Examples, n_features: int) -> Network:
    """The network, after all epochs."""
    torch.manual_seed(SEED)
    network, labels, learnt = Network(n_features, examples), torch.tensor(examples.labels), torch.tensor(examples.learnt)
    steps = EPOCHS * (len(learnt) // BATCH)
    optimizer = torch.optim.Adam(network.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 8e-3, total_steps=steps + 1)
    for epoch in range(EPOCHS):
        order, total = learnt[torch.randperm(len(learnt))], 0.0
        for begin in range(0, len(order) - BATCH, BATCH):
            places = order[begin : begin + BATCH]
            loss = torch.nn.functional.cross_entropy(network(places), labels[places], label_smoothing=0.01)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch + 1}: loss {total * BATCH / len(order):.4f}")
    network.eval()
    return network


def main() -> None:
    torch.set_num_threads(1)
    messages = list(MessageMaker(SEED, is_masked, shown_to_learn).messages(MESSAGES))
    tagged = [(message, tokens := tokens_in(message.text), labels_of(message, tokens)) for message in messages]
    beside = Counter(
        folded(token.text)
        for _, tokens, labels in tagged
        for token, label in zip(tokens, labels, strict=True)
        if token.kind == "word" and not label
    )
    known = {word: 1 + n for n, word in enumerate(sorted(word for word, times in beside.items() if times >= FEWEST))}
    rng, examples = random.Random(SEED), Examples()  # noqa: S311  (no secret)
    for message, tokens, labels in tagged:
        states = states_of(message.text, tokens) if rng.random() < SHOWN else [0] * len(tokens)
        examples.add(tokens, labels, states, known, rng)
    arrays = fitted(examples, n_rows(known)).arrays()
    arrays["words"] = np.frombuffer("\n".join(known).encode(), dtype=np.uint8)
    content = save(arrays)
    tagger.FILE.write_bytes(content)
    source = Path(tagger.__file__)
    hashed = re.sub(r'(?m)^SHA256 = ".*"$', f'SHA256 = "{sha256(content).hexdigest()}"', source.read_text(encoding="utf-8"))
    source.write_text(hashed, encoding="utf-8")
    print(f"{len(known)} words, {len(content)} bytes, in {tagger.FILE.name}; its hash in {source.name}")


if __name__ == "__main__":
    main()
