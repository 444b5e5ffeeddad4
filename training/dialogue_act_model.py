"""Fit the model of dialogue acts (bot/dialogue_acts.py): `python -m training.dialogue_act_model OUT ENCODER`, at set-up.

Its examples stand in training/dialogue_acts/, one file for each step of the request form, one for all steps, and one for the
time after a request was opened. What people ask, want and talk of otherwise comes from Rasa's examples: `--cross-validate`
prints how well acts are told apart that were not trained on, and `--unseen` how well the model in OUT reads what strangers wrote.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import yaml
from scipy.sparse import csr_matrix
from sklearn.model_selection import StratifiedKFold

from bot.context import ADDING, ANSWERED, ASKED, CONTEXTS, ELSE, OPENED, PERSON, STEPS
from bot.dialogue_acts import ASKS, BESIDE, CLAUSE, FIRST, WANTS, DialogueActs, group_of, scaled, words_of
from bot.feelings import NONE
from bot.kept_vectors import vectors_of_examples
from bot.logistic import fitted
from bot.reader import Reader, as_read
from knowledge.encoder import OnnxEncoder

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = Path(__file__).with_name("dialogue_acts")
NLU = ROOT / "bot" / "data" / "nlu"
# What strangers wrote and nothing learns from: of four of them, of two more, and of a further two.
UNSEEN, LATER_UNSEEN, LATEST_UNSEEN = ALL_UNSEEN = tuple(
    ROOT / "evaluation" / f"dialogue_acts_{name}.yml" for name in ("unseen", "later_unseen", "latest_unseen")
)
FEELINGS = Path(__file__).with_name("feelings.yml")
CALM = 3000  # of Rasa's examples, which are taken to be written calmly unless feelings.yml says otherwise
# Answers of a few words, which are calm too: "nothing" to the details is no anger.
CALM_ANSWERS, SHORT = frozenset(["affirm", "deny", "skip", "go_on", "provide_residence", "provide_email", "provide_code"]), 4
MAY_BE_MOVED = frozenset([*FIRST, "abuse", "bot_complaint", "request_complaint", "emoji_or_reaction"])  # these need not be calm
GATHERED = ROOT / "var" / "training" / "nlu.yml"
EVERY_STEP = "every_step"  # the file whose examples hold at each step of the form
INTRODUCTIONS = "introductions"  # who somebody is: holds in every context, under another act in some
INTRODUCED = {"details": "add_details", ADDING: "add_details", PERSON: "tell_person"}
ASKING = frozenset(["request_status", "ask_about_request", "ask_why", "ask_code", ASKS])  # acts that end with "?" or without
QUESTION = re.compile(
    r"(?:who|what|when|where|why|how|which|whose|is|are|was|did|do|does|has|have|can|will|by when)\b", re.IGNORECASE
)
ANNOTATED = re.compile(r"\[([^\]]+)\]\(\w+\)")
FROM_RASA = 140  # of each group and context, so that ours are not outnumbered
# Where nothing of ours is at hand, only what comes first is told from all else: by the clauses of many examples too, because a
# clause of a message may not sound like a wish for a person.
ALONE = frozenset([ELSE, ANSWERED])
FROM_RASA_ALONE = 400
FILLED = 4  # times that a line with a placeholder is filled
PLACEHOLDER = re.compile(r"\{(place|city)\}")
FILLINGS = Path(__file__).with_name("fillings.yml")  # places and cities for them
LEAST_OFTEN = 2  # a word or pair of words that the examples hold less often is left out
STRENGTH = 0.3  # inverse of the L2 regularisation
ITERATIONS, TOLERANCE = 60, 1e-3  # of the fit; the latter for each example
FOLDS, SEED = 5, 20

# Acts that Rasa has examples of, by context; what is not listed falls into its group.
AT_A_STEP = frozenset([*FIRST, "stop_form", "correct_answer", "affirm", "deny", "on_behalf", "ask_about_request", "ask_why"])
OF_RASA: Mapping[str, frozenset[str]] = {
    "residence": AT_A_STEP | {"provide_residence", "skip"}, "email": AT_A_STEP | {"provide_email", "skip"},
    "details": AT_A_STEP | {"skip"}, "agreed": AT_A_STEP,
    OPENED: frozenset([
        *FIRST, "request_status", "cancel_request", "add_details", "ask_code", "provide_code", "provide_email", "affirm", "deny",
    ]),
    PERSON: frozenset([*FIRST, "provide_email", "tell_person", "affirm", "deny", "stop_form"]),
    ADDING: frozenset([*FIRST, "request_status", "cancel_request", "add_details", "ask_code", "provide_code", "affirm", "deny"]),
    ASKED: frozenset([*FIRST, "affirm", "deny"]),
    ANSWERED: frozenset([*FIRST, "affirm", "deny"]),
    ELSE: frozenset(FIRST),
}  # fmt: skip
# What would mean something else in that context is left to our own examples.
LEFT_OUT: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(
        STEPS, frozenset(["cancel_request", "add_details", "provide_code", "ask_code", "request_status", "tell_person"])
    ),
    OPENED: frozenset(["skip", "stop_form", "correct_answer", "provide_residence", "tell_person", "ask_about_request"]),
    PERSON: frozenset(["skip", "correct_answer", "provide_residence", "add_details", "greet"]),
    ADDING: frozenset(
        ["skip", "stop_form", "correct_answer", "provide_residence", "provide_email", "tell_person", "ask_about_request"]
    ),
    ASKED: frozenset(
        [
            "cancel_request",
            "add_details",
            "skip",
            "stop_form",
            "correct_answer",
            "provide_residence",
            "provide_email",
            "pause_form",
            "go_on",
            "forget_conversation",
        ]
    ),
    ANSWERED: frozenset(["skip", "stop_form", "pause_form", "provide_residence", "tell_person", "ask_why", "emoji_or_reaction"]),
    ELSE: frozenset(),
}
SAMPLED = frozenset([ASKS, WANTS, BESIDE])


@dataclass(frozen=True)
class ActExample:
    """One message, the context it came in, and its act."""

    text: str
    context: str
    act: str


def read_examples() -> list[ActExample]:
    """All examples. A text of ours counts in its context as we say, whatever Rasa takes it for alone."""
    own = list(_own_examples())
    taken = {(example.text.lower(), example.context) for example in own}
    return [*own, *(example for example in _of_rasa() if (example.text.lower(), example.context) not in taken)]


def _own_examples() -> Iterator[ActExample]:
    """Ours. What a step's own file says of a text holds there, whatever the file for every step says of it."""
    acts: dict[tuple[str, str], str] = {}
    for path in sorted(EXAMPLES.glob("*.yml"), key=lambda path: path.stem != EVERY_STEP):
        for act, lines in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            for line in filter(None, map(str.strip, lines.splitlines())):
                for context in _contexts(path.stem, act):
                    here = _introduced(act, context) if path.stem == INTRODUCTIONS else act
                    acts |= {(text, context): here for text in _typed(line, here)}
    yield from (ActExample(text, context, act) for (text, context), act in acts.items())


