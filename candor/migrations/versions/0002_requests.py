"""Requests in full: who asks (encrypted), dates, words, codes, what is sent, and visitors who want a person"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

REPEATS = "fk_ticket_duplicate_of_ticket"
WHEN = sa.DateTime(timezone=True)
NEW_IN_TICKET = (
    sa.Column("email", sa.LargeBinary(), nullable=True),
    sa.Column("email_hash", sa.String(length=64), nullable=True),
    sa.Column("verified_at", WHEN, nullable=True),
    sa.Column("residence", sa.String(length=40), nullable=False, server_default=""),
    sa.Column("law", sa.String(length=40), nullable=False, server_default=""),
    sa.Column("time_zone", sa.String(length=64), nullable=False, server_default=""),
    sa.Column("acknowledge_by", WHEN, nullable=True),
    sa.Column("respond_by", WHEN, nullable=True),
    sa.Column("respond_article", sa.String(length=200), nullable=False, server_default=""),
    sa.Column("extended_until", WHEN, nullable=True),
    sa.Column("promised_days", sa.Integer(), nullable=True),
    sa.Column("closed_at", WHEN, nullable=True),
    sa.Column("erased_at", WHEN, nullable=True),
)
INDEXES = {
    "ticket_text": ("ticket_id",),
    "identity_code": ("ticket_id", "email_hash", "conversation", "issued_at"),
    "identity_try": ("conversation", "at"),
    "ticket_access": ("ticket_id", "conversation"),
    "handoff": ("conversation", "answered_at"),
    "outbox": ("ticket_id",),
}


def upgrade() -> None:
    # Column by column: batch mode would drop the table and make it anew, and SQLite does not drop what events point to.
    for column in NEW_IN_TICKET:
        op.add_column("ticket", column)
    op.execute(f"ALTER TABLE ticket ADD COLUMN duplicate_of INTEGER CONSTRAINT {REPEATS} REFERENCES ticket (id)")
    op.create_index("ix_ticket_email_hash", "ticket", ["email_hash"], unique=False)
    op.create_index("ix_ticket_closed_at", "ticket", ["closed_at"], unique=False)
    op.create_index("ix_ticket_status_respond_by", "ticket", ["status", "respond_by"], unique=False)
    op.add_column("ticket_event", sa.Column("state", sa.String(length=24), nullable=False, server_default=""))
    op.add_column("ticket_event", sa.Column("data", sa.JSON(), nullable=False, server_default="{}"))
    op.create_table(
        "ticket_text",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("ticket_id", sa.Integer(), sa.ForeignKey("ticket.id"), nullable=False),
        sa.Column("event_id", sa.Integer(), sa.ForeignKey("ticket_event.id"), nullable=False, unique=True),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "identity_code",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("ticket_id", sa.Integer(), sa.ForeignKey("ticket.id"), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("email_hash", sa.String(length=64), nullable=False),
        sa.Column("conversation", sa.String(length=40), nullable=False),
        sa.Column("issued_at", WHEN, nullable=False),
        sa.Column("expires_at", WHEN, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
    )
    op.create_table(
        "identity_try",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("conversation", sa.String(length=40), nullable=False),
        sa.Column("at", WHEN, nullable=False),
    )
    op.create_table(
        "ticket_access",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("ticket_id", sa.Integer(), sa.ForeignKey("ticket.id"), nullable=False),
        sa.Column("conversation", sa.String(length=40), nullable=False),
        sa.Column("until", WHEN, nullable=False),
    )
    op.create_table(
        "handoff",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("conversation", sa.String(length=40), nullable=False),
        sa.Column("company", sa.String(length=40), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("asked_at", WHEN, nullable=False),
        sa.Column("answer_by", WHEN, nullable=False),
        sa.Column("answered_at", WHEN, nullable=True),
        sa.Column("answered_by", sa.String(length=40), nullable=False, server_default=""),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.String(length=80), nullable=False, unique=True),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("ticket_id", sa.Integer(), sa.ForeignKey("ticket.id"), nullable=True),
        sa.Column("event_id", sa.Integer(), sa.ForeignKey("ticket_event.id"), nullable=True),
        sa.Column("code_id", sa.Integer(), sa.ForeignKey("identity_code.id", ondelete="SET NULL"), nullable=True),
        sa.Column("handoff_id", sa.Integer(), sa.ForeignKey("handoff.id"), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("next_at", WHEN, nullable=False),
        sa.Column("claimed_by", sa.String(length=40), nullable=False, server_default=""),
        sa.Column("last_error", sa.String(length=80), nullable=False, server_default=""),
    )
    for table, columns in INDEXES.items():
        for column in columns:
            op.create_index(f"ix_{table}_{column}", table, [column], unique=False)
    op.create_index("ix_outbox_state_next_at", "outbox", ["state", "next_at"], unique=False)
    _keep_events()


def _keep_events() -> None:
    """The database itself refuses to change or remove what has happened.

    A later migration that rebuilds ticket_event on SQLite (batch mode) loses the triggers and must make them anew.
    """
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER ticket_event_kept_{act.lower()} BEFORE {act} ON ticket_event "
                "BEGIN SELECT RAISE(ABORT, 'events are only added'); END"
            )
    elif op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION ticket_event_kept() RETURNS trigger AS $$ "
            "BEGIN RAISE EXCEPTION 'events are only added'; END $$ LANGUAGE plpgsql"
        )
        op.execute(
            "CREATE TRIGGER ticket_event_kept BEFORE UPDATE OR DELETE ON ticket_event "
            "FOR EACH ROW EXECUTE FUNCTION ticket_event_kept()"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in ("update", "delete"):
            op.execute(f"DROP TRIGGER ticket_event_kept_{act}")
    elif op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER ticket_event_kept ON ticket_event")
        op.execute("DROP FUNCTION ticket_event_kept()")
    for table in ("outbox", "handoff", "ticket_access", "identity_try", "identity_code", "ticket_text"):
        op.drop_table(table)
    op.drop_column("ticket_event", "data")
    op.drop_column("ticket_event", "state")
    for index in ("ix_ticket_status_respond_by", "ix_ticket_closed_at", "ix_ticket_email_hash"):
        op.drop_index(index, table_name="ticket")
    op.drop_column("ticket", "duplicate_of")
    for column in NEW_IN_TICKET:
        op.drop_column("ticket", column.name)
