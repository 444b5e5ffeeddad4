"""How the web ends: who spreads visitors hears of it first, and what is being answered is answered."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import uvicorn
from fastapi import FastAPI

from candor.app.draining import DrainingServer
from candor.channels.web import health
from tests.redis_server import free_port


class Slow:
    """An application with /readyz, and a call that takes until it is let go."""

    def __init__(self) -> None:
        self.app = FastAPI()
        self.app.state.draining = False
        self.app.include_router(health.router)
        self.began, self.let_go = asyncio.Event(), asyncio.Event()

        @self.app.get("/turn")
        async def turn() -> str:
            self.began.set()
            await self.let_go.wait()
            return "answered"


@asynccontextmanager
async def running(slow: Slow, seconds: float) -> AsyncIterator[tuple[DrainingServer, httpx.AsyncClient, asyncio.Task[None]]]:
    port = free_port()
    config = uvicorn.Config(slow.app, port=port, log_config=None, timeout_graceful_shutdown=30)
    server = DrainingServer(config, slow.app, seconds)
    serving = asyncio.create_task(server._serve())  # serve() would catch the test's own signals
    while not server.started:  # noqa: ASYNC110  # uvicorn has no event for it
        await asyncio.sleep(0.01)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30) as http:
        yield server, http, serving
    await serving


async def test_readyz_turns_at_once_and_turns_in_flight_end() -> None:
    """A turn that began before is answered; the drain's time is not waited for again."""
    slow = Slow()
    async with running(slow, seconds=0.5) as (server, http, serving):
        turn = asyncio.create_task(http.get("/turn"))
        await slow.began.wait()

        server.handle_exit(signal.SIGTERM, None)

        ready = await http.get("/readyz")
        assert (ready.status_code, ready.json()["parts"]) == (503, {"web": "it is being stopped"})
        while not server.should_exit:  # noqa: ASYNC110  # the drain's end; the turn goes on
            await asyncio.sleep(0.01)
        assert not turn.done()
        slow.let_go.set()
        assert (await turn).json() == "answered"
        await serving


async def test_without_a_drain_it_ends_with_the_last_turn() -> None:
    """As on one machine, where no balancer has to notice."""
    slow = Slow()
    async with running(slow, seconds=0) as (server, http, serving):
        turn = asyncio.create_task(http.get("/turn"))
        await slow.began.wait()

        server.handle_exit(signal.SIGTERM, None)

        assert server.should_exit
        slow.let_go.set()
        assert (await turn).json() == "answered"
        await serving


async def test_a_second_signal_does_not_wait() -> None:
    """Who presses Ctrl-C twice means it."""
    slow = Slow()
    async with running(slow, seconds=3600) as (server, _, serving):
        server.handle_exit(signal.SIGTERM, None)
        assert not server.should_exit

        server.handle_exit(signal.SIGTERM, None)

        assert server.should_exit
        await serving
