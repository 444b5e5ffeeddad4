"""Files of a request: put to it by staff, handed over by a link, and gone with their period.

A row is written before its bytes arrive and deleted before its bytes are: so whatever lies in the folder without a row is
nobody's, and `sweep` removes it, whenever a process may have died.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from urllib.parse import quote

from sqlalchemy import ColumnElement, Engine, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from candor.accounts.actors import SYSTEM
from candor.database.transactions import changed, writing
from candor.errors import ConflictError, NotFoundError, UnavailableError
from candor.tickets.cipher import FieldCipher
from candor.tickets.delivery.file_kinds import HEAD, FileRefusedError, check_content, clean_name, kind_of_name
from candor.tickets.delivery.file_store import FileSealer, FileStore, new_blob, new_key
from candor.tickets.models import FileLinkRow, RequestFileRow, TicketRow
from candor.tickets.states import CLOSED
from candor.tickets.writers import about, about_number, about_ticket, companies_of

ARRIVING, HERE = "arriving", "here"
MOST_FILES = 50  # of one request
MOST_DOWNLOADS = 10  # of one file: for a second device, and for a download that broke off
LONGEST_ARRIVAL = timedelta(hours=2)  # after that nobody is sending it any more


class ClosedToFilesError(ConflictError):
    """The request is closed, so nothing can be put to it."""

    public = "This request is closed: nothing was put to it. Reopen it first."


class NoSuchFileError(NotFoundError):
    """The request has no such file, or not any more."""

    public = "This file is not there any more. Somebody may have removed it meanwhile: look at what is there, then decide."


class FilesChangedError(ConflictError):
    """One of the files to hand over has been removed since the form was made."""

    public = "One of the files was removed meanwhile. Nothing was sent: look at which are there, then decide."


class NowhereToStoreError(UnavailableError):
    """The disk takes no more."""

    public = "The file could not be kept: the disk of this machine is full or cannot be written to. Tell whoever runs Candor."


@dataclass(frozen=True)
class RequestFile:
    """A file that is all there. size: in bytes. downloads: under its newest link."""

    id: int
    name: str
    size: int
    added_at: datetime
    added_by: str
    downloads: int
    link: int | None = None

    @property
    def kind(self) -> str:
        return kind_of_name(self.name).upper()

    @property
    def headers(self) -> dict[str, str]:
        """The HTTP headers under which a browser keeps the file, and runs nothing of it."""
        return {
            "Content-Type": "application/octet-stream", "Content-Length": str(self.size),
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(self.name)}",
            "Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "no-store", "X-Robots-Tag": "noindex",
        }  # fmt: skip

    @property
    def written_size(self) -> str:
        """As people write sizes: 340 bytes, 12 KB, 3.4 MB."""
        if self.size < 1000:
            return f"{self.size} bytes"
        return f"{self.size / 1000:.0f} KB" if self.size < 999_500 else f"{self.size / 1_000_000:.1f} MB"


@dataclass(frozen=True)
class FileLink:
    """A link that a requester was given. ended_by: who took it back; the system: its period is over."""

    id: int
    made_at: datetime
    until: datetime
    ended_at: datetime | None
    ended_by: str
    downloads: int
    files: tuple[RequestFile, ...]


class ArrivingFile:
    """A file that is being sent. Its kind is checked by its first bytes, its size while it grows; `abandon` leaves nothing."""

    def __init__(self, files: RequestFiles, id: int, name: str, blob: str, writer: FileSealer) -> None:
        self.id, self.name, self.blob = id, name, blob
        self._files, self._writer, self._head, self._is_checked = files, writer, b"", False

    def write(self, more: bytes) -> None:
        """Raises: FileRefusedError for a file that is too large, or not what its name says; NowhereToStoreError."""
        if self._writer.size + len(more) > self._files.largest:
            most = megabytes(self._files.largest)
            raise FileRefusedError(f"“{self.name}” is larger than {most}, the most that one file may have.")
        if not self._is_checked:
            self._head += more[: HEAD - len(self._head)]
            self._is_checked = len(self._head) >= HEAD
            if self._is_checked:
                check_content(self.name, self._head, whole=False)
        try:
            self._writer.write(more)
        except OSError as error:
            raise NowhereToStoreError(f"the folder of files takes no more ({error.strerror})") from error

    def finish(self) -> int:
        """The file is whole: its id. Raises: as `write`."""
        if not self._is_checked:
            check_content(self.name, self._head, whole=True)
        try:
            self._writer.finish()
        except OSError as error:
            raise NowhereToStoreError(f"the folder of files takes no more ({error.strerror})") from error
        self._files.has_arrived(self.id, self._writer.size)
        return self.id

    def abandon(self) -> None:
        with suppress(OSError):
            self._writer.close()
        self._files.drop(self.id)


class RequestFiles:
    """What staff do with files, and what keeps their periods. largest: bytes of one file."""

    def __init__(
        self, engine: Engine, cipher: FieldCipher, store: FileStore, largest: int,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        self._engine, self._cipher, self._store, self.largest, self._clock = engine, cipher, store, largest, now

    def begin(self, number: str, name: str, actor: str) -> ArrivingFile:
        """Begin to take a file. Raises: FileRefusedError; ClosedToFilesError; NowhereToStoreError."""
        kept_as, blob, key = clean_name(name), new_blob(), new_key()
        with writing(self._engine, about_number(self._engine, number)) as session:
            ticket = session.scalars(select(TicketRow).where(TicketRow.number == number)).one()
            if ticket.status in CLOSED or ticket.erased_at is not None:
                raise ClosedToFilesError(f"request {number} is {ticket.status}")
            theirs = select(func.count()).select_from(RequestFileRow).where(RequestFileRow.ticket_id == ticket.id)
            if (session.scalar(theirs) or 0) >= MOST_FILES:
                raise FileRefusedError(
                    f"There are {MOST_FILES} files already, the most that one request may have. Put some into a ZIP."
                )
            row = RequestFileRow(
                ticket_id=ticket.id, blob=blob, key=self._cipher.encrypt(base64.b64encode(key).decode()),
                name=self._cipher.encrypt(kept_as), size=0, state=ARRIVING, added_at=self._now(), added_by=actor[:40],
            )  # fmt: skip
            session.add(row)
            session.flush()
            id_ = row.id
        try:
            return ArrivingFile(self, id_, kept_as, blob, self._store.writer(blob, key))
        except OSError as error:
            self.drop(id_)
            raise NowhereToStoreError(f"the folder of files cannot be written to ({error.strerror})") from error

    def add(self, number: str, name: str, content: bytes, actor: str) -> int:
        """Put a small file to the request that is in memory already. Raises: as `begin` and as ArrivingFile.write."""
        arriving = self.begin(number, name, actor)
        try:
            arriving.write(content)
            return arriving.finish()
        except Exception:
            arriving.abandon()
            raise

    def of(self, number: str) -> tuple[RequestFile, ...]:
        """The files of a request that are all there, in the order in which they were put to it."""
        with Session(self._engine) as session:
            rows = session.scalars(
                select(RequestFileRow)
                .join(TicketRow, TicketRow.id == RequestFileRow.ticket_id)
                .where(TicketRow.number == number, RequestFileRow.state == HERE)
                .order_by(RequestFileRow.id)
            )
            return tuple(file_of(self._cipher, row) for row in rows)

    def links(self, number: str) -> tuple[FileLink, ...]:
        """The links that its requester was given, the newest first."""
        with Session(self._engine) as session:
            rows = session.scalars(
                select(FileLinkRow)
                .join(TicketRow, TicketRow.id == FileLinkRow.ticket_id)
                .where(TicketRow.number == number)
                .order_by(FileLinkRow.id.desc())
            )
            return tuple(link_of(session, self._cipher, row) for row in rows)

    def handed_over(self, number: str, now: datetime) -> tuple[str, datetime] | None:
        """The token of the link under which the requester finds their files now, and until when; None where there is none."""
        query = select(FileLinkRow).join(TicketRow, TicketRow.id == FileLinkRow.ticket_id).where(
            TicketRow.number == number, FileLinkRow.ended_at.is_(None), FileLinkRow.until > now
        )  # fmt: skip
        with Session(self._engine) as session:
            link = session.scalars(query.order_by(FileLinkRow.id.desc()).limit(1)).first()
            return (self._cipher.decrypt(link.token), link.until) if link else None

    def read(self, number: str, file: int) -> tuple[RequestFile, Iterator[bytes]]:
        """A file for staff, who look at what they hand over. Raises: NoSuchFileError; BrokenFileError while it is read."""
        with Session(self._engine) as session:
            row = self._one(session, number, file)
            return file_of(self._cipher, row), self.bytes_of(row)

    def bytes_of(self, row: RequestFileRow) -> Iterator[bytes]:
        """Raises: BrokenFileError, at once or while it is read."""
        blocks = self._store.read(row.blob, base64.b64decode(self._cipher.decrypt(row.key)))
        return chain([next(blocks)], blocks)  # a file that is missing is an error at once, and no download that breaks off

    def remove(self, number: str, file: int) -> None:
        """Remove a file that no live link gives, with its bytes. Raises: NoSuchFileError."""
        with writing(self._engine, about_number(self._engine, number)) as session:
            row = self._one(session, number, file)
            live = session.get(FileLinkRow, row.link_id) if row.link_id else None
            if live is not None and live.ended_at is None:
                raise NoSuchFileError("a live link gives this file")
            session.delete(row)
        self.sweep()

    def end_over(self, now: datetime) -> int:
        """End the links whose period is over, and remove files that lie with closed requests. Returns how many files went."""
        links, gone = [FileLinkRow.ended_at.is_(None), FileLinkRow.until <= now], 0
        with Session(self._engine) as session:
            tickets = {*session.scalars(select(FileLinkRow.ticket_id).where(*links))}
            tickets |= {*session.scalars(select(RequestFileRow.ticket_id).where(*self.over(now)))}
        if tickets:
            with writing(self._engine, *map(about, companies_of(self._engine, tickets))) as session:
                for link in session.scalars(select(FileLinkRow).where(*links)):
                    gone += end_link(session, link, SYSTEM, now)
                gone += changed(session.execute(delete(RequestFileRow).where(or_(*_files_over(now)))))
        self.sweep()
        return gone

    def take_back(self, number: str, link: int, actor: str) -> None:
        """End a link, with its files and their bytes. Raises: NoSuchFileError where it has ended already."""
        with writing(self._engine, about_number(self._engine, number)) as session:
            row = session.get(FileLinkRow, link)
            ticket = session.get(TicketRow, row.ticket_id) if row else None
            if row is None or ticket is None or ticket.number != number or row.ended_at is not None:
                raise NoSuchFileError("the link has ended")
            end_link(session, row, actor, self._now())
        self.sweep()

    def over(self, now: datetime) -> list[ColumnElement[bool]]:
        """The condition on RequestFileRow that the file is over its period."""
        ended = select(FileLinkRow.id).where(FileLinkRow.ended_at.is_(None), FileLinkRow.until <= now)
        return [or_(RequestFileRow.link_id.in_(ended), *_files_over(now))]

    def sweep(self) -> int:
        """Delete the bytes that no row names. Returns how many files that were."""
        there = self._store.blobs()  # before the rows are read: the row of a newer file is there already
        if not there:
            return 0
        with Session(self._engine) as session:
            known = set(session.scalars(select(RequestFileRow.blob).where(RequestFileRow.blob.in_(there))))
        return self._store.delete(there - known)

    def has_arrived(self, file: int, size: int) -> None:
        """Raises: ClosedToFilesError if the request was closed while the file arrived."""
        with writing(self._engine, self._about(file)) as session:
            row = session.get(RequestFileRow, file)
            ticket = session.get(TicketRow, row.ticket_id) if row else None
            if row is None or ticket is None or ticket.status in CLOSED:
                raise ClosedToFilesError("the request was closed while a file arrived")
            row.size, row.state = size, HERE

    def drop(self, file: int) -> None:
        """Drop a file that did not arrive whole."""
        with writing(self._engine, self._about(file)) as session:
            session.execute(delete(RequestFileRow).where(RequestFileRow.id == file))
        self.sweep()

    def _about(self, file: int) -> str:
        with Session(self._engine) as session:
            return about_ticket(self._engine, session.scalar(select(RequestFileRow.ticket_id).where(RequestFileRow.id == file)))

    def _one(self, session: Session, number: str, file: int) -> RequestFileRow:
        row = session.scalar(
            select(RequestFileRow)
            .join(TicketRow, TicketRow.id == RequestFileRow.ticket_id)
            .where(TicketRow.number == number, RequestFileRow.id == file, RequestFileRow.state == HERE)
        )
        if row is None:
            raise NoSuchFileError(f"request {number} has no file {file}")
        return row

    def _now(self) -> datetime:
        return self._clock().astimezone(UTC)


def hand_over(session: Session, cipher: FieldCipher, row: TicketRow, files: Sequence[int], now: datetime, keep: timedelta) -> int:
    """Make a link that gives these files, in the caller's transaction; returns its id. The request's older link ends.

    Raises: FilesChangedError.
    """
    theirs = [RequestFileRow.id.in_(files), RequestFileRow.ticket_id == row.id, RequestFileRow.state == HERE]
    token = secrets.token_urlsafe(24)
    link = FileLinkRow(
        ticket_id=row.id, token=cipher.encrypt(token), token_hash=token_hash(token), made_at=now, until=end_of_day(now + keep)
    )
    session.add(link)
    session.flush()
    given = changed(session.execute(update(RequestFileRow).where(*theirs).values(link_id=link.id, downloads=0)))
    if given != len(set(files)):
        raise FilesChangedError(f"{given} of {len(files)} files are there")
    for older in session.scalars(
        select(FileLinkRow).where(FileLinkRow.ticket_id == row.id, FileLinkRow.id != link.id, FileLinkRow.ended_at.is_(None))
    ):
        end_link(session, older, SYSTEM, now)
    return link.id


def end_link(session: Session, link: FileLinkRow, actor: str, now: datetime) -> int:
    """End a link, and delete its files, in the caller's transaction; `sweep` then deletes their bytes. Returns how many files."""
    link.ended_at, link.ended_by = now, actor[:40]
    session.flush()
    return changed(session.execute(delete(RequestFileRow).where(RequestFileRow.link_id == link.id)))


