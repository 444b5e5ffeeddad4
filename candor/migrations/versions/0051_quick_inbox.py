"""What the inbox asks, where it is found at once: requests whose requester has written, and answers called not helpful"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"

NEWEST_OF_THEIRS = """
    SELECT max(wrote.id) FROM ticket_event AS wrote
    WHERE wrote.ticket_id = ticket.id AND wrote.what IN ('mail_received', 'answer') AND wrote.actor = 'requester'
    AND NOT EXISTS (SELECT 1 FROM ticket_event AS later WHERE later.ticket_id = wrote.ticket_id AND later.id > wrote.id
                    AND later.actor NOT IN ('system', 'requester'))"""
WHO_WROTE = "SELECT ticket_id FROM ticket_event WHERE what IN ('mail_received', 'answer') AND actor = 'requester'"
PARTIAL = (
    ("ix_ticket_unseen_event", "ticket", ["unseen_event"], "unseen_event IS NOT NULL", "unseen_event IS NOT NULL"),
    ("ix_turn_not_helpful_at", "turn", ["at", "id"], "helpful IS 0", "helpful IS FALSE"),
)


def upgrade() -> None:
    op.add_column("ticket", sa.Column("unseen_event", sa.Integer()))
    op.execute(f"UPDATE ticket SET unseen_event = ({NEWEST_OF_THEIRS}) WHERE id IN ({WHO_WROTE})")  # noqa: S608
    op.drop_index("ix_ticket_event_what", table_name="ticket_event")
    for name, table, columns, sqlite, postgresql in PARTIAL:
        op.create_index(name, table, columns, sqlite_where=sa.text(sqlite), postgresql_where=sa.text(postgresql))


def downgrade() -> None:
    for name, table, *_ in PARTIAL:
        op.drop_index(name, table_name=table)
    op.create_index("ix_ticket_event_what", "ticket_event", ["what", "actor"])
    op.drop_column("ticket", "unseen_event")
