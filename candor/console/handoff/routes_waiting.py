"""People who wait for a person: who they are, and the talk with one of them."""

from __future__ import annotations

import hashlib
import uuid
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from candor.accounts.roles import Account
from candor.console.deps import Parts, Staff, TheAssistant, needs
from candor.console.handoff.presence import (  # fmt: skip
    Presence,
    Waits,
    in_order,
    last_words_of,
    lines_of,
    masked_address,
    overdue,
    presence_of,
)
from candor.console.pages import is_part, show
from candor.console.places import FOLDER
from candor.console.replies.offers import Offer, offers, with_reply
from candor.console.requests.text import plain
from candor.conversations.handoff.queue import WaitingVisitor
from candor.conversations.handoff.sessions import LiveChatSession, SessionOverError, SessionTakenError
from candor.errors import NotFoundError, UnknownConversationError
from candor.services import Services

router = APIRouter(prefix="/waiting", dependencies=[needs("talk")])
After = Annotated[int, Query(ge=0, le=1_000_000)]
MessageId = Annotated[str, Form(pattern=r"^[A-Za-z0-9_-]{8,64}$")]


class StaffConversation:
    """One conversation, seen by one person. Raises: NotFoundError; NotYoursError."""

    def __init__(self, parts: Services, staff: Account, conversation: str) -> None:
        self.id, self.staff, self.now, self._parts = conversation, staff, datetime.now(UTC), parts
        self.asked, self.talk = (
            parts.conversations.handoff_queue.newest(conversation),
            parts.conversations.live_chat_sessions.of(conversation),
        )
        if self.asked is None and self.talk is None:
            raise NotFoundError("nobody in this conversation has asked for a person")
        self.company = self.talk.company if self.talk else self.asked.company if self.asked else ""
        staff.require("talk", self.company)
        self.channel, self.about = "", self.company
        with suppress(UnknownConversationError):
            known = parts.conversations.transcripts.get(conversation)
            self.channel, self.about = known.channel, known.company
        self.seen = parts.conversations.live_chat_sessions.last_seen(conversation)
        self.turns = parts.conversations.transcripts.turns(conversation) if self.channel else []

    @property
    def waiting(self) -> bool:
        return self.asked is not None and self.asked.answered_at is None

    @property
    def mine(self) -> bool:
        return self.talk is not None and self.talk.actor == self.staff.actor

    @property
    def channel_label(self) -> str:
        return self._parts.channels.label(self.channel)

    @property
    def presence(self) -> Presence:
        return presence_of(self._parts.channels.is_chat(self.channel), self.seen, self.now)

    @cached_property
    def offers(self) -> list[Offer]:
        """Saved replies; looked up where the reply box is shown, and not each time that a page asks for news."""
        return offers(self._parts, [self.company])

    @property
    def state(self) -> str:
        """Changes when what stands beside the transcript does."""
        return f"{self.talk.id if self.talk else 0}-{int(self.waiting)}-{int(bool(self.channel))}-{self.presence}"

    def box_of(self, state: str) -> tuple[str, ...]:
        """What of a state the reply box depends on: while one talks, who waits does not take away what is being typed."""
        talk, waiting, there, *_ = [*state.split("-", 3), "", "", ""]
        return (talk, there) if self.mine else (talk, waiting, there)

    def told(self, after: int, **more: Any) -> dict[str, Any]:
        shown = lines_of(self.turns, after, lambda company: self.staff.may("talk", company))
        return {
            "case": self, "lines": shown.lines, "after": shown.after, "hidden": shown.hidden, "state": self.state,
            "overdue": overdue(self.asked, self.now), "email": masked_address(self.asked.email if self.asked else None),
            "message_id": uuid.uuid4().hex, "url": f"{FOLDER}/waiting/{self.id}", **more,
        }  # fmt: skip


@router.get("")
def waiting(request: Request, parts: Parts, staff: Staff, known: str = "", done: str = "") -> Response:
    """Who waits, the longest first; the list asks for itself again, and `known` is what it shows already."""
    staff.require("talk")
    now = datetime.now(UTC)
    talks = {
        talk.conversation: talk for talk in parts.conversations.live_chat_sessions.going_on() if staff.may("talk", talk.company)
    }
    asked = {one.page: one for one in parts.conversations.handoff_queue.waiting() if staff.may("talk", one.company)}
    lines = in_order([_waits(parts, staff, each, asked.get(each), talks.get(each), now) for each in {**asked, **talks}])
    state = hashlib.sha256(repr(lines).encode()).hexdigest()[:16]
    if is_part(request) and known == state:
        return Response(status_code=204)
    return show(request, "handoff/list.html", {"lines": lines, "state": state, "done": done})


@router.get("/{conversation}")
def talk(request: Request, parts: Parts, staff: Staff, conversation: str, done: str = "") -> Response:
    """The transcript as the visitor saw it, masked, and what can be done."""
    case = StaffConversation(parts, staff, conversation)
    return _page(request, parts, case, done=done)


