"""What the documentation names exists: links, files, settings and commands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import typer
from typer.core import TyperGroup

from candor.cli.main import app
from candor.settings import ROOT, Settings
from knowledge.companies import KNOWN_KEYS
from knowledge.formats.readers import FORMATS

PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
WITH_PATHS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "docs" / "architecture.md"]
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
FILE = re.compile(r"[\w.-]+\.(?:yml|toml|md)|(?:[\w.-]+/)+[\w.-]*")
MADE_LATER = ("var/", ".venv")  # by set-up
OF_ANOTHER_FOLDER = {"company.toml", "laws.yml"}  # named beside the folder that holds them


def text_of(page: Path) -> str:
    """A page as it is written."""
    return page.read_text(encoding="utf-8")


def anchors(page: Path) -> set[str]:
    """What a page's headings can be linked by, as hosts of repositories make it: lower case, hyphens for blanks."""
    headings = HEADING.findall(FENCE.sub("", text_of(page)))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def is_broken(page: Path, link: str) -> bool:
    """Whether a relative link of the page leads to no file, or to no heading of it."""
    target, _, anchor = link.partition("#")
    file = (page.parent / target).resolve() if target else page
    return not file.exists() or bool(anchor and anchor not in anchors(file))


def paths_in(page: Path) -> set[str]:
    """The files and folders that a page names in backticks; a folder ends with a slash, or a file stands behind it."""
    named = {word for word in CODE.findall(FENCE.sub("", text_of(page))) if FILE.fullmatch(word)}
    return {word for word in named if not word.startswith(MADE_LATER)} - OF_ANOTHER_FOLDER


def commands(group: TyperGroup, *above: str) -> Iterator[str]:
    """Every command below a group, as it is typed: "candor requests list"."""
    context = typer.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, TyperGroup):
            yield from commands(command, *above, name)
        else:
            yield " ".join((*above, name))


def is_named(command: str, documentation: str) -> bool:
    """Whether a line names the command; `candor user list | invite` names `candor user invite` too."""
    *above, name = command.split(" ")
    return bool(re.search(rf"\b{' '.join(above)}\b[^\n]*\b{re.escape(name)}\b", documentation))


def shown(default: object) -> str:
    """A default as a page shows it; "" for a path or for none, which a page puts into words."""
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, int | float):
        return str(default) if isinstance(default, int) else f"{default:g}"
    return default if isinstance(default, str) else ""


def test_every_relative_link_leads_somewhere() -> None:
    """To a file of the repository, and to a heading that is there."""
    links = [(page, link) for page in PAGES for link in LINK.findall(FENCE.sub("", text_of(page)))]

    broken = [(page.name, link) for page, link in links if "://" not in link and is_broken(page, link)]

    assert broken == []


def test_every_file_that_is_named_exists() -> None:
    """A stranger who reads these three pages finds what they talk about."""
    missing = [(page.name, path) for page in WITH_PATHS for path in paths_in(page) if not (ROOT / path).exists()]

    assert missing == []


def test_every_setting_is_documented() -> None:
    """docs/settings.md lists the settings that there are, no others, and each with its default."""
    rows = dict(re.findall(r"^\| `(CANDOR_\w+)` \| ([^|]*) \|", text_of(ROOT / "docs" / "settings.md"), re.MULTILINE))
    settings = {f"CANDOR_{name.upper()}": field.default for name, field in Settings.model_fields.items()}

    wrong = [(name, rows[name]) for name in rows if name in settings and shown(settings[name]) not in rows[name]]

    assert set(rows) == set(settings)
    assert wrong == []


def test_every_document_format_is_named() -> None:
    """The README says which files a policy may be; a format's first suffix stands for it."""
    readme = text_of(ROOT / "README.md")

    assert [entry.suffixes[0] for entry in FORMATS if entry.suffixes[0] not in readme] == []


def test_every_page_is_listed() -> None:
    """docs/README.md leads to each page of its folder."""
    listed = set(LINK.findall(text_of(ROOT / "docs" / "README.md")))

    assert {page.name for page in (ROOT / "docs").glob("*.md")} - listed == {"README.md"}


def test_every_command_is_documented() -> None:
    """In the README or a page of docs/, by its name; of a group, the page about the group names each."""
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    documentation = "\n".join(text_of(page) for page in PAGES)

    missing = [command for command in commands(group, "candor") if not is_named(command, documentation)]

    assert missing == []


def test_each_key_of_a_company_is_explained() -> None:
    """Where a policy is added; an unknown key is refused."""
    rows = re.findall(r"^\| (`[^|]+) \|", text_of(ROOT / "docs" / "policies.md"), re.MULTILINE)

    assert KNOWN_KEYS - {name for row in rows for name in CODE.findall(row)} == set()
