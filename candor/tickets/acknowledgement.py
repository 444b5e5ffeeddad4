"""Which requests' receipt has been acknowledged, and whose is owed.

The law of some places asks for it, with what happens next and when (11 CCR § 7021(a), in the manner in which the request
came: so the reply in the chat is one, and so is any letter). A request that was opened where nobody read the reply is not
acknowledged: staff see it, and say so once they have told the requester.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from candor.tickets.models import TicketEventRow, TicketRow
from candor.tickets.states import OWED

ACKNOWLEDGED = "acknowledged"
# Whatever the requester was told, or did because they were told.
TELLS = (ACKNOWLEDGED, "verify", "start", "ask_requester", "extend", "complete", "refuse", "reopen")


def acknowledged_at(session: Session, tickets: Iterable[int]) -> dict[int, datetime]:
    """When each of these requests was first acknowledged; those that were not are left out."""
    told = select(TicketEventRow.ticket_id, func.min(TicketEventRow.id)).where(
        TicketEventRow.ticket_id.in_(list(tickets)), TicketEventRow.what.in_(TELLS)
    )
    first = {event: ticket for ticket, event in session.execute(told.group_by(TicketEventRow.ticket_id))}
    at = session.execute(select(TicketEventRow.id, TicketEventRow.at).where(TicketEventRow.id.in_(first)))
    return {first[event]: when for event, when in at}


def still_owed() -> ColumnElement[bool]:
    """The condition on TicketRow: an acknowledgement is owed, and nothing has been one.

    Counted, not EXISTS: that PostgreSQL answers by reading all events that ever were where it does not know how few requests
    are owed. A count can only be asked of one request at a time, by its index.
    """
    told = select(func.count()).where(TicketEventRow.ticket_id == TicketRow.id, TicketEventRow.what.in_(TELLS))
    return TicketRow.status.in_(OWED) & TicketRow.acknowledge_by.is_not(None) & (told.correlate(TicketRow).scalar_subquery() == 0)
