"""The ASGI application: chat API, chat page, policy pages and health, composed."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles
from sqlalchemy.exc import SQLAlchemyError

from channels import api, health, overview, pages
from channels.assistant import Assistant
from channels.problems import add_problem_handlers, broken, problem
from channels.rasa import Rasa, RasaClient
from channels.slack.app import SlackChannel, make_slack
from channels.tokens import Tokens
from errors import CandorError
from logs import configure_logs
from services import Services, services

log = logging.getLogger("candor.web")
HOUR = 3600
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def make_app(parts: Services, rasa: Rasa) -> FastAPI:
    """The application on the given parts. Nothing is asked of Rasa before the first message."""
    settings = parts.settings

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        keeper = asyncio.create_task(_forget_old(app.state.assistant, settings.transcript_keep_days))
        stop = asyncio.Event()
        if slack:
            await slack.start()
            _join(parts, slack)
        courier = asyncio.create_task(_deliver(parts, stop))
        yield
        if slack:
            await slack.stop()
        stop.set()  # what is being sent is sent to its end: cut off, it would be sent twice
        await courier
        keeper.cancel()
        with suppress(asyncio.CancelledError):
            await keeper
        await rasa.close()

    app = FastAPI(
        title="Candor", version="0.1.0", lifespan=lifespan, docs_url=None, redoc_url=None,
        description="Ask about a company's privacy policy, and open privacy requests.",
    )  # fmt: skip
    app.state.catalogue, app.state.rasa, app.state.engine = parts.catalogue, rasa, parts.engine
    app.state.actions_port = settings.actions_port
    app.state.tokens = Tokens(parts.secret_key)
    app.state.assistant = Assistant(
        rasa=rasa, transcripts=parts.transcripts, vault=parts.vault, catalogue=parts.catalogue,
        wording=parts.wording, longest_message=settings.longest_message,
    )  # fmt: skip
    add_problem_handlers(app)
    slack = app.state.slack = make_slack(parts, app.state.assistant)

    @app.middleware("http")
    async def guard(request: Request, proceed: Callable[[Request], Awaitable[Response]]) -> Response:
        length = request.headers.get("content-length", "0")
        if request.method in {"POST", "PUT", "PATCH"} and "content-length" not in request.headers:
            response: Response = problem(411, "Please send the length of the body.")
        elif not length.isdigit() or int(length) > settings.largest_body:
            response = problem(413, f"The body is larger than {settings.largest_body:,} bytes.")
        else:
            try:
                response = await proceed(request)
            except Exception as error:  # noqa: BLE001  # further out the server would print it, with what a person wrote
                response = broken(error, request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    app.include_router(api.router)
    app.include_router(health.router)
    app.include_router(overview.api)
    app.include_router(overview.pages)  # before the policy pages: "glance" is no version
    app.include_router(pages.router)
    if slack:
        app.include_router(slack.router)
    app.mount("/static", StaticFiles(directory=pages.HERE / "static"))
    return app


async def _forget_old(assistant: Assistant, days: int) -> None:
    """Once an hour, forget the conversations that are older than the retention period."""
    while True:
        await asyncio.sleep(HOUR)
        try:
            forgotten = await assistant.forget_older_than(days)
        except (CandorError, SQLAlchemyError) as error:
            log.error("old conversations could not be forgotten, next try in an hour: %s", type(error).__name__)
        else:
            log.info("forgot %d conversations older than %d days", forgotten, days)


def _join(parts: Services, slack: SlackChannel) -> None:
    """Slack's own news go with the courier; where there is none, _deliver says why."""
    with suppress(CandorError):
        parts.courier.join(slack.news)


async def _deliver(parts: Services, stop: asyncio.Event) -> None:
    """Send what lies in the outbox, as long as the application runs."""
    try:
        courier = parts.courier
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
        server_header=False,
    )  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
