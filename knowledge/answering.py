"""A question → an Answer: the policy's own words with their place, or the honest statement that it does not say."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from knowledge.aspects import Aspect
from knowledge.companies import Company
from knowledge.embedding import Encoder
from knowledge.library import PolicyLibrary
from knowledge.retrieval import Hit, retrieve

AnswerKind = Literal["answer", "unsure", "not_in_policy"]
QUOTES = 3
SEEN = 8  # passages recorded with a turn, cited or not


@dataclass(frozen=True)
class Thresholds:
    """Best scores from which on an answer is given, or shown as unsure. Measured in docs/evaluation.md."""

    answer: float = 0.42
    unsure: float = 0.30


@dataclass(frozen=True)
class Answer:
    """What knowledge has to say to one question; the sentence around it is worded elsewhere."""

    kind: AnswerKind
    company: Company
    policy: str
    version: str
    aspect: Aspect | None  # what the question was taken to ask
    hits: tuple[Hit, ...]  # cited, best first; empty where the policy does not say
    seen: tuple[Hit, ...]  # all that was looked at
    id: str = field(default_factory=lambda: f"a_{uuid.uuid4().hex[:16]}")

    @property
    def looked_for(self) -> str:
        return self.aspect.label if self.aspect else "this"


class Answers:
    """Answers questions from the served index. Safe to share between threads."""

    def __init__(
        self, library: PolicyLibrary, encoder: Encoder, aspects: tuple[Aspect, ...], thresholds: Thresholds = Thresholds()
    ) -> None:
        self._library = library
        self._encoder = encoder
        self._thresholds = thresholds
        self._aspects = aspects
        self._asked = encoder.encode([question for aspect in aspects for question in aspect.questions])
        self._aspect_of = np.repeat(np.arange(len(aspects)), [len(aspect.questions) for aspect in aspects])

    def answer(self, question: str, company: str) -> Answer:
        """Answer from the company's current policy.

        Raises: UnknownCompanyError; IndexUnusableError where there is no index to answer from.
        """
        build = self._library.build()
        asked = self._library.company(company)
        version = self._library.current_version(company)
        document = build.document(company, version)
        query = self._encoder.encode([question])[0]
        hits = retrieve(build, query, company=company, version=version, k=SEEN)
        kind = self._kind(hits)
        cited = tuple(hits[:QUOTES]) if kind != "not_in_policy" else ()
        policy = document.policy if document else asked.policy_title
        return Answer(kind, asked, policy, version, self._aspect(query), cited, tuple(hits))

    def _kind(self, hits: list[Hit]) -> AnswerKind:
        best = hits[0].score if hits else -1.0
        if best >= self._thresholds.answer:
            return "answer"
        return "unsure" if best >= self._thresholds.unsure else "not_in_policy"

    def _aspect(self, query: np.ndarray) -> Aspect | None:
        """The aspect with the question that is nearest to this one."""
        if not len(self._asked):
            return None
        return self._aspects[int(self._aspect_of[int(np.argmax(self._asked @ query))])]
