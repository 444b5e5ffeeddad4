"""Whose work a request is"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("ticket", sa.Column("assignee", sa.String(length=40), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("ticket", "assignee")
