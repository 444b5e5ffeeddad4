"""How long the Slack channel takes for an answer: from the signed event to the posted message, without Rasa's time.

`make bench` prints it. Slack is a server on loopback that answers every call at once.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

import httpx
from aiohttp import web
from fastapi import FastAPI
from pydantic import SecretStr

from candor.app.conversations import make_assistant
from candor.channels.slack.app import SlackConnection
from candor.channels.slack.setup import read_setup
from candor.channels.slack.threads import SlackPerson
from candor.conversations.rasa import Rasa, RasaTurn
from candor.errors import UnavailableError
from candor.services import Services

TEAM, PERSON, BOT = "T0BENCH", "U0BENCH", "U0CANDOR"
SECRET = "bench"
LONGEST = 30  # seconds that one answer may take


class ReadyRasa:
    """Answers at once and always the same, so that only the Slack channel is measured."""

    async def send(self, *, sender: str, text: str, company: str, message_id: str) -> RasaTurn:
        return RasaTurn([{"text": "This is what it says.", "custom": {"kind": "smalltalk"}}], "greet", 1.0, [])

    async def forget(self, sender: str) -> None:
        pass

    async def forget_all(self, senders: Sequence[str]) -> None:
        pass

    async def senders(self, after: str = "") -> list[tuple[str, datetime]]:
        return []

    async def check(self) -> None:
        pass

    async def close(self) -> None:
        pass


class TimedRasa:
    """Sums the seconds that another Rasa takes for messages."""

    def __init__(self, rasa: Rasa) -> None:
        self._rasa, self.seconds = rasa, 0.0

    async def send(self, *, sender: str, text: str, company: str, message_id: str) -> RasaTurn:
        started = time.perf_counter()
        try:
            return await self._rasa.send(sender=sender, text=text, company=company, message_id=message_id)
        finally:
            self.seconds += time.perf_counter() - started

    async def forget(self, sender: str) -> None:
        await self._rasa.forget(sender)

    async def forget_all(self, senders: Sequence[str]) -> None:
        await self._rasa.forget_all(senders)

    async def senders(self, after: str = "") -> list[tuple[str, datetime]]:
        return await self._rasa.senders(after)

    async def check(self) -> None:
        await self._rasa.check()

    async def close(self) -> None:
        await self._rasa.close()


class SlackOnLoopback:
    """Accepts every call and records when each message was posted."""

    def __init__(self) -> None:
        self.posted: list[float] = []

    async def answer(self, request: web.Request) -> web.Response:
        if request.match_info["method"] == "chat.postMessage":
            self.posted.append(time.perf_counter())
        return web.json_response({"ok": True, "ts": "1.1", "team_id": TEAM, "user_id": BOT, "bot_id": "B0CANDOR"})


async def milliseconds(parts: Services, rasa: Rasa, questions: list[str], company: str) -> list[float]:
    """For each question the milliseconds from its event to its posted answer, without Rasa's time.

    Raises: UnavailableError if an answer is not posted within LONGEST seconds.
    """
    timed_rasa, slack = TimedRasa(rasa), SlackOnLoopback()
    times: list[float] = []
    async with _served(slack) as address, _channel(parts, timed_rasa, address) as (channel, http):
        channel.places.choose(SlackPerson(TEAM, PERSON), company)
        for number, question in enumerate(questions):
            body = _event(question, number)
            before, started = timed_rasa.seconds, time.perf_counter()
            await http.post("/slack/events", content=body, headers=_signed(body))
            while len(slack.posted) <= number:
                if time.perf_counter() - started > LONGEST:
                    raise UnavailableError("no answer was posted: see the log")
                await channel.quiet()
            times.append(1000 * (slack.posted[number] - started - (timed_rasa.seconds - before)))
    return times


@asynccontextmanager
async def _served(slack: SlackOnLoopback) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/api/{method}", slack.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def _channel(parts: Services, rasa: TimedRasa, address: str) -> AsyncIterator[tuple[SlackConnection, httpx.AsyncClient]]:
    given = {"slack_bot_token": SecretStr("xoxb-bench"), "slack_signing_secret": SecretStr(SECRET), "slack_api_url": address}
    before, parts.settings = parts.settings, parts.settings.model_copy(update=given)
    setup = read_setup(parts)
    parts.settings = before
    assert setup is not None  # noqa: S101  (a token is given)
    door = make_assistant(parts, rasa)
    channel, app = SlackConnection(setup, parts, door), FastAPI()
    app.include_router(channel.router)
    await channel.start(background=False)
    try:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://candor") as http:
            yield channel, http
    finally:
        await channel.stop()
        await door.close()


def _event(question: str, number: int) -> str:
    message = {
        "type": "message",
        "channel_type": "im",
        "channel": "D0BENCH",
        "user": PERSON,
        "text": question,
        "ts": f"{time.time_ns()}.{number}",
    }
    return json.dumps({"type": "event_callback", "team_id": TEAM, "event_id": f"Ev{number}", "event": message})


def _signed(body: str) -> dict[str, str]:
    stamp = str(int(time.time()))
    digest = hmac.new(SECRET.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json", "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}",
    }  # fmt: skip
