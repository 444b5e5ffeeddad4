"""What routes of the staff API are given: the services, the token of the call, and what they say of their errors."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from fastapi.security import HTTPBearer
from pydantic import BaseModel, ConfigDict

from candor.accounts.api_tokens import ApiToken, TokenRefusedError
from candor.accounts.kept_answers import LONGEST_KEY
from candor.console.deps import AssistantAccess
from candor.database.rate_limits import RateLimits
from candor.services import Services

MEANINGS = {
    401: "There is no token, or it is unknown, revoked or expired.",
    403: "The token does not have the scope that this takes, or not for this company.",
    404: "There is nothing of that name or number.",
    409: "Nothing was done: something has changed meanwhile, it is not possible in this state, or the Idempotency-Key belongs "
    "to another call or to one that is still being done.",
    429: "That was more than one token may ask at once. There is room again after the seconds of Retry-After.",
}
bearer = HTTPBearer(auto_error=False, description="A token of the staff API: candor_…", scheme_name="token")


class StrictBody(BaseModel):
    """A body in which an unknown field is an error."""

    model_config = ConfigDict(extra="forbid")


def says(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For the `responses` of a route: the errors that it gives, beside those that any call can give."""
    return {status: {"description": MEANINGS[status]} for status in statuses}


def parts(request: Request) -> Services:
    given: Services = request.app.state.parts
    return given


def assistant(request: Request) -> AssistantAccess:
    given: AssistantAccess = request.app.state.assistant
    return given


async def token_of(request: Request) -> ApiToken:
    """The token of a call, looked up and counted once. Raises: TokenRefusedError; TooManyError."""
    known: ApiToken | None = getattr(request.state, "api_token", None)
    if known is not None:
        return known
    limits: RateLimits = request.app.state.limits
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    try:
        if scheme.lower() != "bearer" or not secret.strip():
            raise TokenRefusedError("no token")
        found = await asyncio.to_thread(parts(request).staff.api_tokens.check, secret.strip())
    except TokenRefusedError:
        sender_of: Callable[[Request], str | None] = request.app.state.sender_of
        if sender := sender_of(request):
            await limits.take("calls", sender)
        raise
    await limits.take("staff_api", found.actor)
    request.state.api_token = found
    return found


def keyed(
    idempotency_key: Annotated[str | None, Header(
        min_length=1, max_length=LONGEST_KEY,
        description="A new one for each new call, such as a UUID. A call that comes again with its key within a day is done "
        "once, and answered as the first time, with Idempotent-Replayed: true.",
    )] = None,
) -> None:  # fmt: skip
    """Documents the header, which IdempotentRoute heeds."""


def not_kept(route: Any) -> Any:
    """Decorate a POST whose answer must not be stored: it is given anew each time."""
    route.not_kept = True
    return route


Parts = Annotated[Services, Depends(parts)]
TheAssistant = Annotated[AssistantAccess, Depends(assistant)]
Token = Annotated[ApiToken, Depends(token_of)]
READS: dict[str, Any] = {"responses": says(401, 403, 404, 429), "dependencies": [Depends(bearer)]}
LISTS: dict[str, Any] = {"responses": says(401, 403, 429), "dependencies": [Depends(bearer)]}
WRITES: dict[str, Any] = {"responses": says(401, 403, 404, 409, 429), "dependencies": [Depends(bearer), Depends(keyed)]}
