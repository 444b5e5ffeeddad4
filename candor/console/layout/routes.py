"""What every page asks for: whether something new waits, who else has it open, and what the command palette finds."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Request, Response

from candor.accounts.roles import Account, NotYoursError
from candor.console.deps import Parts, Staff, with_a_role
from candor.console.layout.badges import navigation_counts
from candor.console.pages import show
from candor.console.requests.queue import REQUESTS, find, scope, worklist
from candor.console.requests.text import STATES
from candor.errors import NotFoundError
from candor.services import Services
from candor.tickets.reference import read_beginning

MOST_FOUND = 6


router = APIRouter(dependencies=[Depends(with_a_role)])


@router.get("/news")
def news(request: Request, parts: Parts, staff: Staff, known: str = "") -> Response:
    """The navigation with its numbers, when they have changed; else 204."""
    counts = navigation_counts(parts, staff, datetime.now(UTC))
    if known == counts.state:
        return Response(status_code=204)
    here = urlsplit(request.headers.get("HX-Current-URL", "")).path
    return show(request, "layout/news.html", {"waiting_counts": lambda: counts, "here": here})


@router.post("/palette")
def palette(parts: Parts, staff: Staff, q: Annotated[str, Form(max_length=300)] = "") -> list[dict[str, str]]:
    """The requests whose number begins with what is typed. A POST, because what is typed may be somebody's address."""
    beginning = read_beginning(q)
    if beginning is None or not staff.may("work_requests"):
        return []
    names = parts.knowledge.catalogue.companies
    return [
        {
            "title": f"{one.number}: {one.request_type.replace('_', ' ')}",
            "about": f"{names[one.company].name if one.company in names else one.company}, {STATES[one.status]}",
            "url": f"{REQUESTS}/{one.number}",
        }
        for one in worklist(parts).numbered(beginning, scope(parts, staff, "work_requests"), MOST_FOUND)
    ]


class NoSuchPageError(NotFoundError):
    """Nothing that several people could work on has this name."""

    public = "There is no such page."


@router.post("/open")
def have_open(request: Request, parts: Parts, staff: Staff, page: Annotated[str, Form(max_length=80)] = "") -> Response:
    """Record that a page is open, and tell who else has it open."""
    asked, page = page, _checked(parts, staff, page)
    parts.staff.open_pages.note(staff.id, page)
    if urlsplit(request.headers.get("HX-Current-URL", "")).path.endswith(f"/{asked.partition(' ')[2]}"):
        parts.staff.mentions.looked(staff.id, page)  # its own page shows the notes; a form below it, or a mail, does not
    others = parts.staff.open_pages.others(staff.id, page)
    return show(request, "layout/others.html", {"open_page": page, "others": others})


def _checked(parts: Services, staff: Account, page: str) -> str:
    """The page, by the one name that all who work on the same thing have for it. Raises: NotYoursError; NotFoundError."""
    kind, _, name = page.partition(" ")
    if kind == "request":
        return f"request {find(parts, staff, name).number}"
    visitor = parts.conversations.handoff_queue.get(int(name)) if kind == "mail" and name.isdecimal() else None
    if visitor is not None:
        staff.require("talk", visitor.company)
        return f"conversation {visitor.conversation}" if visitor.conversation else page
    if kind == "conversation":
        asked_for_person = parts.conversations.handoff_queue.newest(name)
        companies = {asked_for_person.company} if asked_for_person else set()
        with suppress(NotFoundError):
            companies.add(parts.conversations.transcripts.get(name).company)
        if any(staff.may("read_conversations", company) or staff.may("talk", company) for company in companies):
            return page
        raise NotYoursError(f"{staff.actor} may not read this conversation")
    raise NoSuchPageError("no such kind of page")
