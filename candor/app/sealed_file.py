"""A file that only the secret key opens, written and read as a stream: libsodium's secretstream, as for files to requesters.

One line says what it is, one of JSON what is in it (both are readable, and both are authenticated with each piece), then come the
pieces. Each is bound to its place and the last one is marked, so that none can be changed, left out, moved or cut off unnoticed.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import secrets
from collections.abc import Sequence
from typing import IO, Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from nacl import bindings as sodium
from nacl.exceptions import CryptoError

from candor.errors import InvalidInputError

FIRST_LINE = b"candor sealed file 1\n"
PIECE = 1 << 20  # bytes of plain text in a piece
LONGEST_HEADER = 10_000  # bytes
START, OVERHEAD = sodium.crypto_secretstream_xchacha20poly1305_HEADERBYTES, sodium.crypto_secretstream_xchacha20poly1305_ABYTES
MESSAGE, FINAL = sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE, sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL


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


class BackupWriter(io.RawIOBase):
    """Seals what is written to it. `finish` writes the last piece; without it, nobody can read the file."""

    def __init__(self, out: IO[bytes], secret: str, facts: dict[str, Any]) -> None:
        """facts: what is in it, readable without the key."""
        salt = secrets.token_bytes(16)
        header = json.dumps({**facts, "key": key_id(secret), "salt": base64.b64encode(salt).decode()}, sort_keys=True)
        lines = FIRST_LINE + header.encode() + b"\n"
        self._out, self._about, self._held = out, hashlib.sha256(lines).digest(), bytearray()
        self._state = sodium.crypto_secretstream_xchacha20poly1305_state()
        start = sodium.crypto_secretstream_xchacha20poly1305_init_push(self._state, _derive(secret, salt, b"candor sealed file"))
        out.write(lines + start)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held += data
        while len(self._held) > PIECE:  # more than one piece: then this one is not the last
            self._seal(bytes(self._held[:PIECE]), MESSAGE)
            del self._held[:PIECE]
        return len(data)

    def finish(self) -> None:
        """Write the last piece."""
        self._seal(bytes(self._held), FINAL)
        self._held.clear()

    def _seal(self, piece: bytes, tag: int) -> None:
        self._out.write(sodium.crypto_secretstream_xchacha20poly1305_push(self._state, piece, self._about, tag))


class BackupReader(io.RawIOBase):
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
        self._about, self._plain, self._ended, self._number = hashlib.sha256(FIRST_LINE + line).digest(), b"", False, 0
        self._state = sodium.crypto_secretstream_xchacha20poly1305_state()
        key, start = _derive(by_id[wanted], salt, b"candor sealed file"), source.read(START)
        if len(start) != START:
            raise DamagedFileError(name, "it ends after its head")
        sodium.crypto_secretstream_xchacha20poly1305_init_pull(self._state, start, key)

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
        sealed = self._source.read(PIECE + OVERHEAD)
        self._number += 1
        try:
            self._plain, tag = sodium.crypto_secretstream_xchacha20poly1305_pull(self._state, sealed, self._about)
        except (CryptoError, ValueError):
            raise DamagedFileError(self._name, f"piece {self._number} is not as it was written, or is missing") from None
        self._ended = tag == FINAL
        if self._ended and self._source.read(1):
            raise DamagedFileError(self._name, "something stands behind its end")


def _derive(secret: str, salt: bytes | None, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=purpose).derive(secret.encode())
