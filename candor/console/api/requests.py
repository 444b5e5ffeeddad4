"""Requests: the list, one with all that is known of it, its steps, its address for a reason, its files and its checklist."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from candor.accounts.api_tokens import ApiToken
from candor.console.api.deps import LISTS, READS, WRITES, Parts, StrictBody, Token, not_kept, says
from candor.console.api.idempotent import HEADER, IdempotentRoute
from candor.console.api.request_views import (
    EventsData,
    FeedData,
    FeedEventData,
    FileData,
    FilesData,
    PointData,
    RequestData,
    RequestPageData,
    RequestSummary,
    event_data,
    file_data,
    link_data,
    listed,
    point_data,
    request_data,
    summary_of,
)
from candor.console.api.selection import companies_of, find, now
from candor.console.requests import text as say
from candor.console.requests.queue import colleagues, names, worklist
from candor.errors import ConflictError, InvalidInputError
from candor.services import Services
from candor.tickets.events import LONGEST_WORDS
from candor.tickets.optimistic_lock import OptimisticLock
from candor.tickets.queue import DUES, NOBODY, QueueQuery, read_cursor
from candor.tickets.request_types import RequestTypeName
from candor.tickets.staff import StaffStep
from candor.tickets.states import CLOSED, NotNowError, TicketState
from candor.tickets.ticket import Ticket

router = APIRouter(tags=["requests"], route_class=IdempotentRoute)
ME = "me"
FEED = 100  # events a call
Number = Annotated[str, Path(description="Such as R-7KQ4-M2XD.")]
RowId = Annotated[int, Path(ge=0, lt=2**31)]
# The field of a step that says what `words` cannot, by step.
OTHERS: dict[str, str] = {"prove": "proof", "refuse": "ground", "mark_duplicate": "first", "assign": "assignee"}
OCTETS = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


class NotPossibleNowError(ConflictError):
    """The request's state does not allow the step."""

    def __init__(self, error: NotNowError, state: str) -> None:
        super().__init__(str(error))
        self.public = f"This is not possible with a request that is {state.replace('_', ' ')}. Nothing was done."


class BadStepError(InvalidInputError):
    """A field that does not belong to the step, or lacks; `public` says which."""

    def __init__(self, public: str) -> None:
        super().__init__("a step with a wrong field")
        self.public = public


class BadListCursorError(InvalidInputError):
    """A cursor that the list did not give."""

    public = "This cursor cannot be read. Take it from `next` of the page before, or leave it out."


class Step(StrictBody):
    """One step, as staff take it. Which field it needs besides `words` says the documentation of each."""

    step: StaffStep
    words: str = Field(default="", max_length=LONGEST_WORDS, description="A reason, a message or a note; see the step.")
    proof: Literal["document", "account", "agent", "guardian"] | None = Field(default=None, description="For prove.")
    ground: str | None = Field(
        default=None, max_length=60, description="For refuse: the id of a ground of the law; empty: in your words."
    )
    first: str | None = Field(default=None, max_length=40, description="For mark_duplicate: the earlier request's number.")
    assignee: str | None = Field(
        default=None, max_length=254, description="For assign: me, an actor, an account's address; empty: nobody."
    )
    files: list[Annotated[int, Field(ge=0, lt=2**31)]] = Field(
        default=[], max_length=50, description="For complete: ids of files that the requester gets."
    )
    left_open: str = Field(default="", max_length=500, description="For complete: why points of the checklist stay open.")
    seen: int | None = Field(
        default=None, ge=0, lt=2**53, description="newest_event that it is decided on: 409 where something happened since."
    )


class StepLetter(BaseModel):
    """A letter as the requester would get it."""

    subject: str
    text: str


class StepPreviewData(BaseModel):
    """What a step would lead to. letter: null where none would be sent."""

    request: RequestSummary
    letter: StepLetter | None


class Reason(StrictBody):
    """Why an address is needed. It goes into the audit log, and names nobody."""

    reason: str = Field(max_length=say.LONGEST_REASON)


class Revealed(BaseModel):
    """Who asked; null where no address was given or it was erased."""

    email: str | None


class Tick(StrictBody):
    """Whether a point of the checklist is done."""

    done: bool


