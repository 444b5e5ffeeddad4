"""The ASGI application: chat API, chat page, policy pages and health, composed."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import uvicorn
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from candor.app.conversations import make_assistant
from candor.app.retention import make_keeper
from candor.channels.slack.app import SlackChannel, make_slack
from candor.channels.web import api, companies, examples, health, news, overview, pages, widget
from candor.channels.web.errors import add_problem_handlers
from candor.channels.web.guard import add_guard
from candor.channels.web.tokens import Tokens
from candor.console.app import make_console
from candor.console.places import FOLDER
from candor.conversations.rasa import Rasa, RasaClient
from candor.errors import CandorError
from candor.logs import configure_logs
from candor.rate_limits import LimitKind, RateLimits, sender_of
from candor.services import Services, services
from candor.vite_build import Assets, ViteBuild

log = logging.getLogger("candor.web")


def make_app(parts: Services, rasa: Rasa) -> FastAPI:
    """The application on the given parts. Nothing is asked of Rasa before the first message."""
    settings = parts.settings

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        stop = asyncio.Event()
        keeping = asyncio.create_task(keeper.job.go_on(stop))
        if slack:
            await slack.start()
            _join(parts, slack)
        courier = asyncio.create_task(_deliver(parts, stop))
        yield
        if slack:
            await slack.stop()
        stop.set()  # what is being sent is sent to its end: cut off, it would be sent twice
        await courier
        await keeping
        await rasa.close()
        await app.state.assistant.close()
        await app.state.limits.close()

    app = FastAPI(
        title="Candor", version="0.1.0", lifespan=lifespan, docs_url=None, redoc_url=None,
        description="Ask about a company's privacy policy, and open privacy requests.",
    )  # fmt: skip
    app.state.catalogue, app.state.rasa, app.state.engine = parts.knowledge.catalogue, rasa, parts.engine
    app.state.actions_port = settings.actions_port
    app.state.widget = ViteBuild(settings.widget_dir)
    app.state.tokens = Tokens(parts.secret_key, timedelta(days=settings.conversation_days))
    app.state.limits = limits_of(parts)
    app.state.assistant = make_assistant(parts, rasa)
    keeper = make_keeper(parts, app.state.assistant)
    add_problem_handlers(app)
    slack = app.state.slack = make_slack(parts, app.state.assistant)

    add_guard(app, settings.largest_body)
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
    app.state.examples = settings.shows_examples
    if settings.shows_examples:
        app.include_router(examples.router)
    app.mount("/assets", Assets(app.state.widget))
    if slack:
        app.include_router(slack.router)
    app.mount(FOLDER, make_console(parts, app.state.assistant, keeper, sender_of))
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


def _join(parts: Services, slack: SlackChannel) -> None:
    """Slack's own news go with the courier; where there is none, _deliver says why."""
    with suppress(CandorError):
        parts.requests.outbox_worker.join(slack.news)


async def _deliver(parts: Services, stop: asyncio.Event) -> None:
    """Send what lies in the outbox, as long as the application runs."""
    try:
        courier = parts.requests.outbox_worker
    except CandorError as error:  # people can still ask; `candor doctor` says the same
        log.error("nothing is delivered: %s", error)
        return
    await courier.run(stop)


def main() -> int:
    configure_logs()
    settings = services().settings
    secret = settings.internal_secret.get_secret_value() if settings.internal_secret else ""
    rasa = RasaClient(settings.rasa_port, secret, settings.rasa_timeout)
    uvicorn.run(
        make_app(services(), rasa), host=settings.web_host, port=settings.web_port, log_config=None, access_log=False,
        server_header=False, proxy_headers=False,  # else uvicorn believes every process of this machine; see make_app
    )  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
