"""Headers of every response: the browser loads nothing from elsewhere, sends no referrer, and shows it in no frame.

And one of requests, Sec-GPC: whoever sends it asks that their data be neither sold nor shared.
"""

from __future__ import annotations

from starlette.requests import Request

SEC_GPC = "Sec-GPC"


def sends_gpc(request: Request) -> bool:
    """Whether the browser sends Global Privacy Control. Any value but 1 is to be read as if there were no such header.

    Source: W3C working draft "Global Privacy Control (GPC)", "The Sec-GPC Header Field for HTTP Requests".
    """
    return request.headers.getlist(SEC_GPC) == ["1"]


def content_policy(framed_by: str = "'none'") -> str:
    """The Content-Security-Policy; `framed_by` are the origins that may show the page in a frame."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        f"base-uri 'none'; form-action 'self'; frame-src 'self'; frame-ancestors {framed_by}"
    )


HEADERS = {
    "Content-Security-Policy": content_policy(),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
