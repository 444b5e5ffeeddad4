"""Corrections: what a turn should have come to, proposed by reviewers, accepted by a privacy officer."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from candor.accounts.roles import Account
from candor.console.conversations.view import KINDS, LOOKS, turns_seen
from candor.console.deps import Parts, Staff, needs
from candor.console.pages import show
from candor.console.places import FOLDER
from candor.console.review.correction_form import (
    aspect_choices,
    intent_choices,
    passages_in,
    proposals_of,
    quotes_of,
    spans_in,
    target_name,
    to_tick,
)
from candor.console.review.panels import names_of
from candor.console.review.routes_review import reviewable, reviewed_by
from candor.console.sign_in.routes_sign_in import own
from candor.errors import CandorError, InvalidInputError
from candor.reviews.corrections import STATES, BadCorrectionError, CorrectionState, faults_in, neutral
from candor.services import Services
from candor.services.knowledge import NLU
from candor.transcripts.models import TurnRow
from knowledge.passages import Passage

router = APIRouter(prefix="/review", dependencies=[needs("review")])
HERE = f"{FOLDER}/review/corrections"
STATE_NAMES = {"proposed": "To decide", "accepted": "Accepted", "exported": "Exported", "declined": "Declined"}


@router.get("/turns/{turn}/correct")
def form(request: Request, parts: Parts, staff: Staff, turn: int, version: str = "", find: str = "", next: str = "") -> Response:
    """The form: the policy's passages to tick, and the aspect or intent that the question stands for."""
    row = reviewable(parts, staff, turn)
    parts.staff.audit.record(
        staff.actor, "conversation.read", f"conversation {row.conversation_id}", company=row.company, turn=turn
    )
    typed: dict[str, Any] = {"question": neutral(row.text), "answer": "", "target": "", "ticked": [], "version": version}
    return show(request, "review/correct.html", _form(parts, staff, row, typed, find, next))


@router.post("/turns/{turn}/correct")
def propose(
    request: Request, parts: Parts, staff: Staff, turn: int, *, question: Annotated[str, Form()] = "",
    answer: Annotated[str, Form()] = "", version: Annotated[str, Form()] = "", target: Annotated[str, Form()] = "",
    passage: Annotated[list[str] | None, Form()] = None, next: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Save the proposal; 422 with all that was typed and ticked where something must be corrected first."""
    row = reviewable(parts, staff, turn)
    ticked = passage or []
    try:
        spans = spans_in(ticked, _passages(parts, row, version)) if answer == "passages" else ()
        targets = {choice.value for group in (*aspect_choices().values(), intent_choices(NLU)) for choice in group}
        made = proposals_of(question=question, answer=answer, version=version, spans=spans, target=target, targets=targets)
        numbers = parts.staff.corrections.propose(turn, staff.id, made)
    except BadCorrectionError as error:
        typed = {"question": question[:4000], "answer": answer, "target": target, "ticked": ticked, "version": version}
        return show(request, "review/correct.html", _form(parts, staff, row, typed, "", next) | {"wrong": error.public}, 422)
    for number, one in zip(numbers, made, strict=True):
        parts.staff.audit.record(
            staff.actor, "correction.propose", f"correction {number}", company=row.company, kind=one.kind, turn=turn
        )
    return RedirectResponse(own(next) if next else f"{HERE}?done=proposed", 303)


@router.get("/corrections")
def listed(request: Request, parts: Parts, staff: Staff, state: str = "proposed", done: str = "") -> Response:
    companies = reviewed_by(parts, staff)
    return show(request, "review/corrections.html", _list(parts, staff, state, companies) | {"done": done})


@router.post("/corrections/{correction}")
def decide(
    request: Request, parts: Parts, staff: Staff, correction: int, decision: Annotated[str, Form()],
    question: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Accept or decline, for the privacy officer: what is accepted may leave the console."""
    staff.require("review")
    found = parts.staff.corrections.get(correction)
    staff.require("review", found.company)
    staff.require("export", found.company)
    if decision not in {"accept", "decline"}:
        raise InvalidInputError("a correction is accepted or declined")
    try:
        parts.staff.corrections.decide(correction, staff.id, accept=decision == "accept", question=question or None)
    except BadCorrectionError as error:
        context = _list(parts, staff, "proposed", reviewed_by(parts, staff))
        context |= {"done": "", "wrong": error.public, "wrong_at": correction, "typed": question[:4000]}
        return show(request, "review/corrections.html", context, 422)
    parts.staff.audit.record(staff.actor, f"correction.{decision}", f"correction {correction}", company=found.company)
    return RedirectResponse(f"{HERE}?done={decision}", 303)


def _list(parts: Services, staff: Account, state: str, companies: tuple[str, ...] | None) -> dict[str, Any]:
    chosen: CorrectionState = next((each for each in STATES if each == state), "proposed")
    found, catalogue = parts.staff.corrections.listed(chosen, companies), parts.knowledge.catalogue
    served = {one.company for one in found} & catalogue.companies.keys()
    return {
        "state": chosen, "states": STATE_NAMES, "counts": parts.staff.corrections.counts(companies), "corrections": found,
        "quotes": {one.id: quotes_of(catalogue, one) for one in found}, "names": names_of(parts.staff),
        "current": {company: catalogue.current_version(company) for company in served},
        "target_name": lambda target: target_name(target, NLU), "may_decide": lambda company: staff.may("export", company),
        "wrong": "", "wrong_at": 0, "typed": "",
    }  # fmt: skip


def _form(parts: Services, staff: Account, row: TurnRow, typed: dict[str, Any], find: str, next: str) -> dict[str, Any]:
    seen = turns_seen([row], parts.conversations.transcripts.feedback_of(row.conversation_id), parts.knowledge.catalogue)[0]
    answered_from = str((row.evidence or {}).get("version") or "")
    versions = _versions(parts, row.company)
    version = next_known([typed["version"], answered_from, *versions], versions)
    cited = [
        (citation.start, citation.end)
        for reply in seen.replies for citation in reply.citations
        if (citation.company, citation.version) == (row.company, version)
    ]  # fmt: skip
    passages = _passages(parts, row, version) if version else []
    sections = to_tick(passages, cited, typed["ticked"], find[:200])
    return {
        "turn": seen, "row": row, "typed": typed | {"version": version}, "sections": sections, "answered_from": answered_from,
        "versions": versions, "newest": versions[0] if versions else "", "find": find[:200], "next": next, "wrong": "",
        "faults": faults_in(typed["question"]), "aspects": aspect_choices(), "intents": intent_choices(NLU), "kinds": KINDS,
        "looks": LOOKS, "revealed": {}, "proposed": parts.staff.corrections.of_turn(row.id), "states": STATE_NAMES,
        "target_name": lambda target: target_name(target, NLU),
    }  # fmt: skip


def next_known(wanted: list[str], known: list[str]) -> str:
    """The first of the wanted versions that there is; "" where there is none."""
    return next((version for version in wanted if version in known), "")


def _versions(parts: Services, company: str) -> list[str]:
    try:
        return parts.knowledge.catalogue.versions(company)
    except CandorError:
        return []  # the company is not served any more


def _passages(parts: Services, row: TurnRow, version: str) -> list[Passage]:
    try:
        return passages_in(parts.knowledge.catalogue, row.company, version)
    except CandorError:
        return []
