"""What the pages of visitors who wait for a person show. Pure: everything is handed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from candor.conversations.handoff.queue import WaitingVisitor
from candor.conversations.handoff.sessions import BY_PERSON, TO_PERSON, LiveChatSession
from candor.transcripts.models import TurnRow
from candor.transcripts.store import ASKED

HERE = timedelta(seconds=45)  # a page that waits asks at least every 15 seconds
LONGEST_WORDS = 140
Presence = Literal["here", "away", "chat", "unknown"]


@dataclass(frozen=True)
class Waits:
    """One line of the list. page: below the list's own; channel: "" where the conversation was forgotten."""

    page: str
    company: str
    channel: str
    last_words: str
    asked_at: datetime | None
    answer_by: datetime | None
    overdue: bool
    email: str  # masked; empty: they wait in the chat
    came_back: bool
    talk: LiveChatSession | None


@dataclass(frozen=True)
class ShownTurn:
    """One turn as it is shown: what the visitor wrote, and what they read."""

    n: int
    at: datetime
    text: str
    replies: Sequence[Mapping[str, Any]]
    to_person: bool
    by_person: bool


@dataclass(frozen=True)
class Shown:
    """Turns from a place on, and where the next ones begin. hidden: those about companies that are not this person's."""

    lines: list[ShownTurn]
    after: int
    hidden: int


def lines_of(turns: Sequence[TurnRow], after: int, may_see: Callable[[str], bool]) -> Shown:
    """Only up to a message that Candor is still answering: what it says belongs below it, and comes with the next look."""
    end = len(turns)
    while end > after and turns[end - 1].state == ASKED:
        end -= 1
    new = list(enumerate(turns[after:end], start=after))
    lines = [
        ShownTurn(n, turn.at, turn.text, turn.replies, turn.state == TO_PERSON, turn.state == BY_PERSON)
        for n, turn in new
        if may_see(turn.company)
    ]
    return Shown(lines, end if end > after else after, len(new) - len(lines))


def last_words_of(turns: Sequence[TurnRow], may_see: Callable[[str], bool]) -> str:
    """What the visitor wrote last, masked and cut."""
    said = next((turn.text for turn in reversed(turns) if turn.text and may_see(turn.company)), "")
    return said if len(said) <= LONGEST_WORDS else said[: LONGEST_WORDS - 1].rstrip() + "…"


def presence_of(in_chat: bool, seen: datetime | None, now: datetime) -> Presence:
    """Whether the visitor reads it now. Only pages that wait, or show a talk, tell that they are open.

    in_chat: a chat channel delivers it, so nobody needs to have a page open.
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
    """The longest waiting first: by when the answer was promised, then talks that go on."""

    def place(one: Waits) -> tuple[bool, float]:
        since = one.answer_by or (one.talk.taken_at if one.talk else None)
        return one.talk is not None, since.timestamp() if since else 0.0

    return sorted(waiting, key=place)


def overdue(asked: WaitingVisitor | None, now: datetime) -> bool:
    return asked is not None and asked.answered_at is None and asked.answer_by <= now
