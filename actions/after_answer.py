"""A yes, a no and the like right after an answer, which asked for none: say what they could mean, with the likely next steps."""

from __future__ import annotations

import re

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.form.words import OK
from actions.offer_request import RIGHT_OF_ASPECT, named_right
from actions.request_words import WHAT, WORDS
from actions.tracker import company_of, last_payload, payloads_newest_first, spelt_of, text_of
from candor.conversations.payload import Memory, Payload
from candor.services import Services
from knowledge.follow_ups import is_doubt, is_follow_up
from knowledge.messages import has_content_word
from knowledge.needed import WHICH_ARE_YOU

WANTS_COPY = re.compile(r"\b(?:send|mail|give) (?:me|it|that|them)\b|\bcopy\b", re.IGNORECASE)
# "Where does it say that?", "which section", "source?": asked of the quote that was just shown.
WHERE_SAID = re.compile(
    r"\W*(?:(?:and|but|so|ok(?:ay)?|really)\W+)*(?:"
    r"where (?:exactly )?(?:do|does|did|is|are|can|could) (?:\w+ ){0,3}(?:says?|said|stands?|written|stated?|read|find)"
    r"(?: (?:it|that|this|so))?"
    r"|(?:in |on |under )?(?:which|what) (?:section|paragraph|part|page|clause|article|chapter|heading)(?: \w+){0,4}"
    r"|(?:your |the |any )?(?:sources?|references?|citation)(?: (?:for|of) (?:that|this|it))?"
    r"|(?:says who|who says)(?: (?:that|this|so))?"
    r"|(?:can you |please )?(?:show|quote)(?: me)? (?:the|that) (?:passage|source|place|sentence|section|paragraph)"
    r")\W*",
    re.IGNORECASE,
)
# How a question begins; "ok do it" is none.
ASKS = re.compile(
    r"\?|^\W*(?:(?:ok(?:ay)?|but|and|so|well|wait|oh|hm+)\W+)*(?:(?:what|who|whom|whose|where|when|why|how|which|since when)\b"
    r"|(?:can|could|may|must|does|did|is|are|was|were|will|would|should|has|have|am) \w"
    r"|do (?:i|you|u|we|they|he|she|my|the|your)\b)",
    re.IGNORECASE,
)
TO_US = re.compile(r"\b(?:you|your|yours|u|ur|bot|robot)\b|\b(?:what|who)(?:['’]?s| is| are)? (?:this|that|it)\b", re.IGNORECASE)
ONLY_MEANT = re.compile(
    r"\W*(?:yes|yeah|yep|no|nope|right|hm+|huh|eh|oh)\W*", re.IGNORECASE
)  # with a question mark, asks nothing
FOUND = frozenset(["answer", "unsure", "compare"])
LATELY = 3  # messages of Candor
ANSWERS = FOUND | {"not_in_policy"}
QUOTED = FOUND - {"compare"}


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
    """Whether a few words after an answer ask, though they look like a yes or a no: "100%?", "off?", "can i stop it"."""
    text = spelt_of(tracker)
    if is_doubt(text_of(tracker)):
        return follows_an_answer(tracker)
    meant = OK.fullmatch(text.strip("? ")) or ONLY_MEANT.fullmatch(text)
    return not meant and ASKS.search(text) is not None and follows_an_answer(tracker)


def continues_answer(tracker: Tracker) -> bool:
    """Whether what was taken for a wish goes on about the answer before it, and names no right: "so 12 is too young"."""
    return follows_an_answer(tracker) and is_follow_up(spelt_of(tracker)) and named_right(text_of(tracker)) is None


def leans_on_answer(tracker: Tracker, *, chatting: bool = False) -> bool:
    """Whether a question is about the answer before it and nothing else, so that whatever the policy says to it is told.

    chatting: where it may be small talk as well, it must ask about no more than how, why, where or since when.
    """
    text = text_of(tracker)
    if not asks_further(tracker) or not is_follow_up(text):
        return False
    return not chatting or not (has_content_word(text) or TO_US.search(WHICH_ARE_YOU.sub("", text)))


def shown_before(tracker: Tracker) -> Payload | None:
    """The answer whose quote is asked after: "where does it say that?"; None where a message does not, or nothing was quoted."""
    if not WHERE_SAID.fullmatch(text_of(tracker)):
        return None
    return next((one for one in payloads_newest_first(tracker, LATELY) if one.shown.kind in QUOTED and one.shown.citations), None)


def may_go_on(tracker: Tracker) -> bool:
    """Whether there was an answer of which more can be shown."""
    last = last_payload(tracker)
    return last.shown.kind in QUOTED or last.memory.may_open is not None


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
