"""Whether a text consists of letters that spell something: some PDFs draw glyphs without saying which letters they are. Pure.

Such a file looks right and reads as ":H FROOHFW \\RXU QDPH", as boxes, or as figures and signs. Any language is left alone that
sets letters; whether it is English is asked elsewhere (knowledge/language.py).
"""

from __future__ import annotations

import re
import unicodedata

from candor.errors import BadPolicyError

LOOKED_AT = 100_000  # characters
FEWEST = 200  # characters without white space, to judge a text
LETTERS = 0.35  # share of characters that are letters; English has 0.93, a table of figures may have 0.5
VOWELS = 0.22  # share of Latin letters that are vowels; Czech has 0.36, English 0.38, letters moved by a few places 0.05 to 0.2
UNKNOWN = 0.05  # share of characters that stand for nothing
VOWEL = re.compile(r"[aeiouy]")
CURE = "run text recognition (OCR) over it, or paste its text into a .txt file"


def check_letters(text: str) -> None:
    """Raises: BadPolicyError without the file's name if most of a text is no letters, or letters that spell nothing."""
    signs = "".join(text[:LOOKED_AT].split())
    if len(signs) < FEWEST:
        return
    unknown = sum(unicodedata.category(sign) in ("Cc", "Cn", "Co") or sign == "\ufffd" for sign in signs)
    plain = unicodedata.normalize("NFD", signs.lower())
    letters = [sign for sign in plain if sign.isalpha()]
    latin = [sign for sign in letters if sign.isascii()]
    marks = sum(unicodedata.combining(sign) > 0 or unicodedata.category(sign) == "Mc" for sign in plain)
    spelt = len(latin) < len(letters) / 2 or len(VOWEL.findall("".join(latin))) >= VOWELS * len(latin)
    if unknown > UNKNOWN * len(signs) or len(letters) + marks < LETTERS * len(plain) or not spelt:
        raise BadPolicyError(f"holds letters that spell nothing, such as “{' '.join(text.split())[:40]}”: {CURE}")
