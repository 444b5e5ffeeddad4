"""The page under the link that a requester gets to their files: a code first, then the files. It needs no script.

Opening the page changes nothing and sends nothing, because mail programs open links by themselves. Every answer says what to do
next, also where the link has ended, was cut off, or is somebody else's.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from candor.channels.web.limits import counted, record_sender
from candor.channels.web.pages import templates
from candor.tickets.dates import day
from candor.tickets.delivery.file_page import (
    CodeWanted,
    DownloadsUsedError,
    FilePage,
    FilesOpen,
    LinkClosedError,
    LinkEnded,
    NoSuchLinkError,
)
from candor.tickets.identity import FILE_VISITOR, LIFETIME, NewCodeSent, RightCode, TooManyCodes, WrongCode
from candor.tickets.ticket import last_day

COOKIE = "candor_files"
NAME = re.compile(rf"{FILE_VISITOR}[A-Za-z0-9_-]{{22}}")
router = APIRouter(prefix="/files", include_in_schema=False, dependencies=[Depends(counted)])
STATUS: dict[str, int] = {"unknown": 404, "ended": 410, "wrong": 422, "again": 422, "too_many": 429, "used": 429}
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


def file_page(request: Request) -> FilePage:
    given: FilePage = request.app.state.file_page
    return given


Page = Annotated[FilePage, Depends(file_page)]


@router.get("/{token}")
def show(request: Request, token: str, page: Page) -> Response:
    """How it stands with the link, in this browser."""
    return _shown(request, token, page)


@router.post("/{token}/code")
async def send_code(request: Request, token: str, page: Page) -> Response:
    """Send a code to the address of the request."""
    visitor = _visitor(request) or FILE_VISITOR + secrets.token_urlsafe(16)
    await record_sender(request, visitor)
    return await asyncio.to_thread(_send_code, request, token, page, visitor)


def _send_code(request: Request, token: str, page: FilePage, visitor: str) -> Response:
    try:
        sent = page.send_code(token, visitor)
    except (NoSuchLinkError, LinkClosedError):
        return _shown(request, token, page)
    if isinstance(sent, TooManyCodes):
        return _shown(request, token, page, "too_many", wait=_wait(sent.until))
    answer = RedirectResponse(f"/files/{quote(token)}#code", 303)
    answer.set_cookie(
        COOKIE, visitor, max_age=24 * 3600, path="/files/", httponly=True, samesite="strict", secure=request.url.scheme == "https"
    )
    return answer


@router.post("/{token}")
async def give_code(request: Request, token: str, page: Page, code: Annotated[str, Form(max_length=200)] = "") -> Response:
    """Check the code; a right one opens the files in this browser for an hour."""
    visitor = _visitor(request)
    if visitor:
        await record_sender(request, visitor)
    return await asyncio.to_thread(_give_code, request, token, page, visitor, code)


def _give_code(request: Request, token: str, page: FilePage, visitor: str, code: str) -> Response:
    if not visitor:  # another browser, or one that keeps no cookies
        return _shown(request, token, page, "no_cookie")
    try:
        outcome = page.give_code(token, visitor, code)
    except (NoSuchLinkError, LinkClosedError):
        return _shown(request, token, page)
    match outcome:
        case RightCode():
            return RedirectResponse(f"/files/{quote(token)}", 303)
        case WrongCode():
            return _shown(request, token, page, "wrong", left=outcome.left)
        case NewCodeSent():
            return _shown(request, token, page, "again", reason=outcome.reason)
        case TooManyCodes():
            return _shown(request, token, page, "too_many", wait=_wait(outcome.until))


@router.get("/{token}/{file}")
def download(request: Request, token: str, file: int, page: Page) -> Response:
    """One file. Without a code in this browser, the page that asks for one."""
    try:
        found, blocks = page.fetch(token, _visitor(request), file)
    except (LinkClosedError, NoSuchLinkError):
        return RedirectResponse(f"/files/{quote(token)}", 303)
    except DownloadsUsedError:
        return _shown(request, token, page, "used")
    return StreamingResponse(blocks, headers=found.headers)


def _shown(request: Request, token: str, page: FilePage, what: str = "", **more: Any) -> Response:
    """The page. what: how the last try ended; empty: there was none."""
    try:
        standing = page.look(token, _visitor(request))
    except NoSuchLinkError:
        return _page(request, "unknown", {})
    context: dict[str, Any] = {"company": standing.company, "token": token, "day": _day(standing.until), **more}
    match standing:
        case LinkEnded():
            return _page(request, "ended", {**context, "why": standing.why})
        case CodeWanted():
            minutes = int(LIFETIME.total_seconds() // 60)
            return _page(request, what or "code", {**context, "sent": standing.sent or what == "again", "minutes": minutes})
        case FilesOpen():
            return _page(request, what or "open", {**context, "number": standing.number, "files": standing.files, "sent": True})


def _page(request: Request, what: str, context: dict[str, Any]) -> Response:
    return templates.TemplateResponse(request, "files.html", {**context, "what": what}, STATUS.get(what, 200), PRIVATE)


def _visitor(request: Request) -> str:
    """The name of this browser at the page; empty if it has none yet. A conversation's name is never taken for one."""
    given = request.cookies.get(COOKIE, "")
    return given if NAME.fullmatch(given) else ""


def _day(until: datetime) -> str:
    return day(last_day(until, "UTC"))


def _wait(until: datetime) -> str:
    """How long until something is possible again: "20 minutes", "about 5 hours"."""
    minutes = max(1, round((until - datetime.now(UTC)).total_seconds() / 60))
    if minutes < 100:
        return f"{minutes} minute{'' if minutes == 1 else 's'}"
    return f"about {round(minutes / 60)} hours"
