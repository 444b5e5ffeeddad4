"""The companies as the widget shows them: name, colour, and suggested questions."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel

from candor.channels.web.api_document import gives
from candor.channels.web.headers import SEC_GPC, sends_gpc
from candor.channels.web.limits import counted
from candor.channels.web.pages import catalogue
from candor.conversations.assistant import Assistant
from candor.conversations.responses import Responses
from candor.tickets.law.laws import gives_right
from candor.tickets.request_types import OPT_OUT, REQUEST_TYPES, RequestTypeName
from knowledge.catalogue import PolicyCatalogue
from knowledge.companies import Company

MOST_LISTED = 1000  # companies in one answer: 70 kB
router = APIRouter(prefix="/api/companies", tags=["policies"], dependencies=[Depends(counted)], responses=gives(429))


class CompanyLine(BaseModel):
    """A company to pick."""

    id: str
    name: str
    accent: str  # "#0f766e"


class RequestShortcut(BaseModel):
    """A type of request, and what is said to make one."""

    request_type: RequestTypeName
    title: str
    says: str


class Shortcuts(BaseModel):
    """What can be begun without a question: what is said to make a request, to see one's own, and to reach a person."""

    requests: list[RequestShortcut]
    own_requests: str
    person: str


class CompanyCard(CompanyLine):
    """All that the chat needs to know before the first message."""

    contact: str
    website: str
    policy_url: str  # our page of the current version
    glance_url: str
    website_policy: str | None  # where the company itself shows its policy, where that is known
    version: str
    suggestions: list[str]  # questions to which this version surely has the answer
    shortcuts: Shortcuts
    opt_out: RequestShortcut | None = None  # of sale and sharing, where a law of the company gives that right
    gpc: bool = False  # whether this call carried Sec-GPC: 1


@router.get("")
def companies(
    request: Request, response: Response,
    q: Annotated[str, Query(max_length=100, description="What the id, the name or an alias contains.")] = "",
    after: Annotated[str, Query(max_length=100, description="The id behind which to go on.")] = "",
    limit: Annotated[int, Query(ge=1, le=MOST_LISTED, description="How many at most.")] = MOST_LISTED,
) -> list[CompanyLine]:  # fmt: skip
    """Whose policies are served, by id. Where there are more, the header Link says where to go on."""
    found = catalogue(request).found(q, after=after, most=limit + 1)
    if len(found) > limit:
        further = urlencode({"q": q, "after": found[limit - 1].id, "limit": limit})
        response.headers["Link"] = f'</api/companies?{further}>; rel="next"'
    return [CompanyLine(id=one.id, name=one.name, accent=one.accent) for one in found[:limit]]


@router.get("/{company}", responses=gives(404))
def company(request: Request, response: Response, company: str) -> CompanyCard:
    """One of them."""
    response.headers["Vary"] = SEC_GPC
    assistant: Assistant = request.app.state.assistant
    policies = catalogue(request)
    known = policies.company(company)
    made = card(policies, known, shortcuts(assistant.responses), request.app.state.openings(known.id))
    return made.model_copy(update={"gpc": sends_gpc(request)})


def shortcuts(responses: Responses) -> Shortcuts:
    """In the words that the buttons of replies send."""
    [own], [person] = responses.buttons("utter_buttons_held_requests"), responses.buttons("utter_buttons_ask_person")
    requests = [
        RequestShortcut(request_type=row.name, title=row.wish[:1].upper() + row.wish[1:], says=row.phrase)
        for row in REQUEST_TYPES.values()
    ]
    return Shortcuts(requests=requests, own_requests=own["payload"], person=person["payload"])


def card(policies: PolicyCatalogue, company: Company, begins: Shortcuts, suggested: list[str]) -> CompanyCard:
    """Raises: UnknownCompanyError."""
    version, asks_for = policies.current_version(company.id), {one.request_type: one for one in begins.requests}
    return CompanyCard(
        id=company.id, name=company.name, accent=company.accent, contact=company.contact, website=company.website,
        policy_url=f"/policies/{company.id}/{version}", glance_url=f"/policies/{company.id}/glance",
        website_policy=company.policy_url or None, version=version, suggestions=suggested,
        shortcuts=begins, opt_out=asks_for[OPT_OUT] if gives_right(company.laws, OPT_OUT) else None,
    )  # fmt: skip
