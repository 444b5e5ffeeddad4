"""Offer a request to whoever asks about a right: after the answer, with a button that makes the request for them."""

from __future__ import annotations

import re

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.request_words import WHAT, WORDS
from actions.tracker import ranking_of, text_of
from candor.conversations.payload import Memory, Payload
from candor.tickets.request_types import REQUEST_TYPES

# Aspects of knowledge/aspects.yml that a request exists for.
RIGHT_OF_ASPECT = {aspect: name for name, row in REQUEST_TYPES.items() for aspect in row.aspects}
MAY_I = re.compile(
    r"\b(?:(?:can|could|may|might|do|am|how (?:do|can|could)) i|is it possible|is there (?:a|any) way|how to|way to|possible to"
    r"|right to|allowed to|able to|entitled to)\b",
    re.IGNORECASE,
)
# The last of several comes first here: "may I have all copies deleted?" is about deletion.
NAMED_IN = {
    name: re.compile(row.named_by, re.IGNORECASE)
    for name, row in sorted(REQUEST_TYPES.items(), key=lambda entry: -entry[1].turn)
    if row.named_by
}
NEAREST = 0.001  # what Rasa's second guess has, where it is sure that the first, a question, is right
NEAR = 0.15  # if the aspect names no right, a request intent with this confidence is offered


def offered_right(tracker: Tracker, aspect: str | None) -> str | None:
    """The request type that a question is about: by the aspect that was found, else by Rasa's other intents."""
    if aspect in RIGHT_OF_ASPECT:
        return RIGHT_OF_ASPECT[aspect]
    near = [intent.removeprefix("request_") for intent, confidence in ranking_of(tracker) if confidence >= NEAR]
    return next((request_type for request_type in near if request_type in WHAT), None)


def right_asked_about(tracker: Tracker) -> str | None:
    """The request type that comes nearest where somebody asks whether they may have something done: "can I …?"."""
    if not MAY_I.search(text_of(tracker)):
        return None
    named = next((name for name, words in NAMED_IN.items() if words.search(text_of(tracker))), None)
    if named:
        return named
    likely = [(intent.removeprefix("request_"), confidence) for intent, confidence in ranking_of(tracker)]
    return next((name for name, confidence in likely if name in WHAT and confidence >= NEAREST), None)


def offer_request(dispatcher: CollectingDispatcher, tracker: Tracker, aspect: str | None, company_name: str) -> None:
    """Say that a request can be opened, if one fits. Nothing is proposed: a yes begins it, and opens nothing."""
    request_type = offered_right(tracker, aspect)
    if request_type:
        dispatcher.utter_message(
            response="utter_may_open_request", company_name=company_name, request=WHAT[request_type],
            buttons=[{"title": WORDS[request_type].capitalize(), "payload": WORDS[request_type]}],
            json_message=Payload(memory=Memory(may_open=request_type)).encoded(),
        )  # fmt: skip