def _introduced(act: str, context: str) -> str:
    """The act of an introduction. Outside the form there is none of its own for those who speak for others."""
    act = INTRODUCED.get(context, act)
    return act if context in STEPS or act not in {"on_behalf"} else group_of(act)


def _typed(line: str, act: str) -> list[str]:
    """The ways in which a line is typed: with its places filled in, and a question with its mark and without."""
    filled = _filled(line)
    if act in ASKING and QUESTION.match(line):
        filled += [text.removesuffix("?") if text.endswith("?") else f"{text}?" for text in filled]
    return filled


def _contexts(file: str, act: str) -> tuple[str, ...]:
    if file == INTRODUCTIONS:
        return CONTEXTS
    if file == EVERY_STEP:
        return STEPS
    # What somebody adds after a request was opened is what others add before.
    return ("details", ADDING) if (file, act) == ("details", "add_details") else (file,)


def _filled(line: str) -> list[str]:
    if not PLACEHOLDER.search(line):
        return [line]
    chance, names = random.Random(line), _fillings()
    return [PLACEHOLDER.sub(lambda found: chance.choice(names[found[1]]), line) for _ in range(FILLED)]


@cache
def _fillings() -> dict[str, list[str]]:
    return {kind: listed.split(", ") for kind, listed in yaml.safe_load(FILLINGS.read_text(encoding="utf-8")).items()}


