"""What all tests share: no network but loopback, an empty database, an index of two small policies."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine
from xdist.remote import Producer

from candor.accounts import passwords
from candor.database.engine import make_engine, upgrade
from candor.services import Services, ground, services
from knowledge.catalogue import PolicyCatalogue
from knowledge.ingestion import ingest
from tests.fakes import FakeEncoder, small_answers, small_mapper
from tests.postgresql import Databases
from tests.scheduling import ByFile, in_order, kind_of

ACME = """Privacy Policy

1. What We Collect

We collect your name and your email address.

2. Retention

We keep invoices for:

  • ten years where tax law says so
  • one year otherwise

3. Selling

We never sell personal data.
"""
GLOBEX = """Globex Privacy Notice

1. Cookies

We use cookies to remember your language.
"""

settings.register_profile("candor", deadline=None, suppress_health_check=[HealthCheck.too_slow])  # no test depends on the time
settings.load_profile("candor")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark each test with its kind."""
    item.add_marker(kind_of(item))


@pytest.hookimpl(trylast=True)  # after a shuffle
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """An order that two workers get through soonest."""
    in_order(items)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    config.option.loadscopereorder = False  # the order is ours
    return ByFile(config, log)


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests reach this machine and no other."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if host not in {"", "127.0.0.1", "::1", "localhost"}:
            raise AssertionError(f"a test reached for the network: {host}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


FIRST: list[Engine] = []  # the template's


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with all tables and nothing in them, as the migrations make it."""
    path = tmp_path_factory.mktemp("template") / "candor.db"
    made = make_engine(f"sqlite:///{path}")
    upgrade(made)
    made.dispose()
    FIRST.append(made)
    return path


@pytest.fixture(autouse=True)
def tables_from_template(template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Services with a new SQLite file get a copy of the template: to run all migrations takes longer than most tests."""
    monkeypatch.setattr(ground, "upgrade", lambda engine: from_template(engine, template))


def from_template(engine: Engine, template: Path) -> None:
    """Copy it where a SQLite file is still to be made; anything else is upgraded as always."""
    file = Path(engine.url.database or "")
    if engine.dialect.name != "sqlite" or file.exists():
        upgrade(engine)
        return
    shutil.copyfile(template, file)
    # What one engine has compiled serves all: else each would compile every statement again, for each test.
    engine.dialect, engine._compiled_cache = FIRST[0].dialect, FIRST[0]._compiled_cache


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """On one PostgreSQL server for all tests of this process."""
    with ExitStack() as stack:
        yield Databases(stack)


@pytest.fixture
def engine(tmp_path: Path, template: Path) -> Iterator[Engine]:
    """An empty database with all tables."""
    made = make_engine(f"sqlite:///{tmp_path / 'candor.db'}")
    from_template(made, template)
    yield made
    made.dispose()


HASHER = passwords.HASHER  # as staff's passwords are hashed


@pytest.fixture(autouse=True, scope="session")
def quick_hashes() -> None:
    """A hash that takes long to guess takes long to make, and most tests of accounts make one."""
    passwords.HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


@pytest.fixture
def strong_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a test of how strong they are."""
    monkeypatch.setattr(passwords, "HASHER", HASHER)


@pytest.fixture(scope="session")
def small_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The two companies, ingested with the fake encoder: policies/, index/ and, with their aspect maps, mapped/. To be copied."""
    home = tmp_path_factory.mktemp("small")
    folder = home / "policies"
    for company, version, text in (("acme", "2026-01-15", ACME), ("globex", "undated", GLOBEX)):
        (folder / company).mkdir(parents=True)
        (folder / company / "company.toml").write_text(
            f'name = "{company.title()}"\ncontact = "privacy@{company}.example"\n', encoding="utf-8"
        )
        (folder / company / f"{version}.txt").write_text(text, encoding="utf-8")
    ingest(folder, home / "index", FakeEncoder, FakeEncoder.id, lambda _: None)
    (folder / "acme" / LATER).write_text(ACME_LATER, encoding="utf-8")
    ingest(folder, home / "mapped", FakeEncoder, FakeEncoder.id, lambda _: None, small_mapper())
    (folder / "acme" / LATER).unlink()
    return home


@pytest.fixture
def policies(tmp_path: Path, small_index: Path) -> Path:
    """Two companies: acme with one version, globex with another."""
    return shutil.copytree(small_index / "policies", tmp_path / "policies")


@pytest.fixture
def catalogue(policies: Path, tmp_path: Path, small_index: Path) -> PolicyCatalogue:
    """The two companies, ingested with the fake encoder."""
    return PolicyCatalogue(shutil.copytree(small_index / "index", tmp_path / "index"), FakeEncoder.id)


LATER = "2026-06-01.txt"
ACME_LATER = (
    ACME.replace("We never sell personal data.", "We never sell personal data to advertisers.")
    .replace("  • one year otherwise\n", "  • one year otherwise\n  • three months for drafts\n")
    .replace("We collect your name and your email address.\n\n", "")
)


@pytest.fixture
def mapped(policies: Path, tmp_path: Path, small_index: Path) -> PolicyCatalogue:
    """The two companies with their aspect maps; acme in two versions, of which 2026-06-01 is the current one."""
    (policies / "acme" / LATER).write_text(ACME_LATER, encoding="utf-8")
    return PolicyCatalogue(shutil.copytree(small_index / "mapped", tmp_path / "mapped"), FakeEncoder.id)


@pytest.fixture
def parts(tmp_path: Path, policies: Path, catalogue: PolicyCatalogue, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """The process's own services, configured to the test's folder: rasa-sdk and the command line find them by themselves."""
    monkeypatch.setenv("CANDOR_VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("CANDOR_POLICIES_DIR", str(policies))
    monkeypatch.setenv("CANDOR_DATABASE_URL", "")
    services.cache_clear()
    made = services()
    made.knowledge.catalogue = catalogue
    made.knowledge.answers = small_answers(catalogue)
    yield made
    made.engine.dispose()
    services.cache_clear()


FIGURES: dict[str, dict[str, float]] = {}


@pytest.fixture
def record_figures() -> Callable[[str, dict[str, float]], None]:
    """Keep figures for the end of the run."""
    return FIGURES.__setitem__


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the figures, so that CI shows them."""
    for name, figures in FIGURES.items():
        terminalreporter.write_line(f"{name}: " + "  ".join(f"{figure} {value}" for figure, value in figures.items()))
