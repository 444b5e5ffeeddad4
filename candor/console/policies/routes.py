"""Policies: which version each company is answered from. Upload one, look at what would change, release, go back, retire."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, File, Form, Query, Request, Response, UploadFile
from fastapi.responses import RedirectResponse

from candor.accounts.roles import NotYoursError
from candor.console.deps import FormText, Parts, Staff, needs
from candor.console.pages import show
from candor.console.places import FOLDER
from candor.console.policies.trying import dated_in_words, effect_of, first_answers
from candor.errors import IndexUnusableError, InvalidInputError
from knowledge.artefact import PolicyArtefact
from knowledge.catalogue import folded, read_again
from knowledge.company_names import names_of_one
from knowledge.formats.readers import known_suffixes
from knowledge.proofreading import proofread
from knowledge.uploads import LARGEST_POLICY, UploadRefusedError

router = APIRouter(dependencies=[needs("release")])
HERE = f"{FOLDER}/policies"
DONE = {"released", "back", "retired", "discarded"}
SHOWN = 20  # answers that change
FEW, MOST_LISTED = 12, 200  # companies: that need no search, and that one page lists
MOST_FOUND, WIDEST = 25, 1000  # policies across companies: that are shown, and that are looked at for somebody who sees some
KINDS = ",".join(known_suffixes())
PolicyFile = Annotated[UploadFile | None, File()]


@router.get("/policies")
def every(request: Request, parts: Parts, staff: Staff, text: Annotated[str, Query(max_length=80)] = "") -> Response:
    """The companies that this person may release for, and what each is answered from. text: a part of their names."""
    known = {release.company.id: release for release in parts.knowledge.catalogue.policy_library.releases.since()}
    rows, wanted = [known[company] for company in staff.companies("release", known)], folded(text)
    if wanted:
        rows = [row for row in rows if any(wanted in name.casefold() for name in names_of_one(row.company))]
    waiting = [row.company.id for row in rows[:MOST_LISTED] if row.retired]
    first = {company for company in waiting if not parts.knowledge.releasing.was_served(company)}
    about = {"rows": rows, "first": first, "may_add": staff.covers("release"), "text": text}
    return show(request, "policies/every.html", {**about, "few": FEW, "most": MOST_LISTED})


@router.get("/policies/new")
def new(request: Request, parts: Parts, staff: Staff) -> Response:
    """The form for a company that has no policy here yet."""
    staff.require("release")
    if not staff.covers("release"):
        raise NotYoursError(f"{staff.actor} may not add companies")
    return _new_form(request, {})


@router.post("/policies/upload")
def add(
    request: Request, parts: Parts, staff: Staff, company: FormText = "", name: FormText = "", contact: FormText = "",
    dated: FormText = "", file: PolicyFile = None,
) -> Response:  # fmt: skip
    """Begin a company with its first policy, which is not served yet."""
    staff.require("release")
    if not staff.covers("release"):
        raise NotYoursError(f"{staff.actor} may not add companies")
    typed = {"company": company.strip()[:40], "name": name.strip()[:80], "contact": contact.strip()[:200], "dated": dated[:10]}
    known = parts.knowledge.catalogue.policy_library.releases.since()
    if typed["company"] in {one.company.id for one in known}:
        return _new_form(request, typed, "There is a company with this id already: upload the policy on its own page.")
    try:
        version = _take(parts, staff, typed["company"], file, typed["dated"], typed["name"], typed["contact"])
    except InvalidInputError as error:
        return _new_form(request, typed, error.public)
    return _uploaded(typed["company"], version)


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
        "done": done if done in DONE else "", "wrong": "", "dated": "", "kinds": KINDS,
        "first": release.retired and not parts.knowledge.releasing.was_served(company),
    })  # fmt: skip


@router.post("/policies/{company}/upload")
def upload(
    request: Request, parts: Parts, staff: Staff, company: str, dated: FormText = "", file: PolicyFile = None
) -> Response:  # fmt: skip
    """Upload a version of a known company's policy, which is not served yet."""
    staff.require("release", company)
    parts.knowledge.catalogue.policy_library.releases.of(company)
    try:
        version = _take(parts, staff, company, file, dated[:10])
    except InvalidInputError as error:
        return show(request, "policies/refused.html", {
            "company": company, "wrong": error.public, "dated": dated[:10], "kinds": KINDS,
        }, 422)  # fmt: skip
    return _uploaded(company, version)


