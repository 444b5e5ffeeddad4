"""Things to send, kept in the database: written in the transaction that they tell of, claimed by one process at a time.

At least once: a process that dies between sending and noting it leaves a row that is sent again, under the same key.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from sqlalchemy import Engine, func, or_, select, update
from sqlalchemy.orm import Session

from candor.storage import writing
from candor.tickets.models import OutboxRow

Channel = Literal["requester", "staff", "webhook", "chat", "chat_staff"]
DUE, SENDING, SENT, REFUSED, DEAD, LAPSED = "due", "sending", "sent", "refused", "dead", "lapsed"

LONGEST_SENDING = timedelta(minutes=5)  # then whoever claimed it is taken for dead
MOST_TRIES = 12  # with the waits below: given up after about a day
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=6)


@dataclass(frozen=True)
class OutboxMessage:
    """One thing to send, claimed."""

    id: int
    key: str
    channel: Channel
    what: str
    tries: int  # this one included
    ticket_id: int | None
    event_id: int | None
    code_id: int | None
    handoff_id: int | None


def put(
    session: Session, channel: Channel, what: str, now: datetime, *, key: str | None = None, ticket: int | None = None,
    event: int | None = None, code: int | None = None, handoff: int | None = None,
) -> None:  # fmt: skip
    """Add something to send, in the caller's transaction. A key that is there already adds nothing."""
    key = key or secrets.token_urlsafe(24)
    if has(session, key):
        return
    session.add(
        OutboxRow(
            key=key, channel=channel, what=what, ticket_id=ticket, event_id=event, code_id=code, handoff_id=handoff,
            state=DUE, tries=0, created_at=now, next_at=now,
        )
    )  # fmt: skip


def has(session: Session, key: str) -> bool:
    """Whether there is, or was lately, something to send under this key."""
    return session.scalar(select(OutboxRow.id).where(OutboxRow.key == key)) is not None


class Outbox:
    """The sending side."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def claim(self, now: datetime, by: str, channels: Sequence[Channel]) -> OutboxMessage | None:
        """The longest waiting parcel of these channels, now ours; None if nothing waits."""
        waits = [
            OutboxRow.channel.in_(channels),
            or_(OutboxRow.state == DUE, OutboxRow.state == SENDING),  # a claim that ran out: `next_at` is when it does
            OutboxRow.next_at <= now,
        ]
        oldest = select(OutboxRow).where(*waits).order_by(OutboxRow.next_at, OutboxRow.id).limit(1)
        while True:
            with Session(self._engine) as session:  # mostly there is nothing: then nobody's turn to write is taken
                seen = session.scalar(oldest)
            if seen is None:
                return None
            ours = (
                update(OutboxRow)
                .where(OutboxRow.id == seen.id, *waits)
                .values(state=SENDING, tries=OutboxRow.tries + 1, next_at=now + LONGEST_SENDING, claimed_by=by)
            )
            with writing(self._engine) as session:
                if session.execute(ours).rowcount:  # type: ignore[attr-defined]  # else another process was faster
                    return OutboxMessage(
                        seen.id, seen.key, cast("Channel", seen.channel), seen.what, seen.tries + 1, seen.ticket_id,
                        seen.event_id, seen.code_id, seen.handoff_id,
                    )  # fmt: skip

    def settle(self, parcel: OutboxMessage, state: Literal["sent", "refused", "dead", "lapsed"], why: str = "") -> None:
        """It is done, one way or the other."""
        self._note(parcel, state=state, last_error=why[:80])

    def again(self, parcel: OutboxMessage, now: datetime, why: str) -> bool:
        """Try once more later, each time after a longer wait. False if it has been tried often enough: then it is dead."""
        if parcel.tries >= MOST_TRIES:
            self.settle(parcel, "dead", why)
            return False
        self._note(parcel, state=DUE, next_at=now + wait_after(parcel.tries), last_error=why[:80])
        return True

    def revive(self, now: datetime) -> int:
        """Give what was given up another round of tries; says how many."""
        with writing(self._engine) as session:
            dead = update(OutboxRow).where(OutboxRow.state == DEAD).values(state=DUE, tries=0, next_at=now)
            return int(session.execute(dead).rowcount)  # type: ignore[attr-defined]

    def counts(self) -> dict[str, int]:
        """How many rows there are in each state."""
        with Session(self._engine) as session:
            rows = session.execute(select(OutboxRow.state, func.count()).group_by(OutboxRow.state))
            return {state: count for state, count in rows}  # noqa: C416  (rows, not pairs)

    def _note(self, parcel: OutboxMessage, **values: object) -> None:
        # Only the claim's own row: where it ran out and another process took it, that one's word counts.
        ours = update(OutboxRow).where(OutboxRow.id == parcel.id, OutboxRow.tries == parcel.tries, OutboxRow.state == SENDING)
        with writing(self._engine) as session:
            session.execute(ours.values(**values))


def wait_after(tries: int) -> timedelta:
    """Half a minute, then twice as long each time, at most six hours."""
    return min(FIRST_WAIT * (1 << (tries - 1)), LONGEST_WAIT)
