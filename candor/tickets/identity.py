"""One-time codes by mail: whoever can read the mail of an address may speak for it.

A code has six digits, lasts ten minutes and allows three attempts; after that a new one is sent automatically, until the limits
are reached. Limits count what a sender does, so that nobody can use up those of somebody else: an address gets the code that its
owner asks for, however many others have asked for one. An expired or wrong code never closes a request. Outside the conversation
that opened the request, one learns only whether a code was right: neither whether the number or the address exists, nor how many
attempts are left.

How likely guessing is: three attempts on each of three codes a day are 9 in 1,000,000 a day for one sender, and every guess after
the first three sends the owner a mail.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session

from candor.accounts.actors import REQUESTER, SYSTEM
from candor.tickets.delivery import outbox
from candor.tickets.events import RequestEvents
from candor.tickets.models import IdentityAttemptRow, IdentityCodeRow, OutboxRow, TicketAccessRow, TicketRow
from candor.tickets.senders import sender_of
from candor.tickets.stranger_mail import USED, next_mail
from candor.tickets.ticket import CodeLetter, CodeStanding
from candor.typed.codes import codes_in

LIFETIME = timedelta(minutes=10)  # from when the mail is sent
MOST_ATTEMPTS = 3
CODES_AN_HOUR, CODES_A_DAY = 5, 10  # per request and sender; the hourly limit also holds per conversation
UNPROVEN_CODES_A_DAY = 50  # per sender, to all addresses; stranger_mail.py limits those to each
STRANGER_ATTEMPTS_AN_HOUR = 10  # questions and codes about numbers of other conversations, per conversation
STRANGER_ATTEMPTS_OF_SENDER = 30  # and per sender: an office may share one address
WRONG_CODES_AN_HOUR = 15  # per sender
ACCESS = timedelta(hours=1)  # for how long a right code gives a conversation access to the request
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LIVE, OVER = "live", "over"
FILE_VISITOR = "files_"  # how the name begins that the browser at a link to files has in place of a conversation's

CodeRefusal = Literal["wrong", "expired", "asked"]


@dataclass(frozen=True)
class RightCode:
    """The code was the one that was sent."""


@dataclass(frozen=True)
class WrongCode:
    """It was not. `left`: attempts that remain on this code; None if that must not be disclosed."""

    left: int | None


@dataclass(frozen=True)
class NewCodeSent:
    """A new code is being sent: on request, or because the last one expired or three wrong codes were given."""

    reason: CodeRefusal


@dataclass(frozen=True)
class TooManyCodes:
    """Nothing more is sent or checked before `until`. The request does not change."""

    until: datetime


@dataclass(frozen=True)
class CodeOnItsWay:
    """The answer for any number of another conversation: if there is such a request, a code is being sent to its address."""


class Codes:
    """Issues and checks codes, in the caller's transaction."""

    def __init__(self, events: RequestEvents) -> None:
        self._events, self._cipher = events, events.cipher

    def issue(
        self, session: Session, row: TicketRow, conversation: str, now: datetime, reason: CodeRefusal
    ) -> NewCodeSent | TooManyCodes:
        """Make a code and put its mail into the outbox; older codes of the request become invalid.

        The request has an address.
        """
        sender = sender_of(session, self._cipher, conversation)
        until = self._limit(session, row, conversation, now)
        if until is not None:
            if self._events.newest(session, row) != "code_withheld":
                self._events.note(session, row, "code_withheld", SYSTEM, now, data={"until": until.isoformat()})
            return TooManyCodes(until)
        self.end(session, row)
        nonce = secrets.token_bytes(16)
        code = IdentityCodeRow(
            ticket_id=row.id, nonce=nonce, code_hash=self._cipher.code_hash(row.id, self._cipher.code_from(nonce, row.id)),
            email_hash=row.email_hash or "", conversation=conversation, sender=sender, issued_at=now,
            expires_at=now + LIFETIME, tries=0, state=LIVE,
        )  # fmt: skip
        session.add(code)
        session.flush()
        event = self._events.note(session, row, "code_sent", SYSTEM, now, data={"reason": reason})
        outbox.put(session, "requester", "code", now, ticket=row.id, event=event.id, code=code.id)
        return NewCodeSent(reason)

    def check(
        self, session: Session, row: TicketRow, typed: str, conversation: str, now: datetime
    ) -> RightCode | WrongCode | NewCodeSent | TooManyCodes:  # fmt: skip
        """Check the code in what was typed, in any spelling; after the last wrong attempt a new one is sent.

        A message may have other groups of six digits: the right code among them counts, and all of them are one attempt. At
        most three are looked at (candor/typed/codes.py), so that a message is no way to guess.

        The same right code counts again within its lifetime and in the same conversation, because the first answer may have
        been lost in transit.
        """
        codes, sender = codes_in(typed), sender_of(session, self._cipher, conversation)
        too_often = self._attempts(session, IdentityAttemptRow.sender == sender, "wrong", now, WRONG_CODES_AN_HOUR)
        if too_often is not None:
            return TooManyCodes(too_often)
        last = session.scalar(
            select(IdentityCodeRow).where(IdentityCodeRow.ticket_id == row.id).order_by(IdentityCodeRow.id.desc()).limit(1)
        )
        if last is None or last.state == OVER or last.expires_at <= now:
            if last is not None and last.state == LIVE:
                last.state = OVER
            return self.issue(session, row, conversation, now, "expired")
        right = any(self._cipher.is_code(row.id, code, last.code_hash) for code in codes)
        if last.state == USED:
            again = right and may_see(session, row, conversation, now)
            return RightCode() if again else self.issue(session, row, conversation, now, "expired")
        last.tries += 1
        if right:
            last.state = USED
            self._events.note(session, row, "code_given", REQUESTER, now)
            self._admit(session, row, conversation, now)
            return RightCode()
        self._events.note(session, row, "code_wrong", REQUESTER, now)
        session.add(IdentityAttemptRow(conversation=conversation, sender=sender, what="wrong", at=now))
        if last.tries >= MOST_ATTEMPTS:
            last.state = OVER
            return self.issue(session, row, conversation, now, "wrong")
        return WrongCode(MOST_ATTEMPTS - last.tries)

    def end(self, session: Session, row: TicketRow) -> None:
        """Invalidate the request's live code."""
        live = [IdentityCodeRow.ticket_id == row.id, IdentityCodeRow.state == LIVE]
        session.execute(update(IdentityCodeRow).where(*live).values(state=OVER))

    def renew(self, session: Session, code_id: int, now: datetime) -> tuple[TicketRow, str] | None:
        """Start a code's lifetime, because its mail is sent now. Returns its request and digits.

        None if there is nothing to send: a newer code exists, or the key that made this one is no longer configured.
        """
        code = session.get(IdentityCodeRow, code_id)
        row = session.get(TicketRow, code.ticket_id) if code else None
        if code is None or row is None or code.state != LIVE:
            return None
        digits = self._cipher.code_again(code.nonce, row.id, code.code_hash)
        if digits is None:
            return None
        code.expires_at = now + LIFETIME
        return row, digits

    def standing(self, session: Session, row: TicketRow, now: datetime) -> CodeStanding:
        """How it stands with the request's newest code."""
        code = session.scalar(
            select(IdentityCodeRow).where(IdentityCodeRow.ticket_id == row.id).order_by(IdentityCodeRow.id.desc()).limit(1)
        )
        letter = _letter_of(session, code) if code else "none"
        if code is None or (letter == "sent" and (code.state != LIVE or code.expires_at <= now)):
            return CodeStanding("none" if code is None else "over", until=self._limit(session, row, row.conversation, now))
        return CodeStanding(letter, MOST_ATTEMPTS - code.tries, code.expires_at if letter == "sent" else None)

    def stranger_limit(self, session: Session, conversation: str, now: datetime) -> TooManyCodes | None:
        """Count one more attempt on a number of another conversation, whether or not that number exists."""
        sender = sender_of(session, self._cipher, conversation)
        waits = [
            self._attempts(session, IdentityAttemptRow.conversation == conversation, "stranger", now, STRANGER_ATTEMPTS_AN_HOUR),
            self._attempts(session, IdentityAttemptRow.sender == sender, "stranger", now, STRANGER_ATTEMPTS_OF_SENDER),
        ]
        until = max((wait for wait in waits if wait), default=None)
        if until is not None:
            return TooManyCodes(until)
        session.add(IdentityAttemptRow(conversation=conversation, sender=sender, what="stranger", at=now))
        return None

    def _attempts(self, session: Session, of: ColumnElement[bool], what: str, now: datetime, most: int) -> datetime | None:
        """When the next attempt counts as one of `most` an hour again; None: now."""
        recent = [of, IdentityAttemptRow.what == what, IdentityAttemptRow.at > now - HOUR]
        count, first = session.execute(select(func.count(), func.min(IdentityAttemptRow.at)).where(*recent)).one()
        return first + HOUR if count >= most else None

    def _admit(self, session: Session, row: TicketRow, conversation: str, now: datetime) -> None:
        session.add(TicketAccessRow(ticket_id=row.id, conversation=conversation, until=now + ACCESS))

    def _limit(self, session: Session, row: TicketRow, conversation: str, now: datetime) -> datetime | None:
        """When the next code may be sent; None: now."""
        sender = sender_of(session, self._cipher, conversation)
        by_sender = IdentityCodeRow.sender == sender
        of_ticket = and_(IdentityCodeRow.ticket_id == row.id, by_sender)
        waits = [
            self._wait(session, of_ticket, now, HOUR, CODES_AN_HOUR),
            self._wait(session, of_ticket, now, DAY, CODES_A_DAY),
            self._wait(session, IdentityCodeRow.conversation == conversation, now, HOUR, CODES_AN_HOUR),
            self._wait(session, and_(by_sender, IdentityCodeRow.state != USED), now, DAY, UNPROVEN_CODES_A_DAY),
        ]
        if row.verified_at is None or row.conversation != conversation:
            waits.append(next_mail(session, sender, row.email_hash or "", now))
        return max((wait for wait in waits if wait), default=None)

    def _wait(self, session: Session, of: ColumnElement[bool], now: datetime, window: timedelta, most: int) -> datetime | None:
        times = session.scalars(
            select(IdentityCodeRow.issued_at)
            .where(of, IdentityCodeRow.issued_at > now - window)
            .order_by(IdentityCodeRow.issued_at.desc())
            .limit(most)
        ).all()
        return times[-1] + window if len(times) >= most else None


def _letter_of(session: Session, code: IdentityCodeRow) -> CodeLetter:
    letter = session.scalar(select(OutboxRow).where(OutboxRow.code_id == code.id).order_by(OutboxRow.id.desc()).limit(1))
    if letter is None or letter.state in {outbox.SENT, outbox.LAPSED}:  # old letters are deleted
        return "sent"
    if letter.state in {outbox.REFUSED, outbox.DEAD}:
        return "refused" if letter.state == outbox.REFUSED else "not_sent"
    failed_before = letter.tries > (1 if letter.state == outbox.SENDING else 0)
    return "delayed" if failed_before else "on_its_way"


def may_see(session: Session, row: TicketRow, conversation: str, now: datetime) -> bool:
    """Whether a conversation may see and change the request: it opened it, or a right code was given in it in the last hour."""
    if row.conversation and row.conversation == conversation:
        return True
    access = [TicketAccessRow.ticket_id == row.id, TicketAccessRow.conversation == conversation, TicketAccessRow.until > now]
    return session.scalar(select(TicketAccessRow.id).where(*access).limit(1)) is not None