class Checklist(BaseModel):
    """The checklist of a request."""

    checklist: list[PointData]


@router.get("/requests", **LISTS)
def requests(
    parts: Parts, token: Token, *, company: Annotated[str, Query(max_length=40)] = "",
    type: RequestTypeName | None = None, state: TicketState | None = None, law: Annotated[str, Query(max_length=40)] = "",
    due: Annotated[Literal["overdue", "today", "soon", "acknowledge"] | None, Query(description="Of open ones.")] = None,
    assignee: Annotated[str, Query(max_length=40, description="me, nobody or an actor.")] = "", closed: bool = False,
    after: Annotated[str, Query(max_length=80, description="`next` of the page before.")] = "",
) -> RequestPageData:  # fmt: skip
    """Open requests, the most urgent first; or closed ones, the newest first. 50 a page. Scope: requests:read."""
    wanted = companies_of(token, "requests:read", company)
    if after and read_cursor(after) is None:
        raise BadListCursorError("a cursor of another list")
    closed = state in CLOSED if state else closed
    whose = token.actor if assignee == ME else NOBODY if assignee == NOBODY else assignee
    query = QueueQuery(wanted, type or "", state or "", law, "" if closed else due or "", whose.replace("\0", ""), closed)
    at, known = now(), names(parts)
    page = worklist(parts).page(query, at, after)
    return RequestPageData(requests=[listed(entry, known, at) for entry in page.entries], next=page.after or None)


@router.get("/requests/{number}", **READS)
def one(number: Number, parts: Parts, token: Token) -> RequestData:
    """Everything about one request, its address masked. That it was read is audited. Scope: requests:read."""
    ticket = find(parts, token, number, "requests:read")
    file = parts.requests.staff_desk.details(ticket.number)
    parts.staff.audit.record(token.actor, "request.read", f"request {ticket.number}", company=ticket.company)
    points = [point_data(point) for point in parts.requests.checklists.of(ticket.number)]
    return request_data(file, names(parts), now(), _files(parts, ticket), points)


@router.get("/requests/{number}/events", **READS)
def events(
    number: Number, parts: Parts, token: Token, after: Annotated[int, Query(ge=0, lt=2**53, description="An event's id.")] = 0
) -> EventsData:  # fmt: skip
    """What has happened to a request since an event. That it was read is audited. Scope: requests:read."""
    ticket = find(parts, token, number, "requests:read")
    file, known = parts.requests.staff_desk.details(ticket.number), names(parts)
    parts.staff.audit.record(token.actor, "request.read", f"request {ticket.number}", company=ticket.company)
    return EventsData(events=[event_data(event, known) for event in file.events if event.id > after])


@router.get("/events", **LISTS)
def feed(
    parts: Parts, token: Token, *, company: Annotated[str, Query(max_length=40)] = "",
    after: Annotated[int, Query(ge=0, lt=2**53, description="`next` of the call before; 0: from the first event on.")] = 0,
) -> FeedData:  # fmt: skip
    """What has happened to any request since an event, 100 at a time, without what anybody wrote: for programs that ask now and
    then instead of being told by a webhook. Scope: requests:read."""
    wanted = companies_of(token, "requests:read", company)
    found, known = worklist(parts).happened(wanted, after, FEED, now()), names(parts)
    told = [FeedEventData(**asdict(event), actor_name=known.get(event.actor, "")) for event in found]
    return FeedData(events=told, next=found[-1].id if found else after)


@router.post("/requests/{number}/steps", **WRITES)
def take(number: Number, body: Step, request: Request, parts: Parts, token: Token) -> RequestSummary:
    """Take a step: the state, the dates, the letter and the webhooks follow, as in the console. Scope: requests:write.

    start and prove begin the work (prove: `proof`, and in `words` what was seen); send_code sends the requester a new code;
    ask_requester, extend, complete, refuse and reopen tell the requester `words`; answer and withdraw record what the requester
    said elsewhere; note stays inside; acknowledge records that the receipt was acknowledged; assign gives the work to `assignee`.
    """
    ticket = find(parts, token, number, "requests:write")
    arguments = _arguments(parts, token, ticket, body, request.headers.get(HEADER))
    if arguments is None:  # done before, by a call that died before it was answered
        return RequestSummary(**summary_of(ticket, names(parts), now()))
    try:
        after = parts.requests.staff_desk.take(**arguments)
    except NotNowError as error:
        raise NotPossibleNowError(error, ticket.status) from error
    return RequestSummary(**summary_of(after, names(parts), now()))


