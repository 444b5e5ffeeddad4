"""Alembic's entry: runs on the connection that database.upgrade hands in."""

from __future__ import annotations

from alembic import context

from candor.accounts.models import AccountBase as Accounts
from candor.channels.slack.models import SlackBase as Slack
from candor.retention.models import RetentionBase as Keeping
from candor.tickets.models import TicketBase as Tickets
from candor.transcripts.models import TranscriptBase as Transcripts

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=[Accounts.metadata, Tickets.metadata, Transcripts.metadata, Slack.metadata, Keeping.metadata],
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
