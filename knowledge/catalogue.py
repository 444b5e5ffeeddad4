"""The companies and policies that are served. What is released elsewhere is picked up while the process runs."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from candor.errors import IndexUnusableError, UnknownVersionError
from knowledge.artefact import PolicyArtefact, ServedPolicy
from knowledge.companies import Company, find_company
from knowledge.documents import PolicyDocument
from knowledge.kept import KeptByBytes
from knowledge.packed_releases import PackedCompanies, PackedReleases, packed, unpacked
from knowledge.policy_library import PolicyLibrary, as_library
from knowledge.releases import Release
from knowledge.settling import SettledAspects, SettlementSource, in_force, nothing_settled
from knowledge.structure import read_structure

T = TypeVar("T")
CACHED = 64 * 2**20  # bytes of artefacts kept open by default: one that is not costs a question some milliseconds
DERIVED = 64 * 2**20  # bytes of what follows from them: documents, glances, comparisons; ten megabytes of 300 pages
log = logging.getLogger("candor.knowledge")


@dataclass(frozen=True)
class _Known:
    """All releases at one moment."""

    stamp: int = -1  # less than any
    releases: PackedReleases = field(default_factory=lambda: PackedReleases({}))  # retired companies too
    companies: Mapping[str, Company] = field(default_factory=dict)  # those that are served, in the order of their ids
    passages: int = 0  # to answer from
    made_at: datetime | None = None  # when something was released last


@dataclass(frozen=True)
class _Called:
    """How companies are called."""

    companies: Mapping[str, Company] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)  # by id
    searched: Mapping[str, str] = field(default_factory=dict)  # by id: id, name and aliases, a line each, folded
    ids: Mapping[str, str] = field(default_factory=dict)  # by folded name, where only one is called so


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
        self._called = _Called()
        self._artefacts = KeptByBytes[str, PolicyArtefact](cached, lambda artefact: artefact.size)
        self._made = KeptByBytes[Hashable, Any](derived)
        self._last_good: dict[str, bytes] = {}  # company → the release that was served, packed
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
        known = self._known if stamp >= self._known.stamp else _Known()  # else the database was put back: nothing known counts
        changes, ids = dict[str, bytes](), dict.fromkeys(known.companies)
        passages, made_at, renamed = known.passages, known.made_at, False
        for one in self.policy_library.releases.each_since(known.stamp):
            company, before = one.company.id, known.releases.get(one.company.id)
            was = before if before is not None and not before.retired else None
            now = None if one.retired else one
            passages += (now.served.passages if now else 0) - (was.served.passages if was else 0)
            renamed |= (was.company if was else None) != (now.company if now else None)
            ids.pop(company, None)
            if now:
                ids[company] = None
            made_at = max((at for at in (made_at, one.released_at) if at), default=None)
            changes[company] = packed(one)
        releases = known.releases.with_changes(changes)
        # The same object if it can be: what follows from all companies, such as their names, is made once for it.
        companies = PackedCompanies(releases, dict.fromkeys(sorted(ids))) if renamed else known.companies
        log.info("%d companies are served; %d changed", len(companies), len(changes))
        return _Known(stamp, releases, companies, passages, made_at)

    def _why_nothing(self) -> str:
        if self.policy_library.has_earlier:
            return "the index was written by an earlier Candor: run `candor ingest`, which takes over all that it holds"
        return "there is no index yet: run `candor ingest`"

    def check(self) -> None:
        """Raises: IndexUnusableError if there is nothing to serve."""
        self._look()

    def made_at(self) -> datetime | None:
        """When something was released last; None if nothing was."""
        return self._look().made_at

    def passages(self) -> int:
        """How many there are to answer from."""
        return self._look().passages

    @property
    def stamp(self) -> int:
        """Changes whenever anything that is served does."""
        return self._look().stamp

    @property
    def companies(self) -> Mapping[str, Company]:
        """Those that are served, by id. The same object until one of them is another: released first, retired, or renamed.

        Raises: IndexUnusableError if there is nothing to serve.
        """
        return self._look().companies

    @property
    def names(self) -> Mapping[str, str]:
        """What those that are served are called, by id."""
        return self._calling().names

    def found(self, words: str = "", *, after: str = "", most: int) -> list[Company]:
        """The first of those that are served, by id, behind the id `after`, whose id, name or alias contains the words."""
        called, wanted = self._calling(), folded(words)
        fitting = (one for one, own in called.searched.items() if one > after and wanted in own)
        return [called.companies[one] for one in islice(fitting, most)]

    def named(self, words: str) -> str | None:
        """The id of the company that is served and has this id, or as the only one this name; case and spaces do not count."""
        called, wanted = self._calling(), folded(words)
        return wanted if wanted in called.companies else called.ids.get(wanted)

    def _calling(self) -> _Called:
        """Made once for the same companies: of ten thousand it takes a tenth of a second."""
        companies, called = self.companies, self._called
        if called.companies is not companies:
            names, searched = dict[str, str](), dict[str, str]()
            for company, one in companies.items():
                names[company] = one.name
                searched[company] = "\n".join((one.id, one.name, *one.aliases)).casefold()
            often = Counter(map(folded, names.values()))
            ids = {folded(name): company for company, name in names.items() if often[folded(name)] == 1}
            self._called = called = _Called(companies, names, searched, ids)
        return called

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
        known = self._look()
        find_company(known.companies, company)
        release = known.releases[company]
        try:
            found = ServedPolicy(release.company, self._usable(release.served.artefact))
        except IndexUnusableError as error:
            good = self._good(company)
            if good is None:
                raise
            self._report(
                release.served.artefact, "%s %s cannot be used, what was served before stays: %s", company, release.current, error
            )
            return ServedPolicy(good.company, self._usable(good.served.artefact))
        self._last_good[company] = known.releases.data[company]
        return found

    def _good(self, company: str) -> Release | None:
        """The release that this process answered from last."""
        data = self._last_good.get(company)
        return unpacked(data) if data is not None else None

    def artefact(self, company: str, version: str) -> PolicyArtefact:
        """One policy version, current or not. Raises: UnknownCompanyError, UnknownVersionError; IndexUnusableError."""
        release = self.release(company)
        record = release.versions.get(version)
        if record is None:
            raise UnknownVersionError(f"{company} has no version {version[:40]!r}")
        try:
            return self._opened(record.artefact)
        except IndexUnusableError:
            good = self._good(company)
            known = self._opened(good.served.artefact) if good else None
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


def folded(words: str) -> str:
    """As names are compared: case and spaces do not count."""
    return " ".join(words.casefold().split())


def read_again(artefact: PolicyArtefact) -> PolicyDocument:
    """An artefact's document with its structure."""
    stored = artefact.document
    structure = read_structure(stored.text, stored.marks)
    return PolicyDocument(stored.company, stored.version, stored.policy, stored.text, stored.sha256, structure, stored.marks)
