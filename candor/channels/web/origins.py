"""Recognise calls by pages of other origins. Browsers say so themselves; other clients are not checked."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request


def is_foreign(request: Request) -> bool:
    """Whether a page of another origin calls the API through somebody's browser.

    Sec-Fetch-Site is the browser's own judgement and is right behind any proxy. Older browsers, and pages without TLS, send only
    Origin, which is compared with the requested host. Following a link is not a call.
    """
    headers = request.headers
    if site := headers.get("sec-fetch-site"):
        followed = request.method == "GET" and headers.get("sec-fetch-mode") == "navigate"
        return site not in {"same-origin", "none"} and not followed
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc.lower() != headers.get("host", "").lower()
