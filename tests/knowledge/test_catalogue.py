"""The catalogue: what is served while the index changes underneath."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from candor.errors import IndexUnusableError, UnknownCompanyError, UnknownVersionError
from knowledge.catalogue import PolicyCatalogue
from knowledge.changes import compare_versions
from knowledge.glance import glance
from knowledge.ingestion import ingest
from knowledge.policy_library import library_in
from knowledge.releases import PolicyPlan
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
    """Cut the artefact short that acme was released as last."""
    name = library_in(index).releases.of("acme").served.artefact
    path = index / "artefacts" / name[:2] / f"{name}.safetensors"
    whole = path.read_bytes()
    path.unlink()  # a process may have the old file mapped
    path.write_bytes(whole[:-5])


def test_companies_and_documents_are_served(catalogue: PolicyCatalogue) -> None:
    """What was ingested can be asked for by id and version, with its structure."""
    document = catalogue.document("acme", "2026-01-15")

    assert set(catalogue.companies) == {"acme", "globex"}
    assert catalogue.company("globex").contact == "privacy@globex.example"
    assert document.text == ACME
    assert [section.label for section in document.structure.sections] == ["1. What We Collect", "2. Retention", "3. Selling"]


def test_a_new_release_is_picked_up_while_running(catalogue: PolicyCatalogue, policies: Path, index: Path) -> None:
    """Nobody restarts the server for a new policy."""
    before = catalogue.current_version("acme")

    add_version(policies, index, "2026-03-01")

    assert (before, catalogue.current_version("acme")) == ("2026-01-15", "2026-03-01")


def test_an_artefact_is_loaded_once(catalogue: PolicyCatalogue) -> None:
    """As long as nothing changed, everyone shares the same one."""
    assert catalogue.served("acme").artefact is catalogue.served("acme").artefact
    assert catalogue.companies is catalogue.companies


def test_a_release_of_one_company_leaves_the_other_as_it_was(catalogue: PolicyCatalogue, policies: Path, index: Path) -> None:
    """Nothing of it is read or derived again."""
    served, document = catalogue.served("globex").artefact, catalogue.document("globex", "undated")

    add_version(policies, index, "2026-03-01")

    assert catalogue.current_version("acme") == "2026-03-01"
    assert catalogue.served("globex").artefact is served
    assert catalogue.document("globex", "undated") is document


def test_releases_are_looked_for_now_and_then(catalogue: PolicyCatalogue, policies: Path, index: Path) -> None:
    """A question costs no look into the database, until the time has come."""
    patient, eager = PolicyCatalogue(index, FakeEncoder.id, look_every=3600), catalogue
    assert patient.current_version("acme") == "2026-01-15"

    add_version(policies, index, "2026-03-01")

    assert (patient.current_version("acme"), eager.current_version("acme")) == ("2026-01-15", "2026-03-01")


def test_artefacts_are_kept_open_up_to_so_many_bytes(catalogue: PolicyCatalogue, index: Path) -> None:
    """The one that was used last stays, however large it is; the other is read again."""
    small = PolicyCatalogue(index, FakeEncoder.id, cached=1)
    acme = small.served("acme").artefact

    assert small.served("acme").artefact is acme
    small.served("globex")

    assert small.served("acme").artefact is not acme


def test_a_damaged_newer_version_leaves_the_last_good_one_served(catalogue: PolicyCatalogue, policies: Path, index: Path) -> None:
    """An incomplete policy is worse than yesterday's; no other company notices."""
    good = catalogue.served("acme")
    add_version(policies, index, "2026-03-01")

    damage(index)

    assert catalogue.served("acme") == good
    assert catalogue.served("globex").artefact.version == "undated"


