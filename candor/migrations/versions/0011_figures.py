"""Counts of turns, which outlive the conversations, and those of all turns that are there"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from candor.transcripts.backfill import count_all

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "turn_count",
        sa.Column("size", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("start", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("company", sa.String(length=40), primary_key=True),
        sa.Column("channel", sa.String(length=16), primary_key=True),
        sa.Column("what", sa.String(length=8), primary_key=True),
        sa.Column("name", sa.String(length=64), primary_key=True),
        sa.Column("n", sa.Integer(), nullable=False),
        sqlite_with_rowid=False,
    )
    count_all(op.get_bind())


def downgrade() -> None:
    op.drop_table("turn_count")
