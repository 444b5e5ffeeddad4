"""Whether the words of a text are apart: some files hold letters without the spaces between words. Pure.

The measure is the mean length of words. English texts have 4.5 to 5.5 letters a word, legal German 6 to 7, Finnish 8; a text
without spaces has far more. Addresses of pages and people are not counted. Scripts that set no spaces (Chinese, Thai) are not
judged here: they are refused as a language that Candor does not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from candor.errors import BadPolicyError
from knowledge.lines import Span

LONGEST_MEAN = 12.0  # letters a word
LONGEST_TOKEN = 2_000  # characters without any white space; an address of a page has up to a few hundred
LOOKED_AT = 300_000  # characters; a file does not change its ways after a hundred pages
FEWEST_WORDS = 4  # to judge a text
OVERLONG = 26  # letters from which a word may be several; English words have up to 20, German ones rarely more than 25
SURELY_GLUED = 37  # letters; the longest compounds of German law have 36
MOST_GLUED = 0.1  # share of all letters that may stand in words that are surely glued
SPACED = 0.6  # share of words of one letter from which letters are spaced apart; English has 0.03
WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
TOKEN = re.compile(r"\S+")
ADDRESS_SIGNS = ("@", "://", "www.", ".com", "/")
NO_SPACES = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def check_spacing(text: str) -> None:
    """Raises: BadPolicyError without the file's name if the words of a text are glued together, or its letters are apart."""
    if longest := next((token for token in TOKEN.finditer(text) if token.end() - token.start() > LONGEST_TOKEN), None):
        raise BadPolicyError(_refusal(longest.group()))
    words = [span.of(text) for span in _words(text[:LOOKED_AT])]
    letters = sum(map(len, words))
    if len(words) < FEWEST_WORDS:
        if letters > FEWEST_WORDS * OVERLONG:
            raise BadPolicyError(_refusal(max(words, key=len)))
        return
    glued = [word for word in words if _longest_part(word) >= SURELY_GLUED]
    if letters / len(words) > LONGEST_MEAN or sum(map(len, glued)) > MOST_GLUED * letters:
        raise BadPolicyError(_refusal(max(words, key=_longest_part)))
    single = sum(len(word) == 1 for word in words)
    if len(words) > 5 * FEWEST_WORDS and single > SPACED * len(words):
        raise BadPolicyError(
            "has its letters apart, with a space behind each of them: export the file anew, or paste its text into a .txt file"
        )


def glued_words(text: str) -> list[Span]:
    """Words that are too long to be one, in reading order."""
    return [span for span in _words(text) if _longest_part(span.of(text)) >= OVERLONG]


def _words(text: str) -> Iterator[Span]:
    """The words of a text, without addresses and without scripts that set no spaces."""
    for token in TOKEN.finditer(text):
        if any(sign in token.group() for sign in ADDRESS_SIGNS):
            continue
        for word in WORD.finditer(token.group()):
            if not NO_SPACES.search(word.group()):
                yield Span(token.start() + word.start(), token.start() + word.end())


def _longest_part(word: str) -> int:
    return max(map(len, re.split(r"[’'-]", word)))


def _refusal(example: str) -> str:
    return (
        f"has its words glued together, such as “{example[:40]}”: export the file anew with another program, or paste its text"
        " into a .txt file"
    )
