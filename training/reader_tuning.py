"""Tune the message reader (training/reader.py) on Rasa's examples and those of dialogue acts at once: `candor train reader`.

With --cross-validate it is tuned on four fifths of them, and read on the last with and without it: the figures of what is served.

Two tasks share the layers: a message's intent, and its act in each context that it is an example of. Hidden tokens, smoothed
labels and dropout keep it from being surer than it is right, and what is kept is a moving average of the weights: the last of
them follow the last messages too closely. The lower layers do not learn, so each text passes them once.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch.nn.utils import clip_grad_norm_
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from bot.context import ANSWERED, CONTEXTS, ELSE, STEPS
from bot.dialogue_acts import HUMAN, OF_THE_FORM, URGENT
from bot.reader import as_read, mixed, shares_of
from evaluation.intents import opens_one
from knowledge.embedding import LOWER, SentenceTransformerEncoder
from knowledge.encoder import OnnxEncoder
from training.dialogue_act_model import (
    FOLDS,
    ROOT,
    ActExample,
    Certainty,
    Features,
    fit,
    fit_without_context,
    rasas_examples,
    read_examples,
    scores,
)
from training.reader import ReaderNetwork

ENCODER = ROOT / "var" / "encoder"

EPOCHS, BATCH = 6, 32
RATE, HEAD_RATE, DECAY = 1e-3, 3e-3, 0.01
WARM_UP = 0.06  # of all steps
DROPOUT, SMOOTHING = 0.2, 0.05
HIDDEN_TOKENS = 0.1  # of a message's tokens, others each time
ACTS_WEIGH = 1 / 2.3  # a message has an act in so many contexts on average
RARE = 0.5  # a context with a quarter as many examples as another weighs half as much, and not a quarter
AVERAGED = 0.998  # of the average stays at each step
LONGEST = 64  # tokens
SORTED = 40  # batches whose messages are sorted by length, so that little is padded
SEED = 1


# Thresholds of bot/sureness.py, the acts that each is for, and where. LEAST: the values that are tried.
OF_ACTS: tuple[tuple[str, Set[str], Sequence[str]], ...] = (
    ("URGENT", frozenset(URGENT), CONTEXTS), ("PERSON_ALONE", frozenset([HUMAN]), (ANSWERED, ELSE)),
    ("OWN_ACT", OF_THE_FORM, tuple(context for context in CONTEXTS if context not in STEPS)),
)  # fmt: skip
LEAST = 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8


@dataclass(frozen=True)
class Message:
    """What one text is an example of. intent: None if of none; acts: (context, act) by their places."""

    text: str
    intent: int | None
    acts: tuple[tuple[int, int], ...]


class Lower:
    """What the lower layers make of texts, each made once."""

    def __init__(self, encoder: SentenceTransformerEncoder) -> None:
        self.encoder = encoder
        self._states: dict[str, Tensor] = {}

    def __getitem__(self, text: str) -> Tensor:
        return self._states[text]

    def add(self, texts: Sequence[str], batch: int = 64) -> None:
        new = sorted({*texts} - self._states.keys(), key=len)
        for start in range(0, len(new), batch):
            part = new[start : start + batch]
            given = self.encoder.tokenizer(
                [as_read(text) for text in part], padding=True, truncation=True, max_length=LONGEST, return_tensors="pt"
            )
            with torch.no_grad():
                states = self.encoder.transformer(
                    input_ids=given["input_ids"], attention_mask=given["attention_mask"], output_hidden_states=True
                ).hidden_states[LOWER]
            for text, row, length in zip(part, states, given["attention_mask"].sum(1).tolist(), strict=True):
                self._states[text] = row[:length].half()

    def batch(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Shapes: states (n, longest, dim), mask (n, longest)."""
        rows = [self._states[text].float() for text in texts]
        states = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
        mask = torch.zeros(states.shape[:2])
        for row, found in enumerate(rows):
            mask[row, : len(found)] = 1
        return states, mask


def messages_of(intents: Mapping[str, str], acts: Sequence[ActExample]) -> tuple[list[Message], list[str], list[str]]:
    """The examples by text, and the names of intents and acts. intents: text → intent."""
    intent_names, act_names = sorted({*intents.values()}), sorted({example.act for example in acts})
    of_text: dict[str, list[tuple[int, int]]] = {text: [] for text in intents}
    for example in acts:
        place = CONTEXTS.index(example.context), act_names.index(example.act)
        of_text.setdefault(example.text, []).append(place)
    found = [
        Message(text, intent_names.index(intents[text]) if text in intents else None, tuple(places))
        for text, places in sorted(of_text.items())
    ]
    return found, intent_names, act_names


