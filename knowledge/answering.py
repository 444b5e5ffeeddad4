"""A message → an Answer with evidence for each question in it, or an honest "the policy does not say"."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, zip_longest
from typing import Literal

from knowledge.artefact import ServedPolicy
from knowledge.asked_particulars import gives_value_asked, gives_what_is_asked
from knowledge.aspects import Aspect
from knowledge.catalogue import PolicyCatalogue
from knowledge.companies import Company
from knowledge.dating import asks_for_date, states_date
from knowledge.documents import UNDATED
from knowledge.first_line import FirstLine, line_of
from knowledge.follow_ups import in_full, is_doubt, is_elliptic, is_follow_up, may_be_in_view_of, points_back, stands_alone
from knowledge.language import WORD, is_foreign
from knowledge.leaning import Leaning, Quoted, limits_of, part_named
from knowledge.messages import (
    END_USERS_QUESTION,
    MOST,
    POSTAL,
    all_questions_in,
    as_looked_for,
    asks_by_post,
    from_end_user,
    has_content_word,
    questions_in,
)
from knowledge.naming import is_about_just_that, names_the_thing, things_in
from knowledge.needed import gives_address, wanted_by_few_words
from knowledge.particulars import Particular, is_to_the_point, particular
from knowledge.passages import Passage
from knowledge.quoting import Version, quotes_of
from knowledge.ranker import Ranker
from knowledge.recipients import QUESTION as RECIPIENTS
from knowledge.recipients import recipient_in
from knowledge.retrieval import UNHELD, Hit, Retrieval, RetrievalResult
from knowledge.settling import SettledAspects
from knowledge.whole_lists import LISTS, as_whole_list, list_asked_for, only_names, whole_list_first

# How an answer stands to the quotes that its question leans on: it says something "new"; what was shown already "said" it; a
# "doubt" about it can only get the same words; or no words come nearer than those, so there is "no_more".
Leans = Literal["", "new", "said", "doubt", "no_more"]
AnswerKind = Literal["answer", "unsure", "not_in_policy", "out_of_scope"]
BEST_FIRST: tuple[AnswerKind, ...] = ("answer", "unsure", "not_in_policy", "out_of_scope")
FEWEST_KNOWN = 2  # words of a message, to call it English
VALUES = frozenset(["span", "place", "age", "address"])  # a first line of these kinds is news
QUOTES = 3  # quotes shown for a message
CONSIDERED = 8  # passages recorded for each question, cited or not
SCOPE_FROM = -2.0  # log odds of being about privacy; below this a question is out of scope, unless the evidence is clear
# Who asks for one of these asks for the whole list, not for the item that comes nearest.
ASKS_FOR_ALL = frozenset(["contact.company_details", "contact.dpo", "contact.email", "contact.postal", "contact.privacy_team"])
ABOUT_END_USERS = frozenset(["rights.end_users", "roles.forwarded_requests"])  # who asks for these is told whom to ask anyway
FIRST_FEW = 3  # the policy's silence is not claimed while one of the best passages names what was asked for
SURER = 0.9  # of the judge: what is missing by its words is said in others then
LIKELY = 0.8  # a passage that is about just what was asked answers it from this share of Ranker.answer_from on
# From these shares of Ranker.clear_from and Ranker.answer_from on either judge has the best passage shown, where the message is
# surely about privacy.
PLAUSIBLE, NOT_SILENT = 0.53, 0.7
ABOUT_PRIVACY = -1.0  # log odds from which a message surely is about privacy
# A question may be near to an aspect and ask for another: what staff settled outweighs what was found only where the question is
# nearer to the settled aspect than to any other by this much, in cosines. The surer the finding, the clearer that must be.
OUTWEIGHS = {"not_in_policy": 0.0, "unsure": 0.05, "answer": 0.1}


@dataclass(frozen=True)
class AnswerPart:
    """The answer to one question of a message."""

    question: str  # as it was searched for: a follow-up is appended to the question that it refers to
    subject: str  # the question that the next follow-up refers to: this one, or the one that this one refers to
    kind: AnswerKind
    probability: float  # that the first quote answers the question, 0.0 to 1.0
    aspect: Aspect | None  # what the question was taken to ask; None if it is near to nothing in the bank
    hits: tuple[Hit, ...]  # the quotes, best first, each extended until it can be understood; empty if the policy is silent
    considered: tuple[Hit, ...]  # the best passages, cited or not, best first
    asked: str = ""  # in the visitor's own words
    line: FirstLine | None = None  # what may be said before the quotes; None: only whose words they are
    settled: bool = False  # by staff: the policy is silent on the aspect, or the first quote answers
    leans: Leans = ""  # on the answer before; "" if its question was looked up by itself
    end_user: bool = False  # not asked, but added: whom somebody asks who is a customer of the company's customer

    @property
    def looked_for(self) -> str:
        """The aspect in words, as in "does not say anything about …"."""
        return self.aspect.label if self.aspect else "an answer to that"


@dataclass(frozen=True)
class Answer:
    """The answer to a message. The sentence around it is written elsewhere (candor/conversations/lead.py)."""

    kind: AnswerKind  # the best kind among its parts, in the order of BEST_FIRST
    company: Company
    policy: str
    version: str
    parts: tuple[AnswerPart, ...]  # one for each question, in the order of the message
    language_unknown: bool = False  # the message is not in English
    left_over: tuple[str, ...] = ()  # questions beyond the first few, which were not looked up
    id: str = field(default_factory=lambda: f"a_{uuid.uuid4().hex[:16]}")

    @property
    def hits(self) -> tuple[Hit, ...]:
        """The citations: the best of each part first, at most QUOTES in all, none overlapping."""
        kept: list[Hit] = []
        for hit in chain.from_iterable(zip_longest(*(part.hits for part in self.parts))):
            if hit is not None and not any(hit.overlaps(other) for other in kept):
                kept.append(hit)
        return tuple(kept[:QUOTES])

    @property
    def shown(self) -> int:
        """How many of `hits` are read at once: the best of each part, and what limits it where somebody doubts it. The others are
        folded away below them."""
        if self.leans == "doubt":
            return len(self.hits)
        firsts = [part.hits[0] for part in self.parts if part.hits]
        return max(1, sum(1 for hit in self.hits if any(map(hit.overlaps, firsts))))

    @property
    def leans(self) -> Leans:
        """How it stands to the quotes before it, where the message asks one thing."""
        asked = [part for part in self.parts if not part.end_user]
        return asked[0].leans if len(asked) == 1 else ""

    @property
    def considered(self) -> tuple[Hit, ...]:
        """The passages considered for each part, part by part, cited or not."""
        return tuple(hit for part in self.parts for hit in part.considered)

    @property
    def probability(self) -> float:
        return max((part.probability for part in self.parts), default=0.0)

    @property
    def aspect(self) -> Aspect | None:
        inside = (part for part in self.parts if part.kind != "out_of_scope")
        return next(inside, self.parts[0]).aspect if self.parts else None

    @property
    def question(self) -> str:
        """The question that a follow-up would refer to; "" if the message is not about privacy."""
        asked = [part for part in self.parts if not part.end_user and part.kind != "out_of_scope"]
        return asked[-1].subject if asked else ""

    @property
    def the_policy(self) -> str:
        return the_policy(self.policy, self.company.name)

    @property
    def looked_for(self) -> str:
        """What every part looked for, joined: a policy may be silent on all of it."""
        return " and for ".join(dict.fromkeys(part.looked_for for part in self.parts)) or "an answer to that"


class Answers:
    """Answers messages from the served index. Safe to share between threads."""

    def __init__(self, catalogue: PolicyCatalogue, retrieval: Retrieval, ranker: Ranker) -> None:
        self._catalogue, self._retrieval, self._ranker = catalogue, retrieval, ranker

    def reads(self, message: str) -> bool:
        """Whether half of the words of a message, and two at least, are words that people ask with."""
        words = WORD.findall(message.lower())
        known = sum(word in self._retrieval.words for word in words)
        return known >= max(FEWEST_KNOWN, len(words) / 2)

    def is_foreign(self, message: str) -> bool:
        """Whether a message is in another language than English, which nothing here understands."""
        return is_foreign(message, self._retrieval.words)

    def answer(self, message: str, company: str, *, after: str = "", quoted: Sequence[Quoted] = ()) -> Answer:
        """Answer from the company's current policy. `after` is the previous question, to which a follow-up may refer, and
        `quoted` what was shown to it.

        Raises: UnknownCompanyError; IndexUnusableError if there is no usable index.
        """
        policy = self._catalogue.served(company)  # one version for the whole answer: another may be released meanwhile
        settled = self._catalogue.settled(company, policy.artefact.version)
        return self.answer_from(policy, message, after=after, quoted=quoted, settled=settled)

    def first_read(self, message: str, company: str) -> str:
        """What the encoders read first if this message is to be answered.

        Raises: UnknownCompanyError; IndexUnusableError if there is no usable index.
        """
        policy = self._catalogue.served(company)
        return self._retrieval.as_read(policy, self._retrieval.spelt(policy, as_looked_for(questions_in(message)[0])))

    def answer_from(
        self, policy: ServedPolicy, message: str, *, after: str = "", quoted: Sequence[Quoted] = (),
        settled: SettledAspects = SettledAspects(),
    ) -> Answer:  # fmt: skip
        """The same from any version, released or not, and with what staff settled about it."""
        served, artefact = policy.company, policy.artefact
        title, version, passages = artefact.document.policy, artefact.version, artefact.passages
        if self.is_foreign(message):
            return Answer("out_of_scope", served, title, version, (), language_unknown=True)
        whole_policy = Version.of(artefact.document.text, passages)

        def look_up(typed: str) -> AnswerPart:
            if asks_by_post(typed):
                postal = look_up(POSTAL)
                if postal.kind == "answer" and gives_address(postal.hits[0].passage):
                    return postal
            question = self._retrieval.spelt(policy, as_looked_for(typed))
            recipient = recipient_in(question, self._retrieval.words, (served.id, served.name, *served.aliases))
            result = self._retrieval.search(policy, question, k=CONSIDERED, name=recipient)
            part = self._part(question, result, whole_policy, passages, served, version)
            if recipient and part.kind != "answer":
                part = _on_recipient(part, recipient, whole_policy) or _as_unsure(part, look_up(RECIPIENTS))
            if part.kind == "answer" and asks_by_post(typed):  # an e-mail address is none on paper
                part = replace(part, kind="unsure", line=None)
            return as_settled(part, result.lead, settled, whole_policy)

        def lean(typed: str, full: str, before: str, shown: tuple[Quoted, ...]) -> AnswerPart:
            wanted = wanted_by_few_words(typed, before, served.name)
            leaning = Leaning(self._retrieval.spelt(policy, full), shown, wanted)
            asks = f"{before} {typed}" if is_elliptic(typed) else leaning.message
            result = self._retrieval.search_after(policy, before, leaning, asks=asks, k=CONSIDERED)
            part = replace(self._part_of(asks, result, whole_policy, passages, served), question=f"{before} {typed}", leans="new")
            part = in_view_of_quotes(part, leaning, result, whole_policy, doubted=is_doubt(typed))
            return as_settled(part, result.lead, settled, whole_policy) if part.leans == "new" else part

        shown = tuple(one for one in quoted if one.version == version)
        parts = self._parts(message, after, shown, look_up, lean, (served.name, *served.aliases))
        kind = min((part.kind for part in parts), key=BEST_FIRST.index)
        return Answer(kind, served, title, version, parts, left_over=tuple(all_questions_in(message)[MOST:]))

    def _parts(
        self, message: str, after: str, quoted: tuple[Quoted, ...], look_up: Callable[[str], AnswerPart],
        lean: Callable[[str, str, str, tuple[Quoted, ...]], AnswerPart], names: Sequence[str],
    ) -> tuple[AnswerPart, ...]:  # fmt: skip
        parts: list[AnswerPart] = []
        for question in questions_in(message):
            before = parts[-1].subject if parts else after
            follows = is_follow_up(question) or is_doubt(question)
            full = in_full(question, before) if before or follows else question
            part = look_up(full)
            if before and (follows or (may_be_in_view_of(question) and may_lean(part, full))):
                anew = stands_alone(full) if follows else not points_back(full)
                shown = quotes_in(parts[-1]) if parts else quoted or quotes_in(look_up(before))
                if shown:
                    part = best_in_view(part, lean(question, full, before, shown), follows=follows, anew=anew)
                elif follows:
                    part = better_part(look_up(f"{before} {question}"), part)
                # the next follow-up still leans on what this one did, if it asked nothing by itself
                subject = before if not has_content_word(full) or not (anew or part.question == full) else full
                part = replace(part, question=full if anew else part.question, subject=subject)
            parts.append(replace(part, asked=question))
        if all(part.kind == "out_of_scope" for part in parts):
            return tuple(parts[:1])
        if len(parts) > 1 and share_one_answer(parts):
            parts = [replace(look_up(message), asked=message)]
        if from_end_user(message, names) and not any(part.aspect and part.aspect.id in ABOUT_END_USERS for part in parts):
            whom = look_up(END_USERS_QUESTION)
            if whom.kind == "answer" and not share_one_answer([*parts, whom]):
                parts.append(replace(whom, end_user=True, line=None))
        return tuple(parts)

    def _part(
        self, question: str, result: RetrievalResult, whole_policy: Version, passages: Sequence[Passage], company: Company,
        version: str,
    ) -> AnswerPart:  # fmt: skip
        if result.aspect is not None and asks_for_date(question, result.aspect.id):
            return _part_on_date(question, result, whole_policy, version)
        return self._part_of(question, result, whole_policy, passages, company)

    def _part_of(
        self, question: str, result: RetrievalResult, whole_policy: Version, passages: Sequence[Passage], company: Company
    ) -> AnswerPart:
        result = self._as_given(question, result, whole_policy)
        things = things_in(question, names=(company.name, *company.aliases))
        called = _called(question, result)
        named = _naming(things, result) or called
        kind = self._kind(result, things, named=bool(named), called=bool(called))
        near = [hit for hit in result.hits if hit.score >= result.hits[0].score - self._ranker.shown_within]
        lines = _lines(question, result, whole_policy, company.name) if kind != "out_of_scope" else {}
        if lines:  # what plainly answers is sure, and comes first
            kind = "answer"
        first = [*lines] or ([*near[:1], *named] if kind == "unsure" and self._plausible(result) else named)
        if lines or kind == "unsure":
            near = list(dict.fromkeys([*first, *near]))
        if near and near[0] not in lines:
            near = _with_lists(near, question, result, passages, whole_policy)
        quotes = quotes_of(near, whole_policy, QUOTES) if kind in ("answer", "unsure") else ()
        line = lines.get(near[0]) if near else None
        limited = particular(near[0].passage, question, result.parts) if quotes and line is None else None
        if limited is not None:
            sure = bool(limited.label) and result.probability >= SURER  # and the reader is told of which part it speaks
            to_the_point = sure or is_to_the_point(near[0].passage, result.own)
            kind, line = _of_a_part(kind, limited, question, to_the_point=to_the_point)
        return AnswerPart(
            question, question, kind, result.probability, result.aspect, quotes, result.hits, asked=question, line=line
        )

    def _as_given(self, question: str, result: RetrievalResult, whole_policy: Version) -> RetrievalResult:
        """The result, unsure where the first quote does not give what is asked for.

        What is missing by its words may be said in others, if the judge is very sure; a number or a name may not.
        """
        given = all(
            gives_value_asked(question, quote.passage, result.names)
            and (result.probability >= SURER or gives_what_is_asked(question, quote.passage, result.names))
            for quote in quotes_of(result.hits[:1], whole_policy, 1)
        )
        return (
            result
            if given
            else replace(result, held=False, probability=min(result.probability, UNHELD * self._ranker.answer_from))
        )

    def _kind(self, result: RetrievalResult, things: frozenset[str], *, named: bool, called: bool) -> AnswerKind:
        """One of three honest voices: sure, not sure, or nothing found. What names the thing asked for is never denied."""
        likely = result.probability >= LIKELY * self._ranker.answer_from and result.scope >= ABOUT_PRIVACY and result.held
        just_that = likely and result.hits and is_about_just_that(things, result.hits[0].passage)
        if result.probability >= self._ranker.answer_from or just_that:  # what one judge is sure of is never denied
            return "answer" if result.agreed >= self._ranker.agreed_from else "unsure"
        unlike = result.scope < SCOPE_FROM and result.by_question < self._ranker.clear_from
        if unlike and not called:
            return "out_of_scope"
        if result.by_question >= self._ranker.unsure_from:
            return "unsure"
        return "unsure" if named or self._plausible(result) else "not_in_policy"

    def _plausible(self, result: RetrievalResult) -> bool:
        near = result.by_question >= PLAUSIBLE * self._ranker.clear_from
        return result.scope >= ABOUT_PRIVACY and (near or result.probability >= NOT_SILENT * self._ranker.answer_from)


def _of_a_part(
    kind: AnswerKind, limited: Particular, question: str, *, to_the_point: bool
) -> tuple[AnswerKind, FirstLine | None]:
    """The voice in which a passage is quoted that is limited to a part of what was asked, and the line that says to which."""
    if kind == "answer" and not to_the_point and not limited.answers(question):
        kind = "unsure"
    if not limited.label:
        return kind, None
    return kind, FirstLine("part" if kind == "answer" else "part_unsure", value=limited.label)


def _naming(things: frozenset[str], result: RetrievalResult) -> list[Hit]:
    """The hits that name what was asked for, best first: nearly all of it, or most of it in one of the first few; else those of
    the first few that name one of several things with names of their own.
    """
    naming = [
        hit for rank, hit in enumerate(result.hits)
        if is_about_just_that(things, hit.passage) or (rank < FIRST_FEW and names_the_thing(things, hit.passage))
    ]  # fmt: skip
    needed = result.needed
    return naming or [hit for hit in result.hits[:FIRST_FEW] if needed is not None and needed.partly_held_by(hit.passage)]


def _with_lists(
    near: list[Hit], question: str, result: RetrievalResult, passages: Sequence[Passage], whole_policy: Version
) -> list[Hit]:
    """The hits with the whole list first where all of it was asked for, or where the best only names one thing of it."""
    aspect = result.aspect.id if result.aspect else ""
    if aspect in LISTS:
        return whole_list_first(near, question, aspect, result.hits, passages, whole_policy)
    best = near[0]
    if aspect in ASKS_FOR_ALL or only_names(best.passage):
        announced = aspect in ASKS_FOR_ALL and best.passage.kind == "sentence"
        whole = as_whole_list(best, passages, whole_policy if announced else None)
    else:
        whole = list_asked_for(best, question, passages, whole_policy)
    return [whole, *near[1:]]


def _called(question: str, result: RetrievalResult) -> list[Hit]:
    """The hits that have a name of the policy in them which the question has too, best first."""
    called = result.names.in_question(question)
    return [hit for hit in result.hits if called.intersection(WORD.findall(hit.passage.text.lower()))]


def _lines(question: str, result: RetrievalResult, whole_policy: Version, company: str) -> dict[Hit, FirstLine]:
    """The best passages that plainly answer, with the line that each allows; none if they do not agree."""
    aspect = result.aspect.id if result.aspect else ""
    found: dict[Hit, FirstLine] = {}
    for hit in result.hits[:FIRST_FEW]:
        limited = particular(hit.passage, question, result.parts)
        if limited is not None and (limited.label or not limited.answers(question)):  # what holds for some is no yes and no no
            continue
        (quoted,) = quotes_of([hit], whole_policy, 1)
        if not gives_value_asked(question, quoted.passage, result.names):
            continue
        line = line_of(question, hit.passage, quoted.passage, company, aspect)
        if line is not None:
            found[hit] = line
    return found if len(set(found.values())) == 1 else {}


def _part_on_date(question: str, result: RetrievalResult, whole_policy: Version, version: str) -> AnswerPart:
    """When the policy was changed: in its own words if they name a date, else by the date of its version."""
    dated = [hit for hit in result.hits if states_date(hit.passage.text)]
    quotes = quotes_of(dated[:1], whole_policy, 1)
    known = not version.startswith(UNDATED)
    line = None if quotes else FirstLine("dated", value=version) if known else FirstLine("undated")
    kind: AnswerKind = "answer" if quotes or known else "not_in_policy"
    return AnswerPart(question, question, kind, result.probability, result.aspect, quotes, result.hits, asked=question, line=line)


def _on_recipient(part: AnswerPart, name: re.Pattern[str], whole_policy: Version) -> AnswerPart | None:
    """The part with the passage first that names the company that was asked about; None where the policy names it nowhere."""
    naming = [hit for hit in part.considered if name.search(hit.passage.readings[0])]
    if not naming:
        return None
    others = [hit for hit in part.considered if part.kind == "unsure" and any(map(hit.overlaps, part.hits))]
    return replace(part, kind="unsure", hits=quotes_of(list(dict.fromkeys([*naming, *others])), whole_policy, QUOTES), line=None)


def _as_unsure(part: AnswerPart, nearest: AnswerPart) -> AnswerPart:
    """The part with what was found to the `nearest` question, which need not answer; the policy's silence if nothing was."""
    if not nearest.hits:
        return replace(part, kind="unsure" if part.hits else "not_in_policy")
    return replace(part, kind="unsure", hits=nearest.hits, considered=nearest.considered, line=None)


