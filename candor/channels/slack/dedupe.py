"""Handle each event of Slack once, across retries, duplicates and several workers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from candor.channels.slack.models import HandledRow
from candor.database.transactions import changed

KEPT = timedelta(days=10)  # Slack retries within hours; weekly news to staff needs more than a week


@dataclass
class Handling:
    """One attempt to handle an event that is stored until it is answered (pending.py).

    own: this attempt stored it. taken_up: the process that had claimed it died. claimed, refused: the outcome of claim().
    """

    key: str
    own: bool
    taken_up: bool = False
    claimed: bool = False
    refused: bool = False


RUN: ContextVar[Handling | None] = ContextVar("run", default=None)


class HandledEvents:
    """Whichever worker inserts the key first handles the event: the database's unique constraint decides."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._now = engine, now

    def claim(self, key: str) -> bool:
        """Whether this worker handles the event: true once for each key, and again after the process that claimed it died."""
        run = RUN.get()
        try:
            with Session(self._engine) as session, session.begin():
                session.add(HandledRow(key=key, at=self._now()))
        except IntegrityError:
            if run is None or not run.taken_up:
                if run is not None:
                    run.refused = True
                return False
        if run is not None:
            run.claimed = True
        return True

    def forget_old(self) -> int:
        """Delete keys that cannot come again; returns how many."""
        with Session(self._engine) as session, session.begin():
            return changed(session.execute(delete(HandledRow).where(HandledRow.at < self._now() - KEPT)))


def key_of(*names: str) -> str:
    """One key for these ids together: 64 hexadecimal digits, from which no id can be read."""
    return hashlib.sha256("\0".join(names).encode()).hexdigest()
