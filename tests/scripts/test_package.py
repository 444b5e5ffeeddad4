"""The wheel: an installed Candor finds its templates, responses, migrations and browser code, wherever it lies."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from candor import __version__
from candor.settings import ROOT

IN_A_WHEEL = ("actions", "bot", "candor", "evaluation", "knowledge", "scripts", "training")
LOOK = """
import sys
from pathlib import Path

import candor, knowledge
from candor.console.pages import templates
from candor.conversations.responses import Responses
from candor.database.engine import make_engine, upgrade
from candor.settings import RASA_FILES, Settings
from candor.services.vite_build import ViteBuild

given = Settings()
upgrade(make_engine(given.database))
print(Path(candor.__file__).parents[1], Path(knowledge.__file__).parents[1], RASA_FILES.parents[1])
print(given.policies_dir, given.var_dir)
print(templates.get_template("requests/queue.html").name, bool(Responses().say("utter_welcome", company_name="Acme")))
print((RASA_FILES / "bot" / "channel.py").is_file(), (RASA_FILES / "knowledge" / "encoder.py").is_file())
print(ViteBuild(given.widget_dir).file("src/surface.ts").is_file(), ViteBuild(given.console_dir).file("src/console.ts").is_file())
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds what `uv pip install .` would put into site-packages, built from a copy of the checkout."""
    checkout, wheels, place = (tmp_path_factory.mktemp(name) for name in ("checkout", "wheels", "installed"))
    for name in IN_A_WHEEL:
        shutil.copytree(ROOT / name, checkout / name, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
    for file in (*ROOT.glob("*.toml"), *ROOT.glob("*.yml"), *ROOT.glob("*.md"), ROOT / "LICENSE", ROOT / "NOTICE"):
        shutil.copy(file, checkout)
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheels)], cwd=checkout, check=True)
    (wheel,) = wheels.glob("*.whl")
    assert wheel.name.startswith(f"candor-{__version__}-")
    zipfile.ZipFile(wheel).extractall(place)
    return place


def run(place: Path, folder: Path, *arguments: str) -> str:
    """What a command of the installed Candor prints, in a folder that is no checkout."""
    told = {**os.environ, "PYTHONPATH": str(place)}
    return subprocess.run([sys.executable, *arguments], cwd=folder, env=told, capture_output=True, text=True, check=True).stdout


def test_an_installed_candor_finds_what_belongs_to_it(installed: Path, tmp_path: Path) -> None:
    """Nothing is read from a checkout; policies/ and var/ are looked for where it is started."""
    (tmp_path / "var").mkdir()

    told = run(installed, tmp_path, "-P", "-c", LOOK).splitlines()

    assert told == [
        f"{installed} {installed} {installed}", f"{tmp_path / 'policies'} {tmp_path / 'var'}", "requests/queue.html True",
        "True True", "True True",
    ]  # fmt: skip


def test_the_command_runs_from_any_folder(installed: Path, tmp_path: Path) -> None:
    """`candor` is an entry point, and `python -m candor` is the same."""
    (entry,) = installed.glob("candor-*.dist-info/entry_points.txt")

    assert "candor = candor.cli.main:main" in entry.read_text(encoding="utf-8")
    assert "answers in the policy's own words" in run(installed, tmp_path, "-P", "-m", "candor", "--help")


def test_nothing_of_development_is_in_the_wheel(installed: Path) -> None:
    """No tests, no benchmarks, no sources of the browser code."""
    names = {path.relative_to(installed).as_posix() for path in installed.rglob("*")}

    assert not {"tests", "benchmarks", "bot"} & {path.name for path in installed.iterdir()}
    assert not [name for name in names if "node_modules" in name or name.endswith(".ts")]
