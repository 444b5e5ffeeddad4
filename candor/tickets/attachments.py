"""Whether a letter speaks of something that comes with it. Files go by a link, never in a letter. Pure."""

from __future__ import annotations

import re

LETTER = r"(?:with|to) this (?:e-?mail|mail|letter|message)"
COPY = r"(?:cop(?:y|ies)|files?|pdfs?|archive|export|zip|csv|data)"
# "attached", "please find enclosed", "in the attachment", "the file comes with this letter"; not "nothing is attached".
SPEAKS = re.compile(
    r"(?<!not )(?<!nothing )(?<!nothing is )\b(?:attached|enclosed|(?:an?|the|this|as|see|in) (?:attachment|enclosure|annex)s?"
    rf"|attachments?:|{COPY} (?:\w+ ){{0,3}}{LETTER}|{LETTER} (?:\w+ ){{0,3}}{COPY})(?!\w)",
    re.IGNORECASE,
)


def speaks_of_attachment(words: str) -> bool:
    """Whether a letter says that something comes with it."""
    return SPEAKS.search(" ".join(words.split())) is not None
