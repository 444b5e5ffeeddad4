"""Stand-ins for what is slow or far away. Each keeps the promises of the real part."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from candor.conversations.rasa import RasaTurn
from candor.errors import AssistantDownError
from candor.settings import Settings
from knowledge.answering import Answer, AnswerKind, AnswerPart, Answers
from knowledge.aspect_mapper import FEATURES as MAPPED_BY
from knowledge.aspect_mapper import AspectMapper, MapperWeights
from knowledge.aspect_vectors import AspectVectors
from knowledge.aspects import Aspect, AspectBank
from knowledge.catalogue import PolicyCatalogue
from knowledge.companies import Company
from knowledge.encoder import CARD_FILE
from knowledge.judging import JUDGE_FEATURES, LearntCosine, PassageJudge, QuestionJudge
from knowledge.ranker import Ranker, plain_order
from knowledge.retrieval import Hit, Retrieval
from knowledge.scope import SURE, Scope
from knowledge.two_encoders import joined_id


class FakeEncoder:
    """Unit vectors from hashed words: texts that share words are near each other. Counts its calls."""

    id = joined_id("fake:1", "large:1")
    dim = token_dim = 256

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.encoded += texts
        return self._unit(texts)

    def encode_tokens(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        vectors, tokens = self.encode_passages([text])
        return vectors[0], tokens[0]

    def encode_passages(self, texts: Sequence[str]) -> tuple[np.ndarray, list[np.ndarray]]:
        return self.encode(texts), [self._unit(re.findall(r"\w+", text) or [""]) for text in texts]

    def encode_large(self, texts: Sequence[str]) -> np.ndarray:
        return self._unit(texts)

    def _unit(self, texts: Sequence[str]) -> np.ndarray:
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()):
                vectors[row, int(hashlib.sha256(word.encode()).hexdigest(), 16) % self.dim] += 1.0
            vectors[row, 0] += 1e-3  # a text without words has a direction too
        unit: np.ndarray = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


def write_cards(settings: Settings) -> None:
    """The cards of FakeEncoder's two exports, where the settings say that they are."""
    for folder, name in ((settings.encoder_dir, "fake:1"), (settings.large_encoder_dir, "large:1")):
        folder.mkdir(parents=True)
        (folder / CARD_FILE).write_text(json.dumps({"id": name}), encoding="utf-8")


class FakeRasa:
    """Answers each message with the messages it was given; remembers what it was sent."""

    def __init__(self, *messages: dict[str, Any], down: bool = False) -> None:
        self.messages = list(messages) or [{"text": "Hello!", "custom": {"kind": "smalltalk"}}]
        self.down = down
        self.sent: list[dict[str, str]] = []
        self.forgotten: list[str] = []
        self.trackers: dict[str, datetime] = {}  # whose events it keeps, and when the last one was

    async def send(self, *, sender: str, text: str, company: str, message_id: str) -> RasaTurn:
        self.sent.append({"sender": sender, "text": text, "company": company})
        await self.check()
        self.trackers[sender] = datetime.now(UTC)
        return RasaTurn(self.messages, "greet", 0.9, [{"name": "greet", "confidence": 0.9}])

    async def forget(self, sender: str) -> None:
        await self.forget_all([sender])

    async def forget_all(self, senders: Sequence[str]) -> None:
        await self.check()
        for sender in senders:
            self.forgotten.append(sender)
            self.trackers.pop(sender, None)

    async def senders(self, after: str = "") -> list[tuple[str, datetime]]:
        await self.check()
        return [(name, last) for name, last in sorted(self.trackers.items()) if name > after][:2]

    async def check(self) -> None:
        if self.down:
            raise AssistantDownError("Rasa does not answer (fake)")

    async def close(self) -> None:
        pass


SMALL_BANK = (
    Aspect(
        "selling.sold",
        "selling personal data",
        "selling",
        ("do you sell my data", "is my data sold"),
        ("We never sell personal data.",),
    ),
    Aspect(
        "retention.general", "how long data is kept", "retention", ("how long do you keep it",), ("We keep data for one year.",)
    ),
)


