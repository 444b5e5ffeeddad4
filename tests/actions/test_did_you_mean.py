"""Where no reading is sure, the likeliest are offered."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.did_you_mean import say_not_sure
from candor.services import Services
from tests.actions.trackers import a_tracker, payload_of


def ranked(*likely: tuple[str, float]) -> Tracker:
    tracker = a_tracker("my stuff", intent="nlu_fallback")
    tracker.latest_message["intent_ranking"] = [{"name": name, "confidence": share} for name, share in likely]
    return tracker


def test_the_two_likeliest_are_buttons_and_a_person_is_there(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Each button says in other words what may have been meant; what is hardly likely is left away."""
    tracker = ranked(("ask_policy", 0.4), ("request_deletion", 0.3), ("request_status", 0.2), ("request_access", 0.04))

    say_not_sure(dispatcher, tracker, parts.conversations.responses)

    (message,) = dispatcher.messages
    assert [button["title"] for button in message["buttons"]] == ["Delete my data", "My requests", "Ask a person"]
    assert payload_of(message).memory.person


def test_without_a_likely_one_it_says_what_one_can_do(parts: Services, dispatcher: CollectingDispatcher) -> None:
    say_not_sure(dispatcher, ranked(("greet", 0.9)), parts.conversations.responses)

    assert dispatcher.messages[0]["response"] == "utter_remark"
