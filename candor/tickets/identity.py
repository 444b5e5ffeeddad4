"""One-time codes by mail: who can read the mail of an address may speak for it.

Six digits, ten minutes, three tries; then a new one is sent by itself, until the limits are reached. A code that was
expired or wrong never closes a request. Who is not in the conversation that opened the request learns only whether a code
was right: neither whether the number or the address exists, nor how many tries are left.

How likely guessing is: three tries on each of ten codes a day are 30 in 1,000,000 a day for who knows the request's number
(40 random bits), and each guess but the first three sends the owner a mail.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from candor.actors import REQUESTER, SYSTEM
from candor.tickets.delivery import outbox
from candor.tickets.events import RequestEvents
from candor.tickets.models import IdentityCodeRow, IdentityTryRow, TicketAccessRow, TicketRow

LIFETIME = timedelta(minutes=10)  # from when the mail leaves
MOST_TRIES = 3
CODES_AN_HOUR, CODES_A_DAY = 5, 10  # for a ticket; by the hour also for an address and for a conversation
STRANGER_TRIES_AN_HOUR = 10  # questions and codes about others' numbers, by conversation
ACCESS = timedelta(hours=1)  # how long a right code opens the request to a conversation
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LIVE, USED, OVER = "live", "used", "over"

CodeRefusal = Literal["wrong", "expired", "asked"]


@dataclass(frozen=True)
class RightCode:
    """The code was the one that was sent."""


@dataclass(frozen=True)
class WrongCode:
    """It was not. `left` tries remain on this code; None where that may not be told."""

    left: int | None


@dataclass(frozen=True)
class NewCodeSent:
    """A new code is on its way: asked for, or because the last one had expired or was wrong three times."""

    reason: CodeRefusal


@dataclass(frozen=True)
class TooManyCodes:
    """Nothing more is sent or checked before `until`. The request stays as it is."""

    until: datetime


@dataclass(frozen=True)
class CodeOnItsWay:
    """What a stranger is told of any number: if there is such a request, a code is on its way to its address."""


class Codes:
    """Issues and checks codes, in the caller's transaction."""

    def __init__(self, ledger: RequestEvents) -> None:
        self._ledger, self._cipher = ledger, ledger.cipher

    def issue(
        self, session: Session, row: TicketRow, conversation: str, now: datetime, reason: CodeRefusal
    ) -> NewCodeSent | TooManyCodes:
        """Make a code and put its mail into the outbox; an older code of the ticket is over.

        Where only the address has had too many, nothing is sent and the answer is the same: it would tell of others' requests.
        """
        until = self._limit(session, row, conversation, now)
        if until is not None:
            return TooManyCodes(until)
        if row.email is None or self._address_is_flooded(session, row, now):
            self._ledger.note(session, row, "code_withheld", SYSTEM, now)
            return NewCodeSent(reason)
        self.end(session, row)
        nonce = secrets.token_bytes(16)
        code = IdentityCodeRow(
            ticket_id=row.id, nonce=nonce, code_hash=self._cipher.code_hash(row.id, self._cipher.code_from(nonce, row.id)),
            email_hash=row.email_hash or "", conversation=conversation, issued_at=now, expires_at=now + LIFETIME, tries=0,
            state=LIVE,
        )  # fmt: skip
        session.add(code)
        session.flush()
        event = self._ledger.note(session, row, "code_sent", SYSTEM, now, data={"reason": reason})
        outbox.put(session, "requester", "code", now, ticket=row.id, event=event.id, code=code.id)
        return NewCodeSent(reason)

    def check(
        self, session: Session, row: TicketRow, typed: str, conversation: str, now: datetime
    ) -> RightCode | WrongCode | NewCodeSent | TooManyCodes:  # fmt: skip
        """Whether the code is right; where it is not and none is left to try, a new one is sent.

        The same right code a second time within its time, in the same conversation, is right again: the answer may have
        been lost on its way.
        """
        given = "".join(typed.split())
        last = session.scalar(
            select(IdentityCodeRow).where(IdentityCodeRow.ticket_id == row.id).order_by(IdentityCodeRow.id.desc()).limit(1)
        )
        if last is None or last.state == OVER or last.expires_at <= now:
            if last is not None and last.state == LIVE:
                last.state = OVER
            return self.issue(session, row, conversation, now, "expired")
        right = self._cipher.is_code(row.id, given, last.code_hash)
        if last.state == USED:
            again = right and may_see(session, row, conversation, now)
            return RightCode() if again else self.issue(session, row, conversation, now, "expired")
        last.tries += 1
        if right:
            last.state = USED
            self._ledger.note(session, row, "code_given", REQUESTER, now)
            self._admit(session, row, conversation, now)
            return RightCode()
        self._ledger.note(session, row, "code_wrong", REQUESTER, now)
        if last.tries >= MOST_TRIES:
            last.state = OVER
            return self.issue(session, row, conversation, now, "wrong")
        return WrongCode(MOST_TRIES - last.tries)

    def end(self, session: Session, row: TicketRow) -> None:
        """The ticket's code that could still be given is over."""
        live = [IdentityCodeRow.ticket_id == row.id, IdentityCodeRow.state == LIVE]
        session.execute(update(IdentityCodeRow).where(*live).values(state=OVER))

    def renew(self, session: Session, code_id: int, now: datetime) -> tuple[TicketRow, str] | None:
        """The ticket and digits of a code whose mail leaves now; its minutes count from now.

        None if a newer code was sent meanwhile, or the key that made it is gone: then there is nothing to send.
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

    def stranger_limit(self, session: Session, conversation: str, now: datetime) -> TooManyCodes | None:
        """Count one more question about a number of another conversation, whether that number exists or not."""
        recent = [IdentityTryRow.conversation == conversation, IdentityTryRow.at > now - HOUR]
        count, first = session.execute(select(func.count(), func.min(IdentityTryRow.at)).where(*recent)).one()
        if count >= STRANGER_TRIES_AN_HOUR:
            return TooManyCodes(first + HOUR)
        session.add(IdentityTryRow(conversation=conversation, at=now))
        return None

    def _admit(self, session: Session, row: TicketRow, conversation: str, now: datetime) -> None:
        session.add(TicketAccessRow(ticket_id=row.id, conversation=conversation, until=now + ACCESS))

    def _limit(self, session: Session, row: TicketRow, conversation: str, now: datetime) -> datetime | None:
        """When the next code may be sent; None: now."""
        of_ticket = IdentityCodeRow.ticket_id == row.id
        waits = [
            self._wait(session, of_ticket, now, HOUR, CODES_AN_HOUR),
            self._wait(session, of_ticket, now, DAY, CODES_A_DAY),
            self._wait(session, IdentityCodeRow.conversation == conversation, now, HOUR, CODES_AN_HOUR),
        ]
        return max((wait for wait in waits if wait), default=None)

    def _address_is_flooded(self, session: Session, row: TicketRow, now: datetime) -> bool:
        return self._wait(session, IdentityCodeRow.email_hash == row.email_hash, now, HOUR, CODES_AN_HOUR) is not None

    def _wait(self, session: Session, of: ColumnElement[bool], now: datetime, window: timedelta, most: int) -> datetime | None:
        times = session.scalars(
            select(IdentityCodeRow.issued_at)
            .where(of, IdentityCodeRow.issued_at > now - window)
            .order_by(IdentityCodeRow.issued_at.desc())
            .limit(most)
        ).all()
        return times[-1] + window if len(times) >= most else None


def may_see(session: Session, row: TicketRow, conversation: str, now: datetime) -> bool:
    """Whether a conversation may see and change the request: it opened it, or gave a right code within the last hour."""
    if row.conversation and row.conversation == conversation:
        return True
    given = [TicketAccessRow.ticket_id == row.id, TicketAccessRow.conversation == conversation, TicketAccessRow.until > now]
    return session.scalar(select(TicketAccessRow.id).where(*given).limit(1)) is not None
