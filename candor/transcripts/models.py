"""Tables of conversations. Text is stored masked; what was masked lies encrypted in the vault."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Float, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, false, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from candor.database.transactions import UtcTime


class TranscriptBase(DeclarativeBase):
    """The transcripts' tables."""


class ConversationRow(TranscriptBase):
    """One visitor's conversation with one company's assistant."""

    __tablename__ = "conversation"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    company: Mapped[str] = mapped_column(String(40), index=True)
    channel: Mapped[str] = mapped_column(String(16))
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    last_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
    gpc: Mapped[bool] = mapped_column(default=False, server_default=false())  # the browser sent Global Privacy Control


class TurnRow(TranscriptBase):
    """One message and what came back, with the evidence.

    `state`: asked (not answered yet), answered or failed; to_person: the message went to the person who has taken the
    conversation, and Candor was not asked; by_person: that person wrote it, and it answers no message; by_candor: news of a
    request, which answer none either.
    """

    __tablename__ = "turn"
    __table_args__ = (
        UniqueConstraint("conversation_id", "message_id"),
        Index("ix_turn_asked", "kind", "company", "aspect", "at", "conversation_id", "helpful"),
        Index("ix_turn_kind_id", "kind", "id"),  # a queue walks them newest first
        Index("ix_turn_kind_company_id", "kind", "company", "id"),
        Index(  # the review queue: the riskiest first, and of those the newest
            "ix_turn_risk", "risk", "id", sqlite_where=text("risk > 0"), postgresql_where=text("risk > 0")
        ),
        Index("ix_turn_not_helpful", "id", sqlite_where=text("helpful IS 0"), postgresql_where=text("helpful IS FALSE")),
        Index(  # the inbox: those of these days, the newest first
            "ix_turn_not_helpful_at", "at", "id", sqlite_where=text("helpful IS 0"), postgresql_where=text("helpful IS FALSE")
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
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
    # Copied from replies and evidence, to be counted and searched: these describe the reply that answers. Of a message that
    # only answers what Candor asked, the kind is "step" (steps.py).
    kind: Mapped[str | None] = mapped_column(String(20))
    aspect: Mapped[str | None] = mapped_column(String(64))
    answer_id: Mapped[str | None] = mapped_column(String(40))
    risk: Mapped[int] = mapped_column(default=0, server_default="0")  # how soon it should be reviewed (risk.py)
    helpful: Mapped[bool | None]  # the visitor's latest verdict on that answer, as in feedback; None: no verdict


class FacetRow(TranscriptBase):
    """One facet of a conversation: "kind:unsure", "company:acme", "needs_person" (facets.py).

    `last_at` always equals the conversation's own. So the index lists the conversations of a facet in order of time, and the
    lists of two facets can be walked side by side.
    """

    __tablename__ = "conversation_mark"
    __table_args__ = (
        Index("ix_conversation_mark_mark_last_at", "mark", "last_at", "conversation_id"),
        {"sqlite_with_rowid": False},
    )

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True)
    facet: Mapped[str] = mapped_column("mark", String(80).with_variant(String(80, collation="C"), "postgresql"), primary_key=True)
    last_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class WordsRow(TranscriptBase):
    """The words that a turn is found by (search.py). The index over them is the database's own: FTS5 or GIN."""

    __tablename__ = "turn_words"

    turn_id: Mapped[int] = mapped_column(ForeignKey("turn.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    words: Mapped[str] = mapped_column(Text().with_variant(TSVECTOR(), "postgresql"))


class FeedbackRow(TranscriptBase):
    """Whether one answer was helpful; a later verdict replaces an earlier one."""

    __tablename__ = "feedback"
    __table_args__ = (UniqueConstraint("conversation_id", "answer_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    answer_id: Mapped[str] = mapped_column(String(40))
    helpful: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(24), server_default="")  # why not, of a short list
    comment: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class VaultRow(TranscriptBase):
    """One masked value. `fingerprint` is its keyed hash, so that the same value gets the same token; a second spelling of a name
    has one of its own (Vault._spelt)."""

    __tablename__ = "vault"
    __table_args__ = (UniqueConstraint("conversation_id", "token"), UniqueConstraint("conversation_id", "fingerprint"))

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    token: Mapped[str] = mapped_column(String(24))
    fingerprint: Mapped[str] = mapped_column(String(64), index=True)  # people are looked for by it
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)


class PendingDeletionRow(TranscriptBase):
    """A pending deletion: a conversation that was deleted here, and that Rasa, which was down, still has to delete. Its id
    identifies nobody."""

    __tablename__ = "forget_later"

    conversation: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class QuoteRow(TranscriptBase):
    """One quote in an answer, by its position in the policy's text. All answers that quote a passage are found by it."""

    __tablename__ = "quote"
    __table_args__ = (Index("ix_quote_passage", "company", "version", "start", "end", "turn_id"),)

    turn_id: Mapped[int] = mapped_column(ForeignKey("turn.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)  # from 1, among the turn's quotes
    company: Mapped[str] = mapped_column(String(40))
    version: Mapped[str] = mapped_column(String(40))
    start: Mapped[int]
    end: Mapped[int]


class ReviewRow(TranscriptBase):
    """One staff account's verdict on one turn; a later verdict of the same account replaces it."""

    __tablename__ = "review"
    __table_args__ = (UniqueConstraint("turn_id", "reviewer"), Index("ix_review_reviewer_at", "reviewer", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    turn_id: Mapped[int] = mapped_column(ForeignKey("turn.id", ondelete="CASCADE"))
    reviewer: Mapped[int]  # the account's id
    verdict: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Text, default="", server_default="")
    at: Mapped[datetime] = mapped_column(UtcTime)


class LabelRow(TranscriptBase):
    """A label that staff gave a conversation; any word."""

    __tablename__ = "conversation_label"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True)
    label: Mapped[str] = mapped_column(String(40), primary_key=True, index=True)


class ConversationNoteRow(TranscriptBase):
    """A note between staff about a conversation, masked (notes.py). `by`: the id of an account."""

    __tablename__ = "conversation_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    by: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcTime)
    text: Mapped[str] = mapped_column(Text)


class AssignmentRow(TranscriptBase):
    """The staff account that looks after a conversation."""

    __tablename__ = "assignment"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True)
    account: Mapped[int] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(UtcTime)


class SampleRow(TranscriptBase):
    """A stored random sample of turns, so that two reviewers judge the same ones. `company`: "" means every company."""

    __tablename__ = "sample"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    company: Mapped[str] = mapped_column(String(40), default="", server_default="")
    seed: Mapped[int]
    made_by: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(UtcTime)


class SampleTurnRow(TranscriptBase):
    """One turn of a sample."""

    __tablename__ = "sample_turn"

    sample_id: Mapped[int] = mapped_column(ForeignKey("sample.id", ondelete="CASCADE"), primary_key=True)
    turn_id: Mapped[int] = mapped_column(ForeignKey("turn.id", ondelete="CASCADE"), primary_key=True, index=True)


class CorrectionRow(TranscriptBase):
    """What a turn should have resulted in, as proposed and accepted by staff. Deleted with its conversation."""

    __tablename__ = "correction"
    __table_args__ = (Index("ix_correction_state_id", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    turn_id: Mapped[int] = mapped_column(ForeignKey("turn.id", ondelete="CASCADE"), index=True)
    company: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(12))  # answer, silence or teach
    question: Mapped[str] = mapped_column(Text)  # without personal data (candor/reviews/corrections.py checks it)
    version: Mapped[str] = mapped_column(String(40), default="", server_default="")  # of the policy, of an answer
    spans: Mapped[list[Any]] = mapped_column(JSON)  # of an answer: [start, end] in that version's text, each a passage
    target: Mapped[str] = mapped_column(String(80), default="", server_default="")  # of teach: "aspect:…" or "intent:…"
    state: Mapped[str] = mapped_column(String(10))
    proposed_by: Mapped[int]
    proposed_at: Mapped[datetime] = mapped_column(UtcTime)
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)
    exported_at: Mapped[datetime | None] = mapped_column(UtcTime)


class SilenceDecisionRow(TranscriptBase):
    """What a company decided to do about something that its policy does not say. `aspect`: "" means no aspect."""

    __tablename__ = "silence_mark"

    company: Mapped[str] = mapped_column(String(40), primary_key=True)
    aspect: Mapped[str] = mapped_column(String(64), primary_key=True)
    mark: Mapped[str] = mapped_column(String(12))  # told, to_add or deliberate
    note: Mapped[str] = mapped_column(Text, default="", server_default="")
    by: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcTime)


class SettledAspectRow(TranscriptBase):
    """What a privacy officer settled about an aspect of a company's policy: the passage that answers, or that it is silent."""

    __tablename__ = "settled_aspect"

    company: Mapped[str] = mapped_column(String(40), primary_key=True)
    aspect: Mapped[str] = mapped_column(String(64), primary_key=True)
    quote: Mapped[str] = mapped_column(Text, default="", server_default="")  # word for word; "": the policy is silent
    version: Mapped[str] = mapped_column(String(40))  # of the policy that was read
    fingerprint: Mapped[str] = mapped_column(String(64))  # of its text (knowledge/settling.py)
    by: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcTime)


class TurnCountRow(TranscriptBase):
    """How often something was counted in one slot of time (counters.py). It names nobody and outlives the conversations."""

    __tablename__ = "turn_count"
    # Without a row id, SQLite stores the rows in the order of their key, so a range of time is one contiguous read.
    __table_args__ = ({"sqlite_with_rowid": False},)

    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # minutes: 1440, 60 or 15
    start: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # minutes since 1970-01-01 UTC
    company: Mapped[str] = mapped_column(String(40), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16), primary_key=True)
    what: Mapped[str] = mapped_column(String(8), primary_key=True)  # kind, intent, aspect, ms, rated, begun
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    n: Mapped[int]


class LiveChatSessionRow(TranscriptBase):
    """A person of the company has taken a conversation, until `ended_at`; one at a time can. `actor`: as in the audit log."""

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


class VisitorSeenRow(TranscriptBase):
    """When the page of a visitor who waits for a person, or chats with one, last polled for news."""

    __tablename__ = "visitor_seen"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
