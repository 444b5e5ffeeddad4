"""Alembic's entry: runs on the connection that database.upgrade hands in."""

from __future__ import annotations

from alembic import context

from candor.accounts.models import Base as Accounts
from candor.channels.slack.models import Base as Slack
from candor.retention.models import Base as Keeping
from candor.tickets.models import Base as Tickets
from candor.transcripts.models import Base as Transcripts

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=[Accounts.metadata, Tickets.metadata, Transcripts.metadata, Slack.metadata, Keeping.metadata],
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
