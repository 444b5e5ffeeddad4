"""Talks between a visitor and a person of the company: who has taken which conversation, and what is said in it meanwhile.

What is said stands among the conversation's turns, masked like every other. Whether a message goes to the person or to
Candor is decided in one transaction that holds the conversation: it goes one way, never both and never none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Protocol

from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from candor.errors import ConflictError, UnknownConversationError
from candor.transcripts.models import ConversationRow, LiveChatSessionRow, TurnRow, VisitorSeenRow
from candor.transcripts.store import FAILED

TO_PERSON, BY_PERSON = "to_person", "by_person"  # states of turns
SessionEvent = Literal["asks", "joins", "says", "leaves"]  # the visitor asks; the rest is the person
LOOKS_EVERY = timedelta(seconds=10)  # a visitor's page asks more often than it is worth writing down


@dataclass(frozen=True)
class LiveChatSession:
    """One that goes on, or has ended. actor: who took it, as the audit log names them; name: as the visitor reads it."""

    id: int
    conversation: str
    company: str
    actor: str
    name: str
    taken_at: datetime
    ended_at: datetime | None = None


class SessionTakenError(ConflictError):
    """Somebody else talks with this visitor."""

    def __init__(self, talk: LiveChatSession) -> None:
        super().__init__(f"conversation {talk.conversation} is taken by {talk.actor}")
        self.talk = talk
        self.public = f"{talk.name} was first, and talks with this visitor. Nothing was sent."


class SessionOverError(ConflictError):
    """The talk has ended meanwhile, so that nobody would read it as a person's word."""

    public = "This talk has ended, and Candor answers again. Nothing was sent."


class TurnListener(Protocol):
    """Hears of each new turn of a talk, in its transaction, so that what tells others of it is kept with it or not at all."""

    def __call__(self, session: Session, turn: int, *, channel: str, talk: LiveChatSession, what: SessionEvent) -> None:
        """channel: the conversation's."""
        ...


def nobody(session: Session, turn: int, *, channel: str, talk: LiveChatSession, what: SessionEvent) -> None:
    """Where there is nobody else to tell."""


