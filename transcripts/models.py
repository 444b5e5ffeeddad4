"""Tables of conversations. Text is stored masked; what was masked lies encrypted in the vault."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Float, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """The transcripts' tables."""


class ConversationRow(Base):
    """One visitor's conversation with one company's assistant."""

    __tablename__ = "conversation"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    company: Mapped[str] = mapped_column(String(40), index=True)
    channel: Mapped[str] = mapped_column(String(16))
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    last_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


class TurnRow(Base):
    """One message and what came back, with the evidence. `state`: asked, answered or failed."""

    __tablename__ = "turn"
    __table_args__ = (UniqueConstraint("conversation_id", "message_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    company: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10))
    intent: Mapped[str | None] = mapped_column(String(64))
    confidence: Mapped[float | None] = mapped_column(Float)
    intent_ranking: Mapped[list[Any]] = mapped_column(JSON)
    replies: Mapped[list[Any]] = mapped_column(JSON)
    evidence: Mapped[dict[str, Any]] = mapped_column(JSON)
    trace: Mapped[dict[str, Any]] = mapped_column(JSON, server_default="{}")  # what Rasa did
    milliseconds: Mapped[float | None] = mapped_column(Float)


class MarkRow(Base):
    """That something holds for a conversation: "kind:unsure", "company:acme", "needs_person" (marks.py).

    `last_at` is the conversation's own, always: so a mark's index is a list in order of time, and two of them can be walked
    side by side.
    """

    __tablename__ = "conversation_mark"
    __table_args__ = (
        Index("ix_conversation_mark_mark_last_at", "mark", "last_at", "conversation_id"),
        {"sqlite_with_rowid": False},
    )

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True)
    mark: Mapped[str] = mapped_column(String(80).with_variant(String(80, collation="C"), "postgresql"), primary_key=True)
    last_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class WordsRow(Base):
    """What a turn can be found by (search.py). The index over it is the database's own: FTS5, or GIN."""

    __tablename__ = "turn_words"

    turn_id: Mapped[int] = mapped_column(ForeignKey("turn.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    words: Mapped[str] = mapped_column(Text().with_variant(TSVECTOR(), "postgresql"))


class FeedbackRow(Base):
    """Helpful or not, of one answer; a later word replaces an earlier one."""

    __tablename__ = "feedback"
    __table_args__ = (UniqueConstraint("conversation_id", "answer_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    answer_id: Mapped[str] = mapped_column(String(40))
    helpful: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(24), server_default="")  # why not, of a short list
    comment: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class VaultRow(Base):
    """One masked value. `fingerprint` is its keyed hash, so that the same value gets the same token."""

    __tablename__ = "vault"
    __table_args__ = (UniqueConstraint("conversation_id", "token"), UniqueConstraint("conversation_id", "fingerprint"))

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    token: Mapped[str] = mapped_column(String(24))
    fingerprint: Mapped[str] = mapped_column(String(64))
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)
