"""Policies: which version each company is answered from. Look at what would change, release another one, go back, retire."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from candor.console.deps import Parts, Staff, needs
from candor.console.pages import show
from candor.console.places import FOLDER
from candor.errors import IndexUnusableError
from candor.transcripts.asked import asked_of
from knowledge.artefact import PolicyArtefact
from knowledge.catalogue import read_again
from knowledge.proofreading import proofread
from knowledge.suggestions import PLAINEST

router = APIRouter(dependencies=[needs("release")])
HERE = f"{FOLDER}/policies"
DONE = {"released", "back", "retired"}
SHOWN = 20  # answers that change
MOST_FOUND, WIDEST = 25, 1000  # policies across companies: that are shown, and that are looked at for somebody who sees some


@router.get("/policies")
def every(request: Request, parts: Parts, staff: Staff) -> Response:
    """The companies that this person may release for, and what each is answered from."""
    known = {release.company.id: release for release in parts.knowledge.catalogue.policy_library.releases.since()}
    rows = [known[company] for company in staff.companies("release", known)]
    return show(request, "policies/every.html", {"rows": rows})


@router.get("/across")
def across(request: Request, parts: Parts, staff: Staff, text: Annotated[str, Query(max_length=300)] = "") -> Response:
    """Which policies come nearest to saying something, among those that this person may release."""
    wanted, found = " ".join(text.split()), []
    if wanted:
        most = MOST_FOUND if staff.covers("release") else WIDEST  # where others' are left out, more are looked at
        nearest = parts.knowledge.across.find(wanted, parts.knowledge.encoder, most)
        found = [one for one in nearest if staff.may("release", one.company.id)][:MOST_FOUND]
    return show(request, "policies/across.html", {"text": wanted, "found": found})


@router.get("/policies/{company}")
def one(request: Request, parts: Parts, staff: Staff, company: str, done: str = "") -> Response:
    """One company's versions, what was read of the one that is served, and what was served before."""
    staff.require("release", company)
    library = parts.knowledge.catalogue.policy_library
    release = library.releases.of(company)
    versions = sorted(release.versions.values(), key=lambda record: record.version, reverse=True)
    try:
        served: PolicyArtefact | None = library.artefact(release.served.artefact)
    except IndexUnusableError:  # the page tells; to go back is what helps
        served = None
    document = read_again(served) if served else None
    return show(request, "policies/one.html", {
        "release": release, "versions": versions, "past": library.releases.past(company, 20), "document": document,
        "warnings": [] if document is None else [warning.message for warning in proofread(document)],
        "done": done if done in DONE else "",
    })  # fmt: skip


@router.get("/policies/{company}/effect")
def effect(request: Request, parts: Parts, staff: Staff, company: str, version: str = "") -> Response:
    """What would change if a version were released, or, without one, if the last release were rolled back."""
    staff.require("release", company)
    releasing, library = parts.knowledge.releasing, parts.knowledge.catalogue.policy_library
    record = library.releases.version(company, version) if version else releasing.before(company)
    questions = [*asked_of(parts.engine, company), *(question for _, question in PLAINEST)]
    return show(request, "policies/effect.html", {
        "company": company, "record": record, "back": not version, "effect": releasing.effect(company, record, questions),
        "most": SHOWN,
    })  # fmt: skip


@router.post("/policies/{company}/release")
def release(parts: Parts, staff: Staff, company: str, version: Annotated[str, Form()]) -> Response:
    """Serve this version from now on."""
    staff.require("release", company)
    before = parts.knowledge.catalogue.policy_library.releases.of(company).current
    parts.knowledge.releasing.release(company, version, by=staff.actor)
    parts.staff.audit.record(staff.actor, "policy.release", f"version {version}", company=company, before=before)
    return _done(company, "released")


@router.post("/policies/{company}/rollback")
def rollback(parts: Parts, staff: Staff, company: str) -> Response:
    """Serve again what was served before."""
    staff.require("release", company)
    before = parts.knowledge.catalogue.policy_library.releases.of(company).current
    now = parts.knowledge.releasing.back(company, by=staff.actor)
    parts.staff.audit.record(staff.actor, "policy.rollback", f"version {now.current}", company=company, before=before)
    return _done(company, "back")


@router.post("/policies/{company}/retire")
def retire(parts: Parts, staff: Staff, company: str) -> Response:
    """Answer nothing for this company any more."""
    staff.require("release", company)
    parts.knowledge.releasing.retire(company)
    parts.staff.audit.record(staff.actor, "policy.retire", company=company)
    return _done(company, "retired")


def _done(company: str, what: str) -> Response:
    return RedirectResponse(f"{HERE}/{company}?{urlencode({'done': what})}", 303)
