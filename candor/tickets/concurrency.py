"""Two people at one request: who works from what does not hold any more is told so, and nothing is lost or done twice."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from candor.errors import ConflictError
from candor.tickets.models import TicketEventRow, TicketRow


class ChangedError(ConflictError):
    """Something has happened to the request since the form was made."""

    public = "Something has happened to this request since you opened it. Nothing was done: look at what is new, then decide."


class ErasedError(ConflictError):
    """Who asked has been forgotten: there is nobody left to answer."""

    public = "Who asked has been erased, as settings of keeping say. Nothing more can be done with this request."


@dataclass(frozen=True)
class OptimisticLock:
    """What somebody saw when they decided. event: the id of the newest event. form: the form's own name, which counts once."""

    event: int
    form: str = ""

    @property
    def mark(self) -> dict[str, str]:
        """What the event keeps of it."""
        return {"form": self.form} if self.form else {}


def done_before(session: Session, row: TicketRow, seen: OptimisticLock | None) -> bool:
    """Whether this very form has been carried out already. In a transaction of storage.writing.

    Raises: ChangedError if anything else has happened since; ErasedError.
    """
    if seen is not None:
        newer = session.scalars(
            select(TicketEventRow).where(TicketEventRow.ticket_id == row.id, TicketEventRow.id > seen.event)
        ).all()
        if seen.form and any(event.data.get("form") == seen.form for event in newer):
            return True
        if newer:
            raise ChangedError(f"{len(newer)} events since the form was made")
    if row.erased_at is not None:
        raise ErasedError("the request was erased")
    return False
