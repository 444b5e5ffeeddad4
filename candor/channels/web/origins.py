"""Is a call made by a page of ours? Browsers say so themselves; what is no browser is not asked."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request


def is_foreign(request: Request) -> bool:
    """Whether a page of another origin calls the API through somebody's browser.

    Sec-Fetch-Site is the browser's own judgement and holds behind any proxy; older browsers, and pages without TLS, send
    only Origin, which is compared with the host that was asked. To follow a link is no call.
    """
    told = request.headers
    if site := told.get("sec-fetch-site"):
        followed = request.method == "GET" and told.get("sec-fetch-mode") == "navigate"
        return site not in {"same-origin", "none"} and not followed
    origin = told.get("origin")
    return origin is not None and urlsplit(origin).netloc.lower() != told.get("host", "").lower()
