"""Which pages staff have open, so that two do not work on the same; and whether news make a sound or a notification"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.create_table(
        "open_page",
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("page", sa.String(length=80), primary_key=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_open_page_page", "open_page", ["page"])
    op.add_column("account", sa.Column("news_sound", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("account", sa.Column("news_notification", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("account", "news_notification")
    op.drop_column("account", "news_sound")
    op.drop_index("ix_open_page_page", "open_page")
    op.drop_table("open_page")
