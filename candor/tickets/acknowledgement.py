"""Which requests have had their receipt acknowledged, and which still need it.

Some laws require a company to confirm receipt and to say what happens next and when (11 CCR § 7021(a), in the manner in which
the request came, so the reply in the chat counts, and so does any letter). If nobody may have read the reply in the chat, the
request is not acknowledged: staff see this, tell the requester, and record it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from candor.tickets.models import TicketEventRow, TicketRow
from candor.tickets.states import OPEN

ACKNOWLEDGED = "acknowledged"
# Events that tell the requester, or that the requester can only have caused after being told.
ACKNOWLEDGING = (ACKNOWLEDGED, "verify", "start", "ask_requester", "extend", "complete", "refuse", "reopen")


def acknowledged_at(session: Session, tickets: Iterable[int]) -> dict[int, datetime]:
    """When each of these requests was first acknowledged, by id. Requests without an acknowledgement are left out."""
    first_events = select(TicketEventRow.ticket_id, func.min(TicketEventRow.id)).where(
        TicketEventRow.ticket_id.in_(list(tickets)), TicketEventRow.what.in_(ACKNOWLEDGING)
    )
    first = {event: ticket for ticket, event in session.execute(first_events.group_by(TicketEventRow.ticket_id))}
    at = session.execute(select(TicketEventRow.id, TicketEventRow.at).where(TicketEventRow.id.in_(first)))
    return {first[event]: when for event, when in at}


def needs_acknowledgement() -> ColumnElement[bool]:
    """The condition on TicketRow that an acknowledgement is required and no event has given one.

    This counts rather than using EXISTS: for EXISTS, PostgreSQL reads the whole event table when it does not know how few
    requests are open. A count can only be computed per request, through the index.
    """
    events = select(func.count()).where(TicketEventRow.ticket_id == TicketRow.id, TicketEventRow.what.in_(ACKNOWLEDGING))
    return (
        TicketRow.status.in_(OPEN) & TicketRow.acknowledge_by.is_not(None) & (events.correlate(TicketRow).scalar_subquery() == 0)
    )
