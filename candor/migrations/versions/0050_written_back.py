"""An index by which the inbox finds requests whose requester has written"""

from __future__ import annotations

from alembic import op

revision = "0050"
down_revision = "0049"


def upgrade() -> None:
    op.create_index("ix_ticket_event_what", "ticket_event", ["what", "actor"])


def downgrade() -> None:
    op.drop_index("ix_ticket_event_what", table_name="ticket_event")
