"""The catalogue: what is served while the index changes underneath."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from candor.errors import IndexUnusableError, UnknownCompanyError, UnknownVersionError
from knowledge.catalogue import MOST_KEPT, PolicyCatalogue
from knowledge.changes import compare_versions
from knowledge.glance import glance
from knowledge.index import CURRENT, current_build
from knowledge.ingestion import ingest
from tests.conftest import ACME
from tests.fakes import FakeEncoder


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Where the `catalogue` fixture's index lies."""
    return tmp_path / "index"


def add_version(policies: Path, index: Path, version: str, text: str = ACME) -> None:
    """A new policy file, ingested by another process."""
    (policies / "acme" / f"{version}.txt").write_text(text, encoding="utf-8")
    assert ingest(policies, index, FakeEncoder, FakeEncoder.id, lambda _: None).changed


def damage(index: Path) -> None:
    path = index / current_build(index) / "passages.json"
    path.write_bytes(path.read_bytes()[:-5])


def test_companies_and_documents_are_served(catalogue: PolicyCatalogue) -> None:
    """What was ingested can be asked for by id and version, with its structure."""
    document = catalogue.document("acme", "2026-01-15")

    assert set(catalogue.companies) == {"acme", "globex"}
    assert catalogue.company("globex").contact == "privacy@globex.example"
    assert document.text == ACME
    assert [section.label for section in document.structure.sections] == ["1. What We Collect", "2. Retention", "3. Selling"]


def test_a_new_build_is_picked_up_while_running(catalogue: PolicyCatalogue, policies: Path, index: Path) -> None:
    """Nobody restarts the server for a new policy."""
    before = catalogue.current_version("acme")

    add_version(policies, index, "2026-03-01")

    assert (before, catalogue.current_version("acme")) == ("2026-01-15", "2026-03-01")


def test_a_build_is_loaded_once(catalogue: PolicyCatalogue) -> None:
    """As long as nothing changed, everyone shares the same one."""
    assert catalogue.build() is catalogue.build()


def test_a_damaged_newer_build_leaves_the_last_good_one_served(catalogue: PolicyCatalogue, policies: Path, index: Path) -> None:
    """An incomplete index is worse than yesterday's."""
    good = catalogue.build()
    add_version(policies, index, "2026-03-01")

    damage(index)

    assert catalogue.build() is good
    assert catalogue.current_version("acme") == "2026-01-15"


