"""The endpoints of the Data Rights Protocol 0.9 that a business has (§ 2): exercise, status, revoke, key set-up, and discovery.

What an agent is told at its status_callback (§ 2.03) goes through the outbox: candor/tickets/delivery/agent_callbacks.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field

from candor.channels.drp.door import AgentDoor, Discovery
from candor.channels.drp.messages import DistrustedError
from candor.channels.web.api_document import MEANINGS
from candor.channels.web.errors import status_of as status_code
from candor.channels.web.limits import counted, within
from candor.errors import CandorError, UnavailableError
from candor.tickets.agent_desk import NotYourExerciseError
from candor.tickets.agent_statuses import ExerciseStatus
from candor.tickets.agents import AuthorizedAgent

DISCOVERY = "/.well-known/data-rights.json"
SIGNED: dict[str, Any] = {
    "requestBody": {
        "required": True, "description": "A JSON object with an Ed25519 signature before it, in base64 (§ 3.07.1).",
        "content": {"text/plain": {"schema": {"type": "string"}}},
    }
}  # fmt: skip
bearer = HTTPBearer(auto_error=False, scheme_name="AgentToken", description="The token that the key set-up gave to the agent.")


class AgentFault(BaseModel):
    """An error as § 3.06 has it. fatal: sending the same again does not help."""

    code: str
    message: str
    fatal: bool = True


class AgentPass(BaseModel):
    """§ 2.05.1."""

    model_config = ConfigDict(serialize_by_alias=True)

    agent_id: str = Field(alias="agent-id")
    token: str


class AgentRoute(APIRoute):
    """Answers errors in the protocol's form."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError:
                return _fault(422, "Not understood.")
            except UnavailableError:
                raise
            except CandorError as error:
                return _refusal(error)

        return answered


def _refusal(error: CandorError) -> JSONResponse:
    forbidden = isinstance(error, DistrustedError | NotYourExerciseError)
    status = 403 if forbidden else status_code(error)
    wait = getattr(error, "retry_after", None)
    headers = {"Retry-After": str(wait)} if wait else {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return _fault(status, error.public, headers)


def _fault(status: int, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    fault = AgentFault(code=str(status), message=message, fatal=status != 429)
    return JSONResponse(fault.model_dump(), status, headers)


def _gives(*statuses: int) -> dict[int | str, dict[str, Any]]:
    about = {**MEANINGS, 403: "The signature, agent, business or time is not right.", 409: "It was taken before, or is closed."}
    return {status: {"model": AgentFault, "description": about[status]} for status in statuses}


router = APIRouter(
    tags=["data rights protocol"], route_class=AgentRoute, dependencies=[Depends(counted)], responses=_gives(429)
)  # fmt: skip


def door_of(request: Request) -> AgentDoor:
    door: AgentDoor = request.app.state.agent_door
    return door


Door = Annotated[AgentDoor, Depends(door_of)]


async def known_agent(
    door: Door, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> tuple[AuthorizedAgent, str]:
    """Who asks, and of which company."""
    return await asyncio.to_thread(door.known, credentials.credentials if credentials else "")


Known = Annotated[tuple[AuthorizedAgent, str], Depends(known_agent)]


@router.post(
    "/v1/data-rights-request", response_model_exclude_none=True, responses=_gives(401, 403, 409, 422), openapi_extra=SIGNED
)
@router.post("/v1/data-rights-request/", response_model_exclude_none=True, include_in_schema=False)
async def exercise(request: Request, known: Known, door: Door) -> ExerciseStatus:
    """Make use of somebody's right (§ 2.01). With the same agent-request-id, nothing is opened twice."""
    await within(request, "conversations", f"agent {known[0].id}")
    return await asyncio.to_thread(door.exercise, *known, await request.body())


@router.get("/v1/data-rights-request/{request_id}", response_model_exclude_none=True, responses=_gives(401, 403, 404))
async def status(request_id: str, known: Known, door: Door) -> ExerciseStatus:
    """How a request is (§ 2.02)."""
    return await asyncio.to_thread(door.status, *known, request_id)


@router.delete(
    "/v1/data-rights-request/{request_id}", response_model_exclude_none=True, responses=_gives(401, 403, 404, 409, 422),
    openapi_extra=SIGNED,
)  # fmt: skip
async def revoke(request: Request, request_id: str, known: Known, door: Door) -> ExerciseStatus:
    """Revoke a request (§ 2.04)."""
    return await asyncio.to_thread(door.revoke, *known, request_id, await request.body())


@router.post("/v1/agent/{agent_id}", responses=_gives(403, 409, 422), openapi_extra=SIGNED)
async def set_up(request: Request, agent_id: str, door: Door) -> AgentPass:
    """Get a token for one business (§ 2.05). It takes the place of the one before."""
    token = await asyncio.to_thread(door.new_token, agent_id, await request.body())
    return AgentPass.model_validate({"agent-id": agent_id, "token": token})


@router.get("/v1/agent/{agent_id}", responses=_gives(401, 403))
async def information(agent_id: str, known: Known) -> dict[str, str]:
    """Whether a token is still good (§ 2.06)."""
    if known[0].agent_id != agent_id:
        raise DistrustedError("the token is another agent's")
    return {}


@router.get(DISCOVERY, responses=_gives(404))
async def discovery(door: Door) -> Discovery:
    """What this host takes, for the directory. 404 while no agent is known."""
    return await asyncio.to_thread(door.discovery)
