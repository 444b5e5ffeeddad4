"""Mask personal data before anyone else sees a message: e-mail, phone, card and account numbers.

Presidio's pattern recognisers find them; a token such as <email_1> takes their place. Pure: the caller keeps the
values (vault.py) and says which token a value already has. Presidio is imported when the first text is masked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from candor.typed.codes import is_code
from candor.typed.emails import emails_in

TOKEN = re.compile(r"<(email|phone|card|account)_\d+>")
KINDS = {
    "EMAIL_ADDRESS": "email",
    "CREDIT_CARD": "card",
    "IBAN_CODE": "account",
    "ACCOUNT_NUMBER": "account",
    "PHONE_NUMBER": "phone",
}
REGIONS = ("US", "GB", "DE", "FR", "FI", "UA", "BG", "ZA", "IN", "BR", "CA", "ES", "IT", "NL", "SE")
_DATE = r"(?:\d{4}[-/.]\d{2}[-/.]\d{2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|(?:19|20)\d{2})"
DATES = re.compile(rf"{_DATE}(?:[-–/ ]{_DATE}){{0,3}}")  # a date, a span such as 2019-2023, or a few in a row


@dataclass(frozen=True)
class MaskedSpan:
    """A span of personal data in a message: text[start:end]."""

    kind: str  # email, phone, card or account
    start: int
    end: int


@cache
def _recognizers() -> tuple[Any, ...]:
    from candor.transcripts.recognizers import make_recognizers

    return make_recognizers(REGIONS)


def load_recognizers() -> None:
    """Import and make the recognisers now (2 s), for a process whose first visitor should not wait for it."""
    _recognizers()


def find_personal_data(text: str) -> list[MaskedSpan]:
    """All spans to mask, in order and without overlaps; where two claim the same characters, the surer kind wins."""
    spans: list[MaskedSpan] = []
    taken = [match.span() for match in TOKEN.finditer(text)]
    for email in emails_in(text):  # in all spellings; the recognisers below find what is left, such as half an address
        taken.append((email.start, email.end))
        spans.append(MaskedSpan("email", email.start, email.end))
    for recognizer in _recognizers():  # in order of how sure they are
        for result in recognizer.analyze(text, recognizer.supported_entities, None) or []:
            start, end = result.start, result.end
            while end > start and text[end - 1] in ".,;:!?":
                end -= 1
            # Six digits are a one-time code that the chat asked for. Some are also a local phone number; masked, no code could be
            # checked.
            exempt = DATES.fullmatch(text[start:end]) or is_code(text[start:end])
            if exempt or any(start < other and begin < end for begin, other in taken):
                continue
            taken.append((start, end))
            spans.append(MaskedSpan(KINDS[result.entity_type], start, end))
    return sorted(spans, key=lambda span: span.start)


def mask(text: str, token_of: Callable[[str, str], str], spans: Sequence[MaskedSpan] | None = None) -> str:
    """The text with each span of personal data replaced by the token that `token_of(kind, value)` returns.

    spans: what `find_personal_data` found in it, if that is known.
    """
    parts, end = [], 0
    for span in find_personal_data(text) if spans is None else spans:
        parts += [text[end : span.start], token_of(span.kind, text[span.start : span.end])]
        end = span.end
    return "".join([*parts, text[end:]])


def without_personal_data(text: str) -> str:
    """The text with each piece of personal data replaced by its kind: <email>."""
    return mask(text, lambda kind, _: f"<{kind}>")
