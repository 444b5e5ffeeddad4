"""Live chat sessions between a visitor and a person of the company: who has taken which conversation, and what both write.

Their messages are turns of the conversation, masked like all others. One transaction that holds the conversation decides
whether a message goes to the person or to Candor, so that it goes one way, never both and never neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Protocol

from sqlalchemy import Engine, bindparam, select
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from candor.errors import ConflictError, UnknownConversationError
from candor.transcripts import facets
from candor.transcripts.models import ConversationRow, LiveChatSessionRow, TurnRow, VisitorSeenRow
from candor.transcripts.store import FAILED, turn_of

TO_PERSON, BY_PERSON, BY_CANDOR = "to_person", "by_person", "by_candor"  # states of turns
SessionEvent = Literal["asks", "joins", "says", "leaves"]  # the visitor asks; the rest is the person
SEEN_EVERY = timedelta(seconds=10)  # a visitor's page asks for news more often than is worth recording
# Each turn runs these: built once, because building takes longer than running.
_BEGIN = sql("BEGIN IMMEDIATE")
_HELD = select(ConversationRow).where(ConversationRow.id == bindparam("conversation")).with_for_update()
_OF_CONVERSATION = LiveChatSessionRow.conversation_id == bindparam("conversation")
_OPEN = select(LiveChatSessionRow).where(_OF_CONVERSATION, LiveChatSessionRow.ended_at.is_(None))


@dataclass(frozen=True)
class LiveChatSession:
    """A session, going on or ended. actor: who took it, as the audit log names them. name: what the visitor calls them."""

    id: int
    conversation: str
    company: str
    actor: str
    name: str
    taken_at: datetime
    ended_at: datetime | None = None


class SessionTakenError(ConflictError):
    """Somebody else is in a session with this visitor."""

    def __init__(self, chat: LiveChatSession) -> None:
        super().__init__(f"conversation {chat.conversation} is taken by {chat.actor}")
        self.chat = chat
        self.public = f"{chat.name} was first, and talks with this visitor. Nothing was sent."


class SessionOverError(ConflictError):
    """The session has ended, so the visitor would not take the text for a person's."""

    public = "This talk has ended, and Candor answers again. Nothing was sent."


class PassedOnError(ConflictError):
    """The session that somebody wanted to pass on is not theirs any more."""

    public = (
        "You do not have this chat any more: it was passed on, taken or ended meanwhile. Nothing was done, and no note was kept."
    )

    def __init__(self, chat: int) -> None:
        super().__init__(f"session {chat} is over")


class TurnListener(Protocol):
    """Called with each new turn of a session, in its transaction: news of it are recorded together with it, or not at all."""

    def __call__(self, session: Session, turn: int, *, channel: str, chat: LiveChatSession, what: SessionEvent) -> None:
        """turn: its id. channel: the conversation's."""
        ...


def no_listener(session: Session, turn: int, *, channel: str, chat: LiveChatSession, what: SessionEvent) -> None:
    """Listens, and does nothing."""


