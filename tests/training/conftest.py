"""Three made policies and questions about them, small enough to learn from in a second."""

from __future__ import annotations

from typing import Any

import pytest

from knowledge.aspects import AspectBank
from knowledge.passages import passages_of
from knowledge.ranking import PolicyView
from knowledge.structure import read_structure
from tests.fakes import NO_CHATTER, FakeEncoder, small_mapper
from training.cases import Case, as_chatter, cases_of, view_of

COMPANIES = ("acme", "globex", "initech")
KEPT = {"invoices": "ten years", "photos": "one month", "messages": "three weeks", "passwords": "a single day"}
UNSAID = ("Do you share fingerprints with airlines?", "Is there a newsletter about horses?")
POLICY = """Privacy Policy of {company}

1. Retention

{kept}

2. Deletion

We erase the following at once:

  • drafts of letters that were never sent
  • recordings of the {company} hotline

3. Selling

We never sell personal data to anyone.
"""


def policy_of(company: str) -> str:
    kept = "\n\n".join(f"The {company} team stores {what} for {period}." for what, period in KEPT.items())
    return POLICY.format(company=company, kept=kept)


def questions_of(company: str) -> list[dict[str, Any]]:
    """Each sentence asked for once, and what no policy says."""
    questions = [
        (f"How long are {what} stored?", f"The {company} team stores {what} for {period}.") for what, period in KEPT.items()
    ]
    questions += [
        ("Do you sell personal data?", "We never sell personal data to anyone."),
        ("Are drafts of letters erased?", "drafts of letters that were never sent"),
    ]
    reported = [{"question": question, "kind": "answerable", "evidence": [evidence]} for question, evidence in questions]
    reported += [{"question": question, "kind": "unanswerable", "evidence": []} for question in UNSAID]
    return [{"id": f"{company}-{index}", "company": company, **entry} for index, entry in enumerate(reported)]


@pytest.fixture(scope="session")
def bank() -> AspectBank:
    return small_mapper().bank


@pytest.fixture(scope="session")
def views() -> dict[str, PolicyView]:
    """Each made policy, ready for ranking."""
    result = {}
    for company in COMPANIES:
        text = policy_of(company)
        passages = passages_of(text, read_structure(text), company=company, version="undated")
        result[company] = view_of(passages, FakeEncoder(), small_mapper())
    return result


@pytest.fixture(scope="session")
def cases(views: dict[str, PolicyView], bank: AspectBank) -> list[Case]:
    """All questions about the three, and a little chatter."""
    questions = [question for company in COMPANIES for question in questions_of(company)]
    questions += as_chatter(["hello there", "what a day", "tell me a joke"], COMPANIES)
    return cases_of(questions, views, FakeEncoder(), bank, NO_CHATTER)
