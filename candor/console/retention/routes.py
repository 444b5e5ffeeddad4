"""Retention and erasure: periods and runs, forgetting a conversation, erasing a person."""

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
from candor.tickets.erasure import StillOpenError
from candor.transcripts.spans import IN_PLURAL, KIND_NAMES
from candor.transcripts.store import Conversation
from knowledge.catalogue import PolicyCatalogue

router = APIRouter()
PREVIEW_LASTS = 600  # seconds


class OldPreviewError(ConflictError):
    """The preview is too old to be acted on."""

    public = "This was shown too long ago. Nothing was erased: please type it again."


class ForgottenError(NotFoundError):
    """The conversation does not exist, or does not exist any more."""

    public = "There is no such conversation. It may have been forgotten meanwhile."


@router.get("/keeping")
async def periods(request: Request, staff: Staff, parts: Parts, retention: TheRetention, done: str = "") -> Response:
    """What is kept for how long, and the runs that remove what is over."""
    staff.require("see_settings")
    looked = await retention.job.status()
    context = {
        "kinds": looked, "runs": retention.job.runs(20), "done": done,
        "titles": {one.kind.name: one.kind.title for one in looked},
        "names": {account.actor: account.name for account in parts.staff.accounts.all()},
    }  # fmt: skip
    return show(request, "retention/periods.html", context)


@router.post("/keeping/run")
async def run(staff: Staff, parts: Parts, retention: TheRetention) -> Response:
    """Remove now what the next run would remove. Raises: AlreadyRunningError."""
    staff.require("see_settings")
    staff.require("forget")
    parts.staff.audit.record(staff.actor, "keeping.run")
    ended = await retention.job.run(staff.actor)
    return RedirectResponse(f"{FOLDER}/keeping?done={'failed' if ended.failed else 'ran'}", 303)


@router.get("/conversations/{id}/forget", dependencies=[needs("forget")])
def ask(request: Request, id: str, staff: Staff, parts: Parts) -> Response:
    """What would be forgotten, and what stays."""
    talk = _there(parts, id)
    staff.require("forget", talk.company)
    requests = [ticket.number for ticket in parts.requests.desk.of_conversation(id)]
    waits = parts.requests.links.waits_for_person(id)
    kinds = parts.conversations.vault.kinds(id)
    context = {
        "id": id,
        "company": talk.company,
        "held": parts.conversations.transcripts.summary(id),
        "kinds": kinds,
        "requests": requests,
        "values": KIND_NAMES,
        "values_in_plural": IN_PLURAL,
        "waits": waits,
    }
    return show(request, "retention/forget_page.html", context)


@router.post("/conversations/{id}/forget", dependencies=[needs("forget")])
async def forget(id: str, staff: Staff, parts: Parts, assistant: TheAssistant) -> Response:
    """Forget a conversation everywhere; in Rasa later, where that is down."""
    talk = _there(parts, id)
    staff.require("forget", talk.company)
    everywhere = await assistant.forget_now(id)
    parts.staff.audit.record(
        staff.actor, "conversation.forget", f"conversation {id}", company=talk.company, everywhere=everywhere
    )  # fmt: skip
    return RedirectResponse(f"{FOLDER}/forgotten{'' if everywhere else '?later=1'}", 303)


@router.get("/forgotten")
def forgotten(request: Request, staff: Staff, later: str = "") -> Response:
    staff.require("forget")
    return show(request, "retention/forgotten.html", {"later": bool(later)})


@router.get("/keeping/erase")
def whom(request: Request, staff: Staff, parts: Parts) -> Response:
    staff.require("forget")
    return show(request, "retention/erase.html", {"wrong": "", "scope": scope_of(staff, parts.knowledge.catalogue)})


@router.post("/keeping/erase")
def preview(
    request: Request, staff: Staff, parts: Parts, retention: TheRetention, person: Annotated[str, Form()] = ""
) -> Response:  # fmt: skip
    """How much there is of a person, in numbers. What was typed travels encrypted in the form."""
    staff.require("forget")
    scope = scope_of(staff, parts.knowledge.catalogue)
    try:
        found = retention.erasing.find(person, scope)
    except NotSearchableError as error:
        return show(request, "retention/erase.html", {"wrong": error.public, "scope": scope}, 422)
    parts.staff.audit.record(staff.actor, "person.find", conversations=len(found.stored), requests=len(found.tickets.closed))
    sealed = parts.cipher.encrypt(json.dumps([person, staff.id, time.time()])).decode()
    return show(request, "retention/erase_preview.html", {"found": found, "sealed": sealed, "scope": scope})


@router.post("/keeping/erase/now")
async def erase(
    request: Request, staff: Staff, parts: Parts, retention: TheRetention, assistant: TheAssistant,
    sealed: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Erase what is found now; that may be more than the preview showed. Raises: OldPreviewError; StillOpenError."""
    staff.require("forget")
    person = _unsealed(parts, staff, sealed)
    try:
        erased = await retention.erasing.erase(person, assistant.forget_now, scope_of(staff, parts.knowledge.catalogue))
    except StillOpenError:
        parts.staff.audit.record(staff.actor, "person.erase_refused", because="open")
        raise
    counts: dict[str, Any] = {
        "conversations": erased.conversations, "requests": erased.requests, "handoffs": erased.handoffs,
        **{f"{channel}_members": count for channel, count in erased.members.items()}, "letters": erased.letters,
        "pending": erased.pending,
    }  # fmt: skip
    parts.staff.audit.record(staff.actor, "person.erase", f"erasure {erased.reference}", **counts)
    return RedirectResponse(f"{FOLDER}/keeping/erase/{erased.reference}", 303)


@router.get("/keeping/erase/{reference}")
def erased(request: Request, reference: str, staff: Staff, parts: Parts) -> Response:
    """The result of an erasure, from the audit log, and whether Rasa must still forget."""
    staff.require("forget")
    entry = next(iter(parts.staff.audit.entries(action="person.erase", subject=f"erasure {reference[:20]}", limit=1)), None)
    if entry is None or (entry.actor != staff.actor and not staff.may("read_audit")):
        raise NotFoundError("no such erasure")
    waiting = len(parts.conversations.transcripts.pending_deletions()) if entry.details.get("pending") else 0
    context = {"reference": reference, "at": entry.at, "counts": entry.details, "waiting": waiting}
    return show(request, "retention/erased.html", context)


def _there(parts: Services, conversation: str) -> Conversation:
    """Raises: ForgottenError."""
    try:
        return parts.conversations.transcripts.get(conversation)
    except UnknownConversationError:
        raise ForgottenError("no such conversation") from None


def scope_of(staff: Account, policies: PolicyCatalogue) -> Collection[str] | None:
    """The companies whose data this person may erase; None: every one."""
    if staff.covers("forget"):
        return None
    return staff.companies("forget", policies.companies)


def _unsealed(parts: Services, staff: Account, sealed: str) -> str:
    """The person in an encrypted preview. Raises: OldPreviewError if it is too old, somebody else's, or not ours."""
    try:
        person, account, at = json.loads(parts.cipher.decrypt(sealed.encode()))
    except (CandorError, ValueError, TypeError):
        raise OldPreviewError("what was sealed cannot be read") from None
    if account != staff.id or time.time() - at > PREVIEW_LASTS:
        raise OldPreviewError("what was sealed is too old, or somebody else's")
    return str(person)
