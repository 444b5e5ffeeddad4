"""The steps of one request: write the text, preview the letter, send it. No step is lost, and none is taken twice."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from candor.accounts.mentions import named_in
from candor.accounts.roles import Account
from candor.console.deps import Parts, Staff, needs
from candor.console.notes.telling import WORKS, tell
from candor.console.notes.telling import colleagues as tellable
from candor.console.pages import show
from candor.console.replies.offers import Offer, offers_for, with_reply
from candor.console.requests import text as say
from candor.console.requests.handover import handed_over
from candor.console.requests.queue import REQUESTS, colleagues, find, form_name, names, now, seen_of, why_not
from candor.console.requests.routes_checklists import checklist_of
from candor.errors import CandorError, ConflictError, InvalidInputError, NotFoundError
from candor.services import Services
from candor.tickets.deadline_text import explain
from candor.tickets.details import RequestDetails
from candor.tickets.law.refusals import grounds_for, refusals
from candor.tickets.optimistic_lock import ChangedError
from candor.tickets.ticket import Ticket

LONGEST_REASON = 500  # characters
FileIds = Annotated[list[int] | None, Form()]
router = APIRouter(dependencies=[needs("work_requests")])


class NoSuchStepError(NotFoundError):
    """No step has this name."""

    public = "There is no such page."


@router.get("/requests/{number}/{step}")
def form(request: Request, number: str, step: str, parts: Parts, staff: Staff) -> Response:
    """The step's form."""
    words = _step(step)
    ticket = find(parts, staff, number)
    file = parts.requests.staff_desk.details(ticket.number)
    parts.staff.audit.record(staff.actor, "request.read", f"request {ticket.number}", company=ticket.company)
    return _form(request, parts, staff, file, words, form_name())


@router.post("/requests/{number}/{step}")
def take(
    request: Request, number: str, step: str, parts: Parts, staff: Staff, *, words: Annotated[str, Form()] = "",
    other: Annotated[str, Form()] = "", seen: Annotated[int, Form(ge=0, lt=2**62)] = 0, form: Annotated[str, Form()] = "",
    go: Annotated[str, Form()] = "preview", to: Annotated[str, Form()] = "", files: FileIds = None,
    left_open: Annotated[str, Form()] = "", insert: Annotated[int, Form(ge=0, lt=2**31)] = 0,
) -> Response:  # fmt: skip
    """`go`: preview, back or send; a step without a letter has no preview. `insert`: only put this saved reply into the form."""
    about, ticket = _step(step), find(parts, staff, number)
    typed: dict[str, Any] = {"words": say.plain(words), "other": say.plain(other)[:60].strip()}
    if about.step == "complete":
        typed |= {"files": tuple(files or ()), "left_open": say.plain(left_open)[:LONGEST_REASON].strip()}
    if about.step == "assign":
        _able(parts, typed["other"], ticket.company)
    if insert:
        file = parts.requests.staff_desk.details(ticket.number)
        typed["words"] = with_reply(typed["words"], _offers(parts, file, about), insert)
        return _form(request, parts, staff, file, about, form, typed, seen=seen)
    arguments: dict[str, Any] = {
        "number": ticket.number, "step": about.step, "actor": staff.actor, "seen": seen_of(seen, form), **typed,
    }  # fmt: skip
    try:
        if about.writes and go == "back":
            file = parts.requests.staff_desk.details(ticket.number)
            return _form(request, parts, staff, file, about, form, typed, seen=seen)
        if about.writes and go != "send":
            return _preview(request, parts, arguments, about, typed)
        parts.requests.staff_desk.take(**arguments)
    except (InvalidInputError, ConflictError, NotFoundError) as error:
        return _refused(request, parts, staff, arguments, about, typed, error)
    if about.step == "note" and (untold := _tell(parts, staff, ticket, typed["words"])):
        return RedirectResponse(f"{REQUESTS}/{ticket.number}?{urlencode({'done': 'note', 'untold': untold})}", 303)
    back = f"{REQUESTS}?done={about.step}" if to == "queue" else f"{REQUESTS}/{ticket.number}?done={about.step}"
    return RedirectResponse(back, 303)


