"""A question and the sentence that is quoted → what a first line may say before the quote. Pure.

A first line is composed from what the sentence says, never invented; measured on labelled sentences (evaluation/first_lines.txt).
Where that is not certain there is none, and the lead says only whose words follow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from knowledge.asking import Asked, read_question
from knowledge.needed import company_named, gives_address, plain_question_for
from knowledge.passages import Passage
from knowledge.polarity import verdict
from knowledge.spans import span_for
from knowledge.stated_values import address_for, age_for, place_for

LineKind = Literal[
    "yes", "no", "some", "may", "span", "place", "age", "address", "dated", "undated", "silent", "part", "part_unsure"
]  # fmt: skip


@dataclass(frozen=True)
class FirstLine:
    """What the quoted sentence answers. The words around it stand in domain.yml."""

    kind: LineKind
    agent: str = ""  # of a yes or a no: "company" or "visitor", where the predicate can be said back
    said_back: str = ""  # the question's predicate, turned to the visitor: "sell your data"
    value: str = ""  # of the other kinds, word for word from the sentence; of a part, the heading that names it


# How a question that is asked in other words, and names no thing of named_things.yml, may be read: (what it must say, the plain
# question that it then is), by aspect. Only a "no" or "only in some cases" is taken from these: what is denied of all data is
# denied of any.
PLAINLY = {
    "selling.sold": (r"sell|sold|sale", "do you sell my data"),
    "sharing.general": (r"shar|pass|giv|outsider|third|disclos|hand", "do you share my data with third parties"),
    "use.reading_messages": (r"read|look|snoop|peek", "do you read my messages"),
    "use.automated_decisions": (r"decid|decision", "do you make automated decisions"),
    "transfers.abroad": (r"europe|\beu\b|eea", "do you transfer my data outside the eu"),
    "cookies.cross_site": (r"other|elsewhere|across", "do you track me across other websites"),
    "cookies.dnt": (r"track", "do you respond to do not track signals"),
    "collection.sensitive": (r"sensitive", "do you collect sensitive data"),
}  # fmt: skip
VALUES = {
    "children.minimum_age": (r"\bold\b|\bage\b|\b\d\d?\b|year", "how old must i be"),
    "rights.response_time": (r"how (?:long|quick|fast|soon|many)|when|deadline", "how long does it take you to answer"),
    "contact.email": (r"e-?mail|write|contact|reach", "how can i contact you by email"),
    "transfers.location": (r"where|which|what country", "where is my data stored"),
    "security.data_centres": (r"where|which|what country", "where is my data stored"),
}  # fmt: skip
POSTCODE = re.compile(r"\b\d{4,6}\b|\b[A-Z]{1,2}\d{1,2}[A-Z]? ?\d[A-Z]{2}\b")
LABEL = re.compile(r"(?:[\w'’&/-]+,? ){0,7}[\w'’&/-]+\. (?=[A-Z])")  # of at most eight words
SAYS_SOMETHING = re.compile(  # a finite verb, or somebody who does something
    r"\b(?:is|are|was|were|be|been|do|does|did|has|have|had|may|might|can|could|will|would|shall|should|must|we|you|i|they|it|never"
    r"|not|no|only|yes|if|unless|except|some|most)\b|n['’]t\b",
    re.IGNORECASE,
)
ASKS_YES_OR_NO = re.compile(
    r"^(?:(?:so|and|also|but|hi|hey|ok)\b[\s,]*)*"
    r"(?:do|does|did|are|is|will|would|can|could|may|have|has|r|any chance|you(?:'re| are|re))\b"
)
NOT_PLAIN = re.compile(r"\b(?:not|n't|never|no|why|how|what|when|if|unless|without|after|before|until|except|or)\b|n't\b")


def first_line(question: str, sentence: str, lead_in: str, company: str, aspect: str = "") -> FirstLine | None:
    """What may be said before the quote; None if no plain answer is certain.

    company: its name. aspect: what the question was taken to ask, by which a question in unusual words can be read too.
    """
    sentence = without_label(sentence)
    if any(open_ in sentence.strip().rstrip(".!?") for open_ in (". ", "! ", "? ")):
        return None
    asked = read_question(question, company)
    if asked is not None and (line := _line(asked, sentence, lead_in, company)):
        return line
    text = re.split(r"[.!]\s+", question.lower().replace("’", "'").strip(" .?!"))[-1]  # what comes last is asked
    if aspect in VALUES and re.search(VALUES[aspect][0], text):
        plain = read_question(VALUES[aspect][1], company)
        return _line(plain, sentence, lead_in, company) if plain else None
    if ASKS_YES_OR_NO.match(text) and not NOT_PLAIN.search(text):
        plain_question = plain_question_for(text) or _plain_question_of(aspect, text)
        plain = read_question(plain_question, company) if plain_question else None
        line = _line(plain, sentence, lead_in, company) if plain else None
        return line if line is not None and line.kind in {"no", "some"} else None
    return None


def _plain_question_of(aspect: str, text: str) -> str:
    """The plain question that a question is which was taken to ask for an aspect; "" if it does not say what it must."""
    cue, plain_question = PLAINLY.get(aspect, ("", ""))
    return plain_question if cue and re.search(rf"\b(?:{cue})", text) else ""


def states(aspect: str, passage: Passage, company: str) -> bool:
    """Whether a passage plainly answers what everybody asks of an aspect, such as "where is my data stored"."""
    if aspect == "contact.postal":
        return gives_address(passage) and POSTCODE.search(passage.text) is not None
    _, plain_question = PLAINLY.get(aspect) or VALUES.get(aspect) or ("", "")
    return bool(plain_question) and line_of(plain_question, passage, passage, company) is not None


def without_label(sentence: str) -> str:
    """The sentence without the few words that stand before it as its heading: "Retention of data. We keep it for a year"."""
    label = LABEL.match(sentence)
    return sentence[label.end() :] if label and not SAYS_SOMETHING.search(label[0]) else sentence


def _line(asked: Asked, sentence: str, lead_in: str, company: str) -> FirstLine | None:
    match asked.wants:
        case "yes_no":
            found = verdict(asked, sentence, lead_in, company)
            return FirstLine(found, asked.agent, _as_written(asked.said_back, sentence)) if found else None
        case "span":
            value = span_for(asked, _with_we(sentence, company), lead_in)
        case "place":
            value = place_for(asked, _with_we(sentence, company))
        case "age":
            value = age_for(asked, sentence)
        case "address":
            value = address_for(asked, sentence, lead_in)
    return FirstLine(asked.wants, value=re.sub(r"\bwe\b", company, value)) if value else None


def _as_written(said_back: str, sentence: str) -> str:
    """The question's words with another company's name written as the sentence writes it: "use google" → "use Google"."""
    name = company_named(said_back)
    written = re.search(rf"\b{re.escape(name)}\b", sentence, re.IGNORECASE) if name else None
    return said_back.replace(name, written[0]) if written else said_back


def label_of(question: str, sentence: str, lead_in: str, company: str) -> str:
    """A first line as its labels write it: Y, N, S or M, "= 30 days", or "-" for none."""
    line = first_line(question, sentence, lead_in, company)
    if line is None:
        return "-"
    return {"yes": "Y", "no": "N", "some": "S", "may": "M"}.get(line.kind, f"= {line.value}")


def line_of(question: str, found: Passage, quoted: Passage, company: str, aspect: str = "") -> FirstLine | None:
    """The first line for a passage that was found, as it is quoted: none where the quote goes on and may limit it."""
    if quoted.end > found.end:
        return None
    if found.kind != "list":
        leads = quoted.start == found.start  # the lead-in of a list does not govern a later sentence of an item
        return first_line(question, found.text, found.lead_in if leads else "", company, aspect)
    head, colon, rest = found.text.partition(":")
    if not colon:
        return None
    whole = first_line(question, head, found.lead_in, company, aspect)
    items = [re.sub(r"^[^\w]+", "", item).strip().rstrip(";,.") for item in rest.splitlines()]
    lines = {line for item in items if item and (line := first_line(question, item, f"{head}:", company, aspect))}
    if whole is not None:
        return whole if whole.kind == "some" else None
    return lines.pop() if len(lines) == 1 else None


def _with_we(sentence: str, company: str) -> str:
    form = r"(?:,? (?:Inc|Ltd|LLC|GmbH|Limited)\b\.?)?,?"
    return re.sub(rf"\b{re.escape(company)}\b{form}(?! [A-Z])", "we", sentence) if company else sentence
