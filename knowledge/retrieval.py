"""A question → the passages of one policy version that answer it best, and the probability that they do."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np

from knowledge.artefact import PolicyArtefact, ServedPolicy, search_vectors
from knowledge.asked_particulars import Names
from knowledge.aspect_mapper import AspectMapper
from knowledge.aspects import Aspect
from knowledge.embedding import QueryEncoder
from knowledge.judging import judge_features, passage_features
from knowledge.language import words_in
from knowledge.leaning import Leaning, either
from knowledge.naming import share_named, things_in
from knowledge.needed import Needed, needed_in_answer
from knowledge.own_name import without_own_name
from knowledge.particulars import Part, Particular, asks_of_all, particular, parts_of
from knowledge.passages import LONGEST_LIST, Passage
from knowledge.ranker import Ranker
from knowledge.ranking import FEATURES, PolicyView, Question, features
from knowledge.scope import Scope
from knowledge.spelling import speller
from knowledge.vectors import FlatIndex
from knowledge.words import stems

CANDIDATES = 160  # passages that are ranked; of a longer policy, the nearest by FAISS
ASPECT_FROM = 0.5  # lowest cosine of a question to an aspect at which the aspect is named
SHOWN = 3  # passages that a reader gets
UNHELD = 0.9  # share of Ranker.answer_from above which no probability lies where what an answer needs was not found
OF_ITS_SECTION = frozenset(["example", "case"])  # the rule that these belong to stands in their section
RULE_WITHIN = 0.33  # share of Ranker.shown_within, where the question names a thing of its own, which a part may well answer
NAMING_WITHIN = 0.33  # share of Ranker.shown_within within which a passage that names a rare word of the question comes first
BARE_TITLE = re.compile(r"(?:[A-Z][^\W\d_]*(?: (?:[a-z]{1,3} )?[A-Z][^\W\d_]*){0,3})\.")  # "Your Rights."
NEVER_SURER = 1e-6  # than that no probability is taken to be
MATCHED_WEIGHT = 3  # of how well the question's words are matched, beside the log odds of both judges
RULE_AMONG = 4  # passages among which a rule is looked for that comes before its exception


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
    probability: float  # that the policy answers the question, by the judge of passages: from which on an answer is sure
    by_question: float  # the same by the judge of questions: silence is claimed only where it doubts too
    aspect: Aspect | None  # what the question was taken to ask; None if it is near to nothing in the bank
    scope: float  # log odds that the message asks about privacy
    needed: Needed | None = None  # what an answer must hold, if that can be told
    held: bool = True  # whether one of the best hits, or a heading above it, holds what an answer needs
    parts: Mapping[str, Part] = field(default_factory=dict)  # sections of the policy that are about one part of it
    lead: float = 0.0  # how much nearer the question is to its aspect than to any other, in cosines
    own: frozenset[str] = frozenset()  # the stems of the question that no question of the bank has: what only this one asks for
    names: Names = field(default_factory=Names)  # in the policy
    agreed: float = math.inf  # the log odds of both judges, and how well the first hit matches each word: surety needs these too
    alone: float = 0.0  # the probability that the first hit answers the message by itself, where it leans on one before it


@dataclass(frozen=True, eq=False)
class _Reading:
    """What ranker and judges make of n passages for one question."""

    question: Question
    view: PolicyView
    scores: np.ndarray  # float64 (n,)
    order: np.ndarray  # int64 (m,): rows of the view, best first, without what cannot be read
    rows: np.ndarray  # float64 (at most JUDGED, len(PASSAGE_FEATURES)), of the first in `order`
    probability: float  # that any of those answers
    by_question: float
    late: np.ndarray  # float64 (n,): how near the nearest of a passage's tokens is to each token of the question, on average

    def agreed(self, first: Passage, probability: float) -> float:
        """How far both judges and the words of the first passage speak for an answer, where the judge of passages gives this
        probability."""
        matched = float(self.late[self.view.passages.index(first)])
        return log_odds(probability) + log_odds(self.by_question) + MATCHED_WEIGHT * matched

    def chances(self, ranker: Ranker) -> dict[Passage, float]:
        """The probability of each of the first passages that it answers."""
        of_each = ranker.passage_judge.of_each(self.rows).tolist()
        return {self.view.passages[row]: chance for row, chance in zip(self.order.tolist(), of_each, strict=False)}


class Retrieval:
    """Searches with FAISS and ranks the results. Safe to share between threads."""

    def __init__(self, encoder: QueryEncoder, mapper: AspectMapper, scope: Scope, ranker: Ranker) -> None:
        self._encoder, self._mapper, self._scope, self._ranker = encoder, mapper, scope, ranker
        self._bank = mapper.bank
        self._beside = ThreadPoolExecutor(os.cpu_count() or 1, "large-encoder")  # more would only wait for each other
        self._views: WeakKeyDictionary[PolicyArtefact, PolicyView] = WeakKeyDictionary()  # each as long as its artefact is kept
        self._spelt: WeakKeyDictionary[PolicyArtefact, frozenset[str]] = WeakKeyDictionary()  # the words of each, likewise
        self._parts: WeakKeyDictionary[PolicyArtefact, Mapping[str, Part]] = WeakKeyDictionary()  # likewise
        self._names: WeakKeyDictionary[PolicyArtefact, Names] = WeakKeyDictionary()  # likewise

    @property
    def words(self) -> frozenset[str]:
        """The English words of the aspect bank, in lower case."""
        return self._bank.words

    def search(self, policy: ServedPolicy, text: str, *, k: int, name: re.Pattern[str] | None = None) -> RetrievalResult:
        """The k best passages of one policy version for a question. `name`: who is asked about, to be found anywhere."""
        nameless = self.as_read(policy, text)
        read = self._read(self.view(policy.artefact), nameless)
        found = self._found(policy, text, nameless, read, read.scores, read.probability, k=k, name=name)
        return replace(found, agreed=read.agreed(found.hits[0].passage, found.probability)) if found.hits else found

    def search_after(self, policy: ServedPolicy, before: str, leaning: Leaning, *, asks: str, k: int) -> RetrievalResult:
        """The k best passages for a message that leans on the question `before` and its quotes.

        asks: what a passage must give. The probability is that of the first passage: to which question, one of the two tells.
        """
        together = self._read(self.view(policy.artefact), self.as_read(policy, f"{before} {leaning.message}"))
        alone = self._read(together.view, self.as_read(policy, leaning.message))
        scores = leaning.blended(together.view.passages, together.scores, alone.scores)
        by_itself = alone.chances(self._ranker)
        chances = either(together.chances(self._ranker), by_itself)
        found = self._found(policy, asks, self.as_read(policy, asks), together, scores, 0.0, k=k)
        probability, own = (some.get(found.hits[0].passage, 0.0) if found.hits else 0.0 for some in (chances, by_itself))
        if not found.held:
            probability = min(probability, UNHELD * self._ranker.answer_from)
        scope = max(together.question.scope, alone.question.scope)
        return replace(found, probability=probability, scope=scope, alone=own)

    def _read(self, view: PolicyView, nameless: str) -> _Reading:
        """A question, and what the ranker and both judges make of the passages for it."""
        question = self.question(nameless)
        view = candidates(view, question)
        table = features(view, question, self._bank)
        scores = self._ranker.order(table)
        order = readable_order(view.passages, scores)
        judge = self._ranker.passage_judge
        rows = passage_features(table, scores, order, view, question, judge.learnt)
        by_question = self._ranker.question_judge.probability(judge_features(table, scores, order, view, question))
        late = table[:, FEATURES.index("late")]
        return _Reading(question, view, scores, order, rows, judge.probability(rows), by_question, late)

    def _found(
        self, policy: ServedPolicy, text: str, nameless: str, read: _Reading, scores: np.ndarray, probability: float, *, k: int,
        name: re.Pattern[str] | None = None,
    ) -> RetrievalResult:  # fmt: skip
        """The passages in the order of their scores, and with first what the question needs."""
        view, question = read.view, read.question
        order = readable_order(view.passages, scores)
        hits = without_overlap(
            with_whole_lists([Hit(view.passages[row], float(scores[row])) for row in order]), most=None if name else k
        )
        needed = needed_in_answer(nameless)
        held = True
        if needed is not None:
            hits, held = holding_first(hits, needed)
            probability = probability if held else min(probability, UNHELD * self._ranker.answer_from)
        parts = self.parts(policy)
        names = (policy.company.name, *policy.company.aliases)
        within = self._ranker.shown_within * (1.0 if asks_of_all(text) else RULE_WITHIN)
        hits = rule_first(hits, lambda one: particular(one, text, parts), things_in(text, names=names), needed, within)
        own = self._own_words_of(nameless)
        hits = naming_first(hits, own, needed, self._ranker.shown_within * NAMING_WITHIN)
        hits = (named_first(hits, name) if name else hits)[:k]
        nearest = int(np.argmax(question.closeness))
        aspect = self._bank.aspects[nearest] if question.closeness[nearest] >= ASPECT_FROM else None
        runner_up = np.partition(question.closeness, -2)[-2] if len(question.closeness) > 1 else 0.0
        lead = float(question.closeness[nearest] - runner_up)
        return RetrievalResult(
            tuple(hits), probability, read.by_question, aspect, question.scope, needed, held, parts, lead, own,
            self.names(policy),
        )  # fmt: skip

    def spelt(self, policy: ServedPolicy, text: str) -> str:
        """A question without slips of the pen. The words of the policy, and of the aspect bank, are no slips."""
        if not speller().doubts(text):
            return text
        names = words_in((policy.company.name, *policy.company.aliases))
        return speller().corrected(text, names | self.words | self._words_of(policy.artefact))

    def _words_of(self, artefact: PolicyArtefact) -> frozenset[str]:
        words = self._spelt.get(artefact)
        if words is None:
            words = self._spelt[artefact] = words_in([artefact.document.text])
        return words

    def question(self, text: str) -> Question:
        """The question, embedded and compared with the aspect bank."""
        return Question.of(text, self._encoder, self._bank, self._scope, self._beside)

    def as_read(self, policy: ServedPolicy, text: str) -> str:
        """What the encoders read of a question."""
        return without_own_name(text, policy.company, self.words)

    def _own_words_of(self, question: str) -> frozenset[str]:
        """The stems of a question that no question of the bank has: what only this one asks for."""
        return things_in(question) - self._common

    @cached_property
    def _common(self) -> frozenset[str]:
        return frozenset(stems([" ".join(self.words)])[0])

    def parts(self, policy: ServedPolicy) -> Mapping[str, Part]:
        """The sections of a policy version that are about one part of it; found at the first question."""
        parts = self._parts.get(policy.artefact)
        if parts is None:
            parts = parts_of(policy.artefact.passages, (policy.company.name, *policy.company.aliases))
            self._parts[policy.artefact] = parts
        return parts

    def names(self, policy: ServedPolicy) -> Names:
        """The names in a policy version; found at the first question."""
        names = self._names.get(policy.artefact)
        if names is None:
            company = policy.company
            names = Names.of(policy.artefact.passages, self.words, (company.name, *company.aliases))
            self._names[policy.artefact] = names
        return names

    def view(self, artefact: PolicyArtefact) -> PolicyView:
        """The policy version, ready for ranking; made at the first question, and kept as long as its artefact."""
        view = self._views.get(artefact)
        if view is None:
            passages, readings, rows = artefact.passages, artefact.readings, np.arange(len(artefact.passages))
            known = artefact.map if artefact.map and artefact.map.made_by == self._mapper.id else None
            spoken = known.spoken if known else self._mapper.mention_probabilities(passages, readings)
            near = known.near if known else None
            view = PolicyView.of(
                passages, rows, readings, artefact.large, artefact.tokens, self._bank, spoken, near, artefact.words
            )
            self._views[artefact] = view
        return view


def log_odds(probability: float) -> float:
    """Of a probability; finite also where it is 0 or 1."""
    kept = min(max(probability, NEVER_SURER), 1 - NEVER_SURER)
    return math.log(kept / (1 - kept))


def candidates(view: PolicyView, question: Question) -> PolicyView:
    """What is ranked for a question: of a long policy, the CANDIDATES passages that are nearest."""
    if len(view.rows) <= CANDIDATES:
        return view
    _, near = FlatIndex.of(search_vectors(view.readings)).search(question.vector, CANDIDATES)
    return view.narrowed(near)


def readable_order(passages: Sequence[Passage], scores: np.ndarray) -> np.ndarray:
    """Indices of the passages, best first, without those that are too long for a quote, or titles; int64 (n,) or shorter."""
    order = np.argsort(-scores, kind="stable")
    short = np.array([len(passage.text) <= LONGEST_LIST and not is_title(passage) for passage in passages])
    return order[short[order]] if short.any() else order


def is_title(passage: Passage) -> bool:
    """Whether a passage is only the title that its text begins with: "Your Rights."."""
    return passage.kind == "sentence" and bool(BARE_TITLE.fullmatch(passage.text.strip()))


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
    """The hits, and whether one of the SHOWN best holds what is needed, or a heading above it does; any hit, where that is rare.

    The best that holds it itself comes first.
    """
    for place, hit in enumerate(hits if needed.rare else hits[:SHOWN]):
        if needed.held_by(hit.passage):
            return moved_first(hits, place), True
    return list(hits), any(needed.stands_above(hit.passage) for hit in hits[:SHOWN])


def rule_first(
    hits: Sequence[Hit], limits: Callable[[Passage], Particular | None], things: frozenset[str], needed: Needed | None,
    within: float,
) -> list[Hit]:  # fmt: skip
    """The hits with a rule before what is limited to one part, group, case or exception, where the rule answers no less.

    The rule is one of the best hits, scores at most `within` less than the first, and names as much of the `things` asked for.
    """
    first = hits[0] if hits else None
    limited = limits(first.passage) if first else None
    if first is None or limited is None:
        return list(hits)
    named = share_named(things, first.passage)
    for place, hit in enumerate(hits[1:RULE_AMONG], start=1):
        if hit.score < first.score - within:
            break
        elsewhere = limited.kind in OF_ITS_SECTION and hit.passage.section != first.passage.section
        no_less = share_named(things, hit.passage) >= named and (needed is None or needed.held_by(hit.passage))
        if no_less and not elsewhere and limits(hit.passage) is None:
            return moved_first(hits, place)
    return list(hits)


def naming_first(hits: Sequence[Hit], words: frozenset[str], needed: Needed | None, within: float) -> list[Hit]:
    """The hits with one of the SHOWN best first that names more of the rare `words` of the question than the first does.

    It scores at most `within` less, and holds what is needed where the first does.
    """
    if not hits or not words:
        return list(hits)
    first = hits[0]
    near = [hit for hit in hits[:SHOWN] if hit.score >= first.score - within]
    if needed is not None and needed.held_by(first.passage):
        near = [hit for hit in near if needed.held_by(hit.passage)]
    best = max(near, key=lambda hit: share_named(words, hit.passage))
    more = share_named(words, best.passage) > share_named(words, first.passage)
    return moved_first(hits, list(hits).index(best)) if more else list(hits)


def named_first(hits: Sequence[Hit], name: re.Pattern[str]) -> list[Hit]:
    """The hits with the best that holds the name first, wherever it stands, unless one of the SHOWN best holds it."""
    place = next((place for place, hit in enumerate(hits) if name.search(hit.passage.readings[0])), 0)
    return moved_first(hits, place) if place >= SHOWN else list(hits)


def moved_first(hits: Sequence[Hit], place: int) -> list[Hit]:
    """The hits with one of them put first; the scores keep their places, so that hits stay in descending order."""
    order = [hits[place], *hits[:place], *hits[place + 1 :]]
    return [replace(moved, score=there.score) for moved, there in zip(order, hits, strict=True)]


def without_overlap(hits: Sequence[Hit], *, most: int | None = None) -> list[Hit]:
    """The best of hits that share characters, and at most `most` in all."""
    kept: list[Hit] = []
    for hit in hits:
        if len(kept) == most:
            break
        if not any(hit.overlaps(other) for other in kept):
            kept.append(hit)
    return kept
