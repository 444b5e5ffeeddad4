"""The companies as the widget shows them: name, colour, and suggested questions."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from candor.channels.web.limits import counted
from candor.channels.web.pages import catalogue
from knowledge.catalogue import PolicyCatalogue
from knowledge.companies import Company
from knowledge.suggestions import suggestions

router = APIRouter(prefix="/api/companies", tags=["policies"], dependencies=[Depends(counted)])


class CompanyLine(BaseModel):
    """A company to pick."""

    id: str
    name: str
    accent: str  # "#0f766e"


class CompanyCard(CompanyLine):
    """All that the chat needs to know before the first message."""

    contact: str
    website: str
    policy_url: str  # our page of the current version
    glance_url: str
    website_policy: str | None  # where the company itself shows its policy, where that is known
    version: str
    suggestions: list[str]  # questions of which this version holds the answer


@router.get("")
def companies(request: Request) -> list[CompanyLine]:
    """Whose policies are served."""
    return [CompanyLine(id=one.id, name=one.name, accent=one.accent) for one in catalogue(request).companies.values()]


@router.get("/{company}")
def company(request: Request, company: str) -> CompanyCard:
    """One of them."""
    return card(catalogue(request), catalogue(request).company(company))


def card(policies: PolicyCatalogue, company: Company) -> CompanyCard:
    """Raises: UnknownCompanyError."""
    version = policies.current_version(company.id)
    aspects = policies.build().aspects.of(company.id, version)
    return CompanyCard(
        id=company.id, name=company.name, accent=company.accent, contact=company.contact, website=company.website,
        policy_url=f"/policies/{company.id}/{version}", glance_url=f"/policies/{company.id}/glance",
        website_policy=company.policy_url or None, version=version, suggestions=suggestions(aspects.mentions if aspects else ()),
    )  # fmt: skip
