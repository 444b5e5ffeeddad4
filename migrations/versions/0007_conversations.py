"""What Rasa did in a turn"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("turn", sa.Column("trace", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("turn", "trace")