def tuned(lower: Lower, intents: Mapping[str, str], acts: Sequence[ActExample], say: Callable[[str], None]) -> ReaderNetwork:
    """A network that has learnt from these examples."""
    torch.manual_seed(SEED)
    draw = random.Random(SEED)
    messages, intent_names, act_names = messages_of(intents, acts)
    lower.add([message.text for message in messages])
    network = ReaderNetwork(lower.encoder.transformer, intent_names, act_names, DROPOUT)
    network.train()
    learning = [(name, weight) for name, weight in network.named_parameters() if weight.requires_grad]
    averaged = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(AVERAGED))
    weights = weights_of_contexts(messages)
    groups = [
        {"params": [weight for name, weight in learning if name.startswith("layers") is layers], "lr": rate}
        for layers, rate in ((True, RATE), (False, HEAD_RATE))
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=DECAY)
    steps = EPOCHS * math.ceil(len(messages) / BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / (WARM_UP * steps)) * (1 + math.cos(math.pi * step / steps)) / 2
    )
    for epoch in range(EPOCHS):
        losses = []
        for batch in batches(messages, lower, draw):
            loss = loss_of(network, lower, batch, weights)
            optimizer.zero_grad()
            loss.backward()
            clip_grad_norm_([weight for _, weight in learning], 1.0)
            optimizer.step()
            schedule.step()
            averaged.update_parameters(network)
            losses.append(float(loss.detach()))
        say(f"epoch {epoch + 1} of {EPOCHS}: loss {np.mean(losses):.3f}")
    kept: ReaderNetwork = averaged.module
    kept.eval()
    return kept


def weights_of_contexts(messages: Sequence[Message]) -> Tensor:
    """What an act counts in each context: more where examples are few. Shape: (contexts,); about 1 on average."""
    counts = torch.zeros(len(CONTEXTS))
    for message in messages:
        for context, _ in message.acts:
            counts[context] += 1
    return (counts.mean() / counts.clamp(min=1)) ** RARE


def batches(messages: Sequence[Message], lower: Lower | Mapping[str, Tensor], draw: random.Random) -> Iterator[list[Message]]:
    """Each message once; those of a batch are about as long as each other."""
    order = draw.sample(messages, len(messages))
    found = []
    for start in range(0, len(order), BATCH * SORTED):
        alike = sorted(order[start : start + BATCH * SORTED], key=lambda message: len(lower[message.text]))
        found += [alike[first : first + BATCH] for first in range(0, len(alike), BATCH)]
    draw.shuffle(found)
    yield from found


def loss_of(network: ReaderNetwork, lower: Lower, batch: Sequence[Message], weights: Tensor) -> Tensor:
    """Of intents and of acts together, a message. weights: of contexts."""
    states, mask = lower.batch([message.text for message in batch])
    kept = mask * (torch.rand_like(mask) > HIDDEN_TOKENS)
    kept[:, 0] = 1
    with torch.autocast("cpu", dtype=torch.bfloat16):  # twice as fast where the processor knows it
        vectors = network(states, kept)
    intents, acts = network.told(vectors.float())
    rows = [row for row, message in enumerate(batch) if message.intent is not None]
    loss = smoothed(intents[rows], [message.intent for message in batch if message.intent is not None]).sum()
    placed = [(row, context, act) for row, message in enumerate(batch) for context, act in message.acts]
    if placed:
        of_row, of_context, of_act = zip(*placed, strict=True)
        loss = loss + ACTS_WEIGH * (smoothed(acts[list(of_row), list(of_context)], of_act) * weights[list(of_context)]).sum()
    return loss / len(batch)


def smoothed(scores: Tensor, right: Sequence[int]) -> Tensor:
    return cross_entropy(scores, torch.tensor(right, dtype=torch.long), label_smoothing=SMOOTHING, reduction="none")


def told(network: ReaderNetwork, lower: Lower, texts: Sequence[str], batch: int = 64) -> tuple[np.ndarray, np.ndarray]:
    """Scores of intents and acts. Shapes: float32 (texts, intents) and (texts, contexts, acts)."""
    lower.add(texts)
    intents, acts = (np.zeros((len(texts), *shape), dtype=np.float32) for shape in shapes_of(network))
    order = sorted(range(len(texts)), key=lambda index: len(lower[texts[index]]))
    for start in range(0, len(order), batch):
        part = order[start : start + batch]
        with torch.no_grad():
            of_intents, of_acts = network.told(network(*lower.batch([texts[index] for index in part])))
        intents[part], acts[part] = of_intents.numpy(), of_acts.numpy()
    return intents, acts


def shapes_of(network: ReaderNetwork) -> tuple[tuple[int, ...], tuple[int, ...]]:
    intents, acts = network.names
    return (len(intents),), (len(CONTEXTS), len(acts))


def intents_of_examples() -> dict[str, str]:
    """Each of Rasa's examples with its intent."""
    return {text: intent for intent, texts in rasas_examples().items() for text in texts}


