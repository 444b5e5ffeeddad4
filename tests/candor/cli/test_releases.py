"""`candor releases`, `release`, `rollback` and `retire`: what is served, changed by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from candor.services import Services
from knowledge import embedding
from knowledge.ingestion import ingest
from tests.candor.cli.test_main import candor_says
from tests.conftest import ACME
from tests.fakes import FakeEncoder, small_mapper, write_cards


@pytest.fixture(autouse=True)
def two_versions(parts: Services, policies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Acme in two versions, in the library that the command line uses."""
    write_cards(parts.settings)
    monkeypatch.setattr(embedding, "SentenceTransformerEncoder", FakeEncoder)
    parts.knowledge.mapper = small_mapper()
    (policies / "acme" / "2026-03-01.txt").write_text(ACME.replace("never sell", "sell"), encoding="utf-8")
    ingest(policies, parts.knowledge.catalogue.policy_library, FakeEncoder, FakeEncoder.id, lambda _: None, small_mapper())


def served(parts: Services) -> str:
    return parts.knowledge.catalogue.policy_library.releases.of("acme").current


def test_another_version_is_released(parts: Services) -> None:
    """And the audit log says by whom."""
    told = candor_says("release", "acme", "2026-01-15")

    assert (told.exit_code, served(parts)) == (0, "2026-01-15")
    assert "acme is answered from 2026-01-15" in told.stdout
    (entry,) = parts.staff.audit.entries(limit=1)
    assert (entry.action, entry.company, entry.details) == ("policy.release", "acme", {"before": "2026-03-01"})


def test_a_preview_shows_what_would_change(parts: Services) -> None:
    """In the policy and in answers; nothing is released."""
    told = candor_says("release", "acme", "2026-01-15", "--preview")

    assert (told.exit_code, served(parts)) == (0, "2026-03-01")
    assert "2026-03-01 is served, 2026-01-15 would be" in told.stdout
    assert "questions would be answered differently" in told.stdout


def test_a_release_is_rolled_back(parts: Services) -> None:
    """To what was served before; the history shows it."""
    candor_says("release", "acme", "2026-01-15")

    told = candor_says("rollback", "acme")

    assert (told.exit_code, served(parts)) == (0, "2026-03-01")
    assert "rolled back" in candor_says("releases", "acme").stdout


def test_a_company_is_retired(parts: Services) -> None:
    """The list says so, and a release brings it back."""
    candor_says("retire", "acme")

    assert "nothing: retired" in candor_says("releases").stdout
    assert "acme" not in parts.knowledge.catalogue.policy_library.releases.of("globex").company.name
    candor_says("release", "acme", "2026-03-01")
    assert "nothing: retired" not in candor_says("releases").stdout


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (("release", "acme", "1999-01-01"), "acme has no version"),
        (("release", "initech", "2026-01-15"), "unknown company"),
        (("rollback", "globex"), "nothing to go back to"),
        (("retire", "initech"), "unknown company"),
    ],
)
def test_what_cannot_be_done_is_one_line(command: tuple[str, ...], reason: str) -> None:
    """And exit code 1."""
    told = candor_says(*command)

    assert told.exit_code == 1
    assert reason in told.stderr