def test_a_damaged_newer_version_is_reported_once(
    catalogue: PolicyCatalogue, policies: Path, index: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """One line in the log names what is wrong and the cure; a question says so again."""
    catalogue.served("acme")
    add_version(policies, index, "2026-03-01")
    damage(index)

    for _ in range(3):
        catalogue.served("acme")

    (record,) = [entry for entry in caplog.records if entry.levelno == logging.ERROR]
    assert "run `candor ingest`" in record.getMessage()


def test_releases_that_cannot_be_read_leave_what_is_known_served(
    catalogue: PolicyCatalogue, index: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A database that is away for a minute silences nobody; the loss is logged once."""
    good = catalogue.served("acme")

    (index / "releases.db").unlink()

    assert [catalogue.served("acme") == good for _ in range(3)] == [True, True, True]
    assert [entry.levelno for entry in caplog.records].count(logging.ERROR) == 1


def test_after_a_damaged_version_the_next_good_one_is_picked_up(catalogue: PolicyCatalogue, policies: Path, index: Path) -> None:
    """As soon as ingestion succeeds again, the newest policy is served."""
    catalogue.served("acme")
    add_version(policies, index, "2026-03-01")
    damage(index)
    catalogue.served("acme")

    add_version(policies, index, "2026-04-01")

    assert catalogue.served("acme").artefact.version == "2026-04-01"


def test_a_second_damaged_version_is_reported_too(
    catalogue: PolicyCatalogue, policies: Path, index: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Each broken one is logged."""
    catalogue.served("acme")
    for version in ("2026-03-01", "2026-04-01"):
        add_version(policies, index, version)
        damage(index)
        catalogue.served("acme")

    assert [entry.levelno for entry in caplog.records].count(logging.ERROR) == 2


def test_without_any_usable_index_the_cure_is_named(tmp_path: Path) -> None:
    """At the start there is nothing to fall back on; once there is an index, it is served."""
    empty = PolicyCatalogue(tmp_path / "nothing", FakeEncoder.id)

    with pytest.raises(IndexUnusableError, match="there is no index yet: run `candor ingest`"):
        _ = empty.companies


def test_the_first_index_is_found_without_a_restart(policies: Path, tmp_path: Path) -> None:
    """A catalogue that failed before works as soon as there is something to serve."""
    waiting = PolicyCatalogue(tmp_path / "index", FakeEncoder.id)
    with pytest.raises(IndexUnusableError):
        _ = waiting.companies

    ingest(policies, tmp_path / "index", FakeEncoder, FakeEncoder.id, lambda _: None)

    assert set(waiting.companies) == {"acme", "globex"}


def test_an_index_of_another_encoder_is_not_served(catalogue: PolicyCatalogue, index: Path) -> None:
    """The catalogue serves only vectors that its encoder can search; pages need no vectors."""
    catalogue.served("acme")
    other = PolicyCatalogue(index, "other:2")

    with pytest.raises(IndexUnusableError, match="another encoder"):
        other.served("acme")
    assert other.document("acme", "2026-01-15").text == ACME


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


def test_a_document_is_read_once_a_release(catalogue: PolicyCatalogue, policies: Path, index: Path) -> None:
    """Reading its structure takes a while; a change of the company starts afresh."""
    first = catalogue.document("acme", "2026-01-15")
    again = catalogue.document("acme", "2026-01-15")

    add_version(policies, index, "2026-03-01")

    assert first is again
    assert catalogue.document("acme", "2026-01-15") is not first


def test_a_comparison_and_a_glance_are_made_once_a_release(mapped: PolicyCatalogue) -> None:
    """Each version and each pair of them is its own."""
    assert compare_versions(mapped, "acme") is compare_versions(mapped, "acme")
    assert compare_versions(mapped, "acme", "2026-06-01", "2026-01-15") is not compare_versions(mapped, "acme")
    assert glance(mapped, "acme") is glance(mapped, "acme", "2026-06-01")
    assert glance(mapped, "acme") is not glance(mapped, "acme", "2026-01-15")


def test_what_follows_from_policies_is_kept_up_to_so_many_bytes(catalogue: PolicyCatalogue) -> None:
    """What was used longest ago is dropped first, so that requests cannot fill the memory."""
    small = PolicyCatalogue(catalogue.policy_library, FakeEncoder.id, derived=3 * 10_000)
    made: list[int] = []

    def text_of(number: int) -> str:
        made.append(number)
        return "x" * 9000

    for number in (0, 1, 2, 0, 3, 0, 1):
        small.once("acme", ("number", number), lambda number=number: text_of(number))  # type: ignore[misc]

    assert made == [0, 1, 2, 3, 1]


def test_what_follows_from_all_companies_is_made_again_only_when_one_is_another(
    catalogue: PolicyCatalogue, policies: Path, index: Path
) -> None:
    """A new version of a policy changes nobody's name: ten thousand names are not read again for it."""
    companies, passages = catalogue.companies, catalogue.passages()

    add_version(policies, index, "2026-03-01")
    after_a_version, more = catalogue.companies, catalogue.passages()
    library_in(index).releases.retire("globex", withdrawn=True)

    assert after_a_version is companies
    assert more == passages
    assert list(catalogue.companies) == ["acme"]
    assert catalogue.passages() < passages


def test_names_follow_the_companies(catalogue: PolicyCatalogue, index: Path) -> None:
    """They are made once for the same companies."""
    assert catalogue.names == {"acme": "Acme", "globex": "Globex"}
    assert catalogue.names is catalogue.names

    library_in(index).releases.retire("globex", withdrawn=True)

    assert catalogue.names == {"acme": "Acme"}


def test_companies_are_found_by_part_of_what_they_are_called(catalogue: PolicyCatalogue, index: Path) -> None:
    """By id, name or alias, however it is written, page by page."""
    library = library_in(index)
    release = next(one for one in library.releases.since() if one.company.id == "globex")
    called = replace(release.company, aliases=("Hank's Übershop",))
    library.releases.put(PolicyPlan(called, list(release.versions.values()), release.current))

    def found(words: str = "", *, after: str = "", most: int = 9) -> list[str]:
        return [company.id for company in catalogue.found(words, after=after, most=most)]

    assert [found(words) for words in ("", "AC", " hank's  üBER", "lobe", "nobody")] == [
        ["acme", "globex"], ["acme"], ["globex"], ["globex"], []
    ]  # fmt: skip
    assert (found(most=1), found(after="acme")) == (["acme"], ["globex"])
