"""Staff in Slack: taking a request or a visitor, and live chats in a thread of the staff channel.

Everything that is said in a live chat goes through LiveChat, as on every channel; news.py delivers it to its readers.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from candor.accounts.actors import VISITOR, chat_actor
from candor.channels.slack import blocks as kit
from candor.channels.slack.conversation import CHANNEL, message_id
from candor.channels.slack.dedupe import HandledEvents, key_of
from candor.channels.slack.events import SlackMessage
from candor.channels.slack.members import member_of
from candor.channels.slack.news import END, TAKE
from candor.channels.slack.sender import Poster
from candor.channels.slack.staff_threads import StaffThread, StaffThreads
from candor.channels.slack.texts import escaped
from candor.channels.slack.threads import SlackPerson, ThreadPlaces
from candor.conversations.handoff.live_chat import LiveChat, NobodyWaitsHereError
from candor.errors import CandorError, NotFoundError
from candor.services import Services


class SlackStaff:
    """Takes requests and visitors, and passes on what staff write in a live chat."""

    def __init__(
        self, parts: Services, live_chat: LiveChat, places: ThreadPlaces, poster: Poster, handled: HandledEvents
    ) -> None:
        self._desk, self._live_chat = parts.requests.staff_desk, live_chat
        self._handoff_queue, self._responses = parts.conversations.handoff_queue, parts.conversations.responses
        self._places, self._poster, self._handled = places, poster, handled
        self._transcripts, self._threads = parts.conversations.transcripts, StaffThreads(parts.engine)

    def register(self, app: AsyncApp, guard: Any) -> None:
        app.action(TAKE)(guard(self.take))
        app.action(END)(guard(self.hand_back))

    async def take(self, args: AsyncArgs) -> None:
        """ "I take it": note it with the request, or begin a live chat. The first person who presses takes it."""
        await args.ack()
        what, _, name = (args.action or {})["value"].partition(" ")
        user, channel = str(args.body["user"]["id"]), str(args.body["channel"]["id"])
        message = args.body.get("message") or {}
        thread = str(message.get("thread_ts") or message["ts"])
        if what == "person":
            await self._take_visitor(args, int(name), StaffThread(channel, thread), user)
        elif await asyncio.to_thread(self._handled.claim, key_of("take", what, name)):
            await asyncio.to_thread(self._desk.note, name, "Taken in Slack.", chat_actor(CHANNEL, user))
            await self._taken(args.client, StaffThread(channel, thread), user, key=key_of("taken", name))

    async def _take_visitor(self, args: AsyncArgs, handoff: int, thread: StaffThread, user: str) -> None:
        """The outbox worker tells the thread and the visitor; here, only a person who came too late is told."""
        waiting = await asyncio.to_thread(self._handoff_queue.get, handoff)
        if waiting is None:
            await self._whisper(args.client, thread, user, self._responses.say("utter_slack_nobody_waits"))
            return
        name = (await member_of(args.client, str(args.context.team_id or ""), user)).name
        try:
            if await asyncio.to_thread(self._live_chat.of, waiting.conversation) is None:
                await asyncio.to_thread(self._threads.move, waiting.conversation, thread)
            await asyncio.to_thread(self._live_chat.take, waiting.conversation, chat_actor(CHANNEL, user), name)
        except (NotFoundError, NobodyWaitsHereError):
            await self._whisper(args.client, thread, user, self._responses.say("utter_slack_nobody_waits"))
        except CandorError as error:
            await self._whisper(args.client, thread, user, error.public)

    async def takes(self, message: SlackMessage) -> str | None:
        """The conversation whose live chat is held in a thread of the staff channel, or was, until the visitor had it
        forgotten; None if Candor answers the message."""
        if message.surface != "thread":
            return None
        conversation = await asyncio.to_thread(self._threads.conversation, StaffThread(message.channel, message.thread))
        if conversation is None:
            return None
        try:
            await asyncio.to_thread(self._transcripts.get, conversation)
        except NotFoundError:
            return conversation
        going_on = await asyncio.to_thread(self._live_chat.of, conversation)
        return conversation if going_on else None

    async def pass_on(self, client: AsyncWebClient, message: SlackMessage, conversation: str) -> None:
        """Pass a message on to the visitor, with the name of its writer, who is told if it cannot reach the visitor."""
        thread, user = StaffThread(message.channel, message.thread), message.person.id
        session = await asyncio.to_thread(self._live_chat.of, conversation)
        if session is None:
            await self._whisper(client, thread, user, self._responses.say("utter_slack_talk_over"))
            return
        if not session.actor.startswith("slack:"):
            await self._whisper(client, thread, user, self._responses.say("utter_slack_taken_by_other", name=session.name))
            return
        name = (await member_of(client, message.person.team, user)).name
        try:
            await asyncio.to_thread(
                self._live_chat.say, session, chat_actor(CHANNEL, user), name, message.text, message_id(message)
            )
        except CandorError as error:
            await self._whisper(client, thread, user, error.public)
        except Exception:
            await self._whisper(client, thread, user, self._responses.say("utter_slack_not_passed_on"))
            raise

    async def hand_back(self, args: AsyncArgs) -> None:
        """Let Candor answer again; the outbox worker tells both sides."""
        await args.ack()
        named = str((args.action or {})["value"])
        if named.isdigit():  # an old button, which names the hand-off
            waiting = await asyncio.to_thread(self._handoff_queue.get, int(named))
            named = waiting.conversation if waiting else ""
        pressed = SlackPerson(str((args.body.get("team") or {}).get("id") or ""), str(args.body["user"]["id"]))
        own = await asyncio.to_thread(self._places.whose, named) == pressed
        with suppress(NotFoundError):  # it was forgotten, so there is nobody to tell
            await asyncio.to_thread(self._live_chat.hand_back, named, VISITOR if own else chat_actor(CHANNEL, pressed.id))

    async def _whisper(self, client: AsyncWebClient, thread: StaffThread, user: str, text: str) -> None:
        with suppress(SlackApiError):  # a hint, which reaches only members of the channel
            await client.chat_postEphemeral(
                channel=thread.channel, user=user, text=escaped(text), blocks=[kit.paragraph(text)], thread_ts=thread.thread
            )

    async def _taken(self, client: AsyncWebClient, thread: StaffThread, user: str, *, key: str) -> None:
        text = self._responses.say("utter_slack_taken")
        blocks = [kit.rich(kit.section({"type": "user", "user_id": user}, kit.text(f" {text}")))]
        await self._poster.post(client, thread.channel, blocks, escaped(text), key=key[:40], thread=thread.thread)
