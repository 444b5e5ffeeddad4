"""The same question put to one company more: "and Acme?" after an answer, or after a comparison."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rasa_sdk import Tracker

from actions.asking import in_the_form
from actions.tracker import asked_before_that, company_of, last_payload, text_of
from knowledge.companies import Company
from knowledge.comparing import UNNAMED, companies_named, without_names
from knowledge.messages import has_content_word

ASKS_ON = re.compile(r"\?|^\W*(?:and|what about|what of|how about|same|also|vs)\b", re.IGNORECASE)  # "Acme" alone may be a switch

# After a comparison, what is asked of the same companies: "and who of them …?", "do both …?"
ASKS_OF_THEM = re.compile(
    r"\b(?:who|which|what|any|none|neither|either|one|all) (?:one )?of (?:them|these|those|the (?:two|three|others?))\b"
    r"|\b(?:both|neither|either|the two|which (?:one|company|is|has|does)|(?:the|each) other)\b|^\W*(?:and )?do they\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class AskedOfAnother:
    """question: the one before, or what the message asks of all. companies: the ids of those it is put to, a new one last."""

    question: str
    companies: tuple[str, ...]


def asked_of_another(tracker: Tracker, companies: Mapping[str, Company]) -> AskedOfAnother | None:
    """The question that a message puts to one company more by naming nothing but that; None if it says something of its own."""
    text, current = text_of(tracker), company_of(tracker)
    compared = tuple(side.company for side in last_payload(tracker).shown.comparison)
    if len(compared) > 1 and not in_the_form(tracker) and ASKS_OF_THEM.search(text) and not companies_named(text, companies):
        return AskedOfAnother(text, compared)
    question = asked_before_that(tracker)
    if not question or in_the_form(tracker) or not ASKS_ON.search(text):
        return None
    named = companies_named(text, companies)
    if len(named) != 1 or named == [current]:
        return None
    if has_content_word((without_names(text, companies) or "").replace(UNNAMED, " ")):
        return None
    before = compared or (current,)
    return AskedOfAnother(question, (*(one for one in before if one not in named), *named))
