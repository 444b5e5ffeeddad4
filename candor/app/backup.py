"""`candor backup`: one sealed file with everything that could not be made again, taken while Candor runs.

In it are the database, Rasa's trackers, the served index with the versions that are cited, the policies, and whatever else lies
in var/ but is not made by set-up. Not in it are the secret key, which opens it and is kept apart, and mail that became files.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import secrets
import shutil
import sqlite3
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, make_url, text

from candor import __version__
from candor.app.retention import forgotten_list
from candor.app.sealed_file import BackupWriter
from candor.errors import InvalidInputError, UnavailableError
from candor.retention.forgotten import write_list
from candor.services import Services
from candor.services.ground import make_private
from candor.settings import Settings
from knowledge.passage_table import SCHEMA as VECTORS

SUFFIX = ".candor-backup"
# How things are called in a backup.
MANIFEST, FORGOTTEN, DATABASE, DUMP = "manifest.json", "forgotten.jsonl", "database.sqlite", "database.dump"
TRACKERS, VAR, FILES, POLICIES = "trackers.sqlite", "var", "files", "policies"
# In var/, but made by set-up, of one machine alone, or not to be kept. What is not named here goes along, whatever it is.
LEFT_OUT = frozenset(
    {
        "secret.key", "candor.db", "rasa.db", "encoder", "large_encoder", "models", "stamps", "training", "reports",
        "screenshots", "hypothesis", "peers", "candor.cdx.json", "outbox", "forgotten.jsonl", "lost+found",
    }
)  # fmt: skip
BESIDE = ("-wal", "-shm", "-journal", ".upgrade")  # what SQLite and its upgrade keep beside a database
WORKING, ASIDE = "backup.", "replaced."  # how folders of ours in var/ begin: while a backup is made, and after a restore
LONGEST = 3600  # seconds for PostgreSQL's own programs


@dataclass(frozen=True)
class BackupReport:
    """What was made. removed: older backups that were over their period."""

    file: Path
    size: int  # bytes
    files: int
    revision: str
    removed: int


def make_backup(parts: Services, folder: Path, now: datetime | None = None) -> BackupReport:
    """Write a backup into the folder, under a name with the time, and remove those that are over their period.

    Raises: InvalidInputError if the folder lies in var/, or is missing; UnavailableError if the database cannot be copied.
    """
    settings, now = parts.settings, now or datetime.now(UTC)
    if not folder.is_dir():
        raise InvalidInputError(f"there is no folder {folder}: make it, best on another machine or disk")
    if folder.resolve().is_relative_to(settings.var_dir.resolve()):
        raise InvalidInputError(
            f"{folder} lies in the folder that is backed up: name one elsewhere, best on another machine or disk"
        )
    file = folder / f"candor-{now:%Y%m%dT%H%M%SZ}{SUFFIX}"
    with working_folder(settings) as work:
        copied = copy_all(parts.engine, settings, work)
        copied[FORGOTTEN] = write_list(work / FORGOTTEN, forgotten_list(parts).entries())
        revision = revision_of(parts.engine)
        facts: dict[str, object] = {
            "format": 1, "made_at": now.isoformat(), "candor": __version__, "revision": revision,
            "database": parts.engine.dialect.name,
        }  # fmt: skip
        manifest = {**facts, "files": {name: sha256_of(path) for name, path in copied.items()}}
        unfinished = file.with_name(f"{file.name}.unfinished")
        try:
            write_sealed(unfinished, parts.secret_key, facts, {MANIFEST: json.dumps(manifest, indent=1).encode()}, copied)
            unfinished.replace(file)
        finally:
            unfinished.unlink(missing_ok=True)
    over = [old for old in folder.glob(f"candor-*{SUFFIX}") if made_at(old) < now - timedelta(days=settings.backup_keep_days)]
    for old in over:
        old.unlink()
    return BackupReport(file, file.stat().st_size, len(copied), revision, len(over))


def made_at(file: Path) -> datetime:
    """When a backup was made, by its name; one whose name was changed counts as new."""
    try:
        stamp = file.name.removeprefix("candor-").removesuffix(SUFFIX)
        return datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return datetime.max.replace(tzinfo=UTC)


@contextmanager
def working_folder(settings: Settings) -> Iterator[Path]:
    """A private folder on the disk of var/, which is gone afterwards: unsealed copies lie nowhere else."""
    make_private(settings.var_dir)
    work = settings.var_dir / f"{WORKING}{secrets.token_hex(4)}"
    work.mkdir(mode=0o700)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def copy_all(engine: Engine, settings: Settings, work: Path) -> dict[str, Path]:
    """Consistent copies of everything: name in the backup → file.

    The trackers come first and the database second: what was forgotten in between is gone from the database, and the retention
    job removes a tracker without a conversation. Files come last: what the database names is there, unless it was deleted since.
    """
    copied: dict[str, Path] = {}
    if settings.tracker_db.is_file():
        copied[TRACKERS] = copy_sqlite(settings.tracker_db, work / TRACKERS)
    if engine.dialect.name == "sqlite":
        copied[DATABASE] = copy_sqlite(Path(str(engine.url.database)), work / DATABASE)
    else:
        copied[DUMP] = dump_postgresql(settings.database, work / DUMP)
    elsewhere = {settings.tracker_db, Path(str(engine.url.database)), settings.forgotten, settings.files}
    for path in sorted(settings.var_dir.iterdir()):
        ours = path.name in LEFT_OUT or path.name.startswith((WORKING, ASIDE)) or path.name.endswith(BESIDE)
        if ours or path in elsewhere:
            continue
        copied |= copy_files(path, work / VAR / path.name, f"{VAR}/{path.name}")
    copied |= copy_files(settings.files, work / FILES, FILES)
    return copied | copy_files(settings.policies_dir, work / POLICIES, POLICIES)


def copy_sqlite(database: Path, to: Path) -> Path:
    """A consistent copy while others write, by SQLite's own backup. Raises: UnavailableError if it is damaged."""
    with (
        closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=60)) as source,
        closing(sqlite3.connect(to)) as copy,
    ):
        try:
            source.backup(copy)
            found = copy.execute("PRAGMA quick_check").fetchone()[0]
        except sqlite3.DatabaseError as error:
            found = type(error).__name__
    if found != "ok":
        raise UnavailableError(f"{database.name} is damaged, so no backup was made: put back the last one (docs/operating.md)")
    return to


