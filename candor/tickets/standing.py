"""A request as its requester may be told of it: with what became of its code and letters, and what its proof rests on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from candor.tickets.delivery.trouble import letter_troubles
from candor.tickets.identity import Codes
from candor.tickets.models import TicketEventRow, TicketRow
from candor.tickets.ticket import Proof, Ticket, ticket_of

BY_EARLIER_CODE = "a code given in this conversation"  # as the event of the proof says it
PROVING = ("verify", "start", "accept")


def told_ticket(session: Session, codes: Codes, row: TicketRow, now: datetime) -> Ticket:
    """The request in a row, with all that its requester is told."""
    session.flush()
    waits = row.status in {"received", "awaiting_identity"} and row.email is not None
    return replace(
        ticket_of(row), code=codes.standing(session, row, now) if waits else None, proof=_proof_of(session, row),
        unreached=row.email is None or letter_troubles(session, [row.id]).get(row.id) in {"refused", "given_up"},
    )  # fmt: skip


def is_proven(session: Session, row: TicketRow) -> bool:
    """Whether somebody has proven who asks, by a code or by what staff have seen. A check that was skipped proves nothing."""
    events = select(TicketEventRow).where(TicketEventRow.ticket_id == row.id, TicketEventRow.what.in_((*PROVING, "prove")))
    return any(one.what == "verify" or one.data.get("proof") for one in session.scalars(events))


def _proof_of(session: Session, row: TicketRow) -> Proof:
    event = session.scalar(
        select(TicketEventRow)
        .where(TicketEventRow.ticket_id == row.id, TicketEventRow.what.in_(PROVING))
        .order_by(TicketEventRow.id.desc())
        .limit(1)
    )
    match event.what if event else "":
        case "verify":
            by = event.data.get("by", "") if event else ""
            return "earlier_code" if by == BY_EARLIER_CODE else "vouched" if by else "code"
        case "start":
            return "staff"
        case "accept":
            return "not_needed"
    return ""
