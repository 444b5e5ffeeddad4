"""Staff in Slack: who takes what, and a person who talks through Candor with somebody, both ways, marked as who speaks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs
from slack_sdk.web.async_client import AsyncWebClient

from channels.slack import blocks as kit
from channels.slack.companies import WhichCompany
from channels.slack.handled import Handled, key_of
from channels.slack.handover import Handover, Handovers
from channels.slack.listening import Heard
from channels.slack.members import member_of
from channels.slack.news import TAKE
from channels.slack.places import Place, Places
from channels.slack.post import Poster
from channels.slack.texts import cut, escaped
from services import Services

ClientOf = Callable[[str], Awaitable[AsyncWebClient]]

END = "hand_back"  # action id


class Staff:
    """`client_of`: a client that may speak in a workspace."""

    def __init__(
        self, parts: Services, places: Places, which: WhichCompany, poster: Poster, handled: Handled, client_of: ClientOf
    ) -> None:
        self._desk, self._people, self._card, self._wording = parts.staff, parts.people, parts.company_card, parts.wording
        self._places, self._which, self._poster, self._handled, self._client_of = places, which, poster, handled, client_of
        self._handovers = Handovers(parts.engine)

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
        if not await asyncio.to_thread(self._handled.claim, key_of("take", what, name)):
            return
        if what == "person":
            await self._talk(args.client, int(name), channel, thread, user)
            return
        await asyncio.to_thread(self._desk.note, name, "Taken in Slack.", f"slack:{user}")
        await self._in_thread(args.client, channel, thread, user, "utter_slack_taken", key=key_of("taken", name))

    async def _talk(self, client: AsyncWebClient, handoff: int, channel: str, thread: str, user: str) -> None:
        waiting = next((one for one in await asyncio.to_thread(self._people.waiting) if one.id == handoff), None)
        if waiting is None:
            return
        await asyncio.to_thread(self._people.answered, handoff, f"slack:{user}")
        person = await asyncio.to_thread(self._places.whose, waiting.conversation)
        if person is None:  # they chat on the website: nothing that is written here reaches them
            await self._in_thread(client, channel, thread, user, "utter_slack_taken_elsewhere", key=key_of("taken", str(handoff)))
            return
        handover = Handover(handoff, waiting.conversation, channel, thread, user)
        await asyncio.to_thread(self._handovers.begin, handover)
        await self._in_thread(
            client, channel, thread, user, "utter_slack_talk_begun", key=key_of("taken", str(handoff)), buttons=[_end(handoff)]
        )
        name = (await member_of(client, person.team, user)).name or "Somebody"
        said = self._wording.say("utter_slack_person_here", name=name, company_name=self._card(waiting.company).name)
        blocks = [kit.paragraph(said), kit.actions(_end(handoff))]
        await self._poster.post(
            await self._client_of(person.team), person.id, blocks, escaped(said), key=key_of("here", str(handoff))[:40]
        )

    async def takes(self, heard: Heard) -> Handover | None:
        """The talk between people that a message belongs to; None: it is Candor's to answer."""
        if heard.surface != "dm":
            return await asyncio.to_thread(self._handovers.in_thread, heard.channel, heard.thread)
        place = Place(heard.person, company=self._which.fixed(heard.person.team, ""))
        conversation = await asyncio.to_thread(self._places.conversation, place)
        return await asyncio.to_thread(self._handovers.in_conversation, conversation) if conversation else None

    async def pass_on(self, client: AsyncWebClient, heard: Heard, handover: Handover) -> None:
        """From the requester into the thread, from the thread to the requester."""
        if heard.surface == "dm":
            await self._pass_on(await self._client_of(""), handover.channel, handover.thread, "Requester", heard)
            return
        person = await asyncio.to_thread(self._places.whose, handover.conversation)
        if person is not None:
            name = (await member_of(client, heard.person.team, heard.person.id)).name or "Staff"
            await self._pass_on(await self._client_of(person.team), person.id, "", f"{name} (a person)", heard)

    async def hand_back(self, args: AsyncArgs) -> None:
        """Candor answers again; both sides are told."""
        await args.ack()
        ended = await asyncio.to_thread(self._handovers.end, int((args.action or {})["value"]))
        if ended is None:
            return
        said, key = (
            self._wording.say("utter_slack_handed_back"),
            key_of("back", str(ended.handoff), str(args.body["trigger_id"]))[:40],
        )
        staff = await self._client_of("")
        await self._poster.post(staff, ended.channel, [kit.paragraph(said)], escaped(said), key=key, thread=ended.thread)
        person = await asyncio.to_thread(self._places.whose, ended.conversation)
        if person is not None:
            client = await self._client_of(person.team)
            await self._poster.post(client, person.id, [kit.paragraph(said)], escaped(said), key=key)

    async def _pass_on(self, client: AsyncWebClient, channel: str, thread: str, speaker: str, heard: Heard) -> None:
        said = kit.rich(kit.section(kit.text(f"{speaker}: ", bold=True), kit.text(cut(heard.text, kit.LONGEST_TEXT - 100))))
        key = key_of("relay", heard.person.id, heard.channel, heard.ts)[:40]
        await self._poster.post(client, channel, [said], escaped(f"{speaker}: {heard.text}")[:300], key=key, thread=thread)

    async def _in_thread(
        self, client: AsyncWebClient, channel: str, thread: str, user: str, response: str, *, key: str,
        buttons: list[dict[str, Any]] | None = None,
    ) -> None:  # fmt: skip
        said = self._wording.say(response)
        blocks = [kit.rich(kit.section({"type": "user", "user_id": user}, kit.text(f" {said}")))]
        blocks += [kit.actions(*buttons)] if buttons else []
        await self._poster.post(client, channel, blocks, escaped(said), key=key[:40], thread=thread)


def _end(handoff: int) -> dict[str, Any]:
    return kit.button("Let Candor answer again", END, str(handoff))
