"""Notes that staff write for each other about a conversation. No visitor is ever shown one; they go with the conversation."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from candor.database.transactions import writing
from candor.errors import InvalidInputError, UnknownConversationError
from candor.transcripts.models import ConversationNoteRow, ConversationRow

LONGEST_NOTE = 4000  # characters


class NoteRefusedError(InvalidInputError):
    """An empty note, or one that is too long."""

    public = f"A note has at least one letter, and at most {LONGEST_NOTE:,} characters. Nothing was kept."


@dataclass(frozen=True)
class ConversationNote:
    """One note. by: the id of the account that wrote it. text: masked."""

    id: int
    by: int
    at: datetime
    text: str


class ConversationNotes:
    """Notes in the database. masked: masks a text as the conversation's own messages are masked."""

    def __init__(
        self, engine: Engine, masked: Callable[[str, str], str], now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:  # fmt: skip
        self._engine, self._masked, self._now = engine, masked, now

    def add(self, conversation: str, by: int, text: str, naming: Collection[str] = ()) -> ConversationNote:
        """naming: how the text names colleagues ("@bea"), which is not masked.

        Raises: NoteRefusedError; UnknownConversationError.
        """
        text = text.strip()
        if not text or len(text) > LONGEST_NOTE:
            raise NoteRefusedError(f"a note of {len(text)} characters")
        with Session(self._engine) as session:
            if session.get(ConversationRow, conversation) is None:
                raise UnknownConversationError("unknown conversation")
        masked = self._but_for(conversation, text, naming)
        with writing(self._engine, f"notes on {conversation}") as session:
            row = ConversationNoteRow(conversation_id=conversation, by=by, at=self._now(), text=masked)
            session.add(row)
            session.flush()
            return _note(row)

    def _but_for(self, conversation: str, text: str, naming: Collection[str]) -> str:
        """The text, masked but for the names of colleagues."""
        if not naming:
            return self._masked(conversation, text)
        longest_first = "|".join(re.escape(each) for each in sorted(naming, key=len, reverse=True))
        pieces = re.split(rf"(?<![\w.@+-])({longest_first})(?![\w@+-]|\.\w)", text)
        return "".join(piece if piece in naming else self._masked(conversation, piece) for piece in pieces)

    def of(self, conversation: str) -> list[ConversationNote]:
        """The oldest first."""
        notes = select(ConversationNoteRow).filter_by(conversation_id=conversation).order_by(ConversationNoteRow.id)
        with Session(self._engine) as session:
            return [_note(row) for row in session.scalars(notes)]


def _note(row: ConversationNoteRow) -> ConversationNote:
    return ConversationNote(row.id, row.by, row.at, row.text)
