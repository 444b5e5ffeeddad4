"""Which version of each company's policy is served: written company by company, and read by what has changed.

A change of one company touches no other. It gets the next number of a stamp, and holds the stamp until it is committed; so who
remembers the last number that it has seen finds all that came later by it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Engine, Row, delete, select, update
from sqlalchemy.orm import Session

from candor.database.transactions import snapshot
from candor.errors import InvalidInputError, UnknownCompanyError, UnknownVersionError
from knowledge.companies import Company
from knowledge.documents import newest
from knowledge.release_rows import PastReleaseRow, ReleaseRow, StampRow, VersionRow

STAMP = 1  # the id of its one row
UPLOADED = "upload: "  # how VersionRecord.file begins where there is no file in policies/
KEPT_BACK = 5  # past releases of a company whose artefacts are kept, so that it can go back to them
MANY = 500  # companies whose versions are read with one query: SQLite takes so many values
# The columns of what is read by the thousand: rows of them are read several times as fast as objects of the tables are.
RELEASE = tuple(ReleaseRow.__table__.columns)
VERSION = tuple(VersionRow.__table__.columns)
How = Literal["ingested", "released", "rolled_back"]
Source = Literal["folder", "upload"]


@dataclass(frozen=True)
class VersionRecord:
    """One version of a company's policy, and the artefact that holds it."""

    version: str
    artefact: str
    encoder: str = ""
    passages: int = 0
    retired: bool = False  # its page and its citations still open
    changed: bool = False  # its text changed under the same name
    file: str = ""
    content: str = ""  # a hash of its text, whatever encoder made its vectors

    @property
    def uploaded(self) -> bool:
        """Whether somebody uploaded it: no file of `policies/` says it, and ingestion keeps it all the same."""
        return self.file.startswith(UPLOADED)


@dataclass(frozen=True)
class Release:
    """One company, the version that is served, and all that it has."""

    company: Company
    current: str
    versions: Mapping[str, VersionRecord]
    serial: int = 0  # grows with each change of this company
    held: str = ""  # VersionRecord.content that ingestion does not release, because somebody chose another version
    source: Source = "folder"
    retired: bool = False  # nothing is answered for it any more
    withdrawn: bool = False  # it is retired because somebody said so: ingestion does not bring it back
    released_at: datetime | None = None
    released_by: str = ""

    @property
    def served(self) -> VersionRecord:
        return self.versions[self.current]

    @property
    def newest(self) -> VersionRecord:
        """Of the versions that have not been retired; the current one where all have been."""
        live = [version for version, record in self.versions.items() if not record.retired]
        return self.versions[newest(live)] if live else self.served


@dataclass(frozen=True)
class PastRelease:
    """One release that was."""

    company: str
    version: str
    artefact: str
    content: str
    how: How
    at: datetime
    by: str


@dataclass(frozen=True)
class PolicyPlan:
    """What is to be of one company after an ingestion."""

    company: Company
    versions: Sequence[VersionRecord]
    current: str
    source: Source = "folder"
    held: str = ""  # see Release


