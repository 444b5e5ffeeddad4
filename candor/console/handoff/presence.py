"""What the pages of waiting visitors show. Pure: everything is handed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from candor.conversations.handoff.queue import WaitingVisitor
from candor.conversations.handoff.sessions import BY_PERSON, TO_PERSON, LiveChatSession
from candor.tickets.delivery.promised_mail import MailOnItsWay
from candor.transcripts.models import TurnRow
from candor.transcripts.steps import QUESTION_KINDS, STEP
from candor.transcripts.store import ASKED

HERE = timedelta(seconds=45)  # a waiting page polls at least every 15 seconds
LONGEST_WORDS = 140
Presence = Literal["here", "away", "chat", "unknown"]


@dataclass(frozen=True)
class Waits:
    """One line of the list. page: its path below the list's; channel: "" where the conversation was forgotten."""

    page: str
    company: str
    channel: str
    last_words: str
    asked_at: datetime | None
    answer_by: datetime | None
    overdue: bool
    email: str  # masked; empty: they wait in the chat
    came_back: bool
    session: LiveChatSession | None
    urgent: bool = False
    said_at: datetime | None = None  # written in the chat, and not seen yet
    mail: MailOnItsWay | None = None
    meant_for: str = ""  # whom their chat was passed on to, and by whom
    passed_by: str = ""
    presence: Presence = "unknown"


@dataclass(frozen=True)
class ShownTurn:
    """One turn as it is shown: what the visitor wrote, and what they read."""

    n: int
    at: datetime
    text: str
    replies: Sequence[Mapping[str, Any]]
    to_person: bool
    by_person: bool
    mail: Mapping[str, Any] | None = None  # it came by mail: whether from the address that they left


@dataclass(frozen=True)
class ShownTurns:
    """Turns from a position on, and the position of the next ones. hidden: how many are about companies of others."""

    lines: list[ShownTurn]
    after: int
    hidden: int


def lines_of(turns: Sequence[TurnRow], after: int, may_see: Callable[[str], bool]) -> ShownTurns:
    """The turns up to the first that Candor is still answering: its reply belongs below it, and comes with the next poll."""
    end = len(turns)
    while end > after and turns[end - 1].state == ASKED:
        end -= 1
    new = list(enumerate(turns[after:end], start=after))
    lines = [
        ShownTurn(
            n, turn.at, turn.text, turn.replies, turn.state == TO_PERSON, turn.state == BY_PERSON, turn.evidence.get("mail")
        )
        for n, turn in new
        if may_see(turn.company)
    ]
    return ShownTurns(lines, end if end > after else after, len(new) - len(lines))


def last_words_of(turns: Sequence[TurnRow], may_see: Callable[[str], bool]) -> str:
    """What the visitor asked last, masked and shortened; of a visitor who asked nothing, what they wrote last.

    A yes, an address or "skip" says nothing about why somebody waits.
    """
    theirs = [turn for turn in reversed(turns) if turn.text and may_see(turn.company)]
    said = next((turn.text for turn in theirs if turn.state == TO_PERSON or turn.kind in QUESTION_KINDS), "")
    said = said or next((turn.text for turn in theirs if turn.kind != STEP), "") or next((turn.text for turn in theirs), "")
    return shortened(said)


def shortened(said: str) -> str:
    """What somebody wrote, short enough for a line of a list: its messages one after the other, told apart."""
    said = " · ".join(part for part in said.split("\n\n") if part)
    return said if len(said) <= LONGEST_WORDS else said[: LONGEST_WORDS - 1].rstrip() + "…"


def presence_of(in_chat: bool, seen: datetime | None, now: datetime) -> Presence:
    """Whether the visitor is reading now. Only pages that wait for a person, or chat with one, poll.

    in_chat: a chat channel delivers what is written, so the visitor needs no open page.
    """
    if in_chat:
        return "chat"
    if seen is None:
        return "unknown"
    return "here" if now - seen <= HERE else "away"


def masked_address(email: str | None) -> str:
    """Enough to tell one from another, and no more."""
    return f"{email[:1]}…@…" if email else ""


def in_order(waiting: Sequence[Waits]) -> list[Waits]:
    """What is urgent first, then the longest waiting, by when the answer was promised; then live chats that go on."""

    def rank(one: Waits) -> tuple[bool, bool, float]:
        since = one.answer_by or (one.session.taken_at if one.session else None)
        return one.session is not None, not one.urgent, since.timestamp() if since else 0.0

    return sorted(waiting, key=rank)


def overdue(visitor: WaitingVisitor | None, now: datetime) -> bool:
    return visitor is not None and visitor.answered_at is None and visitor.answer_by <= now
