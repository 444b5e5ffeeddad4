"""Two people at one request: a step that was decided on an outdated view is refused, and the same form is applied only once."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from candor.errors import ConflictError
from candor.tickets.models import TicketEventRow, TicketRow


class ChangedError(ConflictError):
    """The request has new events since the form was made."""

    public = "Something has happened to this request since you opened it. Nothing was done: look at what is new, then decide."


class ErasedError(ConflictError):
    """The requester's identity has been erased, so there is nobody left to answer."""

    public = "Who asked has been erased, as settings of keeping say. Nothing more can be done with this request."


@dataclass(frozen=True)
class OptimisticLock:
    """What a decision was based on. event: the id of the newest event then. form: the form's unique name, applied only once."""

    event: int
    form: str = ""

    @property
    def event_data(self) -> dict[str, str]:
        """What the event stores, so that a repeated form is recognised."""
        return {"form": self.form} if self.form else {}


def already_applied(session: Session, row: TicketRow, lock: OptimisticLock | None) -> bool:
    """Whether this form has been applied before. Call it in a transaction of storage.writing.

    Raises: ChangedError if the request has other new events; ErasedError.
    """
    if lock is not None:
        newer = session.scalars(
            select(TicketEventRow).where(TicketEventRow.ticket_id == row.id, TicketEventRow.id > lock.event)
        ).all()
        if lock.form and any(event.data.get("form") == lock.form for event in newer):
            return True
        if newer:
            raise ChangedError(f"{len(newer)} events since the form was made")
    if row.erased_at is not None:
        raise ErasedError("the request was erased")
    return False
