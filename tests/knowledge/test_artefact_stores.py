"""Where artefacts lie: each kind of store keeps the same promises."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from candor.errors import IndexUnusableError, InvalidInputError
from knowledge.artefact_stores import (
    ArtefactMissingError,
    ArtefactStore,
    DatabaseStore,
    FolderStore,
    NearbyStore,
    ObjectStore,
    store_at,
)

NAME, OTHER = "ab" * 20, "cd" * 20
Make = Callable[[Path, Engine], ArtefactStore]


def in_objects(folder: Path) -> ObjectStore:
    """What speaks for S3 here: the same library over a folder."""
    (folder / "bucket").mkdir()
    return ObjectStore(f"file://{folder / 'bucket'}")


KINDS: dict[str, Make] = {
    "folder": lambda folder, _: FolderStore(folder / "artefacts"),
    "database": lambda _, engine: DatabaseStore(engine),
    "objects": lambda folder, _: in_objects(folder),
    "nearby": lambda folder, engine: NearbyStore(DatabaseStore(engine), FolderStore(folder / "near")),
}


@pytest.fixture(params=sorted(KINDS))
def store(request: pytest.FixtureRequest, tmp_path: Path, engine: Engine) -> ArtefactStore:
    return KINDS[request.param](tmp_path, engine)


def test_what_was_written_is_read(store: ArtefactStore) -> None:
    """Under its own name, beside others."""
    store.write(NAME, b"one")
    store.write(OTHER, b"another")

    assert (bytes(store.read(NAME)), bytes(store.read(OTHER))) == (b"one", b"another")
    assert sorted(store.names()) == [NAME, OTHER]
    assert store.has(NAME)


def test_writing_again_replaces(store: ArtefactStore) -> None:
    """A damaged one is written anew."""
    store.write(NAME, b"damaged")

    store.write(NAME, b"whole")

    assert bytes(store.read(NAME)) == b"whole"
    assert list(store.names()) == [NAME]


def test_what_is_not_there_is_missing(store: ArtefactStore) -> None:
    """With the cure; and to drop it does no harm."""
    store.drop(NAME)

    assert not store.has(NAME)
    with pytest.raises(ArtefactMissingError, match="run `candor ingest`"):
        store.read(NAME)


def test_what_was_dropped_is_gone(store: ArtefactStore) -> None:
    """Only that one."""
    store.write(NAME, b"one")
    store.write(OTHER, b"another")

    store.drop(NAME)

    assert list(store.names()) == [OTHER]
    assert not store.has(NAME)


def test_a_name_is_never_a_path(store: ArtefactStore) -> None:
    """Whatever a table says, nothing outside the store is touched."""
    with pytest.raises(ArtefactMissingError):
        store.read("../../etc/passwd")


def test_an_empty_file_is_damaged(tmp_path: Path) -> None:
    """A machine that lost power leaves such files."""
    store = FolderStore(tmp_path)
    store.write(NAME, b"x")
    (tmp_path / NAME[:2] / f"{NAME}.safetensors").write_bytes(b"")

    with pytest.raises(IndexUnusableError, match="damaged"):
        store.read(NAME)


def test_what_lies_far_away_is_fetched_once(tmp_path: Path, engine: Engine) -> None:
    """The second machine reads it from its own folder, also while the database is away."""
    far = DatabaseStore(engine)
    far.write(NAME, b"one")
    near = NearbyStore(far, FolderStore(tmp_path / "near"))
    assert bytes(near.read(NAME)) == b"one"

    far.drop(NAME)

    assert bytes(near.read(NAME)) == b"one"


def test_the_address_says_which_store_it_is(tmp_path: Path, engine: Engine) -> None:
    """Empty: a folder; anything else is fetched into one."""
    assert isinstance(store_at("", tmp_path, engine), FolderStore)
    assert isinstance(store_at("database", tmp_path, engine), NearbyStore)
    assert isinstance(store_at(f"file://{tmp_path}", tmp_path, engine), NearbyStore)
    with pytest.raises(InvalidInputError, match="s3://bucket/prefix"):
        store_at("nonsense", tmp_path, engine)
