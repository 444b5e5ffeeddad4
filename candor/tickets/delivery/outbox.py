"""The outbox: messages to send, stored in the transaction of the change that they are about and claimed by one process at a time.

Delivery is at least once: if a process dies between sending and recording it, the message is sent again under the same key.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from sqlalchemy import ColumnElement, Engine, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from candor.database.transactions import changed, writing
from candor.tickets.models import OutboxRow, WebhookRow

# requester, staff: mail. chat, chat_staff: a chat channel. transcript: the conversation itself, where its visitor reads it.
# callback: an authorized agent's own address.
Channel = Literal["requester", "staff", "webhook", "callback", "chat", "chat_staff", "transcript"]
DUE, SENDING, SENT, REFUSED, DEAD, LAPSED = "due", "sending", "sent", "refused", "dead", "lapsed"

LONGEST_SENDING = timedelta(minutes=5)  # after that the process that claimed it is presumed dead
MOST_TRIES = 12  # with the waits below, a message is given up after about a day
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=6)


NOT_TAKEN = "the mail server does not take our mail"  # how the reason begins, where that is somebody's set-up
# Earlier versions took every 5xx for a mailbox that does not exist, whatever the server had meant.
UNTOLD = and_(OutboxRow.state == REFUSED, OutboxRow.last_error.like("the mail server refused the mailbox (%"))


@dataclass(frozen=True)
class FailingLetters:
    """How many letters wait because of somebody's set-up, and why the newest was not taken."""

    count: int
    why: str


@dataclass(frozen=True)
class OutboxMessage:
    """A claimed message."""

    id: int
    key: str
    channel: Channel
    what: str
    tries: int  # including this one
    ticket_id: int | None
    event_id: int | None
    code_id: int | None
    handoff_id: int | None
    webhook_id: int | None = None  # which receiver; None: that of the settings


def put(
    session: Session, channel: Channel, what: str, now: datetime, *, key: str | None = None, ticket: int | None = None,
    event: int | None = None, code: int | None = None, handoff: int | None = None, webhook: int | None = None,
    not_before: datetime | None = None,
) -> None:  # fmt: skip
    """Add a message in the caller's transaction. If the key exists already, nothing is added."""
    key = key or secrets.token_urlsafe(24)
    if has(session, key):
        return
    session.add(
        OutboxRow(
            key=key, channel=channel, what=what, ticket_id=ticket, event_id=event, code_id=code, handoff_id=handoff,
            webhook_id=webhook, state=DUE, tries=0, created_at=now, next_at=max(now, not_before or now),
        )
    )  # fmt: skip


def has(session: Session, key: str) -> bool:
    """Whether the outbox holds a message with this key, sent or not."""
    return session.scalar(select(OutboxRow.id).where(OutboxRow.key == key)) is not None


