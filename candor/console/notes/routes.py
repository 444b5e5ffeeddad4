"""Keep a note about a conversation."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Response
from fastapi.responses import RedirectResponse

from candor.accounts.mentions import named_in
from candor.accounts.roles import Account, NotYoursError
from candor.console.deps import Parts, Staff
from candor.console.notes.telling import MAY_READ, colleagues, tell
from candor.console.places import FOLDER
from candor.console.requests.text import plain
from candor.errors import UnknownConversationError
from candor.services import Services


def _reads_some(staff: Staff) -> None:
    """Raises: NotYoursError."""
    if not any(staff.may(each) for each in MAY_READ):
        raise NotYoursError(f"{staff.actor} reads no conversations")


router = APIRouter(prefix="/notes", dependencies=[Depends(_reads_some)])


@router.post("/{conversation}")
def keep(
    parts: Parts, staff: Staff, conversation: str, text: Annotated[str, Form()] = "",
    to: Annotated[Literal["conversations", "waiting"], Form()] = "conversations",
) -> Response:  # fmt: skip
    """to: the page whose form this was, to which it leads back."""
    company = _company_of(parts, staff, conversation)
    named = named_in(plain(text), colleagues(parts, company))
    note = parts.conversations.notes.add(conversation, staff.id, plain(text), named.written)
    page = f"conversation {conversation}"
    parts.staff.audit.record(staff.actor, "conversation.note", page, company=company, id=note.id)
    untold = tell(parts, staff, named, page, company)
    back = f"{FOLDER}/{to}/{conversation}" + (f"?{urlencode({'untold': untold})}" if untold else "")
    return RedirectResponse(f"{back}#notes", 303)


def _company_of(parts: Services, staff: Account, conversation: str) -> str:
    """The company of a conversation that this person may read or talk in. Raises: UnknownConversationError; NotYoursError."""
    company = parts.conversations.transcripts.get(conversation).company
    companies = {company}
    with suppress(UnknownConversationError):
        asked = parts.conversations.handoff_queue.newest(conversation)
        companies |= {asked.company} if asked else set()
    for each in sorted(companies, key=lambda one: one != company):
        if any(staff.may(permission, each) for permission in MAY_READ):
            return each
    raise NotYoursError(f"{staff.actor} may not read this conversation")
