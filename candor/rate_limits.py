"""How much one sender, and one company's whole site, may ask in a while; what is more gets a 429 and when to come back.

Counted with a sliding window, in this process or, for several workers, in Redis. Where Redis does not answer, each
process counts for itself until it does. Who is counted stands there only as a keyed hash.
"""

from __future__ import annotations

import hashlib
import logging
import math
import time
from collections.abc import Callable, Mapping
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, Literal

from fastapi import Request
from limits import RateLimitItem, parse_many
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError
from redis.asyncio import ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from candor.errors import TooManyError

log = logging.getLogger("candor.web")
LimitKind = Literal["messages", "conversations", "calls", "site", "news"]
PATIENCE = 0.5  # seconds for Redis; a visitor waits meanwhile
QUIET = 60  # seconds between two log lines about the same fault


class RateLimits:
    """Counts what is taken. `rules` are as the library writes them, "30/minute;300/hour"; a kind without a rule is free."""

    def __init__(
        self, rules: Mapping[LimitKind, str], secret: str, redis_url: str = "", now: Callable[[], float] = time.time
    ) -> None:
        self._items: dict[LimitKind, list[RateLimitItem]] = {
            kind: parse_many(rule) if rule else [] for kind, rule in rules.items()
        }
        self._key = hashlib.blake2b(secret.encode(), person=b"candor limits").digest()
        self._here = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._shared, self._pool = None, None
        if redis_url:
            storage, self._pool = _redis(redis_url)
            self._shared = SlidingWindowCounterRateLimiter(storage)
        self._now, self._told_at = now, 0.0

    async def take(self, kind: LimitKind, whom: str) -> None:
        """Count one call. Raises: TooManyError with the seconds after which there is room again."""
        hashed = hashlib.blake2b(whom.encode(), key=self._key, digest_size=12).hexdigest()
        for item in self._items.get(kind, []):
            if wait := await self._wait(item, kind, hashed):
                raise TooManyError(wait)

    async def close(self) -> None:
        if self._pool:
            await self._pool.disconnect()

    async def _wait(self, item: RateLimitItem, kind: LimitKind, whom: str) -> int:
        """Counts, and says in how many whole seconds there is room again; 0 where there is."""
        if self._shared:
            try:
                return await self._hit(self._shared, item, kind, whom)
            except StorageError as error:
                if self._now() - self._told_at > QUIET:
                    self._told_at = self._now()
                    log.error("Redis does not answer (%s): limits are counted by each process", type(error.__cause__).__name__)
        return await self._hit(self._here, item, kind, whom)

    async def _hit(self, limiter: SlidingWindowCounterRateLimiter, item: RateLimitItem, kind: LimitKind, whom: str) -> int:
        if await limiter.hit(item, kind, whom):
            return 0
        free_at = (await limiter.get_window_stats(item, kind, whom)).reset_time
        return min(item.get_expiry(), max(1, math.ceil(free_at - self._now())))


def _redis(url: str) -> tuple[RedisStorage, ConnectionPool]:
    pool = ConnectionPool.from_url(
        url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 1)
    )  # fmt: skip
    pooled: Any = pool  # the library's annotation knows of plain options only
    storage = RedisStorage(
        f"async+{url}", wrap_exceptions=True, implementation="redispy", key_prefix="candor", connection_pool=pooled
    )
    return storage, pool


async def check_redis(url: str) -> bool:
    """Whether Redis answers. Raises: ValueError if that is no address of a Redis."""
    storage, pool = _redis(url)
    try:
        return await storage.check()
    except StorageError:
        return False
    finally:
        await pool.disconnect()


async def within(request: Request, kind: LimitKind, whom: str = "") -> None:
    """Count a call of this request's sender, or of `whom`. Raises: TooManyError."""
    sender = sender_of(request)
    if sender is not None:
        limits: RateLimits = request.app.state.limits
        await limits.take(kind, whom or sender)


async def counted(request: Request) -> None:
    """For whole routers: every call counts."""
    await within(request, "calls")


def sender_of(request: Request) -> str | None:
    """The address that a call is counted under; an IPv6 network of one household is one sender.

    None for this machine itself: its operator, `candor replay` and our tests ask as fast as they like. A proxy on this
    machine is told apart by what it adds.
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


def _warn_of_proxy(request: Request) -> None:
    """All its visitors are counted as one: better said before they complain."""
    if not getattr(request.app.state, "warned_of_proxy", False):
        request.app.state.warned_of_proxy = True
        log.warning("a proxy that is not trusted passes visitors on, and all are counted as one: see CANDOR_TRUSTED_PROXIES")
