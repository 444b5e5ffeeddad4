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


@dataclass(frozen=True)
class AskedOfAnother:
    """question: the one before. companies: the ids of those it is put to, the new one last."""

    question: str
    companies: tuple[str, ...]


def asked_of_another(tracker: Tracker, companies: Mapping[str, Company]) -> AskedOfAnother | None:
    """The question that a message puts to one company more by naming nothing but that; None if it says something of its own."""
    text, current = text_of(tracker), company_of(tracker)
    question = asked_before_that(tracker)
    if not question or in_the_form(tracker) or not ASKS_ON.search(text):
        return None
    named = companies_named(text, companies)
    if len(named) != 1 or named == [current]:
        return None
    if has_content_word((without_names(text, companies) or "").replace(UNNAMED, " ")):
        return None
    before = tuple(side.company for side in last_payload(tracker).shown.comparison) or (current,)
    return AskedOfAnother(question, (*(one for one in before if one not in named), *named))
