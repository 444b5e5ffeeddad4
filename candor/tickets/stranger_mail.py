"""How often one sender may have mail sent to an address that it has not proven to be its own: anybody can type a stranger's."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from candor.tickets.models import IdentityCodeRow, OutboxRow, TicketRow

MAILS_A_DAY = 3  # of all kinds, by one sender to one such address
NEVER_SENT = "duplicate"  # to an address that nobody has proven: its requester has read about it in the chat
DAY = timedelta(days=1)
USED = "used"  # the state of a code that was given back, which proves the address


def has_proven(session: Session, sender: str, email_hash: str, now: datetime) -> bool:
    """Whether this sender has proven within a day that it can read the address's mail."""
    used = [IdentityCodeRow.sender == sender, IdentityCodeRow.email_hash == email_hash, IdentityCodeRow.state == USED]
    return session.scalar(select(IdentityCodeRow.id).where(*used, IdentityCodeRow.issued_at > now - DAY).limit(1)) is not None


def next_mail(session: Session, sender: str, email_hash: str, now: datetime) -> datetime | None:
    """When this sender may have the next mail sent to the address; None: now. What a code has proven is not limited here."""
    if has_proven(session, sender, email_hash, now):
        return None
    codes = select(IdentityCodeRow.issued_at).where(
        IdentityCodeRow.sender == sender, IdentityCodeRow.email_hash == email_hash, IdentityCodeRow.issued_at > now - DAY
    )
    letters = (
        select(OutboxRow.created_at)
        .join(TicketRow, TicketRow.id == OutboxRow.ticket_id)
        .where(
            OutboxRow.channel == "requester", OutboxRow.what.not_in(("code", NEVER_SENT)), OutboxRow.state != "lapsed",
            OutboxRow.created_at > now - DAY, TicketRow.sender == sender, TicketRow.email_hash == email_hash,
        )
    )  # fmt: skip
    times = sorted([*session.scalars(codes), *session.scalars(letters)])
    return times[-MAILS_A_DAY] + DAY if len(times) >= MAILS_A_DAY else None
