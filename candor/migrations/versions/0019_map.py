"""What privacy officers settled about aspects of a policy: the passage that answers, or that it is silent"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019_map"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "settled_aspect",
        sa.Column("company", sa.String(length=40), primary_key=True),
        sa.Column("aspect", sa.String(length=64), primary_key=True),
        sa.Column("quote", sa.Text(), nullable=False, server_default=""),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("settled_aspect")
