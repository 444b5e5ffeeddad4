"""Talks between visitors and people of a company, on every channel; what Slack told and is not answered yet"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "person_talk",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("conversation_id", sa.String(40), sa.ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False),
        sa.Column("company", sa.String(40), nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("taken_at", WHEN, nullable=False),
        sa.Column("ended_at", WHEN),
        sa.Column("ended_by", sa.String(40), nullable=False, server_default=""),
    )
    op.create_index("ix_person_talk_conversation_id", "person_talk", ["conversation_id"])
    only = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_person_talk_going_on", "person_talk", ["conversation_id"], unique=True, sqlite_where=only, postgresql_where=only
    )
    op.create_table(
        "visitor_seen",
        sa.Column("conversation_id", sa.String(40), sa.ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("at", WHEN, nullable=False),
    )
    op.create_table(
        "slack_staff_thread",
        sa.Column("conversation", sa.String(40), primary_key=True),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("thread", sa.String(32), nullable=False),
        sa.Column("at", WHEN, nullable=False),
    )
    op.create_index("ix_slack_staff_thread_thread", "slack_staff_thread", ["thread"])
    op.create_index("ix_slack_staff_thread_at", "slack_staff_thread", ["at"])
    op.create_table(
        "slack_unanswered",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", WHEN, nullable=False),
    )
    op.create_index("ix_slack_unanswered_next_at", "slack_unanswered", ["next_at"])
    _move_handovers()
    op.drop_table("slack_handover")


def _move_handovers() -> None:
    """What went on in Slack goes on. Slack never told us here how long ago it began, nor the person's name."""
    op.execute(
        "INSERT INTO slack_staff_thread (conversation, channel, thread, at) "
        "SELECT conversation, channel, thread, CURRENT_TIMESTAMP FROM slack_handover WHERE handoff IN "
        "(SELECT max(handoff) FROM slack_handover WHERE ended_at IS NULL GROUP BY conversation)"
    )
    op.execute(
        "INSERT INTO person_talk (conversation_id, company, actor, name, taken_at) "
        "SELECT c.id, c.company, 'slack:' || h.taken_by, 'Somebody', CURRENT_TIMESTAMP "
        "FROM slack_handover h JOIN conversation c ON c.id = h.conversation WHERE h.handoff IN "
        "(SELECT max(handoff) FROM slack_handover WHERE ended_at IS NULL GROUP BY conversation)"
    )


def downgrade() -> None:
    op.create_table(
        "slack_handover",
        sa.Column("handoff", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("conversation", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("thread", sa.String(length=32), nullable=False),
        sa.Column("taken_by", sa.String(length=32), nullable=False, server_default=""),
        sa.Column("ended_at", WHEN, nullable=True),
    )
    op.create_index("ix_slack_handover_conversation", "slack_handover", ["conversation"])
    op.create_index("ix_slack_handover_thread", "slack_handover", ["thread"])
    for table in ("slack_unanswered", "slack_staff_thread", "visitor_seen", "person_talk"):
        op.drop_table(table)
