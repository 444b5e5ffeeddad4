"""Samples: the same turns for several reviewers, the progress of each, and how far they agree."""

from __future__ import annotations

import random
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from candor.console.companies.choosing import CompanyTyped
from candor.console.deps import Parts, Staff, needs
from candor.console.pages import show
from candor.console.places import FOLDER
from candor.console.review.panels import names_of
from candor.console.review.queue import QUEUES, VERDICT_NAMES
from candor.console.review.routes_review import check_sample, samples_for
from candor.reviews.agreement import pairs_of
from candor.reviews.queue import of_kind
from candor.reviews.samples import LARGEST

router = APIRouter(prefix="/review/samples", dependencies=[needs("review")])
HERE = f"{FOLDER}/review/samples"


@router.get("")
def listed(request: Request, parts: Parts, staff: Staff) -> Response:
    staff.require("review")
    found = samples_for(parts, staff)
    judged = parts.staff.samples.judged([sample.id for sample in found])
    return show(request, "review/samples.html", {
        "samples": found, "judged": judged, "names": names_of(parts.staff), "largest": LARGEST, "queues": QUEUES,
        "covers": staff.covers("review"),
        "known": staff.companies("review", parts.knowledge.catalogue.companies), "seed": random.randrange(10_000),  # noqa: S311
    })  # fmt: skip


@router.post("")
def make(
    parts: Parts, staff: Staff, name: Annotated[str, Form()], size: Annotated[int, Form()], seed: Annotated[int, Form()],
    company: CompanyTyped, kind: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Choose turns at random, and save the choice."""
    check_sample(staff, company)
    sample = parts.staff.samples.make(
        name, size=size, seed=seed, by=staff.id, company=company, which=(of_kind(kind if kind in QUEUES else ""),)
    )
    parts.staff.audit.record(staff.actor, "sample.make", f"sample {sample}", company=company, size=size, seed=seed)
    return RedirectResponse(f"{HERE}/{sample}", 303)


@router.get("/{sample}")
def one(request: Request, parts: Parts, staff: Staff, sample: int) -> Response:
    """Progress of each reviewer, agreement of each two, and the turns on which they differ among those that one has judged."""
    staff.require("review")
    found = parts.staff.samples.get(sample)
    check_sample(staff, found.company)
    verdicts = parts.staff.samples.verdicts(sample)
    return show(request, "review/sample.html", {
        "sample": found, "verdicts": verdicts, "pairs": pairs_of(verdicts), "names": names_of(parts.staff),
        "mine": set(verdicts.get(staff.id, {})), "verdict_names": VERDICT_NAMES,
        "may_drop": staff.id == found.made_by or staff.may("export", found.company or None),
    })  # fmt: skip


@router.post("/{sample}/drop")
def drop(parts: Parts, staff: Staff, sample: int) -> Response:
    """Remove the sample; its verdicts stay. For whoever made it, and for privacy officers."""
    staff.require("review")
    found = parts.staff.samples.get(sample)
    check_sample(staff, found.company)
    if staff.id != found.made_by:
        staff.require("export", found.company or None)
    parts.staff.samples.drop(sample)
    parts.staff.audit.record(staff.actor, "sample.drop", f"sample {sample}", company=found.company)
    return RedirectResponse(HERE, 303)
