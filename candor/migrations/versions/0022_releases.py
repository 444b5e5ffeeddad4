"""Policy versions are released one by one: which one each company is answered from, and what was released before"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    stamp = op.create_table(
        "policy_stamp", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("value", sa.Integer(), nullable=False)
    )
    op.bulk_insert(stamp, [{"id": 1, "value": 0}])
    op.create_table(
        "policy_release",
        sa.Column("company", sa.String(40), primary_key=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("current", sa.String(40), nullable=False),
        sa.Column("held", sa.String(64), nullable=False),
        sa.Column("source", sa.String(10), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_by", sa.String(200), nullable=False),
    )
    op.create_index("ix_policy_release_serial", "policy_release", ["serial"])
    op.create_table(
        "policy_version",
        sa.Column("company", sa.String(40), primary_key=True),
        sa.Column("version", sa.String(40), primary_key=True),
        sa.Column("artefact", sa.String(64), nullable=False),
        sa.Column("encoder", sa.String(200), nullable=False),
        sa.Column("passages", sa.Integer(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("changed", sa.Boolean(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("content", sa.String(64), nullable=False),
        sa.Column("ingested_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "policy_past_release",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("company", sa.String(40), nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("artefact", sa.String(64), nullable=False),
        sa.Column("content", sa.String(64), nullable=False),
        sa.Column("how", sa.String(20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
    )
    op.create_index("ix_policy_past_release_company", "policy_past_release", ["company", "id"])
    op.create_table(
        "policy_artefact",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("data", sa.LargeBinary(), nullable=False),
    )


def downgrade() -> None:
    for table in ("policy_artefact", "policy_past_release", "policy_version", "policy_release", "policy_stamp"):
        op.drop_table(table)