@router.get("/policies/{company}/reading")
def reading(request: Request, parts: Parts, staff: Staff, company: str, version: str = "", by: str = "") -> Response:
    """What was read of a version, for a person to check before it is released. by: who says its date."""
    staff.require("release", company)
    library = parts.knowledge.catalogue.policy_library
    release = library.releases.of(company)
    version = version or release.current
    found = parts.knowledge.uploads.read(company, version)
    return show(request, "policies/reading.html", {
        "release": release, "reading": found, "record": library.releases.version(company, version), "by": by[:80],
        "first": not parts.knowledge.releasing.was_served(company),
    })  # fmt: skip


@router.post("/policies/{company}/discard")
def discard(parts: Parts, staff: Staff, company: str, version: Annotated[str, Form()]) -> Response:
    """Drop a version that was uploaded and is not served."""
    staff.require("release", company)
    parts.knowledge.uploads.discard(company, version)
    parts.staff.audit.record(staff.actor, "policy.discard", f"version {version}", company=company)
    known = {one.company.id for one in parts.knowledge.catalogue.policy_library.releases.since()}
    return _done(company, "discarded") if company in known else RedirectResponse(HERE, 303)


@router.get("/policies/{company}/effect")
def effect(request: Request, parts: Parts, staff: Staff, company: str, version: str = "") -> Response:
    """What would change if a version were released, or, without one, if the last release were rolled back."""
    staff.require("release", company)
    releasing, library = parts.knowledge.releasing, parts.knowledge.catalogue.policy_library
    record = library.releases.version(company, version) if version else releasing.before(company)
    found = effect_of(parts, company, record)
    return show(request, "policies/effect.html", {
        "company": company, "record": record, "back": not version, "effect": found, "most": SHOWN,
        "answers": first_answers(parts, company, record) if found is None else [],
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


def _take(
    parts: Parts, staff: Staff, company: str, file: UploadFile | None, dated: str, name: str = "", contact: str = ""
) -> tuple[str, str]:  # fmt: skip
    """The version that was kept, and who says its date. Raises: UploadRefusedError."""
    if file is None or not file.filename:
        raise UploadRefusedError("choose a file")
    try:
        day = date.fromisoformat(dated.strip()) if dated.strip() else None
    except ValueError:
        raise UploadRefusedError("a date is a day such as 2026-01-15") from None
    content = file.file.read(LARGEST_POLICY + 1)
    taken = parts.knowledge.uploads.take(company, file.filename, content, dated=day, name=name, contact=contact)
    parts.staff.audit.record(staff.actor, "policy.upload", f"version {taken.record.version}", company=company)
    return taken.record.version, taken.doubt or dated_in_words(taken.dated_by)


def _uploaded(company: str, version: tuple[str, str]) -> Response:
    query = urlencode({"version": version[0], "by": version[1][:80]})
    return RedirectResponse(f"{HERE}/{company}/reading?{query}", 303)


def _new_form(request: Request, typed: dict[str, str], wrong: str = "") -> Response:
    fields = {name: typed.get(name, "") for name in ("company", "name", "contact", "dated")}
    return show(request, "policies/new.html", {"typed": fields, "wrong": wrong, "kinds": KINDS}, 422 if wrong else 200)


def _done(company: str, what: str) -> Response:
    return RedirectResponse(f"{HERE}/{company}?{urlencode({'done': what})}", 303)