def _of_rasa() -> Iterator[ActExample]:
    chance = random.Random(SEED)
    by_intent = rasas_examples()
    for context in CONTEXTS:
        grouped: dict[str, list[str]] = {}
        for intent, texts in by_intent.items():
            if intent not in LEFT_OUT[context]:
                act = intent if intent in OF_RASA[context] else group_of(intent)
                grouped.setdefault(act, []).extend(texts)
        most = FROM_RASA_ALONE if context in ALONE else FROM_RASA
        for act, texts in grouped.items():
            chosen = chance.sample(texts, min(most, len(texts))) if act in SAMPLED else texts
            yield from (ActExample(text, context, act) for text in chosen)
            if context in ALONE and act in SAMPLED:
                clauses = sorted({clause for text in texts for clause in _clauses(text)} - {text.lower() for text in texts})
                yield from (ActExample(text, context, act) for text in chance.sample(clauses, min(most, len(clauses))))


def _clauses(text: str) -> list[str]:
    """The clauses of a message, if it has several, as bot/dialogue_acts.py reads them."""
    clauses = [clause.strip().lower() for clause in CLAUSE.split(text) if len(clause.split()) > 1]
    return clauses if len(clauses) > 1 else []


def rasas_examples() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in [*sorted(NLU.glob("*.yml")), *([GATHERED] if GATHERED.exists() else [])]:
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            if "intent" in entry:
                lines = (ANNOTATED.sub(r"\1", line.strip().removeprefix("- ")) for line in entry["examples"].splitlines())
                found.setdefault(entry["intent"], []).extend(line for line in lines if line)
    return found


