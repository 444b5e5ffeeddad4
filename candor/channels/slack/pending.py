"""What was acknowledged to Slack is kept until it is answered: Slack does not tell it again when a process dies meanwhile.

Kept encrypted, before the acknowledgement; emptied with the answer. What nobody has answered for a while is taken up by one
worker, as if Slack had sent it just now. The door answers a message once under its id, and post.py looks whether the answer
stands there already, so that taking up what was nearly done says nothing twice.
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
PATIENCE = timedelta(minutes=2)  # longer than Rasa and Slack together may take; then a worker is taken for dead
MOST_TRIES = 3
KEPT = timedelta(days=1)  # an emptied row: that this was answered
ANSWERED = b""
SAYING = ("say", "company")  # buttons that are answered


class PendingMessages:
    """The database decides who takes something up, so that any number of workers may ask."""

    def __init__(
        self, engine: Engine, cipher: FieldCipher, patience: timedelta = PATIENCE,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        self._engine, self._cipher, self.patience, self._now = engine, cipher, patience, now

    def keep(self, body: dict[str, Any], bot_user: str) -> Handling | None:
        """Keep what is to be answered; None for all else. Slack's second delivery of something is kept no second time."""
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
        """It was answered, or there was nothing to answer. Whoever found it in other hands leaves it to them."""
        if run.refused or not (run.own or run.claimed):
            return
        with Session(self._engine) as session, session.begin():
            session.execute(update(UnansweredRow).where(UnansweredRow.key == run.key).values(body=ANSWERED))

    def take_up(self) -> tuple[Handling, dict[str, Any]] | None:
        """Something that nobody answers, now ours; None if there is nothing."""
        waits = [UnansweredRow.body != ANSWERED, UnansweredRow.next_at <= self._now()]
        while True:
            with Session(self._engine) as session, session.begin():
                seen = session.scalar(select(UnansweredRow).where(*waits).order_by(UnansweredRow.next_at).limit(1))
                if seen is None:
                    return None
                key, sealed, tries = seen.key, seen.body, seen.tries
                ours = update(UnansweredRow).where(UnansweredRow.key == key, UnansweredRow.tries == tries, *waits)
                over = {"body": ANSWERED} if tries >= MOST_TRIES else {}
                values = {"tries": tries + 1, "next_at": self._now() + self.patience, **over}
                done = session.execute(ours.values(**values).execution_options(synchronize_session=False))
            if not done.rowcount:  # type: ignore[attr-defined]  # else another worker was faster
                continue
            if over:
                log.error("something from Slack was given up after %d tries", tries)
                continue
            try:
                body: dict[str, Any] = json.loads(self._cipher.decrypt(sealed))
            except CandorError as error:
                log.error("something from Slack cannot be read any more: %s", type(error).__name__)
                continue
            return Handling(key, own=True, taken_up=True), body

    def forget_old(self) -> None:
        """Drop the rows of what was answered."""
        old = [UnansweredRow.body == ANSWERED, UnansweredRow.next_at < self._now() - KEPT]
        with Session(self._engine) as session, session.begin():
            session.execute(delete(UnansweredRow).where(*old))


def key_of_body(body: dict[str, Any], bot_user: str) -> str | None:
    """What names something that is to be answered; the same for Slack's two events for one mention. None: it is not.

    Of what people say in channels, only what mentions Candor or stands in a thread can be meant for it.
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
        if str(action.get("action_id", "")).split(":", 1)[0] in SAYING:
            return key_of(
                "action", str((body.get("user") or {}).get("id")), str(action.get("action_ts")), str(action["action_id"])
            )
    return None
