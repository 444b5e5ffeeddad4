"""Several webhooks, and what became of each delivery"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("url", sa.LargeBinary(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("companies", sa.JSON(), nullable=False),
        sa.Column("identity", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("made_by", sa.String(length=40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("failing_since", sa.DateTime(timezone=True)),
        sa.Column("paused_until", sa.DateTime(timezone=True)),
        sa.Column("stopped_at", sa.DateTime(timezone=True)),
        sa.Column("stopped_why", sa.String(length=80), nullable=False, server_default=""),
    )
    op.add_column("outbox", sa.Column("webhook_id", sa.Integer()))
    op.add_column("outbox", sa.Column("answered", sa.Integer()))
    op.create_index("ix_outbox_webhook_id", "outbox", ["webhook_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_outbox_webhook_id", "outbox")
    op.drop_column("outbox", "answered")
    op.drop_column("outbox", "webhook_id")
    op.drop_table("webhook")