@dataclass(frozen=True)
class Fitted:
    """What `save` writes and bot/dialogue_acts.py reads; or the same for feelings, whose `acts` are feelings."""

    acts: list[str]
    vocabulary: list[str]
    weights: np.ndarray
    bias: np.ndarray

    def save(self, path: Path, encoder: str, feelings: Fitted) -> None:
        """feelings: the model of bot/feelings.py, which goes into the same file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(
            path, feelings=np.array(feelings.acts), feeling_vocabulary=np.array(feelings.vocabulary),
            feeling_weights=feelings.weights.astype(np.float16), feeling_bias=feelings.bias.astype(np.float32),
            acts=np.array(self.acts), vocabulary=np.array(self.vocabulary), weights=self.weights.astype(np.float16),
            bias=self.bias.astype(np.float32), encoder=np.array(encoder), contexts=np.array(CONTEXTS),
        )  # fmt: skip


class Features:
    """Examples as numbers: how often each word of a vocabulary stands in them, and their vectors."""

    def __init__(self, encoder: str, folder: Path, examples: list[ActExample]) -> None:
        """encoder: its id. folder: where it is, and the vectors of examples are kept."""
        texts = sorted({example.text for example in examples})
        read = [as_read(text) for text in texts]
        self._dense = dict(zip(texts, scaled(vectors_of_examples(read, folder, encoder)), strict=True))
        self._words = {text: set(words_of(text)) for text in texts}

    def vocabulary(self, examples: list[ActExample]) -> list[str]:
        counts = Counter(word for text in {example.text for example in examples} for word in self._words[text])
        return sorted(word for word, count in counts.items() if count >= LEAST_OFTEN)

    def arrays(self, examples: list[ActExample], vocabulary: list[str]) -> tuple[csr_matrix, np.ndarray]:
        """Shapes: counts float32 (examples, words), sparse; vectors float32 (examples, 2 × dim)."""
        index = {word: column for column, word in enumerate(vocabulary)}
        rows, columns = [], []
        for row, example in enumerate(examples):
            found = [index[word] for word in self._words[example.text] if word in index]
            rows += [row] * len(found)
            columns += found
        counts = csr_matrix(
            (np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=(len(examples), len(vocabulary)), dtype=np.float32
        )
        return counts, np.stack([self._dense[example.text] for example in examples])


def fit(features: Features, examples: list[ActExample]) -> Fitted:
    """Fit the model to these examples: each feature counts once for all contexts, and once for that of the example."""
    return _fit(features, examples, np.array([CONTEXTS.index(example.context) for example in examples]))


def fit_without_context(features: Features, examples: list[ActExample], strength: float = STRENGTH) -> Fitted:
    """Fit a model that knows no contexts: of feelings, which are the acts of these examples, or of intents."""
    return _fit(features, examples, None, strength)


def _fit(features: Features, examples: list[ActExample], contexts: np.ndarray | None, strength: float = STRENGTH) -> Fitted:
    vocabulary = features.vocabulary(examples)
    acts, y = np.unique([example.act for example in examples], return_inverse=True)
    counts, vectors = features.arrays(examples, vocabulary)
    weights, bias = fitted(
        counts, vectors, y, c=strength, iterations=ITERATIONS, tolerance=TOLERANCE * len(examples), groups=contexts
    )
    return Fitted(acts.tolist(), vocabulary, np.ascontiguousarray(weights.T, dtype=np.float32), bias)


def scores(features: Features, examples: list[ActExample], model: Fitted) -> np.ndarray:
    """The model's scores of each act for each example. Shape: float32 (examples, acts)."""
    counts, vectors = features.arrays(examples, model.vocabulary)
    weights = model.weights.reshape(1 + len(CONTEXTS), -1, len(model.acts))
    found = np.zeros((len(examples), len(model.acts)), dtype=np.float32)
    for place, context in enumerate(CONTEXTS, start=1):
        rows = np.flatnonzero([example.context == context for example in examples])
        both = weights[0] + weights[place]
        words = len(model.vocabulary)
        found[rows] = counts[rows] @ both[:words] + vectors[rows] @ both[words:] + model.bias
    return found


def read_feelings() -> list[ActExample]:
    """Messages with their feeling as their act: those of feelings.yml, and more that are taken for calm: Rasa's, and answers."""
    listed = yaml.safe_load(FEELINGS.read_text(encoding="utf-8"))
    own = {line: feeling for feeling, lines in listed.items() for line in filter(None, map(str.strip, lines.splitlines()))}
    by_intent = rasas_examples()
    calm = [text for intent in sorted(by_intent.keys() - MAY_BE_MOVED) for text in by_intent[intent] if text not in own]
    calm = random.Random(SEED).sample(calm, min(CALM, len(calm)))
    calm += [
        example.text for example in read_examples()
        if example.act in CALM_ANSWERS and len(example.text.split()) <= SHORT and example.text not in own
    ]  # fmt: skip
    return [ActExample(text, ELSE, feeling) for text, feeling in (own | dict.fromkeys(calm, NONE)).items()]


