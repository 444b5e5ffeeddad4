"""A kind word comes once, before the answer, and only to somebody who is moved."""

from __future__ import annotations

from typing import Any

import pytest

from actions.kind_words import KIND, with_kind_word
from tests.actions.trackers import RESPONSES

ANSWER: list[dict[str, Any]] = [{"response": "utter_ask_email"}]


def tracker(feeling: str, intent: str = "ask_policy", **slots: Any) -> dict[str, Any]:
    return {"latest_message": {"intent": {"name": intent}, "metadata": {"feeling": feeling}}, "slots": slots}


@pytest.mark.parametrize("feeling", KIND)
def test_it_comes_before_the_answer_and_is_remembered(feeling: str) -> None:
    """In a message of its own, so that the answer stays as it is."""
    responses, events = with_kind_word("action_ask_email", tracker(feeling), ANSWER)

    assert [one["response"] for one in responses] == [KIND[feeling], "utter_ask_email"]
    assert KIND[feeling] in RESPONSES
    assert [(event["name"], event["value"]) for event in events] == [("kind_word", True)]


@pytest.mark.parametrize(
    ("action", "call", "responses"),
    [
        ("action_ask_email", tracker("none"), ANSWER),
        ("action_ask_email", tracker("angry", kind_word=True), ANSWER),
        ("action_say", tracker("angry", "abuse"), ANSWER),
        ("action_urgent", tracker("afraid", "in_danger"), ANSWER),
        ("validate_request_form", tracker("afraid"), []),
        ("action_session_start", {"latest_message": None, "slots": {}}, ANSWER),
    ],
)
def test_otherwise_an_action_says_what_it_says(action: str, call: dict[str, Any], responses: list[dict[str, Any]]) -> None:
    """Calm, told before, answered kindly already, or nothing said: a sermon helps nobody."""
    assert with_kind_word(action, call, responses) == (responses, [])