def untrained_ranker() -> Ranker:
    """Orders passages by their own cosines and answers everything; both judges call every probability 0.5."""
    judge = QuestionJudge(np.zeros(len(JUDGE_FEATURES)), 0.0)
    return Ranker(plain_order, judge, judge_saying(0.5), 0.0, 0.0, 0.0, math.inf, -math.inf)


def judge_saying(probability: float) -> PassageJudge:
    """A judge of passages that finds that probability, whatever the passages are."""
    return PassageJudge(lambda rows: np.full(len(rows), math.log((1 - probability) ** (-1 / len(rows)) - 1)), no_learnt_cosine())


def no_learnt_cosine() -> LearntCosine:
    """For FakeEncoder's vectors; nothing is near."""
    return LearntCosine(np.zeros(FakeEncoder.dim, dtype=np.float32), np.zeros(FakeEncoder.dim, dtype=np.float32))


def small_answers(
    catalogue: PolicyCatalogue,
    *,
    answer_from: float = 0.0,
    unsure_from: float = 0.0,
    shown_within: float = math.inf,
    about: Sequence[str] = (),
    judged_by_question: float = 0.0,
    probability: float = 0.5,
    agreed_from: float = -math.inf,
) -> Answers:
    """Real answers from a catalogue that was ingested with the fake encoder; untrained, each has the same `probability`.

    Everything is in scope, or only what has one of the words in `about`. `judged_by_question`: its judge's log odds.
    """
    encoder = FakeEncoder()
    ranker = replace(
        untrained_ranker(),
        question_judge=QuestionJudge(np.zeros(len(JUDGE_FEATURES)), judged_by_question),
        passage_judge=judge_saying(probability),
        answer_from=answer_from,
        unsure_from=unsure_from,
        clear_from=answer_from,
        shown_within=shown_within,
        agreed_from=agreed_from,
    )
    scope = ScopeByWords(encoder.encode(about)) if about else NO_CHATTER
    return Answers(catalogue, Retrieval(encoder, small_mapper(), scope, ranker), ranker)


NO_CHATTER = Scope(np.zeros((0, FakeEncoder.dim), dtype=np.float32))  # everything is about privacy


class ScopeByWords(Scope):
    """In scope is what shares a word with one of the vectors."""

    def log_odds(self, vector: np.ndarray, near: np.ndarray) -> float:
        return SURE if (self.chatter @ vector).max() > 0.05 else -SURE


A_COMPANY = Company("acme", "Acme", "privacy@acme.example")


def a_part(
    kind: AnswerKind = "answer",
    probability: float = 0.9,
    aspect: Aspect | None = None,
    hits: tuple[Hit, ...] = (),
    *,
    seen: tuple[Hit, ...] = (),
    question: str = "a question",
) -> AnswerPart:
    """What was found for one question; what was cited was looked at too."""
    return AnswerPart(question, question, kind, probability, aspect, hits, seen or hits, asked=question)


def an_answer(
    kind: AnswerKind = "answer",
    probability: float = 0.9,
    aspect: Aspect | None = None,
    hits: tuple[Hit, ...] = (),
    *,
    seen: tuple[Hit, ...] = (),
    question: str = "a question",
    company: Company = A_COMPANY,
    version: str = "2026-01-15",
) -> Answer:
    """An answer to a message of one question."""
    part = a_part(kind, probability, aspect, hits, seen=seen, question=question)
    return Answer(kind, company, "Privacy Policy", version, (part,))


CHILDREN = Aspect(
    "children.minimum_age", "how old people must be", "children", ("how old must i be",), ("Nobody under sixteen may join.",)
)


def small_mapper(id_: str = "mapper:1") -> AspectMapper:
    """Maps with the small bank and an aspect that nobody speaks of. A passage speaks of what shares its words."""
    weights = np.array([20.0 if name == "near" else 0.0 for name in MAPPED_BY])
    encoder, aspects = FakeEncoder(), (*SMALL_BANK, CHILDREN)
    bank = AspectBank.embed(aspects, encoder, AspectVectors.of(aspects, encoder))
    return AspectMapper(lambda: bank, MapperWeights(weights, -12.0), id_)
