"""How often one sender, or one company's whole site, may do something in a while; beyond that: 429, and when to come back.

Counted with a sliding window, in this process or, for several workers, in Redis. While Redis does not answer, each process
counts for itself. A sender stands in the counter only as a keyed hash. The counting is written once, as coroutines; RateLimits
awaits it, and BlockingRateLimits runs it over the library's blocking storage.
"""

from __future__ import annotations

import hashlib
import logging
import math
import time
from collections.abc import Callable, Coroutine, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from limits import RateLimitItem, WindowStats, parse_many, storage, strategies
from limits.aio import storage as async_storage
from limits.aio import strategies as async_strategies
from limits.errors import StorageError

from candor.errors import TooManyError
from candor.telemetry.instruments import REFUSALS

if TYPE_CHECKING:
    from redis.asyncio import ConnectionPool as AsyncConnectionPool

log = logging.getLogger("candor.web")
LimitKind = Literal["messages", "conversations", "calls", "site", "news", "sign_in", "staff_api"]
REDIS_TIMEOUT = 0.5  # seconds; the sender waits meanwhile
LOG_EVERY = 60  # seconds between two log lines about the same outage
KEY_PREFIX = "candor"
MOST_WINDOWS = 50_000  # counted in a process, of about half a kilobyte; a sender has two for each rule, for as long as it says
T = TypeVar("T")


class SlidingWindows(Protocol):
    """What is used of the library's limiters. Raises: StorageError where Redis does not answer."""

    async def hit(self, item: RateLimitItem, *names: str) -> bool: ...

    async def test(self, item: RateLimitItem, *names: str) -> bool: ...

    async def get_window_stats(self, item: RateLimitItem, *names: str) -> WindowStats: ...


