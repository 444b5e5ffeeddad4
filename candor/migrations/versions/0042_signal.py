"""Whether a conversation's browser sent Global Privacy Control"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0032"


def upgrade() -> None:
    op.add_column("conversation", sa.Column("gpc", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("conversation", "gpc")
