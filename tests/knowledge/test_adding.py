"""A policy's files → a company's folder."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from candor.errors import BadPolicyError, InvalidInputError
from knowledge.adding import contact_in, plan, write
from knowledge.companies import read_company

TEXT = (
    "Initech Privacy Policy\n\nLast updated: 3 May 2026\n\n1. Sale\n\nWe never sell your data.\n\nWrite to dpo@initech.example.\n"
)


def a_file(folder: Path, name: str, text: str = TEXT) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_folder_of_versions_is_added_as_a_whole(tmp_path: Path) -> None:
    """Dates from the files' names, else from the texts; other files are left alone."""
    source = tmp_path / "downloads"
    a_file(source, "initech-2024-02-01.txt")
    a_file(source, "new.md")
    a_file(source, "logo.svg")

    addition = plan(tmp_path / "policies", "initech", [source])
    folder = write(tmp_path / "policies", addition)

    assert [(one.name, one.dated_by) for one in addition.versions] == [
        ("2024-02-01.txt", "the file's name"),
        ("2026-05-03.md", "“Last updated: 3 May 2026”"),
    ]
    assert sorted(path.name for path in folder.iterdir()) == ["2024-02-01.txt", "2026-05-03.md", "company.toml"]
    assert (read_company(folder).name, read_company(folder).contact) == ("Initech", "dpo@initech.example")


def test_a_known_company_keeps_its_file(tmp_path: Path) -> None:
    """Only the version is new."""
    own = 'name = "Initech Ltd"\ncontact = "us"\nlaws = ["gdpr"]\n'
    a_file(tmp_path / "policies" / "initech", "company.toml", own)

    addition = plan(tmp_path / "policies", "initech", [a_file(tmp_path, "page.txt")])
    folder = write(tmp_path / "policies", addition)

    assert (addition.name, addition.contact) == ("Initech Ltd", "us")
    assert (folder / "company.toml").read_text() == own


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Initech Privacy and Cookies Policy", "Initech"),
        ("Initech Holdings Limited: Global Privacy Policy", "Initech Holdings Limited"),
        ("The Privacy & Cookie Notice of Initech", "Initech"),
        ("Global Initech Privacy Policy", "Global Initech"),
        ("Cookies by Initech Privacy Policy", "Cookies by Initech"),
        ("Salt and Initech Customer Privacy Statement", "Salt and Initech"),
    ],
)
def test_a_company_is_called_what_its_title_says_beside_the_kind_of_text(tmp_path: Path, title: str, name: str) -> None:
    addition = plan(tmp_path, "initech", [a_file(tmp_path, "page.txt", TEXT.replace("Initech Privacy Policy", title))])

    assert addition.name == name


def test_a_date_that_can_be_two_days_is_not_chosen(tmp_path: Path) -> None:
    """The person is told which two."""
    text = TEXT.replace("3 May 2026", "03/05/2026")

    (version,) = plan(tmp_path, "initech", [a_file(tmp_path, "page.txt", text)]).versions

    assert version.name == "undated.txt"
    assert version.doubt == "“Last updated: 03/05/2026” can be 2026-03-05 or 2026-05-03: say which with --date"


def test_another_text_of_the_same_date_replaces_nothing_unasked(tmp_path: Path) -> None:
    """Citations that were given point into the old text."""
    policies, page = tmp_path / "policies", a_file(tmp_path, "page.txt")
    write(policies, plan(policies, "initech", [page]))
    write(policies, plan(policies, "initech", [page]))  # the same again does no harm
    changed = a_file(tmp_path, "changed.md", TEXT.replace("never", "always"))
    addition = plan(policies, "initech", [changed])

    with pytest.raises(InvalidInputError, match=r"^initech/2026-05-03\.txt is there already with another content"):
        write(policies, addition)
    write(policies, addition, replacing=True)

    assert sorted(path.name for path in (policies / "initech").iterdir()) == ["2026-05-03.md", "company.toml"]


@pytest.mark.parametrize(
    ("company", "files", "dated", "reason"),
    [
        ("Initech Ltd.", ["a.txt"], None, "such as initech-ltd"),
        ("initech", ["none.txt"], None, "there is no file none.txt"),
        ("initech", ["a.txt", "b.txt"], None, "a.txt and b.txt would both be 2026-05-03"),
        ("initech", ["a.txt", "b.txt"], date(2026, 1, 1), "--date is for one file, and these are 2"),
        ("initech", ["empty"], None, "empty/ holds no policy"),
    ],
)
def test_what_does_not_fit_is_said(tmp_path: Path, company: str, files: list[str], dated: date | None, reason: str) -> None:
    """Before anything is written."""
    a_file(tmp_path, "a.txt")
    a_file(tmp_path, "b.txt")
    (tmp_path / "empty").mkdir()

    with pytest.raises(InvalidInputError, match=reason):
        plan(tmp_path / "policies", company, [tmp_path / name for name in files], dated=dated)


def test_a_text_in_another_language_is_refused(tmp_path: Path) -> None:
    """As ingestion refuses it."""
    german = "Wir speichern Ihre Daten nur so lange, wie es das Gesetz verlangt, und geben sie an niemanden weiter. " * 5

    with pytest.raises(BadPolicyError, match="is in German"):
        plan(tmp_path, "initech", [a_file(tmp_path, "page.txt", german)])


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("Ask sales@a.example, or privacy@a.example, or info@a.example.", "privacy@a.example"),
        ("Our officer is reached at data.protection [at] a [dot] example today.", "data.protection@a.example"),
        ("Ask sales@a.example. Write to office@a.example.", "office@a.example"),
        ("We keep it.\nAttn: Privacy, 12 High Street, London\n", "Attn: Privacy, 12 High Street, London"),
        ("We keep it.", ""),
    ],
)
def test_the_contact_for_privacy_is_found(text: str, contact: str) -> None:
    """An address for privacy before any other."""
    assert contact_in(text) == contact
