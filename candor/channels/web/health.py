"""Is it alive, is it ready, and if not, which part is not."""

from __future__ import annotations

import asyncio

import httpx
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from candor.database.engine import check, check_disk
from candor.errors import CandorError

router = APIRouter(tags=["health"])
UNREADY = "The parts that do not answer are named. Where there are too many connections at once, this is plain text."


class Readiness(BaseModel):
    """Whether visitors can be answered. parts: "ready", or what is wrong, by the name of each part."""

    ready: bool
    parts: dict[str, str]


@router.get("/livez")
def livez() -> dict[str, str]:
    """200 while the process runs."""
    return {"status": "alive"}


@router.get("/readyz", response_model=Readiness, responses={503: {"model": Readiness, "description": UNREADY}})
async def readyz(request: Request) -> JSONResponse:
    """200 once index, Rasa, action server and database all answer and there is room to write; else 503, and which does not.

    503 also while the process ends: it still answers what comes, but whoever spreads visitors should send it no new ones.
    """
    if request.app.state.draining:
        return JSONResponse({"ready": False, "parts": {"web": "it is being stopped"}}, 503)
    parts = await states(request)
    ready = all(state == "ready" for state in parts.values())
    return JSONResponse({"ready": ready, "parts": parts}, 200 if ready else 503)


async def states(request: Request) -> dict[str, str]:
    """Each part by its name: "ready", or what is wrong."""
    return dict(await asyncio.gather(_index(request), _rasa(request), _actions(request), _database(request)))


async def _index(request: Request) -> tuple[str, str]:
    try:
        await asyncio.to_thread(request.app.state.catalogue.check)
    except CandorError as error:
        return "index", str(error)
    return "index", "ready"


async def _rasa(request: Request) -> tuple[str, str]:
    try:
        await request.app.state.rasa.check()
    except CandorError as error:
        return "rasa", str(error)
    return "rasa", "ready"


async def _actions(request: Request) -> tuple[str, str]:
    try:
        async with httpx.AsyncClient(timeout=2, trust_env=False) as http:
            response = await http.get(f"{request.app.state.actions_address}/health")
    except httpx.HTTPError as error:
        return "actions", f"the action server does not answer ({type(error).__name__})"
    return "actions", "ready" if response.status_code == 200 else f"the action server answered {response.status_code}"


async def _database(request: Request) -> tuple[str, str]:
    try:
        await asyncio.to_thread(check, request.app.state.engine)
        await asyncio.to_thread(check_disk, request.app.state.var_dir)
    except CandorError as error:
        return "database", str(error)
    return "database", "ready"
