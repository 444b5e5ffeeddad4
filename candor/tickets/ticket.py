"""A request as the rest of Candor sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from candor.tickets.models import TicketRow

# What became of the newest code's letter. none: no code was made. delayed: an attempt to send it failed, and others follow.
# refused: its mail server says that there is no such mailbox. not_sent: no attempt succeeded. over: it was sent, and the code is
# no longer valid.
CodeLetter = Literal["none", "on_its_way", "sent", "delayed", "refused", "not_sent", "over"]
# What a request rests on: a code, or one that proved the same address in the conversation before; somebody who vouched for the
# address; staff, who know the requester. not_needed: its law asks for no proof. Empty: nothing has been proven yet.
Proof = Literal["", "code", "earlier_code", "vouched", "staff", "not_needed"]


@dataclass(frozen=True)
class CodeStanding:
    """How it stands with the code that a request waits for.

    left: attempts that remain. until: when the code ends, if it was sent; else when the next may be sent, None: now.
    """

    letter: CodeLetter
    left: int = 0
    until: datetime | None = None


@dataclass(frozen=True)
class Ticket:
    """One request without the requester's identity, which is read only where it is needed. Times are UTC.

    code, proof and unreached are filled in where the requester is told of the request (standing.py). unreached: the newest
    letter did not arrive, or there is no address for one.
    """

    number: str
    company: str
    request_type: str
    status: str
    received_at: datetime
    verified: bool = False
    residence: str = ""
    law: str = ""
    time_zone: str = "UTC"
    acknowledge_by: datetime | None = None
    respond_by: datetime | None = None  # the first instant after the last day; None until it has been computed
    respond_article: str = ""
    extended_until: datetime | None = None
    promised_days: int | None = None
    closed_at: datetime | None = None
    assignee: str = ""  # an actor; empty: nobody yet
    code: CodeStanding | None = None
    proof: Proof = ""
    unreached: bool = False

    @property
    def due(self) -> datetime | None:
        """The first instant at which the answer is late."""
        return self.extended_until or self.respond_by

    @property
    def due_on(self) -> date | None:
        """The last day for the answer, in the time zone in which its days are counted."""
        return last_day(self.due, self.time_zone) if self.due else None


def ticket_of(row: TicketRow) -> Ticket:
    """The request in a row."""
    return Ticket(
        number=row.number, company=row.company, request_type=row.request_type, status=row.status, received_at=row.received_at,
        verified=row.verified_at is not None, residence=row.residence, law=row.law, time_zone=row.time_zone or "UTC",
        acknowledge_by=row.acknowledge_by, respond_by=row.respond_by, respond_article=row.respond_article,
        extended_until=row.extended_until, promised_days=row.promised_days,
        closed_at=row.closed_at, assignee=row.assignee,
    )  # fmt: skip


def last_day(until: datetime, zone: str) -> date:
    """The day that ends at `until`, in the given time zone."""
    return (until - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date()
