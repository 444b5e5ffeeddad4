"""The staff API as an application of its own, mounted at /api/staff/v1. Its errors and its document are the caller's to join."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI, Request

from candor.console.api import conversations, figures, me, policies, requests, webhooks
from candor.console.deps import AssistantAccess
from candor.database.rate_limits import RateLimits
from candor.services import Services
from candor.services.shared_routes import routes_of

STAFF_API = "/api/staff/v1"
ROUTES = routes_of(me.router, requests.router, conversations.router, figures.router, policies.router, webhooks.router)


def add_staff_api(
    app: FastAPI, parts: Services, assistant: AssistantAccess, limits: RateLimits, sender_of: Callable[[Request], str | None]
) -> None:  # fmt: skip
    """Add its routes to an application that answers errors as problem documents.

    sender_of: the address under which calls without a token are counted; None: they are not.
    """
    app.state.parts, app.state.assistant = parts, assistant
    app.state.limits, app.state.sender_of = limits, sender_of
    app.router.routes.extend(ROUTES)
