"""Answers of the staff API that are kept for a day under the Idempotency-Key of their call, so that a repetition does nothing.

A key belongs to one token. Of a call that failed nothing is kept: it did nothing, and may be made again. What a process was doing
when it died can be done again after a while.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from sqlalchemy import ColumnElement, Engine, delete, select, update
from sqlalchemy.orm import Session

from candor.accounts.models import KeptAnswerRow
from candor.database.transactions import changed, writing
from candor.errors import ConflictError, InvalidInputError, UnavailableError

KEPT_FOR = timedelta(days=1)
PRESUMED_DEAD = timedelta(minutes=10)  # of a call that has not ended
LONGEST_KEY = 255  # characters


class AnswerCipher(Protocol):
    """Encrypts what was answered. Raises: UnavailableError from `decrypt` where the key is lost."""

    def encrypt(self, text: str) -> bytes: ...

    def decrypt(self, ciphertext: bytes) -> str: ...


class StillBeingDoneError(ConflictError):
    """The first call with this key has not ended."""

    public = "A call with this Idempotency-Key is still being done. Ask again in a few seconds."


class KeyReusedError(ConflictError):
    """The key came with another call before."""

    public = "This Idempotency-Key was used for another call. Nothing was done: use a new key for each new call."


class BadKeyError(InvalidInputError):
    """A key that is empty or too long."""

    public = f"An Idempotency-Key has between 1 and {LONGEST_KEY} characters, such as a UUID."


@dataclass(frozen=True)
class KeptAnswer:
    """What was answered. body: JSON, or empty."""

    fingerprint: str
    status: int
    body: str


class KeptAnswers:
    """The answers in the database."""

    def __init__(self, engine: Engine, cipher: AnswerCipher, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._cipher, self._now = engine, cipher, now

    def begin(self, token: int, key: str) -> KeptAnswer | None:
        """Claim a key for a call that is done now; what was answered, where it was done before.

        Raises: StillBeingDoneError; BadKeyError.
        """
        if not 1 <= len(key) <= LONGEST_KEY:
            raise BadKeyError("an Idempotency-Key that is empty or too long")
        now = self._now()
        with writing(self._engine, f"kept answers of token {token}") as session:
            row = session.scalar(select(KeptAnswerRow).where(*_of(token, key)))
            if row is not None and now - row.began_at < (PRESUMED_DEAD if row.status is None else KEPT_FOR):
                if row.status is None:
                    raise StillBeingDoneError("a call with this key has not ended")
                return KeptAnswer(row.fingerprint, row.status, self._cipher.decrypt(row.body) if row.body else "")
            session.execute(delete(KeptAnswerRow).where(*_of(token, key)))
            session.add(KeptAnswerRow(token_id=token, key_hash=_hash(key), fingerprint="", began_at=now))
            return None

    def keep(self, token: int, key: str, answer: KeptAnswer) -> None:
        """The call has ended well."""
        values = {
            "fingerprint": answer.fingerprint, "status": answer.status,
            "body": self._cipher.encrypt(answer.body) if answer.body else None,
        }  # fmt: skip
        with writing(self._engine, f"kept answers of token {token}") as session:
            session.execute(update(KeptAnswerRow).where(*_of(token, key)).values(**values))

    def drop(self, token: int, key: str) -> None:
        """The call has failed: its key may come again."""
        with writing(self._engine, f"kept answers of token {token}") as session:
            session.execute(delete(KeptAnswerRow).where(*_of(token, key), KeptAnswerRow.status.is_(None)))

    def forget(self, values: Collection[str]) -> int:
        """Remove the answers that name a person, by any of these values in small letters; returns how many.

        An answer that cannot be read any more goes too.
        """
        with writing(self._engine, "kept answers") as session:
            rows = session.scalars(select(KeptAnswerRow).where(KeptAnswerRow.body.is_not(None))).all()
            named = [row for row in rows if self._names(row.body or b"", values)]
            for row in named:
                session.delete(row)
            return len(named)

    def _names(self, body: bytes, values: Collection[str]) -> bool:
        try:
            answered = json.dumps(json.loads(self._cipher.decrypt(body)), ensure_ascii=False).lower()
        except (UnavailableError, ValueError):
            return True
        return any(value in answered for value in values)

    def drop_before(self, moment: datetime) -> int:
        """Remove what is older; returns how many."""
        with Session(self._engine) as session, session.begin():
            return changed(session.execute(delete(KeptAnswerRow).where(KeptAnswerRow.began_at < moment)))


def _of(token: int, key: str) -> tuple[ColumnElement[bool], ...]:
    return (KeptAnswerRow.token_id == token, KeptAnswerRow.key_hash == _hash(key))


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()
