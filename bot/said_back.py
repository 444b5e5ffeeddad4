"""Candor's own words, said back to it: who quotes a mail, or reads a screen aloud, often sends the question along.

"Where do you live? Ireland" is "Ireland" where that was the question. What the visitor wrote is recorded as it was.
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import Any, Dict, List, Optional, Sequence

SENTENCE = re.compile(r"[^.?!\n]+[.?!]*")
FEWEST_WORDS = 3  # of a sentence: two words may be the visitor's own
QUOTED = re.compile(r"^[\s>\"'“”«»*:–—-]+")
ENDS = ".?! "


def said_last(newest_first: Sequence[Dict[str, Any]]) -> List[str]:
    """The sentences of what Candor said after the visitor's last message."""
    since = takewhile(lambda event: event["event"] != "user", newest_first)
    texts = [str(event.get("text") or "") for event in since if event["event"] == "bot"]
    sentences = [found[0].strip() for text in texts for found in SENTENCE.finditer(text)]
    return [sentence for sentence in sentences if len(sentence.split()) >= FEWEST_WORDS]


def without_what_was_said(text: str, said: Sequence[str]) -> str:
    """The message without what Candor said at its beginning, if something of the visitor's own follows; else all of it."""
    rest, said = text, sorted(said, key=len, reverse=True)
    while (own := _after_one(rest, said)) is not None:
        rest = own
    return rest if re.search(r"\w", rest) else text


def _after_one(text: str, said: Sequence[str]) -> Optional[str]:
    """The text behind the sentence of Candor's that it begins with; None if it begins with none."""
    plain = QUOTED.sub("", text)
    for sentence in said:
        bare = sentence.rstrip(ENDS)
        if plain.lower().startswith(bare.lower()) and not plain[len(bare) : len(bare) + 1].isalnum():
            return QUOTED.sub("", plain[len(bare) :].lstrip(ENDS))
    return None