@not_kept
@router.post("/requests/{number}/steps/preview", **(READS | {"responses": says(401, 403, 404, 409, 429)}))
def preview(number: Number, body: Step, parts: Parts, token: Token) -> StepPreviewData:
    """What a step would lead to, with the letter that the requester would get. Nothing is stored. Scope: requests:write."""
    ticket = find(parts, token, number, "requests:write")
    arguments = _arguments(parts, token, ticket, body, None)
    try:
        found = parts.requests.staff_desk.preview(**(arguments or {}))
    except NotNowError as error:
        raise NotPossibleNowError(error, ticket.status) from error
    letter = StepLetter(subject=found.letter.subject, text=found.letter.text) if found.letter else None
    return StepPreviewData(request=RequestSummary(**summary_of(found.ticket, names(parts), now())), letter=letter)


@not_kept
@router.post("/requests/{number}/reveal", **READS)
def reveal(number: Number, body: Reason, parts: Parts, token: Token) -> Revealed:
    """Read the requester's address, for a reason that the audit log keeps. Scope: requests:reveal."""
    ticket = find(parts, token, number, "requests:reveal")
    file, reason = parts.requests.staff_desk.details(ticket.number), " ".join(say.plain(body.reason).split())
    if wrong := say.why_no_reason(reason, file.email):
        raise BadStepError(wrong)
    parts.staff.audit.record(token.actor, "request.reveal", f"request {ticket.number}", company=ticket.company, reason=reason)
    return Revealed(email=file.email)


@router.get("/requests/{number}/files", **READS)
def files(number: Number, parts: Parts, token: Token) -> FilesData:
    """The files of a request, and the links that give them. Scope: requests:read."""
    return _files(parts, find(parts, token, number, "requests:read"))


@router.post(
    "/requests/{number}/files", status_code=201, **WRITES, openapi_extra={"requestBody": {"required": True, "content": OCTETS}}
)  # fmt: skip
async def put_file(
    number: Number, request: Request, parts: Parts, token: Token,
    name: Annotated[str, Query(min_length=1, max_length=200, description="What the file is called, such as copy.pdf.")],
) -> FileData:  # fmt: skip
    """Put a file to a request: the body is the file, `curl --data-binary @copy.pdf`. It is encrypted while it arrives.

    Its kind is checked by its first bytes, its size while it grows. Scope: requests:write.
    """
    ticket = await asyncio.to_thread(find, parts, token, number, "requests:write")
    arriving = await asyncio.to_thread(parts.requests.files.begin, ticket.number, name, token.actor)
    whole = False
    try:
        async for chunk in request.stream():
            if chunk:
                await asyncio.to_thread(arriving.write, chunk)
        await asyncio.to_thread(arriving.finish)
        whole = True
    finally:
        if not whole:
            await asyncio.to_thread(arriving.abandon)
    await asyncio.to_thread(_noted, parts, token, "file_put", ticket, file=arriving.id)
    kept = await asyncio.to_thread(parts.requests.files.of, ticket.number)
    return file_data(next(file for file in kept if file.id == arriving.id))


@router.get(
    "/requests/{number}/files/{file}", response_class=StreamingResponse,
    **(READS | {"responses": {**READS["responses"], 200: {"description": "The file.", "content": OCTETS}}}),
)  # fmt: skip
def read_file(number: Number, file: RowId, parts: Parts, token: Token) -> StreamingResponse:
    """One file of a request. That it was read is audited. Scope: requests:read."""
    ticket = find(parts, token, number, "requests:read")
    found, blocks = parts.requests.files.read(ticket.number, file)
    _noted(parts, token, "file_read", ticket, file=file)
    return StreamingResponse(blocks, headers=found.headers)


@router.delete("/requests/{number}/files/{file}", **WRITES)
def remove_file(number: Number, file: RowId, parts: Parts, token: Token) -> FilesData:
    """Remove a file that no link gives. Scope: requests:write."""
    ticket = find(parts, token, number, "requests:write")
    parts.requests.files.remove(ticket.number, file)
    _noted(parts, token, "file_removed", ticket, file=file)
    return _files(parts, ticket)


