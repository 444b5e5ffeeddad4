"""Encrypt what identifies a person, and find it again by a keyed hash. Keys can be rotated."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from candor.errors import UnavailableError


class LostKeyError(UnavailableError):
    """A value was encrypted with a key that is no longer configured."""

    def __init__(self) -> None:
        super().__init__("a request was encrypted with another key: put the old one into CANDOR_OLD_SECRET_KEYS")


class FieldCipher:
    """Encrypts with the newest secret and decrypts with all of them. Each use has its own derived key (HKDF, RFC 5869)."""

    def __init__(self, secret: str, old_secrets: Sequence[str] = ()) -> None:
        secrets = (secret, *old_secrets)
        fernets = [Fernet(base64.urlsafe_b64encode(_derive(each, b"candor tickets encryption"))) for each in secrets]
        self._newest, self._fernets = fernets[0], MultiFernet(fernets)
        self._fingerprint_keys = [_derive(each, b"candor tickets finding") for each in secrets]
        self._code_keys = [_derive(each, b"candor tickets codes") for each in secrets]

    def encrypt(self, text: str) -> bytes:
        return self._newest.encrypt(text.encode())

    def decrypt(self, ciphertext: bytes) -> str:
        """Raises: LostKeyError."""
        try:
            return self._fernets.decrypt(ciphertext).decode()
        except InvalidToken as error:
            raise LostKeyError from error

    def rotate(self, ciphertext: bytes) -> bytes:
        """The same text under the newest key, with the original encryption time. Raises: LostKeyError."""
        try:
            return self._fernets.rotate(ciphertext)
        except InvalidToken as error:
            raise LostKeyError from error

    def fingerprint(self, text: str) -> str:
        """A text's keyed hash (HMAC-SHA256, 64 hex digits) under the newest key."""
        return _hash(self._fingerprint_keys[0], text)

    def fingerprints(self, text: str) -> tuple[str, ...]:
        """Its hash under every known key, newest first: a table that has not been rotated yet may hold any of them."""
        return tuple(_hash(key, text) for key in self._fingerprint_keys)

    def code_hash(self, ticket: int, code: str) -> str:
        """The keyed hash of a one-time code of a ticket."""
        return _hash(self._code_keys[0], f"hash:{ticket}:{code}")

    def is_code(self, ticket: int, code: str, stored_hash: str) -> bool:
        """Whether the stored hash is the code's under a known key. Takes the same time whichever digits differ."""
        same = [hmac.compare_digest(_hash(key, f"hash:{ticket}:{code}"), stored_hash) for key in self._code_keys]
        return any(same)

    def code_from(self, nonce: bytes, ticket: int) -> str:
        """Six digits derived from nonce, ticket and the newest secret: truncated as in HOTP (RFC 4226, 5.3), from SHA-256."""
        return _six_digits(self._code_keys[0], nonce, ticket)

    def code_again(self, nonce: bytes, ticket: int, stored_hash: str) -> str | None:
        """The code that was made from this nonce, under whichever key made it; None if that key is no longer configured."""
        for key in self._code_keys:
            code = _six_digits(key, nonce, ticket)
            if hmac.compare_digest(_hash(key, f"hash:{ticket}:{code}"), stored_hash):
                return code
        return None


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())


def _hash(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _six_digits(key: bytes, nonce: bytes, ticket: int) -> str:
    digest = hmac.new(key, b"make:%d:" % ticket + nonce, hashlib.sha256).digest()
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"
