"""Put what requesters and visitors write back by mail where staff work on it. However often a mail arrives, it counts once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Protocol

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from candor.accounts.actors import REQUESTER
from candor.database.transactions import writing
from candor.tickets.addresses import Address, read_address
from candor.tickets.delivery.bounces import BounceOutcome, Bounces
from candor.tickets.delivery.file_kinds import FileRefusedError, clean_name
from candor.tickets.delivery.mail_replies import MailReply, files_in, read_reply
from candor.tickets.delivery.request_files import ClosedToFilesError, RequestFiles
from candor.tickets.events import MAIL_RECEIVED, RequestEvents
from candor.tickets.models import HandoffRow, OutboxRow, ReceivedMailRow, TicketEventRow, TicketRow
from candor.tickets.writers import about_letter

MOST_SENT = 100_000_000  # bytes of the files that lie with one request and came by mail
MOST_A_DAY = 20  # mails to one request: two programs that answer each other end there
WITH_ANSWER = "waiting_for_requester"


class VisitorMail(Protocol):
    """Where a visitor's mail belongs who was answered by a person."""

    def wrote_back(self, handoff: int, reply: MailReply, *, known_sender: bool) -> None:
        """Record the mail in the conversation, as far as it is still there, and have its visitor wait again.

        known_sender: whether it came from the address that they left. Under an id that was recorded before, nothing is done.
        """
        ...


class IncomingMail:
    """Reads each mail that arrives: a letter that came back, or what a person writes back.

    Files that come with it are put to the request where somebody had asked its requester something, and they answer from the
    address on file. What nobody asked for is not kept: people send passports.
    """

    def __init__(
        self, engine: Engine, events: RequestEvents, bounces: Bounces, visitors: Callable[[], VisitorMail], files: RequestFiles,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        self._engine, self._events, self._bounces, self._visitors, self._clock = engine, events, bounces, visitors, now
        self._files = files

    def read(self, raw: bytes) -> BounceOutcome:
        """Record what a mail says. "no_bounce": it says nothing to us."""
        outcome = self._bounces.read(raw)
        reply = read_reply(raw) if outcome == "no_bounce" else None
        return self.record(reply, raw) if reply else outcome

    def record(self, reply: MailReply, raw: bytes = b"") -> BounceOutcome:
        """Record what a person wrote back. raw: the mail, for its files. Raises: NowhereToStoreError, having recorded nothing."""
        kept = self._keep_files(reply, raw) if reply.attachments else ()
        with writing(self._engine, about_letter(self._engine, reply.keys)) as session:
            letter = _letter(session, reply)
            if letter is None:
                return "no_bounce"
            if _is_known(session, reply):
                return "known"
            handoff, known_sender = letter.handoff_id, False
            if handoff is None:
                session.add(ReceivedMailRow(mail=reply.id, at=self._now()))
                return "reply" if self._to_request(session, letter.ticket_id, reply, kept) else "no_bounce"
            row = session.get(HandoffRow, handoff)
            known_sender = row is not None and self._is_theirs(reply.sender, row.email_hash)
        self._visitors().wrote_back(handoff, reply, known_sender=known_sender)
        with writing(self._engine, f"mail {reply.id}") as session:  # last, so that a crash before it loses nothing
            if not _is_known(session, reply):
                session.add(ReceivedMailRow(mail=reply.id, at=self._now()))
        return "reply"

    def _keep_files(self, reply: MailReply, raw: bytes) -> tuple[str, ...]:
        """Put the mail's files to its request, as far as they were asked for and are taken; returns their names in the mail.

        Each is taken once, also where a process died before the mail was recorded: a file of this name and size is there.
        """
        with Session(self._engine) as session:
            letter = _letter(session, reply)
            row = session.get(TicketRow, letter.ticket_id) if letter and letter.ticket_id else None
            asked = row is not None and row.status == WITH_ANSWER and self._is_theirs(reply.sender, row.email_hash)
            if row is None or not asked or _is_known(session, reply):
                return ()
            number = row.number
        there = {(one.name, one.size) for one in self._files.of(number) if one.added_by == REQUESTER}
        room, kept = MOST_SENT - sum(size for _, size in there), []
        for file in files_in(raw):
            with suppress(FileRefusedError, ClosedToFilesError):
                named = (clean_name(file.name), len(file.content))
                if named not in there:
                    if len(file.content) > room:
                        continue
                    self._files.add(number, file.name, file.content, REQUESTER)
                    room -= len(file.content)
                kept.append(file.name)
        return tuple(kept)

    def _to_request(self, session: Session, ticket: int | None, reply: MailReply, kept: Sequence[str]) -> bool:
        """Whether the request still belongs to somebody, and has not had too many mails today."""
        row, now = session.get(TicketRow, ticket) if ticket else None, self._now()
        if row is None or row.email is None or self._too_many(session, row, now):
            return False
        known = self._is_theirs(reply.sender, row.email_hash)
        data = {"by": "mail"} | ({} if known else {"other_sender": True})
        if row.status == WITH_ANSWER and known:
            self._events.move(session, row, "answer", "requester", now, words=reply.words_with(kept), data=data)
        else:  # from another address it may be a stranger's: staff decide what it is worth
            event = self._events.note(session, row, MAIL_RECEIVED, "requester", now, words=reply.words_with(kept), data=data)
            self._events.tell_staff(session, "staff_answer", now, row=row, event=event, hook="request.mail")
        return True

    def _too_many(self, session: Session, row: TicketRow, now: datetime) -> bool:
        today = [TicketEventRow.ticket_id == row.id, TicketEventRow.at > now - timedelta(days=1)]
        count = select(func.count()).select_from(TicketEventRow).where(*today, TicketEventRow.what == MAIL_RECEIVED)
        return (session.scalar(count) or 0) >= MOST_A_DAY

    def _is_theirs(self, sender: str, email_hash: str | None) -> bool:
        address = read_address(sender)
        return isinstance(address, Address) and email_hash in self._events.cipher.fingerprints(address.same)

    def _now(self) -> datetime:
        return self._clock().astimezone(UTC)


def _letter(session: Session, reply: MailReply) -> OutboxRow | None:
    """The letter that a mail answers."""
    answered = [OutboxRow.key.in_(reply.keys), OutboxRow.channel == "requester"]
    return session.scalar(select(OutboxRow).where(*answered).order_by(OutboxRow.id.desc()).limit(1))


def _is_known(session: Session, reply: MailReply) -> bool:
    """Whether the mail was recorded before."""
    return session.scalar(select(ReceivedMailRow.id).where(ReceivedMailRow.mail == reply.id)) is not None
