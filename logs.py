"""Logging of our processes: short lines, and loggers that print what people wrote are silenced."""

from __future__ import annotations

import logging

# At these levels they never print bodies or texts.
QUIET = {"presidio-analyzer": logging.ERROR, "rasa_sdk": logging.ERROR, "sanic": logging.WARNING, "httpx": logging.WARNING,
         "slack_bolt": logging.WARNING, "alembic": logging.WARNING}  # fmt: skip


def configure_logs() -> None:
    """One format for a process; call it once, at its start."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)
    logging.getLogger("bm25s").disabled = True  # it sets its own level to DEBUG when it is imported