def tune(out: Path, say: Callable[[str], None]) -> None:
    """Tune on all examples, and write the weights to `out`."""
    lower = Lower(SentenceTransformerEncoder())
    tuned(lower, intents_of_examples(), read_examples(), say).save(out, lower.encoder.id)


def print_folds(folds: int, say: Callable[[str], None]) -> None:
    """Say how well messages are read that nothing has learnt from, in the first `folds` of FOLDS."""
    intents, acts = intents_of_examples(), read_examples()
    labels = {example.text: example.act for example in acts} | intents
    texts = sorted(labels)
    lower, encoder = Lower(SentenceTransformerEncoder()), OnnxEncoder(ENCODER)
    features = Features(encoder.id, ENCODER, [*acts, *(ActExample(text, ELSE, intent) for text, intent in intents.items())])
    splits = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(texts, [labels[text] for text in texts])
    for _, held in islice(splits, folds):
        apart = {texts[index] for index in held}
        learnt_intents, held_intents = split(intents, apart)
        learnt_acts = [example for example in acts if example.text not in apart]
        held_acts = [example for example in acts if example.text in apart]
        network = tuned(lower, learnt_intents, learnt_acts, say)
        of_intents(network, lower, features, learnt_intents, held_intents, say)
        of_acts(network, lower, features, learnt_acts, held_acts, say)


def split(intents: Mapping[str, str], apart: Set[str]) -> tuple[dict[str, str], dict[str, str]]:
    """What is learnt from, and what is not."""
    learnt, held = ({text: name for text, name in intents.items() if (text in apart) is is_held} for is_held in (False, True))
    return learnt, held


def of_intents(
    network: ReaderNetwork, lower: Lower, features: Features, learnt: Mapping[str, str], held: Mapping[str, str],
    say: Callable[[str], None],
) -> None:  # fmt: skip
    """Say how well the intents of held messages are told: by the regression as Rasa fits it, and with the reader."""
    model = fit_without_context(features, [ActExample(text, ELSE, intent) for text, intent in learnt.items()], strength=1.0)
    asked = [ActExample(text, ELSE, intent) for text, intent in held.items()]
    counts, vectors = features.arrays(asked, model.vocabulary)
    words = len(model.vocabulary)
    alone = shares_of((counts @ model.weights[:words] + vectors @ model.weights[words:] + model.bias).astype(np.float32))
    read = shares_of(told(network, lower, list(held))[0])
    right = np.array([model.acts.index(intent) for intent in held.values()])
    for how, shares in (("regression", alone), ("with the reader", mixed(alone, model.acts, read, network.names[0]))):
        guessed = [model.acts[index] for index in shares.argmax(axis=1)]
        weighted = f1_score(list(held.values()), guessed, average="weighted")
        requests = f1_score([opens_one(name) for name in held.values()], [opens_one(name) for name in guessed])
        say(f"intents, {how}: weighted F1 {weighted:.3f}, requests {requests:.3f}, {Certainty.of(shares, right)}")
    say(f"WISH: {costs(shares, model.acts, list(held.values()), {name for name in model.acts if opens_one(name)})}")


def of_acts(
    network: ReaderNetwork, lower: Lower, features: Features, learnt: Sequence[ActExample], held: Sequence[ActExample],
    say: Callable[[str], None],
) -> None:  # fmt: skip
    """The same of the acts of held messages."""
    model = fit(features, list(learnt))
    alone = shares_of(scores(features, list(held), model))
    texts = sorted({example.text for example in held})
    row_of = {text: row for row, text in enumerate(texts)}
    every = told(network, lower, texts)[1]
    read = shares_of(np.stack([every[row_of[one.text], CONTEXTS.index(one.context)] for one in held]))
    right = np.array([model.acts.index(example.act) for example in held])
    together = mixed(alone, model.acts, read, network.names[1])
    for how, shares in (("regression", alone), ("with the reader", together)):
        say(f"acts, {how}: {Certainty.of(shares, right)}")
    for name, ours, contexts in OF_ACTS:
        taken = [row for row, example in enumerate(held) if example.context in contexts]
        say(f"{name}: {costs(together[taken], model.acts, [held[row].act for row in taken], ours)}")


def costs(shares: np.ndarray, names: Sequence[str], right: Sequence[str], ours: Set[str]) -> str:
    """What each least probability of these classes would cost: how many are taken for one of them wrongly, and how many that are
    rightly taken so would be left."""
    likeliest, sure = shares.argmax(axis=1), shares.max(axis=1)
    of_ours = np.isin(likeliest, [names.index(name) for name in ours if name in names])
    true = likeliest == np.array([names.index(name) for name in right])
    hits, slips = of_ours & true, of_ours & ~true
    return ", ".join(f"{least:.2f} {(slips & (sure >= least)).sum()} and {(hits & (sure < least)).sum()}" for least in LEAST)
