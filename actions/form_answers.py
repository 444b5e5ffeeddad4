"""Read what a visitor says while request_form asks them something. Pure: what is asked and what is said → what it means.

Whatever answers nothing that was asked is none of the form's business (None): the other rules answer it, and then the form
asks again. So a question in the middle is answered, and an answer is never taken from a question.
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
# Words for what can be changed, looked for where a correction does not hold the new value itself.
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
    """The value of a slot; what was asked, or an earlier answer corrected."""

    slot: str
    value: str | bool


@dataclass(frozen=True)
class Emptied:
    """An earlier answer is wrong, and the right one was not said: ask for it again."""

    slot: str


@dataclass(frozen=True)
class Unclear:
    """Meant as an answer, but not usable. `why` names the sentence that asks again."""

    why: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stopped:
    """The visitor wants no request after all."""


Meaning = FilledSlot | Emptied | Unclear | Stopped | None


def read_answer(said: FormMessage) -> Meaning:
    """What a message means to the form; None: nothing."""
    if said.intent == "stop_form" and said.confidence >= SURE and (said.asked != "details" or said.words <= 2 * FEW_WORDS):
        return Stopped()
    if said.intent == "cancel_request" and said.confidence >= SURE and not NUMBER.search(said.text):
        return Stopped()
    corrected = _correction(said)
    if corrected is not None:
        return corrected
    return {"residence": _residence, "email": _email, "details": _details, "agreed": _agreed}[said.asked](said)


def _correction(said: FormMessage) -> Meaning:
    means_it = said.intent == "correct_answer" and said.confidence >= SURE
    if not means_it and not CHANGE.match(said.text):
        return None
    addresses = EMAIL.findall(said.text)
    if addresses:  # "not <email_1>, <email_2>": the right one comes last
        return FilledSlot("email", addresses[-1])
    if (place := _corrected_place(said.text)) and (means_it or said.asked == "agreed"):
        return FilledSlot("residence", place)
    named = [slot for slot, words in NAMED.items() if words.search(said.text)]
    if len(named) == 1 and (said.asked != "details" or said.words <= 2 * FEW_WORDS):
        return Emptied(named[0])
    if said.asked == "details" and not CHANGE.match(said.text):
        return None
    return Unclear("change")


def _corrected_place(text: str) -> str | None:
    """The place in "no, i live in france" ("no" alone is Norway's code) and in "not germany, austria"."""
    for words in (TAKEN_BACK.sub("", text), text.rpartition(",")[2]):
        place = parse_residence(words)
        if place.outcome is ResidenceOutcome.FOUND and place.code:
            return place.code
    return None


def _residence(said: FormMessage) -> Meaning:
    if is_place_name(said.text):  # picked from the list: no classifier has heard of each of three hundred places
        return _place(said)
    if WHY.fullmatch(said.text):
        return Unclear("why")
    if said.intent in {"deny", "affirm"} and said.confidence >= SURE:
        return Stopped() if said.intent == "deny" else Unclear("first")
    return None if _is_for_others(said) else _place(said)


def _place(said: FormMessage) -> Meaning:
    place = parse_residence(said.text)
    if place.outcome is ResidenceOutcome.FOUND and place.code:
        return FilledSlot("residence", place.code)
    if place.outcome is ResidenceOutcome.AMBIGUOUS:
        return Unclear("which", place.options)
    if place.outcome is ResidenceOutcome.NOT_SAID or said.intent == "skip":
        return FilledSlot("residence", NOT_SAID)
    meant = said.intent in {"provide_residence", "nlu_fallback", "out_of_scope_gibberish", "correct_answer"}
    return Unclear("unread") if meant else None


def _email(said: FormMessage) -> Meaning:
    addresses = EMAIL.findall(said.text)
    if addresses:
        return FilledSlot("email", addresses[0]) if len(set(addresses)) == 1 else Unclear("several")
    if WHY.fullmatch(said.text):
        return Unclear("why")
    if said.intent in {"deny", "skip"} and said.confidence >= SURE:
        if said.email_optional:
            return FilledSlot("email", NOT_SAID)
        return Stopped() if said.intent == "deny" else Unclear("needed")
    meant = said.intent in {"provide_email", "nlu_fallback", "out_of_scope_gibberish", "affirm"}
    return Unclear("none") if meant else None


def _details(said: FormMessage) -> Meaning:
    if NOTHING.fullmatch(said.text) or (said.intent == "skip" and said.words <= FEW_WORDS):
        return FilledSlot("details", NOT_SAID)
    if said.intent == "affirm" and said.words <= FEW_WORDS:
        return Unclear("first")
    if said.intent in FOR_OTHERS - QUESTIONS and said.confidence >= QUITE_SURE and said.words <= 3 * FEW_WORDS:
        return None
    if said.intent in QUESTIONS and said.confidence >= SURE and ("?" in said.text or said.confidence >= QUITE_SURE):
        return None
    other = said.intent.startswith("request_") and said.intent != f"request_{said.request_type}"
    if other and said.confidence >= QUITE_SURE and said.words <= 2 * FEW_WORDS:
        return None
    return FilledSlot("details", said.text)


def _agreed(said: FormMessage) -> Meaning:
    if said.intent == "affirm":
        return FilledSlot("agreed", True) if said.confidence >= CLEAR_YES else Unclear("unsure")
    if said.intent == "deny":
        return Stopped() if said.confidence >= SURE else Unclear("unsure")
    addresses = EMAIL.findall(said.text)
    if addresses and said.intent == "provide_email":
        return FilledSlot("email", addresses[-1])
    if said.intent == "provide_residence":
        place = parse_residence(said.text)
        return FilledSlot("residence", place.code) if place.outcome is ResidenceOutcome.FOUND and place.code else None
    return None


def _is_for_others(said: FormMessage) -> bool:
    """A question, or something that another rule answers: "do you sell data in Germany?" tells of no residence."""
    if said.intent.startswith("request_") and said.intent not in FOR_OTHERS:
        return True
    if said.intent not in FOR_OTHERS:
        return False
    return said.confidence >= QUITE_SURE or (said.confidence >= SURE and (said.words > FEW_WORDS or "?" in said.text))
