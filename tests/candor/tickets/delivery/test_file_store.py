"""Sealed files: whole, or an error; and nothing readable on disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from candor.tickets.delivery.file_store import BLOCK, HEADER, OVERHEAD, BrokenFileError, FileStore, new_blob, new_key

SECRET = b"the requester's own words "


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def kept(store: FileStore, content: bytes, key: bytes) -> str:
    blob = new_blob()
    writer = store.writer(blob, key)
    for start in range(0, len(content), 10_000):
        writer.write(content[start : start + 10_000])
    writer.finish()
    return blob


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK])
def test_what_was_written_is_read_again(store: FileStore, size: int) -> None:
    """At each edge of a block."""
    content, key = (SECRET * (size // len(SECRET) + 1))[:size], new_key()

    assert b"".join(store.read(kept(store, content, key), key)) == content


def test_nothing_of_it_stands_on_the_disk(store: FileStore, tmp_path: Path) -> None:
    """And only this user may open the file."""
    blob = kept(store, SECRET * 10_000, new_key())

    path = tmp_path / "files" / blob
    assert SECRET not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "harm",
    [
        lambda sealed: sealed[:-1], lambda sealed: sealed[: HEADER + BLOCK + OVERHEAD], lambda sealed: sealed[:0],
        lambda sealed: sealed[:100] + b"x" + sealed[101:], lambda sealed: sealed[:HEADER] + sealed[HEADER + BLOCK + OVERHEAD :],
    ],
    ids=["cut", "cut at a block", "empty", "changed", "a block is gone"],
)  # fmt: skip
def test_what_was_harmed_is_an_error(store: FileStore, tmp_path: Path, harm: Callable[[bytes], bytes]) -> None:
    """Half a copy must not pass for a whole one."""
    key = new_key()
    blob = kept(store, SECRET * 10_000, key)
    path = tmp_path / "files" / blob
    path.write_bytes(harm(path.read_bytes()))

    with pytest.raises(BrokenFileError):
        list(store.read(blob, key))


def test_another_key_opens_nothing(store: FileStore) -> None:
    """Nor does a name that is not there."""
    blob = kept(store, SECRET, new_key())

    for name, key in ((blob, new_key()), (new_blob(), new_key())):
        with pytest.raises(BrokenFileError):
            list(store.read(name, key))


def test_only_its_own_files_are_deleted(store: FileStore, tmp_path: Path) -> None:
    """Whatever name it is given."""
    blob = kept(store, SECRET, new_key())
    other = tmp_path / "other"
    other.write_text("kept")

    assert store.delete([blob, "../other", "nosuch"]) == 1
    assert store.blobs() == set()
    assert other.exists()
