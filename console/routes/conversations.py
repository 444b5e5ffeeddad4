"""Reading conversations: one, with the reasons for each answer; what is masked only with a reason of one's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response

from accounts.roles import Account
from console.deps import Parts, Staff
from console.pages import show
from console.places import FOLDER
from console.reading import KINDS, LOOKS, TurnSeen, turns_seen
from errors import InvalidInputError, UnknownConversationError
from services import Services
from transcripts.redaction import mask
from transcripts.store import Conversation

router = APIRouter(prefix="/conversations")
WHY_REVEAL = {
    "request": "To work on a privacy request", "answer": "To answer this person", "safety": "Somebody may be in danger",
    "legal": "A court or an authority asks", "fault": "To find a fault in the masking", "other": "Something else",
}  # fmt: skip
LONGEST_WORDS = 200
OPEN_WHY_UP_TO = 30  # turns; the reasons of longer conversations are folded
Tell = Callable[[Services, Account, Conversation, Sequence[TurnSeen]], Mapping[str, Any]]
TOLD_TOO: list[Tell] = []  # what other parts of the console tell the reader's page, for the templates that it includes


class WordsMissingError(InvalidInputError):
    """Something was to be revealed without a reason."""

    public = "Please say why you need it: choose a reason, and for “something else” say it in your own words. Nothing was shown."


@router.get("/{conversation}")
def read(request: Request, parts: Parts, staff: Staff, conversation: str) -> Response:
    """One conversation, masked. Each opening is recorded."""
    try:
        talk = _may_read(parts, staff, conversation)
    except UnknownConversationError:
        return show(request, "conversations/gone.html", {}, 404)
    told = _told(parts, staff, talk)
    parts.audit.record(staff.actor, "conversation.read", f"conversation {talk.id}", company=talk.company)
    return show(request, "conversations/reader.html", told)


@router.post("/{conversation}/reveal")
def reveal(
    request: Request, parts: Parts, staff: Staff, conversation: str, reason: Annotated[str, Form()] = "",
    words: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """The same page with what its tokens stand for, once; that, and the reason, is recorded before anything is shown."""
    try:
        talk = _may_read(parts, staff, conversation)
    except UnknownConversationError:
        return show(request, "conversations/gone.html", {}, 404)
    staff.require("reveal", talk.company)
    words = mask(" ".join(words.split())[:LONGEST_WORDS], lambda kind, _: f"<{kind}>")
    if reason not in WHY_REVEAL or (reason == "other" and not words):
        raise WordsMissingError("revealing needs a reason")
    told = _told(parts, staff, talk)
    parts.audit.record(
        staff.actor, "conversation.reveal", f"conversation {talk.id}", company=talk.company, reason=reason, words=words
    )
    wanted = frozenset[str]().union(*(turn.tokens for turn in told["turns"]))
    values = {token: value for token, value in parts.vault.values(talk.id).items() if token in wanted}
    return show(request, "conversations/reader.html", {**told, "revealed": values, "recorded": True, "may_reveal": False})


def _may_read(parts: Services, staff: Account, conversation: str) -> Conversation:
    """Raises: NotYoursError; UnknownConversationError, which only those learn who may read conversations at all."""
    staff.require("read_conversations")
    talk = parts.transcripts.get(conversation[:40])
    staff.require("read_conversations", talk.company)
    return talk


def _told(parts: Services, staff: Account, talk: Conversation) -> dict[str, Any]:
    rows = parts.transcripts.turns(talk.id)
    covered = staff.companies("read_conversations", {row.company for row in rows})
    turns = turns_seen(rows, parts.transcripts.feedback_of(talk.id), parts.catalogue, covered)
    masked = any(turn.tokens for turn in turns)
    told: dict[str, Any] = {
        "talk": talk, "turns": turns, "revealed": {}, "recorded": False, "kinds": KINDS, "looks": LOOKS, "reasons": WHY_REVEAL,
        "may_reveal": masked and staff.may("reveal", talk.company), "open_why": len(turns) <= OPEN_WHY_UP_TO,
        "back": f"{FOLDER}/conversations",
    }  # fmt: skip
    for tell in TOLD_TOO:
        told |= tell(parts, staff, talk, turns)
    return told
