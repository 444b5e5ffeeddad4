"""Logging of our processes: short lines, and loggers that print what people wrote are silenced."""

from __future__ import annotations

import logging
from collections.abc import Sequence

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# At these levels they print neither bodies and texts nor what only looks like a fault.
QUIET = {"rasa_sdk": logging.ERROR, "sanic": logging.WARNING, "httpx": logging.WARNING,
         "alembic": logging.WARNING, "faiss": logging.WARNING,  # which builds of itself it tried, as if they were faults
         "sentence_transformers": logging.WARNING}  # fmt: skip


def configure_logs(without_text: Sequence[str] = ()) -> None:
    """Set one format for a process; call it once, at its start.

    without_text: loggers whose messages may contain what a person wrote; of these only the place in the code is logged.
    """
    logging.basicConfig(level=logging.INFO, format=FORMAT)
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)
    for name in without_text:
        _tell_place_only(logging.getLogger(name))
    logging.getLogger("bm25s").disabled = True  # it sets its own level to DEBUG when it is imported


class _PlaceOnly(logging.Formatter):
    """A record without its message: what it would say may hold what a person wrote."""

    def format(self, record: logging.LogRecord) -> str:
        bare = logging.LogRecord(
            record.name, record.levelno, record.pathname, record.lineno, "see %s, line %d", (record.module, record.lineno), None
        )
        bare.created, bare.msecs = record.created, record.msecs
        return super().format(bare)


def _tell_place_only(logger: logging.Logger) -> None:
    """All that the logger and its children say goes through a handler of its own, and no further."""
    handler = logging.StreamHandler()
    handler.setFormatter(_PlaceOnly(FORMAT))
    logger.handlers[:] = [handler]
    logger.setLevel(logging.WARNING)
    logger.propagate = False
