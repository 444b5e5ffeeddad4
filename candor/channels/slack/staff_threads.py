"""Remember which thread of the staff channel announced which visitor; a live chat can be held in it."""

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
    """Stored in the database, so that every worker knows them."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._now = engine, now

    def announce(self, conversation: str, thread: StaffThread) -> None:
        """Staff were told of this visitor here. If they are told again, the first thread stays."""
        if self.of(conversation) is None:
            self.move(conversation, thread)

    def move(self, conversation: str, thread: StaffThread) -> None:
        """From now on the live chat is held in this thread."""
        row = {"conversation": conversation, "channel": thread.channel, "thread": thread.thread, "at": self._now()}
        for last in (False, True):  # two workers may insert it at once; then the later one updates it
            try:
                with Session(self._engine) as session, session.begin():
                    session.merge(StaffThreadRow(**row))
                return
            except IntegrityError:
                if last:
                    raise

    def of(self, conversation: str) -> StaffThread | None:
        """The thread of a conversation; None if staff were not told in Slack."""
        with Session(self._engine) as session:
            row = session.get(StaffThreadRow, conversation)
            return StaffThread(row.channel, row.thread) if row else None

    def conversation(self, thread: StaffThread) -> str | None:
        """The conversation that a thread is about."""
        newest = select(StaffThreadRow.conversation).where(
            StaffThreadRow.channel == thread.channel, StaffThreadRow.thread == thread.thread
        ).order_by(StaffThreadRow.at.desc()).limit(1)  # fmt: skip
        with Session(self._engine) as session:
            return session.scalar(newest)
