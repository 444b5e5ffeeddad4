"""Sealed tokens: data that a form, a cookie or a link carries for us. Nobody else can read or change it, and it expires."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class SealedTokens:
    """Writes with the newest secret, reads with all of them.

    Each purpose has a key of its own (HKDF, RFC 5869), so that a token for one purpose is worth nothing for another.
    """

    def __init__(
        self, secret: str, old_secrets: Sequence[str] = (), now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:  # fmt: skip
        self._secrets, self._now = (secret, *old_secrets), now

    def make(self, purpose: str, **data: Any) -> str:
        """A token of letters, digits, `-`, `_` and `=`. The data is compressed first, because a token may hold a whole form."""
        packed = zlib.compress(json.dumps(data).encode())
        return _fernet(self._secrets[0], purpose).encrypt_at_time(packed, self._second()).decode()

    def read(self, purpose: str, token: str, lasts: timedelta) -> dict[str, Any] | None:
        """What was put in; None where the token is not ours, has another purpose, or is older than `lasts`."""
        for secret in self._secrets:
            try:
                packed = _fernet(secret, purpose).decrypt_at_time(token.encode(), int(lasts.total_seconds()), self._second())
            except (InvalidToken, UnicodeEncodeError):
                continue
            data: dict[str, Any] = json.loads(zlib.decompress(packed))
            return data
        return None

    def _second(self) -> int:
        return int(self._now().timestamp())


def _fernet(secret: str, purpose: str) -> Fernet:
    info = f"candor slip {purpose}".encode()  # part of the key: another text would make every token worthless
    return Fernet(base64.urlsafe_b64encode(HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret.encode())))
