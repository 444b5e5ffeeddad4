"""Which words are names, places or ordinary English: lexicon.txt, which scripts/make_lexicon.py makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("lexicon.txt")
GIVEN, COMMON, SURNAME, PLACE, ORDINARY = "g", "c", "s", "p", "o"


@dataclass(frozen=True)
class Lexicon:
    """words: folded word → its flags. places: place names of several words, by their first two words."""

    words: Mapping[str, str]
    places: Mapping[tuple[str, str], tuple[tuple[str, ...], ...]]


@cache
def lexicon() -> Lexicon:
    """The lexicon, read once (0.1 s, 15 MB)."""
    words: dict[str, str] = {}
    places: dict[tuple[str, str], tuple[tuple[str, ...], ...]] = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        word, _, flags = line.rpartition(" ")
        if " " in word:
            name = tuple(word.split())
            key = (name[0], name[1])
            places[key] = (*places.get(key, ()), name)
        else:
            words[word] = flags
    return Lexicon(words, places)
