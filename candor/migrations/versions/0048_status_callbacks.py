"""Where an authorized agent wants to be told how a request is"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"


def upgrade() -> None:
    op.add_column("agent_request", sa.Column("status_callback", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("agent_request", "status_callback")
