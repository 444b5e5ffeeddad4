"""Conversations as the console's tests put them into the database."""

from __future__ import annotations

from typing import Any

from candor.services import Services
from candor.transcripts.store import TurnOutcome


def quote_of(parts: Services, words: str, company: str = "acme", version: str = "2026-01-15") -> dict[str, Any]:
    """A citation of these words, which stand in the policy."""
    text = parts.knowledge.catalogue.document(company, version).text
    start = text.index(words)
    end = start + len(words)
    return {
        "n": 1, "company": company, "policy": "Privacy Policy", "version": version, "section": "3. Selling", "lead_in": "",
        "quote": words, "start": start, "end": end, "url": f"/policies/{company}/{version}#c{start}-{end}",
    }  # fmt: skip


def passage(parts: Services, words: str, score: float, *, cited: bool, company: str = "acme", version: str = "2026-01-15") -> Any:
    """What the evidence of a turn keeps of a passage."""
    found = quote_of(parts, words, company, version)
    return {"start": found["start"], "end": found["end"], "score": score, "cited": cited}


def begin(parts: Services, company: str = "acme", channel: str = "web") -> str:
    return parts.conversations.transcripts.begin(company=company, channel=channel).id


def say(
    parts: Services, conversation: str, text: str, *replies: dict[str, Any], intent: str = "ask_policy", confidence: float = 0.92,
    evidence: dict[str, Any] | None = None, trace: dict[str, Any] | None = None, message_id: str = "",
) -> None:  # fmt: skip
    """One answered message, masked as the door does it."""
    message_id = message_id or f"m-{len(parts.conversations.transcripts.turns(conversation)) + 1}"
    parts.conversations.transcripts.ask(conversation, message_id, parts.conversations.vault.mask(conversation, text))
    recorded = [{"kind": "smalltalk", "text": "Hello!", "company": "acme", **reply} for reply in replies or ({},)]
    ranking = [{"name": intent, "confidence": confidence}, {"name": "request_deletion", "confidence": 0.04}]
    understood = TurnOutcome(recorded, intent, confidence, ranking, evidence or {}, trace or {})
    parts.conversations.transcripts.answered(conversation, message_id, understood, 85.0)


def a_question(parts: Services, conversation: str, text: str = "do you sell my data? I am ada@example.com") -> None:
    """Answered with one quote; one more passage was found."""
    words, other = "We never sell personal data.", "We collect your name and your email address."
    say(
        parts, conversation, text,
        {"kind": "answer", "text": "This is what it says:", "answer_id": "a_1", "citations": [quote_of(parts, words)],
         "buttons": [{"title": "Ask a person", "payload": "I want to talk to a human"}]},
        evidence={
            "version": "2026-01-15", "probability": 0.81, "aspect": "selling.sold",
            "passages": [passage(parts, words, 2.5, cited=True), passage(parts, other, -0.75, cited=False)],
        },
        trace={
            "actions": ["action_answer_question"], "rasa": 61.0,
            "slots": {"last_question": {"company": "acme", "text": text[:20]}},
        },
    )  # fmt: skip
