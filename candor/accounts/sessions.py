"""Signed-in browsers: each has a random key in a cookie, of which only the hash is stored. Each can be signed out."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Engine, select, update
from sqlalchemy.orm import Session

from candor.accounts.models import AccountRow, SessionRow
from candor.accounts.roles import Account
from candor.accounts.store import account_of
from candor.database.transactions import changed

SEEN_EVERY = timedelta(minutes=1)  # how exactly it is recorded when somebody was last active
KEPT = timedelta(days=30)  # after a session, so that the author of a form that was left open is still known
ACTIVE = SessionRow.ended_at.is_(None)


@dataclass(frozen=True)
class SignedIn:
    """A person at a browser. `csrf` goes into each of their forms, and comes back with it."""

    session: int
    account: Account
    csrf: str
    began_at: datetime
    means: str = "password"


@dataclass(frozen=True)
class Browser:
    """One signed-in browser, as its owner or an admin sees it."""

    session: int
    name: str  # such as "Firefox on Windows"
    means: str
    began_at: datetime
    seen_at: datetime


class Sessions:
    """idle: how long somebody may be inactive; longest: after that, they must sign in again in any case."""

    def __init__(
        self, engine: Engine, idle: timedelta, longest: timedelta, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:  # fmt: skip
        self._engine, self._idle, self._longest, self._now = engine, idle, longest, now

    def begin(self, account: Account, means: str, browser: str = "") -> str:
        """Begin a session; return the key for the cookie."""
        key, now = secrets.token_urlsafe(32), self._now()
        with Session(self._engine) as session, session.begin():
            session.add(
                SessionRow(
                    account_id=account.id,
                    key_hash=_hash(key),
                    form_hash=_form_hash(csrf_of(key)),
                    means=means,
                    browser=browser[:80],
                    began_at=now,
                    seen_at=now,
                )
            )
        return key

    def look(self, key: str, *, unattended: bool = False) -> SignedIn | None:
        """The person with this key; None where it is unknown or the session has ended. Notes that they are active.

        unattended: a page asks by itself, which shows nobody's activity: an open page alone must not keep a session alive.
        """
        now = self._now()
        with Session(self._engine) as session, session.begin():
            row = session.scalar(select(SessionRow).where(SessionRow.key_hash == _hash(key), ACTIVE))
            if row is None or now - row.seen_at > self._idle or now - row.began_at > self._longest:
                return None
            account = session.get_one(AccountRow, row.account_id)
            if account.disabled_at is not None:
                return None
            if not unattended and now - row.seen_at > SEEN_EVERY:
                row.seen_at = now
            return SignedIn(row.id, account_of(account), csrf_of(key), row.began_at, row.means)

    def end(self, key: str) -> None:
        """Sign out."""
        self._end(SessionRow.key_hash == _hash(key))

    def end_all(self, account: int, but: int | None = None) -> int:
        """Sign out everywhere except in the session `but`; return in how many browsers."""
        return self._end(SessionRow.account_id == account, SessionRow.id != (but or 0))

    def end_one(self, account: int, session: int) -> bool:
        """Sign one browser of theirs out; whether there was one."""
        return self._end(SessionRow.account_id == account, SessionRow.id == session) > 0

    def strengthen(self, session: int, means: str) -> None:
        """Record that somebody who signed in with a password has given a code as well."""
        with Session(self._engine) as opened, opened.begin():
            opened.execute(update(SessionRow).where(SessionRow.id == session, ACTIVE).values(means=means))

    def of(self, account: int) -> list[Browser]:
        """The browsers in which somebody is signed in, the one that was active last first."""
        now = self._now()
        live = (ACTIVE, SessionRow.seen_at >= now - self._idle, SessionRow.began_at >= now - self._longest)
        query = select(SessionRow).where(SessionRow.account_id == account, *live).order_by(SessionRow.seen_at.desc())
        with Session(self._engine) as session:
            return [Browser(row.id, row.browser, row.means, row.began_at, row.seen_at) for row in session.scalars(query)]

    def whose_form(self, csrf: str) -> int | None:
        """The account whose form carried this token, also after the session has ended; None where it is unknown."""
        with Session(self._engine) as session:
            return session.scalar(select(SessionRow.account_id).where(SessionRow.form_hash == _form_hash(csrf)))

    def _end(self, *which: ColumnElement[bool]) -> int:
        with Session(self._engine) as session, session.begin():
            ended = session.execute(update(SessionRow).where(ACTIVE, *which).values(ended_at=self._now()))
            return changed(ended)


def csrf_of(key: str) -> str:
    """The token of a session's forms. It is derived from the session's key, which no other site can read."""
    return hashlib.sha256(f"candor form {key}".encode()).hexdigest()


def _form_hash(csrf: str) -> str:
    return hashlib.sha256(f"candor whose form {csrf}".encode()).hexdigest()


def _hash(key: str) -> str:
    return hashlib.sha256(f"candor session {key}".encode()).hexdigest()
