"""A message → the questions in it, and whether a question is a follow-up to the one before. Pure."""

from __future__ import annotations

import re
from itertools import chain

MOST = 3  # questions answered per message
SHORTEST = 2  # words of a question that can stand alone
SHORTEST_SUBJECT = 6  # letters of a question that is a single word
LONGEST_FOLLOW_UP = 8  # words; a longer message states what it means

ASKS = (
    r"(?:(?:and|also|but|or|so|then)\s+)?(?:for\s+how|how|what|which|who|whom|whose|where|when|why|do|does|did|can|could|may|"
    r"is|are|was|were|am|will|would|should|have|has|if)\b"
)
ASKING = re.compile(ASKS, re.IGNORECASE)
SENTENCE_END = re.compile(r"(?<=[?!.;])\s+|\n+")
JOINT = re.compile(
    r"(?:,|;|\s)\s*(?:and|also|plus|&)\s+(?:also\s+)?"
    r"(?=(?:for\s+how|how|what|which|who|whom|where|when|why|do|does|did|can|could|is|are|was|will|would|have|has)\s)",
    re.IGNORECASE,
)
ROW_OF_QUESTIONS = re.compile(  # ", do you sell it": one of several questions, unless it continues "If I leave"
    r"\s*,\s+(?=(?:how|what|which|who|whom|where|why|do|does|did|can|could|is|are|was|will|would|have|has)\s)", re.IGNORECASE
)
BRANCH = re.compile(
    r"(?:and\s+|but\s+|so\s+)?(?:if|when|once|after|before|as|while|since|unless|because|given|suppose)\b", re.IGNORECASE
)
CONNECTED = re.compile(
    r"^(?:and|but|or|also|so|then|ok(?:ay)?|what about|how about|what if|even if|same for)\b", re.IGNORECASE
)  # fmt: skip
POINTING_WORDS = "it that this they them those these there he she his her its their theirs one ones same such"
EMPTY_WORDS = (
    "a about again all also always am an and any are as at be been but by can could did do does doing else ever exactly for from "
    "get gets go goes had has have how i if in into is like long many may me more much my no not of on once only or our out over "
    "really say says so some still tell than the then to too until up us very was we were what whats when where which who whom "
    "whose why will with would yes yet you your yours ok okay please pls u ur r"
)


def questions_in(message: str) -> list[str]:
    """The questions that a message asks, one to MOST; a statement stays with the question that follows it.

    "I moved. Do you sell my data, and how long do you keep it?" → "I moved. Do you sell my data", "how long do you keep it?"
    """
    statement, questions = "", []
    for sentence in filter(None, map(str.strip, SENTENCE_END.split(message))):
        for part in _joined(sentence):
            if not (ASKING.match(part) or part.endswith("?")):
                statement = f"{statement} {part}".strip()
                continue
            questions.append(f"{statement} {part}".strip())
            statement = ""
    if statement and questions:
        questions[-1] = f"{questions[-1]} {statement}"
    several = len(questions) > 1 and all(len(part.split()) >= SHORTEST or _is_topic_word(part) for part in questions)
    return questions[:MOST] if several else [message]


def _joined(sentence: str) -> list[str]:
    """The questions that "and" joins in a sentence; the sentence itself if they cannot stand alone."""
    parts = [part.strip() for part in JOINT.split(sentence)]
    asks = len(parts) > 1 and all(len(part.split()) >= SHORTEST for part in parts) and ASKING.match(parts[0])
    return list(chain.from_iterable(map(_in_a_row, parts))) if asks else [sentence]


def _in_a_row(part: str) -> list[str]:
    """The questions that commas separate, of a row whose last one "and" joins."""
    questions = [part] if BRANCH.match(part) else ROW_OF_QUESTIONS.split(part)
    return questions if all(len(one.split()) >= SHORTEST for one in questions) else [part]


def _is_topic_word(part: str) -> bool:
    """Whether a single word is a question: "cookies?", but not "why?" or "hm?"."""
    return len(part.strip("?! .")) >= SHORTEST_SUBJECT and part.endswith("?") and has_content_word(part)


def is_follow_up(message: str) -> bool:
    """Whether a message needs the one before it to be understood: "and for how long?", "what about cookies", "who gets it"."""
    words = re.findall(r"[\w'’]+", message.lower())
    if not words or len(words) > LONGEST_FOLLOW_UP:
        return False
    if CONNECTED.match(message.strip()):
        return True
    pointing = bool(set(POINTING_WORDS.split()) & set(words))
    return not has_content_word(message) or (pointing and len(words) <= LONGEST_FOLLOW_UP - 2)


def has_content_word(message: str) -> bool:
    """Whether a message has a word with meaning of its own: "how long do you keep it" has one, "and for how long?" has none."""
    return bool(set(re.findall(r"[\w'’]+", message.lower())) - set(EMPTY_WORDS.split()) - set(POINTING_WORDS.split()))
