"""What somebody has said of themselves before a request is begun: nobody is asked twice for what stands above."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

from actions.form_answers import ASKING, EMAIL, NEGATION, RIGHT_NOT_WRONG, TOKEN, WRONG_BUT_RIGHT
from actions.tracker import text_of
from candor.tickets.law.residence import ResidenceOutcome, is_place_name, parse_residence
from candor.tickets.request_types import REQUEST_TYPES
from knowledge.messages import SENTENCE_END

# A place counts as residence only with such words: "Jordan wants it deleted" names nobody's.
SAYS_RESIDENCE = re.compile(
    r"\b(?:i live|we live|(?:i['’]?m|i am|im)(?: <?\w+>?){0,2} (?:in|from)|^(?:\W*\w+,? )?from|living|resident|residing|based)\b"
    r"|(?:^|[,.;!?(]|\band\b|\bbut\b)\W*(?:now )?live (?:in|at|near)\b",
    re.IGNORECASE,
)
# "it should be Þóra", "changed from Smith to Jones", "is now 12 Main Street"
AS_IT_SHOULD_BE = re.compile(
    r"\b(?:should|must|has to|needs to|ought to) (?:be|say|read)\b|\b(?:is|am|are) (?:now|really|actually)\b|\binstead of\b"
    r"|\b(?:changed?|moved) (?:\w+ )?(?:from|to) (?:<|\w)|\bused to be\b",
    re.IGNORECASE,
)
CODE = re.compile(r"\b(?!U[SK]\b)[A-Z]{2}\b")  # "our HR manager" is not from Croatia
MOST_OF_A_PLACE = 3  # words
SOMEWHERE = re.compile(r"\b(?:in|of|from|at|near)\b", re.IGNORECASE)  # before a place that may be where somebody lives


def told_before(tracker: Tracker) -> list[dict[str, Any]]:
    """The events that fill in where the visitor lives, and their address, as far as they have said so."""
    text = text_of(tracker)
    place, addresses = _lives_in(text) or _in_a_sentence_alone(text), set(EMAIL.findall(text))
    events = [SlotSet("email", addresses.pop())] if len(addresses) == 1 else []
    for event in _earlier(tracker):
        said = str(event.get("text") or "")
        if place is None and tracker.get_slot("residence") is None:
            place = _lives_in(said)
        given = set(EMAIL.findall(said))
        if not events and not tracker.get_slot("email") and len(given) == 1 and _intent(event) == "provide_email":
            events = [SlotSet("email", given.pop())]
    if place:
        return [SlotSet("residence", place), *events]
    likely = _named_in(text)
    if likely and tracker.get_slot("residence") is None:  # asked back, with the place that was named
        events.append(SlotSet("unclear", {"slot": "residence", "why": "told", "options": [likely], "times": 0}))
    return events


def wrong_told(tracker: Tracker, request_type: str) -> str:
    """What a wish for a correction says itself of what is wrong and how it should be; "" if it does not, or that was told."""
    text = text_of(tracker)
    if not REQUEST_TYPES[request_type].needs_details or tracker.get_slot("details") or ASKING.search(text):
        return ""
    told = RIGHT_NOT_WRONG.search(text) or WRONG_BUT_RIGHT.search(text) or AS_IT_SHOULD_BE.search(text)
    return text if told else ""


def place_alone(text: str) -> str | None:
    """The place that a message of a word or three names, and nothing else."""
    return _found(text) if len(text.split()) <= MOST_OF_A_PLACE and not ASKING.search(text) else None


def _earlier(tracker: Tracker) -> Iterator[dict[str, Any]]:
    """What the visitor said before in this session, the newest first."""
    events = takewhile(lambda event: event.get("event") != "session_started", reversed(tracker.events))
    said = (event for event in events if event.get("event") == "user")
    next(said, None)  # the message itself
    return said


def _lives_in(text: str) -> str | None:
    """The place that a message says somebody lives in."""
    return _found(text) if SAYS_RESIDENCE.search(text) else None


def _in_a_sentence_alone(text: str) -> str | None:
    """The place that is all that a sentence of a message says: "delete it all. Finland. <email_1>"."""
    named = (_found(sentence) for sentence in SENTENCE_END.split(text) if is_place_name(sentence.strip(" .,;!")))
    return next((place for place in named if place), None)


def _named_in(text: str) -> str | None:
    """A place that a message names without saying what it is to anybody: "I act for Ms Doe of Austin, Texas"."""
    named = CODE.sub(" ", text)
    return _found(named) if SOMEWHERE.search(text) and not NEGATION.search(text) else None


def _found(text: str) -> str | None:
    place = parse_residence(TOKEN.sub(" ", text))
    return place.code if place.outcome is ResidenceOutcome.FOUND else None


def _intent(event: dict[str, Any]) -> str:
    return str(((event.get("parse_data") or {}).get("intent") or {}).get("name") or "")
