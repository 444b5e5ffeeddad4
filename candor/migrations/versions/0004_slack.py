"""Slack: what was handled, who talks where, which company was chosen, who has taken over, installations"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

WHEN = sa.DateTime(timezone=True)
SECRET = sa.String(length=1000)  # slack_sdk says 200: too short for a token that expires, once it is encrypted


def id_(name: str, **how: object) -> sa.Column:
    return sa.Column(name, sa.String(length=32), **how)


def upgrade() -> None:
    op.create_table("slack_handled", sa.Column("key", sa.String(length=64), primary_key=True), when())
    op.create_table(
        "slack_talk",
        sa.Column("conversation", sa.String(length=40), primary_key=True),
        sa.Column("place", sa.String(length=160), nullable=False),
        id_("team", nullable=False),
        id_("person", nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        when(),
    )
    op.create_table(
        "slack_thread",
        id_("team", primary_key=True),
        id_("channel", primary_key=True),
        id_("thread", primary_key=True),
        id_("person", nullable=False),
        sa.Column("quiet", sa.Boolean(), nullable=False),
        when(),
    )
    op.create_table(
        "slack_choice",
        id_("team", primary_key=True),
        id_("person", primary_key=True),
        sa.Column("company", sa.String(length=40), nullable=False),
        when(),
    )
    op.create_table(
        "slack_handover",
        sa.Column("handoff", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("conversation", sa.String(length=40), nullable=False),
        id_("channel", nullable=False),
        id_("thread", nullable=False),
        id_("taken_by", nullable=False, server_default=""),
        sa.Column("ended_at", WHEN, nullable=True),
    )
    for table, columns in INDEXES.items():
        for column in columns:
            op.create_index(f"ix_{table}_{column}", table, [column], unique=False)
    _installations()


INDEXES = {
    "slack_handled": ("at",), "slack_talk": ("place", "team", "person", "at"), "slack_thread": ("at",),
    "slack_handover": ("conversation", "thread"),
}  # fmt: skip


def _installations() -> None:
    """As slack_sdk's SQLAlchemy stores describe them, but with room for encrypted tokens."""
    op.create_table(
        "slack_bots",
        *_both(),
        sa.Column("is_enterprise_install", sa.Boolean(), nullable=False),
        sa.Column("installed_at", sa.DateTime(), nullable=False),
    )
    op.create_index("slack_bots_idx", "slack_bots", ["client_id", "enterprise_id", "team_id", "installed_at"], unique=False)
    op.create_table(
        "slack_installations",
        *_both(),
        sa.Column("enterprise_url", sa.String(length=200)),
        id_("user_id", nullable=False),
        sa.Column("user_token", SECRET),
        sa.Column("user_scopes", sa.String(length=1000)),
        sa.Column("user_refresh_token", SECRET),
        sa.Column("user_token_expires_at", sa.DateTime()),
        sa.Column("incoming_webhook_url", sa.String(length=200)),
        sa.Column("incoming_webhook_channel", sa.String(length=200)),
        sa.Column("incoming_webhook_channel_id", sa.String(length=200)),
        sa.Column("incoming_webhook_configuration_url", sa.String(length=200)),
        sa.Column("is_enterprise_install", sa.Boolean(), nullable=False),
        id_("token_type"),
        sa.Column("installed_at", sa.DateTime(), nullable=False),
    )
    columns = ["client_id", "enterprise_id", "team_id", "user_id", "installed_at"]
    op.create_index("slack_installations_idx", "slack_installations", columns, unique=False)
    op.create_table(
        "slack_oauth_states",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("state", sa.String(length=200), nullable=False),
        sa.Column("expire_at", sa.DateTime(), nullable=False),
    )


def _both() -> list[sa.Column]:
    return [
        sa.Column("id", sa.Integer(), primary_key=True),
        id_("client_id", nullable=False),
        id_("app_id", nullable=False),
        id_("enterprise_id"),
        sa.Column("enterprise_name", sa.String(length=200)),
        id_("team_id"),
        sa.Column("team_name", sa.String(length=200)),
        sa.Column("bot_token", SECRET),
        id_("bot_id"),
        id_("bot_user_id"),
        sa.Column("bot_scopes", sa.String(length=1000)),
        sa.Column("bot_refresh_token", SECRET),
        sa.Column("bot_token_expires_at", sa.DateTime()),
    ]


def when() -> sa.Column:
    return sa.Column("at", WHEN, nullable=False)


def downgrade() -> None:
    for table in (
        "slack_oauth_states", "slack_installations", "slack_bots", "slack_handover", "slack_choice", "slack_thread",
        "slack_talk", "slack_handled",
    ):  # fmt: skip
        op.drop_table(table)
