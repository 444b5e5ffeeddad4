"""Requests as programs get them. Addresses stay masked; only what reveals one shows it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel

from candor.console.requests.handover import is_proven
from candor.console.requests.queue import why_not
from candor.console.requests.text import masked
from candor.tickets.checklists import RequestPoint
from candor.tickets.delivery.request_files import FileLink, RequestFile
from candor.tickets.details import DeliveryState, RequestDetails, RequestEvent
from candor.tickets.law.refusals import grounds_for
from candor.tickets.queue import QueueEntry, days_left
from candor.tickets.request_types import RequestTypeName
from candor.tickets.staff import STEPS, StaffStep
from candor.tickets.states import OPEN, TicketState
from candor.tickets.ticket import Ticket


class RequestSummary(BaseModel):
    """One request. due: the last day for the answer; days_left: until then, negative where it is late, null where it is
    closed. assignee: an actor, such as account:3; its name beside it."""

    number: str
    company: str
    request_type: RequestTypeName
    state: TicketState
    received_at: datetime
    verified: bool
    residence: str
    law: str
    due: date | None
    due_article: str
    days_left: int | None
    acknowledge_by: datetime | None
    closed_at: datetime | None
    assignee: str
    assignee_name: str


class ListedRequest(RequestSummary):
    """One request in the list. newest_event: the version that a step can be based on. letters: what became of letters that did
    not reach the requester; empty: all did."""

    newest_event: int
    unacknowledged: bool
    paused_for: str
    letters: Literal["", "refused", "given_up", "delayed"]


class RequestPageData(BaseModel):
    """A page of the list. next: the cursor of the page after it; null at the end."""

    requests: list[ListedRequest]
    next: str | None


class EventData(BaseModel):
    """One event. words: what was written with it; empty where nothing was, or where it was erased."""

    id: int
    at: datetime
    actor: str
    actor_name: str
    what: str
    state: str
    words: str
    data: dict[str, Any]


class EventsData(BaseModel):
    """Events of one request, the oldest first."""

    events: list[EventData]


class FeedEventData(BaseModel):
    """One event of some request, without what was written with it."""

    id: int
    at: datetime
    number: str
    company: str
    actor: str
    actor_name: str
    what: str
    state: str


class FeedData(BaseModel):
    """Events of all requests, the oldest first. next: what to ask with the next time."""

    events: list[FeedEventData]
    next: int


class SentLetter(BaseModel):
    """A letter to the requester, or news in their chat. state: due, sending, sent, refused, dead or lapsed."""

    event: int | None
    channel: str
    letter: str
    state: str
    tries: int
    why: str


class FileData(BaseModel):
    """A file of a request. link: the newest link that gives it to the requester; null where none does."""

    id: int
    name: str
    size: int
    added_at: datetime
    added_by: str
    downloads: int
    link: int | None


class LinkData(BaseModel):
    """A link under which the requester gets files, with a code."""

    id: int
    made_at: datetime
    until: datetime
    ended_at: datetime | None
    downloads: int
    files: list[int]


class FilesData(BaseModel):
    """The files of a request, and the links that give them."""

    files: list[FileData]
    links: list[LinkData]


class PointData(BaseModel):
    """One point of the checklist. place: by which it is ticked."""

    place: int
    kind: Literal["system", "processor"]
    text: str
    who: str
    done_at: datetime | None
    done_by: str


class GroundData(BaseModel):
    """A ground on which the law lets this request be refused. article: what it rests on."""

    id: str
    says: str
    article: str


class RequestData(RequestSummary):
    """Everything about one request. can: the steps that are possible now. masked_email: null where there is no address."""

    newest_event: int
    can: list[StaffStep]
    grounds: list[GroundData]
    proven: bool
    masked_email: str | None
    duplicate_of: str | None
    repeated_by: list[str]
    conversation: str
    erased_at: datetime | None
    acknowledged: bool | None
    events: list[EventData]
    sent: list[SentLetter]
    files: list[FileData]
    links: list[LinkData]
    checklist: list[PointData]


Names = Mapping[str, str]


def summary_of(ticket: Ticket, names: Names, now: datetime) -> dict[str, Any]:
    """The fields of a RequestSummary."""
    return {
        "number": ticket.number, "company": ticket.company, "request_type": ticket.request_type, "state": ticket.status,
        "received_at": ticket.received_at, "verified": ticket.verified, "residence": ticket.residence, "law": ticket.law,
        "due": ticket.due_on, "due_article": ticket.respond_article,
        "days_left": days_left(ticket, now) if ticket.due_on and ticket.status in OPEN else None,
        "acknowledge_by": ticket.acknowledge_by, "closed_at": ticket.closed_at, "assignee": ticket.assignee,
        "assignee_name": names.get(ticket.assignee, "") if ticket.assignee else "",
    }  # fmt: skip


def listed(entry: QueueEntry, names: Names, now: datetime) -> ListedRequest:
    return ListedRequest(
        **summary_of(entry.ticket, names, now), newest_event=entry.newest, unacknowledged=entry.unacknowledged,
        paused_for=entry.paused_for, letters=entry.letters or "",
    )  # fmt: skip


def event_data(event: RequestEvent, names: Names) -> EventData:
    shown = {name: value for name, value in event.data.items() if name != "form"}
    return EventData(
        id=event.id, at=event.at, actor=event.actor, actor_name=names.get(event.actor, ""), what=event.what, state=event.state,
        words=event.words, data=shown,
    )  # fmt: skip


def letter_data(sent: DeliveryState) -> SentLetter:
    return SentLetter(event=sent.event, channel=sent.channel, letter=sent.what, state=sent.state, tries=sent.tries, why=sent.why)


def file_data(file: RequestFile) -> FileData:
    return FileData(
        id=file.id, name=file.name, size=file.size, added_at=file.added_at, added_by=file.added_by, downloads=file.downloads,
        link=file.link,
    )  # fmt: skip


def link_data(link: FileLink) -> LinkData:
    return LinkData(
        id=link.id, made_at=link.made_at, until=link.until, ended_at=link.ended_at, downloads=link.downloads,
        files=[file.id for file in link.files],
    )  # fmt: skip


def point_data(point: RequestPoint) -> PointData:
    return PointData(
        place=point.place, kind=point.point.kind, text=point.point.text, who=point.point.who, done_at=point.done_at,
        done_by=point.done_by,
    )  # fmt: skip


def request_data(
    file: RequestDetails, names: Names, now: datetime, files: FilesData, checklist: list[PointData]
) -> RequestData:  # fmt: skip
    standing = file.acknowledgement
    return RequestData(
        **summary_of(file.ticket, names, now), newest_event=file.newest,
        can=[step for step in STEPS if not why_not(file, step, now)], proven=is_proven(file),
        grounds=[
            GroundData(id=one.id, says=one.says, article=one.article)
            for one in grounds_for(file.ticket.law, file.ticket.request_type)
        ],
        masked_email=masked(file.email) if file.email else None, duplicate_of=file.first, repeated_by=list(file.repeated_by),
        conversation=file.conversation, erased_at=file.erased_at,
        acknowledged=standing.state == "completed" if standing else None,
        events=[event_data(event, names) for event in file.events], sent=[letter_data(sent) for sent in file.sent],
        files=files.files, links=files.links, checklist=checklist,
    )  # fmt: skip
