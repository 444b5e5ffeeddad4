"""The links from requests to conversations, and their removal when a visitor or staff have a conversation forgotten.

The requests themselves stay: they are the company's record of what it was asked and how it answered. They lose the link to the
conversation, and everything that was stored for that conversation alone: access by code, its sender, and waits for a person.
Attempts stay without it for the hours in which limits look back: else whoever guesses would forget a conversation and go on.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Engine, delete, or_, select, update
from sqlalchemy.orm import Session

from candor.database.transactions import writing
from candor.tickets.identity import LIVE, OVER
from candor.tickets.models import HandoffRow, IdentityAttemptRow, IdentityCodeRow, SenderRow, TicketAccessRow, TicketRow
from candor.tickets.writers import about, about_waiting

FORGOTTEN = "forgotten"  # stored as who answered, where nobody can be answered any more


class RequestLinks:
    """Links between requests and conversations."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._now = engine, now

    def waits_for_person(self, conversation: str) -> bool:
        """Whether its visitor asked for a person and has not been answered yet."""
        waits = [HandoffRow.conversation == conversation, HandoffRow.answered_at.is_(None)]
        with Session(self._engine) as session:
            return session.scalar(select(HandoffRow.id).where(*waits).limit(1)) is not None

    def remove(self, conversation: str) -> None:
        """Remove every link to a conversation. A visitor who waits for a person and left an address is still answered by mail."""
        if not conversation:
            return
        now = self._now().astimezone(UTC)
        with writing(self._engine, about_waiting(conversation), *map(about, self._companies(conversation))) as session:
            session.execute(delete(TicketAccessRow).where(TicketAccessRow.conversation == conversation))
            session.execute(delete(SenderRow).where(SenderRow.conversation == conversation))
            its_attempts = IdentityAttemptRow.conversation == conversation
            session.execute(update(IdentityAttemptRow).where(its_attempts).values(conversation=""))
            its_codes = IdentityCodeRow.conversation == conversation
            session.execute(update(IdentityCodeRow).where(its_codes, IdentityCodeRow.state == LIVE).values(state=OVER))
            session.execute(update(IdentityCodeRow).where(its_codes).values(conversation=""))
            waits = [HandoffRow.conversation == conversation, HandoffRow.answered_at.is_(None), HandoffRow.email.is_(None)]
            session.execute(update(HandoffRow).where(*waits).values(answered_at=now, answered_by=FORGOTTEN, question=None))
            session.execute(update(HandoffRow).where(HandoffRow.conversation == conversation).values(conversation=""))
            session.execute(update(TicketRow).where(TicketRow.conversation == conversation).values(conversation=""))

    def _companies(self, conversation: str) -> list[str]:
        """The companies of the requests that it has to do with."""
        may_see = select(TicketAccessRow.ticket_id).where(TicketAccessRow.conversation == conversation)
        asked_for = select(IdentityCodeRow.ticket_id).where(IdentityCodeRow.conversation == conversation)
        theirs = or_(TicketRow.conversation == conversation, TicketRow.id.in_(may_see), TicketRow.id.in_(asked_for))
        with Session(self._engine) as session:
            return list(session.scalars(select(TicketRow.company).where(theirs).distinct()))
