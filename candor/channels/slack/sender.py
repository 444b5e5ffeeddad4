"""Post into Slack exactly once: wait for rate limits, and look for a message if it is not known whether it arrived."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from candor.channels.slack.dedupe import RUN

log = logging.getLogger("candor.slack")
WAITS = (0.2, 1.0, 3.0)  # seconds, after the first, the second and the third attempt
LOOK_BACK = 30  # messages
SERVER_ERROR = 500
Blocks = list[dict[str, Any]]


def web_client(token: str | None, api_url: str, timeout: int = 10) -> AsyncWebClient:
    """A client that waits as long as Slack asks it to (429, Retry-After), and retries nothing else by itself."""
    handlers = [AsyncRateLimitErrorRetryHandler(max_retry_count=5)]
    return AsyncWebClient(token=token, base_url=api_url, timeout=timeout, retry_handlers=list(handlers))


class Poster:
    """`sleep` is replaced by tests."""

    def __init__(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._sleep = sleep

    async def post(self, client: AsyncWebClient, channel: str, blocks: Blocks, text: str, *, key: str, thread: str = "") -> str:
        """Post a message; returns its ts. `key` names it, so that it is posted once, however many attempts that takes.

        Raises: SlackApiError if Slack refuses it; TimeoutError, aiohttp.ClientError if Slack does not answer.
        """
        block_id = f"candor-{key}"[:255]
        named = [{**blocks[0], "block_id": block_id}, *blocks[1:]]
        run = RUN.get()
        if run is not None and run.taken_up and (posted_ts := await self._find(client, channel, thread, block_id)):
            return posted_ts  # the process that died had posted it
        for wait in (*WAITS, None):
            try:
                posted = await client.chat_postMessage(
                    channel=channel, blocks=named, text=text, thread_ts=thread or None, unfurl_links=False,
                    unfurl_media=False, link_names=False,
                )  # fmt: skip
                return str(posted["ts"])
            except (SlackApiError, TimeoutError, aiohttp.ClientError) as error:
                if wait is None or (isinstance(error, SlackApiError) and error.response.status_code < SERVER_ERROR):
                    raise
                log.warning("Slack took no message (%s), trying again", type(error).__name__)
            await self._sleep(wait)
            if posted_ts := await self._find(client, channel, thread, block_id):
                return posted_ts
        raise AssertionError("unreachable")

    async def _find(self, client: AsyncWebClient, channel: str, thread: str, block_id: str) -> str | None:
        """The ts of our message, if it arrived after all. A person's id has no history that we may read."""
        if not channel.startswith(("C", "D", "G")):
            return None
        try:
            if thread:
                history = await client.conversations_replies(channel=channel, ts=thread, limit=LOOK_BACK)
            else:
                history = await client.conversations_history(channel=channel, limit=LOOK_BACK)
        except (SlackApiError, TimeoutError, aiohttp.ClientError):
            return None
        for message in history.get("messages") or []:
            if any(block.get("block_id") == block_id for block in message.get("blocks") or []):
                return str(message["ts"])
        return None

    async def whisper(
        self, client: AsyncWebClient, response_url: str, blocks: Blocks, text: str, *, replace: bool = False
    ) -> bool:
        """Answer so that only the person sees it; False if Slack did not take it."""
        hook = AsyncWebhookClient(
            response_url, timeout=10, session=client.session, retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=5)]
        )
        for wait in (*WAITS, None):
            try:
                sent = await hook.send(text=text, blocks=blocks, response_type="ephemeral", replace_original=replace)
            except (TimeoutError, aiohttp.ClientError) as error:
                log.warning("Slack took no answer (%s)", type(error).__name__)
            else:
                if sent.status_code < SERVER_ERROR:
                    return bool(sent.status_code == 200)
                log.warning("Slack took no answer (%d)", sent.status_code)
            if wait is not None:
                await self._sleep(wait)
        return False
