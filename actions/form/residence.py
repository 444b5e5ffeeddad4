"""The answer to "where do you live?"."""

from __future__ import annotations

import re

from actions.form.details import PUT_AS_QUESTION
from actions.form.message import (
    FOR_OTHERS,
    NOT_SAID,
    QUITE_SURE,
    SURE,
    FilledSlot,
    FormMessage,
    Meaning,
    Stopped,
    Unclear,
    asks_why,
    bare_no,
    is_no_question,
)
from actions.form.told_along import told_beside
from actions.form.words import ASKING, EMAIL, FEW_WORDS, NAMED
from candor.tickets.law.residence import ResidenceOutcome, is_place_name, parse_residence
from candor.typed.short_answers import ShortAnswer, read_short_answer

ASIDE = re.compile(r"[,.;!]|\s(?:btw|by the way|but|and|also)\b", re.IGNORECASE)  # behind it stands something else
WHICH_PLACE = re.compile(r"\bwhich (?:one|of (?:them|these|those)|country|place)\b", re.IGNORECASE)
LISTED = re.compile(r"(?:^|\s)\(?[0-9a-c][.)]\s+|[,;/\n]\s*")  # what sets several answers apart
THATS_ALL = re.compile(
    r"\b(?:all|everything|it)\W*(?:for (?:now|today)|from me|then|thanks|thank you|really)?\W*$", re.IGNORECASE
)


def read_residence(message: FormMessage) -> Meaning:  # noqa: PLR0911  (one line a kind, in order)
    if asks_why(message) and parse_residence(message.text).outcome is not ResidenceOutcome.FOUND:
        return Unclear("why")
    if WHICH_PLACE.search(message.text) and not message.why:  # "i moved twice, which one do you want"
        return Unclear("now")
    if message.means("deny", at_least=0.0):
        return Unclear("no") if bare_no(message) or message.confidence < SURE else Stopped()
    if message.means("affirm"):
        flag = parse_residence(message.text).outcome is ResidenceOutcome.FOUND
        return read_place(message) if flag else Unclear("first")
    if message.means("go_on"):
        return Unclear("again")
    if message.intent == "skip" and NAMED["email"].search(message.text):
        return Unclear("first")  # "i have no e-mail" says nothing of where somebody lives
    if message.means("skip") and THATS_ALL.search(message.text) and message.why != "first":
        return Unclear("first")  # who has nothing more to say has not seen that something is asked
    if _is_for_others(message) and not is_place_name(ASIDE.split(message.text, maxsplit=1)[0]):
        return None
    return read_place(message)


def read_place(message: FormMessage) -> Meaning:  # noqa: PLR0911  (one line an outcome)
    place = parse_residence(EMAIL.sub(" ", message.text))
    along = tuple(FilledSlot("email", token) for token in set(EMAIL.findall(message.text)))
    also = (*along, *_nothing_more(message)) if len(along) == 1 else ()
    also = (*also, *told_beside(message)) if place.outcome is ResidenceOutcome.FOUND else also
    if place.outcome is ResidenceOutcome.FOUND and place.code:
        return FilledSlot("residence", place.code, also)
    if place.outcome is ResidenceOutcome.AMBIGUOUS:
        return Unclear("which", place.options)
    if place.outcome is ResidenceOutcome.GUESSED and place.code:
        return Unclear("guess", (place.code,))
    if place.outcome is ResidenceOutcome.REGION:
        return Unclear("region", (place.region,))
    asks = PUT_AS_QUESTION.match(message.text) and read_short_answer(message.text) is ShortAnswer.UNCLEAR  # "can you pass it on"
    if message.intent == "skip" and asks:
        return Unclear("again")
    if place.outcome is ResidenceOutcome.NOT_SAID or message.intent == "skip":
        return FilledSlot("residence", NOT_SAID, also)
    if also:
        return also[0]
    if ASKING.search(message.text) and message.confidence < QUITE_SURE:
        return None  # "where r u based"
    meant = message.intent in {"provide_residence", "nlu_fallback", "out_of_scope_gibberish", "correct_answer", "add_details"}
    return Unclear("unread") if meant or is_no_question(message) else None


def says_nothing_more(text: str) -> bool:
    """Whether the last part of a message says that there is nothing to add: "delete my account. I live in Spain. that's all"."""
    parts = [part.strip(" .!") for part in re.split(r"[,;.\n]+\s|\s\(?[0-9a-e][.)]\s+", text) if part.strip(" .!")]
    return len(parts) > 1 and read_short_answer(parts[-1]) is ShortAnswer.NOTHING


def _nothing_more(message: FormMessage) -> tuple[FilledSlot, ...]:
    """What "nothing else" says as one of several answers at once: "1. france 2. <email_1> 3. nothing else"."""
    parts = [part.strip() for part in LISTED.split(message.text) if part.strip()]
    nothing = len(parts) > 1 and not message.details and read_short_answer(parts[-1]) is ShortAnswer.NOTHING
    return (FilledSlot("details", NOT_SAID),) if nothing else ()


def _is_for_others(message: FormMessage) -> bool:
    """Whether another rule answers the message: "do you sell data in Germany?" names no residence."""
    if message.intent.startswith("request_") and message.intent not in FOR_OTHERS:
        return True
    if message.intent not in FOR_OTHERS or is_no_question(message):
        return False
    return message.confidence >= QUITE_SURE or (message.confidence >= SURE and (message.words > FEW_WORDS or "?" in message.text))
