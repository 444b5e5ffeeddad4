"""Conversations whose figures a test knows exactly."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy import Engine

from candor.transcripts.store import TranscriptStore, TurnOutcome

NUMBERS = count(1)


class Recorder:
    """Records messages at the times that a test names, through the store, as the assistant does."""

    def __init__(self, engine: Engine) -> None:
        self.now = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
        self.store = TranscriptStore(engine, lambda: self.now)

    def begin(self, at: datetime, company: str = "acme", channel: str = "web") -> str:
        self.now = at
        return self.store.begin(company=company, channel=channel).id

    def say(
        self, conversation: str, at: datetime, kind: str = "answer", *, intent: str = "ask_policy", aspect: str | None = None,
        ms: float = 100.0, answer: str | None = None,
    ) -> str:  # fmt: skip
        """Record one message with its reply; return its id."""
        self.now, message = at, f"m-{next(NUMBERS)}"
        self.store.ask(conversation, message, "do you sell my data")
        self.answer(conversation, message, kind, intent=intent, aspect=aspect, ms=ms, answer=answer)
        return message

    def answer(
        self, conversation: str, message: str, kind: str, *, intent: str = "ask_policy", aspect: str | None = None,
        ms: float = 100.0, answer: str | None = None,
    ) -> None:  # fmt: skip
        replies: list[dict[str, Any]] = [{"kind": kind, "text": "What it says.", "answer_id": answer}]
        self.store.answered(
            conversation, message, TurnOutcome(replies, intent, 0.9, [], {"aspect": aspect} if aspect else {}), ms
        )

    def fail(self, conversation: str, at: datetime) -> str:
        self.now, message = at, f"m-{next(NUMBERS)}"
        self.store.ask(conversation, message, "do you sell my data")
        self.store.failed(conversation, message, [{"kind": "error", "text": "not just now"}], 20_000)
        return message

    def exchange(self, at: datetime, kind: str = "answer", *, company: str = "acme", channel: str = "web", **more: Any) -> str:
        """Record a conversation of one message; return its id."""
        conversation = self.begin(at, company, channel)
        self.say(conversation, at, kind, **more)
        return conversation
