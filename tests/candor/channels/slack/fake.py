"""A Slack of our own on loopback: its Web API, response URLs and Socket Mode, with Slack's published limits.

It records each call, refuses what Slack would refuse, and can be told to be slow, busy or broken.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer

from tests.candor.channels.slack.limits import message_problems, view_problems

TEAM, BOT, BOT_USER, ADA, BOB = "T0TEAM", "B0CANDOR", "U0CANDOR", "U0ADA", "U0BOB"
SECRET = "a signing secret"
WITH_MESSAGES = {"chat.postMessage", "chat.postEphemeral", "chat.update"}
WITH_VIEWS = {"views.open", "views.update", "views.publish"}


@dataclass(frozen=True)
class Call:
    """One call that Slack took."""

    method: str
    body: dict[str, Any]
    token: str

    @property
    def blocks(self) -> list[dict[str, Any]]:
        blocks = self.body.get("blocks") or (self.body.get("view") or {}).get("blocks") or []
        return json.loads(blocks) if isinstance(blocks, str) else blocks


@dataclass(frozen=True)
class Fault:
    """How Slack fails at one call. `after`: it has done what was asked, and only the answer is lost."""

    status: int = 200
    error: str = ""
    retry_after: int = 0
    after: bool = False
    hang: float = 0


@dataclass
class FakeSlack:
    """Use as `async with FakeSlack.running() as slack`."""

    calls: list[Call] = field(default_factory=list)
    refused: list[tuple[str, list[str]]] = field(default_factory=list)
    faults: dict[str, list[Fault]] = field(default_factory=lambda: defaultdict(list))
    members: dict[str, dict[str, Any]] = field(default_factory=dict)
    channels_without_us: set[str] = field(default_factory=set)
    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    acks: list[dict[str, Any]] = field(default_factory=list)
    opened: int = 0
    url: str = ""

    def __post_init__(self) -> None:
        self._ts = itertools.count(1)
        self._news = asyncio.Condition()

    @classmethod
    @asynccontextmanager
    async def running(cls) -> AsyncIterator[FakeSlack]:
        slack = cls()
        app = web.Application()
        app.router.add_route("*", "/api/{method}", slack._api)
        app.router.add_post("/hooks/{id}", slack._hook)
        app.router.add_get("/socket", slack._socket)
        server = TestServer(app, host="127.0.0.1")
        await server.start_server()
        slack.url = f"http://127.0.0.1:{server.port}"
        try:
            yield slack
        finally:
            for socket in slack.sockets:
                await socket.close()
            await server.close()

    def of(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    @property
    def posted(self) -> list[Call]:
        return self.of("chat.postMessage")

    async def wait(self, method: str, count: int = 1, within: float = 10) -> list[Call]:
        """The calls of a method, once there are so many."""
        async with asyncio.timeout(within), self._news:
            await self._news.wait_for(lambda: len(self.of(method)) >= count)
        return self.of(method)

    async def wait_until(self, holds: Callable[[], bool], within: float = 20) -> None:
        """Until something holds that calls bring about."""
        async with asyncio.timeout(within), self._news:
            await self._news.wait_for(holds)

    async def wait_for_sockets(self, count: int, within: float = 20) -> None:
        async with asyncio.timeout(within), self._news:
            await self._news.wait_for(lambda: self.opened >= count)

    async def wait_for_acks(self, count: int, within: float = 10) -> None:
        async with asyncio.timeout(within), self._news:
            await self._news.wait_for(lambda: len(self.acks) >= count)

    async def send_frame(self, kind: str, payload: dict[str, Any], envelope: str = "e-1") -> None:
        """A Socket Mode frame, as Slack writes it, over the newest socket."""
        frame = {"type": kind, "envelope_id": envelope, "payload": payload, "accepts_response_payload": kind != "events_api"}
        await self.sockets[-1].send_json(frame)

    async def _note(self, call: Call) -> None:
        async with self._news:
            self.calls.append(call)
            self._news.notify_all()

    async def _api(self, request: web.Request) -> web.Response:
        method, body = request.match_info["method"], await _body(request)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ") or str(body.get("token", ""))
        fault = self.faults[method].pop(0) if self.faults[method] else None
        async with self._news:
            self._news.notify_all()
        if fault and not fault.after:
            await asyncio.sleep(fault.hang)
            return _failed(fault)
        answer = self._answer(method, body, token)
        if answer.get("ok"):
            await self._note(Call(method, body, token))
        if fault:
            await asyncio.sleep(fault.hang)
            return _failed(fault)
        return web.json_response(answer)

    def _answer(self, method: str, body: dict[str, Any], token: str) -> dict[str, Any]:
        if not token:
            return {"ok": False, "error": "not_authed"}
        wrong = message_problems(body) if method in WITH_MESSAGES else []
        if method in WITH_VIEWS:
            wrong = view_problems(body["view"])
        if wrong:
            self.refused.append((method, wrong))
            return {"ok": False, "error": "invalid_blocks", "response_metadata": {"messages": wrong}}
        if method in WITH_MESSAGES and body.get("channel") in self.channels_without_us:
            return {"ok": False, "error": "not_in_channel"}
        return self._done(method, body)

    def _done(self, method: str, body: dict[str, Any]) -> dict[str, Any]:  # noqa: PLR0911  (one answer for each method)
        match method:
            case "auth.test":
                return {
                    "ok": True,
                    "team_id": TEAM,
                    "user_id": BOT_USER,
                    "bot_id": BOT,
                    "team": "Team",
                    "url": "",
                    "user": "candor",
                }
            case "chat.postMessage":
                body["ts"] = f"1700000000.{next(self._ts):06d}"
                channel = body["channel"]
                return {"ok": True, "ts": body["ts"], "channel": f"D{channel[1:]}" if channel.startswith("U") else channel}
            case "chat.postEphemeral":
                return {"ok": True, "message_ts": f"1700000000.{next(self._ts):06d}"}
            case "conversations.replies" | "conversations.history":
                there = [call for call in self.posted if call.body["channel"] == body["channel"]]
                return {"ok": True, "messages": [{"ts": call.body["ts"], "blocks": call.blocks} for call in there]}
            case "users.info":
                member = self.members.get(body["user"])
                return {"ok": True, "user": member} if member else {"ok": False, "error": "user_not_found"}
            case "chat.update":
                known = any(call.body.get("ts") == body["ts"] for call in self.posted)
                return {"ok": True, "ts": body["ts"]} if known else {"ok": False, "error": "message_not_found"}
            case "views.open" | "views.update":
                return {"ok": True, "view": {"id": body.get("view_id", "V0VIEW"), "hash": "h"}}
            case "apps.connections.open":
                return {"ok": True, "url": self.url.replace("http", "ws") + "/socket"}
            case "oauth.v2.access":
                return {
                    "ok": True, "app_id": "A0CANDOR", "authed_user": {"id": ADA}, "scope": "chat:write", "token_type": "bot",
                    "access_token": "xoxb-from-oauth", "bot_user_id": BOT_USER, "team": {"id": "T0OTHER", "name": "Other"},
                    "enterprise": None, "is_enterprise_install": False,
                }  # fmt: skip
        return {"ok": True}

    async def _hook(self, request: web.Request) -> web.Response:
        body = await request.json()
        fault = self.faults["hook"].pop(0) if self.faults["hook"] else None
        if fault:
            return _failed(fault)
        if wrong := message_problems(body):
            self.refused.append(("hook", wrong))
            return web.Response(status=400, text="invalid_blocks")
        await self._note(Call("hook", body, ""))
        return web.Response(text="ok")

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        await socket.send_json({"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A0CANDOR"}})
        async with self._news:
            self.opened += 1
            self._news.notify_all()
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                async with self._news:
                    self.acks.append(json.loads(message.data))
                    self._news.notify_all()
        return socket


async def _body(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        return dict(await request.json())
    return {**request.query, **(await request.post())}


def _failed(fault: Fault) -> web.Response:
    headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after else {}
    if fault.status == 200:
        return web.json_response({"ok": False, "error": fault.error})
    return web.json_response({"ok": False, "error": fault.error or "internal_error"}, status=fault.status, headers=headers)


def signed(body: str, *, at: float | None = None, secret: str = SECRET) -> dict[str, str]:
    """Slack's headers for a body: v0, HMAC-SHA256 over version, timestamp and body."""
    stamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


