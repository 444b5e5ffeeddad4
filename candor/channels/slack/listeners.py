"""Listen to Slack's events: messages, /privacy, the message shortcut and buttons."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, Protocol

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from candor.channels.slack import blocks as kit
from candor.channels.slack.answering import CHOOSE, MORE, Answering
from candor.channels.slack.companies import WhichCompany
from candor.channels.slack.conversation import SlackConversation
from candor.channels.slack.dedupe import RUN, HandledEvents, key_of
from candor.channels.slack.events import SlackMessage, attention, message_of, plain_text
from candor.channels.slack.news import OPEN
from candor.channels.slack.pending import PendingMessages
from candor.channels.slack.threads import SlackPerson, ThreadPlaces
from candor.conversations.reply import Reply
from candor.conversations.responses import Responses
from candor.errors import CandorError
from candor.transcripts.store import TranscriptStore

log = logging.getLogger("candor.slack")
COMMAND, SHORTCUT = "/privacy", "ask_candor"
USE = re.compile(r"use\s+(\S.*)", re.IGNORECASE)
Work = Callable[[AsyncArgs], Awaitable[None]]
Guard = Callable[[Work], Work]


class Relay(Protocol):
    """Passes on what staff write in a thread that holds a live chat."""

    async def takes(self, message: SlackMessage) -> str | None:
        """The visitor's conversation; None if the message is not part of a live chat."""
        ...

    async def pass_on(self, client: AsyncWebClient, message: SlackMessage, conversation: str) -> None: ...


