"""Signed-in browsers: a random key in a cookie, of which only the hash is kept; each can be ended."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from accounts.models import AccountRow, SessionRow
from accounts.register import account_of
from accounts.roles import Account

SEEN_EVERY = timedelta(minutes=1)  # how exactly it is kept when somebody was last there
ACTIVE = SessionRow.ended_at.is_(None)


@dataclass(frozen=True)
class SignedIn:
    """Somebody at a browser. `csrf` goes into every form of theirs, and comes back with it."""

    session: int
    account: Account
    csrf: str
    began_at: datetime


class Sessions:
    """idle: how long somebody may do nothing; longest: until they sign in again in any case."""

    def __init__(
        self, engine: Engine, idle: timedelta, longest: timedelta, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:  # fmt: skip
        self._engine, self._idle, self._longest, self._now = engine, idle, longest, now

    def begin(self, account: Account, means: str, browser: str = "") -> str:
        """The key for the cookie."""
        key, now = secrets.token_urlsafe(32), self._now()
        with Session(self._engine) as session, session.begin():
            session.add(
                SessionRow(
                    account_id=account.id, key_hash=_hash(key), means=means, browser=browser[:80], began_at=now, seen_at=now
                )
            )
        return key

    def look(self, key: str) -> SignedIn | None:
        """Who has this key; None where nobody has, or not any more."""
        now = self._now()
        with Session(self._engine) as session, session.begin():
            row = session.scalar(select(SessionRow).where(SessionRow.key_hash == _hash(key), ACTIVE))
            if row is None or now - row.seen_at > self._idle or now - row.began_at > self._longest:
                return None
            account = session.get_one(AccountRow, row.account_id)
            if account.disabled_at is not None:
                return None
            if now - row.seen_at > SEEN_EVERY:
                row.seen_at = now
            return SignedIn(row.id, account_of(account), csrf_of(key), row.began_at)

    def end(self, key: str) -> None:
        """Sign out."""
        self._end(SessionRow.key_hash == _hash(key))

    def end_all(self, account: int) -> None:
        """Sign out everywhere."""
        self._end(SessionRow.account_id == account)

    def _end(self, which: object) -> None:
        with Session(self._engine) as session, session.begin():
            session.execute(update(SessionRow).where(which, ACTIVE).values(ended_at=self._now()))  # type: ignore[arg-type]


def csrf_of(key: str) -> str:
    """What forms carry: follows from the session's key, which no other site can read."""
    return hashlib.sha256(f"candor form {key}".encode()).hexdigest()


def _hash(key: str) -> str:
    return hashlib.sha256(f"candor session {key}".encode()).hexdigest()
