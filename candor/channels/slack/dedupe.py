"""Each thing that Slack tells us is handled once: across retries, duplicates and several workers."""

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
from candor.storage import changed

KEPT = timedelta(days=10)  # Slack retries within hours; what staff are told once a week is kept over the week


@dataclass
class Handling:
    """One handling of something that Slack told us and that is kept until it is answered (unanswered.py).

    own: this run has kept it. taken_up: whoever had claimed it died over it. claimed, refused: what claim() said to it.
    """

    key: str
    own: bool
    taken_up: bool = False
    claimed: bool = False
    refused: bool = False


RUN: ContextVar[Handling | None] = ContextVar("run", default=None)


class HandledEvents:
    """Who inserts the key first handles it; the database decides, so that any number of workers may ask."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._now = engine, now

    def claim(self, key: str) -> bool:
        """Whether it is ours to handle: true once for each key, and again for what is taken up from one that died."""
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
        """Drop the keys that cannot come again; says how many."""
        with Session(self._engine) as session, session.begin():
            return changed(session.execute(delete(HandledRow).where(HandledRow.at < self._now() - KEPT)))


def key_of(*names: str) -> str:
    """One key for what these ids name together; 64 hex digits, from which no id can be read."""
    return hashlib.sha256("\0".join(names).encode()).hexdigest()
