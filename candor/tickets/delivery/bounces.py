"""Record letters that came back. However often a bounce arrives, and by whichever way, it counts once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from candor.database.transactions import writing
from candor.tickets.delivery.dsn import Bounce, read_bounce
from candor.tickets.delivery.mail_status import is_mailbox
from candor.tickets.delivery.outbox import DEAD, DUE, REFUSED, SENDING, SENT
from candor.tickets.delivery.undelivered import MAILBOX, SET_UP, Undelivered
from candor.tickets.events import RequestEvents
from candor.tickets.models import IdentityCodeRow, OutboxRow
from candor.tickets.stranger_mail import USED
from candor.tickets.writers import about_letter

# no_bounce: a mail of another kind, or of no letter of ours. known: nothing new. too_early: the letter is not noted as sent yet.
# reply: no bounce, but what a person wrote back (replies.py).
BounceOutcome = Literal["recorded", "known", "no_bounce", "too_early", "reply"]


class Bounces:
    """Finds the letter of each bounce, and records that it did not arrive."""

    def __init__(self, engine: Engine, events: RequestEvents, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._undelivered, self._now = engine, Undelivered(events), now

    def read(self, raw: bytes) -> BounceOutcome:
        """Record the bounce in a mail."""
        bounce = read_bounce(raw)
        return self.record(bounce) if bounce else "no_bounce"

    def record(self, bounce: Bounce) -> BounceOutcome:
        """Record a bounce. What is about the mailbox is final; the rest was somebody's set-up, and can be sent again."""
        with writing(self._engine, about_letter(self._engine, bounce.keys)) as session:
            letters = [OutboxRow.key.in_(bounce.keys), OutboxRow.channel == "requester"]
            row = session.scalar(select(OutboxRow).where(*letters).order_by(OutboxRow.id.desc()).limit(1))
            if row is None:
                return "no_bounce"
            if row.state in {SENDING, DUE}:
                return "too_early"
            if row.state != SENT or _was_read(session, row):
                return "known"
            refused = is_mailbox(bounce.status)
            row.state, row.last_error = (REFUSED if refused else DEAD), f"came back ({bounce.status or 'no reason given'})"[:80]
            session.flush()
            now = self._now().astimezone(UTC)
            self._undelivered.note(session, row, MAILBOX if refused else SET_UP, now, came_back=True)
        return "recorded"


def _was_read(session: Session, row: OutboxRow) -> bool:
    """Whether the letter's code was given back: then it did arrive, whatever a server on its way says of a copy."""
    code = session.get(IdentityCodeRow, row.code_id) if row.code_id else None
    return code is not None and code.state == USED
