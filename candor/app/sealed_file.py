"""A file that only the secret key opens: AES-256-GCM in pieces, so that it is written and read as a stream.

One line says what it is, one of JSON what is in it (both are readable, and both are authenticated), then come the pieces. Each
piece has a nonce of its own that counts up and marks the last one, so that none can be left out, moved or cut off unnoticed (the
STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015).
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import secrets
from collections.abc import Sequence
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from candor.errors import InvalidInputError

FIRST_LINE = b"candor sealed file 1\n"
PIECE = 1 << 20  # bytes of plain text in a piece
TAG = 16  # bytes that AES-GCM adds
LONGEST_HEADER = 10_000  # bytes


class ForeignFileError(InvalidInputError):
    """It is none of our files."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is no backup of Candor: name a file that `candor backup` made")


class DamagedFileError(InvalidInputError):
    """Something in it is not as it was written."""

    def __init__(self, name: str, what: str) -> None:
        super().__init__(f"{name} is damaged ({what}). Nothing was changed: take another backup, or another copy of this one")


class WrongKeyError(InvalidInputError):
    """It was sealed with a key that is not here."""

    def __init__(self, name: str, wanted: str, here: Sequence[str]) -> None:
        super().__init__(
            f"{name} was sealed with another secret key (its id is {wanted}, here is {' and '.join(here)}): put that secret.key "
            "into place, or name the key in CANDOR_SECRET_KEY or CANDOR_OLD_SECRET_KEYS"
        )


def key_id(secret: str) -> str:
    """What tells keys apart, and nothing about them."""
    return _derive(secret, None, b"candor sealed file key id").hex()[:16]


class SealedWriter(io.RawIOBase):
    """Seals what is written to it. Closing it writes the last piece; without that, nobody can read the file."""

    def __init__(self, out: IO[bytes], secret: str, facts: dict[str, Any]) -> None:
        """facts: what is in it, readable without the key."""
        salt = secrets.token_bytes(16)
        header = json.dumps({**facts, "key": key_id(secret), "salt": base64.b64encode(salt).decode()}, sort_keys=True)
        self._lines = FIRST_LINE + header.encode() + b"\n"
        self._out, self._cipher, self._number, self._held = (
            out,
            AESGCM(_derive(secret, salt, b"candor sealed file")),
            0,
            bytearray(),
        )
        out.write(self._lines)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held += data
        while len(self._held) > PIECE:  # more than one piece: then this one is not the last
            self._seal(bytes(self._held[:PIECE]), last=False)
            del self._held[:PIECE]
        return len(data)

    def finish(self) -> None:
        """Write the last piece."""
        self._seal(bytes(self._held), last=True)
        self._held.clear()

    def _seal(self, piece: bytes, *, last: bool) -> None:
        self._out.write(self._cipher.encrypt(_nonce(self._number, last=last), piece, hashlib.sha256(self._lines).digest()))
        self._number += 1


class SealedReader(io.RawIOBase):
    """Gives back what was sealed, each piece only after it was checked."""

    def __init__(self, source: IO[bytes], name: str, keys: Sequence[str]) -> None:
        """keys: the secret keys that are known. Raises: ForeignFileError, DamagedFileError, WrongKeyError."""
        self._source, self._name = source, name
        if source.readline(len(FIRST_LINE)) != FIRST_LINE:
            raise ForeignFileError(name)
        line = source.readline(LONGEST_HEADER)
        try:
            self.facts: dict[str, Any] = json.loads(line)
            salt, wanted = base64.b64decode(self.facts["salt"], validate=True), str(self.facts["key"])
        except (ValueError, KeyError, TypeError):
            raise DamagedFileError(name, "its head cannot be read") from None
        by_id = {key_id(key): key for key in keys}
        if wanted not in by_id:
            raise WrongKeyError(name, wanted, list(by_id))
        self._lines = FIRST_LINE + line
        self._cipher, self._number = AESGCM(_derive(by_id[wanted], salt, b"candor sealed file")), 0
        self._next, self._plain, self._ended = source.read(PIECE + TAG), b"", False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Raises: DamagedFileError."""
        while not self._plain and not self._ended:
            self._open()
        given = self._plain[: len(buffer)]
        buffer[: len(given)] = given
        self._plain = self._plain[len(given) :]
        return len(given)

    def _open(self) -> None:
        sealed, self._next = self._next, self._source.read(PIECE + TAG)
        self._ended = not self._next
        try:
            nonce, about = _nonce(self._number, last=self._ended), hashlib.sha256(self._lines).digest()
            self._plain = self._cipher.decrypt(nonce, sealed, about)
        except InvalidTag:
            raise DamagedFileError(
                self._name, f"piece {self._number + 1} is not as it was written, or the end is missing"
            ) from None
        self._number += 1


def _nonce(number: int, *, last: bool) -> bytes:
    """12 bytes; the key is new for each file, so that counting is enough."""
    return b"\0" * 7 + number.to_bytes(4, "big") + bytes([last])


def _derive(secret: str, salt: bytes | None, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=purpose).derive(secret.encode())
