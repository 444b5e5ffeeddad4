"""People: second factors with codes on paper, slips that a change makes worthless, and whose form it was"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("account", sa.Column("stamp", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("account_session", sa.Column("form_hash", sa.String(length=64), nullable=False, server_default=""))
    op.create_index("ix_account_session_form_hash", "account_session", ["form_hash"])
    op.create_table(
        "account_recovery",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_account_recovery_account_id", "account_recovery", ["account_id"])


def downgrade() -> None:
    op.drop_table("account_recovery")
    op.drop_index("ix_account_session_form_hash", "account_session")
    op.drop_column("account_session", "form_hash")
    op.drop_column("account", "stamp")
