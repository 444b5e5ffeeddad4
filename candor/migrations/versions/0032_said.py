"""Whether a visitor who was promised a mail was answered in the chat, and has not seen it yet"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.add_column("handoff", sa.Column("said_at", sa.DateTime(timezone=True)))
    op.add_column("handoff", sa.Column("said_by", sa.String(length=40), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("handoff", "said_by")
    op.drop_column("handoff", "said_at")
