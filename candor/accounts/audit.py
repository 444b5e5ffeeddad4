"""The audit log: who signed in, read, revealed, changed or exported what. Entries are only ever added.

Each entry's seal is HMAC-SHA256 over the entry and the seal before it, with a key derived from the secret key (HKDF,
RFC 5869): whoever can write to the database but lacks the key cannot change, drop or insert an entry unnoticed. Entries name no
data subject: conversations and requests appear only by their ids.

Each company has a chain of its own, so that who records something for one waits for nobody who does for another. The house's
chain has what concerns no company. From time to time it notes the newest seal of each company's chain: what is cut off a
company's chain shows then, and a head of the house's chain that is noted elsewhere stands for all of them. It is the one chain
that there was before companies had theirs, so older entries, and heads that were noted of it, still hold; a process from then
goes on adding to it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from heapq import merge
from itertools import islice
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Engine,
    ScalarResult,
    Tuple,
    delete,
    func,
    literal,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from candor.accounts.actors import SYSTEM, stored_names
from candor.accounts.models import AuditAnchorRow, AuditChainRow, AuditEntryRow, AuditRow
from candor.database.transactions import changed, lock_out, locking_rows, snapshot

FIRST_SEAL = "0" * 64
WORDS = {"reason", "note", "comment", "words"}  # details that somebody types
AUDIT = "audit log"  # the house's chain, as lock_out() knows it
NOTED = "audit.heads"  # the house's entries that note companies' chains
NOTED_TOGETHER = 100  # companies in one such entry
AT_ONCE = 5000  # entries read at a time


@dataclass(frozen=True)
class Entry:
    """One thing that was done. chain: the company in whose chain it stands, at `number`; "" is the house's."""

    id: int  # tells it from all others
    at: datetime
    actor: str
    action: str
    subject: str
    company: str
    details: dict[str, Any] = field(default_factory=dict)
    chain: str = ""
    number: int = 0

    @property
    def place(self) -> str:
        """How people name it: "17", or in a company's chain "acme 17"."""
        return f"{self.chain} {self.number}".strip()