class Releases:
    """The releases in a database. Safe to share between threads and processes."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def stamp(self) -> int:
        """The number of the last change; 0 before the first."""
        with self.engine.connect() as connection:
            return connection.scalar(select(StampRow.value).where(StampRow.id == STAMP)) or 0

    def since(self, serial: int = 0, only: Collection[str] = ()) -> list[Release]:
        """The companies that changed after the change of this number, retired ones too, by id. only: among these."""
        return list(self.each_since(serial, only))

    def each_since(self, serial: int = 0, only: Collection[str] = ()) -> Iterator[Release]:
        """The same, some at a time, all as they were at one moment: for who does not want to hold ten thousand at once."""
        wanted = [ReleaseRow.serial > serial, *([ReleaseRow.company.in_(sorted(only))] if only else [])]
        after = ""
        with snapshot(self.engine) as session:
            while True:
                some = select(*RELEASE).where(*wanted, ReleaseRow.company > after).order_by(ReleaseRow.company).limit(MANY)
                rows = session.execute(some).all()
                if not rows:
                    return
                versions: dict[str, dict[str, VersionRecord]] = {row.company: {} for row in rows}
                of_them = select(*VERSION).where(VersionRow.company.in_(list(versions)))
                for one in session.execute(of_them.order_by(VersionRow.company, VersionRow.version)):
                    versions[one.company][one.version] = _version(one)
                yield from (_release(row, versions[row.company]) for row in rows)
                after = rows[-1].company

    def of(self, company: str) -> Release:
        """Raises: UnknownCompanyError."""
        with Session(self.engine) as session:
            return self._of(session, company)

    def version(self, company: str, version: str) -> VersionRecord:
        """Raises: UnknownCompanyError, UnknownVersionError."""
        record = self.of(company).versions.get(version)
        if record is None:
            raise UnknownVersionError(f"{company} has no version {version[:40]!r}")
        return record

    def put(self, plan: PolicyPlan, *, by: str = "") -> Sequence[str]:
        """Make one company what the plan says; returns the artefacts that nothing needs any more.

        The whole change is seen at once, or not at all. Versions that the plan leaves out stay as they are.
        """
        company, now = plan.company.id, datetime.now(UTC)
        with self._changing() as (session, serial):
            row = session.get(ReleaseRow, company)
            old = {one.version: one for one in session.scalars(select(VersionRow).where(VersionRow.company == company))}
            before = {one.artefact for one in old.values()}
            for one in plan.versions:
                was = old.get(one.version)
                at = was.ingested_at if was is not None and was.content == one.content else now
                session.merge(VersionRow(company=company, ingested_at=at, **asdict(one)))
                # The same text, made anew by another encoder: that is what a roll-back would go back to.
                same = PastReleaseRow.version == one.version, PastReleaseRow.content == one.content
                past = update(PastReleaseRow).where(PastReleaseRow.company == company, *same)
                session.execute(past.values(artefact=one.artefact))
            served = next(one for one in plan.versions if one.version == plan.current)
            last = _last(session, company)
            if last is None or (last.version, last.content) != (served.version, served.content):
                last = _remember(session, company, served, "ingested", by)
            facts: dict[str, Any] = {
                "facts": facts_of(plan.company), "current": plan.current, "held": plan.held, "source": plan.source,
                "serial": serial, "released_at": last.at, "released_by": last.by,
            }  # fmt: skip
            if row is None:
                session.add(ReleaseRow(company=company, retired=False, withdrawn=False, **facts))
            else:
                session.execute(
                    update(ReleaseRow).where(ReleaseRow.company == company).values(retired=ReleaseRow.withdrawn, **facts)
                )
            session.flush()
            return _needless(session, company, before)

    def add(self, company: Company, record: VersionRecord) -> Release:
        """Keep a version without serving it. A company that was not known is answered for once a version is released.

        Ingestion leaves back what was added, until somebody releases it.
        """
        with self._changing() as (session, serial):
            row, now = session.get(ReleaseRow, company.id), datetime.now(UTC)
            session.merge(VersionRow(company=company.id, ingested_at=now, **asdict(record)))
            if row is None:
                session.add(
                    ReleaseRow(
                        company=company.id, facts=facts_of(company), current=record.version, held="", source="upload",
                        retired=True, withdrawn=True, serial=serial, released_at=now, released_by="",
                    )
                )  # fmt: skip
            session.flush()
            added = self._of(session, company.id)
            held = record.content if added.newest == record and added.current != record.version else added.held
            session.execute(update(ReleaseRow).where(ReleaseRow.company == company.id).values(held=held, serial=serial))
            session.flush()
            return self._of(session, company.id)

    def release(
        self, company: str, version: str, *, by: str = "", how: How = "released", record: VersionRecord | None = None
    ) -> Release:
        """Serve this version of a company's policy from now on; `record`: as this artefact of it, which it had before.

        Where a newer version is left back, ingestion leaves it back too, until something newer comes or somebody releases it.
        Raises: UnknownCompanyError, UnknownVersionError.
        """
        with self._changing() as (session, serial):
            known = self._of(session, company)
            chosen = record or known.versions.get(version)
            if chosen is None:
                raise UnknownVersionError(f"{company} has no version {version[:40]!r}")
            newest_now = known.newest
            held = "" if (newest_now.version, newest_now.content) == (chosen.version, chosen.content) else newest_now.content
            last = _remember(session, company, chosen, how, by)
            session.execute(
                update(VersionRow).where(VersionRow.company == company, VersionRow.version == version).values(
                    artefact=chosen.artefact, content=chosen.content, encoder=chosen.encoder, passages=chosen.passages,
                    retired=False)
            )  # fmt: skip
            session.execute(
                update(ReleaseRow).where(ReleaseRow.company == company).values(
                    current=version, serial=serial, retired=False, withdrawn=False, held=held, released_at=last.at,
                    released_by=by)
            )  # fmt: skip
            session.flush()
            return self._of(session, company)

    def before(self, company: str) -> PastRelease:
        """What was served before what is served now.

        Raises: UnknownCompanyError; InvalidInputError if there is nothing to go back to.
        """
        known = self.of(company)
        now = (known.current, known.served.content)
        found = (one for one in self.past(company) if (one.version, one.content) != now and one.version in known.versions)
        before = next(found, None)
        if before is None:
            raise InvalidInputError(f"{company} has served nothing else yet: there is nothing to go back to")
        return before

    def retire(self, company: str, *, withdrawn: bool) -> None:
        """Answer nothing for this company any more. Its pages and citations are kept, and it can be released again.

        withdrawn: because somebody said so, so that ingestion does not bring it back.
        Raises: UnknownCompanyError.
        """
        with self._changing() as (session, serial):
            self._of(session, company)
            session.execute(
                update(ReleaseRow).where(ReleaseRow.company == company).values(retired=True, withdrawn=withdrawn, serial=serial)
            )

    def forget(self, company: str, version: str) -> Sequence[str]:
        """Drop a version for good; returns the artefacts that nothing needs any more. The version that is served cannot go.

        Raises: UnknownCompanyError; InvalidInputError.
        """
        with self._changing() as (session, serial):
            known = self._of(session, company)
            others = [one for one in known.versions if one != version]
            if version == known.current and not known.retired:
                raise InvalidInputError(f"{company}/{version} is served: release another version first, then forget this one")
            of_version = (PastReleaseRow.company == company, PastReleaseRow.version == version)
            gone = {known.versions[version].artefact} if version in known.versions else set()
            gone |= set(session.scalars(select(PastReleaseRow.artefact).where(*of_version)))
            session.execute(delete(PastReleaseRow).where(*of_version))
            session.execute(delete(VersionRow).where(VersionRow.company == company, VersionRow.version == version))
            if not others:
                session.execute(delete(ReleaseRow).where(ReleaseRow.company == company))
            else:
                current = newest(others) if version == known.current else known.current
                session.execute(
                    update(ReleaseRow).where(ReleaseRow.company == company).values(current=current, serial=serial)
                )  # fmt: skip
            session.flush()
            return _needless(session, company, gone)

    def past(self, company: str, most: int = 50) -> list[PastRelease]:
        """A company's releases so far, the newest first."""
        with Session(self.engine) as session:
            rows = session.scalars(
                select(PastReleaseRow).where(PastReleaseRow.company == company).order_by(PastReleaseRow.id.desc()).limit(most)
            )
            return [
                PastRelease(row.company, row.version, row.artefact, row.content, _how(row.how), row.at, row.by) for row in rows
            ]

    @contextmanager
    def _changing(self) -> Iterator[tuple[Session, int]]:
        """A transaction with the next number of the stamp. Its row stays locked, so numbers are committed in their order."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            moved = update(StampRow).where(StampRow.id == STAMP).values(value=StampRow.value + 1)
            session.execute(moved)
            yield session, session.scalar(select(StampRow.value).where(StampRow.id == STAMP)) or 0

    def _of(self, session: Session, company: str) -> Release:
        row = session.get(ReleaseRow, company, populate_existing=True)
        if row is None:
            raise UnknownCompanyError(company, sorted(session.scalars(select(ReleaseRow.company))))
        versions = session.scalars(
            select(VersionRow).where(VersionRow.company == company).order_by(VersionRow.version),
            execution_options={"populate_existing": True},
        )
        return _release(row, {one.version: _version(one) for one in versions})


def facts_of(company: Company) -> dict[str, Any]:
    """A company as JSON holds it."""
    facts: dict[str, Any] = json.loads(json.dumps(asdict(company)))
    return facts


def company_of(facts: Mapping[str, Any]) -> Company:
    """The reverse of `facts_of`: JSON has lists where a Company has tuples.

    Raises: TypeError if the facts are of another form.
    """
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in facts.items()}
    return Company(**values)


def _version(row: VersionRow | Row[Any]) -> VersionRecord:
    return VersionRecord(
        row.version, row.artefact, row.encoder, row.passages, row.retired, row.changed, row.file, row.content
    )  # fmt: skip


def _release(row: ReleaseRow | Row[Any], versions: Mapping[str, VersionRecord]) -> Release:
    source: Source = "upload" if row.source == "upload" else "folder"
    return Release(
        company_of(row.facts), row.current, versions, row.serial, row.held, source, row.retired, row.withdrawn,
        row.released_at, row.released_by,
    )  # fmt: skip


def _last(session: Session, company: str) -> PastReleaseRow | None:
    newest_row = select(PastReleaseRow).where(PastReleaseRow.company == company).order_by(PastReleaseRow.id.desc()).limit(1)
    return session.scalars(newest_row).first()


def _remember(session: Session, company: str, record: VersionRecord, how: How, by: str) -> PastReleaseRow:
    row = PastReleaseRow(
        company=company, version=record.version, artefact=record.artefact, content=record.content, how=how,
        at=datetime.now(UTC), by=by,
    )  # fmt: skip
    session.add(row)
    return row


def _needless(session: Session, company: str, names: Collection[str]) -> list[str]:
    """Of these artefacts, those that no version has, and that nobody can go back to."""
    versions = session.scalars(select(VersionRow).where(VersionRow.company == company)).all()
    contents = {(one.version, one.content) for one in versions}
    back = select(PastReleaseRow).where(PastReleaseRow.company == company).order_by(PastReleaseRow.id.desc()).limit(KEPT_BACK)
    past = [one.artefact for one in session.scalars(back) if (one.version, one.content) not in contents]
    used = {*(one.artefact for one in versions), *past}
    return sorted(set(names) - used)


def _how(text: str) -> How:
    return "released" if text == "released" else "rolled_back" if text == "rolled_back" else "ingested"
