"""Authorized agents and what they ask for; whether a conversation's browser sent Global Privacy Control"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    op.add_column("conversation", sa.Column("gpc", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "authorized_agent",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("agent_id", sa.String(length=80), nullable=False, unique=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("verify_key", sa.LargeBinary(), nullable=False),
        sa.Column("trusted", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("enabled", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.String(length=40), nullable=False),
    )
    op.create_table(
        "agent_token",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("agent", sa.Integer(), sa.ForeignKey("authorized_agent.id"), nullable=False),
        sa.Column("company", sa.String(length=40), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False, unique=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("agent", "company"),
    )
    op.create_table(
        "agent_message",
        sa.Column("digest", sa.String(length=64), primary_key=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_agent_message_until", "agent_message", ["until"])
    op.create_table(
        "agent_request",
        sa.Column("request_id", sa.String(length=36), primary_key=True),
        sa.Column("ticket_id", sa.Integer(), sa.ForeignKey("ticket.id"), nullable=False, unique=True),
        sa.Column("agent", sa.Integer(), sa.ForeignKey("authorized_agent.id"), nullable=False),
        sa.Column("agent_request_id", sa.String(length=100), nullable=False, server_default=""),
        sa.Column("exercise", sa.String(length=40), nullable=False),
        sa.Column("regime", sa.String(length=40), nullable=False, server_default=""),
    )


def downgrade() -> None:
    op.drop_table("agent_request")
    op.drop_table("agent_message")
    op.drop_table("agent_token")
    op.drop_table("authorized_agent")
    op.drop_column("conversation", "gpc")
