"""The answer to "do you want to add anything?"."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.form.clear_yes import says_to_open
from actions.form.corrections import other_place
from actions.form.message import (
    FEWEST_OF_A_STORY,
    FOR_OTHERS,
    NOT_SAID,
    OF_A_STORY,
    QUESTIONS,
    QUITE_SURE,
    SMALL_TALK,
    SURE,
    FilledSlot,
    FormMessage,
    Meaning,
    Unclear,
    is_story,
    tells_a_story,
)
from actions.form.told_along import IDENTIFIES
from actions.form.words import ASKING, EMAIL, FEW_WORDS, REPLACES, TOKEN, WAITS, WISHES_IT, WITHOUT_DETAILS, carries_something
from candor.typed.short_answers import ShortAnswer, read_short_answer

# "can i see the date": no detail, though no mark says that it asks.
PUT_AS_QUESTION = re.compile(
    r"^\W*(?:(?:ok|but|and|so|hm+|well|wait|oh|uh|um|sorry|hang on)\W+)*"
    rf"{WISHES_IT}(?:can|could|may|do|does|did|is|are|was|will|am|should|must|has|have) "
    r"(?:i|you|it|that|this|they|we|there|my|the|he|she|any\w*|some\w*)\b",
    re.IGNORECASE,
)
# The same of a wish for a person: "a power of attorney can be sent on request" is none.
WANTS_A_PERSON = re.compile(
    r"\b(?:persons?|people|humans?|some(?:body|one)|any(?:body|one)|agents?|operator|representative|staff|employees?|colleagues?"
    r"|managers?|supervisor|boss|advis[oe]r|guy|man|woman|bots?|robots?|machines?|computers?|talk\w*|speak\w*|spoke\w*|call\w*|phone|ring"
    r"|dial|chat|live|support|service|team|department|contact\w*|real|escalat\w+|hotline|help)\b",
    re.IGNORECASE,
)
# How the answer shall come, which staff have to know, and no wish to talk to them now: "in writing please, not by phone".
HOW_TO_ANSWER = re.compile(
    r"\b(?:in writing|by (?:post|letter|e-?mail|mail)\b.*\b(?:please|only|not)|not by (?:phone|telephone)|"
    r"(?:do not|don['’]?t|no|never) (?:call\w*|phone\w*|ring)|only (?:by|in|write))\b",
    re.IGNORECASE,
)
NAMES_A_PERSON = re.compile(r"\b(?:person|human|some(?:body|one)|agent|manager|(?:talk|speak) (?:to|with))\b", re.IGNORECASE)
# An address at a later step that is to take the place of the one that was given, and is no detail.
RATHER_THIS = re.compile(
    r"\b(?:use|take|send (?:it )?to|write (?:me )?(?:to|at)|instead|rather|better|private one"
    r"|(?:my )?(?:real|right|correct|proper|other|new) (?:one|mail|e-?mail|address)|meant|mistyped|typo)\b",
    re.IGNORECASE,
)
CONFUSED = re.compile(
    r"\b(?:idk|dunno|no (?:idea|clue)|(?:don['’]?t|do not|dont) (?:know|get|understand)"
    r"|what (?:do |d['’]?)?(?:you|u|ya) (?:want|mean|need)|what (?:is|does) that mean|confus\w+|huh)\b",
    re.IGNORECASE,
)
# "Not now" to "is there anything to add?" says that there is nothing, and the summary waits for a yes in any case.
NOT_NOW = re.compile(
    r"\W*(?:(?:no|ok|well|hm+|sorry)\W+)?not (?:now|yet|today|right now|just now|for now|at (?:the|this) (?:moment|time|point)|"
    r"that i (?:know|can think)(?: of)?)(?:\W+(?:thanks|thank you|thx|please|sorry))?\W*",
    re.IGNORECASE,
)
SAYS_STOP = re.compile(
    r"\b(?:stop|cancel|quit|abort|end (?:it|this|here)|drop (?:it|this)|leave (?:it|this|that|all|everything)"
    r"|forget (?:it|this|about)|never ?mind"
    r"|(?:don['’]?t|do not|no longer) (?:want|need|wish)|changed my mind|no request|not any ?more|scrap (?:it|this)|enough"
    r"|too (?:much|long|complicated|tedious)|(?:rather|very|so|getting) long|tired|waste of (?:my )?time)\b",
    re.IGNORECASE,
)
# There is nothing of the kind, and nothing else is said: "i never had a customer number".
HAS_NONE = re.compile(
    r"\b(?:there(?:['’]?s| is| are|\sisn?['’]?t|\saren['’]?t)?\s(?:nothing|none|not|no|isn['’]?t|anything)\b"
    r".{0,40}\b(?:think|know|add|like that|such)\b"
    r"|(?:never had|(?:don['’]?t|do not|didn['’]?t) (?:have|remember|recall)|have no|haven['’]?t (?:got )?an?y?)"
    r" (?:an? |any |such |the |my )*(?:\w+ )?(?:numbers?|ids?|names?|references?|ones?|such|that|account|details?)\b"
    r"|not that i(?:['’]?m| am)? (?:aware|know))(?:\W+\w+){0,3}\W*$",
    re.IGNORECASE,
)
# It has to be looked for first: "i would have to look that up".
LOOKS_FOR_IT = re.compile(
    r"\b(?:(?:(?:have|need|got) to|must|gotta|let me|will|['’]ll|going to|gonna) (?:\w+ )?"
    r"(?:look (?:it|that|this|them) up|look for (?:it|that|them)|find (?:it|that|them|out)|check (?:it|that|first)"
    r"|search for (?:it|that)|dig (?:it|that) (?:out|up)|do (?:it|that|this) (?:after|later|tomorrow|tonight|when|in))"
    r"|give me (?:an? |\d+ |\w+ )?(?:mins?|minutes?|secs?|seconds?|moments?|hours?|days?|while|bit))\b(?:\W+\w+){0,4}\W*$",
    re.IGNORECASE,
)
LONGEST_WITHOUT = 14  # words of a message that says only one of these
NO_AHEAD = re.compile(r"\W*(?:no+|nope|na+h?|nay|none|nothing|nee|nein)\b", re.IGNORECASE)


def as_refused(message: FormMessage) -> FormMessage:
    """The message as a no to the details, where it begins with one and then only complains or chats: "no too tired"."""
    if message.asked != "details" or not NO_AHEAD.match(message.text) or message.words > 2 * FEW_WORDS:
        return message
    if re.search(r"\d|[<?]", message.text) or IDENTIFIES.search(message.text):
        return message
    chats = message.intent in SMALL_TALK or message.intent.startswith("out_of_scope_")
    unsure_stop = message.intent == "stop_form" and message.confidence < QUITE_SURE
    return replace(message, intent="skip", confidence=SURE) if chats or unsure_stop else message


def as_told(message: FormMessage) -> FormMessage:
    """The message as a detail where details are asked for, and nothing in its words is what it was taken for."""
    if message.asked != "details" or message.words < FEWEST_OF_A_STORY or ASKING.search(message.text):
        return message
    waits_not = message.intent == "pause_form" and message.confidence < 1.0 and not WAITS.search(message.text)
    how = HOW_TO_ANSWER.search(message.text) is not None and not NAMES_A_PERSON.search(message.text)
    wants_none = message.intent == "talk_to_human" and (how or not WANTS_A_PERSON.search(message.text))
    stops_not = message.intent == "stop_form" and message.words > 2 * FEW_WORDS and not SAYS_STOP.search(message.text)
    told = (waits_not or wants_none or stops_not) and carries_something(message.text)
    return replace(message, intent="add_details", confidence=SURE) if told else message


def read_details(message: FormMessage) -> Meaning:  # noqa: C901, PLR0911  (one line a kind, in order)
    if message.means("skip", "deny", at_least=0.0) and not TOKEN.search(message.text) and not tells_a_story(message):
        return FilledSlot("details", NOT_SAID)
    if nothing := _tells_nothing(message):
        return nothing
    if CONFUSED.search(message.text) and message.words <= 2 * FEW_WORDS and not re.search(r"\d|<", message.text):
        return Unclear("empty")
    opens = says_to_open(message.text) and not TOKEN.search(message.text) and message.words <= 3 * FEW_WORDS
    if opens or NOT_NOW.fullmatch(message.text):
        return FilledSlot("details", NOT_SAID)  # the summary comes next, and a yes to it
    addresses = EMAIL.findall(message.text)
    if message.email and message.text.strip() == message.email:
        return Unclear("known")
    if len(addresses) == 1 and RATHER_THIS.search(message.text):
        return FilledSlot("email", addresses[0])
    if message.means("go_on", at_least=0.0):  # nothing to add, unless the question was not seen since a pause
        return Unclear("again") if message.why == "later" else FilledSlot("details", NOT_SAID)
    if message.means("affirm", at_least=0.0) and (message.words <= FEW_WORDS or not carries_something(message.text)):
        again = message.why == "first" and read_short_answer(message.text) is ShortAnswer.YES
        return FilledSlot("details", NOT_SAID) if again else Unclear("first")  # a second yes: to what was shown, and no detail
    if place := other_place(message):
        return place
    if _only_asks(message):
        return Unclear("empty") if message.means("add_details", at_least=0.0) else None
    told = message.means("add_details", "on_behalf", at_least=0.0) and "?" not in message.text
    if (told and carries_something(message.text)) or _complains(message):
        return FilledSlot("details", message.text)
    if _is_for_others_at_details(message):
        return None
    ends_it = message.intent in {"stop_form", "cancel_request", "pause_form"} and not re.search(r"\d", message.text)
    return FilledSlot("details", message.text) if is_story(message) and not ends_it else Unclear("empty")


def _tells_nothing(message: FormMessage) -> Meaning:
    """What a message means that only says that there is nothing of the kind, or that it has to be looked for."""
    if message.words <= FEW_WORDS and WITHOUT_DETAILS.search(message.text):
        return FilledSlot("details", NOT_SAID)
    if message.words > LONGEST_WITHOUT or TOKEN.search(message.text) or ASKING.search(message.text):
        return None
    if LOOKS_FOR_IT.search(message.text):
        return Unclear("later")
    none = HAS_NONE.search(message.text) is not None and not re.search(r"\d", message.text)
    return FilledSlot("details", NOT_SAID) if none else None


def _only_asks(message: FormMessage) -> bool:
    """Whether a message is a question, and holds nothing that may help: no number, no masked value, no word for one."""
    if re.search(r"[\d<]", message.text):
        return False
    asks = ASKING.search(message.text) and message.words <= 2 * FEW_WORDS and not IDENTIFIES.search(message.text)
    return bool(asks or PUT_AS_QUESTION.match(message.text))


def _complains(message: FormMessage) -> bool:
    """Whether somebody who complains tells of what, where details are asked for: "you never answer" is about the company."""
    if message.request_type != "complaint":
        return False
    meant = message.intent in {"bot_complaint", "abuse", "ask_why", *OF_A_STORY} or message.intent.startswith("request_")
    return meant and message.words >= FEWEST_OF_A_STORY and carries_something(message.text) and not ASKING.search(message.text)


def _is_for_others_at_details(message: FormMessage) -> bool:
    """Whether a question, another wish or small talk comes between. A number or a longer story is a detail all the same."""
    if message.intent in QUESTIONS and (message.confidence >= SURE or "?" in message.text):
        return not (re.search(r"\d", message.text) and not ASKING.search(message.text))  # "our file ref is 118/26" asks nothing
    if message.intent in FOR_OTHERS and message.confidence >= SURE and message.words <= 3 * FEW_WORDS:
        return True
    if message.intent.startswith("request_"):
        other = message.intent != f"request_{message.request_type}"
        if other and REPLACES.search(message.text):
            return message.confidence >= SURE and message.words <= 4 * FEW_WORDS
        return other and message.confidence >= QUITE_SURE and message.words <= 2 * FEW_WORDS
    if message.intent in OF_A_STORY and message.words >= FEWEST_OF_A_STORY and not ASKING.search(message.text):
        return False  # "my mum says that it is fine": said of the request, whatever else it is about
    return message.confidence >= SURE and not re.search(r"\d", message.text) and message.intent != "out_of_scope_gibberish"
