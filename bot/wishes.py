"""Wishes beside something else: "send me everything you have and then erase it" asks for two requests, "hi delete my account
and how long does that take" for one and its time, and a bin before "my account" is a wish as well."""

from __future__ import annotations

import re
from typing import Any, Awaitable, Callable, Dict, List

REQUEST, NO_WISH = "request_", "request_status"
JOINED = re.compile(
    r"[.;!\n]+|,?\s+(?:and(?:\s+(?:then|also|after(?:wards| that)?))?|then|also|plus|as well as|but)\s+|,\s+", re.IGNORECASE
)
MOST_PARTS, SURE = 4, 0.5
# What "it" and "everything" mean stands in the other half of such a message.
COPY = re.compile(
    r"\b(?:cop(?:y|ies)|export|download|send (?:me|us|over)|give me|hand (?:me|over)|show me|let me have|get me|(?:e-?)?mail me"
    r"|i want to (?:see|have))\b",
    re.IGNORECASE,
)
DELETE = re.compile(
    r"\b(?:delet\w*|eras\w*|wip(?:e|ed|ing)|remov\w*|destroy\w*|get rid of|close my account|purg\w*)\b", re.IGNORECASE
)
# A half that names none of these wishes for nothing by itself: "I would like my account and everything in it removed".
DOES = re.compile(
    r"\b(?:correct|fix|change|update|rectify|stop|unsubscribe|object|opt|sell\w*|restrict|freeze|limit|withdraw|revoke|complain\w*"
    r"|complaint|port|transfer|move)\b",
    re.IGNORECASE,
)
POLITE = re.compile(r"\b(?:please|pls|(?:can|could|would|will) you|i want|i need|i'?d like|i would like|i wish)\b", re.IGNORECASE)
NEGATED = re.compile(r"\b(?:don'?t|do not|never|not|without|instead of|rather than|no)\b", re.IGNORECASE)
ASKED = re.compile(r"^\s*(?:(?:can|could|may) i|do|does|did|how|what|who|why|when|where|which|is|are|will)\b", re.IGNORECASE)
SENTENCE = re.compile(r"[.?!;\n]+")
ASKED_BESIDE = re.compile(ASKED.pattern + r"|^\s*(?:if(?! (?:so|yes|not)\b)|whether|tell me|explain)\b", re.IGNORECASE)
IF_SO = re.compile(r"^(?:(?:and|then|so)\s+)?if (?:so|yes|not),?\s+(?:then\s+)?", re.IGNORECASE)
BESIDE_SURE = 0.6  # of a part's wish, where the whole message was taken for something else
# Signs that stand for a verb. Each alone says nothing; Rasa's tokenizer drops them.
SIGNS = {"\U0001f5d1": "delete", "\U0001f6ae": "delete", "\U0001f4e5": "send me a copy of", "\U0001f515": "stop"}
SIGN = re.compile("[" + "".join(SIGNS) + "]")


def signs_in_words(text: str) -> str:
    """The text with the verb that a sign in it stands for, if there are words to it: what a model should read."""
    found = SIGN.search(text)
    words = SIGN.sub(" ", text).replace("\ufe0f", "").strip()
    return f"{SIGNS[found[0]]} {words}" if found and re.search(r"[a-z]{2}", words, re.IGNORECASE) else text


async def wish_beside(text: str, parse: Callable[[str], Awaitable[Dict[str, Any]]]) -> str:
    """The request type that one part of a message asks for, though the whole sounds like a question or talk; "" if none.

    What follows a question in its sentence belongs to it: "how do i log in and delete my account" wishes for nothing.
    """
    sentences = [[part.strip() for part in JOINED.split(sentence) if part.strip()] for sentence in SENTENCE.split(text)]
    if sum(map(len, sentences)) < 2:
        return ""
    for parts in sentences:
        for part in parts[:MOST_PARTS]:
            if ASKED_BESIDE.search(part):
                break
            if NEGATED.search(part) or not (DELETE.search(part) or COPY.search(part) or DOES.search(part)):
                continue
            if wished := await _by_rasa_alone(IF_SO.sub("", part), parse, BESIDE_SURE):
                return wished
    return ""


async def wishes_in(text: str, intent: str, parse: Callable[[str], Awaitable[Dict[str, Any]]]) -> List[str]:
    """The request types that one message asks for, in its order; [] unless there are two or more.

    parse: Rasa's reading of a text. Each half must be a wish by itself, or the halves must name a copy and a deletion.
    """
    parts = [part.strip() for part in JOINED.split(text) if part and part.strip()][:MOST_PARTS]
    if len(parts) < 2 or not (_wish(intent) or POLITE.search(text)) or ASKED.search(text):
        return []
    if any(NEGATED.search(part) for part in parts):
        return []
    found: List[str] = []
    for part in parts:
        wished = _by_words(part) or await _by_rasa(part, parse)
        if wished and wished not in found:
            found.append(wished)
    return found if len(found) > 1 else []


def _by_words(part: str) -> str:
    copied, deleted = COPY.search(part), DELETE.search(part)
    if bool(copied) == bool(deleted):
        return ""
    return "access" if copied else "deletion"


async def _by_rasa(part: str, parse: Callable[[str], Awaitable[Dict[str, Any]]]) -> str:
    if len(part.split()) < 2 or not DOES.search(part):
        return ""
    return await _by_rasa_alone(part, parse, SURE)


async def _by_rasa_alone(part: str, parse: Callable[[str], Awaitable[Dict[str, Any]]], sure: float) -> str:
    intent = (await parse(part)).get("intent") or {}
    name, confidence = str(intent.get("name") or ""), float(intent.get("confidence") or 0.0)
    return name[len(REQUEST) :] if _wish(name) and confidence >= sure else ""


def _wish(intent: str) -> bool:
    return intent.startswith(REQUEST) and intent != NO_WISH
