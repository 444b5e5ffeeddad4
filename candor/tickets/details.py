"""All that is known of one request, read in one go: what happened, what was sent, how its clock stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from candor.tickets.acknowledgement import acknowledged_at
from candor.tickets.events import RequestEvents
from candor.tickets.law.deadlines import Clock, DeadlineStanding, Flag
from candor.tickets.models import OutboxRow, TicketEventRow, TicketRow, TicketTextRow
from candor.tickets.states import actions_in
from candor.tickets.ticket import Ticket, ticket_of

TO_THE_REQUESTER = ("requester", "chat")


@dataclass(frozen=True)
class RequestEvent:
    """One event of a request. `words` is what was written with it, empty if nothing was or it has been erased."""

    at: datetime
    actor: str
    what: str
    state: str
    data: dict[str, Any]
    words: str
    id: int = 0


@dataclass(frozen=True)
class DeliveryState:
    """What became of a letter, or of news in the chat, to the requester. state: as of the outbox. why: of the last failure."""

    event: int | None
    channel: str
    what: str
    state: str
    tries: int
    why: str
    next_at: datetime


@dataclass(frozen=True)
class RequestDetails:
    """All that is known of one request, with who asked. email is None where none was given, or it has been erased."""

    ticket: Ticket
    email: str | None
    first: str | None  # the request that this one repeats
    repeated_by: tuple[str, ...]
    events: tuple[RequestEvent, ...]
    can: tuple[str, ...]  # what staff can do now
    acknowledgement: DeadlineStanding | None = None  # of its receipt; None where the law asks for none
    flags: tuple[Flag, ...] = ()  # what is odd about its dates
    clock: Clock | None = None
    conversation: str = ""  # where it was opened; empty where it was erased
    verified_at: datetime | None = None
    erased_at: datetime | None = None
    sent: tuple[DeliveryState, ...] = ()

    @property
    def newest(self) -> int:
        """The id of the newest event: what a form is made from."""
        return self.events[-1].id if self.events else 0


def read_file(session: Session, ledger: RequestEvents, row: TicketRow, now: datetime) -> RequestDetails:
    """Raises: LostKeyError."""
    first = session.get(TicketRow, row.duplicate_of) if row.duplicate_of else None
    clock, told = ledger.clock(session, row), acknowledged_at(session, [row.id]).get(row.id)
    repeated_by = session.scalars(select(TicketRow.number).where(TicketRow.duplicate_of == row.id).order_by(TicketRow.id))
    return RequestDetails(
        ticket=ticket_of(row),
        email=ledger.cipher.decrypt(row.email) if row.email else None,
        first=first.number if first else None,
        repeated_by=tuple(repeated_by),
        events=_events(session, ledger, row),
        can=tuple(actions_in(row.status, "staff")),
        acknowledgement=clock.acknowledgement_state(now, done_at=told),
        flags=clock.flags, clock=clock, conversation=row.conversation, verified_at=row.verified_at, erased_at=row.erased_at,
        sent=_sent(session, row),
    )  # fmt: skip


def _events(session: Session, ledger: RequestEvents, row: TicketRow) -> tuple[RequestEvent, ...]:
    written = session.execute(select(TicketTextRow.event_id, TicketTextRow.ciphertext).where(TicketTextRow.ticket_id == row.id))
    words = {event: ledger.cipher.decrypt(ciphertext) for event, ciphertext in written}
    events = session.scalars(select(TicketEventRow).where(TicketEventRow.ticket_id == row.id).order_by(TicketEventRow.id))
    return tuple(
        RequestEvent(event.at, event.actor, event.what, event.state, event.data, words.get(event.id, ""), event.id)
        for event in events
    )


def _sent(session: Session, row: TicketRow) -> tuple[DeliveryState, ...]:
    rows = session.scalars(
        select(OutboxRow).where(OutboxRow.ticket_id == row.id, OutboxRow.channel.in_(TO_THE_REQUESTER)).order_by(OutboxRow.id)
    )
    return tuple(
        DeliveryState(one.event_id, one.channel, one.what, one.state, one.tries, one.last_error, one.next_at) for one in rows
    )
