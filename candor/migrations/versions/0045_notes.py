"""Notes between staff on conversations, mentions of colleagues, and chats that are passed on to somebody"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0043"


def upgrade() -> None:
    op.create_table(
        "conversation_note",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "conversation_id", sa.String(length=40), sa.ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )  # fmt: skip
    op.create_index("ix_conversation_note_conversation_id", "conversation_note", ["conversation_id"])
    op.create_table(
        "mention",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
        sa.Column("page", sa.String(length=80), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_mention_account_id", "mention", ["account_id"])
    op.add_column("handoff", sa.Column("meant_for", sa.String(length=40), nullable=False, server_default=""))
    op.add_column("handoff", sa.Column("passed_by", sa.String(length=40), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("handoff", "passed_by")
    op.drop_column("handoff", "meant_for")
    op.drop_index("ix_mention_account_id", "mention")
    op.drop_table("mention")
    op.drop_index("ix_conversation_note_conversation_id", "conversation_note")
    op.drop_table("conversation_note")
