"""Databases as older versions of Candor left them."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from candor.settings import ROOT


def to_revision(engine: Engine, revision: str, *, down: bool = False) -> None:
    """Upgrade a database to a revision, or downgrade it."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "candor" / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        (command.downgrade if down else command.upgrade)(config, revision)
