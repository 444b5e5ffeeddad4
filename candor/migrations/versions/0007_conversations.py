"""Conversations: what Rasa did in a turn, lists in order of time for each mark, and search"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0007"
down_revision = "0006"

WHEN = sa.DateTime(timezone=True)
AT_ONCE = 500  # turns
TURNS = sa.text(
    "SELECT id, conversation_id, text, state, intent, confidence, replies, evidence FROM turn "
    "WHERE id > :after ORDER BY id LIMIT :at_once"
).columns(replies=sa.JSON(), evidence=sa.JSON())
MARK = sa.text(
    "INSERT INTO conversation_mark (conversation_id, mark, last_at) "
    "SELECT id, :mark, last_at FROM conversation WHERE id = :conversation ON CONFLICT DO NOTHING"
)
LOW_CONFIDENCE = 0.5  # of an intent
LONGEST_MARK = 80  # characters
ENTER_WORDS = "INSERT INTO turn_words (turn_id, words) VALUES (:id, {})"
WORD = re.compile(r"[^\W_]+")
MOST_WORDS, LONGEST_WORD = 2000, 64  # of one turn; characters


def upgrade() -> None:
    op.add_column("turn", sa.Column("trace", sa.JSON(), nullable=False, server_default="{}"))
    op.create_table(
        "conversation_mark",
        sa.Column("conversation_id", sa.String(40), sa.ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("mark", sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql"), primary_key=True),
        sa.Column("last_at", WHEN, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_conversation_mark_mark_last_at", "conversation_mark", ["mark", "last_at", "conversation_id"])
    op.create_table(
        "turn_words",
        sa.Column("turn_id", sa.Integer(), sa.ForeignKey("turn.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
        sa.Column("words", sa.Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
    )
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("query", sa.String(1000), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.UniqueConstraint("account_id", "name"),
    )
    _make_findable()
    _fill_marks()
    _fill_from_turns()


def _make_findable() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("ix_turn_words_words", "turn_words", ["words"], postgresql_using="gin")
        return
    # Words come folded and set apart by spaces: to this tokenizer each is one token, whatever letters it has.
    op.execute(
        "CREATE VIRTUAL TABLE turn_search USING fts5 "
        "(words, content='turn_words', content_rowid='turn_id', detail='none', tokenize='ascii')"
    )
    enter = "INSERT INTO turn_search (rowid, words) VALUES (new.turn_id, new.words);"
    leave = "INSERT INTO turn_search (turn_search, rowid, words) VALUES ('delete', old.turn_id, old.words);"
    op.execute(f"CREATE TRIGGER turn_words_enter AFTER INSERT ON turn_words BEGIN {enter} END")
    op.execute(f"CREATE TRIGGER turn_words_leave AFTER DELETE ON turn_words BEGIN {leave} END")
    op.execute(f"CREATE TRIGGER turn_words_change AFTER UPDATE OF words ON turn_words BEGIN {leave} {enter} END")


def _fill_marks() -> None:
    """What stands in columns already."""
    enter = (
        "INSERT INTO conversation_mark (conversation_id, mark, last_at) SELECT c.id, {}, c.last_at FROM conversation c WHERE {}"
    )
    for mark in ("'said'", "'company:' || c.company", "'channel:' || c.channel"):
        op.execute(enter.format(mark, "EXISTS (SELECT 1 FROM turn t WHERE t.conversation_id = c.id)"))
    unanswered = "EXISTS (SELECT 1 FROM turn t WHERE t.conversation_id = c.id AND t.state <> 'answered')"
    op.execute(enter.format("'failed'", unanswered))
    unhelpful = "EXISTS (SELECT 1 FROM feedback f WHERE f.conversation_id = c.id AND NOT f.helpful)"
    op.execute(enter.format("'not_helpful'", unhelpful))


def _fill_from_turns() -> None:
    bind, after = op.get_bind(), 0
    postgresql = bind.dialect.name == "postgresql"
    enter_words = sa.text(ENTER_WORDS.format("array_to_tsvector(CAST(:words AS text[]))" if postgresql else ":words"))
    while turns := bind.execute(TURNS, {"after": after, "at_once": AT_ONCE}).all():
        marks = [
            {"conversation": turn.conversation_id, "mark": mark}
            for turn in turns if turn.state == "answered"
            for mark in marks_of_answer(turn.intent, turn.confidence, turn.replies, turn.evidence)
        ]  # fmt: skip
        if marks:
            bind.execute(MARK, marks)
        words = [(turn.id, words_of_turn(turn.text, turn.replies)) for turn in turns]
        bind.execute(enter_words, [{"id": turn, "words": found if postgresql else " ".join(found)} for turn, found in words])
        after = turns[-1].id


# What follows is the application's own code as it was at this revision.


def marks_of_answer(
    intent: str | None, confidence: float | None, replies: Iterable[Mapping[str, Any]], evidence: Mapping[str, Any]
) -> set[str]:  # fmt: skip
    """What one answered turn means for its conversation."""
    marks = {f"intent:{intent}"} if intent else set()
    if intent and confidence is not None and confidence < LOW_CONFIDENCE:
        marks.add("low_confidence")
    for reply in replies:
        marks.add(f"kind:{reply.get('kind')}")
        if reply.get("kind") == "handoff":
            marks.add("needs_person")
        if reply.get("ticket"):
            marks.add("request")
    aspects = evidence.get("aspects") or [evidence.get("aspect")]
    marks |= {f"aspect:{aspect}" for aspect in aspects if aspect}
    return {mark.replace("\0", "")[:LONGEST_MARK] for mark in marks}


def words_of_turn(text: str, replies: Sequence[Mapping[str, Any]]) -> list[str]:
    """Each word once of the message, the replies and their quotes; revision 0013 replaces words by their stems."""
    words = (match[0][:LONGEST_WORD] for part in texts_of_turn(text, replies) for match in WORD.finditer(folded(part)))
    return list(islice(dict.fromkeys(words), MOST_WORDS))


def texts_of_turn(text: str, replies: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield text
    yield from (str(reply.get("text") or "") for reply in replies)
    for reply in replies:
        yield from (str(citation.get("quote") or "") for citation in reply.get("citations") or ())


def folded(text: str) -> str:
    """The text without case and accents."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def downgrade() -> None:
    for table in (*(["turn_search"] if op.get_bind().dialect.name == "sqlite" else []), "saved_view", "turn_words"):
        op.drop_table(table)
    op.drop_table("conversation_mark")
    op.drop_column("turn", "trace")
