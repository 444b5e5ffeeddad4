"""Checklists: ticked at a request, and worded for a company by who may word what goes out."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from candor.accounts.roles import Account, Permission
from candor.console.companies.choosing import CompanyAsked, CompanyTyped
from candor.console.deps import FormText, Parts, Staff, needs
from candor.console.pages import is_part, show
from candor.console.requests import text as say
from candor.console.requests.queue import REQUESTS, find, known_companies, names, now
from candor.errors import InvalidInputError
from candor.services import Services
from candor.tickets.checklists import as_lines, read_lines
from candor.tickets.details import RequestDetails
from candor.tickets.request_types import REQUEST_TYPES
from candor.tickets.states import CLOSED
from candor.tickets.ticket import Ticket

router = APIRouter(dependencies=[needs("work_requests")])
FIRST_TYPE = next(iter(REQUEST_TYPES))
WORDS: Permission = "export"  # as for saved replies


@router.get("/requests/checklists", dependencies=[needs(WORDS)])
def lists(
    request: Request, parts: Parts, staff: Staff, company: CompanyAsked, type: Annotated[str, Query(max_length=24)] = FIRST_TYPE,
    done: str = "",
) -> Response:  # fmt: skip
    """A company's list for a right."""
    able = staff.companies(WORDS, known_companies(parts, staff))
    company = company or next(iter(able), "")
    staff.require(WORDS, company)
    _known(type)
    lines = as_lines(parts.requests.checklists.of_company(company, type))
    return _page(request, parts, staff, company, type, lines, done=done == "1")


@router.post("/requests/checklists", dependencies=[needs(WORDS)])
def change(
    request: Request, parts: Parts, staff: Staff, company: CompanyTyped, type: FormText = "", lines: FormText = ""
) -> Response:
    """Give a company its own list for a right."""
    staff.require(WORDS, company)
    _known(type)
    try:
        parts.requests.checklists.change(company, type, read_lines(say.plain(lines)))
    except InvalidInputError as error:
        return _page(request, parts, staff, company, type, say.plain(lines), wrong=error.public)
    parts.staff.audit.record(staff.actor, "checklist.change", f"checklist of {type}", company=company)
    return RedirectResponse(f"{REQUESTS}/checklists?company={company}&type={type}&done=1", 303)


@router.post("/requests/{number}/points/{place}")
def tick(
    request: Request, number: str, place: int, parts: Parts, staff: Staff, done: FormText = "", to: FormText = ""
) -> Response:
    """Tick a point, or take the tick back."""
    ticket = find(parts, staff, number)
    parts.requests.checklists.tick(ticket.number, place, staff.actor, now(), done=bool(done))
    return _ticked(request, parts, staff, ticket, to)


@router.post("/requests/{number}/points")
def tick_all(request: Request, number: str, parts: Parts, staff: Staff, to: FormText = "") -> Response:
    """Tick whatever is open."""
    ticket = find(parts, staff, number)
    parts.requests.checklists.tick_all(ticket.number, staff.actor, now())
    return _ticked(request, parts, staff, ticket, to)


def checklist_of(parts: Services, staff: Account, file: RequestDetails, *, completing: bool = False) -> dict[str, Any]:
    """The context of a request's checklist."""
    closed = file.ticket.status in CLOSED or file.erased_at is not None
    return {
        "points": parts.requests.checklists.of(file.ticket.number), "may_tick": not closed, "completing": completing,
        "may_word": staff.may(WORDS, file.ticket.company),
    }  # fmt: skip


def _ticked(request: Request, parts: Services, staff: Account, ticket: Ticket, to: str) -> Response:
    parts.staff.audit.record(staff.actor, "request.checklist", f"request {ticket.number}", company=ticket.company)
    if not is_part(request):
        return RedirectResponse(f"{REQUESTS}/{ticket.number}" + ("/complete" if to == "complete" else ""), 303)
    file = parts.requests.staff_desk.details(ticket.number)
    context = checklist_of(parts, staff, file, completing=to == "complete") | {
        "ticket": ticket, "url": REQUESTS, "say": say, "names": names(parts), "typed": {},
    }  # fmt: skip
    return show(request, "requests/checklist.html", context)


def _page(
    request: Request, parts: Services, staff: Account, company: str, type: str, lines: str, *, done: bool = False, wrong: str = ""
) -> Response:  # fmt: skip
    context = {
        "company": company, "type": type, "lines": lines, "able": staff.companies(WORDS, known_companies(parts, staff)),
        "types": REQUEST_TYPES, "own": parts.requests.checklists.is_own(company, type), "url": REQUESTS, "done": done,
        "wrong": wrong,
    }  # fmt: skip
    return show(request, "requests/checklists.html", context, 422 if wrong else 200)


def _known(type: str) -> None:
    """Raises: InvalidInputError."""
    if type not in REQUEST_TYPES:
        raise InvalidInputError("a right that does not exist")
