"""The served index and the companies in it; a new build is picked up while the process runs."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Hashable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from candor.errors import IndexUnusableError, UnknownVersionError
from knowledge.companies import Company, find_company
from knowledge.documents import PolicyDocument
from knowledge.index import CURRENT, Build, StoredDocument, current_build, load_build
from knowledge.settling import SettledAspects, SettlementSource, in_force, nothing_settled
from knowledge.structure import read_structure

T = TypeVar("T")
MOST_KEPT = 256  # derived objects of a build: documents, glances, comparisons; a 300-page policy takes about ten megabytes
MISSING = "(missing)"  # in place of a build's name if CURRENT names none
log = logging.getLogger("candor.knowledge")


class PolicyCatalogue:
    """Companies, policy versions and passages as last ingested. Safe to share between threads."""

    def __init__(self, index_folder: Path, encoder_id: str, settlements: SettlementSource = nothing_settled) -> None:
        """settlements: asked anew at every question, so that what staff settle is used at once."""
        self._folder = index_folder
        self._encoder_id = encoder_id
        self.settlements = settlements
        self._build: Build | None = None
        self._unusable = ""  # name of a build that could not be loaded; builds never change, so one attempt is enough
        self._lock = threading.Lock()
        self._made: tuple[str, dict[Hashable, Any]] = ("", {})  # a build's name, and the objects derived from it

    def build(self) -> Build:
        """The current build. A broken new build is logged once, and the last good one stays in use.

        Raises: IndexUnusableError if no build can be used.
        """
        with self._lock:
            name = MISSING
            try:
                name = current_build(self._folder)
                if self._build is None or name not in (self._build.name, self._unusable):
                    self._build = load_build(self._folder, encoder_id=self._encoder_id)
                    log.info("serving index %s: %d passages", name, len(self._build.passages))
            except IndexUnusableError as error:
                if self._build is None:
                    raise
                if name != self._unusable:
                    log.error("keeping index %s, because the newer one cannot be used: %s", self._build.name, error)
                self._unusable = name
            return self._build

    def made_at(self) -> datetime:
        """When the newest build was made. Raises: OSError if there is none."""
        return datetime.fromtimestamp((self._folder / CURRENT).stat().st_mtime, UTC)

    @property
    def companies(self) -> dict[str, Company]:
        return self.build().companies

    def company(self, company_id: str) -> Company:
        """Raises: UnknownCompanyError."""
        return find_company(self.companies, company_id)

    def current_version(self, company: str) -> str:
        """Raises: UnknownCompanyError."""
        self.company(company)
        version: str = self.build().manifest["current"][company]
        return version

    def versions(self, company: str) -> list[str]:
        """All versions of a company's policy, the current one first. Raises: UnknownCompanyError."""
        current = self.current_version(company)
        others = sorted(
            (d.version for d in self.build().documents if d.company == company and d.version != current), reverse=True
        )
        return [current, *others]

    def document(self, company: str, version: str) -> PolicyDocument:
        """One version with its structure. Raises: UnknownCompanyError, UnknownVersionError."""
        self.company(company)
        stored: StoredDocument | None = self.build().document(company, version)
        if stored is None:
            raise UnknownVersionError(f"{company} has no version {version[:40]!r}")
        return self.once(("document", company, version), lambda: _read(stored))

    def settled(self, company: str, version: str) -> SettledAspects:
        """What staff settled about a policy version, as far as it still holds.

        Who settled what is read anew each time, because another process may have written it; what follows from it is kept.
        """
        settlements = tuple(self.settlements(company))
        build = self.build()
        document = build.document(company, version)
        if not settlements or document is None:
            return SettledAspects()
        text = document.text
        return self.once(
            ("settled", company, version, settlements),
            lambda: in_force(settlements, text, [build.passages[row] for row in build.rows_of(company, version)]),
        )

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` derives from the current build, and keep it under `key` until the build is replaced.

        The oldest entries are dropped beyond MOST_KEPT, so that requests cannot fill the memory.
        """
        name = self.build().name
        with self._lock:
            if self._made[0] != name:
                self._made = (name, {})
            made = self._made[1]
            if key in made:
                known: T = made[key]
                return known
        fresh = make()  # outside the lock: it may take a while, and making it twice does no harm
        with self._lock:
            made[key] = fresh
            if len(made) > MOST_KEPT:
                del made[next(iter(made))]
        return fresh


def _read(stored: StoredDocument) -> PolicyDocument:
    structure = read_structure(stored.text, stored.marks)
    return PolicyDocument(stored.company, stored.version, stored.policy, stored.text, stored.sha256, structure, stored.marks)
