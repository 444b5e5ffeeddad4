"""Routes that all applications of a process share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Depends
from starlette.routing import BaseRoute


def routes_of(*routers: APIRouter, checked_by: Callable[..., Awaitable[Any]] | None = None) -> tuple[BaseRoute, ...]:
    """The routes of these routers, in order, for any number of applications. checked_by: a dependency of each of them.

    FastAPI works out what a route asks for when somebody first calls it, and again for each application that includes its
    router. That takes longer than most calls do, and comes to the same; an application that takes these over finds it done.
    """
    home = APIRouter(dependencies=[Depends(checked_by)] if checked_by else [])
    for router in routers:
        home.include_router(router)
    return tuple(home.routes)
