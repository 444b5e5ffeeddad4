"""Checks before every route: the size of the body and the origin of the caller; and headers for every response."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from candor.channels.web.errors import answered, broken, problem
from candor.channels.web.headers import HEADERS
from candor.channels.web.origins import is_foreign
from candor.tickets.delivery.dsn import LARGEST_MAIL
from knowledge.uploads import LARGEST_POLICY

PRIVATE = ("/api/", "/console/", "/files/")  # pages of other sites may not call these
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
PROBES = frozenset({"/livez", "/readyz"})  # a balancer asks for these at the machine's bare address
SENDS_BODY = frozenset({"POST", "PUT", "PATCH"})  # whose length must be known beforehand
# where staff put files to requests; each file is measured as it arrives
UPLOADS = re.compile(r"(/console|/api/staff/v1)/requests/[^/]+/files")
# and where they upload policies
POLICY_UPLOADS = re.compile(r"/console/policies(/[^/]+)?/upload|/api/staff/v1/companies/[^/]+/versions")
# and where mail servers hand on what came back, or what people answer, with its files
MAILS = re.compile(r"/bounces")
FORM_AROUND = 100_000  # bytes of a form around a file
FILES_AT_ONCE = 5  # of the largest size, in one body
YEAR = 365 * 24 * 3600  # seconds


def add_guard(app: FastAPI, largest_body: int, public_url: str = "", largest_file: int = 0) -> None:
    """Refuse requests that no route should see, and compress responses.

    largest_body, largest_file: in bytes. public_url: where people reach Candor; empty: any Host is taken.
    """
    hosts = served_hosts(public_url)
    app.add_middleware(Compressed, minimum_size=500)
    uploads = {UPLOADS: FILES_AT_ONCE * largest_file, POLICY_UPLOADS: LARGEST_POLICY + FORM_AROUND, MAILS: LARGEST_MAIL}
    app.add_middleware(Guard, hosts=hosts, largest_body=largest_body, uploads=uploads)


class BrokenOffError(Exception):
    """A response that had begun broke off. Nothing but the kind of the error is told: its text may hold what a person wrote."""


class Guard:
    """Refuses what no route should see, and gives each response its headers.

    Every call passes it, so it is plain ASGI: Starlette's decorator starts a task for each call and queues its response.
    """

    def __init__(
        self, app: ASGIApp, *, hosts: frozenset[str], largest_body: int, uploads: Mapping[re.Pattern[str], int]
    ) -> None:  # fmt: skip
        """uploads: paths whose bodies may be larger, and how large."""
        self._app, self._hosts, self._largest_body, self._uploads = app, hosts, largest_body, uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request, began, ended = Request(scope), False, False

        async def sending(message: Message) -> None:
            nonlocal began, ended
            ended = message["type"] == "http.response.body" and not message.get("more_body", False)
            if message["type"] == "http.response.start":
                began = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if request.url.scheme == "https":
                    headers["Strict-Transport-Security"] = f"max-age={YEAR}"
            await send(message)

        larger = (size for path, size in self._uploads.items() if path.fullmatch(request.url.path))
        most = max(self._largest_body, next(larger, 0))
        refused = refusal(request, most, self._hosts)
        if refused is not None:
            await refused(scope, receive, sending)
            return
        try:
            await self._app(scope, receive, sending)
        except Exception as error:  # noqa: BLE001  # whatever it is, the server would log it, with what a person wrote
            if not began:
                await broken(error, request)(scope, receive, sending)
            elif not ended:  # else a mounted application has answered, and raised it again
                raise BrokenOffError(type(error).__name__) from None


class Compressed(GZipMiddleware):
    """Compresses pages, scripts and styles, but not the API: if a visitor's text were compressed together with secrets, the
    length of a response would reveal them."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(PRIVATE) and "/assets/" not in scope["path"]:
            await self.app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def served_hosts(public_url: str) -> frozenset[str]:
    """The hosts under which Candor answers: that of the public address, and this machine's own names. Empty: any."""
    host = urlsplit(public_url).hostname
    return frozenset({host, *LOCAL}) if host else frozenset()


def refusal(request: Request, largest_body: int, hosts: frozenset[str] = frozenset()) -> Response | None:
    """The response that refuses a request; None if it may go on. hosts: those that are served; empty: any."""
    length = request.headers.get("content-length", "0")
    if hosts and request.url.path not in PROBES and request.url.hostname not in hosts:
        # Links would be made, and pages cached, under whatever name somebody sent (CWE-644).
        return answered(request, 400, "Candor is not served under this address. Its operator sets it in CANDOR_PUBLIC_URL.")
    if request.url.path.startswith(PRIVATE) and is_foreign(request):
        return problem(403, "Pages of other sites cannot call this; the widget can.")
    if request.method in SENDS_BODY and "content-length" not in request.headers:
        return problem(411, "Please send the length of the body.")
    if not length.isdigit() or int(length) > largest_body:
        return problem(413, f"The body is larger than {largest_body:,} bytes.")
    return None
