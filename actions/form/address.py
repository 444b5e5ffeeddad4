"""The answer to "which e-mail address?"."""

from __future__ import annotations

import re

from actions.form.corrections import nothing_else, other_place
from actions.form.message import (
    NOT_SAID,
    QUESTIONS,
    QUITE_SURE,
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
from actions.form.words import ASKING, EMAIL, OK

# Of two addresses: either will do, so the first is taken.
EITHER = re.compile(
    r"\b(?:whichever|either|any of|both|no matter which|you (?:choose|pick)|or just|alternatively|otherwise"
    r"|if (?:that|it|this|the first)(?: one)? (?:bounces|fails|does(?:n['’]?t| not)|is (?:wrong|dead|full|gone)))\b",
    re.IGNORECASE,
)
# "can i use my old mail", "any address?", "which mail do you want"
OF_AN_ADDRESS = re.compile(
    r"\b(?:can|may|could|should|must|do) i (?:use|give|take|write|put)\b|\b(?:which|what|any|another|other|old|new|work|private)"
    r" (?:\w+ )?(?:e-?mail|mail|address|one)\b",
    re.IGNORECASE,
)


def read_address(message: FormMessage) -> Meaning:  # noqa: PLR0911  (one line a kind, in order)
    addresses = EMAIL.findall(message.text)
    if addresses and "?" in message.text and message.intent in QUESTIONS and message.confidence >= QUITE_SURE:
        return None  # "do you pass <email_1> on?"
    if len(set(addresses)) > 1 and not EITHER.search(message.text):
        return Unclear("several", tuple(dict.fromkeys(addresses)))
    if addresses:
        return FilledSlot("email", addresses[0], nothing_else(message) or told_beside(message))
    if asks_why(message):
        return Unclear("why")
    if message.means("go_on") or OK.fullmatch(message.text):
        return Unclear("again")
    if message.means("deny", "skip"):
        if message.email_optional:
            return FilledSlot("email", NOT_SAID)
        return Stopped() if message.intent == "deny" and not bare_no(message) else Unclear("needed")
    if place := other_place(message):
        return place
    meant = message.intent in {
        "provide_email", "nlu_fallback", "out_of_scope_gibberish", "affirm", "provide_residence", "add_details",
    }  # fmt: skip
    return Unclear("none") if meant or is_no_question(message) else None


def asks_which_address(message: FormMessage) -> Meaning:
    """The answer to who asks which address may be given."""
    asks = message.asked == "email" and ASKING.search(message.text) and OF_AN_ADDRESS.search(message.text)
    return Unclear("any") if asks and not EMAIL.search(message.text) else None
