"""What a company's directory says of accounts and groups, by SCIM"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    op.create_table(
        "scim_user",
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("external_id", sa.String(length=200), nullable=False, server_default=""),
        sa.Column("given_name", sa.String(length=80), nullable=False, server_default=""),
        sa.Column("family_name", sa.String(length=80), nullable=False, server_default=""),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "scim_group",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(length=200), nullable=False, unique=True),
        sa.Column("external_id", sa.String(length=200), nullable=False, server_default=""),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "scim_member",
        sa.Column("group_id", sa.Integer(), sa.ForeignKey("scim_group.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    )
    op.create_index("ix_scim_member_account_id", "scim_member", ["account_id"])


def downgrade() -> None:
    op.drop_table("scim_member")
    op.drop_table("scim_group")
    op.drop_table("scim_user")
