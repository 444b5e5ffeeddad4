"""Why an answer did not help"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("feedback", sa.Column("reason", sa.String(length=24), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("feedback", "reason")
