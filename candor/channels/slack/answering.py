"""Answer a message where it was written, or in private if others would read something that concerns only the person."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from candor.channels.slack import blocks as kit
from candor.channels.slack.conversation import SlackAnswer, SlackConversation, message_id
from candor.channels.slack.dedupe import key_of
from candor.channels.slack.events import OWN_AFFAIR, SlackMessage
from candor.channels.slack.sender import Blocks, Poster
from candor.channels.slack.texts import escaped
from candor.conversations.reply import Button, Reply
from candor.conversations.responses import Responses
from candor.tickets.request_types import REQUEST_TYPES
from candor.transcripts.masking import find_personal_data
from knowledge.catalogue import PolicyCatalogue

log = logging.getLogger("candor.slack")
CHOOSE, MORE = "company", "more_companies"  # action ids
LONGEST_KEPT = 1500  # characters of a question that a company button carries


class Answering:
    """`base_url`: the address of policy pages, without a trailing slash; if it is empty, answers have no links."""

    def __init__(
        self, conversations: SlackConversation, poster: Poster, catalogue: PolicyCatalogue, responses: Responses, base_url: str
    ) -> None:
        self._conversations, self._poster, self._catalogue, self._responses, self._base = (
            conversations, poster, catalogue, responses, base_url,
        )  # fmt: skip

    async def answer(self, client: AsyncWebClient, message: SlackMessage, response_url: str = "") -> None:
        """Ask the assistant and post its answer. In a thread, nothing about the person's own affairs is asked or said."""
        if message.surface == "thread" and await asyncio.to_thread(is_own_affair, message.text):
            await self._in_private(client, message)
            return
        async with self._working(client, message):
            answer = await self._conversations.ask(message)
            if answer is None:
                await self._ask_company(client, message, response_url)
            elif answer.private:
                await self._in_private(client, message)
            else:
                await self._show(client, message, answer, response_url)

    async def tell(self, client: AsyncWebClient, message: SlackMessage, replies: list[Reply], response_url: str = "") -> None:
        """Say something that is not the answer to a question."""
        await self._show(client, message, SlackAnswer("", replies), response_url)

    async def say(
        self, client: AsyncWebClient, message: SlackMessage, response: str, response_url: str = "", **values: str
    ) -> None:
        """Say a response of domain.yml."""
        await self.tell(client, message, [Reply(kind="smalltalk", text=self._responses.say(response, **values))], response_url)

    async def offer_requests(self, client: AsyncWebClient, message: SlackMessage, response_url: str = "") -> None:
        """Ask what shall happen with the person's data: a button for each type of request, and the form."""
        text = self._responses.say("utter_slack_which_request")
        types = [
            kit.say_button(number, Button(title=_capital(row.phrase), payload=row.phrase))
            for number, row in enumerate(REQUEST_TYPES.values())
        ]
        form = kit.form_button(self._responses.say("utter_slack_button_form"), "{}")
        blocks = [kit.paragraph(text), kit.actions(*types), kit.actions(form)]
        await self._post(client, message, blocks, escaped(text), response_url)

    async def _in_private(self, client: AsyncWebClient, message: SlackMessage) -> None:
        answer = await self._conversations.ask_in_private(message)
        direct = replace(message, surface="dm", thread="", to=message.person.id)
        if answer is None:
            await self._ask_company(client, direct, "")
        else:
            await self._show(client, direct, answer, "")
        hint = self._responses.say("utter_slack_moved_to_private")
        with suppress(SlackApiError):  # the answer was posted; this hint reaches only members of the channel
            await client.chat_postEphemeral(
                channel=message.channel, user=message.person.id, text=escaped(hint), blocks=[kit.paragraph(hint)],
                thread_ts=message.thread or None,
            )  # fmt: skip

    async def _show(self, client: AsyncWebClient, message: SlackMessage, answer: SlackAnswer, response_url: str) -> None:
        if not answer.replies:  # a person of the company answers
            return
        whisper = message.surface == "whisper"
        blocks = kit.reply_blocks(
            answer.replies, self._responses, base_url=self._base, conversation=answer.conversation, turn=message_id(message),
            share=whisper, form=message.surface != "thread",
        )  # fmt: skip
        await self._post(client, message, blocks, kit.fallback(answer.replies), response_url)

    async def _ask_company(self, client: AsyncWebClient, message: SlackMessage, response_url: str) -> None:
        """Ask which company is meant. The buttons carry the question, so that the person need not type it again."""
        waiting: dict[str, Any] = {
            "ts": message.ts,
            "thread": message.thread,
            "surface": message.surface,
            "channel": message.channel,
            "to": message.to,
        }
        waiting["text"] = message.text if len(message.text) <= LONGEST_KEPT else ""
        text, blocks = self.companies_page(waiting, 0)
        if message.surface == "thread":  # only the person sees it
            await client.chat_postEphemeral(
                channel=message.channel,
                user=message.person.id,
                blocks=blocks,
                text=escaped(text),
                thread_ts=message.thread or None,
            )
        else:
            await self._post(client, message, blocks, escaped(text), response_url)

    def companies_page(self, waiting: dict[str, Any], start: int) -> tuple[str, Blocks]:
        """The question as text, and a page of buttons: companies from `start` on, and one that leads to the next page."""
        companies = list(self._catalogue.names.items())
        most = kit.MOST_BUTTONS if len(companies) <= kit.MOST_BUTTONS else kit.MOST_BUTTONS - 1
        page, left = companies[start : start + most], len(companies) - start - most
        more = [self._responses.say("utter_slack_more_companies", count=str(left))] if left > 0 else []
        named = [name for _, name in page] + more
        text = self._responses.say("utter_which_company", companies=", ".join(named))
        buttons = [
            kit.button(name, f"{CHOOSE}:{number}", _waits({**waiting, "company": company}))
            for number, (company, name) in enumerate(page)
        ]
        if len(companies) > most:
            following = start + most if left > 0 else 0
            buttons.append(
                kit.button(self._responses.say("utter_slack_button_more_companies"), MORE, _waits({**waiting, "from": following}))
            )
        return text, [kit.paragraph(text), kit.actions(*buttons)]

    async def show_companies(self, client: AsyncWebClient, waiting: dict[str, Any], start: int, response_url: str) -> None:
        """Replace a page of companies by another one."""
        text, blocks = self.companies_page(waiting, start)
        await self._poster.whisper(client, response_url, blocks, escaped(text), replace=True)

    async def _post(self, client: AsyncWebClient, message: SlackMessage, blocks: Blocks, text: str, response_url: str) -> None:
        if message.surface == "whisper":
            if not response_url or not await self._poster.whisper(client, response_url, blocks, text):
                await client.chat_postEphemeral(channel=message.channel, user=message.person.id, blocks=blocks, text=text)
            return
        key = key_of(message_id(message), text)[:40]
        await self._poster.post(client, message.to or message.channel, blocks, text, key=key, thread=message.thread)

    @asynccontextmanager
    async def _working(self, client: AsyncWebClient, message: SlackMessage) -> AsyncIterator[None]:
        """In a direct message, show Slack's "is working" status exactly as long as the work goes on."""
        if message.surface != "dm" or message.to:
            yield
            return
        thread, status = message.thread or message.ts, self._responses.say("utter_slack_status")
        set_status = client.assistant_threads_setStatus
        begun = asyncio.create_task(_quietly(set_status(channel_id=message.channel, thread_ts=thread, status=status)))
        try:
            yield
        finally:
            await begun
            await _quietly(set_status(channel_id=message.channel, thread_ts=thread, status=""))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _waits(waiting: dict[str, Any]) -> str:
    """A button's value that carries a question; a question that is too long is left out, and asked for again."""
    value = json.dumps(waiting, ensure_ascii=False)
    return value if len(value) <= kit.LONGEST_VALUE else json.dumps({**waiting, "text": ""})


async def _quietly(call: Any) -> None:
    """Ignore failures: the status is a courtesy, and Slack refuses it to apps without an assistant pane."""
    with suppress(SlackApiError, TimeoutError, aiohttp.ClientError):
        await call


def is_own_affair(text: str) -> bool:
    """Whether a message contains an address, a number or a code: others should neither read it nor see it answered."""
    return bool(OWN_AFFAIR.search(text) or find_personal_data(text))
