"""Which language a policy is in. The encoder and the aspect bank know English, so that others cannot be answered from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from lingua import Language, LanguageDetector, LanguageDetectorBuilder

ENOUGH = 80  # letters; less tells too little
MOSTLY = 0.5  # share of English from which on a policy is taken
ALL = 0.95  # share of English from which on nothing is said: names and quoted laws are no other language


@dataclass(frozen=True)
class LanguageFound:
    """The language of most of a text, and how much of the text is English, 0.0 to 1.0."""

    name: str
    english: float


@cache
def _detector() -> LanguageDetector:
    return LanguageDetectorBuilder.from_all_languages().with_low_accuracy_mode().build()  # exact on whole paragraphs


@lru_cache(maxsize=64)
def language_of(text: str) -> LanguageFound:
    """Judge the whole text, and each paragraph that is long enough. A text too short to tell is taken for English."""
    if _letters(text) < ENOUGH:
        return LanguageFound("English", 1.0)
    whole = _detector().detect_language_of(text)
    name = whole.name.capitalize() if whole is not None else "Unknown"
    paragraphs = [line for line in text.splitlines() if _letters(line) >= ENOUGH]
    if not paragraphs:
        return LanguageFound(name, 1.0 if whole == Language.ENGLISH else 0.0)
    english = sum(_letters(line) for line in paragraphs if _detector().detect_language_of(line) == Language.ENGLISH)
    return LanguageFound(name, english / sum(map(_letters, paragraphs)))


def _letters(text: str) -> int:
    return len(re.findall(r"[^\W\d_]", text))
