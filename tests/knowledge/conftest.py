"""What the knowledge tests share: the five real policies, read once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis.configuration import set_hypothesis_home_dir

from knowledge.aspects import AspectBank
from knowledge.catalogue import PolicyCatalogue
from knowledge.documents import PolicyDocument, read_document
from knowledge.ranking import PolicyView
from tests.fakes import small_mapper

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


@pytest.fixture
def bank() -> AspectBank:
    return small_mapper().bank


@pytest.fixture
def view(catalogue: PolicyCatalogue, bank: AspectBank) -> PolicyView:
    """All passages of acme's policy."""
    artefact = catalogue.served("acme").artefact
    passages, readings, rows = artefact.passages, artefact.readings, np.arange(len(artefact.passages))
    covered = small_mapper().mention_probabilities(passages, readings)
    return PolicyView.of(passages, rows, readings, artefact.large, artefact.tokens, bank, covered)