class RateCounter:
    """Counts by kind and sender. `rules` are as the library writes them, "30/minute;300/hour"; a kind without a rule is free.

    own: the windows of this process; shared: those in Redis. secret: keys the hashes of senders. now: seconds since the epoch.
    """

    def __init__(
        self, rules: Mapping[LimitKind, str], secret: str, own: SlidingWindows, shared: SlidingWindows | None,
        now: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._items: dict[LimitKind, list[RateLimitItem]] = {
            kind: parse_many(rule) if rule else [] for kind, rule in rules.items()
        }
        self._key = hashlib.blake2b(secret.encode(), person=b"candor limits").digest()
        self._own, self._shared, self._now, self._logged_at = own, shared, now, 0.0

    async def take(self, kind: LimitKind, sender: str) -> None:
        """Count one call. Raises: TooManyError, with the seconds after which there is room again."""
        for item in self._items.get(kind, []):
            if wait := await self._wait(item, kind, sender, count=True):
                REFUSALS.labels(kind).inc()
                raise TooManyError(wait)

    async def check(self, kind: LimitKind, sender: str) -> None:
        """Count nothing. Raises: TooManyError where a call would find no room."""
        for item in self._items.get(kind, []):
            if wait := await self._wait(item, kind, sender, count=False):
                REFUSALS.labels(kind).inc()
                raise TooManyError(wait)

    async def count(self, kind: LimitKind, sender: str) -> None:
        """Count something that has happened already, whether or not there was room for it."""
        for item in self._items.get(kind, []):
            await self._wait(item, kind, sender, count=True)

    async def _wait(self, item: RateLimitItem, kind: LimitKind, sender: str, *, count: bool) -> int:
        """In how many whole seconds there is room again; 0 where there is."""
        names = (kind, hashlib.blake2b(sender.encode(), key=self._key, digest_size=12).hexdigest())
        if self._shared:
            try:
                return await self._wait_in(self._shared, item, names, count=count)
            except StorageError as error:
                self._log_outage(error)
        return await self._wait_in(self._own, item, names, count=count)

    async def _wait_in(self, windows: SlidingWindows, item: RateLimitItem, names: tuple[str, str], *, count: bool) -> int:
        has_room = await (windows.hit(item, *names) if count else windows.test(item, *names))
        if has_room:
            return 0
        free_at = (await windows.get_window_stats(item, *names)).reset_time
        return min(item.get_expiry(), max(1, math.ceil(free_at - self._now())))

    def _log_outage(self, error: StorageError) -> None:
        if self._now() - self._logged_at > LOG_EVERY:
            self._logged_at = self._now()
            log.error("Redis does not answer (%s): limits are counted by each process", type(error.__cause__).__name__)


class RateLimits:
    """For coroutines: the limits of calls from the network."""

    def __init__(
        self, rules: Mapping[LimitKind, str], secret: str, redis_url: str = "", now: Callable[[], float] = time.time
    ) -> None:
        own = async_strategies.SlidingWindowCounterRateLimiter(_AsyncMemory())
        shared, self._pool = None, None
        if redis_url:
            redis, self._pool = _async_redis(redis_url)
            shared = async_strategies.SlidingWindowCounterRateLimiter(redis)
        self._counter = RateCounter(rules, secret, own, shared, now)

    async def take(self, kind: LimitKind, sender: str) -> None:
        """Count one call. Raises: TooManyError, with the seconds after which there is room again."""
        await self._counter.take(kind, sender)

    async def close(self) -> None:
        if self._pool:
            await self._pool.disconnect()


class BlockingRateLimits:
    """For threads, which may wait for Redis."""

    def __init__(
        self, rules: Mapping[LimitKind, str], secret: str, redis_url: str = "", now: Callable[[], float] = time.time
    ) -> None:
        shared = _BlockingWindows(_redis(redis_url)) if redis_url else None
        self._counter = RateCounter(rules, secret, _BlockingWindows(_BlockingMemory()), shared, now)

    def check(self, kind: LimitKind, sender: str) -> None:
        """Count nothing. Raises: TooManyError where a call would find no room."""
        _result(self._counter.check(kind, sender))

    def count(self, kind: LimitKind, sender: str) -> None:
        """Count something that has happened already."""
        _result(self._counter.count(kind, sender))


class _BlockingWindows:
    """The library's blocking limiter as SlidingWindows: its coroutines never suspend."""

    def __init__(self, kept_in: storage.MemoryStorage | storage.RedisStorage) -> None:
        self._limiter = strategies.SlidingWindowCounterRateLimiter(kept_in)

    async def hit(self, item: RateLimitItem, *names: str) -> bool:
        return self._limiter.hit(item, *names)

    async def test(self, item: RateLimitItem, *names: str) -> bool:
        return self._limiter.test(item, *names)

    async def get_window_stats(self, item: RateLimitItem, *names: str) -> WindowStats:
        return self._limiter.get_window_stats(item, *names)


class _AsyncMemory(async_storage.MemoryStorage):
    """The library's, which drops a window when its time is over, and here also when there are too many."""

    async def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        _make_room(self)
        return await super().incr(key, expiry, amount)


class _BlockingMemory(storage.MemoryStorage):
    """The same for threads."""

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        _make_room(self)
        return super().incr(key, expiry, amount)


def _make_room(kept: storage.MemoryStorage | async_storage.MemoryStorage) -> None:
    """Forget the tenth that was begun first: whoever calls from ever new addresses must not fill the memory."""
    if len(kept.storage) < MOST_WINDOWS:
        return
    for key in list(islice(kept.storage, MOST_WINDOWS // 10)):
        for each in (kept.storage, kept.expirations, kept.locks):
            each.pop(key, None)


def _result(coroutine: Coroutine[Any, Any, T]) -> T:
    """What a coroutine that never suspends returns. Needs no event loop."""
    try:
        coroutine.send(None)
    except StopIteration as ended:
        result: T = ended.value
        return result
    raise RuntimeError("this coroutine waits for an event loop")


def _redis(url: str) -> storage.RedisStorage:
    from redis import ConnectionPool  # half a second, which only those with a Redis need to spend
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    pool = ConnectionPool.from_url(
        url, socket_timeout=REDIS_TIMEOUT, socket_connect_timeout=REDIS_TIMEOUT, retry=Retry(NoBackoff(), 1)
    )
    return storage.RedisStorage(url, wrap_exceptions=True, key_prefix=KEY_PREFIX, connection_pool=pool)


def _async_redis(url: str) -> tuple[async_storage.RedisStorage, AsyncConnectionPool]:
    from redis.asyncio import ConnectionPool as AsyncConnectionPool
    from redis.asyncio.retry import Retry as AsyncRetry
    from redis.backoff import NoBackoff

    pool = AsyncConnectionPool.from_url(
        url, socket_timeout=REDIS_TIMEOUT, socket_connect_timeout=REDIS_TIMEOUT, retry=AsyncRetry(NoBackoff(), 1)
    )
    pooled: Any = pool  # the library's annotation knows of plain options only
    redis = async_storage.RedisStorage(
        f"async+{url}", wrap_exceptions=True, implementation="redispy", key_prefix=KEY_PREFIX, connection_pool=pooled
    )
    return redis, pool


async def check_redis(url: str) -> bool:
    """Whether Redis answers. Raises: ValueError if that is no address of a Redis."""
    redis, pool = _async_redis(url)
    try:
        return await redis.check()
    except StorageError:
        return False
    finally:
        await pool.disconnect()
