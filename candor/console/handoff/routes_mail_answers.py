"""Answer by mail a visitor who asked for a person and left an address, even if the conversation was forgotten since."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from candor.accounts.roles import Account
from candor.console.deps import Parts, Staff, TheAssistant, needs
from candor.console.handoff.presence import last_words_of, masked_address, overdue
from candor.console.handoff.routes_waiting import MessageId
from candor.console.pages import show
from candor.console.places import FOLDER
from candor.console.replies.offers import offers, with_reply
from candor.console.requests.text import plain, why_no_reason
from candor.conversations.handoff.queue import WaitingVisitor
from candor.errors import NotFoundError, UnknownConversationError
from candor.services import Services

router = APIRouter(prefix="/waiting/mail", dependencies=[needs("talk")])


@router.get("/{waiting}")
def answer(request: Request, parts: Parts, staff: Staff, waiting: int) -> Response:
    """Who waits, their last words, and the form for the answer."""
    return _page(request, parts, staff, _visitor(parts, staff, waiting))


@router.post("/{waiting}/send")
def send(
    request: Request, parts: Parts, assistant: TheAssistant, staff: Staff, waiting: int, message_id: MessageId,
    text: Annotated[str, Form()] = "", insert: Annotated[int, Form(ge=0, lt=2**31)] = 0,
) -> Response:  # fmt: skip
    """Send the answer, once however often it is posted. `insert`: only put this saved reply into the box."""
    visitor = _visitor(parts, staff, waiting)
    if insert:
        return _page(request, parts, staff, visitor, with_reply(plain(text), offers(parts, [visitor.company]), insert))
    if assistant.live_chat.write(waiting, staff.actor, text, message_id):
        parts.staff.audit.record(staff.actor, "person.mail", f"handoff {waiting}", company=visitor.company)
    return RedirectResponse(f"{FOLDER}/waiting?done=sent", 303)


@router.post("/{waiting}/reveal")
def reveal(request: Request, parts: Parts, staff: Staff, waiting: int, reason: Annotated[str, Form()] = "") -> Response:
    """Show the visitor's address once, on the spot; the reason goes into the audit log."""
    visitor = _visitor(parts, staff, waiting)
    staff.require("reveal", visitor.company)
    reason = " ".join(plain(reason).split())
    wrong = why_no_reason(reason, visitor.email)
    if wrong:
        return _page(request, parts, staff, visitor, wrong=wrong, reason=reason)
    parts.staff.audit.record(staff.actor, "person.reveal", f"handoff {waiting}", company=visitor.company, reason=reason)
    return _page(request, parts, staff, visitor, revealed=visitor.email or "")


@router.post("/{waiting}/close")
def close(parts: Parts, assistant: TheAssistant, staff: Staff, waiting: int) -> Response:
    """Settle it: it was answered some other way."""
    visitor = _visitor(parts, staff, waiting)
    assistant.live_chat.settle(waiting, staff.actor)
    parts.staff.audit.record(staff.actor, "person.close", f"handoff {waiting}", company=visitor.company)
    return RedirectResponse(f"{FOLDER}/waiting?done=closed", 303)


def _page(
    request: Request, parts: Services, staff: Account, visitor: WaitingVisitor, typed: str = "", *, revealed: str = "",
    wrong: str = "", reason: str = "",
) -> Response:  # fmt: skip
    words = visitor.question
    with suppress(UnknownConversationError):
        parts.conversations.transcripts.get(visitor.conversation)
        words = words or last_words_of(
            parts.conversations.transcripts.turns(visitor.conversation), lambda company: staff.may("talk", company)
        )
        parts.staff.audit.record(
            staff.actor, "conversation.read", f"conversation {visitor.conversation}", company=visitor.company
        )
    context = {
        "visitor": visitor, "words": words, "email": masked_address(visitor.email),
        "overdue": overdue(visitor, datetime.now(UTC)),
        "message_id": uuid.uuid4().hex, "url": f"{FOLDER}/waiting/mail/{visitor.id}", "typed": typed,
        "offers": offers(parts, [visitor.company]), "revealed": revealed, "wrong": wrong, "reason": reason,
        "may_reveal": staff.may("reveal", visitor.company),
    }  # fmt: skip
    return show(request, "handoff/mail.html", context, 422 if wrong else 200)


def _visitor(parts: Services, staff: Account, waiting: int) -> WaitingVisitor:
    """Raises: NotFoundError, also where no address was left; NotYoursError."""
    visitor = parts.conversations.handoff_queue.get(waiting)
    if visitor is None or visitor.email is None:
        raise NotFoundError("nobody left an address under this number")
    staff.require("talk", visitor.company)
    return visitor
