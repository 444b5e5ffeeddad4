"""Requests: the queue by due date, and a page for each with everything that is known of it."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from candor.accounts.roles import Account
from candor.console.companies.choosing import CompanyAsked
from candor.console.deps import Parts, Staff, needs
from candor.console.notes.telling import request_panel
from candor.console.pages import show
from candor.console.requests import text as say
from candor.console.requests.handover import handed_over
from candor.console.requests.queue import (
    REQUESTS,
    colleagues,
    find,
    form_name,
    known_companies,
    names,
    now,
    scope,
    steps_of,
    was_skipped,
    why_not,
    worklist,
)
from candor.console.requests.routes_checklists import checklist_of
from candor.errors import CandorError, InvalidInputError
from candor.services import Services
from candor.tickets.deadline_text import FLAG_TEXT, explain
from candor.tickets.details import RequestDetails
from candor.tickets.law.residence import place_name
from candor.tickets.queue import DUES, NOBODY, QueueQuery, days_left
from candor.tickets.reference import read_number
from candor.tickets.request_types import REQUEST_TYPES
from candor.tickets.states import CLOSED, OPEN, STATES

router = APIRouter(dependencies=[needs("work_requests")])
ME = "me"  # in an address, which may be shared


@router.get("/requests")
def queue(
    request: Request, parts: Parts, staff: Staff, *, company: CompanyAsked, q: str = "", type: str = "", state: str = "",
    law: str = "", due: str = "", whose: str = "", closed: bool = False, after: str = "", done: str = "",
) -> Response:  # fmt: skip
    """Open requests, the most urgent first; or closed ones, the newest first."""
    staff.require("work_requests")
    if q.strip():
        number = read_number(q[:40])
        if number:
            return RedirectResponse(f"{REQUESTS}/{number}", 303)
    mine = {"": "", ME: staff.actor, NOBODY: NOBODY}
    if any(given and given not in known for given, known in (
        (type, REQUEST_TYPES), (state, STATES), (due, DUES), (whose, mine),
    )):  # fmt: skip
        raise InvalidInputError("a filter that does not exist")
    closed = state in CLOSED if state else closed
    look = QueueQuery(
        scope(parts, staff, "work_requests", company), type, state, law[:40], "" if closed else due, mine[whose], closed
    )
    given = {
        "company": company,
        "type": type,
        "state": state,
        "law": law[:40],
        "due": due,
        "whose": whose,
        "closed": "1" if closed else "",
    }
    work, at = worklist(parts), now()
    page = work.page(look, at, after[:80])
    able = staff.companies("work_requests", known_companies(parts, staff))
    return show(request, "requests/queue.html", {
        "page": page, "counts": work.counts(scope(parts, staff, "work_requests"), staff.actor, at), "given": given, "q": q[:40],
        "done": "It is yours now." if done == "assign" else "", "closed": closed, "after": after, "able": able,
        "types": REQUEST_TYPES, "laws": work.laws(), "states": CLOSED if closed else OPEN, "names": names(parts),
        "say": say, "form": form_name(), "first": _address(given), "next": _address(given | {"after": page.after}),
        "back": _address(given | {"after": after[:80]}), "address": _address, "url": REQUESTS,
        "filtered": any(value for name, value in given.items() if name != "closed"),
    })  # fmt: skip


@router.get("/requests/{number}")
def one(request: Request, number: str, parts: Parts, staff: Staff, done: str = "", untold: str = "") -> Response:
    """Everything about one request; who asked stays masked."""
    ticket = find(parts, staff, number)
    if number != ticket.number:
        return RedirectResponse(f"{REQUESTS}/{ticket.number}", 303)
    file = parts.requests.staff_desk.details(ticket.number)
    parts.staff.audit.record(staff.actor, "request.read", f"request {ticket.number}", company=ticket.company)
    did = say.did(done)
    return show(
        request,
        "requests/request.html",
        _request_context(parts, staff, file) | {"did": did, "done": done if did else "", "note_untold": untold[:200]},
    )


@router.post("/requests/{number}/reveal")
def reveal(request: Request, number: str, parts: Parts, staff: Staff, reason: Annotated[str, Form()] = "") -> Response:
    """Show the requester's address once. It is a POST, so a reload asks again."""
    ticket = find(parts, staff, number)
    staff.require("reveal", ticket.company)
    file, reason = parts.requests.staff_desk.details(ticket.number), " ".join(say.plain(reason).split())
    wrong = say.why_no_reason(reason, file.email)
    if wrong:
        return show(
            request, "requests/request.html", _request_context(parts, staff, file) | {"wrong": wrong, "reason": reason}, 422
        )
    parts.staff.audit.record(staff.actor, "request.reveal", f"request {ticket.number}", company=ticket.company, reason=reason)
    return show(request, "requests/request.html", _request_context(parts, staff, file) | {"revealed": file.email})


def _request_context(parts: Services, staff: Account, file: RequestDetails) -> dict[str, Any]:
    """The context of a request's page."""
    ticket, at = file.ticket, now()
    closed = ticket.status in CLOSED
    possible = [step for step in steps_of(file) if step in say.STEPS and not why_not(file, step, at)]
    offered = [step for step in possible if step not in {"note", "acknowledge", "assign"}]
    granting = {"reopen"} if ticket.status == "appealed" else set()  # comes first, to skip the check last
    steps = [say.STEPS[step] for step in sorted(offered, key=lambda step: (step == "start") - (step in granting))]
    if file.acknowledgement and file.acknowledgement.state != "completed" and not closed:
        steps.append(say.STEPS["acknowledge"])
    primary = say.PRIMARY.get(ticket.status, "")
    if primary == "send_code" and not file.email:
        primary = "prove"
    return {
        "file": file, "ticket": ticket, "closed": closed, "say": say, "names": names(parts), "url": REQUESTS,
        "left": days_left(ticket, at), "clock": explain(file.clock, at) if file.clock else [],
        "mind": [FLAG_TEXT[flag] for flag in file.flags], "primary": next((one for one in steps if one.step == primary), None),
        "steps": [one for one in steps if one.step != primary], "colleagues": colleagues(parts.staff, [ticket.company]),
        "form": form_name(), "now": at, "conversation": _conversation(parts, staff, file),
        "may_reveal": staff.may("reveal", ticket.company), "revealed": None, "wrong": "", "reason": "",
        "paused": say.waits(ticket.status, stands_still=bool(file.clock and file.clock.waiting_for)),
        **checklist_of(parts, staff, file), "typed": {}, **handed_over(parts, file), "choosing": False, "chosen": None,
        "did": "", "done": "", **request_panel(parts, staff, ticket.company),
        "skipped": was_skipped(file), "lives": place_name(ticket.residence) if ticket.residence else "",
    }  # fmt: skip


def _conversation(parts: Services, staff: Account, file: RequestDetails) -> str:
    """The conversation in which it was opened, if it still exists and this person may read it; else empty."""
    if not file.conversation or not staff.may("read_conversations", file.ticket.company):
        return ""
    try:
        found = parts.conversations.transcripts.get(file.conversation)
    except CandorError:
        return ""
    return found.id if staff.may("read_conversations", found.company) else ""


def _address(given: dict[str, str], **others: str) -> str:
    return f"{REQUESTS}?{urlencode({name: value for name, value in (given | others).items() if value})}"
