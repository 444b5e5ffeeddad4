"""Offer a request to whoever asks about a right: after the answer, with a button that makes the request for them."""

from __future__ import annotations

import re

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.for_another import SAME_AGAIN, for_another
from actions.form.words import ASKING
from actions.request_words import WHAT, WORDS
from actions.tracker import questions_of, ranking_of, text_of
from candor.conversations.payload import Memory, Payload
from candor.conversations.responses import Responses
from candor.services import Services
from candor.tickets.request_types import ARTICLE, REQUEST_TYPES

# Aspects of knowledge/aspects.yml that a request exists for.
RIGHT_OF_ASPECT = {aspect: name for name, row in REQUEST_TYPES.items() for aspect in row.aspects}
MAY_I = re.compile(
    r"\b(?:(?:can|could|may|might|do|am|how (?:do|can|could)) (?:i|we)|is it possible|is there (?:a|any) way|how to|way to"
    r"|possible to|right to|allowed to|able to|entitled to)\b",
    re.IGNORECASE,
)
# "If I asked you to delete it, would you also …": a wish is thought about, and not made.
HYPOTHETICAL = re.compile(r"\b(?:if (?:i|we)|suppose|supposing|what if|in case|say (?:i|we)|once i|when i)\b", re.IGNORECASE)
SUPPOSES = re.compile(
    r"\bif (?:i|we) (?:asked|ask|were|was|want\w*|delet\w*|did|do|would|could|had|let|chose|decid\w*|request\w*|closed?|leave"
    r"|left)\b"
    r"|\bsuppos(?:e|ing)\b|\bwhat if\b|\bhypothetical\w*|\b(?:just|only) (?:asking|wondering|curious)\b|\bin theory\b",
    re.IGNORECASE,
)
# "I invoke article 17", "exercising my right under art. 15": a wish, in the words of the law.
INVOKES = re.compile(
    r"\b(?:invok\w+|exercis\w+|pursuant to|under|rely(?:ing)? on|based on|as per|claim\w*|assert\w*)\b", re.IGNORECASE
)
# The last of several comes first here: "may I have all copies deleted?" is about deletion.
NAMED_IN = {
    name: re.compile(row.named_by, re.IGNORECASE)
    for name, row in sorted(REQUEST_TYPES.items(), key=lambda entry: -entry[1].turn)
    if row.named_by
}
ARTICLE_NAMED = re.compile(rf"\b{ARTICLE} \d", re.IGNORECASE)
NEAREST = 0.001  # what Rasa's second guess has, where it is sure that the first, a question, is right
NEAR = 0.15  # if the aspect names no right, a request intent with this confidence is offered


def offered_right(tracker: Tracker, aspect: str | None) -> str | None:
    """The request type that a question is about: by the aspect that was found, else by Rasa's other intents."""
    if aspect in RIGHT_OF_ASPECT:
        return RIGHT_OF_ASPECT[aspect]
    if HYPOTHETICAL.search(text_of(tracker)) and (named := named_right(text_of(tracker))):
        return named
    near = [intent.removeprefix("request_") for intent, confidence in ranking_of(tracker) if confidence >= NEAR]
    return next((request_type for request_type in near if request_type in WHAT), None)


def only_supposed(tracker: Tracker) -> bool:
    """Whether the message asks what would be if a request were made, and makes none."""
    text = text_of(tracker)
    return SUPPOSES.search(text) is not None and (bool(questions_of(tracker)) or ASKING.search(text) is not None)


def named_right(text: str) -> str | None:
    """The request type that a question names in words."""
    return next((name for name, words in NAMED_IN.items() if words.search(text)), None)


def invoked_right(text: str) -> str | None:
    """The request type whose right a message that asks nothing makes use of by its name in the law."""
    return named_right(text) if INVOKES.search(text) and ARTICLE_NAMED.search(text) and not ASKING.search(text) else None


def right_asked_about(tracker: Tracker) -> str | None:
    """The request type that comes nearest where somebody asks whether they may have something done: "can I …?"."""
    if not MAY_I.search(text_of(tracker)):
        return None
    if named := named_right(text_of(tracker)):
        return named
    likely = [(intent.removeprefix("request_"), confidence) for intent, confidence in ranking_of(tracker)]
    return next((name for name, confidence in likely if name in WHAT and confidence >= NEAREST), None)


def meant_for_another(tracker: Tracker, parts: Services) -> str | None:
    """The request type that is meant for another person: the one that is named, or that of "the same for my father"."""
    text = text_of(tracker)
    own = parts.requests.desk.of_conversation(tracker.sender_id) if SAME_AGAIN.search(text) else []
    return named_right(text) or (own[-1].request_type if own else None)


def say_on_behalf(dispatcher: CollectingDispatcher, company_name: str, request_type: str | None, responses: Responses) -> None:
    """Say how one asks for somebody else, with a button for the request that is meant, or for the kinds there are."""
    meant = [{"title": WORDS[request_type].capitalize(), "payload": WORDS[request_type]}] if request_type else []
    buttons = responses.buttons("utter_buttons_ask_person" if meant else "utter_buttons_after_nothing")
    dispatcher.utter_message(
        response="utter_on_behalf_right" if request_type else "utter_on_behalf", company_name=company_name,
        request=WHAT[request_type] if request_type else "", buttons=[*meant, *buttons],
        json_message=Payload(memory=Memory(may_open=request_type, person=not request_type)).encoded(),
    )  # fmt: skip


def offer_request(dispatcher: CollectingDispatcher, tracker: Tracker, aspect: str | None, company_name: str) -> None:
    """Say that a request can be opened, if one fits. Nothing is proposed: a yes begins it, and opens nothing."""
    request_type = offered_right(tracker, aspect)
    if request_type:
        offer(dispatcher, tracker, request_type, company_name)


def offer(dispatcher: CollectingDispatcher, tracker: Tracker, request_type: str, company_name: str) -> None:
    """Say that this request can be opened. A yes begins it, and opens nothing."""
    dispatcher.utter_message(
        response="utter_may_open_for_another" if for_another(text_of(tracker)) else "utter_may_open_request",
        company_name=company_name, request=WHAT[request_type],
        buttons=[{"title": WORDS[request_type].capitalize(), "payload": WORDS[request_type]}],
        json_message=Payload(memory=Memory(may_open=request_type)).encoded(),
    )  # fmt: skip
