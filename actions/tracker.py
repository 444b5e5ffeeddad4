"""What our actions read from Rasa's tracker."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker


def company_of(tracker: Tracker) -> str:
    """The company that the door says this conversation is about."""
    return str(tracker.latest_message.get("metadata", {}).get("company", ""))


def text_of(tracker: Tracker) -> str:
    return str(tracker.latest_message.get("text") or "")


def intent_of(tracker: Tracker) -> tuple[str, float]:
    """The message's intent and how sure Rasa is of it, 0 to 1."""
    intent: dict[str, Any] = tracker.latest_message.get("intent") or {}
    return str(intent.get("name") or ""), float(intent.get("confidence") or 0.0)


def ranking_of(tracker: Tracker) -> list[tuple[str, float]]:
    """The intents that Rasa thought of, with their confidences, likeliest first."""
    ranking: list[dict[str, Any]] = tracker.latest_message.get("intent_ranking") or []
    return [(str(intent.get("name") or ""), float(intent.get("confidence") or 0.0)) for intent in ranking]


def open_proposal(tracker: Tracker) -> dict[str, Any] | None:
    """The proposed request that the message answers: it must be the last thing that was said.

    A yes after something else was said is not a clear yes to the proposal before it.
    """
    proposal: dict[str, Any] | None = tracker.get_slot("proposal")
    if not proposal:
        return None
    return proposal if last_payload(tracker).get("proposal") == proposal["id"] else None


def last_payload(tracker: Tracker) -> dict[str, Any]:
    """The payload of the last message that Candor sent: what the visitor is answering."""
    said = next((event for event in reversed(tracker.events) if event.get("event") == "bot"), None)
    payload: dict[str, Any] = ((said or {}).get("data") or {}).get("custom") or {}
    return payload


def said_now(tracker: Tracker) -> list[dict[str, Any]]:
    """The payloads of what Candor has said to the visitor's last message so far."""
    payloads: list[dict[str, Any]] = []
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            break
        if event.get("event") == "bot":
            payloads.append((event.get("data") or {}).get("custom") or {})
    return payloads[::-1]
