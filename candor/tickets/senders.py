"""Who writes in a conversation, so that limits count people and not conversations, of which anybody can begin another.

A sender is a network address, or a member of a chat channel. Only its keyed hash is stored, for as long as limits look back.
Where nothing is known of a sender, the conversation stands for it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from candor.database.transactions import writing
from candor.tickets.cipher import FieldCipher
from candor.tickets.models import SenderRow

RECORDED_EVERY = timedelta(hours=12)  # a sender is recorded anew, so that it outlives what is counted


class Senders:
    """Records senders of conversations."""

    def __init__(self, engine: Engine, cipher: FieldCipher, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._cipher, self._now = engine, cipher, now

    def record(self, conversation: str, sender: str) -> None:
        """Record who writes in a conversation now. sender: such as "203.0.113.7" or "bell:U0123"; empty: nobody knows."""
        if not sender:
            return
        now, known = self._now().astimezone(UTC), self._cipher.fingerprint(f"sender:{sender}")
        with Session(self._engine) as session:  # usually it is recorded already: then the database is not locked
            row = session.get(SenderRow, conversation)
            if row is not None and row.sender == known and now - row.at < RECORDED_EVERY:
                return
        with writing(self._engine, f"sender in {conversation}") as session:
            session.merge(SenderRow(conversation=conversation, sender=known, at=now))


def sender_of(session: Session, cipher: FieldCipher, conversation: str) -> str:
    """The hash under which what happens in a conversation is counted."""
    row = session.get(SenderRow, conversation)
    return row.sender if row is not None else cipher.fingerprint(f"conversation:{conversation}")
