"""What somebody has said of themselves before a request is begun: nobody is asked twice for what stands above."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

from actions.form.corrections import says_how_it_should_be
from actions.form.residence import LISTED
from actions.form.told_along import identified_in
from actions.form.words import ASKING, EMAIL, NEGATION, TOKEN
from actions.tracker import as_typed, text_of
from candor.tickets.law.residence import ResidenceOutcome, is_place_name, parse_residence
from candor.tickets.request_types import REQUEST_TYPES
from knowledge.messages import SENTENCE_END

# A place counts as residence only with such words: "Jordan wants it deleted" names nobody's.
SAYS_RESIDENCE = re.compile(
    r"\b(?:i live|we live|(?:i['’]?m|i am|im)(?: <?\w+>?){0,2} (?:in|from)|^(?:\W*\w+,? )?from|living|resident|residing|based)\b"
    r"|(?:^|[,.;!?(]|\band\b|\bbut\b)\W*(?:now )?live (?:in|at|near)\b",
    re.IGNORECASE,
)
# "Country: Spain", in a form letter, up to the next name of a field.
LABELLED = re.compile(
    r"\b(?:country|residence|state|province|place|location|home|where)\b[^:=\n]{0,20}[:=]\s*(?P<place>[^:=;\n]{2,60})",
    re.IGNORECASE,
)
CODE = re.compile(r"\b(?!U[SK]\b)[A-Z]{2}\b")  # "our HR manager" is not from Croatia
MOST_OF_A_PLACE = 3  # words
MOST_LABELLED = 5
SOMEWHERE = re.compile(r"\b(?:in|of|from|at|near)\b", re.IGNORECASE)  # before a place that may be where somebody lives


def told_before(tracker: Tracker) -> list[dict[str, Any]]:
    """The events that fill in where the visitor lives, and their address, as far as they have said so."""
    text = text_of(tracker)
    place, addresses = _lives_in(text) or _labelled(text) or _in_a_part_alone(text), set(EMAIL.findall(text))
    events = [SlotSet("email", addresses.pop())] if len(addresses) == 1 else []
    for event in _earlier(tracker):
        said = str(event.get("text") or "")
        if place is None and tracker.get_slot("residence") is None:
            place = _lives_in(said)
        given = set(EMAIL.findall(said))
        if not events and not tracker.get_slot("email") and len(given) == 1 and _intent(event) == "provide_email":
            events = [SlotSet("email", given.pop())]
    if place:
        whole = identified_in(text) if EMAIL.search(text) else ""  # all at once, as in a form letter: nothing is left to ask
        return [SlotSet("residence", place), *events, *([SlotSet("details", as_typed(tracker, whole))] if whole else [])]
    likely = _named_in(text)
    if likely and tracker.get_slot("residence") is None:  # asked back, with the place that was named
        events.append(SlotSet("unclear", {"slot": "residence", "why": "told", "options": [likely], "times": 0}))
    return events


def wrong_told(tracker: Tracker, request_type: str) -> str:
    """What a wish for a correction says itself of what is wrong and how it should be; "" if it does not, or that was told."""
    text = text_of(tracker)
    if not REQUEST_TYPES[request_type].needs_details or tracker.get_slot("details") or ASKING.search(text):
        return ""
    return as_typed(tracker, text) if says_how_it_should_be(text) else ""


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


def _labelled(text: str) -> str | None:
    """The place behind the name of a field: of its words the most that name one."""
    for found in LABELLED.finditer(text):
        words = found["place"].split()
        rows = (" ".join(words[:length]).strip(" .,;") for length in range(min(len(words), MOST_LABELLED), 0, -1))
        if place := next((_found(row) for row in rows if is_place_name(row)), None):
            return place
    return None


def _in_a_part_alone(text: str) -> str | None:
    """The place that is all that a sentence of a message says, or a part of a list: "delete it all. Finland. <email_1>"."""
    parts = [*SENTENCE_END.split(text), *(LISTED.split(text) if EMAIL.search(text) else ())]
    named = (_found(part) for part in parts if is_place_name(part.strip(" .,;!")))
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
