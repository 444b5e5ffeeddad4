"""The companies and policies that are served. What is released elsewhere is picked up while the process runs."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
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
from knowledge.policy_library import PolicyLibrary, as_library
from knowledge.releases import Release
from knowledge.settling import SettledAspects, SettlementSource, in_force, nothing_settled
from knowledge.structure import read_structure

T = TypeVar("T")
MOST_KEPT = 256  # derived objects: documents, glances, comparisons; a 300-page policy takes about ten megabytes
CACHED = 96 * 2**20  # bytes of artefacts kept open by default
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
        look_every: float = 0.0, cached: int = CACHED,
    ) -> None:  # fmt: skip
        """settlements: asked anew at every question, so that what staff settle is used at once. look_every: seconds between two
        looks for new releases. cached: bytes of artefacts kept open."""
        self.policy_library = as_library(where)
        self.encoder_id = encoder_id
        self.settlements = settlements
        self._look_every, self._looked_at = look_every, float("-inf")
        self._known = _Known()
        self._artefacts = ArtefactCache(cached)
        self._last_good: dict[str, tuple[Company, str]] = {}  # company → what was served, and from which artefact
        self._reported: set[str] = set()  # what was logged, once each
        self._lock = threading.Lock()
        self._made: OrderedDict[Hashable, Any] = OrderedDict()

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
            return self._artefacts.get(record.artefact, self.policy_library.artefact)
        except IndexUnusableError:
            good = self._last_good.get(company)
            known = self._artefacts.get(good[1], self.policy_library.artefact) if good else None
            if known is None or known.version != version:
                raise
            return known

    def every(self) -> Iterator[PolicyArtefact]:
        """Every version of every company that is served, by company and version. Raises: IndexUnusableError."""
        for company in self.companies:
            for version in sorted(self.release(company).versions):
                yield self.artefact(company, version)

    def _usable(self, name: str) -> PolicyArtefact:
        artefact = self._artefacts.get(name, self.policy_library.artefact)
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

        The oldest entries are dropped beyond MOST_KEPT, so that requests cannot fill the memory.
        """
        full = (company, self.release(company).serial, key)
        with self._lock:
            if full in self._made:
                known: T = self._made[full]
                return known
        fresh = make()  # outside the lock: it may take a while, and making it twice does no harm
        with self._lock:
            self._made[full] = fresh
            while len(self._made) > MOST_KEPT:
                self._made.popitem(last=False)
        return fresh

    def _report(self, what: str, message: str, *values: object) -> None:
        """Log a fault once: not again at each question."""
        if what not in self._reported:
            self._reported.add(what)
            log.error(message, *values)


class ArtefactCache:
    """Artefacts kept open, those used last, up to so many bytes of their files. Safe to share between threads."""

    def __init__(self, most: int) -> None:
        self._most, self._size = most, 0
        self._kept: OrderedDict[str, PolicyArtefact] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, name: str, load: Callable[[str], PolicyArtefact]) -> PolicyArtefact:
        """The artefact of this name, loaded if it is not kept. One that is larger than all that may be kept is kept alone."""
        with self._lock:
            if name in self._kept:
                self._kept.move_to_end(name)
                return self._kept[name]
        loaded = load(name)  # outside the lock: others are answered meanwhile
        with self._lock:
            if name not in self._kept:
                self._kept[name] = loaded
                self._size += loaded.size
            while self._size > self._most and len(self._kept) > 1:
                _, dropped = self._kept.popitem(last=False)
                self._size -= dropped.size
            return self._kept.get(name, loaded)


def read_again(artefact: PolicyArtefact) -> PolicyDocument:
    """An artefact's document with its structure."""
    stored = artefact.document
    structure = read_structure(stored.text, stored.marks)
    return PolicyDocument(stored.company, stored.version, stored.policy, stored.text, stored.sha256, structure, stored.marks)
