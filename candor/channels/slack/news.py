"""Send what the outbox holds for Slack: news to requesters as direct messages, news to staff in their channel, and turns of
live chats to whoever reads them here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from candor.channels.slack import blocks as kit
from candor.channels.slack.dedupe import key_of
from candor.channels.slack.refusals import UnansweredCount
from candor.channels.slack.sender import Poster
from candor.channels.slack.staff_threads import StaffThread, StaffThreads
from candor.channels.slack.texts import cut, escaped
from candor.channels.slack.threads import ThreadPlaces
from candor.conversations.handoff.sessions import TO_PERSON
from candor.conversations.reply import Reply
from candor.conversations.request_text import RequestText
from candor.errors import CandorError, UnavailableError
from candor.services import Services
from candor.tickets.delivery.worker import Reader
from candor.tickets.ticket import Ticket
from candor.transcripts.models import TurnRow

TAKE, END, OPEN = "take", "hand_back", "open_console"  # action ids
CONSOLE = "/console"
TAKEABLE = {"staff_new", "staff_person", "staff_person_late", "staff_reminder"}
SENTENCES = {
    "staff_new": "utter_slack_staff_new", "staff_reminder": "utter_slack_staff_reminder",
    "staff_answer": "utter_slack_staff_answer", "staff_withdrawn": "utter_slack_staff_withdrawn",
    "staff_person": "utter_slack_staff_person", "staff_person_late": "utter_slack_staff_person_late",
    "staff_came_back": "utter_slack_staff_came_back",
}  # fmt: skip


class SlackUnavailableError(UnavailableError):
    """Slack did not take a message; the outbox worker tries again."""


class SlackNews:
    """Implements ChatSender. client_of: a client that may post in a workspace; "" names the staff channel's own."""

    def __init__(
        self, parts: Services, places: ThreadPlaces, poster: Poster, client_of: Callable[[str], Awaitable[AsyncWebClient]],
        staff_channel: str, base_url: str = "",
    ) -> None:  # fmt: skip
        """base_url: the address of the console; if it is empty, staff get no links into it."""
        self._responses, self._company_of = parts.conversations.responses, parts.knowledge.company_of
        self._places, self._poster, self._client_of, self._base = places, poster, client_of, base_url
        self._handoff_queue, self._sessions = parts.conversations.handoff_queue, parts.conversations.live_chat_sessions
        self._vault, self._threads = parts.conversations.vault, StaffThreads(parts.engine)
        self._request_text, self._staff = RequestText(self._responses, self._company_of), staff_channel

    async def tell_requester(self, key: str, conversation: str, ticket: Ticket) -> bool:
        """Tell the person who opened a request from Slack how it stands. False if nobody in Slack did.

        Raises: SlackUnavailableError.
        """
        person = self._places.whose(conversation)
        if person is None:
            return False
        text = self._responses.say("utter_slack_news", status=self._request_text.status(ticket))
        await self._post(person.team, person.id, [kit.paragraph(text)], text, key)
        return True

    async def tell_staff(self, key: str, what: str, handoff: int | None, values: dict[str, Any]) -> bool:
        """Post a line in the staff channel, without anybody's identity. False for news that is sent by mail only.

        Raises: SlackUnavailableError.
        """
        if what not in SENTENCES:
            return False
        text = self._responses.say(SENTENCES[what], **{name: str(value) for name, value in values.items()})
        waiting = await asyncio.to_thread(self._handoff_queue.get, handoff) if handoff else None
        if waiting and waiting.urgent:
            text = self._responses.say("utter_slack_staff_urgent", news=text)
        buttons = []
        if what in TAKEABLE:
            value = f"person {handoff}" if handoff else f"request {values['number']}"
            buttons.append(kit.button("I take it", TAKE, value, style="primary"))
        buttons += self._link(f"/waiting/{waiting.page}" if waiting else f"/requests/{values.get('number', '')}")
        posted = await self._post("", self._staff, [kit.paragraph(text), *_actions(buttons)], text, key)
        if waiting and waiting.conversation and what in TAKEABLE:
            await asyncio.to_thread(self._threads.announce, waiting.conversation, StaffThread(self._staff, posted))
        return True

    async def tell_refused(self, refused: UnansweredCount, week: str) -> None:
        """Tell staff what many people asked in vain. Raises: SlackUnavailableError."""
        values = {"count": str(refused.conversations), "company": self._company_of(refused.company).name, "aspect": refused.words}
        text = self._responses.say("utter_slack_staff_refused", **values)
        blocks = [kit.paragraph(text), *_actions(self._link("/silence"))]
        await self._post("", self._staff, blocks, text, f"{refused.company} {refused.aspect} {week}")

    async def pass_on(self, key: str, turn: int, to: Reader) -> bool:
        """Pass on a turn of a live chat, by its id; False if nobody reads it in Slack. Raises: SlackUnavailableError."""
        row = await asyncio.to_thread(self._sessions.turn, turn)
        if row is None:  # forgotten meanwhile
            return False
        return await (self._to_requester(key, row) if to == "requester" else self._to_staff(key, row))

    async def _to_requester(self, key: str, turn: TurnRow) -> bool:
        person = await asyncio.to_thread(self._places.whose, turn.conversation_id)
        if person is None:
            return False
        reply = Reply.model_validate(turn.replies[0])
        text = await asyncio.to_thread(self._vault.unmask, turn.conversation_id, reply.text)
        speaker = reply.speaker
        if speaker and speaker.does == "says":
            await self._post(
                person.team, person.id, [spoken(f"{speaker.name} from {speaker.company}, a person", text)], text, key
            )
            return True
        ends = [_end(turn.conversation_id)] if speaker and speaker.does == "joins" else []
        await self._post(person.team, person.id, [kit.paragraph(text), *_actions(ends)], text, key)
        return True

    async def _to_staff(self, key: str, turn: TurnRow) -> bool:
        thread = await asyncio.to_thread(self._threads.of, turn.conversation_id)
        if thread is None:
            return False
        if turn.state == TO_PERSON:
            await self._post("", thread.channel, [spoken("Visitor", turn.text)], turn.text, key, thread.thread)
            return True
        speaker, buttons = Reply.model_validate(turn.replies[0]).speaker, self._link(f"/waiting/{turn.conversation_id}")
        name, sentence = speaker.name if speaker else "", "utter_slack_handed_back"
        if speaker and speaker.does == "joins":
            session = await asyncio.to_thread(self._sessions.by_id, int(turn.message_id.split("-")[1]))
            here = session is not None and session.actor.startswith("slack:")
            sentence = "utter_slack_talk_begun" if here else "utter_slack_taken_in_console"
            buttons = [*([_end(turn.conversation_id)] if here else []), *buttons]
        text = self._responses.say(sentence, name=name)
        await self._post("", thread.channel, [kit.paragraph(text), *_actions(buttons)], text, key, thread.thread)
        return True

    def _link(self, path: str) -> list[dict[str, Any]]:
        """A button into the console; none if its address is not known."""
        if not self._base:
            return []
        return [kit.button("Open in the console", f"{OPEN}:0", path, url=f"{self._base}{CONSOLE}{path}")]

    async def _post(
        self, team: str, channel: str, blocks: list[dict[str, Any]], text: str, key: str, thread: str = ""
    ) -> str:  # fmt: skip
        """The message's ts."""
        try:
            client = await self._client_of(team)
            text = cut(escaped(text), kit.LONGEST_FALLBACK)
            return await self._poster.post(client, channel, blocks, text, key=key_of("news", key)[:40], thread=thread)
        except SlackApiError as error:
            raise SlackUnavailableError(f"Slack refused a message: {error.response.get('error', 'no reason')}") from error
        except (TimeoutError, aiohttp.ClientError, CandorError) as error:
            raise SlackUnavailableError(f"Slack took no message ({type(error).__name__})") from error


def spoken(speaker: str, text: str) -> dict[str, Any]:
    """A message of a live chat with its speaker's name; Slack finds no mention, link or format in it."""
    return kit.rich(kit.section(kit.text(f"{speaker}: ", bold=True), kit.text(cut(text, kit.LONGEST_TEXT - 200))))


def _end(conversation: str) -> dict[str, Any]:
    return kit.button("Let Candor answer again", END, conversation)


def _actions(buttons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [kit.actions(*buttons)] if buttons else []
