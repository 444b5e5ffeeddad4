"""Across companies: which policies say something."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.catalogue import PolicyCatalogue
from knowledge.finding import AcrossCompanies
from knowledge.ingestion import ingest
from tests.fakes import FakeEncoder


@pytest.fixture
def across(catalogue: PolicyCatalogue, tmp_path: Path) -> AcrossCompanies:
    return AcrossCompanies(catalogue, tmp_path / "index")


def test_each_company_is_found_once_by_its_nearest_passage(across: AcrossCompanies) -> None:
    """The nearest company first."""
    found = across.find("we use cookies to remember your language", FakeEncoder())

    assert [one.company.id for one in found] == ["globex", "acme"]
    assert found[0].passage.text == "We use cookies to remember your language."
    assert found[0].score > found[1].score


def test_no_more_than_asked_for(across: AcrossCompanies) -> None:
    """Of ten thousand companies ten are enough to read."""
    assert [one.company.id for one in across.find("we never sell personal data", FakeEncoder(), most=1)] == ["acme"]


def test_a_release_is_found_at_once(across: AcrossCompanies, catalogue: PolicyCatalogue, policies: Path) -> None:
    """The index is made anew when something was released, and only then."""
    across.find("anything", FakeEncoder())
    (policies / "globex" / "2026-03-01.txt").write_text("We never sell personal data to anybody at all.", encoding="utf-8")
    ingest(policies, catalogue.policy_library, FakeEncoder, FakeEncoder.id, lambda _: None)

    found = across.find("never sell personal data to anybody at all", FakeEncoder())

    assert (found[0].company.id, found[0].version) == ("globex", "2026-03-01")


def test_a_retired_company_is_not_found(across: AcrossCompanies, catalogue: PolicyCatalogue) -> None:
    """Nothing is said of what is answered no more."""
    catalogue.policy_library.releases.retire("acme", withdrawn=True)

    assert [one.company.id for one in across.find("we never sell personal data", FakeEncoder())] == ["globex"]
