"""What was masked once and stands in the message again, written together: "xiaohongwang" beside "Wang Xiaohong"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import permutations

from candor.transcripts.lexicon import ORDINARY, lexicon
from candor.transcripts.recognizers.words import folded
from candor.transcripts.spans import Claims, MaskedSpan

KINDS = frozenset({"name", "username", "email"})
PART = re.compile(r"[^\W\d_]{1,30}")
WORD = re.compile(r"[^\W\d_][\w.-]{4,60}[^\W_]")
SHORTEST, MOST_PARTS, MOST_SPANS = 6, 3, 12


def claim_echoes(claims: Claims) -> None:
    """Mask words that are the parts of a name or user name written together, in any order, perhaps with a number."""
    together = {form for span in _of_people(claims) for form in _written_together(claims.text[span.start : span.end])}
    for word in WORD.finditer(claims.text) if together else ():
        letters = "".join(PART.findall(folded(word[0])))
        if letters in together and claims.is_free(*word.span()) and ORDINARY not in lexicon().words.get(letters, ""):
            claims.claim("username", *word.span())


def _of_people(claims: Claims) -> list[MaskedSpan]:
    return [span for span in claims.spans() if span.kind in KINDS][:MOST_SPANS]


def _written_together(value: str) -> Iterator[str]:
    parts = PART.findall(folded(value.partition("@")[0]))[:MOST_PARTS]
    for n in range(2, len(parts) + 1):
        for chosen in permutations(parts, n):
            form = "".join(chosen)
            if len(form) >= SHORTEST:
                yield form
