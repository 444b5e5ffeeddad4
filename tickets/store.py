"""Open and find privacy requests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from errors import InvalidInputError
from tickets.models import REQUEST_TYPES, TicketEventRow, TicketRow
from tickets.numbers import new_number

RECEIVED = "received"
NUMBER_TRIES = 5


@dataclass(frozen=True)
class Ticket:
    """One request as the rest of Candor sees it."""

    number: str
    company: str
    request_type: str
    status: str
    received_at: datetime


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
                status=RECEIVED, conversation=conversation, received_at=now,
                events=[TicketEventRow(at=now, actor="requester", what=RECEIVED)],
            )  # fmt: skip
            try:
                with Session(self._engine) as session, session.begin():
                    session.add(row)
                    session.flush()
                    return _ticket(row)
            except IntegrityError:
                continue  # somebody else opened it in between, or, once in an age, the number is taken
        raise RuntimeError("no free request number was found")

    def of_conversation(self, conversation: str) -> list[Ticket]:
        """All requests opened in a conversation, oldest first."""
        with Session(self._engine) as session:
            rows = session.scalars(select(TicketRow).where(TicketRow.conversation == conversation).order_by(TicketRow.id))
            return [_ticket(row) for row in rows]

    def _find(self, condition: object) -> Ticket | None:
        with Session(self._engine) as session:
            row = session.scalar(select(TicketRow).where(condition))  # type: ignore[arg-type]
            return _ticket(row) if row else None


def _ticket(row: TicketRow) -> Ticket:
    received = row.received_at if row.received_at.tzinfo else row.received_at.replace(tzinfo=UTC)  # SQLite forgets the zone
    return Ticket(row.number, row.company, row.request_type, row.status, received.astimezone(UTC))
