"""Routes whose changes are made once under an Idempotency-Key, however often they are sent."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.types import Message

from candor.accounts.kept_answers import KeptAnswer, KeptAnswers, KeyReusedError
from candor.console.api.deps import parts, token_of

HEADER, REPLAYED = "Idempotency-Key", "Idempotent-Replayed"
SAFE = {"GET", "HEAD", "OPTIONS"}
RouteHandler = Callable[[Request], Coroutine[Any, Any, Response]]


class IdempotentRoute(APIRoute):
    """Keeps what a change was answered under the key of its call. Nothing that staff see is kept by a cache.

    The body is hashed while the route reads it, so that a file of a hundred megabytes need not be held in memory.
    """

    def get_route_handler(self) -> RouteHandler:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            key = request.headers.get(HEADER)
            if key is None or request.method in SAFE or getattr(self.endpoint, "not_kept", False):
                response = await handle(request)
            else:
                response = await _once(request, key, handle)
            response.headers.setdefault("Cache-Control", "no-store")
            return response

        return answer


async def _once(request: Request, key: str, handle: RouteHandler) -> Response:
    """Raises: KeyReusedError; StillBeingDoneError; BadKeyError; and what the route raises."""
    token, kept = await token_of(request), parts(request).staff.kept_answers
    body = HashedBody(request)
    before = await asyncio.to_thread(kept.begin, token.id, key)
    if before is not None:
        await body.read_on()
        if before.fingerprint != body.fingerprint:
            raise KeyReusedError("the key belongs to another call")
        return Response(before.body or None, before.status, {REPLAYED: "true"}, _kind(before.body))
    done = False
    try:
        response = await handle(Request(request.scope, body.receive))
        await body.read_on()
        if response.status_code < 300:  # what went well
            await asyncio.to_thread(_keep, kept, token.id, key, body.fingerprint, response)
            done = True
        return response
    finally:
        if not done:
            await asyncio.to_thread(kept.drop, token.id, key)


def _keep(kept: KeptAnswers, token: int, key: str, fingerprint: str, response: Response) -> None:
    kept.keep(token, key, KeptAnswer(fingerprint, response.status_code, bytes(response.body).decode()))


def _kind(body: str) -> str | None:
    return "application/json" if body else None


class HashedBody:
    """A call's body, hashed with its method and address as it is read."""

    def __init__(self, request: Request) -> None:
        self._receive, self._ended = request.receive, False
        self._hash = hashlib.sha256(f"{request.method} {request.url.path}?{request.url.query}\n".encode(errors="surrogatepass"))

    @property
    def fingerprint(self) -> str:
        return self._hash.hexdigest()

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._hash.update(message.get("body", b""))
            self._ended = not message.get("more_body", False)
        else:
            self._ended = True
        return message

    async def read_on(self) -> None:
        """Read what nobody has read yet."""
        while not self._ended:
            await self.receive()
