"""Across companies: which policies say something. FAISS and PostgreSQL's own vector engine give the same answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from candor.database.engine import make_engine, upgrade
from knowledge import passage_table
from knowledge.artefact_stores import DatabaseStore
from knowledge.catalogue import PolicyCatalogue
from knowledge.finding import AcrossCompanies, FaissPassages, NearestPassages
from knowledge.ingestion import ingest
from knowledge.passage_table import PassageTable, VectorsUnavailableError
from knowledge.policy_library import PolicyLibrary
from knowledge.releases import Releases
from tests.fakes import FakeEncoder
from tests.postgresql import running_server

NAMES = count(1)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A PostgreSQL that has pgvector."""
    with running_server(with_vectors=True) as url:
        yield url


@pytest.fixture
def database(server: str) -> Iterator[Engine]:
    """An empty one with all tables."""
    made = new_database(server)
    yield made
    made.dispose()


def new_database(server: str) -> Engine:
    name = f"across_{next(NAMES)}"
    admin = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    made = make_engine(f"{server}/{name}")
    upgrade(made)
    return made


def library_of(engine: Engine, folder: Path) -> PolicyLibrary:
    """All in the database, as on machines that share nothing else; searched by PostgreSQL."""
    library = PolicyLibrary(folder, DatabaseStore(engine), Releases(engine))
    return replace(library, on_release=PassageTable(library, FakeEncoder.id).follow)


