"""Candor's web application beside a Slack of our own, both in the test's event loop."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from candor.app.web import make_app
from candor.app.worker import deliver
from candor.channels.slack.app import SlackConnection
from candor.conversations.handoff.live_chat import LiveChat
from candor.conversations.rasa import Rasa
from candor.services import Services
from candor.settings import Settings
from tests.candor.channels.slack.fake import SECRET, FakeSlack, event_body, form, signed
from tests.fakes import FakeRasa


class Candor:
    """One worker: what Slack can send to it."""

    def __init__(self, http: httpx.AsyncClient, slack: SlackConnection) -> None:
        self.http, self.slack = http, slack

    @property
    def live_chat(self) -> LiveChat:
        """What people of the company do in conversations, as the console uses it."""
        return self.slack.live_chat

    async def event(self, event: dict[str, Any], **more: Any) -> httpx.Response:
        """A signed event."""
        body = json.dumps(event_body(event, **more))
        return await self.http.post("/slack/events", content=body, headers={"Content-Type": "application/json", **signed(body)})

    async def form(self, payload: dict[str, Any]) -> httpx.Response:
        """A signed command or interaction."""
        body = form(payload)
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return await self.http.post("/slack/events", content=body, headers={**kind, **signed(body)})

    async def settled(self) -> None:
        """Everything that Bolt has begun has come to its end."""
        while begun := [task for task in asyncio.all_tasks() if _is_bolts(task)]:
            await asyncio.wait(begun, timeout=20)


def _is_bolts(task: asyncio.Task[Any]) -> bool:
    code = getattr(task.get_coro(), "cr_code", None)
    return code is not None and "listener" in code.co_filename and "slack_bolt" in code.co_filename


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    """The fake; at the end, it has had nothing to refuse."""
    async with FakeSlack.running() as running:
        yield running
        assert running.refused == []


@pytest.fixture
def parts(parts: Services, slack: FakeSlack) -> Services:
    """Services set up for one workspace over HTTP."""
    parts.settings = with_slack(parts.settings, slack)
    return parts


def with_slack(settings: Settings, slack: FakeSlack, **more: Any) -> Settings:
    """The settings of one workspace."""
    return settings.model_copy(
        update={
            "slack_bot_token": SecretStr("xoxb-1"), "slack_signing_secret": SecretStr(SECRET),
            "slack_api_url": f"{slack.url}/api/", "public_url": "https://privacy.example.org", **more,
        }
    )  # fmt: skip


@asynccontextmanager
async def worker(parts: Services, rasa: Rasa, *, ping_interval: float = 10) -> AsyncIterator[Candor]:
    """One process that is web and worker."""
    app = make_app(parts, rasa)
    connection: SlackConnection = app.state.chats["slack"]
    connection._ping = ping_interval
    stop = asyncio.Event()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        await connection.stop()
        await connection.start(background=True)
        delivering = asyncio.create_task(deliver(parts, [connection.sender], stop))
        stack.push_async_callback(asyncio.wait_for, delivering, None)
        stack.callback(stop.set)
        http = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="https://privacy.example.org")
        await stack.enter_async_context(http)
        yield Candor(http, app.state.chats["slack"])


@pytest.fixture
async def candor(parts: Services, rasa: FakeRasa) -> AsyncIterator[Candor]:
    """A worker that is running. Two companies are served, so that a test chooses one, or is asked."""
    async with worker(parts, rasa) as running:
        yield running
