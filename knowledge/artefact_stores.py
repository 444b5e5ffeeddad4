"""Where artefacts lie: in a folder, in the database, or in an object store such as S3. They are written once and never changed.

What lies far away is fetched once by each machine, into a folder of its own, and read there where it lies.
"""

from __future__ import annotations

import mmap
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from candor.errors import IndexUnusableError, InvalidInputError

if TYPE_CHECKING:
    from sqlalchemy import Engine

SUFFIX = ".safetensors"
NAME = re.compile(r"[0-9a-f]{8,64}")
FOLDER = "artefacts"  # within an object store's prefix
# A visitor waits for what is read, and a store that is down comes back later: obstore's own patience would be three minutes.
RETRIES = {"max_retries": 3, "retry_timeout": timedelta(seconds=15)}


class ArtefactStore(Protocol):
    """Keeps artefacts by name."""

    def read(self, name: str) -> memoryview | bytes:
        """The content of an artefact. Raises: ArtefactMissingError."""
        ...

    def write(self, name: str, data: bytes) -> None:
        """Keep an artefact: whole, or not at all. One of the same name is replaced."""
        ...

    def has(self, name: str) -> bool: ...

    def names(self) -> Iterator[str]:
        """Of all that is kept."""
        ...

    def drop(self, name: str) -> None:
        """Forget an artefact; nothing happens if there is none."""
        ...


class ArtefactMissingError(IndexUnusableError):
    """A release names an artefact that is not where artefacts lie."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the stored policy {name[:12]} is missing: run `candor ingest`")


class FolderStore:
    """Files in a folder; what is read is mapped into memory, and so shared by all processes of a machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str) -> memoryview:
        """See ArtefactStore.read. The operating system drops what is not used, and reads it again."""
        try:
            with self._path(name).open("rb") as file:
                return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        except FileNotFoundError:
            raise ArtefactMissingError(name) from None
        except (OSError, ValueError) as error:  # ValueError: an empty file cannot be mapped
            raise IndexUnusableError(
                f"the stored policy {name[:12]} is damaged (cut short or unreadable): run `candor ingest`"
            ) from error

    def write(self, name: str, data: bytes) -> None:
        path = self._path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{uuid.uuid4().hex[:8]}")
        try:
            fresh.write_bytes(data)
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)

    def has(self, name: str) -> bool:
        return self._path(name).is_file()

    def names(self) -> Iterator[str]:
        yield from (path.name.removesuffix(SUFFIX) for path in sorted(self._folder.glob(f"*/*{SUFFIX}")))

    def drop(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)
        with suppress(OSError):  # others lie there too
            self._path(name).parent.rmdir()

    def _path(self, name: str) -> Path:
        """In folders of their own by the first two digits: some file systems are slow with many files in one."""
        if not NAME.fullmatch(name):
            raise ArtefactMissingError(name)
        return self._folder / name[:2] / f"{name}{SUFFIX}"


