"""A yes, a no and the like right after an answer, which asked for none: say what they could mean, with the likely next steps."""

from __future__ import annotations

import re

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.offer_request import RIGHT_OF_ASPECT
from actions.request_words import WHAT, WORDS
from actions.tracker import company_of, last_payload, payloads_newest_first, text_of
from candor.conversations.payload import Memory, Payload
from candor.services import Services

WANTS_COPY = re.compile(r"\b(?:send|mail|give) (?:me|it|that|them)\b|\bcopy\b", re.IGNORECASE)
FOUND = frozenset(["answer", "unsure", "compare"])
LATELY = 3  # messages of Candor
ANSWERS = FOUND | {"not_in_policy"}


def follows_an_answer(tracker: Tracker) -> bool:
    """Whether the last thing that Candor said answers a question, or offers a request after an answer, or follows on that."""
    return is_answer(last_payload(tracker)) or talked_since(tracker)


def is_answer(payload: Payload) -> bool:
    return payload.shown.kind in ANSWERS or payload.memory.may_open is not None


def talked_since(tracker: Tracker) -> bool:
    """Whether an answer was given lately, and nothing but a few words of small talk since."""
    for payload in payloads_newest_first(tracker, LATELY):
        if is_answer(payload):
            return True
        if payload.shown.kind != "smalltalk" or payload.shown.form or payload.shown.ticket or payload.memory.proposal:
            return False
    return False


def asks_further(tracker: Tracker) -> bool:
    """Whether a few words after an answer ask, though they look like a yes or a no: "100%?", "off?"."""
    return "?" in text_of(tracker) and follows_an_answer(tracker)


def may_go_on(tracker: Tracker) -> bool:
    """Whether there was an answer of which more can be shown."""
    last = last_payload(tracker)
    return last.shown.kind in FOUND - {"compare"} or last.memory.may_open is not None


class AfterAnAnswer:
    """What is said to a yes and to a no. Neither opens anything."""

    def __init__(self, parts: Services) -> None:
        self._responses, self._catalogue = parts.conversations.responses, parts.knowledge.catalogue

    def say_to_yes(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        """Offer the request that the answer was about, if it was about one; else the two likely steps."""
        if not is_answer(last_payload(tracker)):  # a second yes: what it could be for is shown
            self.show_kinds(dispatcher, tracker)
            return
        last, company_name = last_payload(tracker), self._catalogue.company(company_of(tracker)).name
        right = "access" if WANTS_COPY.search(text_of(tracker)) else RIGHT_OF_ASPECT.get(str(last.evidence.get("aspect")))
        if right:
            dispatcher.utter_message(
                response="utter_yes_after_answer_right", company_name=company_name, request=WHAT[right],
                buttons=[
                    {"title": WORDS[right].capitalize(), "payload": WORDS[right]},
                    *self._responses.buttons("utter_buttons_more"),
                ],
                json_message=Payload(memory=Memory(may_open=right)).encoded(),
            )  # fmt: skip
            return
        found = last.shown.kind in FOUND
        dispatcher.utter_message(
            response="utter_yes_after_answer" if found else "utter_yes_after_nothing", company_name=company_name,
            buttons=self._responses.buttons("utter_buttons_after_answer" if found else "utter_buttons_after_nothing"),
            json_message=Payload(memory=Memory(person=not found)).encoded(),
        )  # fmt: skip

    def show_kinds(self, dispatcher: CollectingDispatcher, tracker: Tracker, noted: str = "") -> None:
        """Show the kinds of requests there are. Each button makes the wish; nothing is begun by showing them.

        noted: what the visitor has just said of themselves, as it is told back: a place or an address."""
        dispatcher.utter_message(
            response="utter_choose_request_noted" if noted else "utter_choose_request", noted=noted,
            company_name=self._catalogue.company(company_of(tracker)).name,
            buttons=[{"title": what[:1].upper() + what[1:], "payload": WORDS[name]} for name, what in WHAT.items()],
            json_message=Payload(memory=Memory(which=list(WHAT))).encoded(),
        )  # fmt: skip

    def say_to_no(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        """Nothing was asked, so a no is about the answer, or ends the topic."""
        offered = last_payload(tracker).memory.may_open is not None
        dispatcher.utter_message(
            response="utter_no_after_offer" if offered else "utter_no_after_answer",
            buttons=[] if offered else self._responses.buttons("utter_buttons_after_nothing"),
            json_message=Payload(memory=Memory(person=not offered)).encoded(),
        )
