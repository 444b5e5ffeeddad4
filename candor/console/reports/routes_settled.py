"""Settling an aspect: the policy is silent on it, or this passage answers. All that Candor says follows at once."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from candor.accounts.roles import Account
from candor.console.companies.choosing import CompanyAsked
from candor.console.deps import Parts, Staff, needs
from candor.console.pages import show
from candor.console.places import FOLDER
from candor.console.reports.settled import SILENT, pointed_passage, settled_rows, standing
from candor.console.reports.unanswered import aspect_labels
from candor.console.review.correction_form import aspect_choices, passages_in, to_tick
from candor.errors import InvalidInputError
from candor.services import Services
from knowledge.settling import fingerprint_of

router = APIRouter(dependencies=[needs("read_reports")])
HERE = f"{FOLDER}/silence"
DONE = {"silent", "answered", "reopened"}


class BadSettlementError(InvalidInputError):
    """Nothing, or something that is not there, was chosen; `public` says how to go on."""

    def __init__(self, public: str) -> None:
        super().__init__(public)
        self.public = public


@router.get("/silence/settled")
def settled(request: Request, parts: Parts, staff: Staff, company: CompanyAsked, done: str = "") -> Response:
    """All that was settled, and what has to be settled anew because the policy has changed."""
    companies = [company] if company else list(staff.companies("read_reports", parts.knowledge.catalogue.companies))
    for one in companies:
        staff.require("read_reports", one)
        parts.knowledge.catalogue.company(one)
    rows = settled_rows(parts.knowledge.catalogue, parts.staff.settlements.recorded(companies))
    parts.staff.audit.record(staff.actor, "silence.settled", company=company)
    return show(request, "reports/settled.html", {
        "rows": rows, "chosen": company, "done": done if done in DONE else "", "aspects": aspect_choices(),
        "known": staff.companies("read_reports", parts.knowledge.catalogue.companies),
        "settles": staff.companies("settle", parts.knowledge.catalogue.companies),
        "may_settle": lambda one: staff.may("settle", one),
    })  # fmt: skip


@router.get("/silence/settle")
def form(request: Request, parts: Parts, staff: Staff, company: CompanyAsked, aspect: str = "", find: str = "") -> Response:
    """The form: what Candor finds now, and the policy to point into. Where it is not said for what, the list to choose from."""
    if not (company and aspect):
        return RedirectResponse(f"{HERE}/settled", 303)
    company, label = _about(parts, staff, company, aspect)
    catalogue = parts.knowledge.catalogue
    version = catalogue.current_version(company)
    recorded = next((one for one in parts.staff.settlements.recorded([company]) if one.aspect == aspect), None)
    now = standing(catalogue, company, version, aspect)
    pointed_to = catalogue.settled(company, version).passages.get(aspect)
    ticked = {f"{pointed_to.start}-{pointed_to.end}"} if pointed_to else set()
    found = [(passage.start, passage.end) for passage in now.passages]
    return show(request, "reports/settle.html", {
        "company": company, "aspect": aspect, "label": label, "version": version, "recorded": recorded, "now": now,
        "find": find[:200],
        "silent": aspect in catalogue.settled(company, version).silent, "ticked": ticked,
        "sections": to_tick(passages_in(catalogue, company, version), found, ticked, find[:200]),
    })  # fmt: skip


@router.post("/silence/settle")
def settle(
    parts: Parts, staff: Staff, company: Annotated[str, Form()], aspect: Annotated[str, Form()],
    fingerprint: Annotated[str, Form()] = "", answer: Annotated[str, Form()] = "", passage: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Settle it, or leave it to Candor again. `fingerprint`: of the text on the page; another one is not settled unseen."""
    company, _ = _about(parts, staff, company, aspect)
    catalogue = parts.knowledge.catalogue
    version = catalogue.current_version(company)
    mark = fingerprint_of(catalogue.document(company, version).text)
    done, quote = "reopened", ""
    if answer == "open":
        parts.staff.settlements.reopen(company, aspect)
    else:
        if fingerprint != mark:
            raise BadSettlementError("The policy has changed since this page was opened. Please open it again and look.")
        if answer == "passage":
            chosen = pointed_passage(passages_in(catalogue, company, version), passage)
            if chosen is None:
                raise BadSettlementError("Choose the passage that answers: none is chosen, or it is not in the policy any more.")
            done, quote = "answered", chosen.text
        elif answer == SILENT:
            done = "silent"
        else:
            raise BadSettlementError("Choose whether the policy is silent, or which passage answers.")
        parts.staff.settlements.settle(
            company, aspect, quote=quote, version=version, fingerprint=mark, by=staff.id
        )  # fmt: skip
    parts.staff.audit.record(staff.actor, "silence.settle", f"aspect {aspect}", company=company, settled=done, version=version)
    return RedirectResponse(f"{HERE}/settled?{urlencode({'done': done})}", 303)


def _about(parts: Services, staff: Account, company: str, aspect: str) -> tuple[str, str]:
    """The company's id and the aspect's label. Raises: NotYoursError; UnknownCompanyError; InvalidInputError."""
    staff.require("settle", company)
    label = aspect_labels().get(aspect)
    if label is None:
        raise BadSettlementError("There is no such aspect. Please choose it from the list.")
    return parts.knowledge.catalogue.company(company).id, label
