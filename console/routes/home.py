"""The first page after sign-in: what waits for this person."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from console.deps import Who
from console.pages import show

router = APIRouter()


@router.get("/")
def home(request: Request, who: Who) -> Response:
    return show(request, "home.html", {})
