"""Reports that stay quick over a million turns: what a visitor said of an answer stands with its turn; indexes to count by"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

ASKED = ("kind", "company", "aspect", "at", "conversation_id", "helpful")
ASKED_BEFORE = ("kind", "company", "at", "aspect", "conversation_id")

SOME = (  # indexes of the few rows that something holds for
    ("ix_turn_not_helpful", "turn", ["id"], "helpful IS 0", "helpful IS FALSE"),
    ("ix_ticket_without_date", "ticket", ["id"], "respond_by IS NULL", "respond_by IS NULL"),
)


def upgrade() -> None:
    op.add_column("turn", sa.Column("helpful", sa.Boolean()))
    op.execute(
        "UPDATE turn SET helpful = (SELECT feedback.helpful FROM feedback "
        "WHERE feedback.conversation_id = turn.conversation_id AND feedback.answer_id = turn.answer_id) "
        "WHERE id IN (SELECT turn.id FROM feedback JOIN turn "
        "ON turn.conversation_id = feedback.conversation_id AND turn.answer_id = feedback.answer_id)"
    )
    op.drop_index("ix_turn_asked", "turn")
    op.create_index("ix_turn_asked", "turn", list(ASKED))
    for name, table, columns, sqlite, postgresql in SOME:
        op.create_index(name, table, columns, sqlite_where=sa.text(sqlite), postgresql_where=sa.text(postgresql))
    op.create_index("ix_ticket_received_at", "ticket", ["received_at", "company"])
    op.create_index("ix_handoff_asked_at", "handoff", ["asked_at", "company"])


def downgrade() -> None:
    op.drop_index("ix_handoff_asked_at", "handoff")
    op.drop_index("ix_ticket_received_at", "ticket")
    for name, table, *_ in SOME:
        op.drop_index(name, table)
    op.drop_index("ix_turn_asked", "turn")
    op.create_index("ix_turn_asked", "turn", list(ASKED_BEFORE))
    op.drop_column("turn", "helpful")
