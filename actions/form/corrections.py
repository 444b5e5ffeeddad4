"""What takes the place of an earlier answer: another place, another address, a name that is written otherwise."""

from __future__ import annotations

import re

from actions.form.clear_yes import agrees_clearly, plain_yes, says_to_open
from actions.form.message import NOT_SAID, Emptied, FilledSlot, FormMessage, Meaning, Respelt, Unclear
from actions.form.words import ASKING, EMAIL, EMPTY_WORDS, FEW_WORDS, NAMED, ONE_WORD, TOKEN, WITHOUT_DETAILS, carries_something
from candor.tickets.law.residence import ResidenceOutcome, is_place_name, parse_residence
from candor.typed.short_answers import ShortAnswer, read_short_answer

TURN = re.compile(r",|\b(?:but|to|it['’]?s|is|be|now|meant|mean)\b", re.IGNORECASE)  # behind it stands the right one
NEGATED_PART = re.compile(r"\b(?:not|and not|isn['’]?t|instead of|rather than)\s+(?:in\s+|from\s+)?[^,.;!]*", re.IGNORECASE)
CHANGE = re.compile(
    r"\s*(?:please\s+|can i\s+|let me\s+|i (?:want|need|have) to\s+)?(?:change|edit|correct|fix|mend)\b",
    re.IGNORECASE,
)
# "it is .net not .com", "huber, not hubner", "not hubner but huber"
RIGHT_NOT_WRONG = re.compile(
    rf"(?P<right>{ONE_WORD}),?\s+(?:and\s+)?(?:not|instead of|rather than)\s+(?P<wrong>{ONE_WORD})", re.IGNORECASE
)
WRONG_BUT_RIGHT = re.compile(
    rf"\bnot\s+(?P<wrong>{ONE_WORD}),?\s+(?:but|it['’]?s|its|rather)\s+(?P<right>{ONE_WORD})", re.IGNORECASE
)
# "it should be Þóra", "changed from Smith to Jones", "is now 12 Main Street"
AS_IT_SHOULD_BE = re.compile(
    r"\b(?:should|must|has to|needs to|ought to) (?:be|say|read)\b|\b(?:is|am|are) (?:now|really|actually)\b|\binstead of\b"
    r"|\b(?:changed?|moved) (?:\w+ )?(?:from|to) (?:<|\w)|\bused to be\b"
    r"|\b(?:old\b\W+(?:\S+\s+){1,3}new|was\b\W+(?:\S+\s+){1,4}now)\b",
    re.IGNORECASE,
)
BESIDE_A_PLACE = re.compile(r"\b(?:live|living|reside|residing|based|moved|resident|in|from)\b", re.IGNORECASE)
# What is not what somebody wanted can be put right: only the whole is refused by "no".
NOT_THIS = re.compile(
    r"\bnot (?:at all |quite |really |exactly )?(?:what|how|the (?:one|thing|way)|right|correct)\b|\bwrong\b|\bincorrect\b"
    r"|\bis(?:n['’]?t| not) (?:right|correct|what|how|me|mine)\b",
    re.IGNORECASE,
)
# How something should be, whatever it is of.
SAYS_RIGHT = re.compile(
    r"\b(?:(?:should|must|has to|needs to|ought to) (?:be|say|read)|i meant?|it['’]?s|it is|its) (?!(?:wrong|not|all|right|in)\b)"
    r"(?:<|\w)",
    re.IGNORECASE,
)
LACKS = re.compile(r"\b(?:missing|left out|lacks|forgot(?:ten)?|not in (?:it|there))\b", re.IGNORECASE)


def says_how_it_should_be(text: str) -> bool:
    """Whether a text says what is wrong and what is right: "it should be Þóra", "Huber, not Hubner"."""
    return any(words.search(text) for words in (RIGHT_NOT_WRONG, WRONG_BUT_RIGHT, AS_IT_SHOULD_BE))


def read_put_right(message: FormMessage) -> FilledSlot | None:
    """What a message says of the details is otherwise. A yes says nothing of them."""
    if agrees_clearly(message.text) or says_to_open(message.text) or plain_yes(message.text):
        return None
    if not message.righted or EMAIL.search(message.text) or ASKING.search(message.text) or is_place_name(message.text):
        return None
    if message.intent.startswith("request_") and message.intent not in {"request_correction", f"request_{message.request_type}"}:
        return None
    return FilledSlot("details", message.righted)


