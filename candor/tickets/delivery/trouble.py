"""Which requests have a letter that did not reach its requester, for the queue and for what the requester is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from candor.accounts.actors import REQUESTER, SYSTEM
from candor.tickets.delivery.outbox import DEAD, DUE, REFUSED
from candor.tickets.delivery.undelivered import ABOUT_CODES, ADDRESS_GIVEN, NOT_DELIVERED
from candor.tickets.models import OutboxRow, TicketEventRow, TicketRow

# refused: there is no such mailbox. given_up: no attempt succeeded. delayed: an attempt failed, and others follow.
LetterTrouble = Literal["refused", "given_up", "delayed"]
TROUBLES: dict[str, LetterTrouble] = {REFUSED: "refused", DEAD: "given_up", DUE: "delayed"}


def letter_troubles(session: Session, tickets: Sequence[int]) -> dict[int, LetterTrouble]:
    """The worst trouble of each of these requests, by their ids; those whose letters arrived are left out.

    What went to an address that was corrected since does not count, nor does a code that a newer one has replaced.
    """
    to_requester = [OutboxRow.channel == "requester", OutboxRow.ticket_id.in_(tickets)]
    failed = or_(OutboxRow.state.in_((REFUSED, DEAD)), and_(OutboxRow.state == DUE, OutboxRow.tries > 0))
    rows = session.scalars(select(OutboxRow).where(*to_requester, failed)).all()
    if not rows:
        return {}
    codes = select(OutboxRow.ticket_id, func.max(OutboxRow.id)).where(*to_requester, OutboxRow.what.in_(ABOUT_CODES))
    newest_code = dict(session.execute(codes.group_by(OutboxRow.ticket_id)).all())
    addresses = select(TicketEventRow.ticket_id, func.max(TicketEventRow.id)).where(
        TicketEventRow.ticket_id.in_(tickets), TicketEventRow.what == ADDRESS_GIVEN
    )
    corrected = dict(session.execute(addresses.group_by(TicketEventRow.ticket_id)).all())
    found: dict[int, set[LetterTrouble]] = {}
    for row in rows:
        ticket = row.ticket_id or 0
        replaced = row.what in ABOUT_CODES and row.id != newest_code.get(ticket)
        if not replaced and (row.event_id or 0) >= corrected.get(ticket, 0):
            found.setdefault(ticket, set()).add(TROUBLES[row.state])
    return {ticket: next(each for each in TROUBLES.values() if each in kinds) for ticket, kinds in found.items()}


def tickets_in_trouble(session: Session, of: Sequence[ColumnElement[bool]], most: int) -> list[int]:
    """The requests with a letter that was refused or given up and that no person has done anything about since, the newest first.

    of: conditions on the request. What somebody does with it afterwards, be it a note, says that it was seen.
    """
    told = (
        select(func.max(TicketEventRow.id))
        .where(TicketEventRow.ticket_id == OutboxRow.ticket_id, TicketEventRow.what == NOT_DELIVERED)
        .correlate(OutboxRow)
        .scalar_subquery()
    )
    seen = exists().where(
        TicketEventRow.ticket_id == OutboxRow.ticket_id,
        TicketEventRow.actor.not_in((SYSTEM, REQUESTER)),
        TicketEventRow.id > func.coalesce(told, OutboxRow.event_id, 0),
    )
    lost = [OutboxRow.channel == "requester", OutboxRow.state.in_((REFUSED, DEAD)), OutboxRow.ticket_id.is_not(None)]
    query = (
        select(OutboxRow.ticket_id)
        .join(TicketRow, TicketRow.id == OutboxRow.ticket_id)
        .where(*lost, *of, ~seen)
        .group_by(OutboxRow.ticket_id)
        .order_by(func.max(OutboxRow.id).desc())
        .limit(most)
    )
    return [ticket for ticket in session.scalars(query) if ticket]
