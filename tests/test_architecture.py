"""Who may import whom. The table is read by this test, and by people in docs/architecture.md."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from settings import ROOT

CORE = {"accounts", "errors", "knowledge", "tickets", "transcripts"}
JOINED = CORE | {"keeping", "reviews", "services", "reply", "side_by_side", "overview"}
MAY_IMPORT: dict[str, set[str]] = {
    "encoder": set(),  # the one module that both environments share
    "bot": {"encoder"},  # Rasa pins pydantic 1, we use 2: bot/ stands alone
    "errors": set(),
    "settings": set(),
    "logs": set(),
    "knowledge": {"errors", "encoder"},
    "storage": set(),
    "accounts": {"errors", "storage"},
    "tickets": {"errors", "storage"},
    "transcripts": {"errors", "storage"},
    "reviews": {"errors", "storage", "transcripts"},
    "keeping": {"accounts", "errors", "storage", "tickets", "transcripts"},  # forgetting is the one thing that concerns all rooms
    "training": {"errors", "knowledge", "evaluation"},
    "evaluation": {"errors"},
    "reply": {"knowledge"},
    "side_by_side": {"knowledge", "reply"},
    "overview": {"knowledge", "reply"},
    "wording": {"settings"},
    "composing": {"knowledge", "wording"},
    "database": {"errors", "settings"},
    "migrations": {"accounts", "keeping", "tickets", "transcripts", "channels"},
    "services": CORE | {"database", "encoder", "reviews", "settings", "wording"},  # reads settings once, hands values on
    "actions": JOINED | {"composing", "logs", "telling", "wording"},
    "telling": {"tickets", "wording"},
    "vite_build": {"errors"},
    "channels": JOINED | {"database", "settings", "storage", "telling", "vite_build", "wording"},
    "console": JOINED | {"storage", "telling", "vite_build", "wording"},
    "web": JOINED | {"channels", "console", "logs", "vite_build"},
    "supervisor": {"errors", "settings"},
    "client": {"errors"},
    "lessons": {"errors", "evaluation", "reviews"},
    "lesson_work": JOINED | {"asking", "evaluation", "lessons", "settings", "terminal"},
    "terminal": {"errors", "services"},
    "asking": JOINED | {"composing"},
    "bench_widget": set(),
    "bench_figures": JOINED | {"console"},
    "bench_console": CORE
    | {"bench_fill", "bench_reports", "channels", "console", "postgresql_server", "services", "settings", "web"},
    "bench_fill": CORE | {"console"},
    "bench_reports": {"console"},
    "postgresql_server": {"supervisor"},
    "bench": JOINED | {"bench_widget", "channels", "client", "settings", "supervisor"},
    "doctor": JOINED | {"channels", "console", "database", "encoder", "settings", "supervisor", "vite_build"},
    "desk_work": JOINED | {"channels", "terminal"},
    "keeping_work": JOINED | {"channels", "terminal"},
    "people_work": JOINED | {"console", "terminal"},
    "cli": JOINED
    | {
        "asking",
        "client",
        "desk_work",
        "doctor",
        "evaluation",
        "keeping_work",
        "lesson_work",
        "logs",
        "people_work",
        "settings",
        "supervisor",
        "terminal",
        "training",
    },
}


def ours() -> dict[str, list[Path]]:
    """Each of our top-level packages and modules with its files."""
    found = {path.name: sorted(path.rglob("*.py")) for path in ROOT.iterdir() if path.is_dir() and any(path.glob("*.py"))}
    found |= {path.stem: [path] for path in ROOT.glob("*.py")}
    return {name: files for name, files in found.items() if name not in {"tests", "scripts"}}


def imported(path: Path) -> set[str]:
    """The top-level names that a file imports, also inside functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def test_the_table_names_every_package_and_module() -> None:
    """A new room is entered in the table when it is built."""
    assert set(ours()) == set(MAY_IMPORT)


@pytest.mark.parametrize("name", sorted(MAY_IMPORT))
def test_imports_follow_the_table(name: str) -> None:
    """Nothing imports what the table does not allow it."""
    found = {other for path in ours()[name] for other in imported(path)} & set(MAY_IMPORT)

    assert found - {name} <= MAY_IMPORT[name]


def test_no_circle_of_imports() -> None:
    """Modules can be read in an order in which nothing is used before it is explained."""
    files = {path: ".".join(path.relative_to(ROOT).with_suffix("").parts) for paths in ours().values() for path in paths}
    modules = {module.removesuffix(".__init__") for module in files.values()}
    graph: dict[str, set[str]] = {}
    for path, module in files.items():
        targets: set[str] = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                targets |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)} & modules
            elif isinstance(node, ast.Import):
                targets |= {alias.name for alias in node.names} & modules
        graph[module.removesuffix(".__init__")] = targets - {module.removesuffix(".__init__")}

    order = list(TopologicalSorter(graph).static_order())

    assert len(order) >= len(modules)


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
    }
    found = [
        (str(path.relative_to(ROOT)), word)
        for path in ROOT.rglob("*")
        if path.is_file() and path.suffix in kinds and not skipped & set(path.relative_to(ROOT).parts)
        for word in forbidden
        if word in path.read_text(encoding="utf-8", errors="ignore")
    ]

    assert found == []