def _preview(
    request: Request, parts: Services, arguments: dict[str, Any], about: say.StepWords, typed: dict[str, Any]
) -> Response:
    rehearsed = parts.requests.staff_desk.preview(**arguments)
    file = parts.requests.staff_desk.details(arguments["number"])
    return show(request, "requests/preview.html", {
        "file": file, "ticket": file.ticket, "after": rehearsed.ticket, "letter": rehearsed.letter, "step": about, "typed": typed,
        "seen": arguments["seen"].event, "form": arguments["seen"].form, "say": say, "url": REQUESTS,
    })  # fmt: skip


def _refused(
    request: Request,
    parts: Services,
    staff: Account,
    arguments: dict[str, Any],
    about: say.StepWords,
    typed: dict[str, Any],
    error: CandorError,
) -> Response:
    """The form again, with its text: and with the newer events where somebody was faster, or with what is to be corrected."""
    file, seen = parts.requests.staff_desk.details(arguments["number"]), arguments["seen"]
    if isinstance(error, ChangedError):
        return _form(request, parts, staff, file, about, seen.form, typed, status=409, since=seen.event)
    wrong = "There is no request with this number." if isinstance(error, NotFoundError) else say.why(error)
    status = 409 if isinstance(error, ConflictError) else 422
    return _form(request, parts, staff, file, about, seen.form, typed, status=status, wrong=wrong, seen=seen.event)


def _form(
    request: Request, parts: Services, staff: Account, file: RequestDetails, about: say.StepWords, form: str,
    typed: dict[str, Any] | None = None, *, status: int = 200, wrong: str = "", since: int | None = None, seen: int | None = None,
) -> Response:  # fmt: skip
    """`since`: the newest event when the form was made; events after it are shown."""
    newer = [event for event in file.events if since is not None and event.id > since]
    impossible = why_not(file, about.step, now())
    return show(request, "requests/step.html", {
        "file": file, "ticket": file.ticket, "step": about, "form": form or form_name(), "wrong": wrong, "newer": newer,
        "typed": typed or {"words": "", "other": "", "files": None}, "seen": file.newest if seen is None else seen,
        "possible": not impossible, "impossible": impossible,
        "clock": explain(file.clock, now()) if file.clock and about.step == "extend" else [], "names": names(parts),
        "say": say, "url": REQUESTS, "offers": _offers(parts, file, about),
        "colleagues": colleagues(parts.staff, [file.ticket.company]) if about.step == "assign" else {},
        "grounds": grounds_for(file.ticket.law, file.ticket.request_type) if about.step == "refuse" else (),
        "refusal": refusals().get(file.ticket.law) if about.step == "refuse" else None, "proofs": say.PROOFS,
        "extended": file.clock.extended if file.clock and about.step == "extend" else None,
        **(_completing(parts, staff, file, typed) if about.step == "complete" else {}),
    }, status)  # fmt: skip


def _completing(parts: Services, staff: Account, file: RequestDetails, typed: dict[str, Any] | None) -> dict[str, Any]:
    """The panels of the checklist, and of the files: those that go out are ticked, and all are before somebody has chosen."""
    return (
        checklist_of(parts, staff, file, completing=True)
        | handed_over(parts, file)
        | {"choosing": True, "chosen": typed["files"] if typed else None}
    )


def _offers(parts: Services, file: RequestDetails, about: say.StepWords) -> list[Offer]:
    return offers_for(parts, file, about.step) if about.speaks else []


def _tell(parts: Services, staff: Account, ticket: Ticket, note: str) -> str:
    """Put the request into the inbox of those whom its note names; returns whom nobody here is called."""
    named = named_in(note, tellable(parts, ticket.company, WORKS))
    return tell(parts, staff, named, f"request {ticket.number}", ticket.company)


def _step(name: str) -> say.StepWords:
    """Raises: NoSuchStepError."""
    if name not in say.STEPS:
        raise NoSuchStepError(f"no step {name[:40]!r}")
    return say.STEPS[name]


def _able(parts: Services, actor: str, company: str) -> None:
    """Raises: InvalidInputError if this person may not work on the company's requests."""
    if actor and actor not in colleagues(parts.staff, [company]):
        raise InvalidInputError("a request is given to who may work on it")