@pytest.fixture(params=["FAISS", "pgvector", "pgvector without half precision"])
def library(request: pytest.FixtureRequest, policies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PolicyLibrary:
    """The two companies, released."""
    if request.param == "FAISS":
        found: PolicyLibrary = request.getfixturevalue("catalogue").policy_library
        return found
    if request.param.endswith("without half precision"):
        monkeypatch.setattr(passage_table, "HALF_FROM", (99,))
    else:
        monkeypatch.setattr(passage_table, "FLAT_UP_TO", 0)  # by HNSW, as where there are many
    made = library_of(request.getfixturevalue("database"), tmp_path / "index")
    ingest(policies, made, FakeEncoder, FakeEncoder.id, lambda _: None)
    return made


@pytest.fixture
def across(library: PolicyLibrary, tmp_path: Path) -> AcrossCompanies:
    catalogue = PolicyCatalogue(library, FakeEncoder.id)
    on_postgresql = library.releases.engine.dialect.name == "postgresql"
    index: NearestPassages = FaissPassages(catalogue, tmp_path / "index")
    return AcrossCompanies(catalogue, PassageTable(library, FakeEncoder.id) if on_postgresql else index)


def test_each_company_is_found_once_by_its_nearest_passage(across: AcrossCompanies) -> None:
    """The nearest company first."""
    found = across.find("we use cookies to remember your language", FakeEncoder())

    assert [one.company.id for one in found] == ["globex", "acme"]
    assert found[0].passage.text == "We use cookies to remember your language."
    assert found[0].score > found[1].score


def test_no_more_than_asked_for(across: AcrossCompanies) -> None:
    """Of ten thousand companies ten are enough to read."""
    assert [one.company.id for one in across.find("we never sell personal data", FakeEncoder(), most=1)] == ["acme"]


def test_a_release_is_found_at_once(across: AcrossCompanies, library: PolicyLibrary, policies: Path) -> None:
    """The index follows when something was released, and only then."""
    across.find("anything", FakeEncoder())
    (policies / "globex" / "2026-03-01.txt").write_text("We never sell personal data to anybody at all.", encoding="utf-8")
    ingest(policies, library, FakeEncoder, FakeEncoder.id, lambda _: None)

    found = across.find("never sell personal data to anybody at all", FakeEncoder())

    assert (found[0].company.id, found[0].version) == ("globex", "2026-03-01")


def test_a_retired_company_is_not_found(across: AcrossCompanies, library: PolicyLibrary) -> None:
    """Nothing is said of what is answered no more."""
    library.releases.retire("acme", withdrawn=True)

    assert [one.company.id for one in across.find("we never sell personal data", FakeEncoder())] == ["globex"]


def test_what_is_too_long_to_quote_takes_no_place(across: AcrossCompanies, library: PolicyLibrary, policies: Path) -> None:
    """A policy may consist of little else."""
    endless = "We never sell personal data" + "".join(f", nor to partner number {number}" for number in range(40))
    text_of = f"Globex\n\n1. Selling\n\n{endless}.\n\n2. Cookies\n\nWe use cookies.\n"
    (policies / "globex" / "2026-03-01.txt").write_text(text_of, encoding="utf-8")
    report = ingest(policies, library, FakeEncoder, FakeEncoder.id, lambda _: None)
    assert report.refused == ()

    found = across.find("never sell personal data", FakeEncoder())

    assert {one.company.id: one.passage.text for one in found} == {
        "acme": "We never sell personal data.", "globex": "We use cookies.",
    }  # fmt: skip


def test_both_engines_find_the_same(database: Engine, policies: Path, catalogue: PolicyCatalogue, tmp_path: Path) -> None:
    """The same companies in the same order, with the same quotes; half precision moves a score by less than a thousandth."""
    for number in range(20):
        folder = policies / f"company-{number}"
        folder.mkdir()
        (folder / "company.toml").write_text(f'name = "Company {number}"\ncontact = "a@c{number}.example"\n', encoding="utf-8")
        words = " ".join(f"word{number * step % 23}" for step in range(1, 9))
        (folder / "undated.txt").write_text(f"We keep {words}.\n\nWe delete {words} after {number} days.\n", encoding="utf-8")
    ingest(policies, catalogue.policy_library, FakeEncoder, FakeEncoder.id, lambda _: None)
    shared = library_of(database, tmp_path / "shared")
    ingest(policies, shared, FakeEncoder, FakeEncoder.id, lambda _: None)
    here = AcrossCompanies(catalogue, FaissPassages(catalogue, tmp_path / "index"))
    there = AcrossCompanies(PolicyCatalogue(shared, FakeEncoder.id), PassageTable(shared, FakeEncoder.id))

    for asked, most in (("how long do you keep word3 and word7", 3), ("delete word12", 100), ("we never sell personal data", 1)):
        mine, theirs = here.find(asked, FakeEncoder(), most), there.find(asked, FakeEncoder(), most)

        assert [one.score for one in theirs] == pytest.approx([one.score for one in mine], abs=1e-3)
        by_score = [(round(one.score, 2), one.company.id, one.passage.text) for one in theirs]
        assert sorted(by_score) == sorted((round(one.score, 2), one.company.id, one.passage.text) for one in mine)


def test_only_what_changed_is_written_again(database: Engine, policies: Path, tmp_path: Path) -> None:
    """Of ten thousand companies one is released, and one retired."""
    library = library_of(database, tmp_path / "index")
    ingest(policies, library, FakeEncoder, FakeEncoder.id, lambda _: None)
    table = PassageTable(library, FakeEncoder.id)
    (policies / "globex" / "2026-03-01.txt").write_text("We never sell personal data to anybody.", encoding="utf-8")
    quiet = replace(library, on_release=lambda: None)  # as an older process beside this one
    ingest(policies, quiet, FakeEncoder, FakeEncoder.id, lambda _: None)
    library.releases.retire("acme", withdrawn=True)

    caught_up = [table.catch_up(), table.catch_up()]

    assert caught_up == [2, 0]
    with database.connect() as connection:
        held = connection.execute(text("SELECT company, count(*) FROM candor_vectors.passage GROUP BY company")).all()
        plan = connection.execute(text("SELECT indexdef FROM pg_indexes WHERE schemaname = 'candor_vectors'")).scalars().all()
    assert [tuple(row) for row in held] == [("globex", 1)]
    assert re.fullmatch(r"pgvector 0\.\d+\.\d+, half precision: 1 passages of 1 companies", table.about())
    assert any("USING hnsw (vector halfvec_ip_ops)" in index for index in plan)


def test_another_encoder_makes_all_of_it_anew(database: Engine, policies: Path, tmp_path: Path) -> None:
    """Its vectors are of another length, and near to other things."""

    class WiderEncoder(FakeEncoder):
        id = "fake:2"
        dim = token_dim = 320

    library = library_of(database, tmp_path / "index")
    ingest(policies, library, FakeEncoder, FakeEncoder.id, lambda _: None)

    ingest(policies, library, WiderEncoder, WiderEncoder.id, lambda _: None)
    wider = AcrossCompanies(PolicyCatalogue(library, WiderEncoder.id), PassageTable(library, WiderEncoder.id))

    assert [one.company.id for one in wider.find("we never sell personal data", WiderEncoder(), most=1)] == ["acme"]


def test_a_release_that_cannot_be_read_is_left_out_until_it_can(database: Engine, policies: Path, tmp_path: Path) -> None:
    """Nobody else's search waits for it."""
    library = library_of(database, tmp_path / "index")
    ingest(policies, replace(library, on_release=lambda: None), FakeEncoder, FakeEncoder.id, lambda _: None)
    name = library.releases.of("acme").served.artefact
    whole = bytes(library.store.read(name))
    library.store.write(name, whole[:100])
    table = PassageTable(library, FakeEncoder.id)
    across = AcrossCompanies(PolicyCatalogue(library, FakeEncoder.id), table)

    without = across.find("we never sell personal data", FakeEncoder())
    library.store.write(name, whole)
    again = across.find("we never sell personal data", FakeEncoder())

    assert [[one.company.id for one in found] for found in (without, again)] == [["globex"], ["acme", "globex"]]


def test_a_server_without_pgvector_is_told_the_cure(tmp_path: Path) -> None:
    """And everything else goes on: a release does not fail for it."""
    with running_server() as url:
        engine = make_engine(f"{url}/postgres")
        upgrade(engine)
        table = PassageTable(PolicyLibrary(tmp_path, DatabaseStore(engine), Releases(engine)), FakeEncoder.id)

        with pytest.raises(VectorsUnavailableError, match="install it on its machine"):
            table.about()
        table.follow()
        engine.dispose()


def test_who_may_not_enable_it_is_told_who_can(server: str, tmp_path: Path) -> None:
    """Candor's user owns its database and is no administrator."""
    owner = new_database(server)
    with owner.begin() as connection:
        connection.execute(text("CREATE ROLE plain LOGIN"))
        connection.execute(text("GRANT ALL ON SCHEMA public TO plain"))
        connection.execute(text("GRANT ALL ON ALL TABLES IN SCHEMA public TO plain"))
    engine = make_engine(owner.url.set(username="plain").render_as_string())
    table = PassageTable(PolicyLibrary(tmp_path, DatabaseStore(engine), Releases(engine)), FakeEncoder.id)

    with pytest.raises(VectorsUnavailableError, match="administrator run CREATE EXTENSION vector"):
        table.about()
    engine.dispose()
    owner.dispose()
