"""Which dialogue act a message is, with what Candor had asked in view: an answer, a question, a wish, a stop, a correction.

Rasa's classifier sees a message alone. "No" after "do you want to add anything?" and "no" after "shall I open it?" are the same
to it, and "my user name was finch22" is nothing that anybody asks of a privacy assistant. This model sees the context too. It is
a logistic regression over the encoder's two vectors and the message's words, each once for all contexts and once for the context
at hand (Daumé III, "Frustratingly Easy Domain Adaptation", ACL 2007). `training/dialogue_act_model.py` fits it at set-up.
What the message reader makes of the same message and context (bot/reader.py) is mixed in.

Acts are intents, or one of three groups of them, of which Rasa's ranking then names the one.
"""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import AbstractSet, Any, Dict, List, Mapping, Sequence, Tuple

import numpy as np

from bot import sureness
from bot.context import ANSWERED, CONTEXTS, ELSE, STEPS
from bot.reader import MASKED, Reader, as_read, mixed, shares_of
from knowledge.encoder import OnnxEncoder

ASKS, WANTS, BESIDE = "asks", "wants", "beside"  # the groups: a question, a request, and talk that is neither
HUMAN = "talk_to_human"
URGENT = ("in_danger", "data_exposed")  # somebody is in danger, or data is in the open or in strange hands now
GROUPS = (ASKS, WANTS, BESIDE)
# Intents that only make sense in a context: the model names them itself.
OF_THE_FORM = frozenset(
    [
        "affirm",
        "deny",
        "skip",
        "stop_form",
        "pause_form",
        "go_on",
        "correct_answer",
        "provide_residence",
        "provide_email",
        "add_details",
        "cancel_request",
        "ask_about_request",
        "ask_why",
        "tell_person",
    ]
)
OF_AN_ANSWER = frozenset(["affirm", "deny", "go_on", "ask_why"])  # those of them that it names after an answer
SCALES = 5.0, 8.0  # of the vectors of meaning and of form, as in config.yml
WORD = re.compile(r"<\w+?_\d+>|[a-z0-9']+|[?!]")
DIGITS = re.compile(r"\d+")
CLAUSE = re.compile(r"[.,;:!?\n]+|\s(?:and|but|so|then)\s", re.IGNORECASE)
MOST_CLAUSES = 6
ENDS_A_STEP = {HUMAN: sureness.PERSON_IN_FORM, "stop_form": sureness.STOP_IN_FORM}  # what ends or halts the form must be surer
FIRST = (*URGENT, HUMAN)  # beat every other reading, so a clause that says it is enough

SMALL_TALK = frozenset(
    ["greet", "goodbye", "thanks", "how_are_you", "joke", "bot_complaint", "abuse", "emoji_or_reaction", "nlu_fallback"]
)


def group_of(intent: str) -> str:
    """The group that an intent of Rasa's belongs to, where no context gives it an act of its own."""
    if intent.startswith("request_") and intent != "request_status":
        return WANTS
    return BESIDE if intent in SMALL_TALK or intent.startswith("out_of_scope_") else ASKS


def words_of(text: str) -> List[str]:
    """A message's words and pairs of words, as the model counts them. Numbers and masked values are each one word."""
    plain = MASKED.sub(lambda found: f"<{found[1]}_0>", text.lower().replace("’", "'"))
    words = ["#" if DIGITS.fullmatch(word) else word for word in WORD.findall(plain)]
    edged = ["^", *words, "$"]
    length = f"length {min(len(words), 12) // 3}"
    return [*words, *(f"{first} {second}" for first, second in pairwise(edged)), length]


class DialogueActs:
    """The fitted model. acts: its classes. weights: float32 (features × (1 + contexts), acts); bias: float32 (acts,)."""

    def __init__(
        self, encoder: OnnxEncoder, reader: Reader, acts: Sequence[str], vocabulary: Sequence[str], weights: np.ndarray,
        bias: np.ndarray,
    ) -> None:  # fmt: skip
        self._encoder, self._reader, self.acts = encoder, reader, list(acts)
        self._index = {word: column for column, word in enumerate(vocabulary)}
        self._weights, self._bias = weights.reshape(1 + len(CONTEXTS), -1, len(self.acts)), bias

    @classmethod
    def load(cls, path: Path, encoder: OnnxEncoder, reader: Reader) -> DialogueActs:
        """Raises: OSError where there is none, and ValueError where another encoder made it: run `make setup`."""
        with np.load(path, allow_pickle=False) as found:
            if str(found["encoder"]) != encoder.id or found["contexts"].tolist() != list(CONTEXTS):
                raise ValueError(f"{path.name} was made for another encoder: run `make setup`")
            weights = found["weights"].astype(np.float32)
            return cls(encoder, reader, found["acts"].tolist(), found["vocabulary"].tolist(), weights, found["bias"])

    def probabilities(self, texts: Sequence[str], context: str) -> np.ndarray:
        """Shape: float32 (texts, acts); each row sums to 1."""
        return self._probabilities(texts, dense_features(self._encoder, texts), context)

    def _probabilities(self, texts: Sequence[str], dense: np.ndarray, context: str) -> np.ndarray:
        both = self._weights[0] + self._weights[1 + CONTEXTS.index(context)]
        scores = dense @ both[len(self._index) :] + self._bias
        for row, text in enumerate(texts):
            columns = sorted({self._index[word] for word in words_of(text) if word in self._index})
            scores[row] += both[columns].sum(axis=0)
        read = self._reader.acts_of(texts, context)
        return mixed(shares_of(scores), self.acts, read, self._reader.acts)

    def ranked(self, text: str, context: str) -> List[Tuple[str, float]]:
        """What `read` finds, without the vectors."""
        return self.read(text, context)[0]

    def read(self, text: str, context: str) -> Tuple[List[Tuple[str, float]], np.ndarray]:
        """Acts with their probabilities, and the message's vectors, float32 (2 × dim,)."""
        clauses = [clause.strip() for clause in CLAUSE.split(text) if len(clause.split()) > 1][:MOST_CLAUSES]
        # A single clause is the message, but for the sign at its end: that need not be encoded once more.
        texts = [text, *(clauses if len(clauses) > 1 else [])]
        dense = dense_features(self._encoder, texts)
        return self._ranked(self._probabilities(texts, dense, context)), dense[0]

    def _ranked(self, table: np.ndarray) -> List[Tuple[str, float]]:
        """The likeliest act first. A clause that is urgent, or wishes for a person, puts that first."""
        ranked = sorted(zip(self.acts, table[0].tolist(), strict=True), key=lambda pair: -pair[1])
        if ranked[0][0] in FIRST or len(table) == 1:
            return ranked
        for act in FIRST:
            in_clause = float(table[1:, self.acts.index(act)].max())
            if in_clause >= sureness.FIRST_IN_CLAUSE:
                return [(act, in_clause), *(pair for pair in ranked if pair[0] != act)]
        return ranked