def dump_postgresql(url: str, to: Path) -> Path:
    """pg_dump's own archive, from one snapshot. Left out are what a restore has set aside, and vectors that are made anew."""
    left_out = ("--exclude-schema=replaced_*", f"--exclude-schema={VECTORS}")
    run_postgresql("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", *left_out, f"--file={to}")
    return to


def run_postgresql(program: str, url: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on the database. The password is in the environment, not among the arguments.

    Raises: UnavailableError with what it said, which names tables and roles and never a row.
    """
    address = make_url(url).set(drivername="postgresql")
    password = {"PGPASSWORD": str(address.password)} if address.password else {}
    plain = address._replace(password=None).render_as_string(hide_password=False)
    ask_postgresql(program, *arguments, f"--dbname={plain}", environment=password)


def ask_postgresql(program: str, *arguments: str, environment: Mapping[str, str] | None = None) -> str:
    """Run one of PostgreSQL's programs; returns what it printed. Raises: UnavailableError with what it said."""
    try:
        done = subprocess.run(
            [postgresql_program(program), *arguments], env={**os.environ, **(environment or {})}, capture_output=True, text=True,
            timeout=LONGEST, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnavailableError(
            f"{program} cannot be run ({type(error).__name__}): install PostgreSQL's client programs"
        ) from error
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["nothing"])[-1][:300]
        raise UnavailableError(f"{program} failed: {said}. It must be as new as the server, and its user must own the tables")
    return done.stdout


def postgresql_program(name: str) -> str:
    """From PATH, else the newest that Debian keeps elsewhere."""
    kept = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]) if path.parts[4].isdigit() else 0
    )
    return shutil.which(name) or (str(kept[-1]) if kept else name)


def copy_files(source: Path, to: Path, name: str) -> dict[str, Path]:
    """Every file below a folder, or the one file. What is deleted meanwhile is left out."""
    found = (
        [source] if source.is_file() else sorted(path for path in source.rglob("*") if path.is_file() and not path.is_symlink())
    )
    copied = {}
    for path in found:
        place = to / path.relative_to(source) if path != source else to
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(path, place)
        except FileNotFoundError:
            continue
        copied[name if path == source else f"{name}/{path.relative_to(source).as_posix()}"] = place
    return copied


def write_sealed(
    file: Path, secret: str, facts: dict[str, object], texts: Mapping[str, bytes], files: Mapping[str, Path]
) -> None:
    """A compressed tar of the texts and then the files, sealed."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        sealed = BackupWriter(out, secret, facts)
        with tarfile.open(fileobj=sealed, mode="w|gz") as archive:
            for name, content in texts.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                with io.BytesIO(content) as stream:
                    archive.addfile(entry, stream)
            for name, path in files.items():
                entry = tarfile.TarInfo(name)
                entry.size = path.stat().st_size
                with path.open("rb") as stream:
                    archive.addfile(entry, stream)
        sealed.finish()
        out.flush()
        os.fsync(out.fileno())


def revision_of(engine: Engine) -> str:
    """Of the schema."""
    with engine.connect() as connection:
        return str(connection.scalar(text("SELECT version_num FROM alembic_version")) or "")


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