def read_respelling(message: FormMessage) -> Meaning:
    """How the address that was given is rightly written, where it is said by what is wrong in it."""
    if not message.email or message.asked == "residence" or not message.means("correct_answer", "add_details", "provide_email"):
        return None
    if EMAIL.search(message.text) or ASKING.search(message.text):
        return None
    found = WRONG_BUT_RIGHT.search(message.text) or RIGHT_NOT_WRONG.search(message.text)
    wrong = found["wrong"].strip(".,").lower() if found else ""
    if (
        wrong in EMPTY_WORDS | {"correct", "mine"} or TOKEN.fullmatch(wrong) or is_place_name(wrong)
    ):  # "that's not right" spells nothing
        return None
    return Respelt(found["right"].strip(".,") if found["right"][0] != "." else found["right"], found["wrong"]) if found else None


def read_correction(message: FormMessage) -> Meaning:  # noqa: PLR0911  (one line a kind, in order)
    means_it = message.means("correct_answer")
    if not means_it and (not CHANGE.match(message.text) or read_short_answer(message.text) is ShortAnswer.YES):
        return None  # "correct, send it" changes nothing
    addresses = EMAIL.findall(message.text)
    if message.asked == "residence" and len(set(addresses)) == 1 and not CHANGE.match(message.text):
        return None  # a place and an address at once: nothing was given before that could be corrected
    if addresses:  # "not <email_1>, <email_2>": the right one comes last
        return FilledSlot("email", not_negated(message.text, addresses), nothing_else(message))
    if (place := corrected_place(message.text)) and (means_it or message.asked == "agreed"):
        return FilledSlot("residence", place)
    if message.asked == "agreed" and WITHOUT_DETAILS.search(message.text):
        return FilledSlot("details", NOT_SAID)
    named = part_named(NOT_THIS.sub(" ", message.text))  # "that's not right" names no right
    if named and (message.asked != "details" or message.words <= 2 * FEW_WORDS):
        return emptied(named)
    if message.asked == "details" and not CHANGE.match(message.text) and carries_something(message.text):
        return FilledSlot("details", message.text)
    says_it = LACKS.search(message.text) or SAYS_RIGHT.search(message.text)
    if message.asked == "agreed" and says_it and not ASKING.search(message.text):
        return Unclear("add", (message.text,))  # something is to be added, or stands nowhere on the card yet
    return Unclear("change")


def nothing_else(message: FormMessage) -> tuple[FilledSlot, ...]:
    """What "and no more details" says beside an address."""
    rest = EMAIL.sub(" ", message.text).strip(" ,.;-").removeprefix("and ")
    without = (WITHOUT_DETAILS.search(rest) or read_short_answer(rest) is ShortAnswer.NOTHING) and not message.details
    return (FilledSlot("details", NOT_SAID),) if without else ()


def not_negated(text: str, addresses: list[str]) -> str:
    kept = EMAIL.findall(NEGATED_PART.sub(" ", text))
    return kept[-1] if kept else addresses[-1]


def part_named(text: str) -> str:
    """The part of the request that a text names; "" if none, or several."""
    named = [slot for slot, words in NAMED.items() if words.search(text)]
    if len(named) > 1 and named[-1] == "request":  # "what", "where I live in the request"
        named = named[:-1]
    return named[0] if len(named) == 1 else ""


def emptied(named: str) -> Meaning:
    return Unclear("request") if named == "request" else Emptied(named)


def corrected_place(text: str) -> str | None:
    """The place in "no, i live in france" ("no" alone is Norway's code) and in "wait, austria, not germany"."""
    for words in (text, *(text[match.end() :] for match in TURN.finditer(text))):
        place = parse_residence(words) if words.strip() else None
        if place is not None and place.outcome is ResidenceOutcome.FOUND and place.code:
            return place.code
    return None


def other_place(message: FormMessage) -> FilledSlot | None:
    """A place at a later step corrects the one that was given. At the details it may be part of what is told."""
    if message.asked == "details":
        meant = message.means("provide_residence") or (message.means("correct_answer", at_least=0.0))
    else:
        meant = message.intent in {"provide_residence", "correct_answer"} or is_place_name(message.text)
    if not meant or ASKING.search(message.text) or not (is_place_name(message.text) or BESIDE_A_PLACE.search(message.text)):
        return None
    place = parse_residence(message.text)
    return FilledSlot("residence", place.code) if place.outcome is ResidenceOutcome.FOUND and place.code else None