def event_body(event: dict[str, Any], *, event_id: str = "Ev1", team: str = TEAM) -> dict[str, Any]:
    """An event in its envelope."""
    return {
        "type": "event_callback", "token": "old", "team_id": team, "api_app_id": "A0CANDOR", "event": event, "event_id": event_id,
        "event_time": 1700000000, "authorizations": [{"team_id": team, "user_id": BOT_USER, "is_bot": True}],
    }  # fmt: skip


def message(text: str, *, user: str = ADA, channel: str = "D0ADA", ts: str = "1700000001.000001", **more: Any) -> dict[str, Any]:
    """Somebody wrote something; in a direct message unless another channel is named."""
    kind = {"D": "im", "C": "channel", "G": "group"}[channel[0]]
    return {"type": "message", "channel": channel, "channel_type": kind, "user": user, "text": text, "ts": ts, **more}


def mention(text: str, **more: Any) -> dict[str, Any]:
    """Somebody mentioned Candor in a channel."""
    return {**message(f"<@{BOT_USER}> {text}", **{"channel": "C0NEWS", **more}), "type": "app_mention"}


def command_body(
    text: str, slack: FakeSlack, *, user: str = ADA, channel: str = "C0NEWS", trigger: str = "tr1"
) -> dict[str, str]:
    """/privacy <text>."""
    return {
        "command": "/privacy", "text": text, "team_id": TEAM, "channel_id": channel, "user_id": user, "trigger_id": trigger,
        "response_url": f"{slack.url}/hooks/1", "api_app_id": "A0CANDOR", "is_enterprise_install": "false",
    }  # fmt: skip


def form(body: dict[str, Any]) -> str:
    """As Slack sends commands, and, with the payload as JSON, interactions."""
    if "command" in body:
        return urlencode(body)
    return urlencode({"payload": json.dumps(body)})


def action_body(
    slack: FakeSlack, action: dict[str, Any], *, user: str = ADA, channel: str = "D0ADA", at: str = "1700000100.1", **more: Any
) -> dict[str, Any]:  # fmt: skip
    """Somebody pressed a button of a message."""
    return {
        "type": "block_actions", "team": {"id": TEAM}, "user": {"id": user, "team_id": TEAM}, "api_app_id": "A0CANDOR",
        "channel": {"id": channel}, "actions": [{"action_ts": at, "block_id": "b", **action}], "trigger_id": "tr-action",
        "container": {"type": "message", "message_ts": "1700000050.1", "channel_id": channel, **more.pop("container", {})},
        "message": {"ts": "1700000050.1"}, "response_url": f"{slack.url}/hooks/2", **more,
    }  # fmt: skip