@router.get("/{conversation}/new")
def new(request: Request, parts: Parts, staff: Staff, conversation: str, after: After = 0, state: str = "") -> Response:
    """What has come since; 204 where nothing has. That it is read stands in the audit log since the page was opened."""
    return _new(request, StaffConversation(parts, staff, conversation), after, state)


@router.post("/{conversation}/take")
def take(parts: Parts, door: TheAssistant, staff: Staff, conversation: str) -> Response:
    """I take it."""
    case = StaffConversation(parts, staff, conversation)
    door.live_chat.take(conversation, staff.actor, staff.name)
    if not case.mine:
        parts.staff.audit.record(staff.actor, "person.take", f"conversation {conversation}", company=case.company)
    return _back(conversation)


@router.post("/{conversation}/say")
def say(
    request: Request, parts: Parts, door: TheAssistant, staff: Staff, conversation: str, message_id: MessageId, *,
    text: Annotated[str, Form()] = "", after: Annotated[int, Form(ge=0)] = 0, state: Annotated[str, Form()] = "",
    insert: Annotated[int, Form(ge=0, lt=2**31)] = 0,
) -> Response:  # fmt: skip
    """Say something to the visitor, as oneself. Sent twice, it is said once. `insert`: only put this saved reply into the box."""
    case = StaffConversation(parts, staff, conversation)
    _require_own(case)
    assert case.talk is not None  # noqa: S101  (it is one's own)
    if insert:
        return _page(request, parts, case, typed=with_reply(plain(text), case.offers, insert))
    if door.live_chat.say(case.talk, staff.actor, staff.name, text, message_id):
        parts.staff.audit.record(staff.actor, "person.say", f"conversation {conversation}", company=case.company)
    if is_part(request):
        return _new(request, StaffConversation(parts, staff, conversation), after, state)
    return _back(conversation)


@router.post("/{conversation}/hand-back")
def hand_back(parts: Parts, door: TheAssistant, staff: Staff, conversation: str) -> Response:
    """Candor answers again. Whoever may talk may do so, because people go home and leave a visitor behind."""
    case = StaffConversation(parts, staff, conversation)
    if door.live_chat.hand_back(conversation, staff.actor) is not None:
        parts.staff.audit.record(staff.actor, "person.hand_back", f"conversation {conversation}", company=case.company)
    return _back(conversation, "back")


@router.post("/{conversation}/close")
def close(parts: Parts, door: TheAssistant, staff: Staff, conversation: str) -> Response:
    """It is answered, in the chat or by mail: nobody waits any more, and Candor answers again."""
    case = StaffConversation(parts, staff, conversation)
    if case.channel:
        door.live_chat.hand_back(conversation, staff.actor, answered=True)
    else:  # forgotten: there is no talk to end, but a promise to keep
        parts.conversations.handoff_queue.answered_in(conversation, staff.actor)
    parts.staff.audit.record(staff.actor, "person.hand_back", f"conversation {conversation}", company=case.company, answered=True)
    return RedirectResponse(f"{FOLDER}/waiting?done=closed", 303)


def _waits(
    parts: Services, staff: Account, page: str, asked: WaitingVisitor | None, talk: LiveChatSession | None, now: datetime
) -> Waits:
    channel, words = "", ""
    with suppress(UnknownConversationError):
        channel = parts.conversations.transcripts.get(page).channel
        words = last_words_of(parts.conversations.transcripts.turns(page), lambda company: staff.may("talk", company))
    return Waits(
        page, talk.company if talk else asked.company if asked else "", channel, words,
        asked.asked_at if asked else None, asked.answer_by if asked else None, overdue(asked, now),
        masked_address(asked.email if asked else None), asked is not None and asked.came_back, talk,
    )  # fmt: skip


def _page(request: Request, parts: Services, case: StaffConversation, *, done: str = "", typed: str = "") -> Response:
    parts.staff.audit.record(case.staff.actor, "conversation.read", f"conversation {case.id}", company=case.company)
    return show(request, "handoff/talk.html", case.told(0, done=done, typed=typed))


def _require_own(case: StaffConversation) -> None:
    if case.talk is None:
        raise SessionOverError(f"nobody talks in {case.id}")
    if not case.mine:
        raise SessionTakenError(case.talk)


def _new(request: Request, case: StaffConversation, after: int, state: str) -> Response:
    told = case.told(after, was=state, form_changes=case.box_of(state) != case.box_of(case.state))
    if request.method == "GET" and told["after"] == after and state == case.state:
        return Response(status_code=204)
    return show(request, "handoff/new.html", told)


def _back(conversation: str, done: str = "") -> RedirectResponse:
    return RedirectResponse(f"{FOLDER}/waiting/{conversation}" + (f"?done={done}" if done else ""), 303)
