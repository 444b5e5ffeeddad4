"""The audit log: who signed in, read, revealed, changed or exported what. Entries are only ever added.

Each entry's seal is HMAC-SHA256 over the entry and the seal before it, with a key derived from the secret key (HKDF,
RFC 5869): whoever can write to the database but lacks the key cannot change, drop or insert an entry unnoticed. Whether the
newest entries were cut off can be told where an earlier head was noted elsewhere. Entries name no data subject:
conversations and requests appear only by their ids.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from candor.accounts.actors import SYSTEM, stored_names
from candor.accounts.models import AuditAnchorRow, AuditRow
from candor.database.transactions import changed, lock_out, writing

FIRST_SEAL = "0" * 64
WORDS = {"reason", "note", "comment", "words"}  # details that somebody types
AUDIT = "audit log"  # as writing() knows it
AT_ONCE = 5000  # entries read at a time


@dataclass(frozen=True)
class Entry:
    """One thing that was done."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    company: str
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ChainCheck:
    """The result of checking the chain. `broken_at`: the first entry that does not fit; None: all do. `head`: the newest seal."""

    entries: int
    head: str
    broken_at: int | None = None


class AuditLog:
    """Writes with the newest secret; checks with all of them."""

    def __init__(
        self, engine: Engine, secret: str, old_secrets: Sequence[str] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC), masked: Callable[[str], str] = lambda text: text,
    ) -> None:  # fmt: skip
        """masked: removes addresses and numbers of people from a text. Reasons that staff type go through it, because an entry
        can never be removed.
        """
        self._engine, self._now, self._masked = engine, now, masked
        self._keys = [_derive(each) for each in (secret, *old_secrets)]

    def record(self, actor: str, action: str, subject: str = "", *, company: str = "", **details: Any) -> None:
        """Add an entry in a transaction of its own. `action` is like "conversation.read"."""
        with writing(self._engine, AUDIT) as session:
            self.add(session, actor, action, subject, company=company, **details)

    def add(self, session: Session, actor: str, action: str, subject: str = "", *, company: str = "", **details: Any) -> None:
        """Add an entry in the caller's transaction, which must be one of writing(). Until its end nobody else adds one: each is
        sealed together with the one before.
        """
        lock_out(session, AUDIT)
        last = session.execute(select(AuditRow.id, AuditRow.seal).order_by(AuditRow.id.desc()).limit(1)).first()
        details = {name: self._masked(value) if name in WORDS else value for name, value in details.items()}
        number, before = last or session.execute(_ANCHOR).first() or (0, FIRST_SEAL)
        row = AuditRow(
            id=number + 1, at=self._now().astimezone(UTC).isoformat(), actor=actor[:40], action=action[:40], subject=subject[:80],
            company=company[:40], details=json.dumps(details, sort_keys=True, ensure_ascii=False), seal="",
        )  # fmt: skip
        row.seal = _seal(self._keys[0], row, before)
        session.add(row)
        session.flush()

    def entries(
        self, *, before: int | None = None, limit: int = 100, actor: str = "", action: str = "", subject: str = "",
        since: datetime | None = None, until: datetime | None = None, companies: Collection[str] | None = None,
    ) -> list[Entry]:  # fmt: skip
        """The newest first. action: all of it, or its beginning with a dot ("request."). companies: only of these; None: all."""
        query = select(AuditRow).order_by(AuditRow.id.desc()).limit(limit)
        if before is not None:
            query = query.where(AuditRow.id < before)
        if actor:
            query = query.where(AuditRow.actor.in_(stored_names(actor)))
        if action:
            query = query.where(AuditRow.action.startswith(action) if action.endswith(".") else AuditRow.action == action)
        if subject:
            query = query.where(AuditRow.subject == subject)
        if since is not None:
            query = query.where(AuditRow.at >= since.astimezone(UTC).isoformat())
        if until is not None:
            query = query.where(AuditRow.at < until.astimezone(UTC).isoformat())
        if companies is not None:
            query = query.where(AuditRow.company.in_(companies))
        with Session(self._engine) as session:
            return [_entry(row) for row in session.scalars(query)]

    def cut(self, before: datetime) -> int:
        """Remove the entries before that moment; return how many. The seal of the last of them stays as an anchor, so that the
        rest can still be checked, and the removal is an entry itself.
        """
        limit = before.astimezone(UTC).isoformat()
        with writing(self._engine, AUDIT) as session:
            first_kept = session.scalar(select(func.min(AuditRow.id)).where(AuditRow.at >= limit))
            old = [AuditRow.id < first_kept] if first_kept is not None else []
            last = session.execute(select(AuditRow.id, AuditRow.seal).where(*old).order_by(AuditRow.id.desc()).limit(1)).first()
            if last is None:
                return 0
            session.add(AuditAnchorRow(id=last.id, seal=last.seal, at=self._now().astimezone(UTC).isoformat()))
            session.flush()
            done = session.execute(delete(AuditRow).where(AuditRow.id <= last.id))
            session.execute(delete(AuditAnchorRow).where(AuditAnchorRow.id < last.id))
            removed = changed(done)
            self.add(session, SYSTEM, "audit.cut", removed=removed, up_to=last.id)
        return removed

    def actions(self) -> list[str]:
        """The names of all actions in the log."""
        with Session(self._engine) as session:
            return list(session.scalars(select(AuditRow.action).distinct().order_by(AuditRow.action)))

    def holds(self, head: str) -> bool:
        """Whether a head that was noted earlier is still in the chain, or is the anchor of entries removed after their period."""
        with Session(self._engine) as session:
            kept = select(AuditRow.id).where(AuditRow.seal == head), select(AuditAnchorRow.id).where(AuditAnchorRow.seal == head)
            return head == FIRST_SEAL or any(session.scalar(query) is not None for query in kept)

    def verify(self) -> ChainCheck:
        """Check the whole chain, from its anchor on."""
        with Session(self._engine) as session:
            number, before = session.execute(_ANCHOR).first() or (0, FIRST_SEAL)
            checked = 0
            rows = session.scalars(select(AuditRow).order_by(AuditRow.id).execution_options(yield_per=AT_ONCE))
            for row in rows:
                number += 1
                if row.id != number or not any(hmac.compare_digest(_seal(key, row, before), row.seal) for key in self._keys):
                    return ChainCheck(checked, before, broken_at=row.id)
                before, checked = row.seal, checked + 1
            return ChainCheck(checked, before)


_ANCHOR = select(AuditAnchorRow.id, AuditAnchorRow.seal).order_by(AuditAnchorRow.id.desc()).limit(1)


def _entry(row: AuditRow) -> Entry:
    return Entry(row.id, datetime.fromisoformat(row.at), row.actor, row.action, row.subject, row.company, json.loads(row.details))


def _seal(key: bytes, row: AuditRow, before: str) -> str:
    sealed = json.dumps([before, row.id, row.at, row.actor, row.action, row.subject, row.company, row.details])
    return hmac.new(key, sealed.encode(), hashlib.sha256).hexdigest()


def _derive(secret: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"candor audit log").derive(secret.encode())
