"""A text → the words it is found by: the same on every database. Pure.

Letters and digits only, without case, accents and English endings ("delete" finds "deleted" and "deletion"): whatever else
somebody types into a search, an operator of some database's query language among it, separates words and means nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import Stemmer

WORD = re.compile(r"[^\W_]+")
MOST_WORDS = 2000  # of one turn: all of the longest message, and of most quotes
LONGEST_WORD = 64  # characters; what is longer is found by its beginning


def words_in(text: str) -> list[str]:
    """The words of a text in order, each as its stem."""
    return _stems(match[0] for match in WORD.finditer(folded(text)))


def places_of(text: str, wanted: Container[str]) -> list[tuple[int, int]]:
    """Where words with these stems stand in a text: [(start, end)] in characters."""
    found = list(WORD.finditer(text))
    stems = _stems(folded(match[0]) for match in found)
    return [match.span() for match, stem in zip(found, stems, strict=True) if stem in wanted]


def _stems(words: Iterable[str]) -> list[str]:
    stemmer = Stemmer.Stemmer("english")  # Snowball's; made in no time, and not to be shared between threads
    return [str(stem) for stem in stemmer.stemWords([word[:LONGEST_WORD] for word in words])]


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
