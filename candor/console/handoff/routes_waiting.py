"""Visitors who wait for a person: the list, and the live chat with one of them."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from types import MappingProxyType
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
    shortened,
)
from candor.console.notes.telling import colleagues
from candor.console.notes.telling import panel as notes_panel
from candor.console.pages import is_part, show
from candor.console.places import FOLDER
from candor.console.replies.offers import Offer, offers, with_reply
from candor.console.requests.text import plain, why_no_reason
from candor.conversations.handoff.queue import WaitingVisitor
from candor.conversations.handoff.sessions import LiveChatSession, PassedOnError, SessionOverError, SessionTakenError
from candor.errors import InvalidInputError, NotFoundError, UnknownConversationError
from candor.services import Services
from candor.transcripts.masking import TOKEN, mask

router = APIRouter(prefix="/waiting", dependencies=[needs("talk")])
After = Annotated[int, Query(ge=0, le=1_000_000)]
MessageId = Annotated[str, Form(pattern=r"^[A-Za-z0-9_-]{8,64}$")]


class StaffConversation:
    """One conversation, as one member of staff sees it. Raises: NotFoundError; NotYoursError."""

    def __init__(self, parts: Services, staff: Account, conversation: str) -> None:
        self.id, self.staff, self.now, self._parts = conversation, staff, datetime.now(UTC), parts
        self.visitor, self.session = (
            parts.conversations.handoff_queue.newest(conversation),
            parts.conversations.live_chat_sessions.of(conversation),
        )
        if self.visitor is None and self.session is None:
            raise NotFoundError("nobody in this conversation has asked for a person")
        self.company = self.session.company if self.session else self.visitor.company if self.visitor else ""
        staff.require("talk", self.company)
        self.channel, self.about = "", self.company
        with suppress(UnknownConversationError):
            known = parts.conversations.transcripts.get(conversation)
            self.channel, self.about = known.channel, known.company
        self.seen = parts.conversations.live_chat_sessions.last_seen(conversation)
        self.turns = parts.conversations.transcripts.turns(conversation) if self.channel else []

    @property
    def waiting(self) -> bool:
        return self.visitor is not None and self.visitor.answered_at is None

    @property
    def mine(self) -> bool:
        return self.session is not None and self.session.actor == self.staff.actor

    @property
    def channel_label(self) -> str:
        return self._parts.channels.label(self.channel)

    @property
    def presence(self) -> Presence:
        return presence_of(self._parts.channels.is_chat(self.channel), self.seen, self.now)

    @cached_property
    def offers(self) -> list[Offer]:
        """Saved replies; looked up only where the reply box is shown, not each time that a page polls."""
        return offers(self._parts, [self.company])

    @cached_property
    def successors(self) -> dict[str, str]:
        """To whom this chat could be passed on: names by actor."""
        able = colleagues(self._parts, self.company, ("talk",))
        return {each.actor: each.name for each in able if each.id != self.staff.id}

    @property
    def meant_for(self) -> str:
        """The colleague to whom it was passed on, as people read it; empty where it is anybody's."""
        return named(self._parts, self.visitor.meant_for) if self.visitor else ""

    @property
    def passed_by(self) -> str:
        """Who passed it on; empty where nobody did."""
        return named(self._parts, self.visitor.passed_by) if self.visitor else ""

    @property
    def state(self) -> str:
        """Changes when the panels beside the transcript change."""
        said = self.visitor is not None and self.visitor.said_at is not None
        mail = self.visitor.mail.tries + 1 if self.visitor and self.visitor.mail else 0
        session = self.session.id if self.session else 0
        return f"{session}-{int(self.waiting)}-{int(bool(self.channel))}-{self.presence}-{int(said)}-{mail}-{self.passed}"

    @property
    def passed(self) -> str:
        """For the state: to whom it was passed on."""
        return f"{self.visitor.id}{self.visitor.meant_for}" if self.visitor and self.visitor.passed_by else ""

    @cached_property
    def tokens(self) -> frozenset[str]:
        """What stands masked on the page."""
        shown = lines_of(self.turns, 0, lambda company: self.staff.may("talk", company)).lines
        said = [line.text for line in shown] + [str(reply.get("text", "")) for line in shown for reply in line.replies]
        asked = [self.visitor.question or ""] if self.visitor else []
        return frozenset(found[0] for text in (*said, *asked) for found in TOKEN.finditer(text))

    def box_of(self, state: str) -> tuple[str, ...]:
        """The parts of a state that change the reply box. During a chat, a change of `waiting` must not replace the box."""
        session, waiting, there, *_ = [*state.split("-", 3), "", "", ""]
        return (session, there) if self.mine else (session, waiting, there)

    def context(self, after: int, **more: Any) -> dict[str, Any]:
        shown = lines_of(self.turns, after, lambda company: self.staff.may("talk", company))
        return {
            "case": self, "lines": shown.lines, "after": shown.after, "hidden": shown.hidden, "state": self.state,
            "overdue": overdue(self.visitor, self.now), "email": masked_address(self.visitor.email if self.visitor else None),
            "message_id": uuid.uuid4().hex, "url": f"{FOLDER}/waiting/{self.id}", **more,
        }  # fmt: skip


