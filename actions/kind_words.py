"""A kind word before the answer, to somebody who writes in fear, illness, grief or anger: once in a conversation."""

from __future__ import annotations

from typing import Any

from rasa_sdk.events import SlotSet

from candor.conversations.payload import Payload, Shown

KIND = {
    "afraid": "utter_kind_afraid", "ill": "utter_kind_ill", "grieving": "utter_kind_grieving", "angry": "utter_kind_angry",
}  # fmt: skip
# What is kind by itself, or to which a kind word would sound false.
KIND_ALREADY = {"action_urgent", "action_session_start", "action_forget_conversation"}
INTENTS_ANSWERED_KINDLY = {"abuse", "bot_complaint", "in_danger", "data_exposed", "goodbye", "thanks", "joke"}


def with_kind_word(
    action: str, tracker: dict[str, Any], responses: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The messages of an action with a kind word before them, and the event that remembers it; or as they are, and none.

    tracker: Rasa's, as the action server gets it. Only what answers a message of the visitor gets one.
    """
    message = tracker.get("latest_message") or {}
    response = KIND.get(str((message.get("metadata") or {}).get("feeling")))
    intent = str((message.get("intent") or {}).get("name") or "")
    said = bool((tracker.get("slots") or {}).get("kind_word"))
    if response is None or said or not responses or action in KIND_ALREADY or intent in INTENTS_ANSWERED_KINDLY:
        return responses, []
    word = {"response": response, "custom": Payload(shown=Shown(kind="smalltalk")).encoded()}
    return [word, *responses], [SlotSet("kind_word", True)]
