"""The parts that keep conversations, and bring people of the company into them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from functools import cached_property

from sqlalchemy.orm import Session

from candor.conversations.handoff.live_chat import LiveChat
from candor.conversations.handoff.queue import HandoffQueue
from candor.conversations.handoff.sessions import LiveChatSession, LiveChatSessions, SessionEvent
from candor.conversations.handoff.visitor_mail import ConversationMail
from candor.conversations.notices import RequestNotices
from candor.conversations.request_text import RequestText
from candor.conversations.responses import Responses
from candor.services.ground import Ground
from candor.services.requests import RequestServices
from candor.transcripts.finder import Finder, FinderMissingError
from candor.transcripts.listing import Listing
from candor.transcripts.notes import ConversationNotes
from candor.transcripts.store import TranscriptStore
from candor.transcripts.vault import Vault

log = logging.getLogger("candor.conversations")


class ConversationServices:
    """What was said, what was masked of it, and who waits for a person."""

    def __init__(self, ground: Ground, requests: RequestServices, names_kept: Callable[[str], Collection[str]]) -> None:
        self._ground, self._requests, self._names_kept = ground, requests, names_kept

    @cached_property
    def transcripts(self) -> TranscriptStore:
        return TranscriptStore(self._ground.engine)

    @cached_property
    def listing(self) -> Listing:
        """Lists and search of what `transcripts` keeps."""
        return Listing(self._ground.engine)

    @cached_property
    def vault(self) -> Vault:
        ground = self._ground
        return Vault(ground.engine, ground.secret_key, ground.old_secret_keys, self._names_kept, lambda: self.finder)

    @cached_property
    def finder(self) -> Finder | None:
        """What reads messages for names. Without it, rules and tagger find fewer of them; `candor doctor` names the cure."""
        try:
            return Finder(self._ground.settings.encoder_dir)
        except FinderMissingError as error:
            log.warning("%s", error)
            return None

    @cached_property
    def notes(self) -> ConversationNotes:
        """What staff write for each other about conversations."""
        return ConversationNotes(self._ground.engine, self.vault.mask)

    @cached_property
    def responses(self) -> Responses:
        """The sentences of domain.yml."""
        return Responses(sends_mail=self._ground.settings.sends_mail)

    @cached_property
    def handoff_queue(self) -> HandoffQueue:
        """Who waits for a person."""
        return HandoffQueue(self._ground.engine, self._requests.events, self._ground.settings.person_days)

    @cached_property
    def live_chat_sessions(self) -> LiveChatSessions:
        """Between visitors and people of a company."""
        return LiveChatSessions(self._ground.engine, self._tell_of_turn)

    @cached_property
    def live_chat(self) -> LiveChat:
        """What people of a company do in conversations."""
        return LiveChat(
            self.live_chat_sessions, self.handoff_queue, self.transcripts, self.vault, self.responses,
            company_of=self._requests.company_of, longest_message=self._ground.settings.longest_message,
            awaits_code=self._requests.desk.awaits_code, is_chat=self._ground.channels.is_chat,
        )  # fmt: skip

    @cached_property
    def notices(self) -> RequestNotices:
        """Writes news of requests into the conversations that opened them."""

        def on_turn(session: Session, turn: int, channel: str) -> None:
            requester = self._ground.channels.is_chat(channel)
            self._requests.events.tell_of_talk(session, turn, datetime.now(UTC), requester=requester, staff=False)

        request_text = RequestText(self.responses, self._requests.company_of)
        answered = self.transcripts.answered_by_person
        return RequestNotices(self._ground.engine, request_text, self.responses, on_turn, on_answered=answered)

    @cached_property
    def mail(self) -> ConversationMail:
        """What visitors write back by mail."""
        return ConversationMail(self.handoff_queue, self.live_chat_sessions, self.transcripts, self.vault)

    def _tell_of_turn(self, session: Session, turn: int, *, channel: str, chat: LiveChatSession, what: SessionEvent) -> None:
        """Have chat channels told what was not said in them.

        A requester who chats there is told whatever a person does. Staff are told who joins and leaves, and, if the person
        who talks does so in a chat channel, what the visitor writes.
        """
        channels = self._ground.channels
        self._requests.events.tell_of_talk(
            session, turn, datetime.now(UTC), requester=channels.is_chat(channel) and what != "asks",
            staff=what in {"joins", "leaves"} or (what == "asks" and channels.of_actor(chat.actor) is not None),
        )  # fmt: skip
