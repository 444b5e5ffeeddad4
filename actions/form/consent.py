"""The answer to "shall I open it?": only a clear yes opens anything."""

from __future__ import annotations

import re

from actions.form.clear_yes import YES, agrees_clearly, plain_yes, says_to_open
from actions.form.corrections import NOT_THIS, not_negated, other_place, says_how_it_should_be
from actions.form.message import (
    NOT_SAID,
    OF_A_STORY,
    QUESTIONS,
    QUITE_SURE,
    SMALL_TALK,
    SURE,
    FilledSlot,
    FormMessage,
    Meaning,
    Stopped,
    Unclear,
    is_story,
    with_details,
)
from actions.form.words import ASKING, EMAIL, NEGATION, TOKEN, carries_something
from candor.typed.short_answers import ShortAnswer, read_short_answer

CLEAR_YES = 0.7  # below this confidence a yes is asked for again: of nine that were none, this keeps out five (bot/sureness.py)
ADDS = re.compile(r"\b(?:add|note|put|include|mention|write)\b", re.IGNORECASE)  # "can you add that …" asks nothing
WONDERS = re.compile(r"\b(?:if|whether|how|what|who\w*|where|when|why|which|tell|wonder\w*|ask\w*|know)\b", re.IGNORECASE)
MEANT = re.compile(r"\b(?:i|we) meant?\W*$", re.IGNORECASE)


def read_consent(message: FormMessage) -> Meaning:  # noqa: C901, PLR0911  (one line a kind, in order)
    if (says_to_open(message.text) or says_to_open(message.spelt)) and message.seen and not TOKEN.search(message.text):
        return FilledSlot("agreed", True)
    if message.intent == "affirm":
        sure = message.confidence >= CLEAR_YES or plain_yes(message.text)
        clear = sure and message.shown and agrees_clearly(message.text)
        if message.why in {"unsure", "stuck"}:  # who was not clear once must say more than "ok"
            clear = clear and bool(YES.search(message.text))
        return FilledSlot("agreed", True) if clear else Unclear("unsure" if message.shown else "again")
    if message.intent == "deny":
        if NOT_THIS.search(message.text) or re.search(r"[\d<]", message.text):  # "no. 4417" is not what it shows
            return Unclear("change")
        refuses = NEGATION.search(message.text) or read_short_answer(message.text) is not ShortAnswer.UNCLEAR
        sure = message.confidence >= (SURE if refuses else QUITE_SURE)  # "that one only" may say that it is complete
        return Stopped() if sure else Unclear("summary" if message.means("deny") and not refuses else "unsure")
    if message.intent == "go_on":
        complete = read_short_answer(message.text) is ShortAnswer.NOTHING  # "that's all": what there is, is shown once more
        return Unclear("again" if not message.shown else "summary" if complete else "unsure")
    if message.intent == "skip":
        return FilledSlot("details", NOT_SAID) if message.details else Unclear("unsure")
    addresses = EMAIL.findall(message.text)
    if message.intent == "add_details" and carries_something(message.text):
        return _added(message)
    if addresses and message.intent in {"provide_email", "correct_answer"} and not ASKING.search(message.text):
        return FilledSlot("email", not_negated(message.text, addresses))
    if place := other_place(message):
        return place
    if message.details and MEANT.search(message.text) and carries_something(message.text):
        return with_details(message)
    told = message.intent in OF_A_STORY and message.intent != "nlu_fallback"
    told = told or (message.intent in SMALL_TALK and says_how_it_should_be(message.text))  # "OLD SMITH NEW JONES"
    told = told or (message.intent in QUESTIONS and not WONDERS.search(message.text))  # "the app is called Shoply"
    if told and is_story(message) and not ASKING.search(message.text) and not addresses:
        return Unclear("add", (message.text,))  # said of the request, or beside it: nobody can tell but the visitor
    return Unclear("unsure") if message.intent in {"nlu_fallback", "out_of_scope_gibberish"} else None


def _added(message: FormMessage) -> Meaning:
    """What is to be added to the details at the summary; asked back where that is not sure."""
    if ASKING.search(message.text) and not ADDS.search(message.text):
        return None
    return with_details(message) if message.confidence >= SURE else Unclear("add", (message.text,))
