"""Releases: one company's change touches no other, and is seen by whoever remembers the last number. On both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from candor.database.engine import make_engine
from candor.errors import InvalidInputError, UnknownCompanyError, UnknownVersionError
from candor.services.knowledge import LOOK_EVERY
from knowledge.artefact_stores import DatabaseStore, FolderStore, NearbyStore
from knowledge.catalogue import PolicyCatalogue
from knowledge.companies import Company
from knowledge.ingestion import ingest
from knowledge.policy_library import PolicyLibrary, library_in
from knowledge.releases import PolicyPlan, Releases, VersionRecord, company_of, facts_of
from tests.fakes import FakeEncoder
from tests.postgresql import Databases

ACME = Company("acme", "Acme", "a@acme.example", aliases=("ac me",), laws=("gdpr",), promised_days={"access": 30})
OLD, NEW = (VersionRecord(f"202{n}-01-01", f"{n}" * 40, "fake:1", 3, content=f"text {n}") for n in (5, 6))


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def another(request: pytest.FixtureRequest, tmp_path: Path, databases: Databases) -> Iterator[Callable[[], Engine]]:
    """Makes one more engine on the same database, as another process has."""
    made: list[Engine] = []
    url = databases.with_tables() if request.param == "PostgreSQL" else ""

    def make() -> Engine:
        made.append(make_engine(url) if url else library_in(tmp_path).releases.engine)
        return made[-1]

    yield make
    for engine in made:
        engine.dispose()


@pytest.fixture
def releases(another: Callable[[], Engine]) -> Releases:
    return Releases(another())


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
    assert [one.company.id for one in releases.since(only=["globex", "unknown"])] == ["globex"]
    assert releases.stamp() > seen
    assert releases.since(releases.stamp()) == []


def test_more_companies_than_are_read_at_once_are_all_read(releases: Releases, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each with its own versions."""
    monkeypatch.setattr("knowledge.releases.MANY", 2)
    for number in range(5):
        put(releases, *([OLD] if number % 2 else [OLD, NEW]), company=replace(ACME, id=f"acme-{number}"))

    assert [(one.company.id, len(one.versions)) for one in releases.since()] == [
        (f"acme-{number}", 1 if number % 2 else 2) for number in range(5)
    ]


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


def test_releases_at_the_same_time_get_different_numbers(another: Callable[[], Engine]) -> None:
    """Otherwise who remembers the higher one would never see the other."""
    companies = [replace(ACME, id=f"company-{number}") for number in range(8)]
    threads = [threading.Thread(target=put, args=(Releases(another()), OLD), kwargs={"company": one})
               for one in companies]  # fmt: skip

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    serials = [one.serial for one in Releases(another()).since()]
    assert sorted(serials) == list(range(1, 9))


def test_who_reads_while_another_releases_misses_nothing(another: Callable[[], Engine]) -> None:
    """A number is seen only once all before it are: the second release waits for the first one's transaction."""
    mine, theirs, reader = Releases(another()), Releases(another()), Releases(another())
    put(mine, OLD)
    waiting = threading.Thread(target=put, args=(theirs, OLD), kwargs={"company": replace(ACME, id="globex")})
    with mine._changing() as (_, serial):
        waiting.start()
        during = (reader.stamp(), [one.company.id for one in reader.since(serial - 1)])
    waiting.join(timeout=60)

    assert during == (serial - 1, [])
    assert [(one.company.id, one.serial) for one in reader.since(serial - 1)] == [("globex", serial + 1)]


def test_two_nodes_serve_what_a_third_released(another: Callable[[], Engine], policies: Path, tmp_path: Path) -> None:
    """Release, roll-back and retirement, each at the next look, which comes within a second; every node fetches for itself."""
    shared = DatabaseStore(another())
    libraries = [
        PolicyLibrary(tmp_path / name, NearbyStore(shared, FolderStore(tmp_path / name)), Releases(another()))
        for name in ("here", "there", "operator")
    ]
    nodes = [PolicyCatalogue(library, FakeEncoder.id) for library in libraries[:2]]
    operator = libraries[2]
    (policies / "acme" / "2026-06-01.txt").write_text("We never sell personal data to anybody.", encoding="utf-8")

    def served() -> list[str]:
        return [node.served("acme").artefact.passages[0].text for node in nodes if "acme" in node.companies]

    ingest(policies, operator, FakeEncoder, FakeEncoder.id, lambda _: None)
    ingested = served()
    operator.releases.release("acme", "2026-01-15", by="Ann")
    released = served()
    back = operator.releases.before("acme")
    operator.releases.release("acme", back.version, by="Ann", how="rolled_back")
    rolled_back = served()
    operator.releases.retire("acme", withdrawn=True)

    newer, older = "We never sell personal data to anybody.", "We collect your name and your email address."
    assert (ingested, released, rolled_back, served()) == ([newer] * 2, [older] * 2, [newer] * 2, [])
    assert [node.served("globex").artefact.version for node in nodes] == ["undated"] * 2
    assert LOOK_EVERY <= 1
