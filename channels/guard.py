"""What stands before every route: bodies of a sane size, callers of our own origin, and headers on all that goes out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response

from channels.headers import HEADERS
from channels.origins import is_foreign
from channels.problems import broken, problem

YEAR = 365 * 24 * 3600  # seconds


def add_guard(app: FastAPI, largest_body: int) -> None:
    """Refuse early what no route should see. `largest_body` in bytes."""

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


def refusal(request: Request, largest_body: int) -> Response | None:
    """Why this request goes no further, None where it may."""
    length = request.headers.get("content-length", "0")
    if request.url.path.startswith("/api/") and is_foreign(request):
        return problem(403, "Pages of other sites cannot call this; the widget can.")
    if request.method in {"POST", "PUT", "PATCH"} and "content-length" not in request.headers:
        return problem(411, "Please send the length of the body.")
    if not length.isdigit() or int(length) > largest_body:
        return problem(413, f"The body is larger than {largest_body:,} bytes.")
    return None
