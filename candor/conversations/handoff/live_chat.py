"""Live chat: people of the company take a conversation, write in it, and hand it back to Candor.

What they write is masked in the record like what visitors write, and is marked as a person's wherever it is shown. The calls
block while they wait for the database: from an event loop they are made in a thread.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy.orm import Session

from candor.conversations.handoff.queue import HandoffQueue
from candor.conversations.handoff.sessions import LiveChatSession, LiveChatSessions
from candor.conversations.reply import Reply, Speaker
from candor.conversations.responses import Responses
from candor.errors import ConflictError, UnknownConversationError
from candor.tickets.company import CompanyOf
from candor.tickets.dates import day
from candor.transcripts.models import TurnRow
from candor.transcripts.store import TranscriptStore
from candor.transcripts.vault import Vault
from candor.typed.cleaning import read_line, read_message


class NobodyWaitsHereError(ConflictError):
    """The visitor has not asked for a person, or was answered."""

    public = "This visitor does not wait for a person any more. Nothing was done."


@dataclass(frozen=True)
class LiveChatNews:
    """What came into a conversation by itself and its page has not shown yet. n: how many such turns there are."""

    turns: list[TurnRow]
    n: int
    person: Speaker | None  # who is in a session with the visitor now
    waiting: bool  # the visitor has asked for a person and nobody has answered yet
    awaits_code: bool = False  # a request waits for its code, of whose letter there may be news


class LiveChat:
    """In all methods, actor is who acts, as the audit log names them: "account:3", or "<chat channel>:U0123"."""

    def __init__(
        self, sessions: LiveChatSessions, queue: HandoffQueue, transcripts: TranscriptStore, vault: Vault, responses: Responses,
        *, company_of: CompanyOf, longest_message: int, awaits_code: Callable[[str], bool] = lambda _: False,
        is_chat: Callable[[str], bool] = lambda _: False,
    ) -> None:  # fmt: skip
        """awaits_code: whether a request that was opened in a conversation waits for its code. is_chat: whether a channel
        brings people what is written to them, so that no page must be open."""
        self._sessions, self._queue, self._transcripts, self._vault = sessions, queue, transcripts, vault
        self._responses, self._company_of, self._longest = responses, company_of, longest_message
        self._awaits_code, self._is_chat = awaits_code, is_chat
        self._nameless = responses.say("utter_words_person_without_name")

    def take(self, conversation: str, actor: str, name: str) -> LiveChatSession:
        """Begin a session: from here on this person answers, and the visitor is told so. Does nothing if they have one here.

        Raises: UnknownConversationError; NobodyWaitsHereError; SessionTakenError, which names who was first.
        """
        self._transcripts.get(conversation)
        current = self._sessions.of(conversation)
        asked = self._queue.newest(conversation)
        if current is None and (asked is None or asked.answered_at is not None):
            raise NobodyWaitsHereError(f"nobody waits in conversation {conversation}")
        company = current.company if current else asked.company if asked else ""
        name = read_line(name, longest=80) or self._nameless
        joins = self._reply(
            "utter_person_joined", company, Speaker(name=name, company=self._company_of(company).name, does="joins")
        )
        chat, _ = self._sessions.take(conversation, company, actor, name, joins.model_dump())
        return chat

    def say(self, chat: LiveChatSession, actor: str, name: str, text: str, message_id: str) -> bool:
        """Record what the person writes, once for each message_id. Returns False if it was recorded before.

        The visitor does not wait for a person any more; who was promised a mail waits until their page has shown it.

        Raises: BadMessageError; UnknownConversationError; SessionOverError.
        """
        masked = self._vault.mask(chat.conversation, read_message(text, longest=self._longest))
        speaker = Speaker(name=name or self._nameless, company=self._company_of(chat.company).name)
        reply = Reply(kind="human", text=masked, company=chat.company, speaker=speaker)
        new = self._sessions.say(chat.id, message_id, reply.model_dump())
        if new:
            read = self._is_chat(self._transcripts.get(chat.conversation).channel)
            if self._queue.said_in(chat.conversation, actor, read=read):
                self._transcripts.answered_by_person(chat.conversation)
        return new

    def write(self, waiting: int, actor: str, text: str, message_id: str) -> bool:
        """Answer by mail, to the address that a visitor left, once for each message_id. Returns False if it was written before.

        The visitor waits until a mail server has taken it.

        Raises: BadMessageError; NobodyWaitsError, also where no address is left; AnsweredError; MailOnItsWayError.
        """
        answer = read_message(text, longest=self._longest)
        return self._queue.answer_by_mail(waiting, answer, actor, f"person-answer:{message_id}")

    def settle(self, waiting: int, actor: str) -> None:
        """Record that a visitor who waits was answered some other way. Raises: NobodyWaitsError."""
        self._queue.answered(waiting, actor)
        self._nobody_waits(waiting)

    def _nobody_waits(self, waiting: int) -> None:
        asked = self._queue.get(waiting)
        with suppress(UnknownConversationError):  # deleted meanwhile
            self._transcripts.answered_by_person(asked.conversation if asked else "")

    def hand_back(self, conversation: str, actor: str, *, answered: bool = False) -> LiveChatSession | None:
        """End the session and return it; None if none goes on. Candor answers again, and the visitor is told so.

        answered: record that the visitor was answered, also if the person has written nothing in the chat.
        Raises: UnknownConversationError.
        """
        ended = self._sessions.end(conversation, actor, self._leaves)
        if answered:
            self._answered(conversation, actor)
        return ended

    def pass_on(self, chat: LiveChatSession, actor: str, to: str) -> LiveChatSession:
        """Pass a chat of one's own on to a colleague (an actor), or ("") to whoever comes first; return the session that ended.

        The visitor is told, waits again, and Candor answers until somebody takes the conversation. Of two who pass it on at
        once, one does.

        Raises: UnknownConversationError; PassedOnError.
        """

        def leaves(session: Session, ended: LiveChatSession) -> dict[str, object]:
            promise = self._queue.passed_on(session, ended.conversation, ended.company, by=actor, to=to)
            speaker = self.speaker_of(ended).model_copy(update={"does": "passes"})
            response = "utter_person_passed_on_mail" if promise.by_mail else "utter_person_passed_on"
            return self._reply(response, ended.company, speaker, day=day(promise.answer_by.date())).model_dump()

        return self._sessions.pass_on(chat.id, actor, leaves)

    def news(self, conversation: str, after: int) -> LiveChatNews:
        """What a visitor's page has not shown yet. Also records that the visitor is there.

        after: how many turns that came by themselves the page has shown.

        Raises: UnknownConversationError.
        """
        self._sessions.seen(conversation)
        asked_at = self._queue.now()  # what is written later is not shown by what is read now
        turns, chat = self._sessions.unprompted_turns(conversation), self._sessions.of(conversation)
        if self._queue.seen_in(conversation, asked_at):
            self._transcripts.answered_by_person(conversation)
        asked = self._queue.newest(conversation)
        waiting = asked is not None and asked.answered_at is None
        awaits_code = self._awaits_code(conversation)
        return LiveChatNews(turns[max(0, after) :], len(turns), self.speaker_of(chat) if chat else None, waiting, awaits_code)

    def of(self, conversation: str) -> LiveChatSession | None:
        """The session that goes on in a conversation."""
        return self._sessions.of(conversation)

    def _answered(self, conversation: str, actor: str) -> None:
        """Every answer of a person is noted here: in the queue and with the conversation."""
        self._queue.answered_in(conversation, actor)
        self._transcripts.answered_by_person(conversation)

    def _leaves(self, chat: LiveChatSession) -> dict[str, object]:
        speaker = self.speaker_of(chat).model_copy(update={"does": "leaves"})
        return self._reply("utter_person_left", chat.company, speaker).model_dump()

    def speaker_of(self, chat: LiveChatSession) -> Speaker:
        """The person of a session, as the visitor gets to know them."""
        return Speaker(name=chat.name, company=self._company_of(chat.company).name)

    def _reply(self, response: str, company: str, speaker: Speaker, **more: str) -> Reply:
        text = self._responses.say(response, name=speaker.name, company_name=speaker.company, **more)
        return Reply(kind="human", text=text, company=company, speaker=speaker)
