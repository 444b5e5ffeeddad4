"""What somebody who waits for a person wants to know, and whether it is urgent"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.add_column("handoff", sa.Column("question", sa.LargeBinary(), nullable=True))
    op.add_column("handoff", sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("handoff", "urgent")
    op.drop_column("handoff", "question")
