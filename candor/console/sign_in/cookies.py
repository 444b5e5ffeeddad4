"""The cookies of a session and of a known device. Over TLS their names begin with __Host-: no page in the clear can set them."""

from __future__ import annotations

from datetime import timedelta

from fastapi import Request, Response

from candor.console.places import FOLDER

COOKIE, DEVICE = "candor_staff", "candor_device"


def key_of(request: Request) -> str:
    """Empty where there is none."""
    return request.cookies.get(_name(request, COOKIE), "")


def device_of(request: Request) -> str:
    """Empty where there is none."""
    return request.cookies.get(_name(request, DEVICE), "")


def give(response: Response, request: Request, key: str) -> None:
    """Until the browser is closed; the server may end it sooner."""
    response.set_cookie(_name(request, COOKIE), key, **_flags(request))  # type: ignore[arg-type]


def give_device(response: Response, request: Request, cookie: str, lasts: timedelta) -> None:
    """It outlives sessions, because it is about the next sign-in."""
    seconds = int(lasts.total_seconds())
    response.set_cookie(_name(request, DEVICE), cookie, max_age=seconds, **_flags(request))  # type: ignore[arg-type]


def take_away(response: Response, request: Request) -> None:
    response.delete_cookie(_name(request, COOKIE), **_flags(request))  # type: ignore[arg-type]


def _name(request: Request, cookie: str) -> str:
    return f"__Host-{cookie}" if request.url.scheme == "https" else cookie


def _flags(request: Request) -> dict[str, object]:
    """__Host- asks for the whole site as path (RFC 6265bis, 4.1.3.2)."""
    tls = request.url.scheme == "https"
    return {"path": "/" if tls else FOLDER, "httponly": True, "samesite": "lax", "secure": tls}
