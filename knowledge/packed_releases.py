"""Many companies' releases in little memory: each packed into some hundred bytes, and unpacked when somebody asks for it.

A process serves any of ten thousand companies, and is asked about a few of them: as objects their releases would take five times
as much, in each process. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from knowledge.companies import Company
from knowledge.releases import Release, VersionRecord, company_of

UNPACKED = 512  # releases kept unpacked: those asked for last
USUAL = vars(Company("", "", ""))  # what most companies leave as it is, and is not packed
OF_VERSION = tuple(field.name for field in fields(VersionRecord))


def packed(release: Release) -> bytes:
    """A release in a few bytes. Equal releases give equal bytes."""
    facts = {key: value for key, value in vars(release.company).items() if value != USUAL[key]}
    versions = [[getattr(one, name) for name in OF_VERSION] for one in release.versions.values()]
    at = release.released_at.astimezone(UTC).isoformat() if release.released_at else None
    parts = [
        facts, release.current, versions, release.serial, release.held, release.source, release.retired, release.withdrawn, at,
        release.released_by,
    ]  # fmt: skip
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


@lru_cache(UNPACKED)
def unpacked(data: bytes) -> Release:
    """The reverse of `packed`."""
    read: list[Any] = json.loads(data.decode("utf-8", "surrogatepass"))
    facts, current, versions, serial, held, source, retired, withdrawn, at, by = read
    records = {record.version: record for record in (VersionRecord(*values) for values in versions)}
    when = datetime.fromisoformat(at) if at else None
    return Release(company_of({**USUAL, **facts}), current, records, serial, held, source, retired, withdrawn, when, by)


class PackedReleases(Mapping[str, Release]):
    """Releases by their companies' ids, in the order of these. Never changes."""

    def __init__(self, data: Mapping[str, bytes]) -> None:
        """data: what `packed` gave, in the order of the ids."""
        self.data = data

    def __getitem__(self, company: str) -> Release:
        return unpacked(self.data[company])

    def __iter__(self) -> Iterator[str]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)

    def __contains__(self, company: object) -> bool:
        return company in self.data

    def with_changes(self, changes: Mapping[str, bytes]) -> PackedReleases:
        """The same, but for these companies."""
        fresh = {**self.data, **changes}
        return PackedReleases(dict(sorted(fresh.items())) if len(fresh) > len(self.data) else fresh)


class PackedCompanies(Mapping[str, Company]):
    """Some of the companies of releases. Never changes."""

    def __init__(self, releases: PackedReleases, ids: Mapping[str, None]) -> None:
        """ids: in the order in which they are to be listed."""
        self._releases, self._ids = releases, ids

    def __getitem__(self, company: str) -> Company:
        if company not in self._ids:
            raise KeyError(company)
        return self._releases[company].company

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, company: object) -> bool:
        return company in self._ids
