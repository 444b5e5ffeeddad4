"""Devices on which somebody has signed in before. Others who guess at their account cannot make them wait there.

Each such browser holds a sealed cookie, bound to one account, and its failures are counted apart from everybody else's (OWASP,
"Slow Down Online Guessing Attacks with Device Cookies"). The cookie signs nobody in: the password and the code are still asked.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from candor.accounts.login_throttle import LoginThrottle
from candor.accounts.sealed_tokens import SealedTokens
from candor.errors import TooManyError

PURPOSE, LASTS = "known device", timedelta(days=365)
FAILURES = "5/10 minutes;20/day"  # wrong passwords or codes of one device; beyond that it is treated as any other


class KnownDevices:
    """Gives devices their cookies, and counts their failures."""

    def __init__(self, tokens: SealedTokens, failures: LoginThrottle) -> None:
        self._tokens, self._failures = tokens, failures

    def remember(self, account: int) -> str:
        """A cookie for a device on which this account has just signed in."""
        return self._tokens.make(PURPOSE, account=account, device=secrets.token_urlsafe(16))

    def known(self, cookie: str, account: int | None) -> str:
        """The device's name if the account has signed in there before and it has not failed too often; else ""."""
        data = self._tokens.read(PURPOSE, cookie, LASTS) if cookie else None
        if data is None or data["account"] != account:
            return ""
        device: str = data["device"]
        try:
            self._failures.check(device)
        except TooManyError:
            return ""
        return device

    def failed(self, device: str) -> None:
        """Count a failure of a known device."""
        self._failures.failed(device)
