"""Each thing that Slack tells us is handled once: across retries, duplicates and several workers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from channels.slack.models import HandledRow
from storage import changed

KEPT = timedelta(days=10)  # Slack retries within hours; what staff are told once a week is kept over the week


class Handled:
    """Who inserts the key first handles it; the database decides, so that any number of workers may ask."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._now = engine, now

    def claim(self, key: str) -> bool:
        """Whether it is ours to handle: true once for each key."""
        try:
            with Session(self._engine) as session, session.begin():
                session.add(HandledRow(key=key, at=self._now()))
        except IntegrityError:
            return False
        return True

    def forget_old(self) -> int:
        """Drop the keys that cannot come again; says how many."""
        with Session(self._engine) as session, session.begin():
            return changed(session.execute(delete(HandledRow).where(HandledRow.at < self._now() - KEPT)))


def key_of(*names: str) -> str:
    """One key for what these ids name together; 64 hex digits, from which no id can be read."""
    return hashlib.sha256("\0".join(names).encode()).hexdigest()
