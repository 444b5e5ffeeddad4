"""Which thread of the staff channel tells of which visitor who wants a person; a talk can be held in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from candor.channels.slack.models import StaffThreadRow


@dataclass(frozen=True)
class StaffThread:
    """A thread, by Slack's ids."""

    channel: str
    thread: str


class StaffThreads:
    """Kept in the database, so that every worker knows them."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._now = engine, now

    def told(self, conversation: str, thread: StaffThread) -> None:
        """Staff were told of this visitor here. Of several notices the first one's thread stays."""
        if self.of(conversation) is None:
            self.held(conversation, thread)

    def held(self, conversation: str, thread: StaffThread) -> None:
        """From here on the talk is held in this thread."""
        row = {"conversation": conversation, "channel": thread.channel, "thread": thread.thread, "at": self._now()}
        for last in (False, True):  # two workers may insert it at once: then the later one changes it
            try:
                with Session(self._engine) as session, session.begin():
                    session.merge(StaffThreadRow(**row))
                return
            except IntegrityError:
                if last:
                    raise

    def of(self, conversation: str) -> StaffThread | None:
        """The thread for a conversation; None where staff were not told in Slack."""
        with Session(self._engine) as session:
            row = session.get(StaffThreadRow, conversation)
            return StaffThread(row.channel, row.thread) if row else None

    def conversation(self, thread: StaffThread) -> str | None:
        """Whom a thread is about."""
        newest = select(StaffThreadRow.conversation).where(
            StaffThreadRow.channel == thread.channel, StaffThreadRow.thread == thread.thread
        ).order_by(StaffThreadRow.at.desc()).limit(1)  # fmt: skip
        with Session(self._engine) as session:
            return session.scalar(newest)
