"""The ASGI application: chat API, chat page, policy pages, console, chat channels and health, composed."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, nullcontext
from datetime import timedelta

import uvicorn
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from candor import __version__
from candor.app.channels import CHATS, connect
from candor.app.conversations import ahead_of, make_assistant
from candor.app.draining import DrainingServer
from candor.app.figures import state_of, watch
from candor.app.retention import make_retention
from candor.app.worker import beside
from candor.channels.chat import ChatChannel
from candor.channels.drp import routes as drp
from candor.channels.drp.door import AgentDoor
from candor.channels.web import api, companies, examples, files, health, news, overview, pages, widget
from candor.channels.web.api_document import DocumentedApi
from candor.channels.web.bounces import bounce_router
from candor.channels.web.errors import add_problem_handlers
from candor.channels.web.guard import add_guard
from candor.channels.web.limits import sender_of
from candor.channels.web.protocol import PunctualProtocol
from candor.channels.web.tokens import Tokens
from candor.channels.web.watching import Watched, metrics_router
from candor.channels.web.well_known import GpcSupport, SecurityContact, well_known_router
from candor.console.api.app import STAFF_API, add_staff_api
from candor.console.app import make_console
from candor.console.deps import AssistantAccess
from candor.console.places import FOLDER
from candor.conversations.ahead import Ahead
from candor.conversations.rasa import Rasa, client_of
from candor.database.rate_limits import LimitKind, RateLimits
from candor.services import Services, services
from candor.services.shared_routes import routes_of
from candor.services.vite_build import Assets, ViteBuild
from candor.settings import Settings
from candor.telemetry.instruments import Scrapes
from candor.tickets.delivery.network_guard import read_networks

LONGEST_ANSWER = 25  # seconds
FIRST_ROUTES = routes_of(api.router, news.router, health.router)
ROUTES = routes_of(
    drp.router, companies.router, overview.api,
    overview.pages,  # before the policy pages: "glance" is no version
    pages.router, widget.router, files.router,
)  # fmt: skip
EXAMPLES = routes_of(examples.router)


def make_app(
    parts: Services, rasa: Rasa, channels: Sequence[ChatChannel] = CHATS, *, works: bool = False, ahead: Ahead | None = None
) -> FastAPI:  # fmt: skip
    """The application on the given parts. Nothing is sent to Rasa before the first message. works: it is a worker too. ahead:
    reads questions while Rasa does."""
    settings = parts.settings

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        for chat in chats.values():
            await chat.start(background=works)
        async with beside(parts, retention.job, [chat.sender for chat in chats.values()]) if works else nullcontext():
            yield
        for chat in chats.values():
            await chat.stop()
        await rasa.close()
        await app.state.assistant.close()
        await app.state.limits.close()

    app = DocumentedApi(
        title="Candor", version=__version__, lifespan=lifespan, docs_url=None, redoc_url=None,
        description="Ask about a company's privacy policy, and open privacy requests.",
    )  # fmt: skip
    app.state.catalogue, app.state.rasa, app.state.engine = parts.knowledge.catalogue, rasa, parts.engine
    app.state.openings = parts.knowledge.openings
    app.state.actions_address, app.state.var_dir, app.state.draining = settings.actions_address, settings.var_dir, False
    app.state.senders, app.state.file_page = parts.requests.senders, parts.requests.file_page
    app.state.agent_door = AgentDoor(
        parts.requests.agents, parts.requests.agent_desk, parts.knowledge.catalogue, parts.staff.audit, settings.site,
        read_networks(settings.webhook_networks),
    )  # fmt: skip
    app.state.widget = ViteBuild(settings.widget_dir)
    app.state.tokens = Tokens(parts.secret_key, timedelta(days=settings.conversation_days))
    app.state.limits = limits_of(parts)
    assistant = app.state.assistant = make_assistant(parts, rasa, channels, ahead)
    retention = make_retention(parts, assistant, channels)
    add_problem_handlers(app)
    chats = app.state.chats = connect(parts, assistant, channels)

    add_guard(app, settings.largest_body, settings.public_url, settings.largest_file)
    if settings.trusted_proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=settings.trusted_proxies)
    app.add_middleware(Watched, log_calls=settings.log_format == "json")  # the last that is added is around all others

    app.router.routes.extend(FIRST_ROUTES)
    add_figures(app, parts)
    add_statements(app, settings)
    add_directory(app, parts)
    app.router.routes.extend(ROUTES)
    app.state.examples = settings.shows_examples
    if settings.shows_examples:
        app.router.routes.extend(EXAMPLES)
    if settings.bounce_webhook_secret:
        app.include_router(
            bounce_router(parts.requests.bounces, parts.requests.incoming_mail, settings.bounce_webhook_secret.get_secret_value())
        )
    app.mount("/assets", Assets(app.state.widget))
    for chat in chats.values():
        app.include_router(chat.router)
    app.mount(STAFF_API, make_staff_api(parts, assistant, app.state.limits))
    app.mount(FOLDER, make_console(parts, assistant, retention, sender_of))
    app.mount("/static", StaticFiles(directory=pages.HERE / "static"))
    return app


def make_staff_api(parts: Services, assistant: AssistantAccess, limits: RateLimits) -> FastAPI:
    """What the console does, for programs, with a document of its own."""
    api = DocumentedApi(
        title="Candor staff API", version=__version__, docs_url=None, redoc_url=None, servers=[{"url": STAFF_API}],
        description="Work on privacy requests, read conversations and figures, and release policies, with a scoped token.",
    )  # fmt: skip
    api.mounted_at = STAFF_API
    add_problem_handlers(api)
    add_staff_api(api, parts, assistant, limits, sender_of)
    return api


def add_figures(app: FastAPI, parts: Services) -> None:
    """Serve /metrics, where the settings have a token for it."""
    if parts.settings.metrics_token:
        scrapes = Scrapes(parts.settings.metrics_token.get_secret_value(), state_of(parts))
        app.include_router(metrics_router(scrapes, health.states))


def add_directory(app: FastAPI, parts: Services) -> None:
    """Let the company's directory manage accounts, where the settings have the hash of a token for it.

    Raises: AccountRefusedError if CANDOR_GROUP_ROLES cannot be read: before anybody loses a role by it.
    """
    settings, app.state.group_roles = parts.settings, parts.staff.group_roles
    if settings.scim_token_sha256:
        from candor.channels.scim import routes as scim  # its models take a while to load

        app.state.directory, app.state.scim_site = parts.staff.directory, settings.site
        app.state.scim_token_sha256 = settings.scim_token_sha256
        app.router.routes.extend(scim.ROUTES)


def add_statements(app: FastAPI, settings: Settings) -> None:
    """Serve what the company states under /.well-known/."""
    contact, gpc = None, None
    if settings.security_contacts and settings.security_until:
        contact = SecurityContact(
            settings.security_contacts, settings.security_until, settings.security_policy, settings.security_languages.strip()
        )
    if settings.gpc is not None and settings.gpc_since:
        gpc = GpcSupport(gpc=settings.gpc, lastUpdate=f"{settings.gpc_since:%Y-%m-%d}")
    app.include_router(well_known_router(contact, gpc, settings.public_url.rstrip("/")))


def limits_of(parts: Services) -> RateLimits:
    """The limits as configured."""
    settings = parts.settings
    rules: dict[LimitKind, str] = {
        "messages": settings.limit_messages, "conversations": settings.limit_conversations, "calls": settings.limit_calls,
        "site": settings.limit_site, "news": settings.limit_news, "staff_api": settings.limit_staff_api,
    }  # fmt: skip
    return RateLimits(rules, parts.secret_key, settings.redis_url.get_secret_value() if settings.redis_url else "")


def main() -> int:
    os.umask(0o077)  # what a process of ours writes is for its own user alone
    settings = services().settings
    watch(services(), "web")
    services().conversations.vault.load_recognizers()
    app = make_app(services(), client_of(settings), works=settings.worker_in_web is True, ahead=ahead_of(settings))
    gc.collect()
    gc.freeze()  # what is loaded now stays: to search it at a turn would hold that turn up for a tenth of a second
    config = uvicorn.Config(
        app, host=settings.web_host, port=settings.web_port, log_config=None, access_log=False,
        server_header=False, proxy_headers=False,  # else uvicorn believes every process of this machine; see make_app
        http=PunctualProtocol, ws="none", limit_concurrency=settings.most_connections,
        timeout_graceful_shutdown=LONGEST_ANSWER,  # what is being answered is answered, but no one holds up the end for ever
    )  # fmt: skip
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # before the server begins and once it has ended; between, it drains
    DrainingServer(config, app, settings.drain_seconds).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
