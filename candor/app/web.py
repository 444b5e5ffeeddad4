"""The ASGI application: chat API, chat page, policy pages, console, chat channels and health, composed."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import uvicorn
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from candor import __version__
from candor.app.channels import CHATS, loggers_without_text
from candor.app.conversations import make_assistant
from candor.app.retention import make_retention
from candor.channels.chat import ChatChannel, ChatConnection
from candor.channels.web import api, companies, examples, files, health, news, overview, pages, widget
from candor.channels.web.api_document import DocumentedApi
from candor.channels.web.bounces import bounce_router
from candor.channels.web.errors import add_problem_handlers
from candor.channels.web.guard import add_guard
from candor.channels.web.limits import sender_of
from candor.channels.web.protocol import PunctualProtocol
from candor.channels.web.tokens import Tokens
from candor.console.app import make_console
from candor.console.places import FOLDER
from candor.conversations.assistant import Assistant
from candor.conversations.rasa import Rasa, RasaClient
from candor.errors import CandorError
from candor.logs import configure_logs
from candor.rate_limits import LimitKind, RateLimits
from candor.services import Services, services
from candor.transcripts.masking import load_recognizers
from candor.vite_build import Assets, ViteBuild
from knowledge.suggestions import sure_suggestions

log = logging.getLogger("candor.web")
LONGEST_ANSWER = 25  # seconds
WARMED = 32  # companies whose opening questions are found at the start: as many as the index keeps ready


def make_app(parts: Services, rasa: Rasa, channels: Sequence[ChatChannel] = CHATS) -> FastAPI:
    """The application on the given parts. Nothing is sent to Rasa before the first message."""
    settings = parts.settings

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        stop = asyncio.Event()
        enforcing = asyncio.create_task(retention.job.go_on(stop))
        for chat in chats.values():
            await chat.start()
        delivering = asyncio.create_task(_deliver(parts, list(chats.values()), stop))
        yield
        for chat in chats.values():
            await chat.stop()
        stop.set()  # a message that is being sent is sent completely: interrupted, it would be sent twice
        await delivering
        await enforcing
        await rasa.close()
        await app.state.assistant.close()
        await app.state.limits.close()

    app = DocumentedApi(
        title="Candor", version=__version__, lifespan=lifespan, docs_url=None, redoc_url=None,
        description="Ask about a company's privacy policy, and open privacy requests.",
    )  # fmt: skip
    app.state.catalogue, app.state.rasa, app.state.engine = parts.knowledge.catalogue, rasa, parts.engine
    app.state.answers = lambda: parts.knowledge.answers  # loads the encoder, so only when first asked for
    app.state.actions_port, app.state.var_dir = settings.actions_port, settings.var_dir
    app.state.senders, app.state.file_page = parts.requests.senders, parts.requests.file_page
    app.state.widget = ViteBuild(settings.widget_dir)
    app.state.tokens = Tokens(parts.secret_key, timedelta(days=settings.conversation_days))
    app.state.limits = limits_of(parts)
    assistant = app.state.assistant = make_assistant(parts, rasa, channels)
    retention = make_retention(parts, assistant, channels)
    add_problem_handlers(app)
    chats = app.state.chats = connect(parts, assistant, channels)

    add_guard(app, settings.largest_body, settings.public_url, settings.largest_file)
    if settings.trusted_proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=settings.trusted_proxies)

    app.include_router(api.router)
    app.include_router(news.router)
    app.include_router(health.router)
    app.include_router(companies.router)
    app.include_router(overview.api)
    app.include_router(overview.pages)  # before the policy pages: "glance" is no version
    app.include_router(pages.router)
    app.include_router(widget.router)
    app.include_router(files.router)
    app.state.examples = settings.shows_examples
    if settings.shows_examples:
        app.include_router(examples.router)
    if settings.bounce_webhook_secret:
        app.include_router(bounce_router(parts.requests.bounces, settings.bounce_webhook_secret.get_secret_value()))
    app.mount("/assets", Assets(app.state.widget))
    for chat in chats.values():
        app.include_router(chat.router)
    app.mount(FOLDER, make_console(parts, assistant, retention, sender_of))
    app.mount("/static", StaticFiles(directory=pages.HERE / "static"))
    return app


def limits_of(parts: Services) -> RateLimits:
    """The limits as configured."""
    settings = parts.settings
    rules: dict[LimitKind, str] = {
        "messages": settings.limit_messages, "conversations": settings.limit_conversations, "calls": settings.limit_calls,
        "site": settings.limit_site, "news": settings.limit_news,
    }  # fmt: skip
    return RateLimits(rules, parts.secret_key, settings.redis_url.get_secret_value() if settings.redis_url else "")


def connect(parts: Services, assistant: Assistant, channels: Sequence[ChatChannel]) -> dict[str, ChatConnection]:
    """The chat channels that are set up, by their names."""
    connections = ((channel.name, channel.connect(parts, assistant)) for channel in channels)
    return {name: connection for name, connection in connections if connection is not None}


async def _deliver(parts: Services, chats: Sequence[ChatConnection], stop: asyncio.Event) -> None:
    """Deliver what lies in the outbox until `stop` is set."""
    try:
        worker = parts.requests.make_outbox_worker([chat.sender for chat in chats])
    except CandorError as error:  # people can still ask; `candor doctor` says the same
        log.error("nothing is delivered: %s", error)
        return
    await worker.run(stop)


def find_suggestions(parts: Services) -> None:
    """Find the opening questions of the first companies, so that the first visitor of each need not wait for the encoder."""
    catalogue = parts.knowledge.catalogue
    with suppress(CandorError):  # /readyz and each company's own page say what is wrong
        for company in list(catalogue.companies)[:WARMED]:
            sure_suggestions(catalogue, lambda: parts.knowledge.answers, company)


def main() -> int:
    os.umask(0o077)  # what a process of ours writes is for its own user alone
    configure_logs(loggers_without_text())
    settings = services().settings
    secret = settings.internal_secret.get_secret_value() if settings.internal_secret else ""
    rasa = RasaClient(settings.rasa_port, secret, settings.rasa_timeout)
    load_recognizers()
    threading.Thread(target=find_suggestions, args=(services(),), daemon=True).start()
    uvicorn.run(
        make_app(services(), rasa), host=settings.web_host, port=settings.web_port, log_config=None, access_log=False,
        server_header=False, proxy_headers=False,  # else uvicorn believes every process of this machine; see make_app
        http=PunctualProtocol, limit_concurrency=settings.most_connections,
        timeout_graceful_shutdown=LONGEST_ANSWER,  # what is being answered is answered, but no one holds up the end for ever
    )  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
