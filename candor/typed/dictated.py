"""Signs that a phone wrote out as words when somebody dictated: "new zealand full stop". Pure."""

from __future__ import annotations

import re

SIGNS = {
    "full stop": ".", "question mark": "?", "exclamation mark": "!", "exclamation point": "!", "comma": ",", "new line": "\n",
    "new paragraph": "\n",
}  # fmt: skip
# Before a sign that is named, and not spoken: "what is a comma".
SPOKEN_OF = frozenset(["a", "an", "the", "no", "of", "this", "that", "your", "my", "is", "put", "with"])
SPOKEN = re.compile(rf"(?:^|(?P<before>\w+)?\s+)(?P<sign>{'|'.join(SIGNS)})(?=[\s.?!,]|$)", re.IGNORECASE)
PERIOD = re.compile(r"\s+period(?=[\s.?!,]*$)", re.IGNORECASE)  # a sign only where another is spoken: else "trial period"


def without_dictated_signs(text: str) -> str:
    """The text with its spoken signs as signs, if there are words beside them."""
    if not any(_is_sign(found) for found in SPOKEN.finditer(text)):
        return text
    signed = SPOKEN.sub(_as_sign, text)
    signed = PERIOD.sub(".", signed).lstrip(" ,.;!?\n")
    return signed if re.search(r"\w", signed) else text


def _as_sign(found: re.Match[str]) -> str:
    return f"{found['before'] or ''}{SIGNS[found['sign'].lower()]}" if _is_sign(found) else found[0]


def _is_sign(found: re.Match[str]) -> bool:
    return (found["before"] or "").lower() not in SPOKEN_OF
