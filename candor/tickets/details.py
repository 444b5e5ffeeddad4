"""Everything about one request, read in one session: its events, what was sent, and its clock."""

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
    """One event of a request. `words`: the text written with it; empty if there was none or it has been erased."""

    at: datetime
    actor: str
    what: str
    state: str
    data: dict[str, Any]
    words: str
    id: int = 0


@dataclass(frozen=True)
class DeliveryState:
    """The delivery of a letter or chat message to the requester. state: the outbox's. why: the reason of the last failure."""

    event: int | None
    channel: str
    what: str
    state: str
    tries: int
    why: str
    next_at: datetime


@dataclass(frozen=True)
class RequestDetails:
    """Everything about one request, with who asked. email: None if none was given or it has been erased."""

    ticket: Ticket
    email: str | None
    first: str | None  # the request that this one repeats
    repeated_by: tuple[str, ...]
    events: tuple[RequestEvent, ...]
    can: tuple[str, ...]  # what staff can do now
    acknowledgement: DeadlineStanding | None = None  # of its receipt; None if the law requires none
    flags: tuple[Flag, ...] = ()  # what is unusual about its dates
    clock: Clock | None = None
    conversation: str = ""  # where it was opened; empty once that has been erased
    verified_at: datetime | None = None
    erased_at: datetime | None = None
    sent: tuple[DeliveryState, ...] = ()

    @property
    def newest(self) -> int:
        """The id of the newest event: the version that a form is based on."""
        return self.events[-1].id if self.events else 0


def read_details(session: Session, events: RequestEvents, row: TicketRow, now: datetime) -> RequestDetails:
    """Read a request. Raises: LostKeyError."""
    first = session.get(TicketRow, row.duplicate_of) if row.duplicate_of else None
    clock, acknowledged = events.clock(session, row), acknowledged_at(session, [row.id]).get(row.id)
    repeated_by = session.scalars(select(TicketRow.number).where(TicketRow.duplicate_of == row.id).order_by(TicketRow.id))
    return RequestDetails(
        ticket=ticket_of(row),
        email=events.cipher.decrypt(row.email) if row.email else None,
        first=first.number if first else None,
        repeated_by=tuple(repeated_by),
        events=_events(session, events, row),
        can=tuple(actions_in(row.status, "staff")),
        acknowledgement=clock.acknowledgement_state(now, done_at=acknowledged),
        flags=clock.flags, clock=clock, conversation=row.conversation, verified_at=row.verified_at, erased_at=row.erased_at,
        sent=_sent(session, row),
    )  # fmt: skip


def _events(session: Session, request_events: RequestEvents, row: TicketRow) -> tuple[RequestEvent, ...]:
    texts = session.execute(select(TicketTextRow.event_id, TicketTextRow.ciphertext).where(TicketTextRow.ticket_id == row.id))
    words = {event: request_events.cipher.decrypt(ciphertext) for event, ciphertext in texts}
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
