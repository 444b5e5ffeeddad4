"""Files for requesters, and the links under which they get them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    at = sa.DateTime(timezone=True)
    op.create_table(
        "file_link",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("ticket_id", sa.Integer(), sa.ForeignKey("ticket.id"), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False, unique=True),
        sa.Column("made_at", at, nullable=False),
        sa.Column("until", at, nullable=False),
        sa.Column("ended_at", at),
        sa.Column("ended_by", sa.String(length=40), nullable=False, server_default=""),
        sa.Column("downloads", sa.Integer(), nullable=False, server_default="0"),
    )
    op.create_index("ix_file_link_ticket_id", "file_link", ["ticket_id"])
    op.create_table(
        "request_file",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("ticket_id", sa.Integer(), sa.ForeignKey("ticket.id"), nullable=False),
        sa.Column("link_id", sa.Integer(), sa.ForeignKey("file_link.id")),
        sa.Column("blob", sa.String(length=32), nullable=False, unique=True),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("added_at", at, nullable=False),
        sa.Column("added_by", sa.String(length=40), nullable=False),
        sa.Column("downloads", sa.Integer(), nullable=False, server_default="0"),
    )
    op.create_index("ix_request_file_ticket_id", "request_file", ["ticket_id"])
    op.create_index("ix_request_file_link_id", "request_file", ["link_id"])


def downgrade() -> None:
    op.drop_table("request_file")
    op.drop_table("file_link")
