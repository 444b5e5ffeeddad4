"""A text → the words it is found by: the same on every database. Pure.

Letters and digits only, without case and accents: whatever else somebody types into a search, an operator of some
database's query language among it, separates words and means nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

WORD = re.compile(r"[^\W_]+")
MOST_WORDS = 2000  # of one turn: all of the longest message, and of most quotes
LONGEST_WORD = 64  # characters; what is longer is found by its beginning


def words_in(text: str) -> Iterator[str]:
    """The words of a text in order."""
    return (match[0][:LONGEST_WORD] for match in WORD.finditer(folded(text)))


def folded(text: str) -> str:
    """Without case and accents: "Äpfel" and "apfel" are one word."""
    if text.isascii():  # most are, and it is ten times as quick
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def words_of_turn(text: str, replies: Iterable[Mapping[str, Any]]) -> list[str]:
    """Each word once of what was asked, said and quoted."""
    return list(islice(dict.fromkeys(word for part in texts_of_turn(text, replies) for word in words_in(part)), MOST_WORDS))


def texts_of_turn(text: str, replies: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """What was asked, then what was said, then what was quoted."""
    replies = list(replies)
    yield text
    yield from (str(reply.get("text") or "") for reply in replies)
    for reply in replies:
        yield from (str(citation.get("quote") or "") for citation in reply.get("citations") or ())
