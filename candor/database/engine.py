"""One engine, one schema: SQLite in var/ by default, PostgreSQL by configuration. Tables come only from migrations/."""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from candor.errors import UnavailableError

MIGRATIONS = Path(__file__).parents[1] / "migrations"
UPGRADE_LOCK = 20260115  # any number, but always the same
WRITERS_LOCK = 20260116  # another: that of transactions.py
LOCK_NOT_AVAILABLE = "55P03"  # as PostgreSQL says that it has waited for lock_timeout
# The disk is full, the database is locked or does not answer, or a connection was cut between two statements.
DATABASE_DOWN = (OperationalError, InterfaceError, PoolTimeoutError)
LONGEST_WAIT = 10  # seconds that a writer waits for others
LONGEST_LOOK = (
    3  # seconds that a look waits for them: longer than they hold a lock, and shorter than a balancer waits for /readyz
)
WRITTEN = 1 << 16  # bytes written to see whether there is room: little, because a balancer asks every few seconds


def make_engine(url: str) -> Engine:
    """An engine for the URL. On SQLite, readers go on while one writes (WAL), and writers wait for each other."""
    # Errors are logged, so they must not hold what people wrote: hide_parameters.
    engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"), hide_parameters=True)
    if engine.dialect.name == "postgresql":

        @event.listens_for(engine, "connect")
        def wait_no_longer(connection: Any, _: Any) -> None:
            with connection.cursor() as cursor:
                cursor.execute(f"SET lock_timeout = {round(1000 * LONGEST_WAIT)}")
            connection.commit()  # else it would be rolled back with the first transaction

    if url.startswith("sqlite"):

        @event.listens_for(engine, "connect")
        def prepare(connection: sqlite3.Connection, _: Any) -> None:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute(f"PRAGMA busy_timeout={round(1000 * LONGEST_WAIT)}")
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute("PRAGMA secure_delete=ON")  # deleted data is overwritten, not only unlinked

    return engine


def upgrade(engine: Engine) -> None:
    """Upgrade the schema to the newest revision, if it is older.

    Web and action server start together, and either may come first; a lock makes one wait for the other.
    """
    if is_newest(engine):
        return
    from alembic import command  # half a second, which only an upgrade needs to spend
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with _upgrade_lock(engine), engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL lock_timeout = 0"))  # another process may take minutes to upgrade
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_newest(engine: Engine) -> bool:
    """Whether the schema is at the newest revision that this process knows, or at a later one. Revisions only ever expand the
    schema, so a process goes on beside a later one, and may be started again.
    """
    return number_of(revision(engine)) >= max(known_revisions())


def is_known(revision: str) -> bool:
    """Whether this version of Candor can upgrade a database of that revision."""
    return number_of(revision) in known_revisions()


def known_revisions() -> set[str]:
    """The numbers of all revisions: each file of migrations/versions/ is named after its own."""
    return {number_of(path.name) for path in (MIGRATIONS / "versions").glob("*_*.py")}


def number_of(revision: str) -> str:
    """0019 of "0019_map"."""
    return revision.partition("_")[0]


def revision(engine: Engine) -> str:
    """The schema's revision; empty for an empty database."""
    try:
        with engine.connect() as connection:
            return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")
    except SQLAlchemyError:
        return ""


@contextmanager
def _upgrade_lock(engine: Engine) -> Iterator[None]:
    """On SQLite, a lock on a file beside the database, because SQLite begins no transaction before CREATE TABLE."""
    database = engine.url.database
    if engine.dialect.name != "sqlite" or not database or database == ":memory:":
        yield
        return
    with Path(f"{database}.upgrade").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def check(engine: Engine) -> None:
    """Check that the database answers and could be written to now, for which it waits a little. Raises: UnavailableError with the
    cure if it does not answer, has no tables yet, takes nothing new, or is locked.
    """
    try:
        with engine.connect() as connection:
            writable = engine.dialect.name != "postgresql" or not connection.scalar(text("SELECT pg_is_in_recovery()"))
            if writable:
                _take_as_writer(connection)
    except Exception as error:
        if _is_locked(error):
            raise UnavailableError(
                "the database is locked: another process has written for seconds without an end, and what visitors write is "
                "not taken; look which it is (docs/operating.md), and end it"
            ) from error
        raise UnavailableError(f"the database does not answer ({type(error).__name__})") from error
    if not writable:
        raise UnavailableError("the database is a replica that takes nothing new: set CANDOR_DATABASE_URL to the primary")


def _take_as_writer(connection: Connection) -> None:
    """Read, and take for a moment what each writer takes; nothing is written. Reading goes on beside a writer that never ends."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA busy_timeout={round(1000 * LONGEST_LOOK)}")
        try:
            connection.execute(text("SELECT count(*) FROM ticket WHERE id = 0"))
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            connection.rollback()
        finally:  # the connection goes back to writers
            connection.exec_driver_sql(f"PRAGMA busy_timeout={round(1000 * LONGEST_WAIT)}")
        return
    connection.execute(text(f"SET LOCAL lock_timeout = {round(1000 * LONGEST_LOOK)}"))
    connection.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": WRITERS_LOCK})
    connection.execute(text("LOCK TABLE ticket, conversation, turn IN ROW EXCLUSIVE MODE"))
    connection.rollback()


def _is_locked(error: Exception) -> bool:
    cause = getattr(error, "orig", None)
    busy = isinstance(cause, sqlite3.Error) and cause.sqlite_errorcode in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
    return busy or getattr(cause, "sqlstate", None) == LOCK_NOT_AVAILABLE


def check_disk(folder: Path) -> None:
    """Check that the folder of the database takes new data, by writing some. Raises: UnavailableError with the cure."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"\0" * WRITTEN)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        full = (
            "the disk is full" if error.errno in {errno.ENOSPC, errno.EDQUOT} else f"it cannot be written to ({error.strerror})"
        )
        raise UnavailableError(f"{folder.name}/: {full}: make room, or mend its permissions") from error
