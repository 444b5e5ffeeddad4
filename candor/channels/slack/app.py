"""The Slack channel: Bolt's app with our listeners, reached over HTTP, by Socket Mode, or both."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from contextvars import Context, copy_context
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from fastapi import APIRouter, Request, Response
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler, to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.kwargs_injection.async_args import AsyncArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.exc import SQLAlchemyError

from candor.channels.slack.answering import Answering
from candor.channels.slack.companies import WhichCompany
from candor.channels.slack.conversation import SlackConversation
from candor.channels.slack.dedupe import RUN, HandledEvents, Handling, key_of
from candor.channels.slack.home import Home
from candor.channels.slack.installations import EncryptedInstallations, States
from candor.channels.slack.listeners import Listeners
from candor.channels.slack.news import SlackNews
from candor.channels.slack.pending import PendingMessages
from candor.channels.slack.refusals import often_refused
from candor.channels.slack.requests import Requests
from candor.channels.slack.sender import Poster, web_client
from candor.channels.slack.setup import SlackSetup
from candor.channels.slack.staff import SlackStaff
from candor.channels.slack.staff_threads import StaffThreads
from candor.channels.slack.threads import ThreadPlaces
from candor.conversations.assistant import Assistant
from candor.database.jobs import PeriodicJob, run_jobs
from candor.errors import CandorError, NotAllowedError
from candor.services import Services
from candor.tickets.law.laws import applicable
from candor.tickets.law.residence import parse_residence
from candor.transcripts.masking import find_personal_data

log = logging.getLogger("candor.slack")
SCOPES = (
    "app_mentions:read", "assistant:write", "channels:history", "chat:write", "commands", "groups:history", "im:history",
    "users:read", "users:read.email",
)  # fmt: skip
LAST_WORK = 10  # seconds that messages which are being answered still have when the process ends
TELL_REFUSED_EVERY = timedelta(hours=1)
TAKE_UP_EVERY = timedelta(seconds=30)


class SlackConnection:
    """Everything of Slack in one process. Implements candor.channels.chat.ChatConnection."""

    def __init__(self, setup: SlackSetup, parts: Services, assistant: Assistant, *, ping_interval: float = 10) -> None:
        """ping_interval: seconds after which a lost socket is noticed."""
        self.setup, self._parts, self._ping = setup, parts, ping_interval
        self.client = web_client(setup.bot_token or None, setup.api_url)
        self.places, self.handled = ThreadPlaces(parts.engine), HandledEvents(parts.engine)
        self.pending = PendingMessages(parts.engine, parts.cipher)
        self.staff_threads, self.live_chat = StaffThreads(parts.engine), assistant.live_chat
        self.installations = EncryptedInstallations(setup.client_id, parts.engine, parts.cipher)

        async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
            return await self._authorize(enterprise_id, team_id)  # Bolt would take a method's `self` for one of its own arguments

        self.bolt = AsyncApp(
            name="candor", client=web_client(None, setup.api_url), signing_secret=setup.signing_secret,
            authorize=authorize,  # type: ignore[arg-type]  # None is what Bolt reads as "not installed"
        )  # fmt: skip
        self.which = WhichCompany(setup.companies, parts.knowledge.catalogue, self.places)
        conversations = SlackConversation(assistant, self.places, self.which, parts.knowledge.catalogue, parts.requests.senders)
        self.poster = Poster()
        answering = Answering(
            conversations, self.poster, parts.knowledge.catalogue, parts.conversations.responses, setup.base_url
        )
        self.listeners = Listeners(
            answering=answering, conversations=conversations, places=self.places, which=self.which, handled=self.handled,
            transcripts=parts.conversations.transcripts, responses=parts.conversations.responses,
            base_url=setup.base_url, pending=self.pending,
        )  # fmt: skip
        self.listeners.register(self.bolt)
        Requests(parts, conversations, answering, self.which, self.poster, setup.verified).register(
            self.bolt, self.listeners.guarded
        )
        Home(parts, self.places, self.which).register(self.bolt, self.listeners.guarded)
        staff = SlackStaff(parts, assistant.live_chat, self.places, self.poster, self.handled)
        staff.register(self.bolt, self.listeners.guarded)
        self.listeners.relay = staff
        self.sender = SlackNews(parts, self.places, self.poster, self.client_of, setup.staff_channel, setup.base_url)
        for gone in ("app_uninstalled", "tokens_revoked"):
            self.bolt.event(gone)(self.listeners.guarded(self._uninstalled))
        self.router = self._routes()
        self._socket: AsyncSocketModeHandler | None = None
        self._stop = asyncio.Event()
        self._jobs: asyncio.Task[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._own: AuthorizeResult | None = None

    async def start(self, *, background: bool) -> None:
        """Open what needs a running loop. It does not wait for Slack's answer: the web pages do not depend on it.

        background: also the socket, and the regular jobs. Slack spreads events over all sockets, so several workers may have one.
        """
        session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self.client.timeout))
        self.client.session = self.bolt.client.session = session
        self._tasks.append(asyncio.create_task(asyncio.to_thread(_warm_up)))
        if not background:
            return
        self._stop.clear()
        jobs = [
            PeriodicJob("telling staff what is often refused", self._tell_refused_now, TELL_REFUSED_EVERY),
            PeriodicJob("taking up unanswered messages", self.take_up, TAKE_UP_EVERY),
        ]
        self._jobs = asyncio.create_task(run_jobs(jobs, self._stop))
        if self.setup.app_token:
            self._tasks.append(asyncio.create_task(self._connect()))

    async def stop(self) -> None:
        """Close the socket, finish what is being answered, and close the rest."""
        self._stop.set()
        if self._jobs:
            await asyncio.wait([self._jobs], timeout=LAST_WORK)
            self._tasks.append(self._jobs)
        for task in self._tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        if self._socket:
            await self._socket.close_async()  # type: ignore[no-untyped-call]
            self._socket.client.message_processor.cancel()
        if self.listeners.running:
            await asyncio.wait(self.listeners.running, timeout=LAST_WORK)
        if self.client.session:
            await self.client.session.close()
            self.client.session = self.bolt.client.session = None

    async def quiet(self) -> None:
        """Return once everything that is being answered now has been answered."""
        await asyncio.sleep(0)  # Bolt starts its listeners in tasks
        if self.listeners.running:
            await asyncio.wait(self.listeners.running)

    async def client_of(self, team: str) -> AsyncWebClient:
        """A client that may speak in a workspace. Raises: NotAllowedError if Candor is not installed there."""
        authorized = await self._authorize(None, team or self.setup.staff_team)
        if authorized is None or not authorized.bot_token:
            raise NotAllowedError("Candor is not installed in that workspace")
        client = web_client(authorized.bot_token, self.setup.api_url)
        client.session = self.client.session
        return client

    async def _authorize(self, enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
        """Who we are in a workspace. Bolt's own implementation would ask Slack at every event."""
        if self.setup.bot_token:
            if self._own is None:
                tested = await self.client.auth_test()
                self._own = AuthorizeResult.from_auth_test_response(bot_token=self.setup.bot_token, auth_test_response=tested)
            return self._own
        bot = await self.installations.async_find_bot(enterprise_id=enterprise_id, team_id=team_id)
        if bot is None:
            return None
        return AuthorizeResult(
            enterprise_id=bot.enterprise_id, team_id=bot.team_id, bot_id=bot.bot_id, bot_user_id=bot.bot_user_id,
            bot_token=bot.bot_token,
        )  # fmt: skip

    async def _uninstalled(self, args: AsyncArgs) -> None:
        """Delete the tokens and who talked where. Requests stay: they are the company's legal record."""
        event, team = args.event or {}, str(args.context.team_id or "")
        if event.get("type") == "tokens_revoked" and not (event.get("tokens") or {}).get("bot"):
            return  # a person's own token, which we never ask for
        await self.installations.async_delete_all(enterprise_id=args.context.enterprise_id, team_id=team)
        await asyncio.to_thread(self.places.forget_team, team)
        log.info("Slack: uninstalled from a workspace, its tokens are deleted")

    async def _connect(self) -> None:
        """Open the socket. slack_sdk keeps trying until Slack answers, and opens it again whenever it is lost."""
        self._socket = AsyncSocketModeHandler(self.bolt, self.setup.app_token, ping_interval=self._ping)
        await self._socket.connect_async()  # type: ignore[no-untyped-call]
        log.info("Slack's socket is open")

    async def _tell_refused_now(self) -> None:
        await self.tell_refused(datetime.now(UTC))

    async def take_up(self) -> int:
        """Answer what was acknowledged by a process that died before it answered; returns how many messages there were."""
        count = 0
        while claimed := await asyncio.to_thread(self.pending.take_up):
            run, body = claimed
            task = asyncio.create_task(self._again(body), context=_context_of(run))
            await task
            count += 1
        return count

    async def _again(self, body: dict[str, Any]) -> None:
        before = set(self.listeners.running)
        await self.bolt.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=body))
        await asyncio.sleep(0)  # Bolt starts its listeners in tasks
        if begun := self.listeners.running - before:
            await asyncio.wait(begun)

    async def tell_refused(self, now: datetime) -> None:
        """Tell staff what many people ask and the policy does not say, each aspect once a week."""
        if not self.setup.staff_channel:
            return
        year, number, _ = now.isocalendar()
        week = f"{year}-{number}"
        try:
            if not await asyncio.to_thread(self.handled.claim, key_of("refused", now.date().isoformat())):
                return  # another worker has done it today
            for refused in await asyncio.to_thread(often_refused, self._parts.engine, now):
                if await asyncio.to_thread(self.handled.claim, key_of("refused", refused.company, refused.aspect, week)):
                    await self.sender.tell_refused(refused, week)
        except (SQLAlchemyError, CandorError) as error:
            log.error("staff were not told what is often refused: %s", type(error).__name__)

    def _routes(self) -> APIRouter:
        router = APIRouter(prefix="/slack", include_in_schema=False)
        if self.setup.signing_secret:
            handler = AsyncSlackRequestHandler(self.bolt)

            @router.post("/events")
            async def events(request: Request) -> Response:
                return await handler.handle(request)

        if self.setup.client_id:
            flow = self._oauth()

            @router.get("/install")
            async def install(request: Request) -> Response:
                return to_starlette_response(await flow.handle_installation(to_async_bolt_request(request, b"")))

            @router.get("/oauth_redirect")
            async def redirected(request: Request) -> Response:
                return to_starlette_response(await flow.handle_callback(to_async_bolt_request(request, b"")))

        return router

    def _oauth(self) -> AsyncOAuthFlow:
        settings = AsyncOAuthSettings(
            client_id=self.setup.client_id, client_secret=self.setup.client_secret, scopes=list(SCOPES),
            redirect_uri=f"{self.setup.base_url}/slack/oauth_redirect", install_path="/slack/install",
            redirect_uri_path="/slack/oauth_redirect", installation_store=self.installations,
            state_store=States(self._parts.engine),
        )  # fmt: skip
        return AsyncOAuthFlow(client=self.client, settings=settings)


def _context_of(run: Handling) -> Context:
    context = copy_context()
    context.run(RUN.set, run)
    return context


def _warm_up() -> None:
    """Load what the first message and the first form need: Slack waits three seconds, and loading takes some of them."""
    find_personal_data("somebody@example.org")
    parse_residence("Germany")
    applicable((), None)
