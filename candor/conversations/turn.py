"""The beginning and the end of a turn, each in one transaction that holds the conversation.

Several messages, people of the company and retention may reach for one conversation at once, also from other processes. The
transaction decides what becomes of a message and records it in the same step, so that the message goes one way only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Engine

from candor.conversations.handoff.sessions import LiveChatSession, LiveChatSessions, holding
from candor.conversations.steps import field_asked, step_of
from candor.transcripts.steps import STEP
from candor.transcripts.store import TranscriptStore, TurnOutcome, known_turn, turn_of
from candor.transcripts.vault import Vault


@dataclass(frozen=True)
class ForPerson:
    """A person of the company has taken the conversation: the message is recorded for them."""

    session: LiveChatSession


@dataclass(frozen=True)
class AnsweredBefore:
    """The message came before and was answered, with these replies; their texts hold tokens."""

    replies: list[dict[str, Any]]


@dataclass(frozen=True)
class ForCandor:
    """The message is recorded and waits for an answer. text: masked. company: the one that the conversation is about."""

    text: str
    company: str


class Turns:
    """Blocks while it waits for the database: from an event loop it is called in a thread."""

    def __init__(self, engine: Engine, transcripts: TranscriptStore, sessions: LiveChatSessions, vault: Vault) -> None:
        self._engine, self._transcripts, self._sessions, self._vault = engine, transcripts, sessions, vault

    def begin(self, conversation: str, message_id: str, text: str) -> ForPerson | AnsweredBefore | ForCandor:
        """Mask a visitor's message, decide who answers it, and record it. If anything fails, nothing of it is kept.

        The same message_id goes the same way each time. Raises: UnknownConversationError.
        """
        spans = self._vault.find(text)  # this takes milliseconds, for which nobody else should wait
        with holding(self._engine, conversation) as (transaction, row):
            masked = self._vault.mask_within(transaction, conversation, text, spans)
            turn = turn_of(transaction, conversation, message_id)
            session = self._sessions.hear_in(transaction, row, turn, message_id, masked)
            if session is not None:
                return ForPerson(session)
            replies = self._transcripts.ask_in(transaction, row, turn, message_id, masked)
            return ForCandor(masked, row.company) if replies is None else AnsweredBefore(replies)

    def end(self, conversation: str, message_id: str, company: str, outcome: TurnOutcome, milliseconds: float) -> None:
        """Record the answer, and the company that the conversation is about from here on. Raises: UnknownConversationError."""
        with holding(self._engine, conversation) as (transaction, row):
            if company != row.company:
                self._transcripts.switch_company_in(transaction, row, company)
            turn = known_turn(transaction, conversation, message_id)
            earlier = self._transcripts.before(transaction, turn)
            if step := step_of(turn.text, outcome.intent, outcome.replies, field_asked(earlier)):
                outcome = replace(outcome, trace={**outcome.trace, STEP: step})
            self._transcripts.answered_in(transaction, row, turn, outcome, milliseconds)
