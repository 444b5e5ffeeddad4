"""Mask personal data before anyone else sees a message: e-mail, phone, card and account numbers.

Presidio's pattern recognisers find them; a token such as <email_1> takes their place. Pure: the caller keeps the
values (vault.py) and says which token a value already has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from presidio_analyzer import Pattern, PatternRecognizer
from presidio_analyzer.predefined_recognizers import CreditCardRecognizer, EmailRecognizer, IbanRecognizer, PhoneRecognizer

TOKEN = re.compile(r"<(email|phone|card|account)_\d+>")
KINDS = {
    "EMAIL_ADDRESS": "email",
    "CREDIT_CARD": "card",
    "IBAN_CODE": "account",
    "ACCOUNT_NUMBER": "account",
    "PHONE_NUMBER": "phone",
}
REGIONS = ("US", "GB", "DE", "FR", "FI", "UA", "BG", "ZA", "IN", "BR", "CA", "ES", "IT", "NL", "SE")
# Presidio asks for whole addresses of known domains; people also write jo@localhost, and half an address is personal too.
ANY_EMAIL = Pattern("anything around an at sign", r"[^\s@<>()\[\],;:\"']+@[^\s@<>()\[\],;:\"']+", 1.0)
LONG_NUMBER = Pattern("eight digits or more, however grouped", r"(?<![\w-])\d(?:(?:[^\S\n]|[.\-‐-―/])?\d){7,}(?![\w-])", 0.3)
_DATE = r"(?:\d{4}[-/.]\d{2}[-/.]\d{2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|(?:19|20)\d{2})"
DATES = re.compile(rf"{_DATE}(?:[-–/ ]{_DATE}){{0,3}}")  # a date, a span such as 2019-2023, or a few in a row
# Six digits are a one-time code that the chat asked for: some make a local phone number too, and must reach the desk.
CODE = re.compile(r"\d{3}[ -]?\d{3}")


@dataclass(frozen=True)
class MaskedSpan:
    """One stretch of personal data in a message."""

    kind: str  # email, phone, card or account
    start: int
    end: int


class _OfflineEmailRecognizer(EmailRecognizer):
    """Presidio's own asks the web for the list of public suffixes; nothing may leave this machine."""

    def validate_result(self, pattern_text: str) -> bool:
        return True


@cache
def _recognizers() -> tuple[Any, ...]:
    return (
        _OfflineEmailRecognizer(),
        PatternRecognizer("EMAIL_ADDRESS", patterns=[ANY_EMAIL]),
        CreditCardRecognizer(),
        IbanRecognizer(),
        PhoneRecognizer(supported_regions=REGIONS),
        PatternRecognizer("ACCOUNT_NUMBER", patterns=[LONG_NUMBER]),
    )


def find_personal_data(text: str) -> list[MaskedSpan]:
    """All stretches to mask, in order, none overlapping; where two claim the same characters the surer kind wins."""
    found: list[MaskedSpan] = []
    taken = [match.span() for match in TOKEN.finditer(text)]
    for recognizer in _recognizers():  # in order of how sure they are
        for result in recognizer.analyze(text, recognizer.supported_entities, None) or []:
            start, end = result.start, result.end
            while end > start and text[end - 1] in ".,;:!?":
                end -= 1
            exempt = DATES.fullmatch(text[start:end]) or CODE.fullmatch(text[start:end])
            if exempt or any(start < other and begin < end for begin, other in taken):
                continue
            taken.append((start, end))
            found.append(MaskedSpan(KINDS[result.entity_type], start, end))
    return sorted(found, key=lambda stretch: stretch.start)


def mask(text: str, token_of: Callable[[str, str], str], spans: Sequence[MaskedSpan] | None = None) -> str:
    """The text with each stretch replaced by what `token_of(kind, value)` says."""
    masked, place = [], 0
    for stretch in find_personal_data(text) if spans is None else spans:
        masked += [text[place : stretch.start], token_of(stretch.kind, text[stretch.start : stretch.end])]
        place = stretch.end
    return "".join([*masked, text[place:]])


def without_personal_data(text: str) -> str:
    """The text with what is personal in it named by its kind only: <email>."""
    return mask(text, lambda kind, _: f"<{kind}>")