@router.get("")
def waiting(request: Request, parts: Parts, staff: Staff, known: str = "", done: str = "") -> Response:
    """Who waits, the longest first. The list polls for itself; `known` is the state that it shows already."""
    staff.require("talk")
    now = datetime.now(UTC)
    sessions = {
        session.conversation: session
        for session in parts.conversations.live_chat_sessions.going_on()
        if staff.may("talk", session.company)
    }
    visitors = {one.page: one for one in parts.conversations.handoff_queue.waiting() if staff.may("talk", one.company)}
    lines = in_order(
        [_waits(parts, staff, each, visitors.get(each), sessions.get(each), now) for each in {**visitors, **sessions}]
    )
    state = hashlib.sha256(repr(lines).encode()).hexdigest()[:16]
    if is_part(request) and known == state:
        return Response(status_code=204)
    return show(request, "handoff/list.html", {"lines": lines, "state": state, "done": done})


@router.get("/{conversation}")
def one(request: Request, parts: Parts, staff: Staff, conversation: str, done: str = "", untold: str = "") -> Response:
    """The transcript as the visitor saw it, masked, and the actions."""
    case = StaffConversation(parts, staff, conversation)
    return _page(request, parts, case, done=done, untold=untold)


@router.get("/{conversation}/new")
def new(request: Request, parts: Parts, staff: Staff, conversation: str, after: After = 0, state: str = "") -> Response:
    """What is new since `after`; 204 where nothing is. The audit log recorded the reading when the page was opened."""
    return _new(request, StaffConversation(parts, staff, conversation), after, state)


@router.post("/{conversation}/take")
def take(parts: Parts, assistant: TheAssistant, staff: Staff, conversation: str) -> Response:
    """Take the conversation."""
    case = StaffConversation(parts, staff, conversation)
    assistant.live_chat.take(conversation, staff.actor, staff.name)
    if not case.mine:
        parts.staff.audit.record(staff.actor, "person.take", f"conversation {conversation}", company=case.company)
    return _back(conversation)


@router.post("/{conversation}/say")
def say(
    request: Request, parts: Parts, assistant: TheAssistant, staff: Staff, conversation: str, message_id: MessageId, *,
    text: Annotated[str, Form()] = "", after: Annotated[int, Form(ge=0)] = 0, state: Annotated[str, Form()] = "",
    insert: Annotated[int, Form(ge=0, lt=2**31)] = 0,
) -> Response:  # fmt: skip
    """Send the visitor a message, once however often it is posted. `insert`: only put this saved reply into the box."""
    case = StaffConversation(parts, staff, conversation)
    _require_own(case)
    assert case.session is not None  # noqa: S101  (it is one's own)
    if insert:
        return _page(request, parts, case, typed=with_reply(plain(text), case.offers, insert))
    if assistant.live_chat.say(case.session, staff.actor, staff.name, text, message_id):
        parts.staff.audit.record(staff.actor, "person.say", f"conversation {conversation}", company=case.company)
    if is_part(request):
        return _new(request, StaffConversation(parts, staff, conversation), after, state)
    return _back(conversation)


@router.post("/{conversation}/reveal")
def reveal(request: Request, parts: Parts, staff: Staff, conversation: str, reason: Annotated[str, Form()] = "") -> Response:
    """Show what is masked in the talk, once, on the spot; the reason goes into the audit log."""
    case = StaffConversation(parts, staff, conversation)
    staff.require("reveal", case.company)
    reason = " ".join(plain(reason).split())
    wrong = why_no_reason(reason, None)
    if wrong:
        return _page(request, parts, case, wrong=wrong, reason=reason)
    kept = mask(reason, lambda kind, _: f"<{kind}>")
    parts.staff.audit.record(
        staff.actor, "conversation.reveal", f"conversation {conversation}", company=case.company, reason=kept
    )  # fmt: skip
    values = parts.conversations.vault.values(conversation)
    return _page(request, parts, case, revealed={one: value for one, value in values.items() if one in case.tokens})


@router.post("/{conversation}/hand-back")
def hand_back(parts: Parts, assistant: TheAssistant, staff: Staff, conversation: str) -> Response:
    """Let Candor answer again. Anybody who may chat can do this, because colleagues go home and leave a visitor behind."""
    case = StaffConversation(parts, staff, conversation)
    if assistant.live_chat.hand_back(conversation, staff.actor) is not None:
        parts.staff.audit.record(staff.actor, "person.hand_back", f"conversation {conversation}", company=case.company)
    return _back(conversation, "back")


