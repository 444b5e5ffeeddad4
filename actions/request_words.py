"""The words for each request type, and for a company's policy."""

from __future__ import annotations

from candor.tickets.request_types import REQUEST_TYPES
from knowledge.companies import Company

# "I can open a request with Acme to …", what a person says to want it, and the same as a question; by request type.
WHAT = {name: row.wish for name, row in REQUEST_TYPES.items()}
WORDS = {name: row.phrase for name, row in REQUEST_TYPES.items()}
QUESTIONS = {name: row.question for name, row in REQUEST_TYPES.items()}


def policy_of(company: Company) -> str:
    """How a company's policy is called: \"Acme's Privacy Policy\"."""
    return f"{company.name}'s {company.policy_title}"
