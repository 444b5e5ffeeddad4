"""How often one address may fail to sign in: an account's own patience does not stop whoever tries many accounts.

Counted with a sliding window, in this process or, for several workers, in Redis. Where Redis does not answer, each process
counts for itself until it does. Who is counted stands there only as a keyed hash.
"""

from __future__ import annotations

import hashlib
import logging
import math
import time
from collections.abc import Callable

from limits import RateLimitItem, parse_many
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import RateLimiter, SlidingWindowCounterRateLimiter
from redis import ConnectionPool
from redis.backoff import NoBackoff
from redis.retry import Retry

from candor.errors import TooManyError

log = logging.getLogger("candor.console")
PATIENCE = 0.5  # seconds for Redis; somebody who signs in waits meanwhile
QUIET = 60  # seconds between two log lines about the same fault


class LoginThrottle:
    """Counts failures. `rule` is written like "20/minute;100/hour"; empty: no limit. `secret` keys the hashes."""

    def __init__(self, rule: str, secret: str, redis_url: str = "", now: Callable[[], float] = time.time) -> None:
        self._items = parse_many(rule) if rule else []
        self._key = hashlib.blake2b(secret.encode(), person=b"candor tries").digest()
        self._here = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._shared = SlidingWindowCounterRateLimiter(_redis(redis_url)) if redis_url else None
        self._now, self._told_at = now, 0.0

    def check(self, sender: str) -> None:
        """Raises: TooManyError, with the seconds until there is room again. An empty sender is not counted."""
        for item in self._items if sender else []:
            if wait := self._asked(self._wait, item, sender):
                raise TooManyError(wait)

    def failed(self, sender: str) -> None:
        for item in self._items if sender else []:
            self._asked(_hit, item, sender)

    def _asked(self, ask: Callable[[RateLimiter, RateLimitItem, str], int], item: RateLimitItem, sender: str) -> int:
        hashed = hashlib.blake2b(sender.encode(), key=self._key, digest_size=12).hexdigest()
        if self._shared:
            try:
                return ask(self._shared, item, hashed)
            except StorageError as error:
                if self._now() - self._told_at > QUIET:
                    self._told_at = self._now()
                    log.error("Redis does not answer (%s): failures are counted by each process", type(error.__cause__).__name__)
        return ask(self._here, item, hashed)

    def _wait(self, counted: RateLimiter, item: RateLimitItem, hashed: str) -> int:
        """In how many whole seconds there is room again; 0 where there is."""
        if counted.test(item, hashed):
            return 0
        free_at = counted.get_window_stats(item, hashed).reset_time
        return min(item.get_expiry(), max(1, math.ceil(free_at - self._now())))


def _hit(counted: RateLimiter, item: RateLimitItem, hashed: str) -> int:
    return counted.hit(item, hashed)


def _redis(url: str) -> RedisStorage:
    pool = ConnectionPool.from_url(
        url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 1)
    )  # fmt: skip
    return RedisStorage(url, wrap_exceptions=True, key_prefix="candor:sign-in", connection_pool=pool)