def dense_features(encoder: OnnxEncoder, texts: Sequence[str]) -> np.ndarray:
    """Shape: float32 (texts, 2 × dim)."""
    return scaled(np.stack(encoder.encode_both([as_read(text) for text in texts]), axis=1))


def scaled(both: np.ndarray) -> np.ndarray:
    """The two vectors of each text, side by side, as the model weighs them. Shape: (texts, 2, dim) → float32 (texts, 2 × dim)."""
    weighed: np.ndarray = both * np.array(SCALES, dtype=np.float32)[:, np.newaxis]
    return weighed.reshape(len(both), -1)


def in_context(understood: Mapping[str, Any], ranked: Sequence[Tuple[str, float]], context: str) -> Dict[str, Any]:
    """What Rasa understood, with the intent that it has in this context. Rasa's own ranking follows it."""
    intent, confidence = _resolved(understood, ranked, context)
    if not intent:
        return dict(understood)
    first = {"name": intent, "confidence": confidence}
    rest = [other for other in understood.get("intent_ranking") or [] if other.get("name") != intent]
    return {**understood, "intent": first, "intent_ranking": [first, *rest]}


def _resolved(understood: Mapping[str, Any], ranked: Sequence[Tuple[str, float]], context: str) -> Tuple[str, float]:
    """The intent and its confidence; "" where Rasa's own stands."""
    if ranked[0][0] in URGENT and (ranked[0][1] < sureness.URGENT or _complains(understood)):
        ranked = [pair for pair in ranked if pair[0] not in URGENT]
    if context in STEPS and ranked[0][1] < ENDS_A_STEP.get(ranked[0][0], 0.0):
        ranked = ranked[1:]
    act, probability = ranked[0]
    if act in FIRST:
        return (act, probability) if context not in {ANSWERED, ELSE} or probability >= sureness.PERSON_ALONE else ("", 0.0)
    if context == ELSE:
        return "", 0.0
    groups = dict.fromkeys(GROUPS, 0.0) | {name: share for name, share in ranked if name in GROUPS}
    own, share = next((pair for pair in ranked if pair[0] not in GROUPS), ("", 0.0))
    if own and share > sum(groups.values()):
        return (own, share) if share >= sureness.OWN_ACT or context in STEPS else ("", 0.0)
    return _of_rasa(understood, groups, OF_AN_ANSWER if context == ANSWERED else OF_THE_FORM)


def _complains(understood: Mapping[str, Any]) -> bool:
    """Whether Rasa is sure of a complaint: "you lost my file, escalate this" says what is wanted."""
    intent = understood.get("intent") or {}
    return intent.get("name") == "request_complaint" and float(intent.get("confidence") or 0.0) >= sureness.COMPLAINT


def _of_rasa(understood: Mapping[str, Any], groups: Mapping[str, float], own: AbstractSet[str]) -> Tuple[str, float]:
    """Which question, request or talk it is: what Rasa finds likely by the message, and the model by what was asked too.

    own: what the model tells by itself in this context, and has not told of this message. Of intents that it knows from no
    example in this context it says nothing.
    """
    ranking = [(str(one["name"]), float(one["confidence"])) for one in understood.get("intent_ranking") or [] if one.get("name")]
    likeliest = max(groups, key=lambda name: groups[name])
    weighed = [
        (name, confidence * groups[likeliest if name in OF_THE_FORM else group_of(name)])
        for name, confidence in ranking
        if name not in own
    ]
    if not any(weight for _, weight in weighed):
        return ("ask_policy" if likeliest == ASKS else "nlu_fallback"), sum(groups.values())
    name, confidence = max(weighed, key=lambda pair: pair[1])
    return name, sum(groups.values()) * confidence / sum(share for _, share in weighed)