class LiveChatSessions:
    """Sessions in the database, because any worker may get the conversation's next message."""

    def __init__(
        self, engine: Engine, listener: TurnListener = no_listener, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._engine, self._listener, self._now = engine, listener, now

    def of(self, conversation: str) -> LiveChatSession | None:
        """The session that goes on in a conversation."""
        with Session(self._engine) as session:
            row = _open(session, conversation)
            return _chat(row) if row else None

    def going_on(self) -> list[LiveChatSession]:
        """All sessions that go on, the oldest first."""
        with Session(self._engine) as session:
            rows = session.scalars(
                select(LiveChatSessionRow).where(LiveChatSessionRow.ended_at.is_(None)).order_by(LiveChatSessionRow.id)
            )
            return [_chat(row) for row in rows]

    def take(self, conversation: str, company: str, actor: str, name: str, joins: dict[str, Any]) -> tuple[LiveChatSession, bool]:
        """Begin a session; return it, and whether it is new. joins: the reply that tells the visitor.

        Raises: UnknownConversationError; SessionTakenError if somebody else was first.
        """
        with holding(self._engine, conversation) as (session, conversation_row):
            row = _open(session, conversation)
            if row is not None:
                if row.actor != actor:
                    raise SessionTakenError(_chat(row))
                return _chat(row), False
            row = LiveChatSessionRow(
                conversation_id=conversation, company=company, actor=actor[:40], name=name[:80], taken_at=self._now()
            )  # fmt: skip
            session.add(row)
            session.flush()
            chat = _chat(row)
            self._add(session, conversation_row, chat, "joins", message_id=f"person-{row.id}-joins", replies=[joins])
            return chat, True

    def say(self, chat: int, message_id: str, reply: dict[str, Any]) -> bool:
        """Record what the person writes, once for each message_id. Returns False if it was recorded before.

        Raises: UnknownConversationError; SessionOverError.
        """
        with Session(self._engine) as session:
            conversation = session.scalar(select(LiveChatSessionRow.conversation_id).where(LiveChatSessionRow.id == chat))
        if conversation is None:
            raise UnknownConversationError("the conversation of this session was deleted")
        with holding(self._engine, conversation) as (session, conversation_row):
            if turn_of(session, conversation, message_id) is not None:
                return False
            row = session.get_one(LiveChatSessionRow, chat)
            if row.ended_at is not None:
                raise SessionOverError(f"session {chat} has ended")
            self._add(session, conversation_row, _chat(row), "says", message_id=message_id, replies=[reply])
            return True

    def hear(self, conversation: str, message_id: str, masked: str) -> LiveChatSession | None:
        """Record a visitor's message for the person who has taken the conversation; None if Candor is to answer it.

        The same message_id goes the same way each time. Raises: UnknownConversationError.
        """
        with holding(self._engine, conversation) as (session, row):
            return self.hear_in(session, row, turn_of(session, conversation, message_id), message_id, masked)

    def hear_in(
        self, session: Session, conversation: ConversationRow, turn: TurnRow | None, message_id: str, masked: str
    ) -> LiveChatSession | None:  # fmt: skip
        """The same in the transaction of a caller who holds the conversation. turn: of that message, if it came before."""
        row = _open(session, conversation.id)
        if turn is not None and turn.state == TO_PERSON:
            sessions = select(LiveChatSessionRow).filter_by(conversation_id=conversation.id)
            newest = sessions.order_by(LiveChatSessionRow.id.desc()).limit(1)
            return _chat(row or session.scalars(newest).one())
        if row is None or (turn is not None and turn.state != FAILED):
            return None
        chat = _chat(row)
        if turn is None:
            self._add(session, conversation, chat, "asks", message_id=message_id, replies=[], text=masked)
        else:  # Candor failed to answer it, and now a person can
            turn.state, turn.replies, turn.company = TO_PERSON, [], chat.company
            self._listener(session, turn.id, channel=conversation.channel, chat=chat, what="asks")
        return chat

    def end(self, conversation: str, actor: str, leaves: Callable[[LiveChatSession], dict[str, Any]]) -> LiveChatSession | None:
        """End the session and return it; None if none goes on. leaves: makes the reply that tells the visitor.

        Raises: UnknownConversationError.
        """
        with holding(self._engine, conversation) as (session, conversation_row):
            row = _open(session, conversation)
            if row is None:
                return None
            row.ended_at, row.ended_by = self._now(), actor[:40]
            chat = _chat(row)
            self._add(session, conversation_row, chat, "leaves", message_id=f"person-{row.id}-leaves", replies=[leaves(chat)])
            return chat

    def by_mail(self, conversation: str, company: str, message_id: str, masked: str, *, known_sender: bool) -> bool:
        """Record what a visitor wrote by mail, once for each message_id. Returns False if it was recorded before.

        It goes to the person who has the conversation, or who will. Raises: UnknownConversationError.
        """
        with holding(self._engine, conversation) as (session, conversation_row):
            if turn_of(session, conversation, message_id) is not None:
                return False
            now = self._now()
            conversation_row.last_at = now
            turn = TurnRow(
                conversation_id=conversation, message_id=message_id, at=now, company=company, text=masked, state=TO_PERSON,
                intent_ranking=[], replies=[], evidence={"mail": {"known_sender": known_sender}},
            )  # fmt: skip
            session.add(turn)
            facets.touch(session, conversation, now)
            facets.add(session, conversation, (facets.NEEDS_PERSON,))
            session.flush()
            if (row := _open(session, conversation)) is not None:
                self._listener(session, turn.id, channel=conversation_row.channel, chat=_chat(row), what="asks")
            return True

    def pass_on(
        self, chat: int, actor: str, leaves: Callable[[Session, LiveChatSession], dict[str, Any]]
    ) -> LiveChatSession:  # fmt: skip
        """End this very session of this person's, so that a colleague can begin one; return it.

        leaves: makes the reply that tells the visitor; it is called in the transaction, so that what it stores is kept together
        with the end. Raises: UnknownConversationError; PassedOnError if it is over, or somebody else's.
        """
        with Session(self._engine) as session:
            conversation = session.scalar(select(LiveChatSessionRow.conversation_id).where(LiveChatSessionRow.id == chat))
        if conversation is None:
            raise UnknownConversationError("the conversation of this session was deleted")
        with holding(self._engine, conversation) as (session, conversation_row):
            row = _open(session, conversation)
            if row is None or row.id != chat or row.actor != actor:
                raise PassedOnError(chat)
            row.ended_at, row.ended_by = self._now(), actor[:40]
            ended = _chat(row)
            reply = leaves(session, ended)
            self._add(session, conversation_row, ended, "leaves", message_id=f"person-{row.id}-leaves", replies=[reply])
            return ended

    def turns_by_people(self, conversation: str) -> list[TurnRow]:
        """What people have written in a conversation, oldest first, including that they joined and left."""
        turns = select(TurnRow).filter_by(conversation_id=conversation, state=BY_PERSON).order_by(TurnRow.id)
        with Session(self._engine, expire_on_commit=False) as session:
            return list(session.scalars(turns))

    def unprompted_turns(self, conversation: str) -> list[TurnRow]:
        """What came into a conversation by itself, oldest first: the turns by people, and news of requests."""
        unprompted = TurnRow.state.in_((BY_PERSON, BY_CANDOR))
        turns = select(TurnRow).where(TurnRow.conversation_id == conversation, unprompted).order_by(TurnRow.id)
        with Session(self._engine, expire_on_commit=False) as session:
            return list(session.scalars(turns))

    def turn(self, id: int) -> TurnRow | None:
        """One turn by its id."""
        with Session(self._engine, expire_on_commit=False) as session:
            return session.get(TurnRow, id)

    def by_id(self, chat: int) -> LiveChatSession | None:
        with Session(self._engine) as session:
            row = session.get(LiveChatSessionRow, chat)
            return _chat(row) if row else None

    def seen(self, conversation: str) -> None:
        """Record that the visitor's page is open now. Raises: UnknownConversationError."""
        now = self._now()
        with Session(self._engine) as session:
            row = session.get(VisitorSeenRow, conversation)
            if row is not None and now - row.at < SEEN_EVERY:
                return
        with holding(self._engine, conversation) as (session, _):
            session.merge(VisitorSeenRow(conversation_id=conversation, at=now))

    def last_seen(self, conversation: str) -> datetime | None:
        """When the visitor's page last asked for news; None if it never did."""
        with Session(self._engine) as session:
            row = session.get(VisitorSeenRow, conversation)
            return row.at if row else None

    def _add(
        self, session: Session, conversation: ConversationRow, chat: LiveChatSession, what: SessionEvent, *, message_id: str,
        replies: list[dict[str, Any]], text: str = "",
    ) -> None:  # fmt: skip
        now = self._now()
        conversation.last_at = now
        row = TurnRow(
            conversation_id=conversation.id, message_id=message_id, at=now, company=chat.company, text=text,
            state=TO_PERSON if what == "asks" else BY_PERSON, intent_ranking=[], replies=replies, evidence={},
        )  # fmt: skip
        session.add(row)
        session.flush()
        self._listener(session, row.id, channel=conversation.channel, chat=chat, what=what)


@contextmanager
def holding(engine: Engine, conversation: str) -> Iterator[tuple[Session, ConversationRow]]:
    """A transaction in which nobody else changes this conversation: what it reads stays true until it commits.

    Raises: UnknownConversationError.
    """
    with Session(engine, expire_on_commit=False) as session:
        if engine.dialect.name == "sqlite":
            session.execute(_BEGIN)
        row = session.scalar(_HELD, {"conversation": conversation})
        if row is None:
            raise UnknownConversationError("unknown conversation")
        yield session, row
        session.commit()


def _open(session: Session, conversation: str) -> LiveChatSessionRow | None:
    return session.scalar(_OPEN, {"conversation": conversation})


def _chat(row: LiveChatSessionRow) -> LiveChatSession:
    return LiveChatSession(row.id, row.conversation_id, row.company, row.actor, row.name, row.taken_at, row.ended_at)
