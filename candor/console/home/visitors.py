"""Visitors in the inbox: who waits for a person, and with whom this person talks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime

from candor.accounts.roles import Account
from candor.console.handoff.presence import last_words_of, overdue, presence_of, shortened
from candor.console.home.inbox import InboxAction, InboxChip, InboxItem, Urgency, with_rest
from candor.console.places import FOLDER
from candor.conversations.handoff.queue import WaitingVisitor
from candor.errors import UnknownConversationError
from candor.services import Services

WAITING = f"{FOLDER}/waiting"


def visitors(parts: Services, staff: Account, now: datetime) -> Iterator[InboxItem]:
    """Those whom nobody talks with, the longest promise first; before them the talks that are one's own."""
    if not staff.may("talk"):
        return
    sessions = [one for one in parts.conversations.live_chat_sessions.going_on() if staff.may("talk", one.company)]
    for session in sessions:
        if session.actor == staff.actor:
            words, _ = _asked(parts, staff, session.conversation)
            yield InboxItem(
                f"talk-{session.id}",
                Urgency.NOW,
                words or "A visitor",
                f"{WAITING}/{session.conversation}",
                InboxAction("Go on talking", f"{WAITING}/{session.conversation}"),
                session.company,
                about="You are talking with them",
                since=session.taken_at,
                order=(0, session.taken_at.timestamp()),
            )
    taken = {one.conversation for one in sessions}
    waiting = [
        one
        for one in parts.conversations.handoff_queue.waiting()
        if staff.may("talk", one.company) and (not one.conversation or one.conversation not in taken)
    ]
    mine_first = sorted(waiting, key=lambda one: one.meant_for != staff.actor)
    names = (
        {account.actor: account.name for account in parts.staff.accounts.all()} if any(one.passed_by for one in waiting) else {}
    )
    shown = [_item(parts, staff, one, now, names) for one in mine_first[:20]]
    yield from with_rest(sorted(shown, key=lambda item: (item.urgency, item.order)), len(waiting), _rest, WAITING)


def _item(
    parts: Services, staff: Account, visitor: WaitingVisitor, now: datetime, names: Mapping[str, str]
) -> InboxItem:  # fmt: skip
    words, channel = _asked(parts, staff, visitor.conversation)
    seen = parts.conversations.live_chat_sessions.last_seen(visitor.conversation) if visitor.conversation else None
    chat = parts.channels.is_chat(channel) if channel else False
    presence = presence_of(chat, seen, now)
    late = overdue(visitor, now)
    words = shortened(visitor.question) if visitor.question else words
    chips = [InboxChip("Urgent", "bad", "late")] if visitor.urgent else []
    chips += [InboxChip("Overdue", "bad", "late")] if late else []
    for_me = visitor.meant_for == staff.actor
    if visitor.passed_by and not for_me:
        chips.append(
            InboxChip(f"For {names.get(visitor.meant_for, 'a colleague')}" if visitor.meant_for else "Passed on", "info")
        )
    if presence == "here":
        chips.append(InboxChip("Has the chat open", "good"))
    if visitor.email:
        chips.append(InboxChip("Wants an answer by mail"))
    if visitor.mail:
        taken = "Mail not taken yet" if visitor.mail.tries else "Mail on its way"
        chips.append(InboxChip(taken, "caution" if visitor.mail.tries else "info"))
    if visitor.said_at:
        chips.append(InboxChip("Written in the chat, not seen yet", "caution"))
    if visitor.came_back:
        chips.append(InboxChip("Your mail came back", "bad", "silent"))
    by_mail = bool(visitor.email) and (not channel or (presence not in {"here", "chat"}))
    url = f"{WAITING}/{visitor.page}"
    answer = f"{WAITING}/mail/{visitor.id}" if by_mail else url
    where = f"in {parts.channels.label(channel)}" if chat else "on the website" if channel else "whose conversation was forgotten"
    at_once = for_me or late or visitor.urgent or presence in {"here", "chat"} or visitor.came_back
    return InboxItem(
        f"visitor-{visitor.id}",
        Urgency.NOW if at_once else Urgency.NEXT,
        words or "A visitor wants to talk to a person",
        url,
        InboxAction("See the mail" if visitor.mail else "Answer by mail" if by_mail else "Answer", answer),
        visitor.company,
        about=_about(visitor, where, names.get(visitor.passed_by, "A colleague"), for_me=for_me),
        since=visitor.asked_at,
        due=visitor.answer_by,
        chips=tuple(chips),
        order=(1 if presence == "here" or for_me else 2, visitor.answer_by.timestamp()),
    )


def _about(visitor: WaitingVisitor, where: str, passed_by: str, *, for_me: bool) -> str:
    """Why they stand here: nobody has answered, a chat was passed on, or what was written has reached nobody yet."""
    if visitor.mail:
        return f"A visitor {where} was answered by mail, which no mail server has taken yet"
    if visitor.said_at:
        return f"A visitor {where} was promised a mail, and has not seen what was written in the chat"
    if visitor.passed_by:
        return f"{passed_by} passed on the chat with a visitor {where}{' to you' if for_me else ''}"
    return f"A visitor {where} waits for a person"


def _asked(parts: Services, staff: Account, conversation: str) -> tuple[str, str]:
    """What they asked last, masked, and the channel; both empty where the conversation was forgotten."""
    with suppress(UnknownConversationError):
        channel = parts.conversations.transcripts.get(conversation).channel
        turns = parts.conversations.transcripts.turns(conversation)
        return last_words_of(turns, lambda company: staff.may("talk", company)), channel
    return "", ""


def _rest(left: int) -> str:
    return f"{left} more {'visitor waits' if left == 1 else 'visitors wait'}"
