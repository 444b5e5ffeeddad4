"""The first page after sign-in: what waits for this person."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from console import request_desk
from console.deps import Parts, Who
from console.pages import show
from console.waiting import Gather

router = APIRouter()
WAITING: tuple[Gather, ...] = (request_desk.waiting,)  # in the order in which they stand there


@router.get("/")
def home(request: Request, who: Who, parts: Parts) -> Response:
    return show(request, "home.html", {"waiting": [one for gather in WAITING for one in gather(parts, who.account)]})