@router.post("/{conversation}/pass-on")
def pass_on(
    parts: Parts, assistant: TheAssistant, staff: Staff, conversation: str, session: Annotated[int, Form(ge=1, lt=2**31)],
    to: Annotated[str, Form(max_length=40)] = "", note: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Pass one's own chat on to a colleague, or to whoever comes first. session: the one that the form was made for.

    The note is kept for colleagues; it is not kept where the chat is not one's own any more.
    """
    case = StaffConversation(parts, staff, conversation)
    if case.session is None or case.session.id != session or not case.mine:
        raise PassedOnError(session)
    if to and to not in case.successors:
        raise InvalidInputError("a chat is passed on to who may talk with visitors of the company")
    assistant.live_chat.pass_on(case.session, staff.actor, to)
    about = f"conversation {conversation}"
    parts.staff.audit.record(staff.actor, "person.pass_on", about, company=case.company, to=to)
    if plain(note).strip():
        kept = parts.conversations.notes.add(conversation, staff.id, plain(note))
        parts.staff.audit.record(staff.actor, "conversation.note", about, company=case.company, id=kept.id)
    return RedirectResponse(f"{FOLDER}/waiting?done=passed", 303)


@router.post("/{conversation}/close")
def close(parts: Parts, assistant: TheAssistant, staff: Staff, conversation: str) -> Response:
    """Mark it as answered, in the chat or by mail: nobody waits any more, and Candor answers again."""
    case = StaffConversation(parts, staff, conversation)
    if case.channel:
        assistant.live_chat.hand_back(conversation, staff.actor, answered=True)
    else:  # forgotten: there is no session to end, but the promised answer is settled
        parts.conversations.handoff_queue.answered_in(conversation, staff.actor)
    parts.staff.audit.record(staff.actor, "person.hand_back", f"conversation {conversation}", company=case.company, answered=True)
    return RedirectResponse(f"{FOLDER}/waiting?done=closed", 303)


def _waits(
    parts: Services, staff: Account, page: str, visitor: WaitingVisitor | None, session: LiveChatSession | None, now: datetime
) -> Waits:
    channel, words = "", ""
    with suppress(UnknownConversationError):
        channel = parts.conversations.transcripts.get(page).channel
        words = last_words_of(parts.conversations.transcripts.turns(page), lambda company: staff.may("talk", company))
    words = shortened(visitor.question) if visitor and visitor.question else words
    seen = parts.conversations.live_chat_sessions.last_seen(page) if channel else None
    return Waits(
        page, session.company if session else visitor.company if visitor else "", channel, words,
        visitor.asked_at if visitor else None, visitor.answer_by if visitor else None, overdue(visitor, now),
        masked_address(visitor.email if visitor else None), visitor is not None and visitor.came_back, session,
        visitor is not None and visitor.urgent,
        visitor.said_at if visitor else None, visitor.mail if visitor else None,
        named(parts, visitor.meant_for) if visitor else "", named(parts, visitor.passed_by) if visitor else "",
        presence_of(bool(channel) and parts.channels.is_chat(channel), seen, now),
    )  # fmt: skip


def named(parts: Services, actor: str) -> str:
    """Who an actor is, as staff read it; empty for nobody."""
    if not actor:
        return ""
    return next((each.name for each in parts.staff.accounts.all() if each.actor == actor), "somebody")


def _page(
    request: Request, parts: Services, case: StaffConversation, *, done: str = "", typed: str = "", untold: str = "",
    wrong: str = "", reason: str = "", revealed: Mapping[str, str] = MappingProxyType({}),
) -> Response:  # fmt: skip
    parts.staff.audit.record(case.staff.actor, "conversation.read", f"conversation {case.id}", company=case.company)
    notes = notes_panel(parts, case.staff, case.id, case.company, untold)
    about = {
        "wrong": wrong, "reason": reason, "revealed": revealed,
        "may_reveal": bool(case.tokens) and not revealed and case.staff.may("reveal", case.company),
    }  # fmt: skip
    return show(request, "handoff/talk.html", case.context(0, done=done, typed=typed) | notes | about, 422 if wrong else 200)


def _require_own(case: StaffConversation) -> None:
    if case.session is None:
        raise SessionOverError(f"nobody talks in {case.id}")
    if not case.mine:
        raise SessionTakenError(case.session)


def _new(request: Request, case: StaffConversation, after: int, state: str) -> Response:
    context = case.context(after, was=state, form_changes=case.box_of(state) != case.box_of(case.state))
    if request.method == "GET" and context["after"] == after and state == case.state:
        return Response(status_code=204)
    return show(request, "handoff/new.html", context)


def _back(conversation: str, done: str = "") -> RedirectResponse:
    return RedirectResponse(f"{FOLDER}/waiting/{conversation}" + (f"?done={done}" if done else ""), 303)
