"""Tables of conversations. Text is stored masked; what was masked lies encrypted in the vault."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Float, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from storage import UtcTime


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
    """One message and what came back, with the evidence.

    `state`: asked, answered or failed; to_person: for the person who has taken the conversation, Candor was not asked;
    by_person: what such a person said, as a reply to no message.
    """

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
    milliseconds: Mapped[float | None] = mapped_column(Float)


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


class PersonTalkRow(Base):
    """A person of the company has taken a conversation, until `ended_at`; one at a time can. `actor` is as in the audit log."""

    __tablename__ = "person_talk"
    __table_args__ = (
        Index(
            "ix_person_talk_going_on", "conversation_id", unique=True, sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    company: Mapped[str] = mapped_column(String(40))
    actor: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))
    taken_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    ended_by: Mapped[str] = mapped_column(String(40), default="", server_default="")


class VisitorSeenRow(Base):
    """When the page of a visitor who waits for a person, or talks with one, last asked for news."""

    __tablename__ = "visitor_seen"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
