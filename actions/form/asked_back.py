"""Answers to what the form has asked back: what shall change, which of several, did you mean."""

from __future__ import annotations

import re

from actions.form.clear_yes import CONDITION, says_to_open
from actions.form.corrections import emptied, part_named
from actions.form.message import NOT_SAID, FilledSlot, FormMessage, Meaning, Unclear, with_details
from actions.form.words import ASKING, EMAIL, FEW_WORDS, TOKEN, WITHOUT_DETAILS
from actions.read_back import asks_for_the_question, asks_to_read_back
from candor.tickets.law.residence import ResidenceOutcome, chosen_place, parse_residence

# At the details: what is meant by them. "Which details do you share" asks the policy.
DONE_WITH_THEM = (
    r"(?:do |did |would |will |are |is )?(?:you|u|they|it|being) (?:ha\w+|h[eo]ld|ke\w+|stor\w+|shar\w+|collect\w*|s[eo]l\w+|know"
    r"|us\w+|process\w*|tak\w+|giv\w+|sent|send|pass\w*)|(?:of (?:mine|me|my)|(?:about|on) (?:me|us))\b"
)
WHAT_TO_TELL = re.compile(
    rf"\b(?:(?:what|which)(?: (?:kinds?|sorts?|types?)(?: of)?)? details?\b(?! (?:{DONE_WITH_THEM}))|details? of what"
    r"|what (?:should|shall|must|can|do|am|are|would) (?:i|we) (?:to |have to |need to |supposed to )?"
    r"(?:write|put|enter|say|type|fill)"
    r"|(?:don['’]?t|dont|do not|not|no idea|no clue)\b.{0,20}\b(?:what|which) (?:details?|to (?:write|put|enter|say|type|add)"
    r"|you(?:['’]?re| are)? (?:want|need|mean|after|ask))|^\W*(?:such as what|like what|what counts)\b)",
    re.IGNORECASE,
)
LONGEST_CONFUSION = 16  # words
WHICH_OF_THEM = (
    (
        0,
        re.compile(
            r"\b(?:first|1st|1|former|either|whichever|any|both|no matter|don['’]?t (?:care|mind)|you (?:choose|pick))\b", re.I
        ),
    ),
    (-1, re.compile(r"\b(?:second|2nd|2|latter|last|other|not the first)\b", re.IGNORECASE)),
)


def asks_back(text: str, asked: str) -> str:
    """What somebody wants to hear once more at a step: the summary, what was noted so far, or the question; "" if nothing."""
    if asks_to_read_back(text, shown=asked == "agreed") and not EMAIL.search(text):
        return "summary" if asked == "agreed" else "so_far"
    if asked == "details" and WHAT_TO_TELL.search(text) and len(text.split()) <= LONGEST_CONFUSION:
        return "explained"
    return "again" if asks_for_the_question(text) else ""


def to_what_to_change(message: FormMessage) -> Meaning:
    """The answer to "what shall I change?"."""
    if message.why != "change" or message.words > 2 * FEW_WORDS:
        return None
    if WITHOUT_DETAILS.search(message.text):
        return FilledSlot("details", NOT_SAID)
    named = part_named(message.text)
    if named and not EMAIL.search(message.text):
        return emptied(named)
    if message.means("deny", "skip") and message.words <= FEW_WORDS:
        return Unclear("again")
    return None


def to_whether_to_add(message: FormMessage) -> Meaning:
    """The answer to "shall I add that?", asked at the summary. What is added is shown before a yes to it counts."""
    if message.why != "add" or len(message.options) != 1:
        return None
    if message.means("affirm", "go_on") or says_to_open(message.text):
        return with_details(message, message.options[0])
    return Unclear("again") if message.means("deny", "skip") and message.words <= 2 * FEW_WORDS else None


def to_a_guess(message: FormMessage) -> Meaning:
    """The answer to "did you mean …?"."""
    if message.why not in {"guess", "told"} or len(message.options) != 1:
        return None
    if message.asked == "residence" and (address := _address_alone(message)):  # who answers the next question has read this one
        return FilledSlot("residence", message.options[0], (FilledSlot("email", address),))
    if message.means("affirm", "go_on") and not CONDITION.search(message.text):
        return FilledSlot(message.asked, message.options[0])
    return Unclear("other") if message.means("deny", "skip") and message.words <= FEW_WORDS else None


def _address_alone(message: FormMessage) -> str | None:
    """The one address in a message that names no place."""
    addresses = set(EMAIL.findall(message.text))
    rest = EMAIL.sub(" ", message.text).strip()
    if len(addresses) != 1 or len(rest.split()) > FEW_WORDS or ASKING.search(rest):
        return None
    return addresses.pop() if not rest or parse_residence(rest).outcome is ResidenceOutcome.NOT_UNDERSTOOD else None


def to_which(message: FormMessage) -> Meaning:
    """The answer to "which of these?": of addresses by their order, of places by what sets one apart, such as "south"."""
    if message.why == "several" and message.options and not EMAIL.search(message.text) and message.words <= 2 * FEW_WORDS:
        found = next((place for place, words in WHICH_OF_THEM if words.search(message.text)), None)
        return FilledSlot("email", message.options[found]) if found is not None else None
    if message.why != "which" or "?" in message.text or message.words > 2 * FEW_WORDS:
        return None
    chosen = chosen_place(TOKEN.sub(" ", message.text), message.options)  # the number in a token is no "first"
    return FilledSlot(message.asked, chosen) if chosen else None
