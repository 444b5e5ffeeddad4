"""What was forgotten on purpose, so that a backup that still holds it does not bring it back.

An entry holds no text, no id and no hash that stands anywhere else: only hashes of random ids, and hashes of keyed hashes of
values. Whoever holds the database without the secret key learns from it how often something was forgotten, and when. Entries are
needed for as long as a backup may be restored, and are deleted then.

The list is a table, and each entry is also written to a file at once: the file is what is left where the database is lost.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import secrets
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from candor.database.transactions import changed
from candor.errors import InvalidInputError
from candor.retention.models import ForgottenRow

log = logging.getLogger("candor.retention")
# conversation: its id. value: the keyed hash of a masked value. address: the keyed hash of a requester's address.
MarkKind = Literal["conversation", "value", "address"]


class UnreadableListError(InvalidInputError):
    """A file is no list of what was forgotten, or one of its lines is damaged."""

    def __init__(self, file: str, line: int) -> None:
        super().__init__(f"{file}, line {line} is no entry of a list of what was forgotten: name another copy of the list")


@dataclass(frozen=True)
class Forgotten:
    """One conversation that was forgotten, or one person who was erased. companies: only their data; None: that of all."""

    id: str
    at: datetime
    is_person: bool
    marks: frozenset[str]
    companies: tuple[str, ...] | None = None


def mark(kind: MarkKind, value: str) -> str:
    """What stands for an id or a keyed hash in the list. Neither can be found from it: both are too long to be guessed."""
    return hashlib.sha256(f"candor forgotten {kind} {value}".encode()).hexdigest()[:40]


class ForgottenList:
    """Of one database. file: where each entry is written as well; None: nowhere."""

    def __init__(self, engine: Engine, file: Path | None, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._file, self._now = engine, file, now

    def add_conversation(self, conversation: str) -> None:
        """Before it is deleted, so that a crash between the two cannot lose it."""
        only = mark("conversation", conversation)
        self._add(Forgotten(f"c-{only[:30]}", self._now(), is_person=False, marks=frozenset({only})))

    def add_person(
        self, session: Session, values: Collection[str], addresses: Collection[str], companies: Collection[str] | None = None
    ) -> None:  # fmt: skip
        """In the caller's transaction, which erases them: who is not erased after all is not noted.

        values, addresses: every keyed hash under which the vault, or a request, may know them.
        """
        marks = frozenset({mark("value", each) for each in values} | {mark("address", each) for each in addresses})
        of = None if companies is None else tuple(sorted(companies))
        self._add(Forgotten(f"p-{secrets.token_hex(15)}", self._now(), is_person=True, marks=marks, companies=of), session)

    def entries(self) -> list[Forgotten]:
        """The oldest first."""
        with Session(self._engine) as session:
            rows = session.scalars(select(ForgottenRow).order_by(ForgottenRow.at, ForgottenRow.id)).all()
        return [
            Forgotten(
                row.id, row.at, row.is_person, frozenset(row.marks), None if row.companies is None else tuple(row.companies)
            )
            for row in rows
        ]

    def merge(self, entries: Iterable[Forgotten]) -> int:
        """Add those that are missing; return how many."""
        known = {each.id for each in self.entries()}
        missing = {each.id: each for each in entries if each.id not in known}
        for each in missing.values():
            self._add(each)
        return len(missing)

    def drop_before(self, moment: datetime) -> int:
        """Delete entries that no backup that may be restored needs any more, here and in the file; return how many."""
        with Session(self._engine) as session, session.begin():
            done = changed(session.execute(delete(ForgottenRow).where(ForgottenRow.at < moment)))
        if done and self._file and self._file.is_file():
            write_list(self._file, [each for each in read_list(self._file) if each.at >= moment])
        return done

    def _add(self, entry: Forgotten, session: Session | None = None) -> None:
        row = ForgottenRow(
            id=entry.id, at=entry.at, is_person=entry.is_person, marks=sorted(entry.marks),
            companies=None if entry.companies is None else list(entry.companies),
        )  # fmt: skip
        if session is None:
            with Session(self._engine) as own, own.begin():
                own.merge(row)
        else:
            session.merge(row)
        if self._file:
            try:
                _append(self._file, [entry])
            except OSError as error:  # what a visitor wants forgotten is forgotten all the same; the table has it
                log.error("what was forgotten is not in %s: %s", self._file.name, type(error).__name__)


def read_list(file: Path) -> list[Forgotten]:
    """The entries of a file. Raises: UnreadableListError; OSError.

    A last line without its end was cut short by a power cut; its entry stands in the table, or what it is about still exists.
    """
    found = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(keepends=True), start=1):
        if not line.endswith("\n"):
            break
        try:
            raw = json.loads(line)
            companies = None if raw["companies"] is None else tuple(map(str, raw["companies"]))
            at = datetime.fromisoformat(raw["at"])
            found.append(Forgotten(str(raw["id"]), at, bool(raw["is_person"]), frozenset(map(str, raw["marks"])), companies))
        except (ValueError, KeyError, TypeError):
            raise UnreadableListError(file.name, number) from None
    return found


def write_list(file: Path, entries: Iterable[Forgotten]) -> Path:
    """Write the file anew, each entry once; returns it."""
    fresh = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    _append(fresh, list({each.id: each for each in entries}.values()))
    return fresh.replace(file)


def _append(file: Path, entries: Sequence[Forgotten]) -> None:
    """In one write, which other processes that append at the same time do not tear."""
    lines = "".join(
        json.dumps({**asdict(each), "at": each.at.isoformat(), "marks": sorted(each.marks)}) + "\n" for each in entries
    )
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab", buffering=0) as opened:
        opened.write(lines.encode())
        os.fsync(opened.fileno())