def test_a_damaged_newer_build_is_reported_once(
    catalogue: PolicyCatalogue, policies: Path, index: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """One line in the log names what is wrong and the cure; a question does not check the whole build again."""
    catalogue.build()
    add_version(policies, index, "2026-03-01")
    damage(index)

    for _ in range(3):
        catalogue.build()

    (record,) = [entry for entry in caplog.records if entry.levelno == logging.ERROR]
    assert "run `candor ingest`" in record.getMessage()


def test_an_index_that_vanishes_leaves_the_last_good_one_served(
    catalogue: PolicyCatalogue, index: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A loaded build does not need the disk; the loss is logged once."""
    good = catalogue.build()

    (index / CURRENT).unlink()

    assert [catalogue.build() is good for _ in range(3)] == [True, True, True]
    assert [entry.levelno for entry in caplog.records].count(logging.ERROR) == 1


def test_after_a_damaged_build_the_next_good_one_is_picked_up(catalogue: PolicyCatalogue, policies: Path, index: Path) -> None:
    """As soon as ingestion succeeds again, the newest policy is served."""
    catalogue.build()
    add_version(policies, index, "2026-03-01")
    damage(index)
    catalogue.build()

    add_version(policies, index, "2026-04-01")

    assert catalogue.current_version("acme") == "2026-04-01"


def test_a_second_damaged_build_is_reported_too(
    catalogue: PolicyCatalogue, policies: Path, index: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Each broken build is logged."""
    catalogue.build()
    for version in ("2026-03-01", "2026-04-01"):
        add_version(policies, index, version)
        damage(index)
        catalogue.build()

    assert [entry.levelno for entry in caplog.records].count(logging.ERROR) == 2


def test_without_any_usable_index_the_cure_is_named(tmp_path: Path) -> None:
    """At the start there is nothing to fall back on; once there is an index, it is served."""
    empty = PolicyCatalogue(tmp_path / "nothing", FakeEncoder.id)

    with pytest.raises(IndexUnusableError, match="there is no index yet: run `candor ingest`"):
        empty.build()


def test_the_first_index_is_found_without_a_restart(policies: Path, tmp_path: Path) -> None:
    """A catalogue that failed before works as soon as there is something to serve."""
    waiting = PolicyCatalogue(tmp_path / "index", FakeEncoder.id)
    with pytest.raises(IndexUnusableError):
        waiting.build()

    ingest(policies, tmp_path / "index", FakeEncoder, FakeEncoder.id, lambda _: None)

    assert set(waiting.companies) == {"acme", "globex"}


def test_an_index_of_another_encoder_is_not_served(catalogue: PolicyCatalogue, index: Path) -> None:
    """The catalogue serves only vectors that its encoder can search."""
    catalogue.build()

    with pytest.raises(IndexUnusableError, match="another encoder"):
        PolicyCatalogue(index, "other:2").build()


def test_versions_come_with_the_current_one_first(catalogue: PolicyCatalogue, policies: Path, index: Path) -> None:
    """Then the others, newest first; an undated text is never current beside a dated one."""
    for version in ("2024-05-05", "undated", "2025-05-05"):
        add_version(policies, index, version)

    versions = catalogue.versions("acme")

    assert versions[0] == catalogue.current_version("acme") == "2026-01-15"
    assert sorted(versions[1:]) == ["2024-05-05", "2025-05-05", "undated"]
    assert [version for version in versions if version != "undated"] == ["2026-01-15", "2025-05-05", "2024-05-05"]


def test_an_unknown_version_is_not_an_unknown_company(catalogue: PolicyCatalogue) -> None:
    """The error decides what a page shows; another company's version is unknown too."""
    with pytest.raises(UnknownVersionError, match="acme has no version '1999-01-01'"):
        catalogue.document("acme", "1999-01-01")
    with pytest.raises(UnknownVersionError):
        catalogue.document("globex", "2026-01-15")
    with pytest.raises(UnknownCompanyError, match="known: acme, globex"):
        catalogue.document("initech", "2026-01-15")


@pytest.mark.parametrize("asked", ["company", "current_version", "versions"])
def test_an_unknown_company_is_unknown_everywhere(catalogue: PolicyCatalogue, asked: str) -> None:
    """Every way to ask refuses in the same words."""
    with pytest.raises(UnknownCompanyError, match="unknown company 'initech'; known: acme, globex"):
        getattr(catalogue, asked)("initech")


def test_a_document_is_read_once_a_build(catalogue: PolicyCatalogue, policies: Path, index: Path) -> None:
    """Reading its structure takes a while; a new build starts afresh."""
    first = catalogue.document("acme", "2026-01-15")
    again = catalogue.document("acme", "2026-01-15")

    add_version(policies, index, "2026-03-01")

    assert first is again
    assert catalogue.document("acme", "2026-01-15") is not first


def test_a_comparison_and_a_glance_are_made_once_a_build(mapped: PolicyCatalogue) -> None:
    """Each version and each pair of them is its own."""
    assert compare_versions(mapped, "acme") is compare_versions(mapped, "acme")
    assert compare_versions(mapped, "acme", "2026-06-01", "2026-01-15") is not compare_versions(mapped, "acme")
    assert glance(mapped, "acme") is glance(mapped, "acme", "2026-06-01")
    assert glance(mapped, "acme") is not glance(mapped, "acme", "2026-01-15")


def test_the_cache_is_bounded(catalogue: PolicyCatalogue) -> None:
    """The oldest entry is dropped first, so that requests cannot fill the memory."""
    calls: list[int] = []

    for number in [*range(MOST_KEPT + 1), 0, MOST_KEPT]:
        catalogue.once(("number", number), lambda number=number: calls.append(number))  # type: ignore[misc]

    assert calls == [*range(MOST_KEPT + 1), 0]
