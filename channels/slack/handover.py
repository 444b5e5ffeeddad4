"""Which conversations a person of the company has taken over, and through which thread of the staff channel they talk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Engine, select
from sqlalchemy.orm import Session

from channels.slack.models import HandoverRow


@dataclass(frozen=True)
class Handover:
    """One that goes on."""

    handoff: int
    conversation: str
    channel: str
    thread: str
    taken_by: str


class Handovers:
    """Kept in the database: whichever worker hears the next message must know."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._now = engine, now

    def begin(self, handover: Handover) -> None:
        """From here on this person talks."""
        with Session(self._engine) as session, session.begin():
            session.merge(
                HandoverRow(
                    handoff=handover.handoff, conversation=handover.conversation, channel=handover.channel,
                    thread=handover.thread, taken_by=handover.taken_by, ended_at=None,
                )
            )  # fmt: skip

    def in_conversation(self, conversation: str) -> Handover | None:
        """Who has taken over this conversation."""
        return self._one(HandoverRow.conversation == conversation)

    def in_thread(self, channel: str, thread: str) -> Handover | None:
        """What is talked about in this thread of the staff channel."""
        return self._one(HandoverRow.channel == channel, HandoverRow.thread == thread)

    def end(self, handoff: int) -> Handover | None:
        """Candor answers again; what has ended, None if it had ended before."""
        found = self._one(HandoverRow.handoff == handoff)
        if found:
            with Session(self._engine) as session, session.begin():
                row = session.get_one(HandoverRow, handoff)
                row.ended_at = self._now()
        return found

    def _one(self, *of: ColumnElement[bool]) -> Handover | None:
        newest = select(HandoverRow).where(*of, HandoverRow.ended_at.is_(None)).order_by(HandoverRow.handoff.desc()).limit(1)
        with Session(self._engine) as session:
            row = session.scalar(newest)
            return Handover(row.handoff, row.conversation, row.channel, row.thread, row.taken_by) if row else None
