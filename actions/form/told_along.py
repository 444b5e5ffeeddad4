"""What is told along with an answer, or before it is asked for, and helps to find somebody."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.form.corrections import corrected_place, says_how_it_should_be
from actions.form.message import FilledSlot, FormMessage, Meaning, with_details
from actions.form.words import ASKING, EMAIL, FEW_WORDS, NEGATION, TOKEN
from candor.tickets.law.residence import ResidenceOutcome, is_place_name, parse_residence
from candor.tickets.request_types import REQUEST_TYPES
from knowledge.messages import SENTENCE_END

# What is to be left out of what was wished: "keep the invoices, delete the rest".
PARTLY = re.compile(
    r"\b(?:keep|leave|spare|save|except|apart from|other than|excluding|all but|everything but|but not|only|just|without"
    r"|not the|the rest|don['’]?t (?:delete|erase|remove|touch|include))\b",
    re.IGNORECASE,
)
# What helps to find somebody, told beside something else: "Kenya, my customer number is 4471".
IDENTIFIES = re.compile(
    r"\b(?:user ?names?|user ?id|nick(?:name)?|handle|log ?in|customer|client|member\w*|accounts?|profile|orders?|invoices?"
    r"|contract|ticket|booking|reference|licen[cs]e|student|employee|maiden name"
    r"|(?:my|his|her|their)\sname|called|registered|signed up|known as"
    r"|under the name)\b",
    re.IGNORECASE,
)
NUMBER_OF = re.compile(r"\bn(?:o|r)\b\.?(?=\s*[:=]?\s*[\d<])", re.IGNORECASE)
# A wish, and no detail: "Kenya. delete my account please"
WISHED_BESIDE = re.compile(
    r"\b(?:delet\w*|eras\w*|remov\w*|close|send|want|need|please|pls|copy|use|write|take|mail me|thanks?)\b", re.IGNORECASE
)
PARTS = re.compile(r"(?:[,;\n]+\s*|\.\s+|\.$|\s+)(?:and|also|plus|btw|but)\s+|[,;\n]+\s*|\.\s+|\.$", re.IGNORECASE)


def wrong_told_early(message: FormMessage) -> FilledSlot | None:
    """What is wrong and how it should be, said to an earlier question, with the place that a sentence of it may name."""
    early = message.asked in {"residence", "email"} and REQUEST_TYPES[message.request_type].needs_details and not message.details
    if not early or ASKING.search(message.text) or not says_how_it_should_be(message.text):
        return None
    sentences = [part.strip(" .,;!") for part in SENTENCE_END.split(EMAIL.sub(" ", message.text))]
    places = [part for part in sentences if len(part.split()) <= FEW_WORDS and corrected_place(part)]
    if len(places) == len([part for part in sentences if part]):
        return None  # "France, not Spain" is about the place alone
    place = places[0] if places and message.asked == "residence" else ""
    addresses = set(EMAIL.findall(message.text))
    told = FilledSlot("details", "; ".join(part for part in sentences if part and part != place))
    along = (told, *(FilledSlot("email", token) for token in addresses)) if len(addresses) == 1 else (told,)
    code = corrected_place(place) if place else None
    first, *others = (FilledSlot("residence", code), *along) if code else along
    return replace(first, also=tuple(others))


def told_too_early(message: FormMessage) -> Meaning:
    """What is to be kept or left out, said before the details are asked for: it is a detail already."""
    if message.asked not in {"residence", "email"} or not message.means("add_details") or EMAIL.search(message.text):
        return None
    if ASKING.search(message.text) or is_place_name(message.text):
        return None
    keeps = PARTLY.search(message.text) and not TOKEN.search(message.text)
    helps = IDENTIFIES.search(message.text) and not WISHED_BESIDE.search(message.text)
    return with_details(message) if keeps or helps else None


def identified_in(text: str) -> str:
    """What a message tells beside a place or an address that helps to find somebody; "" if nothing."""
    parts = [part.strip(" .!-") for part in PARTS.split(EMAIL.sub(" , ", text)) if part.strip(" .!-")]
    return "; ".join(part for part in parts if _identifies(part))


def told_beside(message: FormMessage) -> tuple[FilledSlot, ...]:
    """What is told along with a place or an address and helps to find somebody: "Kenya, my customer number is 4471"."""
    if REQUEST_TYPES[message.request_type].needs_details or "?" in message.text:
        return ()
    told = identified_in(message.text)
    return (with_details(message, told),) if told else ()


def _identifies(part: str) -> bool:
    said = NUMBER_OF.sub("", part)  # "customer no: 4471" denies nothing
    if not IDENTIFIES.search(part) or WISHED_BESIDE.search(part) or NEGATION.search(said) or ASKING.search(part):
        return False
    return len(part.split()) > 1 and parse_residence(said).outcome is ResidenceOutcome.NOT_UNDERSTOOD
