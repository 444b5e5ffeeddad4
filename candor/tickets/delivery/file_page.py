"""A requester at the link of their files: asks for a code, gives it, and gets the files, a bounded number of times.

The browser at the link has a name of its own, as a conversation has: codes are issued, checked and limited as for any
conversation that did not open the request, and a right one opens the files in that browser for an hour. Whoever has the link
alone learns nothing but the company's name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from candor.accounts.actors import REQUESTER, SYSTEM
from candor.database.transactions import changed, writing
from candor.errors import NotAllowedError, NotFoundError, TooManyError
from candor.tickets.company import RequestCompany
from candor.tickets.delivery.request_files import (
    HERE,
    MOST_DOWNLOADS,
    RequestFile,
    RequestFiles,
    file_of,
    link_of,
    token_hash,
)
from candor.tickets.events import RequestEvents
from candor.tickets.identity import Codes, NewCodeSent, RightCode, TooManyCodes, WrongCode, may_see
from candor.tickets.models import FileLinkRow, IdentityCodeRow, RequestFileRow, TicketRow
from candor.tickets.writers import about_ticket

DOWNLOADED = "files_downloaded"  # the event
DAY_SECONDS = 24 * 3600
WhyEnded = Literal["over", "taken_back", "replaced"]


class NoSuchLinkError(NotFoundError):
    """The link leads nowhere: mistyped, cut off, or erased with its request."""

    public = "This link leads nowhere. Please check that it was copied whole from the letter."


class LinkClosedError(NotAllowedError):
    """In this browser no right code was given within the last hour, or the link has ended."""

    public = "Please give your code again: these files are open for an hour after it was given."


class DownloadsUsedError(TooManyError):
    """The file was downloaded as often as it may be."""

    public = f"This file was downloaded {MOST_DOWNLOADS} times, as often as it may be. Please ask the company for it."

    def __init__(self) -> None:
        super().__init__(DAY_SECONDS)


@dataclass(frozen=True)
class LinkEnded:
    """The files are gone. why: their period is over, the company took them back, or a newer link gives what there is."""

    company: RequestCompany
    until: datetime
    why: WhyEnded


@dataclass(frozen=True)
class CodeWanted:
    """The files are there, and this browser has given no code yet. sent: a code waits to be given here."""

    company: RequestCompany
    until: datetime
    sent: bool


@dataclass(frozen=True)
class FilesOpen:
    """The files, for who has given the right code."""

    company: RequestCompany
    number: str
    until: datetime
    files: tuple[RequestFile, ...]


class FilePage:
    """What the page of a link does. visitor: the browser's name, made by the page; it begins with FILE_VISITOR."""

    def __init__(
        self, engine: Engine, events: RequestEvents, files: RequestFiles, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._engine, self._events, self._files, self._codes, self._clock = engine, events, files, Codes(events), now

    def look(self, token: str, visitor: str) -> LinkEnded | CodeWanted | FilesOpen:
        """How it stands with a link, in this browser. Raises: NoSuchLinkError."""
        with Session(self._engine) as session:
            link, row, now = *self._found(session, token), self._now()
            company = self._events.company(row.company)
            if link.ended_at is not None or link.until <= now:
                early = link.ended_at is not None and link.ended_at < link.until
                before: WhyEnded = "replaced" if link.ended_by == SYSTEM else "taken_back"
                return LinkEnded(company, link.until, before if early else "over")
            if not may_see(session, row, visitor, now):
                return CodeWanted(company, link.until, _has_code(session, row, visitor, now))
            return FilesOpen(company, row.number, link.until, link_of(session, self._events.cipher, link).files)

    def send_code(self, token: str, visitor: str) -> NewCodeSent | TooManyCodes:
        """Send a code to the address of the request. Raises: NoSuchLinkError; LinkClosedError where it has ended."""
        with writing(self._engine, self._about(token)) as session:
            row, now = self._live(session, token), self._now()
            limit = self._codes.stranger_limit(session, visitor, now)
            return limit or self._codes.issue(session, row, visitor, now, "asked")

    def give_code(self, token: str, visitor: str, typed: str) -> RightCode | WrongCode | NewCodeSent | TooManyCodes:
        """Check a code. A right one opens the files in this browser for an hour. Raises: as `send_code`."""
        with writing(self._engine, self._about(token)) as session:
            row, now = self._live(session, token), self._now()
            limit = self._codes.stranger_limit(session, visitor, now)
            if limit:
                return limit
            if not _has_code(session, row, visitor, now):  # a code that another browser asked for is none of this one's
                return self._codes.issue(session, row, visitor, now, "expired")
            return self._codes.check(session, row, typed, visitor, now)

    def fetch(self, token: str, visitor: str, file: int) -> tuple[RequestFile, Iterator[bytes]]:
        """One file, counted as one download.

        Raises: NoSuchLinkError; LinkClosedError; DownloadsUsedError; BrokenFileError while it is read.
        """
        with writing(self._engine, self._about(token)) as session:
            row, now = self._live(session, token), self._now()
            if not may_see(session, row, visitor, now):
                raise LinkClosedError("no right code was given in this browser")
            link, _ = self._found(session, token)
            wanted = session.get(RequestFileRow, file)
            if wanted is None or wanted.link_id != link.id or wanted.state != HERE:
                raise NoSuchLinkError("the link gives no such file")
            taken = [RequestFileRow.id == file, RequestFileRow.downloads < MOST_DOWNLOADS]
            again = {"downloads": RequestFileRow.downloads + 1}
            if not changed(session.execute(update(RequestFileRow).where(*taken).values(**again))):
                raise DownloadsUsedError
            link.downloads += 1
            if link.downloads == 1:
                self._events.note(session, row, DOWNLOADED, REQUESTER, now, data={"link": link.id})
            return file_of(self._events.cipher, wanted), self._files.bytes_of(wanted)

    def _live(self, session: Session, token: str) -> TicketRow:
        link, row = self._found(session, token)
        if link.ended_at is not None or link.until <= self._now() or row.email is None:
            raise LinkClosedError("the link has ended")
        return row

    def _about(self, token: str) -> str:
        with Session(self._engine) as session:
            ticket = session.scalar(select(FileLinkRow.ticket_id).where(FileLinkRow.token_hash == token_hash(token)))
        return about_ticket(self._engine, ticket)

    def _found(self, session: Session, token: str) -> tuple[FileLinkRow, TicketRow]:
        link = session.scalar(select(FileLinkRow).where(FileLinkRow.token_hash == token_hash(token)))
        row = session.get(TicketRow, link.ticket_id) if link else None
        if link is None or row is None:
            raise NoSuchLinkError("no link has this token")
        return link, row

    def _now(self) -> datetime:
        return self._clock().astimezone(UTC)


def _has_code(session: Session, row: TicketRow, visitor: str, now: datetime) -> bool:
    """Whether a live code was asked for in this browser. Its lifetime begins when its mail is sent."""
    codes = [IdentityCodeRow.ticket_id == row.id, IdentityCodeRow.conversation == visitor, IdentityCodeRow.expires_at > now]
    return session.scalar(select(IdentityCodeRow.id).where(*codes, IdentityCodeRow.state == "live").limit(1)) is not None
