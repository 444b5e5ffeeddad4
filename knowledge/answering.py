"""A message → Answer with evidence for each question in it, or an honest "the policy does not say"."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import chain, zip_longest
from typing import Literal

from knowledge.aspects import Aspect
from knowledge.catalogue import PolicyCatalogue
from knowledge.companies import Company, find_company
from knowledge.language import is_foreign
from knowledge.messages import has_content_word, is_follow_up, questions_in
from knowledge.quoting import Version, quotes_of
from knowledge.ranking import Ranker
from knowledge.retrieval import Hit, Retrieval, RetrievalResult

AnswerKind = Literal["answer", "unsure", "not_in_policy", "out_of_scope"]
BEST_FIRST: tuple[AnswerKind, ...] = ("answer", "unsure", "not_in_policy", "out_of_scope")
QUOTES = 3
SEEN = 8  # passages recorded with a turn, cited or not
SCOPE_FROM = -2.0  # log odds of being about privacy below which nothing is looked for, unless the evidence is clear


@dataclass(frozen=True)
class AnswerPart:
    """What knowledge has to say to one question of a message."""

    question: str  # as it was looked up: a follow-up stands after the question that it leans on
    subject: str  # the question that the next follow-up leans on: this one, or the one that this one leant on itself
    kind: AnswerKind
    probability: float  # that the first quote answers the question
    aspect: Aspect | None  # what the question was taken to ask
    hits: tuple[Hit, ...]  # quoted as evidence, best first, each grown to what can be understood; empty where it is silent
    seen: tuple[Hit, ...]  # all that was looked at
    place: int = 0  # of the question in its message, from 0

    @property
    def looked_for(self) -> str:
        return self.aspect.label if self.aspect else "an answer to that"


@dataclass(frozen=True)
class Answer:
    """What knowledge has to say to a message; the sentence around it is worded elsewhere."""

    kind: AnswerKind  # the best of its parts
    company: Company
    policy: str
    version: str
    parts: tuple[AnswerPart, ...]  # one for each question, in the order they were asked
    language_unknown: bool = False  # the message is not in English
    id: str = field(default_factory=lambda: f"a_{uuid.uuid4().hex[:16]}")

    @property
    def hits(self) -> tuple[Hit, ...]:
        """What is cited: the best of each part first, one to three in all, none overlapping."""
        kept: list[Hit] = []
        for hit in chain.from_iterable(zip_longest(*(part.hits for part in self.parts))):
            if hit is not None and not any(hit.overlaps(other) for other in kept):
                kept.append(hit)
        return tuple(kept[:QUOTES])

    @property
    def seen(self) -> tuple[Hit, ...]:
        return tuple(hit for part in self.parts for hit in part.seen)

    @property
    def probability(self) -> float:
        return max((part.probability for part in self.parts), default=0.0)

    @property
    def aspect(self) -> Aspect | None:
        return self.parts[0].aspect if self.parts else None

    @property
    def question(self) -> str:
        """What a follow-up would lean on; "" after what is not about privacy."""
        return self.parts[-1].subject if self.parts and self.parts[-1].kind != "out_of_scope" else ""

    @property
    def the_policy(self) -> str:
        """The policy as it is named in a sentence: "Clevra's Privacy Policy", "the Cleverom Privacy Policy"."""
        return f"the {self.policy}" if self.company.name in self.policy else f"{self.company.name}'s {self.policy}"

    @property
    def looked_for(self) -> str:
        """What was looked for, of every question: all of them may be met with silence."""
        return " and for ".join(dict.fromkeys(part.looked_for for part in self.parts)) or "an answer to that"


class Answers:
    """Answers messages from the served index. Safe to share between threads."""

    def __init__(self, catalogue: PolicyCatalogue, retrieval: Retrieval, ranker: Ranker) -> None:
        self._catalogue, self._retrieval, self._ranker = catalogue, retrieval, ranker

    def answer(self, message: str, company: str, *, after: str = "") -> Answer:
        """Answer from the company's current policy; `after` is the question before, for a follow-up that leans on it.

        Raises: UnknownCompanyError; IndexUnusableError where there is no index to answer from.
        """
        build = self._catalogue.build()  # and nothing of another one: it may be swapped while we answer
        served = find_company(build.companies, company)
        version: str = build.manifest["current"][company]
        document = build.document(company, version)
        policy = document.policy if document else served.policy_title
        if is_foreign(message, self._retrieval.words):
            return Answer("out_of_scope", served, policy, version, (), language_unknown=True)

        passages = self._retrieval.view(build, company, version).passages
        whole = Version.of(document.text if document else "", passages)

        def look_up(question: str) -> AnswerPart:
            result = self._retrieval.search(build, question, company=company, version=version, k=SEEN)
            return self._part(question, result, whole)

        parts = self._parts(message, after, look_up)
        kind = min((part.kind for part in parts), key=BEST_FIRST.index)
        return Answer(kind, served, policy, version, parts)

    def _parts(self, message: str, after: str, look_up: Callable[[str], AnswerPart]) -> tuple[AnswerPart, ...]:
        parts: list[AnswerPart] = []
        for position, question in enumerate(questions_in(message)):
            before = parts[-1].question if parts else after
            part = look_up(question)
            if before and is_follow_up(question):
                together = replace(look_up(f"{before} {question}"), subject=before)
                part = (
                    leaning(part, together, parts[-1] if parts else None)
                    if has_content_word(question)
                    else better(together, part)
                )
            parts.append(replace(part, place=position))
        parts = [part for part in parts if part.kind != "out_of_scope"] or parts[:1]
        if len(parts) > 1 and one_answer(parts):
            return (look_up(message),)
        return tuple(parts)

    def _part(self, question: str, result: RetrievalResult, whole: Version) -> AnswerPart:
        kind = self._kind(result)
        hits = result.hits if kind in ("answer", "unsure") else ()
        near = [hit for hit in hits if hit.score >= hits[0].score - self._ranker.shown_within]
        return AnswerPart(
            question, question, kind, result.probability, result.aspect, quotes_of(near, whole, QUOTES), result.hits
        )

    def _kind(self, result: RetrievalResult) -> AnswerKind:
        if result.probability >= self._ranker.answer_from:
            return "answer"
        if result.scope < SCOPE_FROM:
            return "out_of_scope"
        return "unsure" if result.probability >= self._ranker.unsure_from else "not_in_policy"


def better(first: AnswerPart, second: AnswerPart) -> AnswerPart:
    """The part that says more; of two that say as much, the first."""
    return min(first, second, key=lambda part: BEST_FIRST.index(part.kind))


def leaning(alone: AnswerPart, together: AnswerPart, before: AnswerPart | None) -> AnswerPart:
    """What a question that means something and yet points back is answered with: "do you sell it?".

    Together with the question before it, it may only find that one's answer again; then what it found alone is nearer.
    """
    again = before is not None and before.hits and together.hits and together.hits[0].overlaps(before.hits[0])
    return alone if again and alone.hits else better(alone, together)


def one_answer(parts: list[AnswerPart]) -> bool:
    """Whether the same passage answers all parts, so that they were one question after all."""
    firsts = [part.hits[0] for part in parts if part.hits]
    return len(firsts) == len(parts) and all(firsts[0].overlaps(hit) for hit in firsts[1:])
