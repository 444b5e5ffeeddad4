"""Whether a question asks for the date of the policy itself, and whether a passage states one. Pure."""

from __future__ import annotations

import re

ASPECTS = frozenset(["changes.last_updated", "changes.effective_date"])
ASKS = re.compile(
    r"\b(?:when|what date|which (?:date|version|day)|what version|how (?:old|recent|new|current|fresh|up to date)|dated?"
    r"|last (?:updated?|changed?|revised?|modified|edited)|since when|effective|updated)\b",
    re.IGNORECASE,
)
MONTHS = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*"
DATE = re.compile(
    r"\b\d{4}-\d\d-\d\d\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b"
    rf"|\b{MONTHS}\.?[ -]+(?:\d{{1,2}}(?:st|nd|rd|th)?,? +)?\d{{4}}\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {MONTHS},? \d{{4}}\b",
    re.IGNORECASE,
)
OF_POLICY = re.compile(
    r"\b(?:updated?|revised?|effective|version|modified|amended|force|dated?|published|changed)\b", re.IGNORECASE
)


def asks_for_date(question: str, aspect: str) -> bool:
    """Whether a question that was mapped to this aspect asks when the policy was written or takes effect."""
    return aspect in ASPECTS and bool(ASKS.search(question))


def states_date(text: str) -> bool:
    """Whether a passage says when the policy was updated or takes effect."""
    return bool(DATE.search(text) and OF_POLICY.search(text))