def as_settled(part: AnswerPart, lead: float, settled: SettledAspects, whole_policy: Version) -> AnswerPart:
    """What staff settled about the part's aspect, where the question is clearly about that; else the part as it is.

    `lead` is how much nearer the question is to the aspect than to any other. A passage that staff point to may come first
    sooner than a sure answer may be denied: a quote too many does less harm than a false denial.
    """
    aspect = part.aspect
    if aspect is None or part.kind == "out_of_scope" or aspect.id not in settled:
        return part
    passage = settled.passages.get(aspect.id)
    if passage is None:
        if lead < OUTWEIGHS[part.kind]:
            return part
        silent = FirstLine("silent", value=aspect.label)
        return replace(part, kind="not_in_policy", probability=1.0, hits=(), line=silent, settled=True)
    if lead < OUTWEIGHS["unsure"] and part.kind == "answer":
        return part
    pointed_to = Hit(passage, max((hit.score for hit in part.considered), default=0.0))
    (quoted,) = quotes_of([pointed_to], whole_policy, 1)
    others = [hit for hit in part.hits if part.kind == "answer" and not hit.overlaps(quoted)]
    line = part.line if part.hits and part.hits[0].overlaps(quoted) else None
    considered = (pointed_to, *(hit for hit in part.considered if not hit.overlaps(pointed_to)))[:CONSIDERED]
    return replace(
        part, kind="answer", probability=1.0, hits=(quoted, *others)[:QUOTES], line=line, considered=considered, settled=True
    )  # fmt: skip


