"""The cookie that holds a session's key. Over TLS its name begins with __Host-: no page in the clear can set it."""

from __future__ import annotations

from fastapi import Request, Response

from candor.console.places import FOLDER

COOKIE = "candor_staff"


def key_of(request: Request) -> str:
    """Empty where there is none."""
    return request.cookies.get(_name(request), "")


def give(response: Response, request: Request, key: str) -> None:
    """Until the browser is closed; the server may end it sooner."""
    response.set_cookie(_name(request), key, **_flags(request))  # type: ignore[arg-type]


def take_away(response: Response, request: Request) -> None:
    response.delete_cookie(_name(request), **_flags(request))  # type: ignore[arg-type]


def _name(request: Request) -> str:
    return f"__Host-{COOKIE}" if request.url.scheme == "https" else COOKIE


def _flags(request: Request) -> dict[str, object]:
    """__Host- asks for the whole site as path (RFC 6265bis, 4.1.3.2)."""
    tls = request.url.scheme == "https"
    return {"path": "/" if tls else FOLDER, "httponly": True, "samesite": "lax", "secure": tls}
