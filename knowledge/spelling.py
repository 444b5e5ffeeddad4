"""Slips of the pen in what people type: "rihgts" is read as "rights". Both environments import this module.

A word that nobody knows is read as the likeliest known word within one or two slips (a letter too many, missing, wrong, or two in
the wrong order: optimal string alignment). How likely a word is, our own texts say (`spelling.txt`, which
`scripts/make_spelling.py` makes). Only what is looked up and understood is read so; what is said back, kept and recorded stays
as it was typed.

Some write as they speak ("remuv", "informashun"): such words are read as what sounds the same (Metaphone) only where the whole
message is looked at once more, because too many a name sounds like a common word.
"""

from __future__ import annotations

import re
from collections.abc import Container
from functools import cache, lru_cache
from math import log
from pathlib import Path

from jellyfish import metaphone
from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

WORDS = Path(__file__).with_name("spelling.txt")
# A word between blanks and signs; not a part of an address, a masked value, a number or a name with a sign in it.
WORD = re.compile(r"(?<![\w<@./#&'’-])[^\W\d_]+(?:['’][^\W\d_]+)*(?![\w>@/#&'’-]|\.\w)")
DOUBLED = re.compile(r"([a-z])\1+")
STRETCHED = re.compile(r"([a-z])\1{2,}")  # "pleeease", "sooo"
SHORTEST = 4  # letters of a word that is read otherwise; of three, only those with two in the wrong order: "teh", "adn"
LONG = 7  # letters from which there may be two slips
COMMON = 100  # how often our texts have what a word of three letters is read as
LIKELY = 20  # how often they have what each unknown word is read as, where many are unknown
SLIP = 4.0  # what a slip costs, in the logarithm of how often our texts have a word
OTHER_BEGINNING = 2.0  # people seldom slip at the first letter
OTHER_LETTER = 1.5  # and leave out, double or swap letters more often than they write others
SOUNDS = 2.0  # what it costs to write a word as it sounds, and what each letter that differs adds
SOUNDS_BY_LETTER = 0.5
MOST_BY_SOUND = 0.75  # where more of the words are unknown, a message is hardly English that is written as it sounds
MOST_UNKNOWN = 0.4  # where more of the words are unknown than this, all must be likely: else it is not in English, or no message
MOST = 40  # unknown words of a message that are looked at, so that a letter full of them takes no time
KEPT = 4096  # words that were looked at lately


def plain(word: str) -> str:
    return word.lower().replace("’", "'")


def sound(word: str) -> str:
    """How a word sounds (Metaphone), whichever vowel it begins with, and whether or not a letter is doubled."""
    heard: str = metaphone(DOUBLED.sub(r"\1", word.replace("'", "")))
    return f"A{heard[1:]}" if heard[:1] in set("AEIOU") else heard


class Speller:
    """The known words, and how likely each is."""

    def __init__(self, counts: dict[str, int]) -> None:
        self._counts = counts
        self._short = {word.replace("'", "") for word in counts if "'" in word}
        self._likely = [word for word, count in counts.items() if count > 0 and len(word) >= 3]
        self._by_length: dict[int, list[str]] = {}
        for word in self._likely:
            self._by_length.setdefault(len(word), []).append(word)
        self._by_sound: dict[str, list[str]] = {}
        for word, count in counts.items():
            if count >= LIKELY:
                self._by_sound.setdefault(sound(word), []).append(word)
        self._read = lru_cache(KEPT)(self._nearest)

    @classmethod
    def load(cls) -> Speller:
        lines = (line.split(" ") for line in WORDS.read_text(encoding="utf-8").splitlines())
        return cls({word: int(count) for word, count in lines})

    def doubts(self, text: str) -> bool:
        """Whether any word of the text is unknown."""
        return not all(self._knows(plain(match[0]), ()) for match in WORD.finditer(text))

    def corrected(self, text: str, known: Container[str] = ()) -> str:
        """The text with what nobody knows read as what it is likeliest meant to be. known: further words, in lower case."""
        words = [plain(match[0]) for match in WORD.finditer(text)]
        unknown = [word for word in words if not self._knows(word, known)]
        if len(unknown) > MOST:
            return text
        unlikely = any(self._counts.get(self._read(word) or "", 0) < LIKELY for word in unknown)
        if unlikely and len(unknown) > MOST_UNKNOWN * len(words):
            return text
        return WORD.sub(lambda match: self._meant(match[0], known), text) if unknown else text

    def by_sound(self, text: str) -> str:
        """The text with unknown words as what sounds the same, or is near; itself where that is no way to read it."""
        words = [plain(match[0]) for match in WORD.finditer(text)]
        unknown = [word for word in words if not self._knows(word, ())]
        if not unknown or not text.isascii() or len(unknown) > min(MOST, MOST_BY_SOUND * len(words)):
            return text
        return WORD.sub(lambda match: match[0] if self._knows(plain(match[0]), ()) else self._heard(match[0]), text)

    def _heard(self, typed: str) -> str:
        """What a word sounds like, or is near."""
        word = plain(typed)
        found = [(self._likelihood(near, SLIP), near) for near in [self._read(word)] if near]
        for other in self._by_sound.get(sound(word), ()):
            letters = OSA.distance(word, other)
            if letters <= (len(word) + 1) // 2:
                found.append((self._likelihood(other, SOUNDS + SOUNDS_BY_LETTER * letters), other))
        return max(found)[1] if found else typed

    def _likelihood(self, word: str, cost: float) -> float:
        return log(self._counts[word] or 1) - cost

    def _meant(self, typed: str, known: Container[str]) -> str:
        word = plain(typed)
        return typed if self._knows(word, known) else self._read(word) or typed

    def _knows(self, word: str, known: Container[str]) -> bool:
        """Whether it, or the word that it is the possessive, the plural or the short form of, is known: "staff's", "arent"."""
        stem = word.removesuffix("s").removesuffix("'")
        return word in known or word in self._short or word in self._counts or stem in self._counts

    def _nearest(self, word: str) -> str | None:
        if not word.isascii():
            return None
        short = STRETCHED.sub(r"\1\1", word), STRETCHED.sub(r"\1", word)
        if short[1] != word and (form := next((form for form in short if form in self._counts), None)):
            return form
        most = 2 if len(word) >= LONG else 1
        near: list[tuple[float, str]] = []
        for length in range(len(word) - most, len(word) + most + 1):
            for other, slips, _ in extract(
                word, self._by_length.get(length, ()), scorer=OSA.distance, score_cutoff=most, limit=None
            ):
                if len(word) < SHORTEST and not (sorted(other) == sorted(word) and self._counts[other] >= COMMON):
                    continue
                other_letter = len(other) == len(word) and sorted(other) != sorted(word)
                cost = SLIP * slips + OTHER_LETTER * other_letter + OTHER_BEGINNING * (other[0] != word[0])
                near.append((log(self._counts[other]) - cost, other))
        return max(near)[1] if near else None


@cache
def speller() -> Speller:
    """The one of this process, loaded when it is first asked for."""
    return Speller.load()
