"""Keeping and forgetting: periods and runs, forget a conversation, erase a person."""

from __future__ import annotations

import json
import time
from collections.abc import Collection
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from candor.accounts.roles import Account
from candor.console.deps import Parts, Staff, TheAssistant, TheRetention, needs
from candor.console.pages import show
from candor.console.places import FOLDER
from candor.errors import CandorError, ConflictError, NotFoundError, UnknownConversationError
from candor.retention.erasure import NotSearchableError
from candor.services import Services
from candor.tickets.erasing import StillOwedError
from candor.transcripts.store import Conversation

router = APIRouter()
PREVIEW_LASTS = 600  # seconds
VALUES = {"email": "e-mail address", "phone": "phone number", "card": "card number", "account": "account number"}


class OldPreviewError(ConflictError):
    """What was shown is too old to be acted on."""

    public = "This was shown too long ago. Nothing was erased: please type the address or number again."


class ForgottenError(NotFoundError):
    """There is no such conversation, or not any more."""

    public = "There is no such conversation. It may have been forgotten meanwhile."


@router.get("/keeping")
async def periods(request: Request, staff: Staff, parts: Parts, keeper: TheRetention, done: str = "") -> Response:
    """What is kept for how long, and how that is kept to."""
    staff.require("see_settings")
    looked = await keeper.job.status()
    told = {
        "kinds": looked, "runs": keeper.job.runs(20), "done": done, "titles": {one.kind.name: one.kind.title for one in looked},
        "names": {account.actor: account.name for account in parts.staff.accounts.all()},
    }  # fmt: skip
    return show(request, "retention/periods.html", told)


@router.post("/keeping/run")
async def run(staff: Staff, parts: Parts, keeper: TheRetention) -> Response:
    """Remove now what the next run would. Raises: AlreadyRunningError."""
    staff.require("see_settings")
    staff.require("forget")
    parts.staff.audit.record(staff.actor, "keeping.run")
    ended = await keeper.job.run(staff.actor)
    return RedirectResponse(f"{FOLDER}/keeping?done={'failed' if ended.failed else 'ran'}", 303)


@router.get("/conversations/{id}/forget", dependencies=[needs("forget")])
def ask(request: Request, id: str, staff: Staff, parts: Parts) -> Response:
    """What would be forgotten, and what stays."""
    talk = _there(parts, id)
    staff.require("forget", talk.company)
    requests = [ticket.number for ticket in parts.requests.desk.of_conversation(id)]
    waits = parts.requests.links.waits_for_person(id)
    kinds = parts.conversations.vault.kinds(id)
    told = {
        "id": id,
        "company": talk.company,
        "held": parts.conversations.transcripts.summary(id),
        "kinds": kinds,
        "requests": requests,
        "values": VALUES,
        "waits": waits,
    }
    return show(request, "retention/forget_page.html", told)


@router.post("/conversations/{id}/forget", dependencies=[needs("forget")])
async def forget(id: str, staff: Staff, parts: Parts, door: TheAssistant) -> Response:
    """Forget a conversation everywhere; in Rasa later, where that is down."""
    talk = _there(parts, id)
    staff.require("forget", talk.company)
    everywhere = await door.forget_now(id)
    parts.staff.audit.record(
        staff.actor, "conversation.forget", f"conversation {id}", company=talk.company, everywhere=everywhere
    )  # fmt: skip
    return RedirectResponse(f"{FOLDER}/forgotten{'' if everywhere else '?later=1'}", 303)


@router.get("/forgotten")
def forgotten(request: Request, staff: Staff, later: str = "") -> Response:
    staff.require("forget")
    return show(request, "retention/forgotten.html", {"later": bool(later)})


@router.get("/keeping/erase")
def whom(request: Request, staff: Staff) -> Response:
    staff.require("forget")
    return show(request, "retention/erase.html", {"wrong": "", "scope": scope_of(staff, request)})


@router.post("/keeping/erase")
def preview(
    request: Request, staff: Staff, parts: Parts, keeper: TheRetention, person: Annotated[str, Form()] = ""
) -> Response:  # fmt: skip
    """How much there is of a person, in numbers. What was typed goes on as a sealed text: it stands in no page or address."""
    staff.require("forget")
    try:
        found = keeper.erasing.find(person, scope_of(staff, request))
    except NotSearchableError as error:
        return show(request, "retention/erase.html", {"wrong": error.public, "scope": scope_of(staff, request)}, 422)
    parts.staff.audit.record(staff.actor, "person.find", conversations=len(found.stored), requests=len(found.tickets.closed))
    sealed = parts.cipher.encrypt(json.dumps([person, staff.id, time.time()])).decode()
    return show(request, "retention/erase_preview.html", {"found": found, "sealed": sealed, "scope": scope_of(staff, request)})


@router.post("/keeping/erase/now")
async def erase(
    request: Request, staff: Staff, parts: Parts, keeper: TheRetention, door: TheAssistant, sealed: Annotated[str, Form()] = ""
) -> Response:  # fmt: skip
    """Erase what is found now: more may have come since the preview. Raises: OldPreviewError; StillOwedError."""
    staff.require("forget")
    person = _unsealed(parts, staff, sealed)
    try:
        erased = await keeper.erasing.erase(person, door.forget_now, scope_of(staff, request))
    except StillOwedError:
        parts.staff.audit.record(staff.actor, "person.erase_refused", because="owed")
        raise
    counts: dict[str, Any] = {
        "conversations": erased.conversations, "requests": erased.requests, "handoffs": erased.handoffs,
        "slack_members": erased.slack_members, "letters": erased.letters, "pending": erased.pending,
    }  # fmt: skip
    parts.staff.audit.record(staff.actor, "person.erase", f"erasure {erased.reference}", **counts)
    return RedirectResponse(f"{FOLDER}/keeping/erase/{erased.reference}", 303)


@router.get("/keeping/erase/{reference}")
def erased(request: Request, reference: str, staff: Staff, parts: Parts) -> Response:
    """What an erasure came to: what the audit log holds of it, and whether Rasa is still behind."""
    staff.require("forget")
    entry = next(iter(parts.staff.audit.entries(action="person.erase", subject=f"erasure {reference[:20]}", limit=1)), None)
    if entry is None or (entry.actor != staff.actor and not staff.may("read_audit")):
        raise NotFoundError("no such erasure")
    waiting = len(parts.conversations.transcripts.pending_deletions()) if entry.details.get("pending") else 0
    told = {"reference": reference, "at": entry.at, "counts": entry.details, "waiting": waiting}
    return show(request, "retention/erased.html", told)


def _there(parts: Services, conversation: str) -> Conversation:
    """Raises: ForgottenError."""
    try:
        return parts.conversations.transcripts.get(conversation)
    except UnknownConversationError:
        raise ForgottenError("no such conversation") from None


def scope_of(staff: Account, request: Request) -> Collection[str] | None:
    """Whose data this person may erase: of these companies; None: of every one."""
    if staff.covers("forget"):
        return None
    known: Services = request.app.state.parts
    return staff.companies("forget", known.knowledge.catalogue.companies)


def _unsealed(parts: Services, staff: Account, sealed: str) -> str:
    """Raises: OldPreviewError if it is too old, somebody else's, or none of ours."""
    try:
        person, account, at = json.loads(parts.cipher.decrypt(sealed.encode()))
    except (CandorError, ValueError, TypeError):
        raise OldPreviewError("what was sealed cannot be read") from None
    if account != staff.id or time.time() - at > PREVIEW_LASTS:
        raise OldPreviewError("what was sealed is too old, or somebody else's")
    return str(person)