def the_policy(title: str, company: str) -> str:
    """A policy as a sentence names it: "Clevra's Privacy Policy", "the Cleverom Privacy Policy"."""
    return f"the {title}" if company in title else f"{company}'s {title}"


def better_part(first: AnswerPart, second: AnswerPart) -> AnswerPart:
    """The part of the better kind; the first if both are of the same kind."""
    return min(first, second, key=lambda part: BEST_FIRST.index(part.kind))


CLEARLY_ASKED = 0.6  # the probability from which a message that was answered by itself keeps that answer
LITTLE, LITTLE_NEARBY = 0.3, 0.15  # the probability below which a passage, anywhere or beside a quote, is no answer


def may_lean(part: AnswerPart, question: str) -> bool:
    """Whether a message, answered by itself with `part`, may lean on the answer before it though its words do not say so."""
    return part.kind in ("unsure", "not_in_policy") or (part.kind == "answer" and points_back(question))


def quotes_in(part: AnswerPart) -> tuple[Quoted, ...]:
    """What is read at once of an answer to one question."""
    return tuple(Quoted(hit.passage.version, hit.passage.start, hit.passage.end) for hit in part.hits[:1])


def in_view_of_quotes(
    part: AnswerPart, leaning: Leaning, result: RetrievalResult, whole_policy: Version, *, doubted: bool
) -> AnswerPart:
    """The answer to a message that leans on quotes: those quotes again, where they say it already or nothing comes nearer."""
    first = result.hits[0].passage if result.hits else None
    again = first is not None and any(quote.overlaps(first) for quote in leaning.quoted)
    if first is not None and not again and (not doubted or result.probability >= SURER):
        things = things_in(leaning.message)
        given = gives_value_asked(leaning.message, first, result.names)
        nearby = any(
            first.section == one.section for one in whole_policy.passages if any(quote.overlaps(one) for quote in leaning.quoted)
        )
        likely = result.probability >= (LITTLE_NEARBY if nearby else LITTLE)
        likely = part.kind == "answer" or (likely and given) or is_about_just_that(things, first)
        if part.hits and likely and leaning.is_given_by(first):
            return part
    if part.line is not None and part.line.kind in VALUES:
        return part
    best = part_named(leaning, [hit.passage for hit in result.hits], whole_policy.passages)
    if best is None:
        return part
    hits = quotes_of([Hit(best, 0.0)], whole_policy, 1)
    if doubted:
        limits = limits_of(hits[0].passage, whole_policy.passages)
        hits += quotes_of([Hit(one, 0.0) for one in limits], whole_policy, 1)
        return replace(part, kind="answer", hits=hits, line=None, leans="doubt")
    said = again and (result.alone >= LITTLE or is_about_just_that(things_in(leaning.message), best))
    return replace(part, kind="answer" if said else "unsure", hits=hits, line=None, leans="said" if said else "no_more")


def best_in_view(alone: AnswerPart, leaning: AnswerPart, *, follows: bool, anew: bool) -> AnswerPart:
    """The better answer to a message after an answer: to what it asks by itself, or in view of that answer.

    follows: whether its words say that it leans. anew: whether they could also stand alone, as "and how long do you keep my
    data?" could.
    """
    if leaning.leans == "doubt":
        return leaning
    if alone.kind == "answer" and anew and (leaning.leans != "new" or alone.probability >= CLEARLY_ASKED):
        return alone
    if (follows and not anew) or leaning.kind == "answer" or (leaning.leans == "new" and not anew):
        return leaning
    return alone if alone.kind == "answer" or (alone.hits and alone.probability >= LITTLE) else leaning


def share_one_answer(parts: list[AnswerPart]) -> bool:
    """Whether the same passage answers all parts, which then were one question after all."""
    firsts = [part.hits[0] for part in parts if part.hits]
    return len(firsts) == len(parts) and all(firsts[0].overlaps(hit) for hit in firsts[1:])
