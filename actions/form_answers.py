"""Understand a visitor's message while request_form asks for something. Pure: question and message → meaning.

If a message answers nothing that the form has asked (None), other rules answer it and the form asks again. So a question in
between gets its answer, and is never taken for an answer itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from candor.tickets.law.residence import ResidenceOutcome, is_place_name, parse_residence

NOT_SAID = ""  # "rather not say", "nothing to add"
CLEAR_YES = 0.6  # below this confidence a yes is asked for again
SURE, QUITE_SURE = 0.5, 0.7  # of the intent, where the text alone could be an answer too
FEW_WORDS = 4
EMAIL = re.compile(r"<email_\d+>")
NUMBER = re.compile(r"\bR-[0-9A-Z]{4}-[0-9A-Z]{4}\b", re.IGNORECASE)
CODE = re.compile(r"(?<![\w-])\d{3}[ -]?\d{3}(?![\w-])")
TAKEN_BACK = re.compile(r"^\s*(?:(?:no|nope|not quite|sorry|oops|wait|actually|wrong)\b[\s,.!:;-]*)+", re.IGNORECASE)
CHANGE = re.compile(r"\s*(?:please\s+)?change\b", re.IGNORECASE)
NOTHING = re.compile(
    r"\s*(?:no|none|nothing|nope|skip|no(?:thing)? (?:details?|more|else|to add)|nothing (?:else|more|to add)"
    r"|that(?:'|’)?s all|no,? (?:thanks?|thank you))[\s.!]*",
    re.IGNORECASE,
)
WHY = re.compile(r"\s*(?:but )?why(?: do you (?:need|want|ask)(?: to know)?(?: this| that| it)?)?[\s?!.]*", re.IGNORECASE)
# Words for what can be changed. A correction without the new value names it with one of these.
NAMED = {
    "email": re.compile(r"\b(?:e-?mail|mail|address)\b", re.IGNORECASE),
    "residence": re.compile(r"\b(?:country|state|residence|where i live|place)\b", re.IGNORECASE),
    "details": re.compile(r"\b(?:details?|text|what i (?:wrote|added))\b", re.IGNORECASE),
}
QUESTIONS = {"ask_policy", "ask_what_changed", "compare_companies"}
FOR_OTHERS = QUESTIONS | {
    "switch_company", "talk_to_human", "help", "request_status", "provide_code", "ask_code", "bot_identity", "ask_what_is_held",
    "forget_conversation",
}  # fmt: skip


@dataclass(frozen=True)
class FormMessage:
    """One message, and what the form had asked."""

    asked: str  # residence, email, details or agreed
    text: str  # masked
    intent: str
    confidence: float
    request_type: str
    email_optional: bool = False

    @property
    def words(self) -> int:
        return len(self.text.split())


@dataclass(frozen=True)
class FilledSlot:
    """A value for a slot: the answer to what was asked, or the correction of an earlier answer."""

    slot: str
    value: str | bool


@dataclass(frozen=True)
class Emptied:
    """An earlier answer is wrong and the right one is not given: ask for it again."""

    slot: str


@dataclass(frozen=True)
class Unclear:
    """Meant as an answer, but not usable. why: the key of the response that asks again."""

    why: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stopped:
    """The visitor wants no request after all."""


Meaning = FilledSlot | Emptied | Unclear | Stopped | None


def read_answer(message: FormMessage) -> Meaning:
    """What a message means to the form; None if it does not answer it."""
    if (
        message.intent == "stop_form"
        and message.confidence >= SURE
        and (message.asked != "details" or message.words <= 2 * FEW_WORDS)
    ):
        return Stopped()
    if message.intent == "cancel_request" and message.confidence >= SURE and not NUMBER.search(message.text):
        return Stopped()
    corrected = _correction(message)
    if corrected is not None:
        return corrected
    return {"residence": _residence, "email": _email, "details": _details, "agreed": _agreed}[message.asked](message)


def _correction(message: FormMessage) -> Meaning:
    means_it = message.intent == "correct_answer" and message.confidence >= SURE
    if not means_it and not CHANGE.match(message.text):
        return None
    addresses = EMAIL.findall(message.text)
    if addresses:  # "not <email_1>, <email_2>": the right one comes last
        return FilledSlot("email", addresses[-1])
    if (place := _corrected_place(message.text)) and (means_it or message.asked == "agreed"):
        return FilledSlot("residence", place)
    named = [slot for slot, words in NAMED.items() if words.search(message.text)]
    if len(named) == 1 and (message.asked != "details" or message.words <= 2 * FEW_WORDS):
        return Emptied(named[0])
    if message.asked == "details" and not CHANGE.match(message.text):
        return None
    return Unclear("change")


def _corrected_place(text: str) -> str | None:
    """The place in "no, i live in france" ("no" alone is Norway's code) and in "not germany, austria"."""
    for words in (TAKEN_BACK.sub("", text), text.rpartition(",")[2]):
        place = parse_residence(words)
        if place.outcome is ResidenceOutcome.FOUND and place.code:
            return place.code
    return None


def _residence(message: FormMessage) -> Meaning:
    if is_place_name(message.text):  # picked from the list: no classifier knows all three hundred places
        return _place(message)
    if WHY.fullmatch(message.text):
        return Unclear("why")
    if message.intent in {"deny", "affirm"} and message.confidence >= SURE:
        return Stopped() if message.intent == "deny" else Unclear("first")
    return None if _is_for_others(message) else _place(message)


def _place(message: FormMessage) -> Meaning:
    place = parse_residence(message.text)
    if place.outcome is ResidenceOutcome.FOUND and place.code:
        return FilledSlot("residence", place.code)
    if place.outcome is ResidenceOutcome.AMBIGUOUS:
        return Unclear("which", place.options)
    if place.outcome is ResidenceOutcome.NOT_SAID or message.intent == "skip":
        return FilledSlot("residence", NOT_SAID)
    meant = message.intent in {"provide_residence", "nlu_fallback", "out_of_scope_gibberish", "correct_answer"}
    return Unclear("unread") if meant else None


def _email(message: FormMessage) -> Meaning:
    addresses = EMAIL.findall(message.text)
    if addresses:
        return FilledSlot("email", addresses[0]) if len(set(addresses)) == 1 else Unclear("several")
    if WHY.fullmatch(message.text):
        return Unclear("why")
    if message.intent in {"deny", "skip"} and message.confidence >= SURE:
        if message.email_optional:
            return FilledSlot("email", NOT_SAID)
        return Stopped() if message.intent == "deny" else Unclear("needed")
    meant = message.intent in {"provide_email", "nlu_fallback", "out_of_scope_gibberish", "affirm"}
    return Unclear("none") if meant else None


def _details(message: FormMessage) -> Meaning:
    if NOTHING.fullmatch(message.text) or (message.intent == "skip" and message.words <= FEW_WORDS):
        return FilledSlot("details", NOT_SAID)
    if message.intent == "affirm" and message.words <= FEW_WORDS:
        return Unclear("first")
    if message.intent in FOR_OTHERS - QUESTIONS and message.confidence >= QUITE_SURE and message.words <= 3 * FEW_WORDS:
        return None
    if message.intent in QUESTIONS and message.confidence >= SURE and ("?" in message.text or message.confidence >= QUITE_SURE):
        return None
    other = message.intent.startswith("request_") and message.intent != f"request_{message.request_type}"
    if other and message.confidence >= QUITE_SURE and message.words <= 2 * FEW_WORDS:
        return None
    return FilledSlot("details", message.text)


def _agreed(message: FormMessage) -> Meaning:
    if message.intent == "affirm":
        return FilledSlot("agreed", True) if message.confidence >= CLEAR_YES else Unclear("unsure")
    if message.intent == "deny":
        return Stopped() if message.confidence >= SURE else Unclear("unsure")
    addresses = EMAIL.findall(message.text)
    if addresses and message.intent == "provide_email":
        return FilledSlot("email", addresses[-1])
    if message.intent == "provide_residence":
        place = parse_residence(message.text)
        return FilledSlot("residence", place.code) if place.outcome is ResidenceOutcome.FOUND and place.code else None
    return None


def _is_for_others(message: FormMessage) -> bool:
    """Whether another rule answers the message: "do you sell data in Germany?" names no residence."""
    if message.intent.startswith("request_") and message.intent not in FOR_OTHERS:
        return True
    if message.intent not in FOR_OTHERS:
        return False
    return message.confidence >= QUITE_SURE or (message.confidence >= SURE and (message.words > FEW_WORDS or "?" in message.text))
