"""Conversations of which tests know every number."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy import Engine

from candor.transcripts.store import TranscriptStore, TurnOutcome

NUMBERS = count(1)


class Talking:
    """Says things at the moments that a test names, through the store as the door does."""

    def __init__(self, engine: Engine) -> None:
        self.now = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
        self.store = TranscriptStore(engine, lambda: self.now)

    def begin(self, at: datetime, company: str = "acme", channel: str = "web") -> str:
        self.now = at
        return self.store.begin(company=company, channel=channel).id

    def say(
        self, talk: str, at: datetime, kind: str = "answer", *, intent: str = "ask_policy", aspect: str | None = None,
        ms: float = 100.0, answer: str | None = None,
    ) -> str:  # fmt: skip
        """One message and what came back; returns its id."""
        self.now, message = at, f"m-{next(NUMBERS)}"
        self.store.ask(talk, message, "do you sell my data")
        self.answer(talk, message, kind, intent=intent, aspect=aspect, ms=ms, answer=answer)
        return message

    def answer(
        self, talk: str, message: str, kind: str, *, intent: str = "ask_policy", aspect: str | None = None, ms: float = 100.0,
        answer: str | None = None,
    ) -> None:  # fmt: skip
        replies: list[dict[str, Any]] = [{"kind": kind, "text": "What it says.", "answer_id": answer}]
        self.store.answered(talk, message, TurnOutcome(replies, intent, 0.9, [], {"aspect": aspect} if aspect else {}), ms)

    def fail(self, talk: str, at: datetime) -> str:
        self.now, message = at, f"m-{next(NUMBERS)}"
        self.store.ask(talk, message, "do you sell my data")
        self.store.failed(talk, message, [{"kind": "error", "text": "not just now"}], 20_000)
        return message

    def exchange(self, at: datetime, kind: str = "answer", *, company: str = "acme", channel: str = "web", **more: Any) -> str:
        """A conversation of one message; returns the conversation's id."""
        talk = self.begin(at, company, channel)
        self.say(talk, at, kind, **more)
        return talk
