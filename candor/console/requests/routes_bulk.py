"""One step for several requests: tick them, choose the step, preview what would happen to each, and read what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from candor.accounts.roles import Account
from candor.console.deps import Parts, Staff, needs
from candor.console.pages import show
from candor.console.replies.offers import offers, with_reply
from candor.console.requests import text as say
from candor.console.requests.queue import REQUESTS, colleagues, find, form_name, seen_of, worklist
from candor.errors import CandorError, ConflictError, InvalidInputError, NotFoundError
from candor.services import Services
from candor.tickets.delivery.templates import Letter
from candor.tickets.states import actions_in
from candor.tickets.ticket import Ticket

router = APIRouter(dependencies=[needs("work_requests")])
MOST = 100  # requests at a time
CHOICES = ("assign", "note", "acknowledge", "complete", "refuse")


@dataclass(frozen=True)
class Picked:
    """A ticked request, and the newest event that was there when it was ticked."""

    ticket: Ticket
    seen: int

    @property
    def value(self) -> str:
        return f"{self.ticket.number}:{self.seen}"


@dataclass(frozen=True)
class Outcome:
    """What a step did, or would do, to one request. wrong: why nothing was done; empty: it was done."""

    picked: Picked
    wrong: str = ""
    letter: Letter | None = None


@router.post("/requests/bulk")
def bulk(
    request: Request, parts: Parts, staff: Staff, *, pick: Annotated[list[str] | None, Form()] = None,
    step: Annotated[str, Form()] = "", words: Annotated[str, Form()] = "", other: Annotated[str, Form()] = "",
    form: Annotated[str, Form()] = "", go: Annotated[str, Form()] = "", back: Annotated[str, Form()] = "",
    insert: Annotated[int, Form(ge=0, lt=2**31)] = 0,
) -> Response:  # fmt: skip
    """`step` is empty at first; then `go` is write, preview, back or send."""
    staff.require("work_requests")
    back = back if back.startswith(f"{REQUESTS}?") else REQUESTS
    picked = [_picked(parts, staff, one) for one in dict.fromkeys(pick or ())]
    if not picked or len(picked) > MOST:
        raise InvalidInputError("no requests were ticked, or too many")
    typed = {"words": say.plain(words), "other": say.plain(other)[:60]}
    context: dict[str, Any] = {
        "picked": picked, "form": form[:32] or form_name(), "back": back, "say": say, "url": REQUESTS, "typed": typed,
        "wrong": "",
    }  # fmt: skip
    able = colleagues(parts.staff, {one.ticket.company for one in picked})
    choices = _choices(parts, [one.ticket for one in picked])
    if not step:
        return show(request, "requests/bulk.html", context | {"choices": choices, "colleagues": able})
    # On "send", each request is tried by itself: one that somebody else has changed holds up no other, and a form that is
    # sent twice gets the same report.
    known = step in (CHOICES if go == "send" else choices)
    if not known or (step == "assign" and typed["other"] and typed["other"] not in able):
        context["wrong"] = "That is not possible for all of these any more."
        return show(request, "requests/bulk.html", context | {"choices": choices, "colleagues": able}, 422)
    about = say.STEPS[step]
    offered = offers(parts, {one.ticket.company for one in picked}) if about.speaks else []
    context["offers"] = offered
    if insert:
        typed["words"] = with_reply(typed["words"], offered, insert)
        return show(request, "requests/bulk_words.html", context | {"step": about})
    if step != "assign" and (go in {"", "write", "back"} or not typed["words"].strip()):
        context["wrong"] = "" if go in {"", "write", "back"} else "Please write what is to stand with each of them."
        return show(request, "requests/bulk_words.html", context | {"step": about}, 422 if context["wrong"] else 200)
    arguments: dict[str, Any] = {"step": step, "actor": staff.actor, **typed}
    if step == "complete":
        arguments["left_open"] = ""  # why points stay open is said at each request by itself
    if about.writes and go != "send":
        outcomes = [_try(parts, one, context["form"], arguments, rehearse=True) for one in picked]
        sample = next((one for one in outcomes if one.letter), None)
        who = parts.requests.staff_desk.details(sample.picked.ticket.number).email if sample else None
        return show(request, "requests/bulk_preview.html", context | {
            "step": about, "outcomes": outcomes, "sample": sample, "to": say.masked(who) if who else "",
        })  # fmt: skip
    outcomes = [_try(parts, one, context["form"], arguments) for one in picked]
    return show(request, "requests/bulk_report.html", context | {"step": about, "outcomes": outcomes})


@router.get("/requests/bulk")
def start(staff: Staff) -> Response:
    """Where a reload after signing in again leads."""
    return RedirectResponse(REQUESTS, 303)


def _try(parts: Services, one: Picked, form: str, arguments: dict[str, Any], *, rehearse: bool = False) -> Outcome:
    """Take the step in a transaction of its own, so that a fault of one request does not hold up the others."""
    given = {"number": one.ticket.number, "seen": seen_of(one.seen, form), **arguments}
    try:
        if rehearse:
            return Outcome(one, letter=parts.requests.staff_desk.preview(**given).letter)
        parts.requests.staff_desk.take(**given)
    except ConflictError:
        return Outcome(one, "Something has happened to it since you ticked it. Nothing was done: open it and look.")
    except (InvalidInputError, NotFoundError) as error:
        return Outcome(one, _why(error))
    return Outcome(one)


def _why(error: CandorError) -> str:
    return error.public if isinstance(error, NotFoundError) else say.why(error)


def _choices(parts: Services, tickets: Sequence[Ticket]) -> dict[str, say.StepWords]:
    """The steps that are possible with each of the requests."""
    silent = worklist(parts).unacknowledged([ticket.number for ticket in tickets])
    possible = {"assign", "note"} | ({"acknowledge"} if len(silent) == len(tickets) else set())
    possible |= set.intersection(*(set(actions_in(ticket.status, "staff")) for ticket in tickets))
    return {step: say.STEPS[step] for step in CHOICES if step in possible}


def _picked(parts: Services, staff: Account, value: str) -> Picked:
    """Raises: InvalidInputError; UnknownRequestError; NotYoursError."""
    number, _, seen = value.partition(":")
    if not (seen.isascii() and seen.isdigit() and len(seen) < 18):
        raise InvalidInputError("a ticked request without what was seen of it")
    return Picked(find(parts, staff, number), int(seen))
