"""Where artefacts lie: each kind of store keeps the same promises."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from moto.server import ThreadedMotoServer
from sqlalchemy import Engine

from candor.errors import IndexUnusableError, InvalidInputError
from knowledge import artefact_stores
from knowledge.artefact_stores import (
    ArtefactMissingError,
    ArtefactStore,
    DatabaseStore,
    FolderStore,
    NearbyStore,
    ObjectStore,
    store_at,
)
from knowledge.catalogue import PolicyCatalogue
from knowledge.ingestion import ingest
from knowledge.policy_library import PolicyLibrary, library_in
from tests.fakes import FakeEncoder

NAME, OTHER = "ab" * 20, "cd" * 20
Make = Callable[[Path, Engine], ArtefactStore]


def in_objects(folder: Path) -> ObjectStore:
    """What speaks for S3 here: the same library over a folder."""
    (folder / "bucket").mkdir()
    return ObjectStore(f"file://{folder / 'bucket'}")


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """A small real server that speaks S3, on loopback."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of an empty bucket; how to reach it stands in AWS's own variables, as an operator sets them."""
    for name, value in {
        "AWS_ENDPOINT_URL": s3, "AWS_ALLOW_HTTP": "true", "AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    httpx.put(f"{s3}/policies", trust_env=False).raise_for_status()
    yield "s3://policies/candor"
    httpx.post(f"{s3}/moto-api/reset", trust_env=False).raise_for_status()


KINDS: dict[str, Make] = {
    "folder": lambda folder, _: FolderStore(folder / "artefacts"),
    "database": lambda _, engine: DatabaseStore(engine),
    "objects": lambda folder, _: in_objects(folder),
    "nearby": lambda folder, engine: NearbyStore(DatabaseStore(engine), FolderStore(folder / "near")),
}


@pytest.fixture(params=[*sorted(KINDS), "S3"])
def store(request: pytest.FixtureRequest, tmp_path: Path, engine: Engine) -> ArtefactStore:
    if request.param == "S3":
        return ObjectStore(request.getfixturevalue("bucket"))
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


def test_machines_share_what_lies_in_s3(bucket: str, policies: Path, tmp_path: Path) -> None:
    """One ingests; another, with a folder of its own, serves it. A version that is forgotten goes from the store too."""
    here = library_in(tmp_path / "here")
    releases = here.releases
    here = replace(here, store=store_at(bucket, tmp_path / "here" / "artefacts"))
    there = PolicyLibrary(tmp_path / "there", store_at(bucket, tmp_path / "there" / "artefacts"), releases)
    (policies / "acme" / "2026-06-01.txt").write_text("We never sell personal data to anybody.", encoding="utf-8")

    ingest(policies, here, FakeEncoder, FakeEncoder.id, lambda _: None)
    served = PolicyCatalogue(there, FakeEncoder.id).served("acme").artefact
    old = releases.of("acme").versions["2026-01-15"].artefact
    (policies / "acme" / "2026-01-15.txt").unlink()
    ingest(policies, here, FakeEncoder, FakeEncoder.id, lambda _: None)
    ingest(policies, here, FakeEncoder, FakeEncoder.id, lambda _: None, forget=["acme/2026-01-15"])

    assert served.passages[0].text == "We never sell personal data to anybody."
    assert sorted(ObjectStore(bucket).names()) == sorted(releases.of(one).served.artefact for one in ("acme", "globex"))
    assert not ObjectStore(bucket).has(old)


def test_a_store_without_its_bucket_says_what_to_look_at(bucket: str) -> None:
    """No traceback of a library, and no message that an ingestion would help."""
    store = ObjectStore(bucket.replace("policies", "nowhere"))

    with pytest.raises(IndexUnusableError, match="see CANDOR_INDEX_STORE, its bucket and AWS's variables"):
        store.write(NAME, b"one")


def test_a_store_that_is_down_says_so(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And nobody waits for it long."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setitem(artefact_stores.RETRIES, "max_retries", 0)
    store = ObjectStore(bucket)

    for use in (
        lambda: store.read(NAME),
        lambda: store.write(NAME, b"one"),
        lambda: store.has(NAME),
        lambda: list(store.names()),
    ):
        with pytest.raises(IndexUnusableError, match="the object store cannot be used"):
            use()
