"""Whether the words of a text are apart: some files hold letters without the spaces between words. Pure.

The measure is the mean length of words. English texts have 4.5 to 5.5 letters a word, legal German 6 to 7, Finnish 8; a text
without spaces has far more. Addresses of pages and people are not counted. Scripts that set no spaces (Chinese, Thai) are not
judged here: they are refused as a language that Candor does not read.
"""

from __future__ import annotations

import re

from candor.errors import BadPolicyError
from knowledge.lines import Span

LONGEST_MEAN = 12.0  # letters a word
FEWEST_WORDS = 4  # to judge a text
OVERLONG = 26  # letters; English words have up to 20, and German compounds in English policies up to 25
MOST_OVERLONG = 0.1  # share of all letters that may stand in overlong words
SPACED = 0.6  # share of words of one letter from which letters are spaced apart; English has 0.03
WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
ADDRESS = re.compile(r"\S*(?:@|://|www\.|\w\.\w+/)\S*")
NO_SPACES = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def check_spacing(text: str) -> None:
    """Raises: BadPolicyError without the file's name if the words of a text are glued together, or its letters are apart."""
    words = [word.group() for word in WORD.finditer(ADDRESS.sub(" ", text)) if not NO_SPACES.search(word.group())]
    letters = sum(map(len, words))
    if len(words) < FEWEST_WORDS:
        if letters > FEWEST_WORDS * OVERLONG:
            raise BadPolicyError(_refusal(max(words, key=len)))
        return
    overlong = [word for word in words if _longest_part(word) >= OVERLONG]
    if letters / len(words) > LONGEST_MEAN or sum(map(len, overlong)) > MOST_OVERLONG * letters:
        raise BadPolicyError(_refusal(max(words, key=_longest_part)))
    single = sum(len(word) == 1 for word in words)
    if len(words) > 5 * FEWEST_WORDS and single > SPACED * len(words):
        raise BadPolicyError(
            "has its letters apart, with a space behind each of them: export the file anew, or paste its text into a .txt file"
        )


def glued_words(text: str) -> list[Span]:
    """Words that are too long to be one, in reading order."""
    addresses = [match.span() for match in ADDRESS.finditer(text)]
    spans = [Span(*match.span()) for match in WORD.finditer(text) if _longest_part(match.group()) >= OVERLONG]
    return [
        span
        for span in spans
        if not NO_SPACES.search(span.of(text)) and not any(start <= span.start < end for start, end in addresses)
    ]


def _longest_part(word: str) -> int:
    return max(map(len, re.split(r"[’'-]", word)))


def _refusal(example: str) -> str:
    return (
        f"has its words glued together, such as “{example[:40]}”: export the file anew with another program, or paste its text"
        " into a .txt file"
    )
