"""A question → the passages of one policy version that answer it best, and the probability that they do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

import numpy as np

from knowledge.artefact import PolicyArtefact, ServedPolicy, search_vectors
from knowledge.aspect_mapper import AspectMapper
from knowledge.aspects import Aspect
from knowledge.embedding import QueryEncoder
from knowledge.needed import Needed, needed_in_answer
from knowledge.own_name import without_own_name
from knowledge.passages import LONGEST_LIST, Passage
from knowledge.ranking import PolicyView, Question, Ranker, features, judge_features
from knowledge.scope import Scope
from knowledge.vectors import FlatIndex

CANDIDATES = 160  # passages that are ranked; of a longer policy, the nearest by FAISS
ASPECT_FROM = 0.5  # lowest cosine of a question to an aspect at which the aspect is named
SHOWN = 3  # passages that a reader gets


@dataclass(frozen=True)
class Hit:
    """One passage offered as evidence."""

    passage: Passage
    score: float  # the ranker's; higher is better, comparable within one question

    def overlaps(self, other: Hit) -> bool:
        """Whether the two share characters."""
        return self.passage.start < other.passage.end and other.passage.start < self.passage.end


@dataclass(frozen=True)
class RetrievalResult:
    """What was found for one question."""

    hits: tuple[Hit, ...]  # best first, none overlapping
    probability: float  # that the first hit answers the question
    aspect: Aspect | None  # what the question was taken to ask; None if it is near to nothing in the bank
    scope: float  # log odds that the message asks about privacy
    lead: float = 0.0  # how much nearer the question is to its aspect than to any other, in cosines


class Retrieval:
    """Searches with FAISS and ranks the results. Safe to share between threads."""

    def __init__(self, encoder: QueryEncoder, mapper: AspectMapper, scope: Scope, ranker: Ranker) -> None:
        self._encoder, self._mapper, self._scope, self._ranker = encoder, mapper, scope, ranker
        self._bank = mapper.bank
        self._views: WeakKeyDictionary[PolicyArtefact, PolicyView] = WeakKeyDictionary()  # each as long as its artefact is kept

    @property
    def words(self) -> frozenset[str]:
        """The English words of the aspect bank, in lower case."""
        return self._bank.words

    def search(self, policy: ServedPolicy, text: str, *, k: int) -> RetrievalResult:
        """The k best passages of one policy version for a question."""
        question = self.question(without_own_name(text, policy.company, self.words))
        view = self.view(policy.artefact)
        if len(view.rows) > CANDIDATES:
            _, near = FlatIndex.of(search_vectors(view.readings)).search(question.vector, CANDIDATES)
            view = view.narrowed(near)
        table = features(view, question, self._bank)
        scores = self._ranker.order(table)
        order = readable_order(view.passages, scores)
        probability = self._ranker.probability(judge_features(table, scores, order, view, question))
        hits = without_overlap(with_whole_lists([Hit(view.passages[row], float(scores[row])) for row in order]), most=k)
        needed = needed_in_answer(text)
        if needed is not None:
            hits, found = holding_first(hits, needed)
            probability = probability if found else min(probability, (self._ranker.unsure_from + self._ranker.answer_from) / 2)
        nearest = int(np.argmax(question.closeness))
        aspect = self._bank.aspects[nearest] if question.closeness[nearest] >= ASPECT_FROM else None
        runner_up = np.partition(question.closeness, -2)[-2] if len(question.closeness) > 1 else 0.0
        lead = float(question.closeness[nearest] - runner_up)
        return RetrievalResult(tuple(hits), probability, aspect, question.scope, lead)

    def question(self, text: str) -> Question:
        """The question, embedded and compared with the aspect bank."""
        return Question.of(text, self._encoder, self._bank, self._scope)

    def view(self, artefact: PolicyArtefact) -> PolicyView:
        """The policy version, ready for ranking; made at the first question, and kept as long as its artefact."""
        view = self._views.get(artefact)
        if view is None:
            passages, readings, rows = artefact.passages, artefact.readings, np.arange(len(artefact.passages))
            known = artefact.map if artefact.map and artefact.map.made_by == self._mapper.id else None
            spoken = known.spoken if known else self._mapper.mention_probabilities(passages, readings)
            near = known.near if known else None
            view = PolicyView.of(passages, rows, readings, artefact.large, artefact.tokens, self._bank, spoken, near)
            self._views[artefact] = view
        return view


def readable_order(passages: Sequence[Passage], scores: np.ndarray) -> np.ndarray:
    """Indices of the passages, best first, without those that are too long for a quote; int64 (n,) or shorter."""
    order = np.argsort(-scores, kind="stable")
    short = np.array([len(passage.text) <= LONGEST_LIST for passage in passages])
    return order[short[order]] if short.any() else order


def with_whole_lists(hits: Sequence[Hit]) -> list[Hit]:
    """Put a whole list before its first item if two of the SHOWN best hits are items of that list."""
    items = [hit for hit in without_overlap(hits[: 2 * SHOWN], most=SHOWN) if hit.passage.kind == "item"]
    for whole in (hit for hit in hits if hit.passage.kind == "list"):
        inside = [hit for hit in items if whole.passage.start <= hit.passage.start and hit.passage.end <= whole.passage.end]
        if len(inside) >= 2:
            best = hits.index(inside[0])
            return [*hits[:best], replace(whole, score=inside[0].score), *hits[best:]]
    return list(hits)


def holding_first(hits: Sequence[Hit], needed: Needed) -> tuple[list[Hit], bool]:
    """The hits, and whether one of the SHOWN best holds what is needed, or a heading above it does.

    The best that holds it itself comes first; the scores keep their places, so that hits stay in descending order.
    """
    for place, hit in enumerate(hits[:SHOWN]):
        if needed.held_by(hit.passage):
            order = [hit, *hits[:place], *hits[place + 1 :]]
            return [replace(moved, score=there.score) for moved, there in zip(order, hits, strict=True)], True
    return list(hits), any(needed.stands_above(hit.passage) for hit in hits[:SHOWN])


def without_overlap(hits: Sequence[Hit], *, most: int | None = None) -> list[Hit]:
    """The best of hits that share characters, and at most `most` in all."""
    kept: list[Hit] = []
    for hit in hits:
        if len(kept) == most:
            break
        if not any(hit.overlaps(other) for other in kept):
            kept.append(hit)
    return kept
