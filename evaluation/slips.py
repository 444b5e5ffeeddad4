"""Questions with slips of the pen, as people make them on a phone. Pure.

A slip is a letter doubled, left out, swapped with the next one, or the key beside it.
"""

from __future__ import annotations

import random
import re

WORD = re.compile(r"[^\W\d_]{4,}")
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def misspelt(text: str, share: float, seed: int = 0) -> str:
    """The text with this share of its longer words misspelt, one at least; the same each time. First letters stay."""
    chance = random.Random(f"{seed} {text}")  # noqa: S311  (no secrets here)
    words = list(WORD.finditer(text))
    chosen = chance.sample(words, min(len(words), max(1, round(share * len(words)))))
    for word in sorted(chosen, key=lambda found: -found.start()):
        text = text[: word.start()] + _slipped(word[0], chance) + text[word.end() :]
    return text


def _slipped(word: str, chance: random.Random) -> str:
    place = chance.randrange(1, len(word) - 1)
    before, letter, behind = word[:place], word[place], word[place + 1 :]
    slips = (behind, letter + letter + behind, behind[0] + letter + behind[1:], _neighbour(letter, chance) + behind)
    return before + chance.choice(slips)


def _neighbour(letter: str, chance: random.Random) -> str:
    """A key beside the letter's on an English keyboard; the letter itself where it has none."""
    row = next((row for row in ROWS if letter.lower() in row), letter.lower())
    place = row.index(letter.lower())
    return chance.choice([key for key in (row[place - 1 : place], row[place + 1 : place + 2]) if key] or [letter])
