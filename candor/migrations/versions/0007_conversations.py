"""Conversations: what Rasa did in a turn, lists in order of time for each mark, and search"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

from candor.transcripts.facets import marks_of_answer
from candor.transcripts.search import stored, upsert
from candor.transcripts.tokenizer import words_of_turn

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
    while turns := bind.execute(TURNS, {"after": after, "at_once": AT_ONCE}).all():
        marks = [
            {"conversation": turn.conversation_id, "mark": mark}
            for turn in turns if turn.state == "answered"
            for mark in marks_of_answer(turn.intent, turn.confidence, turn.replies, turn.evidence)
        ]  # fmt: skip
        if marks:
            bind.execute(MARK, marks)
        dialect = bind.dialect.name
        words = [{"id": turn.id, "words": stored(dialect, words_of_turn(turn.text, turn.replies))} for turn in turns]
        bind.execute(upsert(dialect), words)
        after = turns[-1].id


def downgrade() -> None:
    for table in (*(["turn_search"] if op.get_bind().dialect.name == "sqlite" else []), "saved_view", "turn_words"):
        op.drop_table(table)
    op.drop_table("conversation_mark")
    op.drop_column("turn", "trace")