class DatabaseStore:
    """Rows of the database, for machines that share nothing else."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def read(self, name: str) -> bytes:
        from sqlalchemy import select

        from knowledge.release_rows import ArtefactRow

        with self._engine.connect() as connection:
            data: bytes | None = connection.scalar(select(ArtefactRow.data).where(ArtefactRow.name == name))
        if data is None:
            raise ArtefactMissingError(name)
        return data

    def write(self, name: str, data: bytes) -> None:
        from sqlalchemy.orm import Session

        from knowledge.release_rows import ArtefactRow

        with Session(self._engine) as session, session.begin():
            session.merge(ArtefactRow(name=name, data=data))

    def has(self, name: str) -> bool:
        from sqlalchemy import select

        from knowledge.release_rows import ArtefactRow

        with self._engine.connect() as connection:
            return connection.scalar(select(ArtefactRow.name).where(ArtefactRow.name == name)) is not None

    def names(self) -> Iterator[str]:
        from sqlalchemy import select

        from knowledge.release_rows import ArtefactRow

        with self._engine.connect() as connection:
            yield from connection.scalars(select(ArtefactRow.name).order_by(ArtefactRow.name)).all()

    def drop(self, name: str) -> None:
        from sqlalchemy import delete

        from knowledge.release_rows import ArtefactRow

        with self._engine.begin() as connection:
            connection.execute(delete(ArtefactRow).where(ArtefactRow.name == name))


class ObjectStore:
    """Objects of S3 or what speaks its language, through obstore; the address is s3://bucket/prefix, or file:///… for trying.

    Credentials, region and endpoint come from the environment, by AWS's own names (AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL, …).
    """

    def __init__(self, address: str) -> None:
        """Raises: InvalidInputError if the address is of no kind that is known."""
        from obstore.exceptions import BaseError
        from obstore.store import from_url

        patience: Any = {} if address.startswith("file:") else {"retry_config": RETRIES}
        try:
            self._store: Any = from_url(address, **patience)
        except (BaseError, ValueError) as error:
            raise InvalidInputError("CANDOR_INDEX_STORE is an address such as s3://bucket/prefix, or database") from error

    def read(self, name: str) -> bytes:
        with _reached(name):
            return bytes(self._store.get(_key(name)).bytes())

    def write(self, name: str, data: bytes) -> None:
        try:
            with _reached(name):
                self._store.put(_key(name), data)
        except ArtefactMissingError as error:  # it is the bucket that is not there
            raise _unusable("no bucket") from error

    def has(self, name: str) -> bool:
        try:
            with _reached(name):
                self._store.head(_key(name))
        except ArtefactMissingError:
            return False
        return True

    def names(self) -> Iterator[str]:
        with _reached(""):
            for some in self._store.list(f"{FOLDER}/"):
                yield from (Path(entry["path"]).name.removesuffix(SUFFIX) for entry in some)

    def drop(self, name: str) -> None:
        with suppress(ArtefactMissingError), _reached(name):
            self._store.delete(_key(name))


@contextmanager
def _reached(name: str) -> Iterator[None]:
    """obstore's own errors as ours. Raises: ArtefactMissingError; IndexUnusableError where the store cannot be used."""
    from obstore.exceptions import BaseError

    try:
        yield
    except FileNotFoundError:
        raise ArtefactMissingError(name) from None
    except (BaseError, OSError) as error:  # no network, no bucket, no permission
        raise _unusable(type(error).__name__) from error


def _unusable(why: str) -> IndexUnusableError:
    return IndexUnusableError(
        f"the object store cannot be used ({why}): see CANDOR_INDEX_STORE, its bucket and AWS's variables"
    )  # fmt: skip


class NearbyStore:
    """A folder of this machine in front of a store that lies elsewhere."""

    def __init__(self, far: ArtefactStore, near: FolderStore) -> None:
        self._far, self._near = far, near

    def read(self, name: str) -> memoryview:
        """From the folder; what is not there yet is fetched."""
        if not self._near.has(name):
            self._near.write(name, bytes(self._far.read(name)))
        return self._near.read(name)

    def write(self, name: str, data: bytes) -> None:
        self._far.write(name, data)
        self._near.write(name, data)

    def has(self, name: str) -> bool:
        return self._far.has(name)

    def names(self) -> Iterator[str]:
        return self._far.names()

    def drop(self, name: str) -> None:
        self._far.drop(name)
        self._near.drop(name)


def store_at(address: str, folder: Path, engine: Engine | None = None) -> ArtefactStore:
    """The store at an address: "" is the folder, "database" the database, anything else an object store.

    Raises: InvalidInputError if the address is of no kind that is known.
    """
    near = FolderStore(folder)
    if not address:
        return near
    if address == "database" and engine is not None:
        return NearbyStore(DatabaseStore(engine), near)
    return NearbyStore(ObjectStore(address), near)


def _key(name: str) -> str:
    if not NAME.fullmatch(name):
        raise ArtefactMissingError(name)
    return f"{FOLDER}/{name}{SUFFIX}"
