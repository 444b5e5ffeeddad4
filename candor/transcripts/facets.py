"""The facets of conversations, by which lists are filtered: each facet of each conversation is a row of its own.

An index returns the conversations that have a facet in order of time. Whoever writes to a conversation updates its facets in
the same transaction, after `lock`. Other modules add facets of their own ("label:cookies"), and lists filter by any of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, exists, select, text, update
from sqlalchemy.orm import Session

from candor.errors import UnknownConversationError
from candor.transcripts.models import ConversationRow, FacetRow, FeedbackRow, TurnRow
from candor.transcripts.reply_kinds import REPLY_KINDS, asks_for_person
from candor.transcripts.steps import QUESTION_KINDS

SAID = "said"  # has a message at all: every list asks for it
NEEDS_PERSON, NOT_HELPFUL, FAILED, LOW_CONFIDENCE, REQUEST = "needs_person", "not_helpful", "failed", "low_confidence", "request"
REVIEWED = "reviewed"  # somebody has reviewed one of its turns
UNANSWERED = ("asked", "failed")  # states of a message
LOW = 0.5  # confidence below which an intent is rather a guess
LONGEST = 80  # characters of a facet
_ADD = text(
    "INSERT INTO conversation_mark (conversation_id, mark, last_at) "
    "SELECT id, :mark, last_at FROM conversation WHERE id = :conversation ON CONFLICT DO NOTHING"
)
# Each turn runs these: built once, because building takes longer than running.
_MARKS = FacetRow.__table__  # the plain table: no facet is an object of a session, which SQLAlchemy would look through
_OF_CONVERSATION = _MARKS.c.conversation_id == bindparam("conversation")
_TOUCH = update(_MARKS).where(_OF_CONVERSATION).values(last_at=bindparam("at"))
_TAKE = delete(_MARKS).where(_OF_CONVERSATION, _MARKS.c.mark == bindparam("mark"))
_TURNS = exists().where(TurnRow.conversation_id == bindparam("conversation"))
_UNHELPFUL = exists().where(FeedbackRow.conversation_id == bindparam("conversation"), FeedbackRow.helpful.is_(False))
_OTHER_TURNS = _TURNS.where(TurnRow.id != bindparam("turn"))
_OTHERS = select(_OTHER_TURNS.where(TurnRow.state != "asked"), _OTHER_TURNS.where(TurnRow.state.in_(UNANSWERED)), _UNHELPFUL)


def facets_of_answer(
    intent: str | None, confidence: float | None, replies: Iterable[Mapping[str, Any]], evidence: Mapping[str, Any]
) -> set[str]:  # fmt: skip
    """The facets that one answered turn gives its conversation. Pure."""
    found = {f"intent:{intent}"} if intent else set()
    if intent and confidence is not None and confidence < LOW:
        found.add(LOW_CONFIDENCE)
    for reply in replies:
        found.add(f"kind:{reply.get('kind')}")
        kind = reply.get("kind")
        if kind in REPLY_KINDS and asks_for_person(kind):
            found.add(NEEDS_PERSON)
        if reply.get("ticket"):
            found.add(REQUEST)
    aspects = evidence.get("aspects") or [evidence.get("aspect")]
    found |= {f"aspect:{aspect}" for aspect in aspects if aspect}
    return {facet.replace("\0", "")[:LONGEST] for facet in found}


def of_step(found: set[str]) -> set[str]:
    """Those of these facets that a step gives its conversation (steps.py): not how a question was answered, nor its topic."""
    dropped = {LOW_CONFIDENCE} | {f"kind:{kind}" for kind in QUESTION_KINDS}
    return {facet for facet in found if facet not in dropped and not facet.startswith("aspect:")}


def lock(session: Session, conversation: str) -> ConversationRow:
    """The conversation, locked until the transaction ends: others who write to it wait. Raises: UnknownConversationError."""
    row = session.get(ConversationRow, conversation, with_for_update=True)  # SQLite has one writer in any case
    if row is None:
        raise UnknownConversationError("unknown conversation")
    return row


def add(session: Session, conversation: str, facets: Iterable[str]) -> None:
    """Give a conversation these facets; those that it has already stay as they are."""
    if rows := [{"conversation": conversation, "mark": facet[:LONGEST]} for facet in sorted(facets)]:
        session.execute(_ADD, rows)


def replace(session: Session, conversation: str, prefix: str, values: Iterable[str]) -> None:
    """Give a conversation exactly these facets of one kind: replace(…, "label:", ("cookies",))."""
    of_kind = FacetRow.facet.startswith(prefix, autoescape=True)
    session.execute(delete(FacetRow).where(FacetRow.conversation_id == conversation, of_kind))
    add(session, conversation, (f"{prefix}{value}" for value in values))


def drop(session: Session, conversation: str, facet: str) -> None:
    """Take a facet away from a conversation, if it has it."""
    session.execute(delete(FacetRow).where(FacetRow.conversation_id == conversation, FacetRow.facet == facet[:LONGEST]))


def touch(session: Session, conversation: str, at: datetime) -> None:
    """A message came at `at`: move the conversation to that time in the list of each of its facets."""
    session.flush()
    session.execute(_TOUCH, {"conversation": conversation, "at": at})


@dataclass(frozen=True)
class OtherTurns:
    """What a conversation holds besides one turn of it."""

    settled: bool  # another message that was answered, or failed
    unanswered: bool  # another message without an answer
    unhelpful: bool  # an answer that did not help


def others_of(session: Session, turn: TurnRow) -> OtherTurns:
    """Read with one statement, because it is asked at each turn."""
    found = session.execute(_OTHERS, {"conversation": turn.conversation_id, "turn": turn.id}).one()
    return OtherTurns(*map(bool, found))


def refresh(session: Session, conversation: str) -> None:
    """Recompute the facets that may stop to hold: messages without an answer, and answers that did not help."""
    session.flush()
    unanswered = _TURNS.where(TurnRow.state.in_(UNANSWERED))
    found = session.execute(select(unanswered, _UNHELPFUL), {"conversation": conversation}).one()
    set_open(session, conversation, OtherTurns(True, *map(bool, found)))


def set_open(session: Session, conversation: str, found: OtherTurns, new: Iterable[str] = ()) -> None:
    """Give a conversation these facets, and those that may stop to hold, as far as they hold; take away the others of these."""
    holding = {FAILED: found.unanswered, NOT_HELPFUL: found.unhelpful}
    add(session, conversation, {*new, *(facet for facet, holds in holding.items() if holds)})
    if over := [facet for facet, holds in holding.items() if not holds]:
        session.execute(_TAKE, [{"conversation": conversation, "mark": facet} for facet in over])
