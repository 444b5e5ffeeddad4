"""The companies and policies that are served. What is released elsewhere is picked up while the process runs."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from candor.errors import IndexUnusableError, UnknownVersionError
from knowledge.artefact import PolicyArtefact, ServedPolicy
from knowledge.companies import Company, find_company
from knowledge.documents import PolicyDocument
from knowledge.kept import KeptByBytes
from knowledge.policy_library import PolicyLibrary, as_library
from knowledge.releases import Release
from knowledge.settling import SettledAspects, SettlementSource, in_force, nothing_settled
from knowledge.structure import read_structure

T = TypeVar("T")
CACHED = 96 * 2**20  # bytes of artefacts kept open by default
DERIVED = 64 * 2**20  # bytes of what follows from them: documents, glances, comparisons; ten megabytes of 300 pages
log = logging.getLogger("candor.knowledge")


@dataclass(frozen=True)
class _Known:
    """All releases at one moment."""

    stamp: int = -1  # less than any
    releases: Mapping[str, Release] = field(default_factory=dict)  # retired companies too
    companies: Mapping[str, Company] = field(default_factory=dict)  # those that are served, in the order of their ids


class PolicyCatalogue:
    """Companies, policy versions and passages as released last. Safe to share between threads."""

    def __init__(
        self, where: PolicyLibrary | Path, encoder_id: str, settlements: SettlementSource = nothing_settled, *,
        look_every: float = 0.0, cached: int = CACHED, derived: int = DERIVED,
    ) -> None:  # fmt: skip
        """settlements: asked anew at every question, so that what staff settle is used at once. look_every: seconds between two
        looks for new releases. cached: bytes of artefacts kept open; derived: of what follows from them."""
        self.policy_library = as_library(where)
        self.encoder_id = encoder_id
        self.settlements = settlements
        self._look_every, self._looked_at = look_every, float("-inf")
        self._known = _Known()
        self._artefacts = KeptByBytes[str, PolicyArtefact](cached, lambda artefact: artefact.size)
        self._made = KeptByBytes[Hashable, Any](derived)
        self._last_good: dict[str, tuple[Company, str]] = {}  # company → what was served, and from which artefact
        self._reported: set[str] = set()  # what was logged, once each
        self._lock = threading.Lock()

    def _look(self) -> _Known:
        """What is released now. A database that does not answer leaves what was known.

        Raises: IndexUnusableError if nothing is known yet.
        """
        with self._lock:
            now = time.monotonic()
            if self._known.releases and now - self._looked_at < self._look_every:
                return self._known
            try:
                if (stamp := self.policy_library.releases.stamp()) != self._known.stamp:
                    self._known = self._after(stamp)
                self._looked_at = now
                self._reported.discard("database")
            except SQLAlchemyError as error:
                if not self._known.releases:
                    why = f"the releases cannot be read ({type(error).__name__}): look at the database, or run `candor ingest`"
                    raise IndexUnusableError(why) from error
                self._report("database", "releases cannot be read (%s): what is known stays served", type(error).__name__)
            if not self._known.releases:
                raise IndexUnusableError(self._why_nothing())
            return self._known

    def _after(self, stamp: int) -> _Known:
        """What is known once the changes up to this stamp are read."""
        seen = self._known.stamp
        if stamp < seen:  # the database was put back to an earlier state: nothing that is known counts
            seen = -1
        changed = self.policy_library.releases.since(seen)
        before = self._known.releases if seen >= 0 else {}
        releases = dict(sorted({**before, **{one.company.id: one for one in changed}}.items()))
        companies = {company: one.company for company, one in releases.items() if not one.retired}
        log.info("%d companies are served; %d changed", len(companies), len(changed))
        return _Known(max(stamp, *(one.serial for one in changed)) if changed else stamp, releases, companies)

    def _why_nothing(self) -> str:
        if self.policy_library.has_earlier:
            return "the index was written by an earlier Candor: run `candor ingest`, which takes over all that it holds"
        return "there is no index yet: run `candor ingest`"

    def check(self) -> None:
        """Raises: IndexUnusableError if there is nothing to serve."""
        self._look()

    def made_at(self) -> datetime | None:
        """When something was released last; None if nothing was."""
        released = (release.released_at for release in self._look().releases.values())
        return max((at for at in released if at), default=None)

    def passages(self) -> int:
        """How many there are to answer from."""
        return sum(release.served.passages for release in self._look().releases.values() if not release.retired)

    @property
    def stamp(self) -> int:
        """Changes whenever anything that is served does."""
        return self._look().stamp

    @property
    def companies(self) -> Mapping[str, Company]:
        """Those that are served, by id. The same object until something is released.

        Raises: IndexUnusableError if there is nothing to serve.
        """
        return self._look().companies

    def company(self, company_id: str) -> Company:
        """Raises: UnknownCompanyError."""
        return find_company(self.companies, company_id)

    def release(self, company: str) -> Release:
        """Raises: UnknownCompanyError."""
        known = self._look()
        find_company(known.companies, company)
        return known.releases[company]

    def current_version(self, company: str) -> str:
        """Raises: UnknownCompanyError."""
        return self.release(company).current

    def versions(self, company: str) -> list[str]:
        """All versions of a company's policy, the current one first. Raises: UnknownCompanyError."""
        release = self.release(company)
        return [release.current, *sorted(release.versions.keys() - {release.current}, reverse=True)]

    def served(self, company: str) -> ServedPolicy:
        """What a company is answered from. If a newly released version cannot be used, that is logged once, and the last good one
        stays in use.

        Raises: UnknownCompanyError; IndexUnusableError if no version can be used.
        """
        release = self.release(company)
        try:
            found = ServedPolicy(release.company, self._usable(release.served.artefact))
        except IndexUnusableError as error:
            good = self._last_good.get(company)
            if good is None:
                raise
            self._report(
                release.served.artefact, "%s %s cannot be used, what was served before stays: %s", company, release.current, error
            )
            return ServedPolicy(good[0], self._usable(good[1]))
        self._last_good[company] = (release.company, release.served.artefact)
        return found

    def artefact(self, company: str, version: str) -> PolicyArtefact:
        """One policy version, current or not. Raises: UnknownCompanyError, UnknownVersionError; IndexUnusableError."""
        release = self.release(company)
        record = release.versions.get(version)
        if record is None:
            raise UnknownVersionError(f"{company} has no version {version[:40]!r}")
        try:
            return self._opened(record.artefact)
        except IndexUnusableError:
            good = self._last_good.get(company)
            known = self._opened(good[1]) if good else None
            if known is None or known.version != version:
                raise
            return known

    def every(self) -> Iterator[PolicyArtefact]:
        """Every version of every company that is served, by company and version. Raises: IndexUnusableError."""
        for company in self.companies:
            for version in sorted(self.release(company).versions):
                yield self.artefact(company, version)

    def _opened(self, name: str) -> PolicyArtefact:
        return self._artefacts.get(name, lambda: self.policy_library.artefact(name))

    def _usable(self, name: str) -> PolicyArtefact:
        artefact = self._opened(name)
        if artefact.encoder != self.encoder_id:
            raise IndexUnusableError("the index was built by another encoder: run `candor ingest`")
        return artefact

    def document(self, company: str, version: str) -> PolicyDocument:
        """One version with its structure. Raises: UnknownCompanyError, UnknownVersionError."""
        artefact = self.artefact(company, version)
        return self.once(company, ("document", artefact.name), lambda: read_again(artefact))

    def settled(self, company: str, version: str) -> SettledAspects:
        """What staff settled about a policy version, as far as it still holds.

        Who settled what is read anew each time, because another process may have written it; what follows from it is kept.
        """
        settlements = tuple(self.settlements(company))
        if not settlements:
            return SettledAspects()
        try:
            artefact = self.artefact(company, version)
        except UnknownVersionError:
            return SettledAspects()
        return self.once(
            company, ("settled", artefact.name, settlements),
            lambda: in_force(settlements, artefact.document.text, artefact.passages),
        )  # fmt: skip

    def once(self, company: str, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` derives from a company's policies, and keep it under `key` until something of the company changes.

        What was used longest ago is dropped beyond so many bytes, so that requests cannot fill the memory.
        """
        made: T = self._made.get((company, self.release(company).serial, key), make)
        return made

    def _report(self, what: str, message: str, *values: object) -> None:
        """Log a fault once: not again at each question."""
        if what not in self._reported:
            self._reported.add(what)
            log.error(message, *values)


def read_again(artefact: PolicyArtefact) -> PolicyDocument:
    """An artefact's document with its structure."""
    stored = artefact.document
    structure = read_structure(stored.text, stored.marks)
    return PolicyDocument(stored.company, stored.version, stored.policy, stored.text, stored.sha256, structure, stored.marks)
