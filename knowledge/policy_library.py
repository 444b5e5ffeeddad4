"""Releases and the artefacts that they name, together: all that is known of companies' policies."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import NullPool, create_engine
from sqlalchemy.dialects.sqlite import insert

from knowledge.artefact import PolicyArtefact, pack, unpack
from knowledge.artefact_stores import FOLDER, ArtefactStore, FolderStore
from knowledge.release_rows import ReleaseBase, StampRow
from knowledge.releases import STAMP, Releases

EARLIER = "CURRENT"  # the file that an index of an earlier Candor has


@dataclass(frozen=True)
class PolicyLibrary:
    """Where policies are kept. `folder` is this machine's: of the lock, of what an earlier Candor left, of fetched artefacts.

    on_release: called by whoever has changed what is served, once the change can be seen.
    """

    folder: Path
    store: ArtefactStore
    releases: Releases
    on_release: Callable[[], None] = lambda: None
    _whole: set[bytes] = field(default_factory=set, repr=False, compare=False)  # checksums of artefacts that were found whole

    @property
    def has_earlier(self) -> bool:
        """Whether an earlier Candor left an index here that was not taken over yet."""
        return (self.folder / EARLIER).is_file()

    def artefact(self, name: str) -> PolicyArtefact:
        """Raises: IndexUnusableError if it is missing or damaged."""
        return unpack(name, self.store.read(name), self._whole)

    def keep(self, artefact: PolicyArtefact) -> None:
        """Store an artefact under its name."""
        self.store.write(artefact.name, pack(artefact))

    @contextmanager
    def one_at_a_time(self) -> Iterator[None]:
        """Ingestions on this machine wait for each other: two would encode the same sentences."""
        with locked(self.folder / ".lock"):
            yield


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock on a file; whoever wants it too waits."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def library_in(folder: Path) -> PolicyLibrary:
    """A library that is all in one folder, its releases in a SQLite file there. The folder can be copied as a whole."""
    folder.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{folder / 'releases.db'}", poolclass=NullPool, connect_args={"timeout": 30})
    with locked(folder / ".releases.lock"):
        ReleaseBase.metadata.create_all(engine)
        with engine.begin() as connection:
            connection.execute(insert(StampRow).values(id=STAMP, value=0).on_conflict_do_nothing())
    return PolicyLibrary(folder, FolderStore(folder / FOLDER), Releases(engine))


def as_library(where: PolicyLibrary | Path) -> PolicyLibrary:
    """A library, or the one in a folder."""
    return library_in(where) if isinstance(where, Path) else where
