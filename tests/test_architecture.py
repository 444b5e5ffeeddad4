"""Who may import whom. The table is read by this test, and by people in docs/architecture.md."""

from __future__ import annotations

import ast
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from candor.settings import ROOT

# A room is a folder or a module: of the project, or of the package candor/.
GROUND = {"candor.database", "candor.errors"}
CORE = {"candor.accounts", "candor.errors", "candor.tickets", "candor.transcripts", "knowledge"}
JOINED = CORE | {"candor.conversations", "candor.reviews", "candor.services"}
EDGE = JOINED | {
    "candor.database",
    "candor.retention",
}
MAY_IMPORT: dict[str, set[str]] = {
    "candor.errors": set(),
    "candor.settings": set(),
    "candor.telemetry": set(),
    "candor.typed": {"candor.errors"},
    "candor.database": {"candor.errors", "candor.telemetry"},
    # The core: its rooms know nothing of each other, but that tickets name who did something as accounts do.
    "knowledge": {"candor.errors", "candor.database"},
    "candor.accounts": GROUND,
    "candor.tickets": GROUND | {"candor.accounts", "candor.typed"},
    "candor.transcripts": GROUND | {"candor.typed"},
    # What stands on the core.
    "candor.conversations": GROUND
    | {"candor.settings", "candor.telemetry", "candor.tickets", "candor.transcripts", "candor.typed", "knowledge"},
    "candor.reviews": GROUND | {"candor.transcripts", "candor.typed", "evaluation"},
    "candor.retention": GROUND | {"candor.accounts", "candor.tickets", "candor.transcripts"},  # forgetting concerns all
    "candor.services": JOINED | {"candor.database", "candor.settings"},  # reads the settings once, hands values on
    # The edges: what somebody or something calls.
    "actions": {
        "candor.conversations",
        "candor.errors",
        "candor.services",
        "candor.telemetry",
        "candor.tickets",
        "candor.typed",
        "knowledge",
    },
    "candor.channels": EDGE | {"candor.telemetry"},
    "candor.console": EDGE,
    "candor.migrations": set(),  # what a revision needs stands in it, as it was then
    # What joins and starts them.
    "candor.app": EDGE | {"candor.channels", "candor.console", "candor.settings", "candor.telemetry"},
    "candor.cli": EDGE
    | {"candor.app", "candor.channels", "candor.console", "candor.telemetry", "candor.settings", "evaluation", "training"},
    "candor.__main__": {"candor.cli"},
    # Beside the application.
    "bot": {"knowledge"},  # of which only what stands alone: Rasa runs on another Python
    "evaluation": {"candor.errors"},
    "training": {"bot", "candor.errors", "evaluation", "knowledge"},  # of bot what reads dialogue acts, which training fits
    "benchmarks": EDGE
    | {
        "bot",
        "candor.app",
        "candor.channels",
        "candor.cli",
        "candor.console",
        "candor.settings",
        "evaluation",
    },  # of bot its start
}
PROJECT = ("actions", "benchmarks", "bot", "candor", "evaluation", "knowledge", "training")


def room_of(module: str) -> str:
    """knowledge.index → knowledge, candor.tickets.states → candor.tickets."""
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "candor" else parts[0]


def modules() -> dict[str, Path]:
    """Each of our modules with its file; a package by its own name."""
    files = [path for top in PROJECT for path in (ROOT / top).rglob("*.py") if "node_modules" not in path.parts]
    return {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in sorted(files)}


MODULES = modules()


@cache
def imported(module: str) -> frozenset[str]:
    """The modules of ours that a module imports, also inside functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {name if (name := f"{node.module}.{alias.name}") in MODULES else node.module for alias in node.names}
    return frozenset(found & set(MODULES)) - {module, "candor"}


def test_the_table_names_every_room() -> None:
    """A new room is entered in the table when it is built."""
    assert {room_of(module) for module in MODULES} - {"candor"} == set(MAY_IMPORT)


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_imports_follow_the_table(room: str) -> None:
    """Nothing imports what the table does not allow it."""
    found = {room_of(other) for module in MODULES if room_of(module) == room for other in imported(module)}

    assert found - {room} <= MAY_IMPORT[room]


def test_rasas_python_sees_only_what_stands_alone() -> None:
    """Rasa pins pydantic 1, we use 2: what bot/ imports must stand alone."""
    used = {other for module in MODULES if room_of(module) == "bot" for other in imported(module)}

    beyond = {module for module in used if room_of(module) != "bot"}
    assert beyond == {"knowledge.encoder", "knowledge.messages", "knowledge.spelling"}
    assert all(imported(module) == frozenset() for module in beyond)


def test_no_circle_of_imports() -> None:
    """Modules can be read in an order in which nothing is used before it is explained."""
    order = list(TopologicalSorter({module: imported(module) for module in MODULES}).static_order())

    assert len(order) == len(MODULES)


def test_no_name_of_a_class_stands_for_two_things() -> None:
    """Who reads `Found` or `Part` somewhere must not wonder which of them it is."""
    homes: dict[str, list[str]] = {}
    for module, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                homes.setdefault(node.name, []).append(module)

    assert {name: modules for name, modules in homes.items() if len(modules) > 1} == {}


def test_the_project_names_no_machine_and_no_registry() -> None:
    """A clone works anywhere: no path of one machine, and no registry's host, also not in the pins."""
    forbidden = ("/" + "work/", "/" + "root/", "pypi" + ".org", "python" + "hosted", "npm" + "js")
    kinds = {".py", ".yml", ".toml", ".txt", ".md", ".html", ".css", ".js", ".ts", ".json", ".mako", ""}
    skipped = {
        ".git",
        ".venv",
        ".venv-bot",
        ".venv-tools",
        "var",
        "__pycache__",
        ".mypy_cache",
        ".ruff_cache",
        ".pytest_cache",
        ".hypothesis",
        "policies",
        "node_modules",
        "dist",
    }
    found = [
        (str(path.relative_to(ROOT)), word)
        for path in ROOT.rglob("*")
        if path.is_file() and path.suffix in kinds and not skipped & set(path.relative_to(ROOT).parts)
        for word in forbidden
        if word in path.read_text(encoding="utf-8", errors="ignore")
    ]

    assert found == []
