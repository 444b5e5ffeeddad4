"""A policy at a glance, and what changed between its versions: pages for people, and the glance as JSON."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from candor.channels.web.api_document import gives
from candor.channels.web.limits import counted
from candor.channels.web.pages import catalogue, templates
from candor.conversations.overview import WEIGHT_NAMES, GlanceData
from candor.conversations.reply import address
from knowledge.changes import Change, ChangedStretch, compare_versions, word_differences
from knowledge.glance import glance

pages = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api", tags=["policies"], dependencies=[Depends(counted)], responses=gives(429))
SIGNS = {"added": "Added", "removed": "Removed", "changed": "Changed"}


@api.get("/companies/{company}/glance", responses=gives(404))
def glance_data(request: Request, company: str, version: str | None = None) -> GlanceData:
    """A company's policy at a glance: aspect by aspect its own words, or that nothing was found."""
    return GlanceData.of(glance(catalogue(request), company, version))


@pages.get("/policies/{company}/glance", response_class=HTMLResponse)
def glance_page(request: Request, company: str, version: str | None = None) -> HTMLResponse:
    """The same for people: what was found first, the rest folded away."""
    overview = glance(catalogue(request), company, version)
    values = {
        "seen": overview, "company": overview.company, "address": address, "version": overview.version,
        "current_version": catalogue(request).current_version(company),
    }  # fmt: skip
    return templates.TemplateResponse(request, "glance.html", values)


@pages.get("/policies/{company}/changes", response_class=HTMLResponse)
def changes_page(request: Request, company: str, old: str | None = None, new: str | None = None) -> HTMLResponse:
    """What changed between two versions; the current one and the one before it, if none are named."""
    comparison = compare_versions(catalogue(request), company, old or None, new or None)
    versions = catalogue(request).versions(company)
    shown = [
        {
            "title": group.title, "aspect": group.aspect, "weight": group.weight and WEIGHT_NAMES[group.weight],
            "changes": [_marked(company, change) for change in group.changes],
        }
        for group in (comparison.groups if comparison else ())
    ]  # fmt: skip
    values = {
        "company": catalogue(request).company(company), "found": comparison, "versions": versions, "current_version": versions[0],
        "version": comparison.new if comparison else new or versions[0],
        "first": [group for group in shown if group["weight"]], "groups": [group for group in shown if not group["weight"]],
    }  # fmt: skip
    return templates.TemplateResponse(request, "changes.html", values)


def _marked(company: str, change: Change) -> dict[str, Any]:
    """A change for the page: both texts, with the words that only one version has marked."""
    old, new = change.old, change.new
    if old and new:
        before, after = word_differences(old.text, new.text)
    else:
        before, after = ([ChangedStretch(passage.text, True)] if passage else [] for passage in (old, new))
    return {
        "sign": SIGNS[change.kind],
        "old": old and {"stretches": before, "section": old.section, "url": address(company, old.version, old.start, old.end)},
        "new": new and {"stretches": after, "section": new.section, "url": address(company, new.version, new.start, new.end)},
    }
