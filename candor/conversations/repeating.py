"""The same question again: what to say that was not said before. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from candor.conversations.reply import Citation
from candor.transcripts.reply_kinds import ReplyKind
from knowledge.answering import Answer
from knowledge.follow_ups import is_follow_up
from knowledge.messages import has_content_word, is_same_question
from knowledge.retrieval import Hit

VALUES = frozenset(["span", "place", "age", "address", "dated", "undated"])  # a first line of these kinds is news


@dataclass(frozen=True)
class EarlierAnswer:
    """A message of the visitor in this conversation, and what it was answered with."""

    question: str
    kind: ReplyKind
    citations: tuple[Citation, ...]  # those that were read at once


@dataclass(frozen=True)
class Repetition:
    """How a repeated question is answered: a response of domain.yml, and the passages that are new."""

    response: str
    hits: tuple[Hit, ...] = ()


def repetition(answer: Answer, message: str, earlier: Sequence[EarlierAnswer]) -> Repetition | None:
    """What to say if the message asks again what was answered already, in the same words or as a bare "why?"; else None."""
    same = [one for one in earlier if is_same_question(one.question, message)]
    if not same and earlier and not answer.leans and _adds_little(message, answer) and _same_passage(answer, earlier[-1]):
        same = [one for one in earlier if one.question == earlier[-1].question or not has_content_word(one.question)]
    if not same:
        return None
    if answer.kind == "not_in_policy":
        return Repetition("utter_again_not_in_policy") if same[-1].kind == "not_in_policy" else None
    if answer.kind == "out_of_scope" or not answer.hits:
        return None
    said = [citation for one in same for citation in one.citations]
    new = tuple(hit for hit in answer.hits if not any(_overlap(hit, citation) for citation in said))
    return Repetition("utter_again", new) if new else Repetition("utter_again_nothing")


def _adds_little(message: str, answer: Answer) -> bool:
    """Whether a message asks no more than the one before it, or asks besides what the same passage does not surely answer."""
    return not has_content_word(message) or (answer.kind == "unsure" and is_follow_up(message))


def _same_passage(answer: Answer, before: EarlierAnswer) -> bool:
    if any(part.line is not None and part.line.kind in VALUES for part in answer.parts):
        return False
    return bool(answer.hits) and any(_overlap(answer.hits[0], citation) for citation in before.citations)


def _overlap(hit: Hit, citation: Citation) -> bool:
    passage = hit.passage
    return (
        (passage.company, passage.version) == (citation.company, citation.version)
        and passage.start < citation.end
        and citation.start < passage.end
    )
