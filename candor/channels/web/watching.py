"""What operators see of the web port: an id for each request, durations by route, a line of JSON for each call, and /metrics."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping

from fastapi import APIRouter, Request, Response
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from candor.channels.web.errors import problem
from candor.telemetry.instruments import CALLS, Scrapes, measured
from candor.telemetry.logs import about

log = logging.getLogger("candor.access")
HEADER = "X-Request-Id"
GIVEN = re.compile(r"[0-9a-f-]{16,64}")  # an id of the proxy's is taken over; anything in which a word could stand is not
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNKNOWN = "unknown"  # route or method: whatever strangers try is one label
PROBES = frozenset({"/livez", "/readyz", "/metrics"})  # no line is logged of these


class Watched:
    """Measures each call around everything else. It reads no body, and of the address only the template of its route."""

    def __init__(self, app: ASGIApp, *, log_calls: bool = False) -> None:
        """log_calls: a line for each; for machines that read it, so only where logs are JSON."""
        self._app, self._log_calls = app, log_calls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        request = given if GIVEN.fullmatch(given) else secrets.token_hex(8)
        started, status = time.perf_counter(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request
            await send(message)

        with about(request=request):
            try:
                with measured("http", request=request):
                    await self._app(scope, receive, sending)
            finally:
                took = time.perf_counter() - started
                method = scope["method"] if scope["method"] in METHODS else UNKNOWN
                route = route_of(scope)
                CALLS.labels(method, route, str(status)).observe(took)
                if self._log_calls and route not in PROBES:
                    facts = {"method": method, "route": route, "status": status, "ms": round(1000 * took, 1)}
                    log.info("call", extra={"facts": facts})


def route_of(scope: Mapping[str, object]) -> str:
    """The template of the route that answered, such as /api/conversations/{id}, below the folder that it is mounted at."""
    template = getattr(scope.get("route"), "path", None)
    if not isinstance(template, str):
        return UNKNOWN
    mounted = str(scope.get("root_path", ""))
    return template if template.startswith(mounted) else mounted + template


def metrics_router(scrapes: Scrapes, ready: Callable[[Request], Awaitable[Mapping[str, str]]]) -> APIRouter:
    """GET /metrics, closed by the token. ready: each part by its name; "ready", or what is wrong."""
    router = APIRouter()

    @router.get("/metrics", include_in_schema=False)
    async def metrics(request: Request) -> Response:
        if not scrapes.admits(request.headers.get("authorization", "")):
            return problem(401, "Figures need the token of CANDOR_METRICS_TOKEN.", {"WWW-Authenticate": "Bearer"})
        parts = await ready(request)
        lines = [f'candor_part_up{{part="{part}"}} {int(state == "ready")}\n' for part, state in sorted(parts.items())]
        help_line = "# HELP candor_part_up Whether a part answers, as /readyz sees it.\n# TYPE candor_part_up gauge\n"
        figures = await asyncio.to_thread(scrapes.text)
        headers = {"Cache-Control": "no-store"}
        return Response(figures + (help_line + "".join(lines)).encode(), media_type=CONTENT_TYPE_LATEST, headers=headers)

    return router
