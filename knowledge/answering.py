"""A question → an Answer: the policy's own words with their place, or the honest statement that it does not say."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Literal

from knowledge.aspects import Aspect
from knowledge.catalogue import PolicyCatalogue
from knowledge.companies import Company
from knowledge.ranking import Ranker
from knowledge.retrieval import Found, Hit, Retrieval

AnswerKind = Literal["answer", "unsure", "not_in_policy"]
QUOTES = 3
SEEN = 8  # passages recorded with a turn, cited or not


@dataclass(frozen=True)
class Answer:
    """What knowledge has to say to one question; the sentence around it is worded elsewhere."""

    kind: AnswerKind
    company: Company
    policy: str
    version: str
    probability: float  # that the first quote answers the question
    aspect: Aspect | None  # what the question was taken to ask
    hits: tuple[Hit, ...]  # cited, best first; empty where the policy does not say
    seen: tuple[Hit, ...]  # all that was looked at
    id: str = field(default_factory=lambda: f"a_{uuid.uuid4().hex[:16]}")

    @property
    def the_policy(self) -> str:
        """The policy as it is named in a sentence: "Clevra's Privacy Policy", "the Cleverom Privacy Policy"."""
        return f"the {self.policy}" if self.company.name in self.policy else f"{self.company.name}'s {self.policy}"

    @property
    def looked_for(self) -> str:
        return self.aspect.label if self.aspect else "an answer"


class Answers:
    """Answers questions from the served index. Safe to share between threads."""

    def __init__(self, catalogue: PolicyCatalogue, retrieval: Retrieval, ranker: Ranker) -> None:
        self._library, self._retrieval, self._ranker = catalogue, retrieval, ranker

    def answer(self, question: str, company: str) -> Answer:
        """Answer from the company's current policy.

        Raises: UnknownCompanyError; IndexUnusableError where there is no index to answer from.
        """
        build = self._library.build()
        asked = self._library.company(company)
        version = self._library.current_version(company)
        document = build.document(company, version)
        found = self._retrieval.search(build, question, company=company, version=version, k=SEEN)
        kind = self._kind(found)
        cited = found.hits[:QUOTES] if kind != "not_in_policy" else ()
        policy = document.policy if document else asked.policy_title
        return Answer(kind, asked, policy, version, found.probability, found.aspect, cited, found.hits)

    def _kind(self, found: Found) -> AnswerKind:
        if found.probability >= self._ranker.answer_from:
            return "answer"
        return "unsure" if found.probability >= self._ranker.unsure_from else "not_in_policy"
