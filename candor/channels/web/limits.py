"""The limits of the web: whom a call is counted under, and that it is counted."""

from __future__ import annotations

import asyncio
import logging
from ipaddress import IPv6Address, ip_address, ip_network

from starlette.requests import Request

from candor.database.rate_limits import LimitKind, RateLimits
from candor.tickets.senders import Senders

log = logging.getLogger("candor.web")


async def within(request: Request, kind: LimitKind, whom: str = "") -> None:
    """Count a call under this request's sender, or under `whom`. Raises: TooManyError."""
    sender = sender_of(request)
    if sender is not None:
        limits: RateLimits = request.app.state.limits
        await limits.take(kind, whom or sender)


async def counted(request: Request) -> None:
    """For whole routers: every call counts."""
    await within(request, "calls")


def sender_of(request: Request) -> str | None:
    """The address that a call is counted under; the /64 network of an IPv6 address is one sender, because a household has one.

    None for this machine itself: its operator, `candor replay` and our tests may ask as fast as they like. A proxy on this
    machine is recognized by the header that it adds.
    """
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:  # a socket's name
        return host or "no address"
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if address.is_loopback:
        if "x-forwarded-for" not in request.headers and "forwarded" not in request.headers:
            return None
        _warn_of_proxy(request)
    return str(ip_network((address, 64), strict=False)) if isinstance(address, IPv6Address) else str(address)


async def record_sender(request: Request, conversation: str) -> None:
    """Keep whom a conversation's requests and codes are counted under: not a proxy that passes everybody on."""
    host = request.client.host if request.client else ""
    try:
        behind_proxy = ip_address(host).is_loopback
    except ValueError:
        behind_proxy = True
    sender = "" if behind_proxy else sender_of(request)
    if sender:
        senders: Senders = request.app.state.senders
        await asyncio.to_thread(senders.record, conversation, sender)


def _warn_of_proxy(request: Request) -> None:
    """Log once that all visitors of the proxy are counted as one sender."""
    if not getattr(request.app.state, "warned_of_proxy", False):
        request.app.state.warned_of_proxy = True
        log.warning("a proxy that is not trusted passes visitors on, and all are counted as one: see CANDOR_TRUSTED_PROXIES")
