"""Whose work a request is, and indexes for reading closed ones page by page"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("ticket", sa.Column("assignee", sa.String(length=40), nullable=False, server_default=""))
    for column in ("status", "company", "law"):
        op.create_index(f"ix_ticket_{column}_closed_at", "ticket", [column, "closed_at"])


def downgrade() -> None:
    for column in ("status", "company", "law"):
        op.drop_index(f"ix_ticket_{column}_closed_at", table_name="ticket")
    op.drop_column("ticket", "assignee")
