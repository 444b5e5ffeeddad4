"""Saved replies: for those who write to people, written by those who may decide for a company."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from candor.accounts.roles import EVERY_COMPANY, Account
from candor.accounts.saved_replies import (  # fmt: skip
    LONGEST_TEXT,
    LONGEST_TITLE,
    PLACEHOLDERS,
    ReplyChangedError,
    ReplyRefusedError,
    SavedReply,
    UnknownReplyError,
)
from candor.console.companies.choosing import CompanyTyped
from candor.console.deps import FormText, Parts, Staff, needs
from candor.console.pages import show
from candor.console.replies.offers import REPLIES, USES, WORDS, may_see
from candor.console.requests.queue import known_companies, names
from candor.console.requests.text import actor_name, plain
from candor.errors import InvalidInputError
from candor.services import Services

Edition = Annotated[int, Form(ge=1, lt=2**31)]
DONE = {
    "added": "Saved. It is offered from now on wherever it fits.",
    "changed": "Changed. What was written with it before stays as it was.",
    "starters": "Here are texts to begin with. Read each once and change it, so that it is yours.",
    "removed": "Removed. What was written with it stays as it was.",
}
ABOUT_REQUESTS = {"number", "due"}


def sees(staff: Staff) -> None:
    """Raises: NotYoursError for somebody who may not write to anybody."""
    if not may_see(staff):
        staff.require(USES[0])


router = APIRouter(prefix="/replies", dependencies=[Depends(sees)])


@router.get("")
def replies(request: Request, parts: Parts, staff: Staff, done: str = "") -> Response:
    """The saved replies that somebody may use: of their companies, and those for every company."""
    everywhere = any(staff.covers(use) for use in USES)
    theirs = None if everywhere else [one for one in known_companies(parts, staff) if may_see(staff, one)]
    called = names(parts)
    context = {
        "replies": parts.staff.saved_replies.of(theirs), "done": DONE.get(done, ""),
        "about_a_request": lambda one: bool(one.needs & ABOUT_REQUESTS),
        "may_word": lambda company: staff.may(WORDS, company), "may_add": staff.may(WORDS), "url": REPLIES,
        "starters_for": EVERY_COMPANY if staff.covers(WORDS) else next(
            iter(staff.companies(WORDS, known_companies(parts, staff))), EVERY_COMPANY
        ),
        "called": lambda actor: actor_name(actor, called),
    }  # fmt: skip
    return show(request, "replies/list.html", context)


@router.get("/new", dependencies=[needs(WORDS)])
def new(request: Request, parts: Parts, staff: Staff) -> Response:
    return _form(request, parts, staff, None, {"company": None, "title": "", "text": ""})


@router.post("", dependencies=[needs(WORDS)])
def add(
    request: Request, parts: Parts, staff: Staff, *, title: FormText = "", text: FormText = "", company: CompanyTyped
) -> Response:  # fmt: skip
    """Save a new one."""
    typed = _typed(parts, staff, company, title, text)
    try:
        made = parts.staff.saved_replies.add(**typed, actor=staff.actor)
    except ReplyRefusedError as error:
        return _form(request, parts, staff, None, typed, status=422, wrong=error.public)
    parts.staff.audit.record(staff.actor, "saved_reply.add", f"saved reply {made.id}", company=made.company)
    return RedirectResponse(f"{REPLIES}?done=added", 303)


@router.post("/starters", dependencies=[needs(WORDS)])
def add_starters(parts: Parts, staff: Staff, company: CompanyTyped) -> Response:
    """Add texts to begin with, which can be changed like any other."""
    staff.require(WORDS, company)
    if company != EVERY_COMPANY and company not in known_companies(parts, staff):
        raise InvalidInputError("starter texts for a company that does not exist")
    added = parts.staff.saved_replies.add_starters(company, staff.actor)
    parts.staff.audit.record(staff.actor, "saved_reply.starters", "saved replies", company=company, count=added)
    return RedirectResponse(f"{REPLIES}?done=starters", 303)


@router.get("/{reply}", dependencies=[needs(WORDS)])
def one(request: Request, parts: Parts, staff: Staff, reply: int) -> Response:
    """The form to change or remove one."""
    found = _theirs(parts, staff, reply)
    return _form(request, parts, staff, found, {"company": found.company, "title": found.title, "text": found.text})


@router.post("/{reply}", dependencies=[needs(WORDS)])
def change(
    request: Request, parts: Parts, staff: Staff, reply: int, *, title: FormText = "", text: FormText = "",
    company: CompanyTyped, edition: Edition = 1,
) -> Response:  # fmt: skip
    """Change it. What was typed is shown again where somebody else has changed or removed the reply meanwhile."""
    typed = _typed(parts, staff, company, title, text)
    try:
        before = _theirs(parts, staff, reply)
        changed = parts.staff.saved_replies.change(reply, **typed, edition=edition)
    except UnknownReplyError:
        gone = "Somebody has removed this saved reply meanwhile. Your words are below: save them as a new one, or leave it."
        return _form(request, parts, staff, None, typed, status=404, wrong=gone)
    except ReplyChangedError:
        return _form(request, parts, staff, _theirs(parts, staff, reply), typed, status=409, newer=True)
    except ReplyRefusedError as error:
        return _form(request, parts, staff, before, typed, status=422, wrong=error.public, edition=edition)
    moved = {"before": before.company or "every company"} if before.company != changed.company else {}
    parts.staff.audit.record(staff.actor, "saved_reply.change", f"saved reply {reply}", company=changed.company, **moved)
    return RedirectResponse(f"{REPLIES}?done=changed", 303)


@router.post("/{reply}/remove", dependencies=[needs(WORDS)])
def remove(parts: Parts, staff: Staff, reply: int) -> Response:
    found = _theirs(parts, staff, reply)
    parts.staff.saved_replies.remove(reply)
    parts.staff.audit.record(staff.actor, "saved_reply.remove", f"saved reply {reply}", company=found.company)
    return RedirectResponse(f"{REPLIES}?done=removed", 303)


def _theirs(parts: Services, staff: Account, reply: int) -> SavedReply:
    """Raises: UnknownReplyError; NotYoursError."""
    found = parts.staff.saved_replies.get(reply)
    staff.require(WORDS, found.company)
    return found


def _typed(parts: Services, staff: Account, company: str, title: str, text: str) -> dict[str, str]:
    """Raises: NotYoursError; InvalidInputError for a company that does not exist."""
    staff.require(WORDS, company)
    if company != EVERY_COMPANY and company not in known_companies(parts, staff):
        raise InvalidInputError("a saved reply for a company that does not exist")
    return {"company": company, "title": plain(title), "text": plain(text)}


def _form(
    request: Request, parts: Services, staff: Account, found: SavedReply | None, typed: dict[str, Any], *, status: int = 200,
    wrong: str = "", newer: bool = False, edition: int = 0,
) -> Response:  # fmt: skip
    """The form as it was filled in. `newer`: somebody else changed it meanwhile, and their text is shown beside it."""
    able = staff.companies(WORDS, known_companies(parts, staff))
    context = {
        "reply": found, "typed": typed, "wrong": wrong, "newer": newer, "able": able, "every": staff.covers(WORDS),
        "placeholders": PLACEHOLDERS,
        "edition": edition or (found.edition if found else 0), "url": REPLIES, "longest_title": LONGEST_TITLE,
        "longest_text": LONGEST_TEXT,
    }  # fmt: skip
    return show(request, "replies/form.html", context, status)
