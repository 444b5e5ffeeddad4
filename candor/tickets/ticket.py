"""A request as the rest of Candor sees it, and the store that opens it exactly once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from candor.errors import InvalidInputError
from candor.tickets.models import REQUEST_TYPES, TicketEventRow, TicketRow
from candor.tickets.reference import new_number
from candor.tickets.states import FIRST

NUMBER_TRIES = 5


@dataclass(frozen=True)
class Ticket:
    """One request, without who asked: that is shown only where it is asked for by name. Times are UTC."""

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
    respond_by: datetime | None = None  # the first instant after the last day; None until it has been worked out
    respond_article: str = ""
    extended_until: datetime | None = None
    promised_days: int | None = None
    closed_at: datetime | None = None
    assignee: str = ""  # whose work it is, as events name people; empty: nobody's yet

    @property
    def due(self) -> datetime | None:
        """The first instant at which the answer is late."""
        return self.extended_until or self.respond_by

    @property
    def due_on(self) -> date | None:
        """The last day for the answer, where its days are counted."""
        return last_day(self.due, self.time_zone) if self.due else None


class TicketStore:
    """Requests in the database. `now` is handed in, so that tests can stop the clock."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine = engine
        self._now = now

    def open(self, *, confirmation: str, company: str, request_type: str, conversation: str) -> Ticket:
        """Open a request that was confirmed; the same confirmation always gives the same ticket.

        Raises: InvalidInputError for a request type that does not exist.
        """
        if request_type not in REQUEST_TYPES:
            raise InvalidInputError(f"no such request type; known: {', '.join(REQUEST_TYPES)}")
        for _ in range(NUMBER_TRIES):
            found = self._find(TicketRow.confirmation == confirmation)
            if found:
                return found
            now = self._now().astimezone(UTC)
            row = TicketRow(
                number=new_number(), confirmation=confirmation, company=company, request_type=request_type,
                status=FIRST, conversation=conversation, received_at=now,
                events=[TicketEventRow(at=now, actor="requester", what=FIRST, state=FIRST, data={})],
            )  # fmt: skip
            try:
                with Session(self._engine) as session, session.begin():
                    session.add(row)
                    session.flush()
                    return ticket_of(row)
            except IntegrityError:
                continue  # somebody else opened it in between, or, once in an age, the number is taken
        raise RuntimeError("no free request number was found")

    def of_conversation(self, conversation: str) -> list[Ticket]:
        """All requests opened in a conversation, oldest first."""
        with Session(self._engine) as session:
            rows = session.scalars(select(TicketRow).where(TicketRow.conversation == conversation).order_by(TicketRow.id))
            return [ticket_of(row) for row in rows]

    def _find(self, condition: object) -> Ticket | None:
        with Session(self._engine) as session:
            row = session.scalar(select(TicketRow).where(condition))  # type: ignore[arg-type]
            return ticket_of(row) if row else None


def ticket_of(row: TicketRow) -> Ticket:
    """What a row says of its request."""
    return Ticket(
        number=row.number, company=row.company, request_type=row.request_type, status=row.status, received_at=row.received_at,
        verified=row.verified_at is not None, residence=row.residence, law=row.law, time_zone=row.time_zone or "UTC",
        acknowledge_by=row.acknowledge_by, respond_by=row.respond_by, respond_article=row.respond_article,
        extended_until=row.extended_until, promised_days=row.promised_days,
        closed_at=row.closed_at, assignee=row.assignee,
    )  # fmt: skip


def last_day(until: datetime, zone: str) -> date:
    """The day that ends at `until`, in the zone where days are counted."""
    return (until - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date()