class Listeners:
    """Each listener is thin: read the event, claim it, make one call. A failure ends no other listener and logs no message."""

    def __init__(
        self, *, answering: Answering, conversations: SlackConversation, places: ThreadPlaces, which: WhichCompany,
        handled: HandledEvents, transcripts: TranscriptStore, responses: Responses, base_url: str, pending: PendingMessages,
    ) -> None:  # fmt: skip
        self._answering, self._conversations, self._places, self._which, self._handled = (
            answering, conversations, places, which, handled,
        )  # fmt: skip
        self._transcripts, self._responses, self._base, self._pending = transcripts, responses, base_url, pending
        self.relay: Relay | None = None
        self.running: set[asyncio.Task[Any]] = set()

    def register(self, app: AsyncApp) -> None:
        """Register the listeners with Bolt."""
        app.middleware(self.keep)
        app.event("app_mention")(self.guarded(self.message))
        app.event("message")(self.guarded(self.message))
        app.command(COMMAND)(self.guarded(self.command))
        app.shortcut(SHORTCUT)(self.guarded(self.shortcut))
        app.action(MORE)(self.guarded(self.more_companies))
        app.options(re.compile(rf"{CHOOSE}(:\d+)?"))(self.guarded(self.companies))
        app.action(re.compile(rf"{OPEN}(:\d+)?"))(self.guarded(self.opened))
        for action, work in (
            (kit.SAY, self.say_button), (kit.CARD, self.card_control), (kit.HELPFUL, self.helpful), (kit.SHARE, self.share),
            (CHOOSE, self.chosen),
        ):  # fmt: skip
            app.action(re.compile(rf"{action}(:\w+)?"))(self.guarded(work))

    def guarded(self, work: Work) -> Work:
        """Count the work as running, and keep its errors out of Bolt's log, which prints whole requests."""

        async def run(args: AsyncArgs) -> None:
            task = asyncio.current_task()
            assert task is not None  # noqa: S101  (Bolt runs listeners in tasks)
            self.running.add(task)
            try:
                await work(args)
                if ours := RUN.get():  # after a failure it is taken up again later
                    await asyncio.to_thread(self._pending.done, ours)
            except SlackApiError as error:
                log.error("Slack refused a call: %s", error.response.get("error", error.response.status_code))
            except Exception as error:  # noqa: BLE001  # its text may contain what a person wrote
                log.error("something from Slack was not handled: %s", type(error).__name__)
            finally:
                self.running.discard(task)

        return run

    async def keep(self, args: AsyncArgs) -> None:
        """Store what is to be answered before it is acknowledged, in case this process dies before it answers."""
        if RUN.get() is None:
            RUN.set(await asyncio.to_thread(self._pending.keep, args.body, str(args.context.bot_user_id or "")))
        await args.next()

    async def claimed(self, *names: str) -> bool:
        """Whether this worker handles the event, and no other."""
        return await asyncio.to_thread(self._handled.claim, key_of(*names))

    async def message(self, args: AsyncArgs) -> None:
        """A direct message, a mention, or a message in a channel; Slack may send `app_mention` and `message` for the same one."""
        event: dict[str, Any] = args.event or {}
        team, bot = str(args.context.team_id or ""), str(args.context.bot_user_id or "")
        message = message_of(event, team, bot)
        if message is None:
            return
        if self.relay and await self._passed_on(args, message):
            return
        if message.surface == "thread":
            known = await asyncio.to_thread(self._places.thread, team, message.channel, message.thread)
            decision = attention(message, known, in_thread="thread_ts" in event)
            if decision.thread:
                await asyncio.to_thread(self._places.set_thread, team, message.channel, message.thread, decision.thread)
            if not decision.answer:
                return
        if await self.claimed("message", team, message.channel, message.ts):
            if message.surface == "dm" and self._wants_requests(message.text):
                await self._answering.offer_requests(args.client, message)
            else:
                await self._answering.answer(args.client, message)

    def _wants_requests(self, text: str) -> bool:
        """Whether it is what the prompt "Make a request" writes: that alone names no request."""
        return text.strip(" .!").casefold() == self._responses.say("utter_slack_button_make_request").casefold()

    async def opened(self, args: AsyncArgs) -> None:
        """Somebody followed a link, which only has to be acknowledged."""
        await args.ack()

    async def _passed_on(self, args: AsyncArgs, message: SlackMessage) -> bool:
        """Whether the thread holds a live chat; then pass each message on once."""
        assert self.relay is not None  # noqa: S101  (the caller has checked)
        taken_over = await self.relay.takes(message)
        if taken_over and await self.claimed("message", message.person.team, message.channel, message.ts):
            await self.relay.pass_on(args.client, message, taken_over)
        return taken_over is not None

    async def command(self, args: AsyncArgs) -> None:
        """/privacy <question>, and /privacy use <company>."""
        await args.ack()
        body: dict[str, Any] = args.command or {}
        message = whisper(
            body["team_id"], body["user_id"], body["channel_id"], body.get("text") or "", body.get("trigger_id") or ""
        )
        if not await self.claimed("command", message.person.team, message.ts):
            return
        url = body.get("response_url") or ""
        if use := USE.fullmatch(message.text):
            await self._use(args, message, use[1], url)
        elif message.text:
            await self._answering.answer(args.client, message, url)
        else:
            await self._answering.say(args.client, message, "utter_slack_command_help", url)

    async def _use(self, args: AsyncArgs, message: SlackMessage, name: str, url: str) -> None:
        company = self._which.named(name)
        if fixed := self._which.fixed(message.person.team, message.channel):
            known = self._which.named(fixed)
            await self._answering.say(
                args.client, message, "utter_slack_company_fixed", url, company_name=known.name if known else fixed
            )
        elif company is None:
            await self._answering.say(args.client, message, "utter_which_company", url, companies=self._which.names())
        else:
            replies = await self._conversations.choose(message.person, company.id, key_of("use", message.ts))
            switched = Reply(kind="smalltalk", text=self._responses.say("utter_company_switched", company_name=company.name))
            await self._answering.tell(args.client, message, replies or [switched], url)

    async def shortcut(self, args: AsyncArgs) -> None:
        """ "Ask Candor about this": the message's text is the question, and only the person who asks sees the answer."""
        await args.ack()
        body: dict[str, Any] = args.body
        text = plain_text(body["message"].get("text") or "", str(args.context.bot_user_id or ""))
        message = whisper(body["team"]["id"], body["user"]["id"], body["channel"]["id"], text, body.get("trigger_id") or "")
        if await self.claimed("shortcut", message.person.team, message.ts):
            if text:
                await self._answering.answer(args.client, message, body.get("response_url") or "")
            else:
                await self._answering.say(args.client, message, "utter_slack_nothing_to_read", body.get("response_url") or "")

    async def say_button(self, args: AsyncArgs) -> None:
        """A button that says something for the person who presses it."""
        await args.ack()
        action = args.action or {}
        message = pressed(args.body, str(action.get("value") or ""))
        if await self.claimed("action", message.person.team, message.person.id, message.ts):
            await self._answering.answer(args.client, message, args.body.get("response_url") or "")

    async def card_control(self, args: AsyncArgs) -> None:
        """A control of a request card. Only the newest card counts; the one that was pressed is to be read only from then on."""
        await args.ack()
        action, url = args.action or {}, args.body.get("response_url") or ""
        value = (action.get("selected_option") or {}).get("value") or action.get("value")
        message = pressed(args.body, str(value or ""))
        if not await self.claimed("action", message.person.team, message.person.id, message.ts):
            return
        newest = await asyncio.to_thread(self._newest_turn, message)
        with suppress(SlackApiError, TimeoutError, aiohttp.ClientError):  # a courtesy: an old card changes nothing anyway
            await self._put_away(args)
        if kit.turn_of(str(action.get("block_id") or "")) == newest:
            await self._answering.answer(args.client, message, url)
        else:
            await self._answering.say(args.client, message, "utter_slack_old_card", url)

    def _newest_turn(self, message: SlackMessage) -> str:
        """The id of the last message that the person wrote in this conversation; empty if there is none."""
        conversation = self._places.conversation(self._conversations.place(message))
        try:
            turns = self._transcripts.turns(conversation) if conversation else []
        except CandorError:  # it has been forgotten
            return ""
        return next((turn.message_id for turn in reversed(turns) if turn.text), "")

    async def _put_away(self, args: AsyncArgs) -> None:
        """Take the controls from the card that was pressed. What only its reader sees cannot be changed like that."""
        shown, channel = args.body.get("message") or {}, (args.body.get("channel") or {}).get("id")
        if not channel or not shown.get("blocks") or (args.body.get("container") or {}).get("is_ephemeral"):
            return
        blocks = kit.without_controls(shown["blocks"])
        await args.client.chat_update(channel=channel, ts=shown["ts"], blocks=blocks, text=shown.get("text") or "Candor")

    async def more_companies(self, args: AsyncArgs) -> None:
        """Show the next page of companies; its buttons carry the question on."""
        await args.ack()
        waiting = json.loads((args.action or {})["value"])
        start = int(waiting.pop("from"))
        await self._answering.show_companies(args.client, waiting, start, args.body.get("response_url") or "")

    async def companies(self, args: AsyncArgs) -> None:
        """The companies that match what is typed into a select."""
        fitting = self._which.fitting(str(args.body.get("value") or ""), kit.MOST_OPTIONS)
        await args.ack(options=[kit.option(company.name, company.id) for company in fitting])

    async def chosen(self, args: AsyncArgs) -> None:
        """A company was chosen: ask the question that its button carried."""
        await args.ack()
        action = args.action or {}
        selected = (action.get("selected_option") or {}).get("value")
        waiting = {"company": selected, "text": ""} if selected else json.loads(action["value"])
        pushed = pressed(args.body, "")
        if not await self.claimed("action", pushed.person.team, pushed.person.id, pushed.ts):
            return
        replies = await self._conversations.choose(pushed.person, waiting["company"], key_of("chosen", pushed.ts))
        url = args.body.get("response_url") or ""
        if not waiting["text"]:
            company = self._which.named(waiting["company"])
            switched = self._responses.say("utter_company_switched", company_name=company.name if company else waiting["company"])
            await self._answering.tell(args.client, pushed, replies or [Reply(kind="smalltalk", text=switched)], url)
            return
        question = SlackMessage(
            pushed.person,
            waiting["text"],
            waiting["channel"],
            waiting["ts"],
            waiting["thread"],
            waiting["surface"],
            waiting["to"],
        )
        await self._answering.answer(args.client, question, url)

    async def helpful(self, args: AsyncArgs) -> None:
        """Slack's feedback buttons."""
        await args.ack()
        rating, conversation, answer_id = (args.action or {})["value"].split(" ")
        pushed = pressed(args.body, "")
        try:
            await self._conversations.rate(conversation, answer_id, helpful=rating == "yes")
            response = "utter_slack_thanks_helpful" if rating == "yes" else "utter_slack_thanks_not_helpful"
        except CandorError:
            response = "utter_slack_answer_gone"
        unseen = replace(pushed, surface="whisper")  # only the person who pressed it sees it
        await self._answering.say(args.client, unseen, response, args.body.get("response_url") or "")

    async def share(self, args: AsyncArgs) -> None:
        """Show a whispered answer to the whole channel, signed by the person who shares it."""
        await args.ack()
        conversation, answer_id = (args.action or {})["value"].split(" ")
        pushed, url = pressed(args.body, ""), args.body.get("response_url") or ""
        if not await self.claimed("share", conversation, answer_id, pushed.channel):
            return
        own = conversation in await asyncio.to_thread(self._places.of_person, pushed.person)
        reply = await asyncio.to_thread(self._shared, conversation, answer_id) if own else None
        if reply is None:
            await self._answering.say(args.client, pushed, "utter_slack_answer_gone", url)
            return
        signed = {
            "type": "rich_text_section",
            "elements": [
                {"type": "user", "user_id": pushed.person.id},
                kit.text(" " + self._responses.say("utter_slack_shared")),
            ],
        }
        shown = kit.reply_blocks(
            [reply.model_copy(update={"buttons": []})], self._responses, base_url=self._base, conversation=conversation
        )
        try:
            await args.client.chat_postMessage(
                channel=pushed.channel,
                blocks=[kit.rich(signed), *shown][: kit.MOST_BLOCKS],
                text=kit.fallback([reply]),
                unfurl_links=False,
            )
        except SlackApiError as error:
            if error.response.get("error") not in {"not_in_channel", "channel_not_found"}:
                raise
            await self._answering.say(args.client, pushed, "utter_slack_invite_me", url)

    def _shared(self, conversation: str, answer_id: str) -> Reply | None:
        for turn in self._transcripts.turns(conversation):
            for kept in turn.replies:
                if kept.get("answer_id") == answer_id and kit.is_about_policy((reply := Reply.model_validate(kept)).kind):
                    return reply
        return None


