"""A visitor who was promised a mail waits until a mail server has taken it. In the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from candor.tickets.delivery.outbox import DUE, SENDING, OutboxMessage
from candor.tickets.models import HandoffRow, OutboxRow


@dataclass(frozen=True)
class MailOnItsWay:
    """A person's answer that no mail server has taken yet. tries: how often one was asked to; why: what it said last."""

    written_at: datetime
    tries: int = 0
    why: str = ""


def mail_on_its_way(session: Session, row: HandoffRow) -> MailOnItsWay | None:
    """The answer that still lies in the outbox; None where none does."""
    if row.answered_at is not None or not row.answered_by:
        return None
    waits = [OutboxRow.handoff_id == row.id, OutboxRow.channel == "requester", OutboxRow.state.in_((DUE, SENDING))]
    mail = session.scalar(select(OutboxRow).where(*waits).order_by(OutboxRow.id.desc()).limit(1))
    return MailOnItsWay(mail.created_at, mail.tries, mail.last_error) if mail else None


def keep_promise(session: Session, message: OutboxMessage, now: datetime) -> list[str]:
    """Record that a mail server took a person's answer. Returns the conversation whose visitor was answered by that, if it is
    still there."""
    row = session.get(HandoffRow, message.handoff_id) if message.handoff_id and message.channel == "requester" else None
    if row is None or row.answered_at is not None or not row.answered_by:
        return []
    row.answered_at = now
    return [row.conversation] if row.conversation else []