@dataclass(frozen=True)
class ChainCheck:
    """The result of checking the chains. `broken_at`: the number of the first entry that does not fit, in the chain of `chain`
    ("" is the house's); None: all do. `head`: the newest seal of the house's.
    """

    entries: int
    head: str
    broken_at: int | None = None
    chain: str = ""
    chains: int = 1  # how many there are

    @property
    def place(self) -> str:
        """The entry that does not fit, as people name it."""
        return f"{self.chain} {self.broken_at}".strip()


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
        with locking_rows(self._engine) as session:
            self.add(session, actor, action, subject, company=company, **details)

    def add(self, session: Session, actor: str, action: str, subject: str = "", *, company: str = "", **details: Any) -> None:
        """Add an entry in the caller's transaction, which must be one of writing() or locking_rows(). Until its end nobody else
        adds one to the same chain: each is sealed together with the one before. So that no two wait for each other, a transaction
        adds to one chain only.
        """
        if company:
            chain = _held(session, company[:40])
            row = AuditEntryRow(number=chain.number + 1, **self._values(actor, action, subject, company, details))
            row.seal = _seal(self._keys[0], row, row.number, chain.seal)
            chain.number, chain.seal = row.number, row.seal
            session.add(row)
        else:
            lock_out(session, AUDIT)
            last = session.execute(select(AuditRow.id, AuditRow.seal).order_by(AuditRow.id.desc()).limit(1)).first()
            number, before = last or session.execute(_ANCHOR).first() or (0, FIRST_SEAL)
            entry = AuditRow(id=number + 1, **self._values(actor, action, subject, company, details))
            entry.seal = _seal(self._keys[0], entry, entry.id, before)
            session.add(entry)
        session.flush()

    def _values(self, actor: str, action: str, subject: str, company: str, details: Mapping[str, Any]) -> dict[str, str]:
        """The columns of an entry of now. Made once the chain is held, so that times follow the order of the chain."""
        masked = {name: self._masked(value) if name in WORDS else value for name, value in details.items()}
        return {
            "at": self._now().astimezone(UTC).isoformat(), "actor": actor[:40], "action": action[:40], "subject": subject[:80],
            "company": company[:40], "details": json.dumps(masked, sort_keys=True, ensure_ascii=False), "seal": "",
        }  # fmt: skip

    def entries(
        self, *, before: int | None = None, limit: int = 100, actor: str = "", action: str = "", subject: str = "",
        since: datetime | None = None, until: datetime | None = None, companies: Collection[str] | None = None,
    ) -> list[Entry]:  # fmt: skip
        """The newest first. before: only what is older than the entry of this id. action: all of it, or its beginning with a dot
        ("request."). companies: only of these; None: all.
        """
        with Session(self._engine) as session:
            start = None
            if before is not None:
                place = literal(before, BigInteger)
                either = (select(table.at).where(table.id == place) for table in (AuditRow, AuditEntryRow))
                at = session.scalar(union_all(*either))
                if at is None:  # its period was over meanwhile, and so was that of all before it
                    return []
                start = tuple_(literal(at), place)

            def found(table: type[AuditRow | AuditEntryRow]) -> list[Entry]:
                query = select(table).order_by(table.at.desc(), table.id.desc()).limit(limit)
                query = query.where(*_filtered(table, start, actor, action, subject, since, until, companies))
                rows: ScalarResult[Any] = session.scalars(query)
                return [_entry(row) for row in rows]

            newest_first = merge(found(AuditRow), found(AuditEntryRow), key=lambda one: (one.at, one.id), reverse=True)
            return list(islice(newest_first, limit))

    def actions(self) -> list[str]:
        """The names of all actions in the log."""
        with Session(self._engine) as session:
            tables = (AuditRow, AuditEntryRow)
            return sorted({name for table in tables for name in session.scalars(select(table.action).distinct())})

    def cut(self, before: datetime) -> int:
        """Remove the entries before that moment; return how many. The seal of the last of them stays as an anchor, so that the
        rest can still be checked, and the removal is an entry itself.
        """
        limit = before.astimezone(UTC).isoformat()
        with Session(self._engine) as session:
            over = session.scalars(select(AuditEntryRow.company).where(AuditEntryRow.at < limit).distinct()).all()
        return self._cut_house(limit) + sum(self._cut_company(company, limit) for company in sorted(over))

    def _cut_house(self, limit: str) -> int:
        with locking_rows(self._engine) as session:
            lock_out(session, AUDIT)
            first_kept = session.scalar(select(func.min(AuditRow.id)).where(AuditRow.at >= limit))
            old = [AuditRow.id < first_kept] if first_kept is not None else []
            last = session.execute(select(AuditRow.id, AuditRow.seal).where(*old).order_by(AuditRow.id.desc()).limit(1)).first()
            if last is None:
                return 0
            session.add(AuditAnchorRow(id=last.id, seal=last.seal, at=self._now().astimezone(UTC).isoformat()))
            session.flush()
            removed = changed(session.execute(delete(AuditRow).where(AuditRow.id <= last.id)))
            session.execute(delete(AuditAnchorRow).where(AuditAnchorRow.id < last.id))
            self.add(session, SYSTEM, "audit.cut", removed=removed, up_to=last.id)
        return removed

    def _cut_company(self, company: str, limit: str) -> int:
        of_company, number = AuditEntryRow.company == company, AuditEntryRow.number
        with locking_rows(self._engine) as session:
            chain = _held(session, company)
            first_kept = session.scalar(select(func.min(number)).where(of_company, AuditEntryRow.at >= limit))
            old = [number < first_kept] if first_kept is not None else []
            newest = select(number, AuditEntryRow.seal).where(of_company, *old).order_by(number.desc()).limit(1)
            last = session.execute(newest).first()
            if last is None:
                return 0
            chain.cut_number, chain.cut_seal, chain.cut_at = last.number, last.seal, self._now().astimezone(UTC).isoformat()
            session.flush()
            removed = changed(session.execute(delete(AuditEntryRow).where(of_company, number <= last.number)))
            self.add(session, SYSTEM, "audit.cut", company=company, removed=removed, up_to=last.number)
        return removed

    def note_heads(self) -> int:
        """Note in the house's chain how far each company's has come since the last time; returns how many have."""
        moved = select(AuditChainRow.company, AuditChainRow.number, AuditChainRow.seal).order_by(AuditChainRow.company)
        moved = moved.where(AuditChainRow.number > AuditChainRow.noted)
        with locking_rows(self._engine) as session:
            heads = [(company, number, seal) for company, number, seal in session.execute(moved)]
            for start in range(0, len(heads), NOTED_TOGETHER):
                some = {company: [number, seal] for company, number, seal in heads[start : start + NOTED_TOGETHER]}
                self.add(session, SYSTEM, NOTED, heads=some)
        for company, number, _ in heads:  # afterwards: who holds the house's chain waits for no company's
            with locking_rows(self._engine) as session:
                behind = AuditChainRow.company == company, AuditChainRow.noted < number
                session.execute(update(AuditChainRow).where(*behind).values(noted=number))
        return len(heads)

    def holds(self, head: str) -> bool:
        """Whether a head that was noted earlier is still in the house's chain, or is the anchor of entries removed after their
        period.
        """
        with Session(self._engine) as session:
            kept = select(AuditRow.id).where(AuditRow.seal == head), select(AuditAnchorRow.id).where(AuditAnchorRow.seal == head)
            return head == FIRST_SEAL or any(session.scalar(query) is not None for query in kept)

    def newest_fits(self) -> bool | None:
        """Whether the newest entry, of the house or of any company, was sealed with a key that is known; None without entries.

        It costs little, and tells a wrong key; `verify` tells what was changed.
        """
        with snapshot(self._engine) as session:
            last = session.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(2)).all()
            if last:
                before = last[1].seal if len(last) > 1 else (session.execute(_ANCHOR).first() or (0, FIRST_SEAL))[1]
                return self._fits(last[0], last[0].id, last[0].id, before)
            entry = session.scalars(select(AuditEntryRow).order_by(AuditEntryRow.id.desc()).limit(1)).first()
            if entry is None:
                return None
            chain = session.scalars(select(AuditChainRow).where(AuditChainRow.company == entry.company)).one()
            query = select(AuditEntryRow.seal).where(
                AuditEntryRow.company == entry.company, AuditEntryRow.number == entry.number - 1
            )
            return self._fits(entry, entry.number, entry.number, session.scalar(query) or chain.cut_seal)

    def verify(self) -> ChainCheck:
        """Check every chain, from its anchor on, and the companies' against all that the house's has noted of them."""
        with snapshot(self._engine) as session:
            number, before = session.execute(_ANCHOR).first() or (0, FIRST_SEAL)
            house = select(AuditRow).order_by(AuditRow.id).execution_options(yield_per=AT_ONCE)
            noted: dict[str, dict[int, str]] = {}
            checked = 0
            for row in session.scalars(house):
                number += 1
                if not self._fits(row, row.id, number, before):
                    return ChainCheck(checked, before, broken_at=row.id)
                before, checked = row.seal, checked + 1
                if row.action == NOTED:
                    for company, (place, seal) in json.loads(row.details)["heads"].items():
                        noted.setdefault(company, {})[place] = seal
            return self._verify_companies(session, noted, ChainCheck(checked, before))

    def _verify_companies(self, session: Session, noted: Mapping[str, Mapping[int, str]], house: ChainCheck) -> ChainCheck:
        chains = {row.company: row for row in session.scalars(select(AuditChainRow))}
        # Where a chain has come to: number and seal of the last entry that fits.
        ends = {company: (chain.cut_number, chain.cut_seal) for company, chain in chains.items()}
        checked, count = house.entries, 1 + len(chains)
        rows = select(AuditEntryRow).order_by(AuditEntryRow.company, AuditEntryRow.number)
        for row in session.scalars(rows.execution_options(yield_per=AT_ONCE)):
            number, before = ends.get(row.company, (0, _first_seal(row.company)))
            as_noted = noted.get(row.company, {}).get(row.number, row.seal) == row.seal
            if not as_noted or not self._fits(row, row.number, number + 1, before):
                return ChainCheck(checked, house.head, row.number, row.company, count)
            ends[row.company], checked = (row.number, row.seal), checked + 1
        for company in sorted(ends.keys() | noted.keys()):
            end, chain = ends.get(company, (0, "")), chains.get(company)
            furthest = max(noted.get(company, {}), default=0)
            if chain is None or end != (chain.number, chain.seal) or end[0] < furthest:  # cut off at its end
                return ChainCheck(checked, house.head, end[0] + 1, company, count)
        return ChainCheck(checked, house.head, chains=count)

    def _fits(self, row: AuditRow | AuditEntryRow, number: int, expected: int, before: str) -> bool:
        return number == expected and any(hmac.compare_digest(_seal(key, row, number, before), row.seal) for key in self._keys)


