"""How often one address may fail to sign in: an account's own patience does not stop whoever tries many accounts."""

from __future__ import annotations

import math
import time

from limits import parse_many
from limits.storage import storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter

from errors import TooManyError


class Tries:
    """Counts failures in this process. `rule` is written like "20/minute;100/hour"; empty: no limit."""

    def __init__(self, rule: str) -> None:
        self._items = parse_many(rule) if rule else []
        self._counted = SlidingWindowCounterRateLimiter(storage_from_string("memory://"))

    def check(self, sender: str) -> None:
        """Raises: TooManyError, with the seconds until there is room again. An empty sender is not counted."""
        for item in self._items if sender else []:
            if not self._counted.test(item, sender):
                free_at = self._counted.get_window_stats(item, sender).reset_time
                raise TooManyError(min(item.get_expiry(), max(1, math.ceil(free_at - time.time()))))

    def failed(self, sender: str) -> None:
        for item in self._items if sender else []:
            self._counted.hit(item, sender)
