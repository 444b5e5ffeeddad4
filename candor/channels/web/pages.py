"""The first page and the policy pages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.templating import Jinja2Templates

from candor.conversations.versions import dated
from candor.errors import IndexUnusableError
from knowledge.catalogue import PolicyCatalogue
from knowledge.changes import compare_versions
from knowledge.documents import PolicyDocument
from knowledge.glance import Highlight, glance, highlights
from knowledge.structure import Span

HERE = Path(__file__).parent
templates = Jinja2Templates(HERE / "templates")
templates.env.filters["dated"] = dated
router = APIRouter(include_in_schema=False)
SHOWN = 60  # companies on the page to pick one from; of more, a visitor searches


def catalogue(request: Request) -> PolicyCatalogue:
    policies: PolicyCatalogue = request.app.state.catalogue
    return policies


@router.get("/", response_class=HTMLResponse)
def home(request: Request, company: str = "", q: Annotated[str, Query(max_length=100)] = "") -> Response:
    """Let visitors pick a company, or search for it where there are many. One that is named redirects to its chat, for old links
    to this page."""
    policies = catalogue(request)
    if company in policies.companies:
        return RedirectResponse(f"/chat/{company}", status_code=307)
    found = policies.found(q, most=SHOWN + 1)
    values = {"companies": found[:SHOWN], "q": q, "more": len(found) > SHOWN, "examples": request.app.state.examples}
    return templates.TemplateResponse(request, "home.html", values)


@router.get("/policies/{company}")
def newest_policy(request: Request, company: str) -> RedirectResponse:
    """The company's current policy."""
    version = catalogue(request).current_version(company)
    return RedirectResponse(f"/policies/{company}/{version}", status_code=307)


@router.get("/policies/{company}/{version}", response_class=HTMLResponse)
def policy_page(request: Request, company: str, version: str) -> HTMLResponse:
    """One version of a policy; #c<start>-<end> highlights those characters of its text."""
    policies = catalogue(request)
    document = policies.document(company, version)
    versions = policies.versions(company)
    blocks = policies.once(company, ("blocks", version), lambda: page_blocks(document))
    quotes, silent = _at_a_glance(policies, company, version)
    return templates.TemplateResponse(
        request,
        "policy.html",
        {
            "company": policies.company(company), "policy": document.policy, "version": version,
            "current_version": versions[0], "versions": versions, "highlights": quotes, "silent": silent,
            "changes": compare_versions(policies, company, new=version),
            "toc": [
                {"anchor": f"s{number}", "label": section.label, "level": section.level}
                for number, section in enumerate(document.structure.sections) if section.title
            ],
            "blocks": blocks,
        },
    )  # fmt: skip


def _at_a_glance(policies: PolicyCatalogue, company: str, version: str) -> tuple[tuple[Highlight, ...], tuple[str, ...]]:
    """Nothing if the index was built without aspect maps; the policy itself is shown all the same."""
    try:
        return highlights(glance(policies, company, version))
    except IndexUnusableError:
        return (), ()


def page_blocks(document: PolicyDocument) -> list[dict[str, Any]]:
    """The blocks of the policy's page in reading order, each text with its offsets; together they show the whole text."""
    text, structure = document.text, document.structure
    blocks: list[dict[str, Any]] = [
        {"kind": "heading", "level": section.level, "anchor": f"s{number}", **_shown(text, section.heading)}
        for number, section in enumerate(structure.sections)
    ]
    for block in structure.blocks:
        if block.kind == "list":
            lead_in = _shown(text, block.lead_in) if block.lead_in else None
            items = [{**_shown(text, item), "mark": _printed_mark(text, item)} for item in block.items]
            blocks.append({"kind": "list", "start": block.span.start, "lead_in": lead_in, "items": items})
        else:
            blocks.append({"kind": block.kind, **_shown(text, block.span)})
    return sorted(blocks, key=lambda block: int(block["start"]))


def _printed_mark(text: str, item: Span) -> str:
    """The number or letter that is printed before an item; a bullet is the page's own."""
    before = text[text.rfind("\n", 0, item.start) + 1 : item.start].strip()
    return before if any(character.isalnum() for character in before) else ""


def _shown(text: str, span: Span) -> dict[str, Any]:
    return {"text": span.of(text), "start": span.start, "end": span.end}