class LiveChatSessions:
    """Kept in the database: whichever worker hears the next message must know."""

    def __init__(
        self, engine: Engine, told: TurnListener = nobody, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._engine, self._told, self._now = engine, told, now

    def of(self, conversation: str) -> LiveChatSession | None:
        """The talk that goes on in a conversation."""
        with Session(self._engine) as session:
            row = _open(session, conversation)
            return _talk(row) if row else None

    def going_on(self) -> list[LiveChatSession]:
        """All that go on, the oldest first."""
        with Session(self._engine) as session:
            rows = session.scalars(
                select(LiveChatSessionRow).where(LiveChatSessionRow.ended_at.is_(None)).order_by(LiveChatSessionRow.id)
            )
            return [_talk(row) for row in rows]

    def take(self, conversation: str, company: str, actor: str, name: str, joins: dict[str, Any]) -> tuple[LiveChatSession, bool]:
        """The talk, and whether it began just now. `joins`: the reply that tells the visitor.

        Raises: UnknownConversationError; SessionTakenError if somebody else was first.
        """
        with holding(self._engine, conversation) as (session, about):
            row = _open(session, conversation)
            if row is not None:
                if row.actor != actor:
                    raise SessionTakenError(_talk(row))
                return _talk(row), False
            row = LiveChatSessionRow(
                conversation_id=conversation, company=company, actor=actor[:40], name=name[:80], taken_at=self._now()
            )  # fmt: skip
            session.add(row)
            session.flush()
            talk = _talk(row)
            self._add(session, about, talk, "joins", message_id=f"person-{row.id}-joins", replies=[joins])
            return talk, True

    def say(self, talk: int, message_id: str, reply: dict[str, Any]) -> bool:
        """Record a person's word; the same message_id is recorded once: False where it was there before.

        Raises: UnknownConversationError; SessionOverError.
        """
        with Session(self._engine) as session:
            conversation = session.scalar(select(LiveChatSessionRow.conversation_id).where(LiveChatSessionRow.id == talk))
        if conversation is None:
            raise UnknownConversationError("the conversation of this talk was forgotten")
        with holding(self._engine, conversation) as (session, about):
            if _turn(session, conversation, message_id) is not None:
                return False
            row = session.get_one(LiveChatSessionRow, talk)
            if row.ended_at is not None:
                raise SessionOverError(f"talk {talk} has ended")
            self._add(session, about, _talk(row), "says", message_id=message_id, replies=[reply])
            return True

    def hear(self, conversation: str, message_id: str, masked: str) -> LiveChatSession | None:
        """Record a visitor's message for the person who has taken the conversation; None: it is Candor's to answer.

        The same message goes the same way again, whatever has happened meanwhile. Raises: UnknownConversationError.
        """
        with holding(self._engine, conversation) as (session, row):
            return self.hear_in(session, row, message_id, masked)

    def hear_in(
        self, session: Session, conversation: ConversationRow, message_id: str, masked: str
    ) -> LiveChatSession | None:  # fmt: skip
        """The same in the transaction of a caller who holds the conversation."""
        turn, row = _turn(session, conversation.id, message_id), _open(session, conversation.id)
        if turn is not None and turn.state == TO_PERSON:
            sessions = select(LiveChatSessionRow).filter_by(conversation_id=conversation.id)
            newest = sessions.order_by(LiveChatSessionRow.id.desc()).limit(1)
            return _talk(row or session.scalars(newest).one())
        if row is None or (turn is not None and turn.state != FAILED):
            return None
        talk = _talk(row)
        if turn is None:
            self._add(session, conversation, talk, "asks", message_id=message_id, replies=[], said=masked)
        else:  # Candor could not answer it: now a person can
            turn.state, turn.replies, turn.company = TO_PERSON, [], talk.company
            self._told(session, turn.id, channel=conversation.channel, talk=talk, what="asks")
        return talk

    def end(self, conversation: str, actor: str, leaves: Callable[[LiveChatSession], dict[str, Any]]) -> LiveChatSession | None:
        """Candor answers again; the talk that has ended, None if none went on. `leaves`: the reply that tells the visitor.

        Raises: UnknownConversationError.
        """
        with holding(self._engine, conversation) as (session, about):
            row = _open(session, conversation)
            if row is None:
                return None
            row.ended_at, row.ended_by = self._now(), actor[:40]
            talk = _talk(row)
            self._add(session, about, talk, "leaves", message_id=f"person-{row.id}-leaves", replies=[leaves(talk)])
            return talk

    def said_by_people(self, conversation: str) -> list[TurnRow]:
        """What people have said in a conversation, oldest first; also that they came and went."""
        turns = select(TurnRow).filter_by(conversation_id=conversation, state=BY_PERSON).order_by(TurnRow.id)
        with Session(self._engine, expire_on_commit=False) as session:
            return list(session.scalars(turns))

    def turn(self, id: int) -> TurnRow | None:
        """One turn by its id."""
        with Session(self._engine, expire_on_commit=False) as session:
            return session.get(TurnRow, id)

    def by_id(self, talk: int) -> LiveChatSession | None:
        with Session(self._engine) as session:
            row = session.get(LiveChatSessionRow, talk)
            return _talk(row) if row else None

    def seen(self, conversation: str) -> None:
        """The visitor's page was open just now. Raises: UnknownConversationError."""
        now = self._now()
        with Session(self._engine) as session:
            row = session.get(VisitorSeenRow, conversation)
            if row is not None and now - row.at < LOOKS_EVERY:
                return
        with holding(self._engine, conversation) as (session, _):
            session.merge(VisitorSeenRow(conversation_id=conversation, at=now))

    def last_seen(self, conversation: str) -> datetime | None:
        """When the visitor's page asked last for news; None: never."""
        with Session(self._engine) as session:
            row = session.get(VisitorSeenRow, conversation)
            return row.at if row else None

    def _add(
        self, session: Session, about: ConversationRow, talk: LiveChatSession, what: SessionEvent, *, message_id: str,
        replies: list[dict[str, Any]], said: str = "",
    ) -> None:  # fmt: skip
        now = self._now()
        about.last_at = now
        row = TurnRow(
            conversation_id=about.id, message_id=message_id, at=now, company=talk.company, text=said,
            state=TO_PERSON if what == "asks" else BY_PERSON, intent_ranking=[], replies=replies, evidence={},
        )  # fmt: skip
        session.add(row)
        session.flush()
        self._told(session, row.id, channel=about.channel, talk=talk, what=what)


@contextmanager
def holding(engine: Engine, conversation: str) -> Iterator[tuple[Session, ConversationRow]]:
    """A transaction in which nobody else changes this conversation: what it has read holds until it has written.

    Raises: UnknownConversationError.
    """
    with Session(engine, expire_on_commit=False) as session:
        if engine.dialect.name == "sqlite":
            session.execute(text("BEGIN IMMEDIATE"))
        row = session.scalar(select(ConversationRow).where(ConversationRow.id == conversation).with_for_update())
        if row is None:
            raise UnknownConversationError("unknown conversation")
        yield session, row
        session.commit()


def _open(session: Session, conversation: str) -> LiveChatSessionRow | None:
    return session.scalar(select(LiveChatSessionRow).filter_by(conversation_id=conversation, ended_at=None))


def _turn(session: Session, conversation: str, message_id: str) -> TurnRow | None:
    return session.scalar(select(TurnRow).filter_by(conversation_id=conversation, message_id=message_id))


def _talk(row: LiveChatSessionRow) -> LiveChatSession:
    return LiveChatSession(row.id, row.conversation_id, row.company, row.actor, row.name, row.taken_at, row.ended_at)
