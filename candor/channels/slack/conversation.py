"""A message from Slack through the one door: which company, which conversation, and what comes back."""

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
from knowledge.catalogue import PolicyCatalogue

log = logging.getLogger("candor.slack")
CHANNEL = "slack"


@dataclass(frozen=True)
class SlackAnswer:
    """What came back, and in which conversation."""

    conversation: str
    replies: list[Reply]
    private: bool = False  # not to be shown where others read: it was about the person's own affairs


class SlackConversation:
    """Asks the door for people in Slack."""

    def __init__(self, door: Assistant, places: ThreadPlaces, which: WhichCompany, catalogue: PolicyCatalogue) -> None:
        self._door, self._places, self._which, self._library = door, places, which, catalogue

    def place(self, heard: SlackMessage) -> ThreadPlace:
        """A thread has a conversation for each person; all that only they read is one, as far as it is about one company."""
        shared = heard.surface == "thread"
        channel = "" if heard.surface == "dm" else heard.channel
        return ThreadPlace(
            heard.person, f"{heard.channel}/{heard.thread}" if shared else "", self._which.fixed(heard.person.team, channel)
        )

    async def ask(self, heard: SlackMessage) -> SlackAnswer | None:
        """What Candor says to a message; None: the person has to say first which company they mean."""
        about = await asyncio.to_thread(self._which.of, heard.person, heard.channel)
        if about is None:
            return None
        conversation, replies = await self.say(self.place(heard), about.company, heard.text, message_id(heard))
        if heard.surface == "thread" and any(is_private(reply.kind) or reply.ticket for reply in replies):
            with suppress(CandorError):  # what was begun here goes on where nobody else reads it
                await self._door.forget(conversation)
            return SlackAnswer(conversation, replies, private=True)
        return SlackAnswer(conversation, replies)

    async def ask_in_private(self, heard: SlackMessage) -> SlackAnswer | None:
        """The same for a message that others read and should not: in the conversation that only the person reads."""
        fixed = self._which.fixed(heard.person.team, heard.channel)
        direct = in_private(heard)
        if fixed and fixed != self._which.fixed(heard.person.team, ""):
            await self.choose(heard.person, fixed, key_of(message_id(heard), "choose"))
        return await self.ask(direct)

    async def say(self, place: ThreadPlace, company: str, text: str, message: str) -> tuple[str, list[Reply]]:
        """Say something in the conversation of a place, begun where there is none; it may have been forgotten since.

        An error that a person may read becomes a reply.
        """
        conversation = ""
        try:
            conversation = await self.conversation(place, company)
            try:
                answered = await self._door.say(conversation, text, message)
            except UnknownConversationError:
                conversation = await self._begin(place, company)
                answered = await self._door.say(conversation, text, message)
        except CandorError as error:
            log.warning("a message was not answered: %s", type(error).__name__)
            return conversation, [Reply(kind="error", text=error.public, company=company)]
        except Exception as error:  # noqa: BLE001  # silence without a word is worse than any answer
            log.error("a message was not answered: %s", type(error).__name__)
            return conversation, [Reply(kind="error", text=CandorError.public, company=company)]
        now = next((reply.company for reply in reversed(answered.replies) if reply.company), company)
        if now != company and not place.company:  # "what about Clevio?"
            await asyncio.to_thread(self._places.choose, place.person, now)
        return conversation, answered.replies

    async def conversation(self, place: ThreadPlace, company: str) -> str:
        """The conversation that goes on in a place, begun if there is none."""
        return await asyncio.to_thread(self._places.conversation, place) or await self._begin(place, company)

    async def choose(self, person: SlackPerson, company: str, message: str) -> list[Reply]:
        """Talk about this company from here on; what the conversation says to that, so that nothing begun is lost unseen."""
        await asyncio.to_thread(self._places.choose, person, company)
        place = ThreadPlace(person, company=self._which.fixed(person.team, ""))
        return await self.prompt(place, company, f"switch to {self._library.company(company).name}", message)

    async def prompt(self, place: ThreadPlace, company: str, text: str, message: str) -> list[Reply]:
        """Say something to Candor that the person has not typed: nothing where nothing is begun, or a person has taken over."""
        conversation = await asyncio.to_thread(self._places.conversation, place)
        if conversation is None:
            return []
        taken = await asyncio.to_thread(self._door.live_chat.of, conversation)
        if taken is not None:
            return []
        _, replies = await self.say(place, company, text, message)
        return replies

    async def rate(self, conversation: str, answer_id: str, *, helpful: bool) -> None:
        """Keep whether an answer helped. Raises: UnknownConversationError."""
        await self._door.feedback(conversation, answer_id, helpful=helpful, comment="")

    async def _begin(self, place: ThreadPlace, company: str) -> str:
        begun, _ = await self._door.begin(company=company, channel=CHANNEL)
        await asyncio.to_thread(self._places.begun, place, begun.id)
        return begun.id


def message_id(heard: SlackMessage) -> str:
    """The same for every delivery of a message, so that even the door answers it once."""
    return key_of(heard.person.team, heard.channel, heard.ts, heard.surface)


def in_private(heard: SlackMessage) -> SlackMessage:
    """The same message, answered where only the person reads it."""
    return replace(heard, thread="", surface="dm", to=heard.person.id, mentioned=False)
