"""Answer a message where it was said, or in private where others would read what is only the person's affair."""

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
from candor.conversations.reply import Reply
from candor.conversations.responses import Responses
from candor.transcripts.masking import find_personal_data
from knowledge.catalogue import PolicyCatalogue

log = logging.getLogger("candor.slack")
CHOOSE, MORE = "company", "more_companies"  # action ids
LONGEST_KEPT = 1500  # characters of a question that waits in a button for its company


class Answering:
    """`base_url`: where policy pages are reached, without a slash at its end; empty: answers have no links."""

    def __init__(
        self, talk: SlackConversation, poster: Poster, catalogue: PolicyCatalogue, wording: Responses, base_url: str
    ) -> None:
        self._talk, self._poster, self._library, self._wording, self._base = talk, poster, catalogue, wording, base_url

    async def answer(self, client: AsyncWebClient, heard: SlackMessage, response_url: str = "") -> None:
        """Ask the door and post what it says. In a thread, nothing of the person's own affairs is asked or said."""
        if heard.surface == "thread" and await asyncio.to_thread(is_own_affair, heard.text):
            await self._in_private(client, heard)
            return
        async with self._working(client, heard):
            said = await self._talk.ask(heard)
            if said is None:
                await self._ask_company(client, heard, response_url)
            elif said.private:
                await self._in_private(client, heard)
            else:
                await self._show(client, heard, said, response_url)

    async def tell(self, client: AsyncWebClient, heard: SlackMessage, replies: list[Reply], response_url: str = "") -> None:
        """Say something that is not the answer to a question."""
        await self._show(client, heard, SlackAnswer("", replies), response_url)

    async def say(
        self, client: AsyncWebClient, heard: SlackMessage, response: str, response_url: str = "", **values: str
    ) -> None:
        """Say one of the sentences of domain.yml."""
        await self.tell(client, heard, [Reply(kind="smalltalk", text=self._wording.say(response, **values))], response_url)

    async def _in_private(self, client: AsyncWebClient, heard: SlackMessage) -> None:
        said = await self._talk.ask_in_private(heard)
        direct = replace(heard, surface="dm", thread="", to=heard.person.id)
        if said is None:
            await self._ask_company(client, direct, "")
        else:
            await self._show(client, direct, said, "")
        told = self._wording.say("utter_slack_moved_to_private")
        with suppress(SlackApiError):  # the answer is there; who is no member of the channel cannot be told in it
            await client.chat_postEphemeral(
                channel=heard.channel, user=heard.person.id, text=escaped(told), blocks=[kit.paragraph(told)],
                thread_ts=heard.thread or None,
            )  # fmt: skip

    async def _show(self, client: AsyncWebClient, heard: SlackMessage, said: SlackAnswer, response_url: str) -> None:
        if not said.replies:  # it went to a person, who answers
            return
        whisper = heard.surface == "whisper"
        blocks = kit.reply_blocks(
            said.replies, base_url=self._base, conversation=said.conversation, share=whisper, form=heard.surface != "thread"
        )
        await self._post(client, heard, blocks, kit.fallback(said.replies), response_url)

    async def _ask_company(self, client: AsyncWebClient, heard: SlackMessage, response_url: str) -> None:
        """Which company? The question waits in the buttons, so that it need not be asked again."""
        waiting: dict[str, Any] = {
            "ts": heard.ts,
            "thread": heard.thread,
            "surface": heard.surface,
            "channel": heard.channel,
            "to": heard.to,
        }
        waiting["text"] = heard.text if len(heard.text) <= LONGEST_KEPT else ""
        said, blocks = self.companies_page(waiting, 0)
        if heard.surface == "thread":  # only for whom it concerns
            await client.chat_postEphemeral(
                channel=heard.channel, user=heard.person.id, blocks=blocks, text=escaped(said), thread_ts=heard.thread or None
            )
        else:
            await self._post(client, heard, blocks, escaped(said), response_url)

    def companies_page(self, waiting: dict[str, Any], start: int) -> tuple[str, Blocks]:
        """The companies from a place on as buttons, in each of which the question waits, and one to the next page."""
        companies = list(self._library.companies.values())
        most = kit.MOST_BUTTONS if len(companies) <= kit.MOST_BUTTONS else kit.MOST_BUTTONS - 1
        page, left = companies[start : start + most], len(companies) - start - most
        named = [company.name for company in page] + ([f"{left} more"] if left > 0 else [])
        said = self._wording.say("utter_which_company", companies=", ".join(named))
        buttons = [
            kit.button(company.name, f"{CHOOSE}:{number}", _waits({**waiting, "company": company.id}))
            for number, company in enumerate(page)
        ]
        if len(companies) > most:
            following = start + most if left > 0 else 0
            buttons.append(kit.button("More companies", MORE, _waits({**waiting, "from": following})))
        return said, [kit.paragraph(said), kit.actions(*buttons)]

    async def show_companies(self, client: AsyncWebClient, waiting: dict[str, Any], start: int, response_url: str) -> None:
        """Another page of companies, in the place of the one before."""
        said, blocks = self.companies_page(waiting, start)
        await self._poster.whisper(client, response_url, blocks, escaped(said), replace=True)

    async def _post(self, client: AsyncWebClient, heard: SlackMessage, blocks: Blocks, text: str, response_url: str) -> None:
        if heard.surface == "whisper":
            if not response_url or not await self._poster.whisper(client, response_url, blocks, text):
                await client.chat_postEphemeral(channel=heard.channel, user=heard.person.id, blocks=blocks, text=text)
            return
        key = key_of(message_id(heard), text)[:40]
        await self._poster.post(client, heard.to or heard.channel, blocks, text, key=key, thread=heard.thread)

    @asynccontextmanager
    async def _working(self, client: AsyncWebClient, heard: SlackMessage) -> AsyncIterator[None]:
        """In a direct message, Slack's "is working" stands while the answer is looked for, and never any longer."""
        if heard.surface != "dm" or heard.to:
            yield
            return
        thread, status = heard.thread or heard.ts, self._wording.say("utter_slack_status")
        set_status = client.assistant_threads_setStatus
        begun = asyncio.create_task(_quietly(set_status(channel_id=heard.channel, thread_ts=thread, status=status)))
        try:
            yield
        finally:
            await begun
            await _quietly(set_status(channel_id=heard.channel, thread_ts=thread, status=""))


def _waits(waiting: dict[str, Any]) -> str:
    """A question in a button's value; one that is too long is left out, and asked for again."""
    value = json.dumps(waiting, ensure_ascii=False)
    return value if len(value) <= kit.LONGEST_VALUE else json.dumps({**waiting, "text": ""})


async def _quietly(call: Any) -> None:
    """A status is a courtesy: where an app has no assistant pane, Slack refuses it, and nothing is lost."""
    with suppress(SlackApiError, TimeoutError, aiohttp.ClientError):
        await call


def is_own_affair(text: str) -> bool:
    """Whether a message holds an address, a number or a code: what others should neither read nor see answered."""
    return bool(OWN_AFFAIR.search(text) or find_personal_data(text))
