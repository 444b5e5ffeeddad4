"""Releases: one company's change touches no other, and is seen by whoever remembers the last number."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from candor.errors import InvalidInputError, UnknownCompanyError, UnknownVersionError
from knowledge.companies import Company
from knowledge.policy_library import library_in
from knowledge.releases import PolicyPlan, Releases, VersionRecord, company_of, facts_of

ACME = Company("acme", "Acme", "a@acme.example", aliases=("ac me",), laws=("gdpr",), promised_days={"access": 30})
OLD, NEW = (VersionRecord(f"202{n}-01-01", f"{n}" * 40, "fake:1", 3, content=f"text {n}") for n in (5, 6))


@pytest.fixture
def releases(tmp_path: Path) -> Releases:
    return library_in(tmp_path).releases


def put(releases: Releases, *versions: VersionRecord, company: Company = ACME, held: str = "") -> list[str]:
    """Ingest these versions, the last of which is the newest."""
    return list(releases.put(PolicyPlan(company, versions, versions[-1].version, held=held), by="ingest"))


def test_a_company_survives_being_stored() -> None:
    """JSON has lists where a company has tuples."""
    assert company_of(facts_of(ACME)) == ACME


def test_what_was_put_is_released(releases: Releases) -> None:
    """With all its versions, who released it, and a place in the history."""
    put(releases, OLD, NEW)

    release = releases.of("acme")

    assert (release.company, release.current, dict(release.versions)) == (
        ACME, NEW.version, {OLD.version: OLD, NEW.version: NEW}
    )  # fmt: skip
    assert (release.served, release.released_by) == (NEW, "ingest")
    assert [(one.version, one.how) for one in releases.past("acme")] == [(NEW.version, "ingested")]


def test_only_what_changed_is_read_again(releases: Releases) -> None:
    """Ten thousand companies are not read again because one was released."""
    put(releases, OLD)
    put(releases, OLD, company=replace(ACME, id="globex"))
    seen = releases.stamp()

    put(releases, OLD, NEW)

    assert [one.company.id for one in releases.since(seen)] == ["acme"]
    assert [one.company.id for one in releases.since()] == ["acme", "globex"]
    assert releases.stamp() > seen
    assert releases.since(releases.stamp()) == []


def test_another_version_can_be_released(releases: Releases) -> None:
    """The newer one is held back until somebody releases it."""
    put(releases, OLD, NEW)

    older = releases.release("acme", OLD.version, by="Ann")
    newer = releases.release("acme", NEW.version, by="Ann")

    assert (older.current, older.held, older.released_by) == (OLD.version, NEW.content, "Ann")
    assert (newer.current, newer.held) == (NEW.version, "")
    assert [one.version for one in releases.past("acme")] == [NEW.version, OLD.version, NEW.version]


def test_what_was_served_before_is_known(releases: Releases) -> None:
    """By version and text: a new encoder's vectors of the same text are no other policy."""
    put(releases, OLD)
    put(releases, OLD, NEW)
    put(releases, OLD, replace(NEW, artefact="7" * 40, encoder="fake:2"))

    assert releases.before("acme").version == OLD.version


def test_with_nothing_before_there_is_no_way_back(releases: Releases) -> None:
    """It says so, and changes nothing."""
    put(releases, OLD)

    with pytest.raises(InvalidInputError, match="nothing to go back to"):
        releases.before("acme")


def test_artefacts_that_nobody_can_go_back_to_are_named(releases: Releases) -> None:
    """Those of a text that was served are kept; those of an earlier encoder are not."""
    put(releases, OLD)

    same_text = put(releases, replace(OLD, artefact="7" * 40))
    other_text = put(releases, replace(OLD, artefact="8" * 40, content="another"))

    assert (same_text, other_text) == ([OLD.artefact], [])


def test_a_retired_company_comes_back_when_it_is_put(releases: Releases) -> None:
    """Unless somebody withdrew it: then only a release brings it back."""
    put(releases, OLD)

    releases.retire("acme", withdrawn=False)
    gone = releases.of("acme").retired
    put(releases, OLD)
    back = releases.of("acme").retired
    releases.retire("acme", withdrawn=True)
    put(releases, OLD)
    withdrawn = releases.of("acme").retired
    released = releases.release("acme", OLD.version).retired

    assert (gone, back, withdrawn, released) == (True, False, True, False)


def test_a_version_can_be_forgotten(releases: Releases) -> None:
    """With its history and its artefact; not the one that is served."""
    put(releases, OLD)
    put(releases, OLD, NEW)

    dropped = releases.forget("acme", OLD.version)

    assert list(dropped) == [OLD.artefact]
    assert set(releases.of("acme").versions) == {NEW.version}
    assert [one.version for one in releases.past("acme")] == [NEW.version]
    with pytest.raises(InvalidInputError, match="is served"):
        releases.forget("acme", NEW.version)


def test_what_is_not_there_is_refused(releases: Releases) -> None:
    """A company or version that nobody knows."""
    put(releases, OLD)

    with pytest.raises(UnknownVersionError, match="acme has no version"):
        releases.release("acme", NEW.version)
    with pytest.raises(UnknownCompanyError, match="known: acme"):
        releases.retire("globex", withdrawn=True)


def test_releases_at_the_same_time_get_different_numbers(tmp_path: Path) -> None:
    """Otherwise who remembers the higher one would never see the other."""
    companies = [replace(ACME, id=f"company-{number}") for number in range(8)]
    library_in(tmp_path)
    threads = [threading.Thread(target=put, args=(library_in(tmp_path).releases, OLD), kwargs={"company": one})
               for one in companies]  # fmt: skip

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    serials = [one.serial for one in library_in(tmp_path).releases.since()]
    assert sorted(serials) == list(range(1, 9))
