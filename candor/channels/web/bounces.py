"""Where a mail server or a mail provider reports that a letter came back. Without its secret there is no such address."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.security import HTTPBearer
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from candor.channels.web.api_document import gives
from candor.channels.web.errors import problem
from candor.channels.web.limits import counted
from candor.tickets.delivery.bounces import Bounces
from candor.tickets.delivery.dsn import Bounce, key_of_message_id
from candor.tickets.delivery.replies import IncomingMail

LATER = {"Retry-After": "60"}  # seconds


DOCUMENTED = HTTPBearer(
    auto_error=False, scheme_name="BounceSecret", description="CANDOR_BOUNCE_WEBHOOK_SECRET; also the password of HTTP Basic.",
)  # fmt: skip


class ReportedBounce(BaseModel):
    """What a provider reports. status: the enhanced status code, such as "5.1.1"; empty if it has none."""

    model_config = ConfigDict(extra="ignore")

    message_id: str = Field(max_length=200)
    status: str = Field(default="", max_length=12, pattern=r"^(|[45]\.\d{1,3}\.\d{1,3})$")


TAKEN: dict[str, Any] = {
    "required": True,
    "content": {
        "application/json": {"schema": ReportedBounce.model_json_schema()},
        "message/rfc822": {"schema": {"type": "string"}},
    },
}


def bounce_router(bounces: Bounces, mail: IncomingMail, secret: str) -> APIRouter:
    """The route, for those who know the secret: as a bearer token, or as the password of HTTP Basic, with any name."""
    router = APIRouter(tags=["bounces"], dependencies=[Depends(DOCUMENTED)], responses=gives(401, 429))

    @router.post("/bounces", status_code=204, response_class=Response, openapi_extra={"requestBody": TAKEN})
    async def report(
        request: Request, authorization: Annotated[str, Header(max_length=500, include_in_schema=False)] = ""
    ) -> Response:
        """Report a bounce: the mail itself as message/rfc822, or {"message_id", "status"} as JSON.

        503 if the letter is not noted as sent yet: report it again. What a person
        writes back to a letter is put where staff work on it. Any other mail is ignored.
        """
        await counted(request)
        if not _knows(authorization, secret):
            return problem(401, "This needs the secret of CANDOR_BOUNCE_WEBHOOK_SECRET.", {"WWW-Authenticate": "Basic"})
        body = await request.body()
        if request.headers.get("content-type", "").startswith("application/json"):
            try:
                reported = ReportedBounce.model_validate_json(body)
            except ValidationError:
                return problem(422, "A bounce is reported with message_id, and with status if there is one.")
            key = key_of_message_id(reported.message_id)
            outcome = await asyncio.to_thread(bounces.record, Bounce((key,), reported.status)) if key else "no_bounce"
        else:
            outcome = await asyncio.to_thread(mail.read, body)
        if outcome == "too_early":
            return problem(503, "That letter is being sent: report it again.", LATER)
        return Response(status_code=204)

    return router


def _knows(authorization: str, secret: str) -> bool:
    kind, _, given = authorization.partition(" ")
    if kind.lower() == "basic":
        try:
            given = base64.b64decode(given, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return False
    elif kind.lower() != "bearer":
        return False
    return hmac.compare_digest(given.encode(), secret.encode())
