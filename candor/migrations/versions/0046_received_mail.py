"""Which mails of requesters and visitors were recorded, so that each counts once"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    op.create_table(
        "received_mail",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("mail", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("mail"),
    )
    op.create_index("ix_received_mail_at", "received_mail", ["at"])


def downgrade() -> None:
    op.drop_index("ix_received_mail_at", "received_mail")
    op.drop_table("received_mail")
