"""Errors: a page for people in a browser, application/problem+json (RFC 9457) for programs. They never repeat what was sent."""

from __future__ import annotations

import asyncio
import logging
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.templating import Jinja2Templates
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from candor.accounts.roles import NotYoursError
from candor.database.engine import DATABASE_DOWN
from candor.errors import (
    CandorError,
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    TooManyError,
    UnavailableError,
)

log = logging.getLogger("candor.web")
RETRY_AFTER = 15  # seconds, about what a restart of Rasa takes
TEMPLATES = Jinja2Templates(Path(__file__).parent / "templates")
# What a page says of an error, by status: what is wrong, and what to do.
PAGES = {
    400: ("Nothing is served here", "Please check the address."),
    401: ("This page is not open to you", "Please go back, or begin with the companies."),
    404: ("There is no such page", "Perhaps the address was mistyped, or the page has moved."),
    405: ("That does not work here", "This page cannot be used that way. Please go back and try again."),
    422: ("That address was not understood", "Please check it, and try again."),
    429: ("One moment, please", "That was a lot at once. Please wait a minute, then load the page again."),
    500: ("Something went wrong", "It is our fault, not yours. Please load the page again in a minute."),
    503: ("Not available right now", "Please load the page again in a minute."),
}  # fmt: skip


def problem(status: int, detail: str, headers: dict[str, str] | None = None, **others: Any) -> JSONResponse:
    """One problem document."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **others}
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def answered(
    request: Request, status: int, detail: str, headers: dict[str, str] | None = None, why: str = "", **others: Any
) -> Response:  # fmt: skip
    """An error as the client can read it: as a page or as a problem document.

    why: a sentence of ours for the page, where that of the status says too little.
    """
    if not wants_page(request):
        return problem(status, detail, headers, **others)
    title, what_to_do = PAGES.get(status) or PAGES[500 if status >= 500 else 404]
    context = {"title": title, "text": f"{why} {what_to_do}".strip()}
    return TEMPLATES.TemplateResponse(request, "error.html", context, status, {"Cache-Control": "no-store", **(headers or {})})


def wants_page(request: Request) -> bool:
    """Whether a person looks at it: browsers ask for text/html by name. What is only for programs answers them as programs."""
    if request.method not in {"GET", "HEAD"} or request.url.path.startswith("/api/"):
        return False
    return any(kind.split(";")[0].strip() == "text/html" for kind in request.headers.get("accept", "").split(","))


def status_of(error: CandorError) -> int:
    """The status code of an error, by its kind."""
    kinds: dict[type[CandorError], int] = {
        NotYoursError: 403,
        NotFoundError: 404,
        NotAllowedError: 401,
        InvalidInputError: 422,
        ConflictError: 409,
        TooManyError: 429,
        UnavailableError: 503,
    }
    return next((status for kind, status in kinds.items() if isinstance(error, kind)), 500)


def add_problem_handlers(app: FastAPI) -> None:
    """Turn every error of the application into a page or a problem document."""

    @app.exception_handler(CandorError)
    async def on_purpose(request: Request, error: CandorError) -> Response:
        status = status_of(error)
        if status >= 500:
            log.error("%s: %s", type(error).__name__, error)
        headers = {"Retry-After": str(RETRY_AFTER)} if status == 503 else {}
        if status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        if isinstance(error, TooManyError):
            headers["Retry-After"] = str(error.retry_after)
            return answered(request, status, error.public, headers, retry_after=error.retry_after)
        detail = error.public + (await other_way(request) if status == 503 else "")
        return answered(request, status, detail, headers, why=detail if status in {404, 503} else "")

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        faults = [{"field": _field(fault), "fault": fault["msg"]} for fault in error.errors()]
        if any(fault["type"] == "json_invalid" for fault in error.errors()):
            return problem(400, "The body is not valid JSON.")
        named = "; ".join(f"{fault['field'] or 'body'}: {fault['fault']}" for fault in faults)
        return answered(request, 422, named, faults=faults)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        return answered(request, error.status_code, str(error.detail), dict(error.headers or {}))

    _add_handlers_of_faults(app)


def _add_handlers_of_faults(app: FastAPI) -> None:
    async def database_down(request: Request, error: SQLAlchemyError) -> Response:
        """What was sent is not taken, and its sender hears so."""
        log.error("the database cannot be used: %s in %s", type(error).__name__, request.scope.get("route"))
        also = await other_way(request)
        detail = f"Candor cannot keep anything at the moment, so this was not taken. Please try again in a minute.{also}"
        return answered(request, 503, detail, {"Retry-After": str(RETRY_AFTER)}, why=detail)

    for kind in DATABASE_DOWN:
        app.add_exception_handler(kind, database_down)  # type: ignore[arg-type]  # starlette types handlers by the base class

    @app.exception_handler(Exception)  # of an application that is mounted; the guard has those of the outermost
    async def unexpected(request: Request, error: Exception) -> Response:
        return broken(error, request)


async def other_way(request: Request) -> str:
    """A sentence, with a blank before it, that tells how else the company is reached; "" if none is meant or known."""
    contact = await contact_of(request)
    return f" You can also write to {contact}." if contact else ""


async def contact_of(request: Request) -> str:
    """The contact of the company that a call is about; of the only company there is; "" if neither is known."""
    state = request.app.state
    try:
        companies = await asyncio.to_thread(lambda: state.catalogue.companies)
        company = next(iter(companies)) if len(companies) == 1 else getattr(request.state, "company", "")
        if not company and (conversation := request.path_params.get("id")):
            company = await state.assistant.company_of(conversation)
        return str(companies[company].contact) if company in companies else ""
    except (AttributeError, CandorError, SQLAlchemyError):  # the console has no catalogue; a database that cannot be read
        return ""


def broken(error: Exception, request: Request) -> Response:
    """What is shown of an unexpected error: not its message, because that may contain what a person wrote."""
    if isinstance(error, CandorError):  # raised while an error was being answered, such as by a page that is not built
        log.error("%s: %s", type(error).__name__, error)
        return answered(request, status_of(error), error.public, why=error.public)
    log.error("unexpected %s in %s", type(error).__name__, request.scope.get("route"))
    return answered(request, 500, CandorError.public)


def _field(fault: dict[str, Any]) -> str:
    """The name of the field at fault; that of an unknown field is the sender's own, and is not repeated."""
    path = fault["loc"][1:-1] if fault["type"] == "extra_forbidden" else fault["loc"][1:]
    return ".".join(map(str, path))
