"""Errors as application/problem+json (RFC 9457). They never repeat what a person sent."""

from __future__ import annotations

import asyncio
import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

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


def problem(status: int, detail: str, headers: dict[str, str] | None = None, **others: Any) -> JSONResponse:
    """One problem document."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **others}
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def status_of(error: CandorError) -> int:
    """The status code of an error, by its kind."""
    kinds = {
        NotFoundError: 404,
        NotAllowedError: 401,
        InvalidInputError: 422,
        ConflictError: 409,
        TooManyError: 429,
        UnavailableError: 503,
    }
    return next((status for kind, status in kinds.items() if isinstance(error, kind)), 500)


def add_problem_handlers(app: FastAPI) -> None:
    """Turn every error of the application into a problem document."""

    @app.exception_handler(CandorError)
    async def on_purpose(request: Request, error: CandorError) -> JSONResponse:
        status = status_of(error)
        if status >= 500:
            log.error("%s: %s", type(error).__name__, error)
        headers = {"Retry-After": str(RETRY_AFTER)} if status == 503 else {}
        if status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        if isinstance(error, TooManyError):
            headers["Retry-After"] = str(error.retry_after)
            return problem(status, error.public, headers, retry_after=error.retry_after)
        return problem(status, error.public, headers)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> JSONResponse:
        faults = [{"field": _field(fault), "fault": fault["msg"]} for fault in error.errors()]
        if any(fault["type"] == "json_invalid" for fault in error.errors()):
            return problem(400, "The body is not valid JSON.")
        named = "; ".join(f"{fault['field'] or 'body'}: {fault['fault']}" for fault in faults)
        return problem(422, named, faults=faults)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        return problem(error.status_code, str(error.detail), dict(error.headers or {}))

    @app.exception_handler(OperationalError)
    @app.exception_handler(PoolTimeoutError)
    async def database_down(request: Request, error: SQLAlchemyError) -> JSONResponse:
        """The disk is full, the database is locked or does not answer. What was sent is not taken, and its sender hears so."""
        log.error("the database cannot be used: %s in %s", type(error).__name__, request.scope.get("route"))
        contact = await contact_of(request)
        also = f" You can also write to {contact}." if contact else ""
        detail = f"Candor cannot keep anything at the moment, so this was not taken. Please try again in a minute.{also}"
        return problem(503, detail, {"Retry-After": str(RETRY_AFTER)})


async def contact_of(request: Request) -> str:
    """The contact of the company that a call is about; of the only company there is; "" if neither is known."""
    state = request.app.state
    try:
        companies = await asyncio.to_thread(lambda: state.catalogue.companies)
        company = next(iter(companies)) if len(companies) == 1 else ""
        if not company and (conversation := request.path_params.get("id")):
            company = await state.assistant.company_of(conversation)
        return str(companies[company].contact) if company else ""
    except (AttributeError, CandorError, SQLAlchemyError):  # the console has no catalogue; a database that cannot be read
        return ""


def broken(error: Exception, request: Request) -> JSONResponse:
    """The problem document of an unexpected error; its message is not shown, because it may contain what a person wrote."""
    log.error("unexpected %s in %s", type(error).__name__, request.scope.get("route"))
    return problem(500, CandorError.public)


def _field(fault: dict[str, Any]) -> str:
    """The name of the field at fault; that of an unknown field is the sender's own, and is not repeated."""
    path = fault["loc"][1:-1] if fault["type"] == "extra_forbidden" else fault["loc"][1:]
    return ".".join(map(str, path))
