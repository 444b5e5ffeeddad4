"""Staff in Slack: who takes what, and a person who talks with a visitor from a thread of the staff channel.

What is said in a talk goes through the one door, as everywhere; news.py brings it to where it is read.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from candor.channels.slack import blocks as kit
from candor.channels.slack.conversation import message_id
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
    """`persons`: the one door's side for people of the company."""

    def __init__(self, parts: Services, persons: LiveChat, places: ThreadPlaces, poster: Poster, handled: HandledEvents) -> None:
        self._desk, self._people, self._wording, self._persons = (
            parts.requests.staff_desk,
            parts.conversations.handoff_queue,
            parts.conversations.responses,
            persons,
        )
        self._places, self._poster, self._handled = places, poster, handled
        self._transcripts, self._threads = parts.conversations.transcripts, StaffThreads(parts.engine)

    def register(self, app: AsyncApp, guard: Any) -> None:
        app.action(TAKE)(guard(self.take))
        app.action(END)(guard(self.hand_back))

    async def take(self, args: AsyncArgs) -> None:
        """I take it: noted with the request, or the beginning of a talk with a person. Who is first takes it."""
        await args.ack()
        what, _, name = (args.action or {})["value"].partition(" ")
        user, channel = str(args.body["user"]["id"]), str(args.body["channel"]["id"])
        message = args.body.get("message") or {}
        thread = str(message.get("thread_ts") or message["ts"])
        if what == "person":
            await self._take_visitor(args, int(name), StaffThread(channel, thread), user)
        elif await asyncio.to_thread(self._handled.claim, key_of("take", what, name)):
            await asyncio.to_thread(self._desk.note, name, "Taken in Slack.", f"slack:{user}")
            await self._taken(args.client, StaffThread(channel, thread), user, key=key_of("taken", name))

    async def _take_visitor(self, args: AsyncArgs, handoff: int, thread: StaffThread, user: str) -> None:
        """That it is taken is told by the courier, in the thread and to the visitor; here only whoever came too late hears."""
        waiting = await asyncio.to_thread(self._people.get, handoff)
        if waiting is None:
            await self._whisper(args.client, thread, user, self._wording.say("utter_slack_nobody_waits"))
            return
        name = (await member_of(args.client, str(args.context.team_id or ""), user)).name
        try:
            if await asyncio.to_thread(self._persons.of, waiting.conversation) is None:
                await asyncio.to_thread(self._threads.held, waiting.conversation, thread)
            await asyncio.to_thread(self._persons.take, waiting.conversation, f"slack:{user}", name)
        except (NotFoundError, NobodyWaitsHereError):
            await self._whisper(args.client, thread, user, self._wording.say("utter_slack_nobody_waits"))
        except CandorError as error:
            await self._whisper(args.client, thread, user, error.public)

    async def takes(self, heard: SlackMessage) -> str | None:
        """The conversation whose talk goes on in a thread of the staff channel, or was cut off because its visitor had it
        forgotten; None: the message is Candor's to answer."""
        if heard.surface != "thread":
            return None
        conversation = await asyncio.to_thread(self._threads.conversation, StaffThread(heard.channel, heard.thread))
        if conversation is None:
            return None
        try:
            await asyncio.to_thread(self._transcripts.get, conversation)
        except NotFoundError:
            return conversation
        going_on = await asyncio.to_thread(self._persons.of, conversation)
        return conversation if going_on else None

    async def pass_on(self, client: AsyncWebClient, heard: SlackMessage, conversation: str) -> None:
        """From the thread to the visitor, with the name of who writes. Where it cannot reach them, who wrote is told."""
        thread, user = StaffThread(heard.channel, heard.thread), heard.person.id
        talk = await asyncio.to_thread(self._persons.of, conversation)
        if talk is None:
            await self._whisper(client, thread, user, self._wording.say("utter_slack_talk_over"))
            return
        if not talk.actor.startswith("slack:"):
            await self._whisper(client, thread, user, self._wording.say("utter_slack_taken_by_other", name=talk.name))
            return
        name = (await member_of(client, heard.person.team, user)).name
        try:
            await asyncio.to_thread(self._persons.say, talk, f"slack:{user}", name, heard.text, message_id(heard))
        except CandorError as error:
            await self._whisper(client, thread, user, error.public)
        except Exception:
            await self._whisper(client, thread, user, self._wording.say("utter_slack_not_passed_on"))
            raise

    async def hand_back(self, args: AsyncArgs) -> None:
        """Candor answers again; the courier tells both sides."""
        await args.ack()
        named = str((args.action or {})["value"])
        if named.isdigit():  # a button from before talks were the same on every channel
            waiting = await asyncio.to_thread(self._people.get, int(named))
            named = waiting.conversation if waiting else ""
        pressed = SlackPerson(str((args.body.get("team") or {}).get("id") or ""), str(args.body["user"]["id"]))
        own = await asyncio.to_thread(self._places.whose, named) == pressed
        with suppress(NotFoundError):  # forgotten: then there is nobody to tell
            await asyncio.to_thread(self._persons.hand_back, named, "visitor" if own else f"slack:{pressed.id}")

    async def _whisper(self, client: AsyncWebClient, thread: StaffThread, user: str, said: str) -> None:
        with suppress(SlackApiError):  # a hint: who is no member of the channel cannot be told in it
            await client.chat_postEphemeral(
                channel=thread.channel, user=user, text=escaped(said), blocks=[kit.paragraph(said)], thread_ts=thread.thread
            )

    async def _taken(self, client: AsyncWebClient, thread: StaffThread, user: str, *, key: str) -> None:
        said = self._wording.say("utter_slack_taken")
        blocks = [kit.rich(kit.section({"type": "user", "user_id": user}, kit.text(f" {said}")))]
        await self._poster.post(client, thread.channel, blocks, escaped(said), key=key[:40], thread=thread.thread)
