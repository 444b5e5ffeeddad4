"""Where no reading is sure, offer the likeliest ones: each button says in other words what the message may have meant."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.request_words import WORDS
from actions.tracker import ranking_of
from candor.conversations.payload import Memory, Payload
from candor.conversations.responses import Responses

LIKELY = 0.1  # of a reading that is worth a button
MOST = 2
# What else than a request of a type somebody may have meant.
READINGS = {
    "talk_to_human": "utter_buttons_ask_person", "request_status": "utter_buttons_my_requests",
    "make_request": "utter_buttons_make_request", "ask_code": "utter_buttons_new_code",
}  # fmt: skip


def readings(tracker: Tracker, responses: Responses) -> list[dict[str, str]]:
    """Buttons for the likeliest readings, the likeliest first."""
    buttons: list[dict[str, str]] = []
    for intent, confidence in ranking_of(tracker):
        if confidence < LIKELY or len(buttons) >= MOST:
            break
        request_type = intent.removeprefix("request_")
        if request_type in WORDS:
            buttons.append({"title": WORDS[request_type].capitalize(), "payload": WORDS[request_type]})
        elif intent in READINGS:
            buttons += responses.buttons(READINGS[intent])
    return buttons


def say_not_sure(dispatcher: CollectingDispatcher, tracker: Tracker, responses: Responses) -> None:
    """Say that the message was not understood, with what it may have meant, or with what one can do here."""
    likely = readings(tracker, responses)
    person = responses.buttons("utter_buttons_ask_person")
    dispatcher.utter_message(
        response="utter_did_you_mean" if likely else "utter_remark",
        buttons=[*likely, *(button for button in person if button not in likely)]
        if likely else responses.buttons("utter_buttons_after_nothing"),
        json_message=Payload(memory=Memory(person=True)).encoded(),
    )  # fmt: skip
