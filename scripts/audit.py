#!/usr/bin/env python3
"""`make audit`: ask the advisory services about everything that is pinned. The only command that sends anything out: names and
versions of packages, to PyPI's advisories and to npm's registry.

Exit code 0: nothing is known. 1: there are advisories, which are named. 2: a service could not be asked, so nothing is known of
what it would have said. pip-audit runs in an environment of its own, from the pins in requirements/audit.txt.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PYTHON_PINS = ("service", "bot", "dev", "train", "node")
BROWSER = ("candor/channels/widget", "candor/console/frontend")
LONGEST = 300  # seconds for one question


@dataclass(frozen=True)
class Answer:
    """What a service says of one file. unasked: the packages that it said nothing of; None where it could not be reached."""

    file: str
    advisories: tuple[str, ...] = ()
    unasked: tuple[str, ...] | None = ()


def main() -> int:
    sys.path.insert(0, str(ROOT / "scripts"))
    from setup import find_node, find_uv  # beside this file

    uv = find_uv()
    node = find_node(uv)
    answers = [of_python(uv, group) for group in PYTHON_PINS] + [of_npm(node, app) for app in BROWSER]
    return report(answers)


def report(answers: list[Answer]) -> int:
    """Print each answer; return the exit code."""
    for answer in answers:
        if answer.unasked is None:
            print(f"{answer.file}: the advisory service could not be reached, so nothing is known of these packages.")
            continue
        said = [f"{len(answer.advisories)} known: {'; '.join(answer.advisories)}" if answer.advisories else "no known advisory"]
        if answer.unasked:
            said.append(f"nothing is known of {', '.join(answer.unasked)}, which the service does not have")
        print(f"{answer.file}: {'; '.join(said)}.")
    if any(answer.advisories for answer in answers):
        return 1
    return 2 if any(answer.unasked != () for answer in answers) else 0


def of_python(uv: str, group: str) -> Answer:
    """What PyPI's advisories say of a group's pins."""
    file = f"requirements/{group}.txt"
    tool = [uv, "run", "--quiet", "--isolated", "--no-project", "--with-requirements", "requirements/audit.txt", "pip-audit"]
    with tempfile.TemporaryDirectory() as folder:
        pins = Path(folder) / "pins.txt"
        pins.write_text(without_hashes((ROOT / file).read_text()))
        asked = _said([*tool, "--disable-pip", "--no-deps", "--progress-spinner", "off", "--format", "json", "-r", str(pins)])
    return python_answer(file, asked)


def of_npm(node: Path, app: str) -> Answer:
    """What npm's registry says of a lock file."""
    asked = _said([str(node / "npm"), "--prefix", app, "audit", "--package-lock-only", "--json"], str(node))
    return npm_answer(f"{app}/package-lock.json", asked)


def without_hashes(compiled: str) -> str:
    """The pins alone: pip-audit takes hashes of all of them or of none, and torch has none."""
    return "".join(f"{pin}\n" for pin in re.findall(r"^[A-Za-z0-9][^\\#\n]*?(?= *(?:\\|#|$))", compiled, re.M))


def python_answer(file: str, said: str) -> Answer:
    """From pip-audit's report. Where it reaches nothing, it makes none, or calls each package unknown, with exit code 0."""
    told = _json(said)
    if not isinstance(told, dict) or not told.get("dependencies"):
        return Answer(file, unasked=None)
    skipped = tuple(one["name"] for one in told["dependencies"] if "skip_reason" in one)
    if len(skipped) == len(told["dependencies"]):
        return Answer(file, unasked=None)
    found = [(one, fault) for one in told["dependencies"] for fault in one.get("vulns", [])]
    return Answer(file, tuple(f"{one['name']} {one['version']}: {fault['id']}{_mended(fault)}" for one, fault in found), skipped)


def npm_answer(file: str, said: str) -> Answer:
    """From `npm audit --json`, which gives no list where the registry gave no report."""
    told = _json(said)
    if not isinstance(told, dict) or "vulnerabilities" not in told:
        return Answer(file, unasked=None)
    return Answer(file, tuple(f"{name}: {fault['severity']}" for name, fault in sorted(told["vulnerabilities"].items())))


def _mended(fault: dict[str, Any]) -> str:
    return f", mended in {' or '.join(fault['fix_versions'])}" if fault.get("fix_versions") else ""


def _json(said: str) -> Any:
    try:
        return json.loads(said)
    except ValueError:
        return None


def _said(command: list[str], path: str = "") -> str:
    """What a command prints, also where it fails: both tools fail where there are advisories."""
    env = {**os.environ, "PATH": f"{path}{os.pathsep}{os.environ['PATH']}" if path else os.environ["PATH"]}
    try:
        return subprocess.run(
            command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=LONGEST
        ).stdout  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return ""


if __name__ == "__main__":
    sys.exit(main())
