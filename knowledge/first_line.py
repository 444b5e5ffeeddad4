"""A question and the sentence that is quoted → what a first line may say before the quote. Pure.

A first line is composed from what the sentence says, never invented; measured on labelled sentences (evaluation/first_lines.txt).
Where that is not certain there is none, and the lead says only whose words follow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from knowledge.asking import read_question
from knowledge.passages import Passage
from knowledge.polarity import verdict
from knowledge.stated_values import address_for, age_for, place_for, span_for

LineKind = Literal["yes", "no", "some", "may", "span", "place", "age", "address", "dated", "undated"]


@dataclass(frozen=True)
class FirstLine:
    """What the quoted sentence answers. The words around it stand in domain.yml."""

    kind: LineKind
    agent: str = ""  # of a yes or a no: "company" or "visitor", where the predicate can be said back
    said_back: str = ""  # the question's predicate, turned to the visitor: "sell your data"
    value: str = ""  # of the other kinds, word for word from the sentence


def first_line(question: str, sentence: str, lead_in: str, company: str) -> FirstLine | None:
    """What may be said before the quote; None if no plain answer is certain. company: its name."""
    asked = read_question(question, company)
    if asked is None or any(open_ in sentence.strip().rstrip(".!?") for open_ in (". ", "! ", "? ")):
        return None
    match asked.wants:
        case "yes_no":
            found = verdict(asked, sentence, lead_in, company)
            return FirstLine(found, asked.agent, asked.said_back) if found else None
        case "span":
            value = span_for(asked, _with_we(sentence, company), lead_in)
        case "place":
            value = place_for(asked, sentence, company)
        case "age":
            value = age_for(asked, sentence)
        case "address":
            value = address_for(asked, sentence, lead_in)
    return FirstLine(asked.wants, value=re.sub(r"\bwe\b", company, value)) if value else None


def line_of(question: str, found: Passage, quoted: Passage, company: str) -> FirstLine | None:
    """The first line for a passage that was found, as it is quoted: none where the quote goes on and may limit it."""
    if quoted.end > found.end or found.kind == "list":
        return None
    return first_line(question, found.text, found.lead_in, company)


def _with_we(sentence: str, company: str) -> str:
    return re.sub(rf"\b{re.escape(company)}\b,?(?! [A-Z])", "we", sentence) if company else sentence
