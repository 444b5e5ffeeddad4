"""What the knowledge tests share: the five real policies, read once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis.configuration import set_hypothesis_home_dir

from knowledge.documents import PolicyDocument, read_document

POLICIES = Path(__file__).resolve().parents[2] / "policies"
set_hypothesis_home_dir(POLICIES.parent / "var" / "hypothesis")  # with all else that is never committed
COMPANIES = ("cleverbox", "cleverom", "clevertap", "clevio", "clevra")


@pytest.fixture(scope="session")
def real() -> dict[str, PolicyDocument]:
    """Company → its policy, as ingestion reads it."""
    result: dict[str, PolicyDocument] = {}
    for company in COMPANIES:
        (path,) = (POLICIES / company).glob("*.txt")
        result[company] = read_document(path, company=company, policy="Privacy Policy")
    return result


@pytest.fixture(params=COMPANIES)
def each(request: pytest.FixtureRequest, real: dict[str, PolicyDocument]) -> PolicyDocument:
    """Every real policy in turn."""
    return real[request.param]
