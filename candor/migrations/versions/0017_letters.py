"""Who sends, as a keyed hash: unproven requests, codes and wrong codes are counted by it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

COUNTED = ("ticket", "identity_code", "identity_try")


def upgrade() -> None:
    for table in COUNTED:
        op.add_column(table, sa.Column("sender", sa.String(length=64), nullable=False, server_default=""))
        op.create_index(f"ix_{table}_sender", table, ["sender"])
    op.add_column("identity_try", sa.Column("what", sa.String(length=8), nullable=False, server_default="stranger"))
    op.create_table(
        "conversation_sender",
        sa.Column("conversation", sa.String(length=40), primary_key=True),
        sa.Column("sender", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_conversation_sender_at", "conversation_sender", ["at"])


def downgrade() -> None:
    op.drop_table("conversation_sender")
    op.drop_column("identity_try", "what")
    for table in reversed(COUNTED):
        op.drop_index(f"ix_{table}_sender", table)
        op.drop_column(table, "sender")