class Outbox:
    """What a worker does with the outbox."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def claim(
        self, now: datetime, by: str, channels: Sequence[Channel], *, without_settings: bool = False
    ) -> OutboxMessage | None:
        """Claim the message of these channels that has waited longest; None if nothing is due.

        without_settings: leave webhooks to the receiver of the settings to a process whose settings name it.
        """
        waits = [
            OutboxRow.channel.in_(channels),
            or_(OutboxRow.state == DUE, OutboxRow.state == SENDING),  # SENDING: `next_at` is when the claim expires
            OutboxRow.next_at <= now,
            ~_in_flight(now),
        ]
        if without_settings:
            waits.append(or_(OutboxRow.channel != "webhook", OutboxRow.webhook_id.is_not(None)))
        oldest = select(OutboxRow).where(*waits).order_by(OutboxRow.next_at, OutboxRow.id).limit(1)
        with Session(self._engine) as session:  # usually nothing is due: then the database is not locked
            if session.scalar(oldest) is None:
                return None
        with writing(self._engine, f"claims of {by}") as session:
            row = session.scalar(oldest.with_for_update(skip_locked=True))  # what another process is just claiming is its own
            if row is None:
                return None
            row.state, row.tries, row.next_at, row.claimed_by = SENDING, row.tries + 1, now + LONGEST_SENDING, by
            return OutboxMessage(
                row.id, row.key, cast("Channel", row.channel), row.what, row.tries, row.ticket_id, row.event_id, row.code_id,
                row.handoff_id, row.webhook_id,
            )  # fmt: skip

    def settle(
        self, message: OutboxMessage, state: Literal["sent", "refused", "dead", "lapsed"], why: str = "",
        answered: int | None = None, also: Callable[[Session], None] = lambda _: None,
    ) -> None:  # fmt: skip
        """Record the final state of a message.

        answered: the HTTP status that a webhook's receiver gave. also: what is stored together with it, while this claim holds.
        """
        self._note(message, also, state=state, last_error=why[:80], answered=answered)

    def again(
        self, message: OutboxMessage, now: datetime, why: str, answered: int | None = None, not_before: datetime | None = None
    ) -> bool:  # fmt: skip
        """Schedule another attempt, each after a longer wait. False if there were MOST_TRIES attempts: then it is given up."""
        if message.tries >= MOST_TRIES:
            self.settle(message, "dead", why, answered)
            return False
        at = max(now + wait_after(message.tries), not_before or now)
        self._note(message, state=DUE, next_at=at, last_error=why[:80], answered=answered)
        return True

    def revive(self, now: datetime) -> int:
        """Make messages that were given up due again, and those that wait after a failure due now; returns how many.

        Those of a webhook that is switched off stay as they are.
        """
        waits = and_(OutboxRow.state == DUE, OutboxRow.tries > 0)
        active = or_(OutboxRow.webhook_id.is_(None), OutboxRow.webhook_id.in_(select(WebhookRow.id).where(WebhookRow.active)))
        with writing(self._engine, "messages tried again") as session:
            session.execute(update(WebhookRow).where(WebhookRow.active).values(paused_until=None))
            failed = or_(OutboxRow.state == DEAD, UNTOLD, waits)
            again = update(OutboxRow).where(failed, active).values(state=DUE, tries=0, next_at=now)
            return changed(session.execute(again))

    def failing(self) -> FailingLetters:
        """The mail that waits because a mail server did not take it, whoever it was for."""
        waits = [OutboxRow.state == DUE, OutboxRow.last_error.startswith(NOT_TAKEN)]
        with Session(self._engine) as session:
            count = session.scalar(select(func.count()).select_from(OutboxRow).where(*waits)) or 0
            newest = select(OutboxRow.last_error).where(*waits).order_by(OutboxRow.id.desc()).limit(1)
            return FailingLetters(count, session.scalar(newest) or "")

    def stuck(self, channel: Channel) -> FailingLetters:
        """The messages of a channel that were given up, or wait for another attempt after one that failed; without those of
        webhooks with a name, which say so themselves."""
        stuck = [
            OutboxRow.channel == channel,
            OutboxRow.webhook_id.is_(None),
            or_(OutboxRow.state == DEAD, and_(OutboxRow.state == DUE, OutboxRow.tries > 0)),
        ]
        with Session(self._engine) as session:
            count = session.scalar(select(func.count()).select_from(OutboxRow).where(*stuck)) or 0
            newest = select(OutboxRow.last_error).where(*stuck).order_by(OutboxRow.id.desc()).limit(1)
            return FailingLetters(count, session.scalar(newest) or "")

    def counts(self) -> dict[str, int]:
        """How many rows there are in each state."""
        with Session(self._engine) as session:
            rows = session.execute(select(OutboxRow.state, func.count()).group_by(OutboxRow.state))
            return {state: count for state, count in rows}  # noqa: C416  (rows, not pairs)

    def waiting_since(self, now: datetime) -> datetime | None:
        """Since when the message waits that was to be sent first; None if nothing is due."""
        waits = [OutboxRow.state.in_((DUE, SENDING)), OutboxRow.next_at <= now]
        with Session(self._engine) as session:
            return session.scalar(select(OutboxRow.next_at).where(*waits).order_by(OutboxRow.next_at).limit(1))

    def _note(self, message: OutboxMessage, also: Callable[[Session], None] = lambda _: None, **values: object) -> None:
        # Only while this claim holds: if it expired and another process claimed the message, that process decides.
        claim = [OutboxRow.id == message.id, OutboxRow.tries == message.tries, OutboxRow.state == SENDING]
        with writing(self._engine, f"message {message.id}") as session:
            if changed(session.execute(update(OutboxRow).where(*claim).values(**values))):
                also(session)


def _in_flight(now: datetime) -> ColumnElement[bool]:
    """Whether another webhook is being sent to the same receiver: one that hangs must hold up no more than itself. To agents goes
    one callback at a time, so that they leave room for webhooks.
    """
    other = aliased(OutboxRow)
    same = func.coalesce(other.webhook_id, 0) == func.coalesce(OutboxRow.webhook_id, 0)
    hooks = [OutboxRow.channel.in_(("webhook", "callback")), other.channel == OutboxRow.channel]
    return exists().where(*hooks, same, other.state == SENDING, other.next_at > now)


def wait_after(tries: int) -> timedelta:
    """The wait after so many attempts: half a minute, doubled each time, at most six hours."""
    return min(FIRST_WAIT * (1 << (tries - 1)), LONGEST_WAIT)
