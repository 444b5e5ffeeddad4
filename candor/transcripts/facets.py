"""What holds for a conversation, kept where it can be listed by: each mark of each conversation is a row.

An index hands the conversations of a mark out in order of time. Whoever writes of a conversation keeps its marks in the same
transaction, after `held`. Other parts may add marks of their own ("label:3"): the list can be filtered by any.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, select, text, update
from sqlalchemy.orm import Session

from candor.errors import UnknownConversationError
from candor.transcripts.models import ConversationRow, FeedbackRow, MarkRow, TurnRow
from candor.transcripts.reply_kinds import REPLY_KINDS, asks_for_person

SAID = "said"  # something was said at all: what every list holds
NEEDS_PERSON, NOT_HELPFUL, FAILED, LOW_CONFIDENCE, REQUEST = "needs_person", "not_helpful", "failed", "low_confidence", "request"
REVIEWED = "reviewed"  # somebody has judged one of its turns
LOW = 0.5  # an intent's confidence below which it is rather a guess
LONGEST = 80  # characters of a mark
_ADD = text(
    "INSERT INTO conversation_mark (conversation_id, mark, last_at) "
    "SELECT id, :mark, last_at FROM conversation WHERE id = :conversation ON CONFLICT DO NOTHING"
)


def marks_of_answer(
    intent: str | None, confidence: float | None, replies: Iterable[Mapping[str, Any]], evidence: Mapping[str, Any]
) -> set[str]:  # fmt: skip
    """What one answered turn means for its conversation. Pure."""
    marks = {f"intent:{intent}"} if intent else set()
    if intent and confidence is not None and confidence < LOW:
        marks.add(LOW_CONFIDENCE)
    for reply in replies:
        marks.add(f"kind:{reply.get('kind')}")
        kind = reply.get("kind")
        if kind in REPLY_KINDS and asks_for_person(kind):
            marks.add(NEEDS_PERSON)
        if reply.get("ticket"):
            marks.add(REQUEST)
    aspects = evidence.get("aspects") or [evidence.get("aspect")]
    return {mark.replace("\0", "")[:LONGEST] for mark in (*marks, *(f"aspect:{aspect}" for aspect in aspects if aspect))}


def held(session: Session, conversation: str) -> ConversationRow:
    """The conversation, held by this transaction: others who keep its marks wait. Raises: UnknownConversationError."""
    row = session.get(ConversationRow, conversation, with_for_update=True)  # SQLite has one writer in any case
    if row is None:
        raise UnknownConversationError("unknown conversation")
    return row


def add(session: Session, conversation: str, marks: Iterable[str]) -> None:
    """What holds from now on; what held already goes on."""
    for mark in sorted(marks):
        session.execute(_ADD, {"conversation": conversation, "mark": mark[:LONGEST]})


def replace(session: Session, conversation: str, prefix: str, values: Iterable[str]) -> None:
    """Of one kind of mark exactly these: replace(…, "label:", ("cookies",))."""
    ours = MarkRow.mark.startswith(prefix, autoescape=True)
    session.execute(delete(MarkRow).where(MarkRow.conversation_id == conversation, ours))
    add(session, conversation, (f"{prefix}{value}" for value in values))


def drop(session: Session, conversation: str, mark: str) -> None:
    session.execute(delete(MarkRow).where(MarkRow.conversation_id == conversation, MarkRow.mark == mark[:LONGEST]))


def moved(session: Session, conversation: str, at: datetime) -> None:
    """Something was said: the conversation and all its marks are as new as that."""
    session.flush()
    session.execute(update(MarkRow).where(MarkRow.conversation_id == conversation).values(last_at=at))


def check(session: Session, conversation: str) -> None:
    """Bring those marks in line that may stop to hold: messages without an answer, answers that did not help."""
    session.flush()
    unanswered = exists().where(TurnRow.conversation_id == conversation, TurnRow.state.in_(("asked", "failed")))
    unhelpful = exists().where(FeedbackRow.conversation_id == conversation, FeedbackRow.helpful.is_(False))
    for mark, holds in ((FAILED, unanswered), (NOT_HELPFUL, unhelpful)):
        if session.scalar(select(holds)):
            add(session, conversation, (mark,))
        else:
            drop(session, conversation, mark)
