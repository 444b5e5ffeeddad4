"""What stands before every route: bodies of a sane size, callers of our own origin, and headers on all that goes out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import Receive, Scope, Send

from candor.channels.web.errors import broken, problem
from candor.channels.web.headers import HEADERS
from candor.channels.web.origins import is_foreign

PRIVATE = ("/api/", "/console/")  # no page of another site may call these
YEAR = 365 * 24 * 3600  # seconds


def add_guard(app: FastAPI, largest_body: int) -> None:
    """Refuse early what no route should see, and compress what may be. `largest_body` in bytes."""
    app.add_middleware(Compressed, minimum_size=500)

    @app.middleware("http")
    async def guard(request: Request, proceed: Callable[[Request], Awaitable[Response]]) -> Response:
        response = refusal(request, largest_body)
        if response is None:
            try:
                response = await proceed(request)
            except Exception as error:  # noqa: BLE001  # further out the server would print it, with what a person wrote
                response = broken(error, request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.url.scheme == "https":
            response.headers["Strict-Transport-Security"] = f"max-age={YEAR}"
        return response


class Compressed(GZipMiddleware):
    """Pages, scripts and styles, compressed. Not the API: what a visitor wrote, compressed together with what only they may
    know, could be guessed from the length of an answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(PRIVATE) and "/assets/" not in scope["path"]:
            await self.app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def refusal(request: Request, largest_body: int) -> Response | None:
    """Why this request goes no further, None where it may."""
    length = request.headers.get("content-length", "0")
    if request.url.path.startswith(PRIVATE) and is_foreign(request):
        return problem(403, "Pages of other sites cannot call this; the widget can.")
    if request.method in {"POST", "PUT", "PATCH"} and "content-length" not in request.headers:
        return problem(411, "Please send the length of the body.")
    if not length.isdigit() or int(length) > largest_body:
        return problem(413, f"The body is larger than {largest_body:,} bytes.")
    return None
