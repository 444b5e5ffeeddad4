"""Fold what was typed into plain characters, and remember where each of them stood. Pure.

Phones and input methods write curly apostrophes, full-width digits, other spaces and characters that nobody sees. Readers of
addresses, codes and places look at the folded text and answer with positions in the text as it was typed.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

# Before NFKC, which takes some of these signs apart into a space and a combining mark.
PLAIN = {
    **dict.fromkeys("‘’‚‛′‵ʹʻʼʽˈ´＇ꞌ՚׳", "'"),
    **dict.fromkeys("“”„‟″‶«»＂〝〞״", '"'),
    **dict.fromkeys("‐‑‒–—―−﹘﹣－⁃⸺⸻˗֊־᠆〜～", "-"),
    **dict.fromkeys("。｡．﹒․", "."),
    **dict.fromkeys("，、﹐", ","),
    **dict.fromkeys("\u2028\u2029\x85\x0b\x0c", "\n"),
}  # fmt: skip
# Default_Ignorable_Code_Point without tags (they make the flags of England, Scotland and Wales), the sign around a keycap, and
# lines and shapes through letters.
INVISIBLE = frozenset(
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u200b\u200c\u200d\u200e\u200f"
    "\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\u2065\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f"
    "\u0332\u0333\u0334\u0335\u0336\u0337\u0338\u20d2\u20d3\u20dd\u20de\u20df\u20e0\u20e2\u20e4"
    "\u20e3\u3164\ufe00\ufe01\ufe02\ufe03\ufe04\ufe05\ufe06\ufe07\ufe08\ufe09\ufe0a\ufe0b\ufe0c\ufe0d\ufe0e\ufe0f\ufeff\uffa0"
)


@dataclass(frozen=True)
class Folded:
    """A text in plain characters. Each character of `text` stands for `typed[starts[i]:ends[i]]` of what was typed."""

    typed: str
    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where text[start:end] stands in what was typed. It must hold at least one character."""
        return self.starts[start], self.ends[end - 1]


def fold(text: str) -> Folded:
    """NFKC, with quotes, dashes, dots and spaces in their plain forms, digits of all scripts as 0-9, and nothing invisible."""
    if text.isascii() and not ("\x0b" in text or "\x0c" in text):
        return Folded(text, text, tuple(range(len(text))), tuple(range(1, len(text) + 1)))
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _clusters(text):
        for letter in _plain(text[start:end]):
            letters.append(letter)
            starts.append(start)
            ends.append(end)
    return Folded(text, "".join(letters), tuple(starts), tuple(ends))


def _clusters(text: str) -> list[tuple[int, int]]:
    """Cut where NFKC never joins what stands on both sides: before each letter that does not combine with the one before."""
    cuts: list[int] = []
    for at, letter in enumerate(text):
        if at == 0 or letter.isascii() or not _joins(text[at - 1], letter):
            cuts.append(at)
    return list(zip(cuts, [*cuts[1:], len(text)], strict=True))


def _joins(before: str, letter: str) -> bool:
    if unicodedata.combining(letter):
        return before not in "\n\r"
    pair = before + letter
    return unicodedata.normalize("NFKC", pair) != unicodedata.normalize("NFKC", before) + unicodedata.normalize("NFKC", letter)


def _plain(cluster: str) -> str:
    visible = "".join(PLAIN.get(letter, letter) for letter in cluster if letter not in INVISIBLE)
    plain = "".join(map(_plain_letter, unicodedata.normalize("NFKC", visible)))
    return plain[0] if plain[:1].isdigit() and all(map(unicodedata.combining, plain[1:])) else plain  # no digit has an accent


def _plain_letter(letter: str) -> str:
    if letter in PLAIN:
        return PLAIN[letter]
    category = unicodedata.category(letter)
    if category == "Nd":
        return str(unicodedata.decimal(letter))
    return " " if category == "Zs" else letter