_ANCHOR = select(AuditAnchorRow.id, AuditAnchorRow.seal).order_by(AuditAnchorRow.id.desc()).limit(1)


def _held(session: Session, company: str) -> AuditChainRow:
    """A company's chain, whose row is held until the transaction ends; begun where there is none."""
    first = {"company": company, "number": 0, "seal": (seal := _first_seal(company)), "cut_seal": seal}
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    query = select(AuditChainRow).where(AuditChainRow.company == company).with_for_update()
    query = query.execution_options(populate_existing=True)
    chain = session.scalars(query).first()
    if chain is None:
        session.execute(insert(AuditChainRow).values(**first).on_conflict_do_nothing())
        chain = session.scalars(query).one()
    return chain


def _filtered(
    table: type[AuditRow | AuditEntryRow], start: Tuple | None, actor: str, action: str, subject: str,
    since: datetime | None, until: datetime | None, companies: Collection[str] | None,
) -> Iterable[ColumnElement[bool]]:  # fmt: skip
    if start is not None:
        yield tuple_(table.at, table.id) < start
    if actor:
        yield table.actor.in_(stored_names(actor))
    if action:
        yield table.action.startswith(action) if action.endswith(".") else table.action == action
    if subject:
        yield table.subject == subject
    if since is not None:
        yield table.at >= since.astimezone(UTC).isoformat()
    if until is not None:
        yield table.at < until.astimezone(UTC).isoformat()
    if companies is not None:
        yield table.company.in_(companies)


def _entry(row: AuditRow | AuditEntryRow) -> Entry:
    chain, number = (row.company, row.number) if isinstance(row, AuditEntryRow) else ("", row.id)
    details = json.loads(row.details)
    return Entry(
        row.id, datetime.fromisoformat(row.at), row.actor, row.action, row.subject, row.company, details, chain, number
    )  # fmt: skip


def _first_seal(company: str) -> str:
    """What stands before a company's first entry: its own, so that no entry fits into another chain."""
    return hashlib.sha256(f"candor audit chain of {company}".encode()).hexdigest()


def _seal(key: bytes, row: AuditRow | AuditEntryRow, number: int, before: str) -> str:
    sealed = json.dumps([before, number, row.at, row.actor, row.action, row.subject, row.company, row.details])
    return hmac.new(key, sealed.encode(), hashlib.sha256).hexdigest()


def _derive(secret: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"candor audit log").derive(secret.encode())
