"""`make audit`: what the advisory services say, and that silence is not taken for good news."""

from __future__ import annotations

import importlib.util
import json
import sys
from types import ModuleType

import pytest

from candor.settings import ROOT

CLEAN = json.dumps({"dependencies": [{"name": "anyio", "version": "4.16.0", "vulns": []}], "fixes": []})
FOUND = json.dumps(
    {"dependencies": [{"name": "sanic", "version": "21.12.2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["22.6.1", "23.3"]}]}]}
)
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
    assert script.python_advisories(FOUND) == ("sanic 21.12.2: PYSEC-1, mended in 22.6.1 or 23.3",)
    assert script.python_advisories(CLEAN) == ()
    assert script.npm_advisories('{"vulnerabilities": {"lit": {"severity": "high"}}}') == ("lit: high",)


@pytest.mark.parametrize(
    "said", ["", UNREACHED, "[]", '{"message": "audit endpoint returned an error"}', '{"error": {"code": "E"}}']
)
def test_without_a_report_nothing_is_known(script: ModuleType, said: str) -> None:
    """A service that is down, a proxy's page, or a registry without advisories."""
    assert script.python_advisories(said) is None
    assert script.npm_advisories(said) is None


@pytest.mark.parametrize(
    ("advisories", "code"), [([(), ()], 0), ([(), ("x: y",)], 1), ([None, ("x: y",)], 1), ([(), None], 2), ([None, None], 2)]
)
def test_the_exit_code_tells_good_news_from_none(
    script: ModuleType, capsys: pytest.CaptureFixture[str], advisories: list[tuple[str, ...] | None], code: int
) -> None:
    """One sentence for each file; what could not be asked is said."""
    answers = [script.Answer(f"file {number}", found) for number, found in enumerate(advisories)]

    assert script.report(answers) == code
    said = capsys.readouterr().out
    assert said.count("could not be reached, so nothing is known") == advisories.count(None)
    assert all(f"file {number}:" in said for number in range(len(answers)))
