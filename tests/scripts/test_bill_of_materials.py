"""The bill of materials: what is installed, where it runs, and under which licence."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from candor.settings import ROOT

SERVICE, BOT = ".venv/lib/python3.11/site-packages", ".venv-bot/lib/python3.11/site-packages"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bill_script", ROOT / "scripts" / "bill_of_materials.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def install(root: Path, site: str, name: str, version: str, *lines: str) -> None:
    """Metadata as an installer leaves it."""
    folder = root / site / f"{name.replace('-', '_')}-{version}.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text("\n".join(["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *lines, "", ""]))


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone in which two environments are installed, and a browser package is locked."""
    install(tmp_path, SERVICE, "FastAPI", "0.165.0", "License-Expression: MIT", "Requires-Dist: starlette>=0.5",
            'Requires-Dist: ruff; extra == "all"')  # fmt: skip
    install(tmp_path, SERVICE, "starlette", "1.10.0", "Classifier: License :: OSI Approved :: BSD License")
    install(tmp_path, SERVICE, "ruff", "1.0", "License: MIT\n        Permission is hereby granted")
    install(tmp_path, BOT, "rasa", "3.6.21", "License: Apache-2.0")
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "service.txt").write_text("fastapi[x]==0.165.0 \\\n    --hash=sha256:1\nstarlette==1.10.0\n")
    (tmp_path / "candor").mkdir()
    (tmp_path / "candor" / "__init__.py").write_text('__version__ = "1.2.3"\n')
    packages = {"": {}, "node_modules/@lit/x": {"version": "2.0", "license": "BSD-3-Clause"},
                "node_modules/vite": {"version": "8.0", "dev": True}}  # fmt: skip
    for app in ("candor/channels/widget", "candor/console/frontend"):
        (tmp_path / app).mkdir(parents=True)
        (tmp_path / app / "package-lock.json").write_text(json.dumps({"packages": packages}))
    return tmp_path


def lines_of(bill: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Environment and licence by address."""
    return {
        one["purl"]: (
            one["properties"][0]["value"],
            "".join(told["license"]["name"] for told in one.get("licenses", [])),
        )
        for one in bill["components"]
    }


def test_each_part_says_where_it_runs_and_under_which_licence(script: ModuleType, clone: Path) -> None:
    """What faces the network is told from what is only there for tests; what only builds browser code is left out."""
    assert lines_of(script.bill_of(clone)) == {
        "pkg:pypi/fastapi@0.165.0": ("service", "MIT"),
        "pkg:pypi/starlette@1.10.0": ("service", "BSD License"),
        "pkg:pypi/ruff@1.0": ("dev", "MIT"),
        "pkg:pypi/rasa@3.6.21": ("bot", "Apache-2.0"),
        "pkg:npm/%40lit/x@2.0": ("browser", "BSD-3-Clause"),
    }


def test_it_says_who_needs_whom(script: ModuleType, clone: Path) -> None:
    """Without what only an extra asks for."""
    needs = {one["ref"]: one["dependsOn"] for one in script.bill_of(clone)["dependencies"]}

    assert needs["pkg:pypi/fastapi@0.165.0"] == ["pkg:pypi/starlette@1.10.0"]
    assert len(needs["candor"]) == 5


def test_the_same_installation_gives_the_same_document(script: ModuleType, clone: Path) -> None:
    """Another one gives another serial number."""
    before = script.bill_of(clone)
    assert script.bill_of(clone) == before

    install(clone, BOT, "sanic", "21.12.2")
    assert script.bill_of(clone)["serialNumber"] != before["serialNumber"]
    assert (before["bomFormat"], before["specVersion"]) == ("CycloneDX", "1.6")
