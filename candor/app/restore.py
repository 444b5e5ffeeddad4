"""`candor restore`: put a backup into place, whole or not at all, and forget again what had been forgotten since it was made.

Everything is unsealed and checked beside what is there before anything is changed. What a restore replaces is set aside, never
deleted.
"""

from __future__ import annotations

import json
import shutil
import tarfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from candor.accounts.models import SessionRow
from candor.app.backup import (
    ASIDE,
    BESIDE,
    DATABASE,
    DUMP,
    FILES,
    FORGOTTEN,
    MANIFEST,
    POLICIES,
    TRACKERS,
    VAR,
    ask_postgresql,
    run_postgresql,
    sha256_of,
    working_folder,
)
from candor.app.channels import CHATS
from candor.app.retention import make_erasure
from candor.app.sealed_file import FIRST_LINE, BackupReader, DamagedFileError
from candor.app.supervisor import check_ports
from candor.database.engine import is_known, make_engine
from candor.errors import CandorError, ConflictError, InvalidInputError
from candor.retention.erasure import ForgottenAgain
from candor.retention.forgotten import Forgotten, ForgottenList, read_list, write_list
from candor.services import Services
from candor.settings import Settings
from candor.tickets.delivery.outbox import DUE, SENDING
from candor.tickets.key_rotation import rotate
from knowledge.passage_table import SCHEMA as VECTORS

ASKED_AGAIN = 20  # times, with a quarter of a second in between
HOLDING = ("conversation", "ticket", "account", "audit")  # where one of these has a row, somebody works with the database


class SomethingIsThereError(ConflictError):
    """What would be replaced."""

    def __init__(self, what: Sequence[str]) -> None:
        super().__init__(
            f"there is something already: {', '.join(what)}. Nothing was changed. With --replace it is set aside, and the backup "
            "takes its place"
        )


@dataclass(frozen=True)
class BackupContents:
    """An unsealed and checked backup. database: sqlite or postgresql. files: name in the backup → path below `root`."""

    name: str
    made_at: datetime
    revision: str
    database: str
    root: Path
    files: dict[str, Path]


@dataclass(frozen=True)
class RestoreReport:
    """What was done. aside: where what was replaced lies now. due: messages that the next start sends, perhaps once more."""

    made_at: datetime
    files: int
    aside: tuple[str, ...]
    entries: int
    again: ForgottenAgain
    due: int


def secret_keys(settings: Settings) -> tuple[str, ...]:
    """The known keys, the newest first; none is made here. Raises: InvalidInputError if there is none."""
    file = settings.var_dir / "secret.key"
    given = settings.secret_key.get_secret_value() if settings.secret_key else ""
    newest = given or (file.read_text(encoding="utf-8") if file.is_file() else "")
    old = settings.old_secret_keys.get_secret_value() if settings.old_secret_keys else ""
    if not newest:
        raise InvalidInputError(
            f"the secret key is not here: put it back as {file}, or set CANDOR_SECRET_KEY. No backup holds it"
        )
    return (newest, *(key.strip() for key in old.split(",") if key.strip()))


def unseal(file: Path, keys: Sequence[str], work: Path) -> BackupContents:
    """Unseal a backup into a folder, and check every file against the manifest.

    Raises: ForeignFileError, WrongKeyError, DamagedFileError; InvalidInputError if it cannot be read.
    """
    found: dict[str, Path] = {}
    try:
        with file.open("rb") as source:
            reader = BackupReader(source, file.name, keys)
            with tarfile.open(fileobj=reader, mode="r|gz") as archive:
                for entry in archive:
                    archive.extract(entry, work, filter="data")
                    found[entry.name] = work / entry.name
            while reader.read(1 << 16):  # what stands behind the archive must be whole too
                pass
        manifest = json.loads(found.pop(MANIFEST).read_text(encoding="utf-8"))
        hashes, made_at = dict(manifest["files"]), datetime.fromisoformat(manifest["made_at"])
        contents = BackupContents(file.name, made_at, str(manifest["revision"]), str(manifest["database"]), work, found)
    except OSError as error:
        raise InvalidInputError(f"{file.name} cannot be read ({error.strerror or type(error).__name__})") from error
    except (tarfile.TarError, EOFError, ValueError, KeyError, TypeError) as error:
        raise DamagedFileError(file.name, f"its archive or manifest cannot be read: {type(error).__name__}") from None
    wrong = [
        name for name in sorted(hashes.keys() | found.keys()) if name not in found or hashes.get(name) != sha256_of(found[name])
    ]
    if wrong:
        raise DamagedFileError(file.name, f"{wrong[0]} is not as its manifest says")
    return contents


