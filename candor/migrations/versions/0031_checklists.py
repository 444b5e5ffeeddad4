"""Checklists: of companies, right by right, and of requests"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0029"


def upgrade() -> None:
    op.create_table(
        "checklist_point",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("company", sa.String(length=40), nullable=False),
        sa.Column("request_type", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("who", sa.String(length=80), nullable=False, server_default=""),
    )
    op.create_index("ix_checklist_point_of", "checklist_point", ["company", "request_type"])
    op.create_table(
        "request_point",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("ticket_id", sa.Integer(), sa.ForeignKey("ticket.id"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("who", sa.String(length=80), nullable=False, server_default=""),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.Column("done_by", sa.String(length=40), nullable=False, server_default=""),
    )
    op.create_index("ix_request_point_ticket_id", "request_point", ["ticket_id"])


def downgrade() -> None:
    op.drop_table("request_point")
    op.drop_table("checklist_point")
