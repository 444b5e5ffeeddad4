"""What names a conversation among the requests, and how that is cut when the conversation is forgotten on purpose.

The requests themselves stay: they are the company's record of what it was asked and how it answered. They lose the link to the
conversation, and with it what was given for that conversation alone: admissions by code, tries, and somebody's wait for a person.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Session

from candor.storage import writing
from candor.tickets.identity import LIVE, OVER
from candor.tickets.models import HandoffRow, IdentityCodeRow, IdentityTryRow, TicketAccessRow, TicketRow

FORGOTTEN = "forgotten"  # who has "answered" somebody who can no longer be answered


class RequestLinks:
    """Ties between requests and conversations."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._now = engine, now

    def waits_for_person(self, conversation: str) -> bool:
        """Whether its visitor asked for a person who has not answered yet."""
        waits = [HandoffRow.conversation == conversation, HandoffRow.answered_at.is_(None)]
        with Session(self._engine) as session:
            return session.scalar(select(HandoffRow.id).where(*waits).limit(1)) is not None

    def cut(self, conversation: str) -> None:
        """Nothing here names the conversation any more. Who waits for a person and left an address is still answered by mail."""
        if not conversation:
            return
        now = self._now().astimezone(UTC)
        with writing(self._engine) as session:
            session.execute(delete(TicketAccessRow).where(TicketAccessRow.conversation == conversation))
            session.execute(delete(IdentityTryRow).where(IdentityTryRow.conversation == conversation))
            ours = IdentityCodeRow.conversation == conversation
            session.execute(update(IdentityCodeRow).where(ours, IdentityCodeRow.state == LIVE).values(state=OVER))
            session.execute(update(IdentityCodeRow).where(ours).values(conversation=""))
            waits = [HandoffRow.conversation == conversation, HandoffRow.answered_at.is_(None), HandoffRow.email.is_(None)]
            session.execute(update(HandoffRow).where(*waits).values(answered_at=now, answered_by=FORGOTTEN))
            session.execute(update(HandoffRow).where(HandoffRow.conversation == conversation).values(conversation=""))
            session.execute(update(TicketRow).where(TicketRow.conversation == conversation).values(conversation=""))
