"""Packed releases: what is unpacked is what was packed, in the order of the companies."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.companies import Company
from knowledge.packed_releases import PackedCompanies, PackedReleases, packed, unpacked
from knowledge.releases import Release, VersionRecord

WORDS = st.text(max_size=8)
COMPANIES = st.builds(
    Company, id=WORDS, name=WORDS, contact=WORDS, aliases=st.lists(WORDS, max_size=2).map(tuple), laws=st.just(("gdpr",)),
    promised_days=st.dictionaries(WORDS, st.integers(1, 90), max_size=2),
)  # fmt: skip
VERSIONS = st.builds(VersionRecord, WORDS, WORDS, WORDS, st.integers(0, 900), st.booleans(), st.booleans(), WORDS, WORDS)


def a_release(company: str, *, retired: bool = False) -> Release:
    record = VersionRecord("2026-01-15", company * 5, "fake:1", 3)
    return Release(
        Company(company, company.title(), f"privacy@{company}.example"), "2026-01-15", {"2026-01-15": record}, retired=retired
    )


@given(COMPANIES, st.lists(VERSIONS, max_size=3), st.datetimes(timezones=st.just(UTC)) | st.none(), WORDS, st.booleans())
def test_a_release_survives_being_packed(
    company: Company, versions: list[VersionRecord], at: datetime | None, by: str, retired: bool
) -> None:
    """Whatever is in it."""
    records = {record.version: record for record in versions}
    release = Release(company, "2026-01-15", records, 7, "held", "upload", retired, not retired, at, by)

    assert unpacked(packed(release)) == release
    assert packed(unpacked(packed(release))) == packed(release)


def test_changes_leave_the_others_and_keep_the_order() -> None:
    """Whoever still holds what was known before sees no change."""
    before = PackedReleases({"acme": packed(a_release("acme")), "globex": packed(a_release("globex"))})

    after = before.with_changes({"acme": packed(a_release("acme", retired=True)), "dotcom": packed(a_release("dotcom"))})

    assert list(after) == ["acme", "dotcom", "globex"]
    assert (before["acme"].retired, after["acme"].retired) == (False, True)
    assert after["globex"] is before["globex"]


def test_only_some_companies_are_served() -> None:
    """Those that are retired are known, and not served."""
    releases = PackedReleases({"acme": packed(a_release("acme", retired=True)), "globex": packed(a_release("globex"))})

    companies = PackedCompanies(releases, {"globex": None})

    assert {name: company.name for name, company in companies.items()} == {"globex": "Globex"}
    assert ("acme" in companies, "globex" in companies, len(companies)) == (False, True, 1)
    with pytest.raises(KeyError):
        companies["acme"]
