"""How often one network address, or one known device, may fail to sign in.

An account's own limit does not stop whoever tries many accounts.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from candor.database.rate_limits import BlockingRateLimits


class LoginThrottle:
    """Counts failures. `rule` is written like "20/minute;100/hour"; empty: no limit. An empty sender is not counted."""

    def __init__(self, rule: str, secret: str, redis_url: str = "", now: Callable[[], float] = time.time) -> None:
        self._limits = BlockingRateLimits({"sign_in": rule}, secret, redis_url, now)

    def check(self, sender: str) -> None:
        """Raises: TooManyError, with the seconds until there is room again."""
        if sender:
            self._limits.check("sign_in", sender)

    def failed(self, sender: str) -> None:
        """Count a failure."""
        if sender:
            self._limits.count("sign_in", sender)
