"""The one door's other side: people of the company take a conversation, speak in it, and hand it back to Candor.

What they write is masked in the record like what visitors write, and marked as a person's wherever it is shown. The calls
wait for the database; from a loop they are made in a thread.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from candor.conversations.handoff.queue import HandoffQueue
from candor.conversations.handoff.sessions import LiveChatSession, LiveChatSessions
from candor.conversations.reply import Reply, Speaker
from candor.conversations.responses import Responses
from candor.errors import ConflictError, UnknownConversationError
from candor.text_input import read_line, read_message
from candor.tickets.company import CompanyOf
from candor.transcripts.models import TurnRow
from candor.transcripts.store import TranscriptStore
from candor.transcripts.vault import Vault


class NobodyWaitsHereError(ConflictError):
    """The visitor has not asked for a person, or has been answered."""

    public = "This visitor does not wait for a person any more. Nothing was done."


@dataclass(frozen=True)
class LiveChatNews:
    """What people have said in a conversation after the first so many. n: how many there are in all."""

    turns: list[TurnRow]
    n: int
    person: Speaker | None  # who talks with the visitor now
    waiting: bool  # the visitor has asked for a person and nobody has answered yet


class LiveChat:
    """`actor`: who acts, as the audit log names them: account:3, slack:U0123."""

    def __init__(
        self, sessions: LiveChatSessions, queue: HandoffQueue, transcripts: TranscriptStore, vault: Vault, responses: Responses,
        *, company_of: CompanyOf, longest_message: int,
    ) -> None:  # fmt: skip
        self._sessions, self._queue, self._transcripts, self._vault = sessions, queue, transcripts, vault
        self._responses, self._company_of, self._longest = responses, company_of, longest_message
        self._nameless = responses.say("utter_words_person_without_name")

    def take(self, conversation: str, actor: str, name: str) -> LiveChatSession:
        """From here on this person answers, and the visitor is told so. Who has taken it already, still has it.

        Raises: UnknownConversationError; NobodyWaitsHereError; TakenError, which names who was first.
        """
        self._transcripts.get(conversation)
        going_on = self._sessions.of(conversation)
        asked = self._queue.newest(conversation)
        if going_on is None and (asked is None or asked.answered_at is not None):
            raise NobodyWaitsHereError(f"nobody waits in conversation {conversation}")
        company = going_on.company if going_on else asked.company if asked else ""
        name = read_line(name, longest=80) or self._nameless
        joins = self._reply(
            "utter_person_joined", company, Speaker(name=name, company=self._company_of(company).name, does="joins")
        )
        talk, _ = self._sessions.take(conversation, company, actor, name, joins.model_dump())
        return talk

    def say(self, talk: LiveChatSession, actor: str, name: str, text: str, message_id: str) -> bool:
        """A person's word, recorded once for each message_id: False where it was there. It answers who waited.

        Raises: BadMessageError; UnknownConversationError; SessionOverError.
        """
        masked = self._vault.mask(talk.conversation, read_message(text, longest=self._longest))
        speaker = Speaker(name=name or self._nameless, company=self._company_of(talk.company).name)
        reply = Reply(kind="human", text=masked, company=talk.company, speaker=speaker)
        fresh = self._sessions.say(talk.id, message_id, reply.model_dump())
        if fresh:
            self._answered(talk.conversation, actor)
        return fresh

    def write(self, waiting: int, actor: str, text: str, message_id: str) -> bool:
        """Answer by mail, to the address that a visitor left; once for each message_id: False where it was sent before.

        Raises: BadMessageError; NobodyWaitsError, also where no address is left; AnsweredError.
        """
        words = read_message(text, longest=self._longest)
        fresh = self._queue.answer_by_mail(waiting, words, actor, f"person-answer:{message_id}")
        if fresh:
            self._nobody_waits(waiting)
        return fresh

    def settle(self, waiting: int, actor: str) -> None:
        """Who waits was answered some other way. Raises: NobodyWaitsError."""
        self._queue.answered(waiting, actor)
        self._nobody_waits(waiting)

    def _nobody_waits(self, waiting: int) -> None:
        asked = self._queue.get(waiting)
        with suppress(UnknownConversationError):  # forgotten meanwhile
            self._transcripts.answered_by_person(asked.conversation if asked else "")

    def hand_back(self, conversation: str, actor: str, *, answered: bool = False) -> LiveChatSession | None:
        """Candor answers again, and the visitor is told so; the talk that has ended, None if none went on.

        answered: what the visitor wanted a person for is settled, also where nothing was said in the chat.
        Raises: UnknownConversationError.
        """
        ended = self._sessions.end(conversation, actor, self._leaves)
        if answered:
            self._answered(conversation, actor)
        return ended

    def news(self, conversation: str, after: int) -> LiveChatNews:
        """What a visitor's page has not shown yet; asking also says that the visitor is there.

        Raises: UnknownConversationError.
        """
        self._sessions.seen(conversation)
        said, talk = self._sessions.said_by_people(conversation), self._sessions.of(conversation)
        asked = self._queue.newest(conversation)
        waiting = asked is not None and asked.answered_at is None
        return LiveChatNews(said[max(0, after) :], len(said), self.speaker_of(talk) if talk else None, waiting)

    def of(self, conversation: str) -> LiveChatSession | None:
        """The talk that goes on."""
        return self._sessions.of(conversation)

    def _answered(self, conversation: str, actor: str) -> None:
        """The one place that notes that a person has answered: with who waited, and with the conversation."""
        self._queue.answered_in(conversation, actor)
        self._transcripts.answered_by_person(conversation)

    def _leaves(self, talk: LiveChatSession) -> dict[str, object]:
        gone = self.speaker_of(talk).model_copy(update={"does": "leaves"})
        return self._reply("utter_person_left", talk.company, gone).model_dump()

    def speaker_of(self, talk: LiveChatSession) -> Speaker:
        """The person of a session, as the visitor gets to know them."""
        return Speaker(name=talk.name, company=self._company_of(talk.company).name)

    def _reply(self, response: str, company: str, speaker: Speaker) -> Reply:
        said = self._responses.say(response, name=speaker.name, company_name=speaker.company)
        return Reply(kind="human", text=said, company=company, speaker=speaker)
