"""`make audit`: what the advisory services say, and that silence is not taken for good news."""

from __future__ import annotations

import importlib.util
import json
import sys
from types import ModuleType
from typing import Any

import pytest

from candor.settings import ROOT

CLEAN = json.dumps({"dependencies": [{"name": "anyio", "version": "4.16.0", "vulns": []}], "fixes": []})
FOUND = json.dumps(
    {"dependencies": [{"name": "sanic", "version": "21.12.2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["22.6.1", "23.3"]}]}]}
)
NOBODY_KNOWN = json.dumps({"dependencies": [{"name": "ours", "skip_reason": "Dependency not found on PyPI"}]})
UNREACHED = "ERROR:pip_audit._cli:Could not connect"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """scripts/audit.py, loaded by its path as `make` runs it."""
    spec = importlib.util.spec_from_file_location("audit_script", ROOT / "scripts" / "audit.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look for their module there
    spec.loader.exec_module(module)
    return module


def test_an_advisory_is_named_with_the_version_that_mends_it(script: ModuleType) -> None:
    """So that one knows what to do."""
    assert script.python_answer("f", FOUND).advisories == ("sanic 21.12.2: PYSEC-1, mended in 22.6.1 or 23.3",)
    assert script.python_answer("f", CLEAN) == script.Answer("f")
    assert script.npm_answer("f", '{"vulnerabilities": {"lit": {"severity": "high"}}}').advisories == ("lit: high",)


@pytest.mark.parametrize(
    "said", ["", UNREACHED, "[]", NOBODY_KNOWN, '{"message": "audit endpoint returned an error"}', '{"error": {"code": "E"}}']
)
def test_without_a_report_nothing_is_known(script: ModuleType, said: str) -> None:
    """A service that is down, a proxy's page, or a mirror, of which pip-audit says that each package is unknown."""
    assert script.python_answer("f", said).unasked is None
    assert script.npm_answer("f", said).unasked is None


def test_a_package_that_the_service_does_not_have_is_named(script: ModuleType) -> None:
    """Of one's own, or only on a mirror."""
    told = json.loads(CLEAN)
    told["dependencies"] += json.loads(NOBODY_KNOWN)["dependencies"]

    assert script.python_answer("f", json.dumps(told)).unasked == ("ours",)


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ([{}, {}], 0),
        ([{}, {"advisories": ("x: y",)}], 1),
        ([{"unasked": None}, {"advisories": ("x: y",)}], 1),
        ([{}, {"unasked": None}], 2),
        ([{"unasked": ("ours",)}], 2),
    ],
)
def test_the_exit_code_tells_good_news_from_none(
    script: ModuleType, capsys: pytest.CaptureFixture[str], answers: list[dict[str, Any]], code: int
) -> None:
    """One sentence for each file; what could not be asked is said."""
    assert script.report([script.Answer(f"file {number}", **given) for number, given in enumerate(answers)]) == code

    said = capsys.readouterr().out
    unreached = sum(given.get("unasked", ()) is None for given in answers)
    assert said.count("could not be reached, so nothing is known") == unreached
    assert all(f"file {number}:" in said for number in range(len(answers)))


def test_pins_are_asked_about_without_their_hashes(script: ModuleType) -> None:
    """With their markers: another platform's version is another pin."""
    pins = "# made\na==1 ; sys_platform == 'win32' \\\n    --hash=sha256:1\n    # via b\ntorch[x]==2\n    # via c\n"

    assert script.without_hashes(pins) == "a==1 ; sys_platform == 'win32'\ntorch[x]==2\n"
