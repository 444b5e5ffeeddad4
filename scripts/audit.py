#!/usr/bin/env python3
"""`make audit`: ask the advisory services about everything that is pinned. The only command that sends anything out: names and
versions of packages, to PyPI's advisories and to npm's registry.

Exit code 0: nothing is known. 1: there are advisories, which are named. 2: a service could not be asked, so nothing is known of
what it would have said. pip-audit runs in an environment of its own, from the pins in requirements/audit.txt.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PYTHON_PINS = ("service", "bot", "dev", "train", "node")
BROWSER = ("candor/channels/widget", "candor/console/frontend")
LONGEST = 300  # seconds for one question


@dataclass(frozen=True)
class Answer:
    """What a service says of one file. advisories: None where it could not be asked."""

    file: str
    advisories: tuple[str, ...] | None


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
        if answer.advisories is None:
            print(f"{answer.file}: the advisory service could not be reached, so nothing is known of these packages.")
        elif not answer.advisories:
            print(f"{answer.file}: no known advisory.")
        else:
            print(f"{answer.file}: {len(answer.advisories)} known: {'; '.join(answer.advisories)}")
    if any(answer.advisories for answer in answers):
        return 1
    return 2 if any(answer.advisories is None for answer in answers) else 0


def of_python(uv: str, group: str) -> Answer:
    """What PyPI's advisories say of a group's pins."""
    file = f"requirements/{group}.txt"
    tool = [uv, "run", "--quiet", "--isolated", "--no-project", "--with-requirements", "requirements/audit.txt", "pip-audit"]
    asked = _said([*tool, "--disable-pip", "--no-deps", "--progress-spinner", "off", "--format", "json", "-r", file])
    return Answer(file, python_advisories(asked))


def of_npm(node: Path, app: str) -> Answer:
    """What npm's registry says of a lock file."""
    asked = _said([str(node / "npm"), "--prefix", app, "audit", "--package-lock-only", "--json"], str(node))
    return Answer(f"{app}/package-lock.json", npm_advisories(asked))


def python_advisories(said: str) -> tuple[str, ...] | None:
    """From pip-audit's report; None where it made none."""
    told = _json(said)
    if not isinstance(told, dict) or "dependencies" not in told:
        return None
    found = [(one, fault) for one in told["dependencies"] for fault in one.get("vulns", [])]
    return tuple(f"{one['name']} {one['version']}: {fault['id']}{_mended(fault)}" for one, fault in found)


def npm_advisories(said: str) -> tuple[str, ...] | None:
    """From `npm audit --json`; None where the registry gave no report."""
    told = _json(said)
    if not isinstance(told, dict) or "vulnerabilities" not in told:
        return None
    return tuple(f"{name}: {fault['severity']}" for name, fault in sorted(told["vulnerabilities"].items()))


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