def cross_validate(features: Features, examples: list[ActExample], folds: int = FOLDS) -> tuple[dict[str, float], list[str]]:
    """The share told rightly by context, and the misses. A text stands in one fold only, whatever contexts it has."""
    texts = sorted({example.text for example in examples})
    acts = {example.text: example.act for example in examples}
    splits = StratifiedKFold(folds, shuffle=True, random_state=SEED).split(texts, [acts[text] for text in texts])
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    misses = []
    for _, held in splits:
        kept_apart = {texts[index] for index in held}
        model = fit(features, [example for example in examples if example.text not in kept_apart])
        tested = [example for example in examples if example.text in kept_apart]
        for example, row in zip(tested, scores(features, tested, model), strict=True):
            said = model.acts[int(np.argmax(row))]
            total[example.context] += 1
            right[example.context] += said == example.act
            if said != example.act:
                misses.append(f"{example.context:10} {example.act:16} as {said:16} {example.text}")
    return {context: right[context] / total[context] for context in CONTEXTS}, misses


def unseen_examples(path: Path = UNSEEN) -> list[ActExample]:
    """What strangers wrote and nothing has learnt from. path: one of ALL_UNSEEN."""
    listed = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [
        ActExample(_filled(line)[0], context, act)
        for context, acts in listed.items()
        for act, lines in acts.items()
        for line in filter(None, map(str.strip, lines.splitlines()))
    ]


@dataclass(frozen=True)
class Certainty:
    """How sure a model is, and how rightly. log_loss: of the right class; gap: of confidence and accuracy, in ten bins (ECE)."""

    right: float
    log_loss: float
    gap: float

    @classmethod
    def of(cls, shares: np.ndarray, right: np.ndarray) -> Certainty:
        """Shapes: probabilities (n, classes), the right classes int (n,)."""
        sure, hit = shares.max(axis=1), shares.argmax(axis=1) == right
        bins = np.minimum((sure * 10).astype(int), 9)
        gaps = [abs(float(sure[bins == one].sum() - hit[bins == one].sum())) for one in range(10)]
        losses = -np.log(np.maximum(shares[np.arange(len(right)), right], 1e-9))
        return cls(float(hit.mean()), float(losses.mean()), sum(gaps) / len(right))

    def __str__(self) -> str:
        return f"right {self.right:.3f}, log loss {self.log_loss:.3f}, confidence off by {self.gap:.3f}"


def of_unseen(model: DialogueActs, path: Path) -> dict[str, tuple[int, Certainty]]:
    """How many messages of strangers the served model was asked, and how well it read them: by context, and all."""
    examples = unseen_examples(path)
    told = {}
    for context in sorted({example.context for example in examples}, key=CONTEXTS.index):
        here = [example for example in examples if example.context == context]
        shares = model.probabilities([example.text for example in here], context)
        told[context] = shares, np.array([model.acts.index(example.act) for example in here])
    shares, right = (np.concatenate(parts) for parts in zip(*told.values(), strict=True))
    return {name: (len(here), Certainty.of(of, here)) for name, (of, here) in {**told, "all": (shares, right)}.items()}


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__)
    cli.add_argument("out", type=Path)
    cli.add_argument("encoder", type=Path)
    cli.add_argument("--cross-validate", action="store_true")
    cli.add_argument("--misses", action="store_true")
    cli.add_argument("--unseen", action="store_true")
    given = cli.parse_args()
    encoder, examples, feelings = OnnxEncoder(given.encoder), read_examples(), read_feelings()
    if given.unseen:
        model = DialogueActs.load(given.out, encoder, Reader(given.encoder, encoder))
        for path in ALL_UNSEEN:
            print(path.name)
            for context, (count, certainty) in of_unseen(model, path).items():
                print(f"{context:10} {count:4} messages: {certainty}")
        return
    features = Features(encoder.id, given.encoder, [*examples, *feelings])
    if given.cross_validate:
        shares, misses = cross_validate(features, examples)
        print(", ".join(f"{context} {share:.3f}" for context, share in shares.items()))
        if given.misses:
            print("\n".join(sorted(misses)))
        return
    fit(features, examples).save(given.out, encoder.id, fit_without_context(features, feelings))


if __name__ == "__main__":
    main()
