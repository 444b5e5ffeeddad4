"""Conversation tokens: random, signed, and bound to one conversation."""

from __future__ import annotations

import secrets

from itsdangerous import BadSignature, URLSafeSerializer

from errors import NotAllowedError


class Tokens:
    """Makes and checks tokens with the one secret key."""

    def __init__(self, secret: str) -> None:
        self._signer = URLSafeSerializer(secret, salt="candor conversation token")

    def make(self, conversation: str) -> str:
        token: str | bytes = self._signer.dumps([conversation, secrets.token_urlsafe(16)])
        return token if isinstance(token, str) else token.decode()

    def check(self, conversation: str, token: str) -> None:
        """Raises: NotAllowedError if the token is forged or belongs to another conversation."""
        try:
            bound, _ = self._signer.loads(token)
        except (BadSignature, ValueError, TypeError):
            raise NotAllowedError("bad token") from None
        if bound != conversation:
            raise NotAllowedError("token of another conversation")