def drop_unsent(session: Session, ticket: int) -> None:
    """Delete the files of a request that no live link gives: it is closed, and they were not handed over."""
    live = select(FileLinkRow.id).where(FileLinkRow.ticket_id == ticket, FileLinkRow.ended_at.is_(None))
    unsent = or_(RequestFileRow.link_id.is_(None), RequestFileRow.link_id.not_in(live))
    session.execute(delete(RequestFileRow).where(RequestFileRow.ticket_id == ticket, unsent))


def erase_files(session: Session, ticket: int) -> None:
    """Delete all that is there of a request's files and links, in the caller's transaction."""
    session.execute(delete(RequestFileRow).where(RequestFileRow.ticket_id == ticket))
    session.execute(delete(FileLinkRow).where(FileLinkRow.ticket_id == ticket))


def file_of(cipher: FieldCipher, row: RequestFileRow) -> RequestFile:
    """The file in a row. Raises: LostKeyError."""
    name = cipher.decrypt(row.name)
    return RequestFile(row.id, name, row.size, row.added_at, row.added_by, row.downloads, row.link_id)


def link_of(session: Session, cipher: FieldCipher, row: FileLinkRow) -> FileLink:
    """The link in a row, with the files that it gives now."""
    files = session.scalars(select(RequestFileRow).where(RequestFileRow.link_id == row.id).order_by(RequestFileRow.id))
    given = tuple(file_of(cipher, file) for file in files)
    return FileLink(row.id, row.made_at, row.until, row.ended_at, row.ended_by, row.downloads, given)


def token_hash(token: str) -> str:
    """By which a link is found: its token has 192 random bits, so nothing but the hash is needed to hide it."""
    return hashlib.sha256(token.encode()).hexdigest()


def end_of_day(moment: datetime) -> datetime:
    """The first instant after the day (UTC): a letter names a day, and all of it counts."""
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def megabytes(size: int) -> str:
    """100_000_000 → 100 MB."""
    return f"{size / 1_000_000:g} MB"


def _files_over(now: datetime) -> list[ColumnElement[bool]]:
    stuck = and_(RequestFileRow.state == ARRIVING, RequestFileRow.added_at < now - LONGEST_ARRIVAL)
    live = select(FileLinkRow.id).where(FileLinkRow.ended_at.is_(None))
    closed = select(TicketRow.id).where(TicketRow.status.in_(CLOSED))
    unsent = or_(RequestFileRow.link_id.is_(None), RequestFileRow.link_id.not_in(live))
    return [stuck, and_(RequestFileRow.state == HERE, RequestFileRow.ticket_id.in_(closed), unsent)]
