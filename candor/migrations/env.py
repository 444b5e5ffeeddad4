"""Alembic's entry: runs on the connection that candor/database/ hands in. The revisions describe the tables themselves."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
