"""Conversation tokens: random, signed, bound to one conversation, and valid for a while."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import timedelta

from itsdangerous import BadSignature, URLSafeTimedSerializer

from candor.errors import ConversationEndedError, NotAllowedError


class Tokens:
    """Makes and checks tokens with the secret key. A token contains when it was made, by our own clock."""

    def __init__(self, secret: str, lifetime: timedelta, now: Callable[[], float] = time.time) -> None:
        self._signer = URLSafeTimedSerializer(secret, salt="candor conversation token")
        self._lifetime, self._now = lifetime.total_seconds(), now

    def make(self, conversation: str) -> str:
        token: str | bytes = self._signer.dumps([conversation, secrets.token_urlsafe(16)])
        return token if isinstance(token, str) else token.decode()

    def check(self, conversation: str, token: str) -> None:
        """Raises: NotAllowedError if the token is forged or of another conversation; ConversationEndedError if it is too old."""
        try:
            (bound, _), made = self._signer.loads(token, return_timestamp=True)
        except (BadSignature, ValueError, TypeError):
            raise NotAllowedError("bad token") from None
        if bound != conversation:
            raise NotAllowedError("token of another conversation")
        # Not the library's max_age, which refuses a token that another of our machines made a second ahead of this one's clock.
        if self._now() - made.timestamp() > self._lifetime:
            raise ConversationEndedError("the token is too old")
