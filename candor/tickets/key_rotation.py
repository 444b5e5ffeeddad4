"""Re-encrypt everything with the newest key, so that older keys can be thrown away."""

from __future__ import annotations

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from candor.database.transactions import writing
from candor.tickets.cipher import FieldCipher
from candor.tickets.models import (
    AgentRequestRow,
    FileLinkRow,
    HandoffRow,
    IdentityCodeRow,
    RequestFileRow,
    TicketRow,
    TicketTextRow,
    WebhookRow,
)
from candor.tickets.requester import canonical_address


def rotate(engine: Engine, cipher: FieldCipher) -> int:
    """Re-encrypt the values of requests, handoffs and webhooks and renew their hashes; returns how many values. All or nothing.

    Codes that are being mailed stay as they are: they expire in minutes, and until then the old key still reads them.
    Raises: LostKeyError if a value was encrypted with a key that is not configured; then nothing is changed.
    """
    changed = 0
    with writing(engine) as session:
        for ticket in session.scalars(select(TicketRow).where(TicketRow.email.is_not(None))):
            assert ticket.email is not None  # noqa: S101  (the query says so)
            ticket.email = cipher.rotate(ticket.email)
            old, ticket.email_hash = ticket.email_hash, cipher.fingerprint(canonical_address(cipher.decrypt(ticket.email)))
            if old != ticket.email_hash:
                codes = session.scalars(select(IdentityCodeRow).where(IdentityCodeRow.ticket_id == ticket.id))
                for code in codes:
                    code.email_hash = ticket.email_hash
            changed += 1
        for text in session.scalars(select(TicketTextRow)):
            text.ciphertext = cipher.rotate(text.ciphertext)
            changed += 1
        for file in session.scalars(select(RequestFileRow)):  # their bytes, under keys of their own, stay
            file.key, file.name = cipher.rotate(file.key), cipher.rotate(file.name)
            changed += 1
        for link in session.scalars(select(FileLinkRow)):
            link.token = cipher.rotate(link.token)
            changed += 1
        for handoff in session.scalars(select(HandoffRow).where(HandoffRow.email.is_not(None))):
            assert handoff.email is not None  # noqa: S101  (the query says so)
            handoff.email = cipher.rotate(handoff.email)
            handoff.answer = cipher.rotate(handoff.answer) if handoff.answer else None
            handoff.email_hash = cipher.fingerprint(canonical_address(cipher.decrypt(handoff.email)))
            changed += 1
        for handoff in session.scalars(select(HandoffRow).where(HandoffRow.question.is_not(None))):
            assert handoff.question is not None  # noqa: S101  (the query says so)
            handoff.question = cipher.rotate(handoff.question)
            changed += 1
        changed += _rotate_addresses(session, cipher)
    return changed


def _rotate_addresses(session: Session, cipher: FieldCipher) -> int:
    """Addresses that other systems are told at. Returns how many."""
    webhooks = session.scalars(select(WebhookRow)).all()
    for webhook in webhooks:
        webhook.url, webhook.secret = cipher.rotate(webhook.url), cipher.rotate(webhook.secret)
    requests = session.scalars(select(AgentRequestRow).where(AgentRequestRow.status_callback.is_not(None))).all()
    for request in requests:
        request.status_callback = cipher.rotate(request.status_callback) if request.status_callback else None
    return len(webhooks) + len(requests)
