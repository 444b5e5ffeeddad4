"""The bytes of files on disk, encrypted while they arrive and decrypted while they leave: never a whole file in memory.

Each file has a random key of its own, which the database holds encrypted with the secret key, as everything about requests is: a
change of the secret key touches no file, and a file whose row is deleted can be read by nobody, even before it is unlinked. The
bytes are libsodium's secretstream (XChaCha20-Poly1305): blocks that are changed, swapped, repeated or cut off are noticed.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import BinaryIO

from nacl import bindings as sodium
from nacl.exceptions import CryptoError

from candor.errors import UnavailableError

BLOCK = 64 * 1024  # bytes before encryption
HEADER, OVERHEAD = sodium.crypto_secretstream_xchacha20poly1305_HEADERBYTES, sodium.crypto_secretstream_xchacha20poly1305_ABYTES
MESSAGE, FINAL = sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE, sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL
BLOB = re.compile(r"[0-9a-f]{32}")


class BrokenFileError(UnavailableError):
    """A file on disk is not the one that was written: it is missing, changed or cut short."""

    public = "This file cannot be read any more. The company has been told; please ask there for it."

    def __init__(self, blob: str) -> None:
        super().__init__(f"file {blob} is missing, changed or cut short: put it back from a backup, or hand it over again")


def new_key() -> bytes:
    """A random key for one file."""
    return sodium.crypto_secretstream_xchacha20poly1305_keygen()


def new_blob() -> str:
    """The random name of one file on disk."""
    return secrets.token_hex(16)


class FileSealer:
    """Writes one file, block by block. Nothing can be read of it until `finish`."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._state = sodium.crypto_secretstream_xchacha20poly1305_state()
        self._rest, self.size = bytearray(), 0
        self._file: BinaryIO = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self._file.write(sodium.crypto_secretstream_xchacha20poly1305_init_push(self._state, key))

    def write(self, more: bytes) -> None:
        """Raises: OSError where the disk is full."""
        self._rest += more
        self.size += len(more)
        while len(self._rest) > BLOCK:
            self._push(bytes(self._rest[:BLOCK]), MESSAGE)
            del self._rest[:BLOCK]

    def finish(self) -> None:
        """Write the rest, and see that it is on the disk."""
        self._push(bytes(self._rest), FINAL)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def close(self) -> None:
        self._file.close()

    def _push(self, block: bytes, tag: int) -> None:
        self._file.write(sodium.crypto_secretstream_xchacha20poly1305_push(self._state, block, None, tag))


class FileStore:
    """A folder of sealed files. Several machines that share a database share the folder too."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def writer(self, blob: str, key: bytes) -> FileSealer:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return FileSealer(self._folder / blob, key)

    def read(self, blob: str, key: bytes) -> Iterator[bytes]:
        """The file's blocks. Raises: BrokenFileError, also in the middle: nothing that was not checked is given out."""
        state = sodium.crypto_secretstream_xchacha20poly1305_state()
        try:
            with (self._folder / blob).open("rb") as file:
                sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, file.read(HEADER), key)
                tag = MESSAGE
                while tag != FINAL:
                    block, tag = sodium.crypto_secretstream_xchacha20poly1305_pull(state, file.read(BLOCK + OVERHEAD), None)
                    yield block
        except (OSError, CryptoError, ValueError) as error:
            raise BrokenFileError(blob) from error

    def blobs(self) -> set[str]:
        """The names of all files in the folder."""
        if not self._folder.is_dir():
            return set()
        return {path.name for path in self._folder.iterdir() if BLOB.fullmatch(path.name)}

    def delete(self, blobs: Collection[str]) -> int:
        """Returns how many there were."""
        gone = 0
        for blob in blobs:
            path = self._folder / blob
            if BLOB.fullmatch(blob) and path.exists():
                path.unlink(missing_ok=True)
                gone += 1
        return gone