def whisper(team: str, person: str, channel: str, text: str, named: str) -> SlackMessage:
    """A question that is asked in a channel, and whose answer only the asker sees. named: an id of this question alone."""
    return SlackMessage(SlackPerson(team, person), plain_text(text, ""), channel, named, "", "whisper")


def pressed(body: dict[str, Any], text: str) -> SlackMessage:
    """A pressed button, as if the person had written `text` in the same place."""
    person = SlackPerson(str((body.get("team") or {}).get("id") or ""), str(body["user"]["id"]))
    action, container = (body.get("actions") or [{}])[0], body.get("container") or {}
    named = f"{action.get('action_ts', '')}/{action.get('action_id', '')}"
    channel = str((body.get("channel") or {}).get("id") or container.get("channel_id") or "")
    message = body.get("message") or {}
    thread = str(container.get("thread_ts") or message.get("thread_ts") or "")
    if not channel:  # on the Home tab
        return SlackMessage(person, text, person.id, named, "", "dm", to=person.id)
    if container.get("is_ephemeral"):
        return SlackMessage(person, text, channel, named, thread, "whisper")
    if channel.startswith("D"):
        return SlackMessage(person, text, channel, named, thread, "dm")
    return SlackMessage(person, text, channel, named, thread or str(container.get("message_ts") or ""), "thread")
