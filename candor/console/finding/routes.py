"""Find a person: by address, name or phone number (by keyed hashes), request number or conversation, with all they have."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from candor.accounts.roles import Account
from candor.console.deps import Parts, Staff, TheRetention, needs
from candor.console.pages import show
from candor.console.places import FOLDER
from candor.console.requests import text as say
from candor.console.requests.queue import REQUESTS, scope
from candor.errors import CandorError
from candor.retention.erasure import NotSearchableError, PersonData
from candor.services import Services
from candor.tickets.reference import read_number

router = APIRouter(dependencies=[needs("work_requests")])
CONVERSATION = re.compile(r"c_[0-9a-f]{24}")
SHOWN = 50  # conversations
NOT_FOUND_BY = (
    "Type one whole value: an e-mail address, a full name, a phone number, a request number such as R-7KQ4-M2XD, "
    "or a conversation."
)


@router.get("/find")
def form(request: Request, staff: Staff) -> Response:
    """The box alone."""
    staff.require("work_requests")
    return show(request, "finding/find.html", {"wrong": "", "found": None, "url": REQUESTS, "say": say})


@router.post("/find")
def find(
    request: Request, parts: Parts, staff: Staff, retention: TheRetention, who: Annotated[str, Form()] = ""
) -> Response:  # fmt: skip
    """A POST, so that no address stands in an address or a log; what was typed is shown again to nobody."""
    staff.require("work_requests")
    typed = " ".join(say.plain(who).split())
    if number := read_number(typed):
        return RedirectResponse(f"{REQUESTS}/{number}", 303)
    if conversation := CONVERSATION.search(typed):  # also in the address of its page
        return RedirectResponse(f"{FOLDER}/conversations/{conversation[0]}", 303)
    companies = scope(parts, staff, "work_requests")
    context: dict[str, Any] = {"wrong": "", "found": None, "url": REQUESTS, "say": say}
    try:
        person = retention.erasing.find(typed, companies)
    except NotSearchableError:
        return show(request, "finding/find.html", context | {"wrong": NOT_FOUND_BY}, 422)
    tickets = parts.requests.staff_desk.of_person(person.tickets)
    talks = _conversations(parts, staff, person)
    parts.staff.audit.record(staff.actor, "person.find", conversations=len(talks), requests=len(tickets))
    return show(request, "finding/find.html", context | {"found": person, "tickets": tickets, "talks": talks[:SHOWN]})


def _conversations(parts: Services, staff: Account, person: PersonData) -> list[dict[str, Any]]:
    """Their conversations that this person may read, the newest first."""
    found = []
    for conversation in person.stored:
        try:
            company = parts.conversations.transcripts.get(conversation).company
            held = parts.conversations.transcripts.summary(conversation)
        except CandorError:  # forgotten a moment ago
            continue
        if staff.may("read_conversations", company):
            found.append({"id": conversation, "company": company, "messages": held.messages, "last_at": held.last_at})
    return sorted(found, key=lambda one: one["last_at"], reverse=True)