def check_backup(settings: Settings, file: Path) -> BackupContents:
    """Unseal a backup and check all of it, without keeping anything. Raises: as `unseal`."""
    with working_folder(settings) as work:
        return unseal(file, secret_keys(settings), work)


def restore(
    settings: Settings, file: Path, actor: str, *, replace: bool = False, even_if_old: bool = False, lists: Sequence[Path] = (),
    now: datetime | None = None,
) -> RestoreReport:  # fmt: skip
    """Put a backup into place. lists: more of what was forgotten: copies of the list's file, or newer backups.

    Raises: PortTakenError if Candor runs; SomethingIsThereError; InvalidInputError with the cure, also for a backup that is too
    old, of a newer version or of another kind of database. Then nothing was changed.
    """
    check_ports(settings)
    now, keys = now or datetime.now(UTC), secret_keys(settings)
    with working_folder(settings) as work:
        contents = unseal(file, keys, work / "backup")
        _refuse_what_does_not_fit(settings, contents, now, even_if_old=even_if_old)
        entries = [*gathered(settings), *read_list(contents.files[FORGOTTEN])]
        for number, each in enumerate(lists):
            entries += _list_in(each, keys, work / f"list-{number}")
        aside = settings.var_dir / f"{ASIDE}{now:%Y%m%dT%H%M%S%fZ}"  # two restores in one second must not share a place
        if contents.database == "sqlite":
            return _restore_sqlite(settings, contents, entries, actor, aside, replace=replace)
        return _restore_postgresql(settings, contents, entries, actor, aside, replace=replace)


def _refuse_what_does_not_fit(settings: Settings, contents: BackupContents, now: datetime, *, even_if_old: bool) -> None:
    here = "sqlite" if settings.database.startswith("sqlite") else "postgresql"
    if contents.database != here:
        raise InvalidInputError(
            f"{contents.name} holds a database of {contents.database}, CANDOR_DATABASE_URL names {here}: set it as it was then"
        )
    if not is_known(contents.revision):
        raise InvalidInputError(
            f"{contents.name} was made by a newer Candor (schema {contents.revision}): install that one first"
        )
    if contents.made_at < now - timedelta(days=settings.backup_keep_days) and not even_if_old:
        days = settings.backup_keep_days
        raise InvalidInputError(
            f"{contents.name} is of {contents.made_at:%Y-%m-%d}, older than CANDOR_BACKUP_KEEP_DAYS ({days}): "
            "what was forgotten soon after it is not known any more, and would come back. If there is no newer one: --even-if-old"
        )


def gathered(settings: Settings) -> list[Forgotten]:
    """What was forgotten, as far as it can still be read here: from the list's file, and from the database that is replaced."""
    found = read_list(settings.forgotten) if settings.forgotten.is_file() else []
    engine = _engine_if_there(settings)
    if engine is not None:
        with suppress(SQLAlchemyError):  # damaged, or from before there was a list: the file is what is left
            found += ForgottenList(engine, None).entries()
        engine.dispose()
    return found


def _list_in(file: Path, keys: Sequence[str], work: Path) -> list[Forgotten]:
    with file.open("rb") as opened:
        is_backup = opened.read(len(FIRST_LINE)) == FIRST_LINE
    return read_list(unseal(file, keys, work).files[FORGOTTEN] if is_backup else file)


def _engine_if_there(settings: Settings) -> Engine | None:
    """None where SQLite has no file yet: connecting would make one."""
    engine = make_engine(settings.database)
    if engine.dialect.name == "sqlite" and not Path(str(engine.url.database)).is_file():
        engine.dispose()
        return None
    return engine


def _holds_data(settings: Settings) -> bool:
    engine = _engine_if_there(settings)
    if engine is None:
        return False
    try:
        with engine.connect() as connection:
            return any(connection.execute(text(f"SELECT 1 FROM {table} LIMIT 1")).first() for table in HOLDING)  # noqa: S608
    except SQLAlchemyError:
        return engine.dialect.name == "sqlite"  # a file that is no database of ours, or a damaged one, may be all that is left
    finally:
        engine.dispose()


def _refuse_to_overwrite(settings: Settings, contents: BackupContents, *, replace: bool) -> None:
    there = ["a database with data"] if _holds_data(settings) else []
    if _changed_policies(settings, contents):
        there.append(f"other policies in {settings.policies_dir.name}/")
    if there and not replace:
        raise SomethingIsThereError(there)


