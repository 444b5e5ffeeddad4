"""A text → the words it is found by: the same on every database. Pure.

Only letters and digits count, without case, accents and English endings ("delete" finds "deleted" and "deletion"). Everything
else in a search separates words and means nothing, also the operators of a database's query language.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import Stemmer

WORD = re.compile(r"[^\W_]+")
MOST_WORDS = 2000  # of one turn: enough for the longest message and most quotes
LONGEST_WORD = 64  # characters; a longer word is found by its beginning


def words_in(text: str) -> list[str]:
    """The words of a text in order, each as its stem."""
    return _stems(match[0] for match in WORD.finditer(folded(text)))


def spans_of(text: str, stems: Container[str]) -> list[tuple[int, int]]:
    """The positions of words with these stems in a text: [(start, end)] in characters."""
    words = list(WORD.finditer(text))
    own_stems = _stems(folded(match[0]) for match in words)
    return [match.span() for match, stem in zip(words, own_stems, strict=True) if stem in stems]


def _stems(words: Iterable[str]) -> list[str]:
    stemmer = Stemmer.Stemmer("english")  # Snowball's; cheap to make, and not safe to share between threads
    return [str(stem) for stem in stemmer.stemWords([word[:LONGEST_WORD] for word in words])]


def folded(text: str) -> str:
    """The text without case and accents: "Äpfel" and "apfel" are one word."""
    if text.isascii():  # most texts are, and this is ten times as fast
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def words_of_turn(text: str, replies: Iterable[Mapping[str, Any]]) -> list[str]:
    """The stem of each word in a turn's message, replies and quotes, each once."""
    return list(islice(dict.fromkeys(word for part in texts_of_turn(text, replies) for word in words_in(part)), MOST_WORDS))


def texts_of_turn(text: str, replies: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The message, then the texts of the replies, then their quotes."""
    replies = list(replies)
    yield text
    yield from (str(reply.get("text") or "") for reply in replies)
    for reply in replies:
        yield from (str(citation.get("quote") or "") for citation in reply.get("citations") or ())