@router.post("/requests/{number}/links/{link}/take-back", **WRITES)
def take_back(number: Number, link: RowId, parts: Parts, token: Token) -> FilesData:
    """End a link: the requester gets its files no more. Scope: requests:write."""
    ticket = find(parts, token, number, "requests:write")
    parts.requests.files.take_back(ticket.number, link, token.actor)
    _noted(parts, token, "files_taken_back", ticket, link=link)
    return _files(parts, ticket)


@router.put("/requests/{number}/checklist/{place}", **WRITES)
def tick(number: Number, place: RowId, body: Tick, parts: Parts, token: Token) -> Checklist:
    """Tick a point of the checklist, or take the tick back. Scope: requests:write."""
    ticket = find(parts, token, number, "requests:write")
    parts.requests.checklists.tick(ticket.number, place, token.actor, now(), done=body.done)
    _noted(parts, token, "checklist", ticket)
    return Checklist(checklist=[point_data(point) for point in parts.requests.checklists.of(ticket.number)])


def _arguments(parts: Services, token: ApiToken, ticket: Ticket, body: Step, key: str | None) -> dict[str, Any] | None:
    """What StaffDesk is called with; None where a call with this key was applied already. Raises: BadStepError."""
    fields = {"proof": body.proof, "ground": body.ground, "first": body.first, "assignee": body.assignee}
    own = OTHERS.get(body.step, "")
    if wrong := next((name for name, given in fields.items() if given is not None and name != own), ""):
        raise BadStepError(f"`{wrong}` does not belong to the step {body.step}.")
    if body.step != "complete" and (body.files or body.left_open):
        raise BadStepError(f"`files` and `left_open` belong to the step complete, not to {body.step}.")
    if own in {"proof", "first", "assignee"} and fields[own] is None:
        raise BadStepError(f"The step {body.step} needs `{own}`.")
    other = fields.get(own) or ""
    if body.step == "assign":
        other = _assignee(parts, token, ticket, other)
    arguments: dict[str, Any] = {
        "number": ticket.number, "step": body.step, "actor": token.actor, "words": say.plain(body.words),
        "other": say.plain(other),
    }  # fmt: skip
    if body.step == "complete":
        arguments |= {"files": tuple(body.files), "left_open": say.plain(body.left_open)}
    if key is not None:
        form, file = _form_of(token, key), parts.requests.staff_desk.details(ticket.number)
        if any(event.data.get("form") == form for event in file.events):
            return None
        arguments["seen"] = OptimisticLock(file.newest if body.seen is None else body.seen, form)
    elif body.seen is not None:
        arguments["seen"] = OptimisticLock(body.seen)
    return arguments


def _form_of(token: ApiToken, key: str) -> str:
    """Under which an event keeps that this call made it."""
    return hashlib.sha256(f"{token.id}:{key}".encode(errors="surrogatepass")).hexdigest()[:32]


def _assignee(parts: Services, token: ApiToken, ticket: Ticket, given: str) -> str:
    """The actor whose work it becomes; "" is nobody. Raises: BadStepError."""
    if given in {"", ME, token.actor}:
        return token.actor if given else ""
    account = parts.staff.accounts.find(given) if "@" in given else None
    actor = account.actor if account else given
    if actor not in colleagues(parts.staff, [ticket.company]):
        raise BadStepError("`assignee` is somebody who may work on this company's requests, or me, or empty.")
    return actor


def _files(parts: Services, ticket: Ticket) -> FilesData:
    kept = parts.requests.files
    return FilesData(
        files=[file_data(file) for file in kept.of(ticket.number)], links=[link_data(link) for link in kept.links(ticket.number)]
    )


def _noted(parts: Services, token: ApiToken, what: str, ticket: Ticket, **details: int) -> None:
    parts.staff.audit.record(token.actor, f"request.{what}", f"request {ticket.number}", company=ticket.company, **details)


assert set(DUES) == {"overdue", "today", "soon", "acknowledge"}  # noqa: S101  (as the filter of the list names them)
