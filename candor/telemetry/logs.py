"""Logging of our processes: one short line for each event, as text or as JSON. Loggers that print what people wrote are silenced.

Python's own logging, because every library that runs here logs through it; a formatter is all that JSON needs. Which request and
which conversation a line is about stands in context variables, so that no call has to hand the ids on.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# At these levels they print neither bodies and texts nor what only looks like a fault.
QUIET = {"rasa_sdk": logging.ERROR, "sanic": logging.WARNING, "httpx": logging.WARNING, "httpx2": logging.WARNING,
         "alembic": logging.WARNING, "faiss": logging.WARNING,  # which builds of itself it tried, as if they were faults
         "sentence_transformers": logging.WARNING}  # fmt: skip
_about: ContextVar[dict[str, str]] = ContextVar("about", default={})  # noqa: B039  # never changed, only replaced


@contextmanager
def about(**ids: str) -> Iterator[None]:
    """Within the block, every line of JSON carries these ids (request, conversation), and those of the blocks around it."""
    before = _about.set({**_about.get(), **ids})
    try:
        yield
    finally:
        _about.reset(before)


def configure_logs(without_text: Sequence[str] = (), *, process: str = "", as_json: bool = False) -> None:
    """Set one format for a process; call it once, at its start.

    without_text: loggers whose messages may contain what a person wrote; of these only the place in the code is logged.
    process: named in each line of JSON, such as "web".
    """
    formatter: logging.Formatter = JsonLines(process) if as_json else TextLines(FORMAT)
    logging.basicConfig(level=logging.INFO)
    for handler in logging.getLogger().handlers:
        handler.setFormatter(formatter)
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)
    for name in without_text:
        _tell_place_only(logging.getLogger(name), formatter)
    logging.getLogger("bm25s").disabled = True  # it sets its own level to DEBUG when it is imported


def one_line(message: str) -> str:
    """A message that begins no line of its own, and neither moves the cursor nor colours the terminal (CWE-117): what a mail
    server, a file's name or a setting brings along may try to."""
    if message.isprintable():
        return message
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in message)


class TextLines(logging.Formatter):
    """A record as one line of text, with what was raised below it."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  (logging's own name)
        return one_line(super().formatMessage(record))


class JsonLines(logging.Formatter):
    """A record as one line of JSON: time, level, logger, process, message, and the ids that it is about.

    Of an exception only its type and the place where it was raised: its text and the values in its frames may hold what a
    person wrote.
    """

    def __init__(self, process: str = "") -> None:
        super().__init__()
        self._process = {"process": process} if process else {}

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = {"at": at, "level": record.levelname.lower(), "logger": record.name, **self._process,
                "message": one_line(record.getMessage()), **_about.get(), **getattr(record, "facts", {})}  # fmt: skip
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["error_at"] = _raised_at(record)
        return json.dumps(line, ensure_ascii=False, default=str)


def _raised_at(record: logging.LogRecord) -> str:
    """module:line of the innermost frame."""
    frame = record.exc_info[2] if record.exc_info else None
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return f"{frame.tb_frame.f_globals.get('__name__', '?')}:{frame.tb_lineno}" if frame is not None else "?"


class _PlaceOnly(logging.Formatter):
    """A record without its message: what it would say may hold what a person wrote."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__()
        self._formatter = formatter

    def format(self, record: logging.LogRecord) -> str:
        bare = logging.LogRecord(
            record.name, record.levelno, record.pathname, record.lineno, "see %s, line %d", (record.module, record.lineno), None
        )
        bare.created, bare.msecs = record.created, record.msecs
        return self._formatter.format(bare)


def _tell_place_only(logger: logging.Logger, formatter: logging.Formatter) -> None:
    """All that the logger and its children say goes through a handler of its own, and no further."""
    handler = logging.StreamHandler()
    handler.setFormatter(_PlaceOnly(formatter))
    logger.handlers[:] = [handler]
    logger.setLevel(logging.WARNING)
    logger.propagate = False
