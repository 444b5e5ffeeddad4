"""Files of a request: put to it, looked at, removed, taken back from the requester."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from candor.accounts.roles import Account
from candor.console.deps import Parts, Staff, StaleFormError, TheRetention, Who, needs, reads_its_form
from candor.console.pages import is_part, show, show_error
from candor.console.requests import text as say
from candor.console.requests.handover import handed_over
from candor.console.requests.queue import REQUESTS, find
from candor.console.requests.uploads import FormWithFiles
from candor.errors import CandorError, ConflictError, InvalidInputError, UnavailableError
from candor.services import Services
from candor.tickets.delivery.request_files import ArrivingFile
from candor.tickets.ticket import Ticket

router = APIRouter(dependencies=[needs("work_requests")])
COMPLETE = "complete"  # the step on whose page files are chosen


@router.post("/requests/{number}/files")
@reads_its_form
async def put(request: Request, number: str, parts: Parts, who: Who, staff: Staff) -> Response:
    """Put files to a request, while they arrive. A file that is refused leaves nothing, and holds up no other."""
    wrong, at, status = "", COMPLETE, 200
    try:
        form = FormWithFiles(request.headers.get("content-type", ""), who.csrf)
        ticket = await asyncio.to_thread(find, parts, staff, number)
        await form.read(request.stream(), partial(_begin, parts, staff, ticket))
        at = form.fields.get("to", "")
        wrong, status = ("", 200) if form.taken else ("Please choose a file first.", 422)
    except StaleFormError as error:
        return show_error(request, 403, error.public)
    except (InvalidInputError, ConflictError, UnavailableError) as error:
        wrong, status = error.public, 422
    if is_part(request):
        return await asyncio.to_thread(_panel, request, parts, ticket.number, at, wrong, status)
    if wrong:
        return show_error(request, status, wrong)
    return RedirectResponse(_back(ticket.number, at), 303)


@router.get("/requests/{number}/files/{file}")
def look(number: str, file: int, parts: Parts, staff: Staff) -> Response:
    """One file, for staff, who look at what they hand over."""
    ticket = find(parts, staff, number)
    found, blocks = parts.requests.files.read(ticket.number, file)
    _noted(parts, staff, "file_read", ticket, file=file)
    return StreamingResponse(blocks, headers=found.headers)


@router.post("/requests/{number}/files/{file}/remove")
def remove(request: Request, number: str, file: int, parts: Parts, staff: Staff, to: Annotated[str, Form()] = "") -> Response:
    """Remove a file that was not handed over."""
    ticket, wrong = find(parts, staff, number), ""
    try:
        parts.requests.files.remove(ticket.number, file)
    except CandorError as error:
        if not is_part(request):
            raise
        wrong = error.public
    else:
        _noted(parts, staff, "file_removed", ticket, file=file)
    if is_part(request):
        return _panel(request, parts, ticket.number, to, wrong, 200)
    return RedirectResponse(_back(ticket.number, to), 303)


@router.post("/requests/{number}/links/{link}/take-back")
def take_back(number: str, link: int, parts: Parts, staff: Staff) -> Response:
    """End a link: its files are gone at once."""
    ticket = find(parts, staff, number)
    parts.requests.files.take_back(ticket.number, link, staff.actor)
    _noted(parts, staff, "files_taken_back", ticket, link=link)
    return RedirectResponse(f"{REQUESTS}/{ticket.number}?done=take_back", 303)


@router.post("/requests/{number}/copy")
def add_copy(
    request: Request, number: str, parts: Parts, retention: TheRetention, staff: Staff, to: Annotated[str, Form()] = ""
) -> Response:
    """Put what Candor itself holds about the requester to the request, as JSON and as CSV."""
    ticket, wrong = find(parts, staff, number), ""
    try:
        copy = retention.copies.of(ticket.number)
        for name, content in ((f"candor-{ticket.number}.json", copy.as_json()), (f"candor-{ticket.number}.csv", copy.as_csv())):
            _noted(parts, staff, "file_put", ticket, file=parts.requests.files.add(ticket.number, name, content, staff.actor))
    except (InvalidInputError, ConflictError) as error:
        wrong = error.public
    if is_part(request):
        return _panel(request, parts, ticket.number, to, wrong, 422 if wrong else 200)
    return show_error(request, 422, wrong) if wrong else RedirectResponse(_back(ticket.number, to), 303)


def _begin(parts: Services, staff: Account, ticket: Ticket, name: str) -> ArrivingFile:
    """Raises: FileRefusedError; ClosedToFilesError."""
    arriving = parts.requests.files.begin(ticket.number, name, staff.actor)
    _noted(parts, staff, "file_put", ticket, file=arriving.id)
    return arriving


def _noted(parts: Services, staff: Account, what: str, ticket: Ticket, **details: int) -> None:
    parts.staff.audit.record(staff.actor, f"request.{what}", f"request {ticket.number}", company=ticket.company, **details)


def _panel(request: Request, parts: Services, number: str, to: str, wrong: str, status: int) -> Response:
    file = parts.requests.staff_desk.details(number)
    context = handed_over(parts, file) | {
        "file": file, "ticket": file.ticket, "url": REQUESTS, "say": say, "choosing": to == COMPLETE, "chosen": None,
        "wrong_files": wrong,
    }  # fmt: skip
    return show(request, "requests/files.html", context, status)


def _back(number: str, to: str) -> str:
    return f"{REQUESTS}/{number}" + (f"/{COMPLETE}" if to == COMPLETE else "")
