"""`candor add`: from a policy's file to answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from candor.services import Services
from knowledge.catalogue import PolicyCatalogue
from tests.candor.cli.test_main import assert_one_line, candor_says
from tests.fakes import FakeEncoder, small_mapper, write_cards

PAGE = """<!doctype html><html><body><nav>Home</nav><h1>Initech Privacy Policy</h1><p>Last updated: 3 May 2026</p>
<h2>Retention</h2><p>We keep your printer's name for two years after you have returned it.</p>
<h2>Contact</h2><p>Write to info@initech.example or privacy@initech.example.</p></body></html>"""


@pytest.fixture(autouse=True)
def fake_encoder(parts: Services) -> None:
    """An encoder that needs no weights; nothing is ingested yet."""
    write_cards(parts.settings)
    parts.knowledge.passage_encoder = FakeEncoder()
    parts.knowledge.mapper = small_mapper()


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text(PAGE, encoding="utf-8")
    return path


def test_a_page_is_added_and_served(parts: Services, policies: Path, page: Path) -> None:
    """Date, name and contact come from the text, and what was read is shown."""
    told = candor_says("add", "initech", page)

    assert told.exit_code == 0
    for line in ("initech: Initech", "contact: privacy@initech.example", "page.html → 2026-05-03.html", "Retention"):
        assert line in told.stdout
    assert (policies / "initech" / "company.toml").read_text() == 'name = "Initech"\ncontact = "privacy@initech.example"\n'
    assert PolicyCatalogue(parts.settings.index_dir, FakeEncoder.id).versions("initech") == ["2026-05-03"]
    assert 'candor ask "how long do you keep my data?" --company initech' in told.stdout


def test_a_preview_changes_nothing(policies: Path, page: Path) -> None:
    """Whoever is unsure looks first."""
    told = candor_says("add", "initech", page, "--preview")

    assert told.exit_code == 0
    assert "2 sections, 3 passages" in told.stdout
    assert not (policies / "initech").exists()


def test_a_missing_contact_is_one_line_and_changes_nothing(policies: Path, page: Path) -> None:
    """It says which option names it."""
    page.write_text(PAGE.replace("info@initech.example or privacy@initech.example", "us"), encoding="utf-8")

    told = candor_says("add", "initech", page)

    assert told.exit_code == 1
    assert told.stderr.strip() == "no contact was found in the text: say --contact privacy@example.org"
    assert not (policies / "initech").exists()


def test_what_is_said_goes_before_what_is_found(policies: Path, page: Path) -> None:
    """Date, name and contact."""
    candor_says("add", "initech", page, "--date", "2026-06-01", "--name", 'Initech "Europe"', "--contact", "dpo@initech.example")

    assert (policies / "initech" / "2026-06-01.html").exists()
    assert (policies / "initech" / "company.toml").read_text() == (
        'name = "Initech \\"Europe\\""\ncontact = "dpo@initech.example"\n'
    )


def test_a_file_that_cannot_be_read_is_one_line_and_changes_nothing(policies: Path, page: Path) -> None:
    """With the reason."""
    page.write_text("<!doctype html><html><body><script>render()</script></body></html>")

    assert_one_line(candor_says("add", "initech", page), "initech/page.html has no text of its own")
    assert not (policies / "initech").exists()


def test_another_companys_bad_file_keeps_nobody_from_being_served(parts: Services, policies: Path, page: Path) -> None:
    """The other companies are not even read: adding one costs what that one costs."""
    (policies / "acme" / "2026-02-01.txt").write_bytes(b"")

    told = candor_says("add", "initech", page)

    assert told.exit_code == 0
    assert "acme" not in told.stderr
    assert set(PolicyCatalogue(parts.settings.index_dir, FakeEncoder.id).companies) == {"initech"}


@pytest.mark.parametrize(
    ("said", "cure"), [("01.02.2026", "--date is a day such as 2026-01-15"), ("2026-02-30", "--date is a day")]
)
def test_a_date_that_is_none_is_one_line(page: Path, said: str, cure: str) -> None:
    """A wrong date would name the version."""
    assert_one_line(candor_says("add", "initech", page, "--date", said), cure)
