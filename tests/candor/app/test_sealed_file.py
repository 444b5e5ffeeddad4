"""A sealed file gives back what went in, or says what is wrong with it."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candor.app import sealed_file
from candor.app.sealed_file import OVERHEAD, PIECE, BackupReader, BackupWriter, DamagedFileError, ForeignFileError, WrongKeyError

SECRET = "a secret"


def sealed(content: bytes, secret: str = SECRET) -> bytes:
    out = io.BytesIO()
    writer = BackupWriter(out, secret, {"made_at": "2026-01-15"})
    for start in range(0, len(content), 700_000):
        writer.write(content[start : start + 700_000])
    writer.finish()
    return out.getvalue()


def opened(file: bytes, *keys: str) -> bytes:
    return BackupReader(io.BytesIO(file), "a.candor-backup", keys or (SECRET,)).readall() or b""


@pytest.mark.parametrize("length", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_what_went_in_comes_out(length: int) -> None:
    """Also where a piece is exactly full."""
    content = bytes(length)

    assert opened(sealed(content)) == content


def test_an_older_key_opens_it_too() -> None:
    """After a change of keys, as long as the old one is known."""
    assert opened(sealed(b"words", "older"), SECRET, "older") == b"words"


def test_another_key_is_named_by_its_id() -> None:
    """So that the right one can be found; the key itself is told to nobody."""
    with pytest.raises(WrongKeyError, match="CANDOR_SECRET_KEY") as refused:
        opened(sealed(b"words", "another"))

    assert sealed_file.key_id("another") in str(refused.value)
    assert "another secret" in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 a zip", b"candor sealed file 2\n{}"])
def test_another_file_is_no_backup(content: bytes) -> None:
    """And nobody tries to open it."""
    with pytest.raises(ForeignFileError, match="no backup of Candor"):
        opened(content)


@given(st.data())
def test_no_byte_can_be_changed(data: st.DataObject) -> None:
    """Neither of the head nor of a piece."""
    file = bytearray(sealed(b"what was said " * 20))
    place = data.draw(st.integers(0, len(file) - 1))
    file[place] ^= data.draw(st.integers(1, 255))

    with pytest.raises((DamagedFileError, ForeignFileError, WrongKeyError)):
        opened(bytes(file))


def test_pieces_can_be_neither_cut_off_nor_moved() -> None:
    """A file that was copied in part, and one that somebody put together."""
    file = sealed(bytes(range(256)) * (3 * PIECE // 256))
    head = len(file) - 3 * (PIECE + OVERHEAD)
    first, second, third = (file[head + n * (PIECE + OVERHEAD) :][: PIECE + OVERHEAD] for n in range(3))

    for pieces in ((first, second), (first,), (), (second, first, third), (first, third), (first, second, third, third)):
        with pytest.raises(DamagedFileError, match="damaged"):
            opened(file[:head] + b"".join(pieces))
