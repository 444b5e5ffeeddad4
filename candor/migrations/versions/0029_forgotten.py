"""What was forgotten on purpose, so that no backup brings it back"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0024"


def upgrade() -> None:
    op.create_table(
        "forgotten",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_person", sa.Boolean(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("companies", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_forgotten"),
    )
    op.create_index("ix_forgotten_at", "forgotten", ["at"])


def downgrade() -> None:
    op.drop_table("forgotten")