def _changed_policies(settings: Settings, contents: BackupContents) -> bool:
    """Whether policies are there, and others than in the backup."""
    folder = settings.policies_dir
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()} if folder.is_dir() else {}
    saved = {name.removeprefix(f"{POLICIES}/"): path for name, path in contents.files.items() if name.startswith(f"{POLICIES}/")}
    same = there.keys() == saved.keys() and all(sha256_of(path) == sha256_of(saved[name]) for name, path in there.items())
    return bool(there) and not same


def _restore_sqlite(
    settings: Settings, contents: BackupContents, entries: Sequence[Forgotten], actor: str, aside: Path, *, replace: bool
) -> RestoreReport:
    """The database is made ready beside the one that is there, and takes its place at the end."""
    _refuse_to_overwrite(settings, contents, replace=replace)
    staged = contents.files[DATABASE]
    again, due = _make_ready(settings.model_copy(update={"database_url": f"sqlite:///{staged}"}), entries, actor, contents)
    place = Path(str(make_engine(settings.database).url.database))
    moves = FileMoves(aside)
    with moves.undone_on_error():
        moves.put(staged, place)
        _put_files(settings, contents, moves)
    write_list(settings.forgotten, entries)
    return RestoreReport(contents.made_at, len(contents.files), moves.aside, len(entries), again, due)


def _restore_postgresql(
    settings: Settings, contents: BackupContents, entries: Sequence[Forgotten], actor: str, aside: Path, *, replace: bool
) -> RestoreReport:
    """What is there keeps its tables in a schema of another name; it comes back if the restore fails."""
    _refuse_to_overwrite(settings, contents, replace=replace)
    engine = make_engine(settings.database)
    schema = aside.name.replace(".", "_").lower()
    try:
        with engine.begin() as connection:
            _refuse_beside_others(connection)
            connection.execute(text(f"DROP SCHEMA IF EXISTS {VECTORS} CASCADE"))  # of other releases; made anew when it is needed
            _set_schema_aside(connection, schema)
        moves = FileMoves(aside)
        try:
            archive = contents.files[DUMP]
            chosen = f"--use-list={_without_extensions(archive)}"
            run_postgresql(
                "pg_restore", settings.database, "--no-owner", "--no-privileges", "--exit-on-error", chosen, str(archive)
            )  # fmt: skip
            again, due = _make_ready(settings, entries, actor, contents)
            with moves.undone_on_error():
                _put_files(settings, contents, moves)
        except Exception:
            with engine.begin() as connection:
                _put_schema_back(connection, schema)
            raise
        with engine.begin() as connection:
            kept = connection.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname = :schema"), {"schema": schema})
            if not kept:
                connection.execute(text(f"DROP SCHEMA {schema}"))
    finally:
        engine.dispose()
    write_list(settings.forgotten, entries)
    schemas = (f"schema {schema}",) if kept else ()
    return RestoreReport(contents.made_at, len(contents.files), moves.aside + schemas, len(entries), again, due)


def _without_extensions(archive: Path) -> Path:
    """A list of what is to be restored of an archive, beside it. Candor's tables need no extension; the one that its search
    across companies uses is enabled where it is there, and this server may not have it.
    """
    entries = ask_postgresql("pg_restore", "--list", str(archive)).splitlines(keepends=True)
    listed = archive.with_suffix(".list")
    listed.write_text("".join(each for each in entries if " EXTENSION " not in each), encoding="utf-8")
    return listed


def _make_ready(
    settings: Settings, entries: Sequence[Forgotten], actor: str, contents: BackupContents
) -> tuple[ForgottenAgain, int]:
    """Upgrade the schema, forget again, end staff's sessions, and record it; returns what was forgotten, and how much is due."""
    # Whoever is erased again takes their files along: those of the backup, never those that are still in place.
    parts = Services(settings.model_copy(update={"files_dir": contents.root / FILES}))
    try:
        those = ForgottenList(parts.engine, None)
        those.merge(entries)
        again = _forget_again(parts, those.entries())
        if parts.old_secret_keys:  # hashes under an older key are made anew, so that entries of the newest are found too
            with suppress(CandorError):  # what no known key opens stays as it is
                parts.conversations.vault.rotate()
                rotate(parts.engine, parts.cipher)
            more = _forget_again(parts, those.entries())
            again = ForgottenAgain(
                again.conversations + more.conversations, again.requests + more.requests, again.reopened + more.reopened
            )
        with Session(parts.engine) as session, session.begin():
            session.execute(delete(SessionRow))  # an account that was closed since must not go on in an old session
        parts.staff.audit.record(
            actor, "backup.restore", f"backup of {contents.made_at:%Y-%m-%d %H:%M}", conversations=again.conversations,
            requests=again.requests,
        )  # fmt: skip
        counts = parts.requests.outbox.counts()
        if parts.engine.dialect.name == "sqlite":
            with parts.engine.connect() as connection:
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    finally:
        parts.engine.dispose()
    return again, counts.get(DUE, 0) + counts.get(SENDING, 0)


