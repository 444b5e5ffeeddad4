"""Pass a message from Slack to the assistant: find its company and its conversation, and return the replies."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, replace

from candor.channels.slack.blocks import is_private
from candor.channels.slack.companies import WhichCompany
from candor.channels.slack.dedupe import key_of
from candor.channels.slack.events import SlackMessage
from candor.channels.slack.threads import SlackPerson, ThreadPlace, ThreadPlaces
from candor.conversations.assistant import Assistant
from candor.conversations.reply import Reply
from candor.errors import CandorError, UnknownConversationError
from candor.tickets.senders import Senders
from knowledge.catalogue import PolicyCatalogue

log = logging.getLogger("candor.slack")
CHANNEL = "slack"


@dataclass(frozen=True)
class SlackAnswer:
    """The replies, and the conversation that they belong to."""

    conversation: str
    replies: list[Reply]
    private: bool = False  # about the person's own affairs: not to be shown where others read


class SlackConversation:
    """Asks the assistant for people in Slack."""

    def __init__(
        self, assistant: Assistant, places: ThreadPlaces, which: WhichCompany, catalogue: PolicyCatalogue, senders: Senders
    ) -> None:  # fmt: skip
        self._assistant, self._places, self._which, self._catalogue = assistant, places, which, catalogue
        self._senders = senders

    def place(self, message: SlackMessage) -> ThreadPlace:
        """In a thread, each person has a conversation of their own; everything that only they read is one more.

        A place that is set up for a company has conversations of its own.
        """
        shared = message.surface == "thread"
        channel = "" if message.surface == "dm" else message.channel
        return ThreadPlace(
            message.person,
            f"{message.channel}/{message.thread}" if shared else "",
            self._which.fixed(message.person.team, channel),
        )

    async def ask(self, message: SlackMessage) -> SlackAnswer | None:
        """The answer to a message; None if the person first has to say which company they mean."""
        about = await asyncio.to_thread(self._which.of, message.person, message.channel)
        if about is None:
            return None
        conversation, replies = await self.say(self.place(message), about.company, message.text, message_id(message))
        if message.surface == "thread" and any(is_private(reply.kind) or reply.ticket for reply in replies):
            with suppress(CandorError):  # the conversation goes on where nobody else reads it
                await self._assistant.forget(conversation)
            return SlackAnswer(conversation, replies, private=True)
        return SlackAnswer(conversation, replies)

    async def ask_in_private(self, message: SlackMessage) -> SlackAnswer | None:
        """Answer a message that others read, but should not, in the conversation that only the person reads."""
        fixed = self._which.fixed(message.person.team, message.channel)
        direct = in_private(message)
        if fixed and fixed != self._which.fixed(message.person.team, ""):
            await self.choose(message.person, fixed, key_of(message_id(message), "choose"))
        return await self.ask(direct)

    async def say(self, place: ThreadPlace, company: str, text: str, message: str) -> tuple[str, list[Reply]]:
        """Say something in the conversation of a place; begin a new one if there is none, or if it has been forgotten.

        An error that a person may read becomes a reply.
        """
        conversation = ""
        try:
            conversation = await self.conversation(place, company)
            try:
                answered = await self._assistant.say(conversation, text, message)
            except UnknownConversationError:
                conversation = await self._begin(place, company)
                answered = await self._assistant.say(conversation, text, message)
        except CandorError as error:
            log.warning("a message was not answered: %s", type(error).__name__)
            return conversation, [Reply(kind="error", text=error.public, company=company)]
        except Exception as error:  # noqa: BLE001  # no answer at all would be worse than this one
            log.error("a message was not answered: %s", type(error).__name__)
            return conversation, [Reply(kind="error", text=CandorError.public, company=company)]
        now = next((reply.company for reply in reversed(answered.replies) if reply.company), company)
        if now != company and not place.company:  # "what about Clevio?"
            await asyncio.to_thread(self._places.choose, place.person, now)
        return conversation, answered.replies

    async def conversation(self, place: ThreadPlace, company: str) -> str:
        """The current conversation of a place; begin one if there is none."""
        known = await asyncio.to_thread(self._places.conversation, place) or await self._begin(place, company)
        await asyncio.to_thread(self._senders.record, known, f"{CHANNEL}:{place.person.team}/{place.person.id}")
        return known

    async def choose(self, person: SlackPerson, company: str, message: str) -> list[Reply]:
        """Switch to this company; returns the conversation's replies, which mention a request that is being written."""
        await asyncio.to_thread(self._places.choose, person, company)
        place = ThreadPlace(person, company=self._which.fixed(person.team, ""))
        return await self.prompt(place, company, f"switch to {self._catalogue.company(company).name}", message)

    async def prompt(self, place: ThreadPlace, company: str, text: str, message: str) -> list[Reply]:
        """Say something that the person has not typed; nothing if no conversation has begun, or if a person has taken over."""
        conversation = await asyncio.to_thread(self._places.conversation, place)
        if conversation is None:
            return []
        taken = await asyncio.to_thread(self._assistant.live_chat.of, conversation)
        if taken is not None:
            return []
        _, replies = await self.say(place, company, text, message)
        return replies

    async def rate(self, conversation: str, answer_id: str, *, helpful: bool) -> None:
        """Keep whether an answer helped. Raises: UnknownConversationError."""
        await self._assistant.feedback(conversation, answer_id, helpful=helpful, comment="")

    async def _begin(self, place: ThreadPlace, company: str) -> str:
        begun, _ = await self._assistant.begin(company=company, channel=CHANNEL)
        await asyncio.to_thread(self._places.begun, place, begun.id)
        return begun.id


def message_id(message: SlackMessage) -> str:
    """The same for every delivery of a message, so that the assistant answers it once."""
    return key_of(message.person.team, message.channel, message.ts, message.surface)


def in_private(message: SlackMessage) -> SlackMessage:
    """The same message, answered where only the person reads it."""
    return replace(message, thread="", surface="dm", to=message.person.id, mentioned=False)
