"""Store what Slack sent until it is answered: after the acknowledgement, Slack does not send it again if a process dies.

It is stored encrypted before the acknowledgement, and emptied with the answer. If it stays unanswered for a while, one worker
takes it up as if Slack had just sent it. Nothing is said twice then: the assistant answers a message once under its id, and
sender.py checks whether the answer has been posted already.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from candor.channels.slack.dedupe import Handling, key_of
from candor.channels.slack.models import UnansweredRow
from candor.errors import CandorError
from candor.tickets.cipher import FieldCipher

log = logging.getLogger("candor.slack")
PATIENCE = timedelta(minutes=2)  # longer than Rasa and Slack together may take; then the worker is presumed dead
MOST_ATTEMPTS = 3
KEPT = timedelta(days=1)  # of an emptied row, which says that this was answered
ANSWERED = b""
ANSWERED_BUTTONS = ("say", "company")  # action ids


class PendingMessages:
    """The database decides which worker takes a message up, so any number may try."""

    def __init__(
        self, engine: Engine, cipher: FieldCipher, patience: timedelta = PATIENCE,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        self._engine, self._cipher, self.patience, self._now = engine, cipher, patience, now

    def keep(self, body: dict[str, Any], bot_user: str) -> Handling | None:
        """Store what is to be answered; None for everything else. A second delivery of the same is not stored again."""
        key = key_of_body(body, bot_user)
        if key is None:
            return None
        sealed = self._cipher.encrypt(json.dumps(body))
        try:
            with Session(self._engine) as session, session.begin():
                session.add(UnansweredRow(key=key, body=sealed, tries=0, next_at=self._now() + self.patience))
        except IntegrityError:
            return Handling(key, own=False)
        return Handling(key, own=True)

    def done(self, run: Handling) -> None:
        """Empty the row: it was answered, or needs no answer. A run whose claim was refused leaves the row alone."""
        if run.refused or not (run.own or run.claimed):
            return
        with Session(self._engine) as session, session.begin():
            session.execute(update(UnansweredRow).where(UnansweredRow.key == run.key).values(body=ANSWERED))

    def take_up(self) -> tuple[Handling, dict[str, Any]] | None:
        """Claim something that was left unanswered; None if there is nothing."""
        waits = [UnansweredRow.body != ANSWERED, UnansweredRow.next_at <= self._now()]
        while True:
            with Session(self._engine) as session, session.begin():
                row = session.scalar(select(UnansweredRow).where(*waits).order_by(UnansweredRow.next_at).limit(1))
                if row is None:
                    return None
                key, sealed, tries = row.key, row.body, row.tries
                ours = update(UnansweredRow).where(UnansweredRow.key == key, UnansweredRow.tries == tries, *waits)
                over = {"body": ANSWERED} if tries >= MOST_ATTEMPTS else {}
                values = {"tries": tries + 1, "next_at": self._now() + self.patience, **over}
                done = session.execute(ours.values(**values).execution_options(synchronize_session=False))
            if not done.rowcount:  # type: ignore[attr-defined]  # another worker was faster
                continue
            if over:
                log.error("something from Slack was given up after %d attempts", tries)
                continue
            try:
                body: dict[str, Any] = json.loads(self._cipher.decrypt(sealed))
            except CandorError as error:
                log.error("something from Slack cannot be read any more: %s", type(error).__name__)
                continue
            return Handling(key, own=True, taken_up=True), body

    def forget_old(self) -> None:
        """Delete the rows of what was answered a while ago."""
        old = [UnansweredRow.body == ANSWERED, UnansweredRow.next_at < self._now() - KEPT]
        with Session(self._engine) as session, session.begin():
            session.execute(delete(UnansweredRow).where(*old))


def key_of_body(body: dict[str, Any], bot_user: str) -> str | None:
    """The key of something that is to be answered, the same for Slack's two events of one mention; None if it needs no answer.

    In channels, only a message that mentions Candor or stands in a thread can be meant for it.
    """
    event, team = body.get("event") or {}, str(body.get("team_id") or "")
    if body.get("type") == "event_callback" and event.get("type") in {"message", "app_mention"}:
        spoken = event.get("user") and event.get("ts") and not event.get("bot_id") and event.get("user") != bot_user
        meant = str(event.get("channel", "")).startswith("D") or "thread_ts" in event or bot_user in str(event.get("text"))
        return key_of("message", team, str(event["channel"]), str(event["ts"])) if spoken and meant else None
    if body.get("command"):
        return key_of("command", team, str(body.get("trigger_id")))
    if body.get("type") == "message_action":
        return key_of("shortcut", str(body.get("trigger_id")))
    if body.get("type") == "block_actions":
        action = (body.get("actions") or [{}])[0]
        if str(action.get("action_id", "")).split(":", 1)[0] in ANSWERED_BUTTONS:
            return key_of(
                "action", str((body.get("user") or {}).get("id")), str(action.get("action_ts")), str(action["action_id"])
            )
    return None
