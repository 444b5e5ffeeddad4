"""Keeping: runs of the job and whose turn it is, what Rasa still has to forget, and a hash by which handoffs are found"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "keeping_run",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("began_at", WHEN, nullable=False),
        sa.Column("ended_at", WHEN),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("results", sa.JSON(), nullable=False),
    )
    op.create_table(
        "keeping_turn",
        sa.Column("name", sa.String(length=20), primary_key=True),
        sa.Column("holder", sa.String(length=40), nullable=False),
        sa.Column("until", WHEN, nullable=False),
    )
    op.create_table(
        "forget_later",
        sa.Column("conversation", sa.String(length=40), primary_key=True),
        sa.Column("at", WHEN, nullable=False),
    )
    op.add_column("handoff", sa.Column("email_hash", sa.String(length=64)))
    op.create_index("ix_keeping_run_began_at", "keeping_run", ["began_at"])
    op.create_index("ix_handoff_email_hash", "handoff", ["email_hash"])


def downgrade() -> None:
    op.drop_index("ix_handoff_email_hash", "handoff")
    op.drop_column("handoff", "email_hash")
    for table in ("forget_later", "keeping_turn", "keeping_run"):
        op.drop_table(table)
