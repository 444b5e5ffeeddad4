"""Signs that a phone wrote out as words when somebody dictated: "new zealand full stop". Pure."""

from __future__ import annotations

import re

SIGNS = {
    "full stop": ".", "question mark": "?", "exclamation mark": "!", "exclamation point": "!", "comma": ",", "new line": "\n",
    "new paragraph": "\n",
}  # fmt: skip
SPOKEN = re.compile(rf"\s+({'|'.join(SIGNS)})(?=[\s.?!,]|$)", re.IGNORECASE)
ENDS = re.compile(r"\b(?:full stop|question mark|exclamation (?:mark|point))\W*$", re.IGNORECASE)


def without_dictated_signs(text: str) -> str:
    """The text with its spoken signs as signs, if its last word is one: nobody types that, but "what is a comma" is typed."""
    return SPOKEN.sub(lambda found: SIGNS[found[1].lower()], text) if ENDS.search(text) and len(text.split()) > 2 else text