def _forget_again(parts: Services, entries: Sequence[Forgotten]) -> ForgottenAgain:
    """Rasa does not run now: what it has to forget is noted, and done when it starts."""
    transcripts = parts.conversations.transcripts

    def forget_now(conversation: str) -> None:
        transcripts.add_pending_deletions([conversation])
        parts.requests.links.remove(conversation)
        for chat in CHATS:
            chat.members(parts).forget(conversation)
        transcripts.forget(conversation)

    return make_erasure(parts).forget_again(entries, forget_now)


@dataclass
class FileMoves:
    """Puts files into place, and what was there aside, so that all of it can be undone. folder: where what is replaced goes."""

    folder: Path
    _done: list[tuple[Path, Path]] = field(default_factory=list)

    @property
    def aside(self) -> tuple[str, ...]:
        return (str(self.folder),) if self.folder.is_dir() else ()

    def put(self, source: Path, place: Path) -> None:
        """Move a file or folder to its place."""
        self.clear(place)
        place.parent.mkdir(parents=True, exist_ok=True)
        self._move(source, place)

    def clear(self, place: Path) -> None:
        """Set aside what is there, with what SQLite keeps beside it."""
        for each in (place, *(place.with_name(place.name + end) for end in BESIDE)):
            if each.exists():
                kept = self.folder / each.parent.name  # two folders may have files of one name
                kept.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._move(each, kept / each.name)

    @contextmanager
    def undone_on_error(self) -> Iterator[None]:
        """Move everything back if the block fails."""
        try:
            yield
        except Exception:
            for source, place in reversed(self._done):
                shutil.move(place, source)
            raise

    def _move(self, source: Path, place: Path) -> None:
        shutil.move(source, place)
        self._done.append((source, place))


def _put_files(settings: Settings, contents: BackupContents, moves: FileMoves) -> None:
    """Trackers, files to requesters, what else was in var/, and the policies."""
    if TRACKERS in contents.files:
        moves.put(contents.files[TRACKERS], settings.tracker_db)
    _put_below(contents, FILES, settings.files, moves)
    for name in _below(contents, VAR):
        moves.put(contents.root / VAR / name, settings.var_dir / name)
    if _changed_policies(settings, contents) or not settings.policies_dir.is_dir():
        _put_below(contents, POLICIES, settings.policies_dir, moves)


def _put_below(contents: BackupContents, folder: str, place: Path, moves: FileMoves) -> None:
    """What is in a folder of the backup takes the place of what is in another; the folder itself may be a disk of its own."""
    for path in sorted(place.iterdir()) if place.is_dir() else ():
        moves.clear(path)
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in sorted((contents.root / folder).iterdir()) if (contents.root / folder).is_dir() else ():
        moves.put(path, place / path.name)


def _below(contents: BackupContents, folder: str) -> list[str]:
    """The names directly below a folder of the backup."""
    return sorted({name.split("/")[1] for name in contents.files if name.startswith(f"{folder}/")})


def _refuse_beside_others(connection: Connection) -> None:
    """The server takes a moment to see that a process has ended, so it is asked again for a few seconds."""
    count = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    for _ in range(ASKED_AGAIN):
        connection.execute(text("SELECT pg_stat_clear_snapshot()"))
        others = connection.scalar(text(count))
        if not others:
            return
        time.sleep(0.25)
    raise InvalidInputError(f"{others} others use the database: stop every process of Candor first, on all machines")


def _set_schema_aside(connection: Connection, schema: str) -> None:
    """Make room in the schema `public`. Extensions stay in it: the backup's tables need them under that name."""
    connection.execute(text(f"ALTER SCHEMA public RENAME TO {schema}"))
    connection.execute(text("CREATE SCHEMA public"))
    _move_extensions(connection, schema, "public")


def _put_schema_back(connection: Connection, schema: str) -> None:
    _move_extensions(connection, "public", schema)
    connection.execute(text("DROP SCHEMA public CASCADE"))
    connection.execute(text(f"ALTER SCHEMA {schema} RENAME TO public"))


def _move_extensions(connection: Connection, source: str, target: str) -> None:
    in_schema = "SELECT extname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE n.nspname = :schema"
    for name in connection.scalars(text(in_schema), {"schema": source}).all():
        connection.execute(text(f'ALTER EXTENSION "{name}" SET SCHEMA {target}'))
