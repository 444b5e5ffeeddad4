"""Read yes, no, later, stop, nothing to add, "I don't know" and "why?" in the many words people use. Pure.

Rules decide only where they are sure: when phrases of one meaning cover every word of the message. Anything else is UNCLEAR, and
whoever called decides with a model, or asks. A yes with a condition is no yes, and "no problem" is no no.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import yaml

from candor.typed.folding import fold


class ShortAnswer(StrEnum):
    """What a short message means, whatever had been asked."""

    YES = "yes"
    NO = "no"  # also to "do you want to add anything?"
    LATER = "later"  # not now, or wait
    STOP = "stop"  # what was begun is not wanted any more, or not at all
    NOTHING = "nothing"  # nothing to add; skip
    DONT_KNOW = "dont_know"  # also: does not understand
    RATHER_NOT = "rather_not"  # will not say
    WHY = "why"
    WRONG = "wrong"  # something that was said or understood is wrong
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class TypedCorrection:
    """ "What I told you is wrong: …". named: which answers it names (email, residence, details). rest: what else it says."""

    named: tuple[str, ...]
    rest: str


MOST_WORDS = 24
LONGEST_WORD = 20
LONGEST = MOST_WORDS * (LONGEST_WORD + 1)  # letters
NOT_STOP = re.compile(  # "don't stop", "i do not want to cancel": each half alone would mean the opposite
    r"\b(?:dont|do not|never|wont|will not|not|no need)(?: (?:want|wish|to|please|you|ever|going|have|need))* "
    r"(?:stop|cancel|abort|quit|exit|end|drop|scrap|wait|pause|hold|skip|pass|leave|forget|change|hesitate)\b"
)
COLOURS = re.compile("[\U0001f3fb-\U0001f3ff\u2640\u2642]")  # the skin and the sex of a picture
OPENS = "ok"
FILLER = "filler"
# What two meanings beside each other mean together. Where none is given, the message is unclear.
TOGETHER = {
    frozenset({ShortAnswer.NO, ShortAnswer.STOP}): ShortAnswer.STOP,
    frozenset({ShortAnswer.NO, ShortAnswer.LATER}): ShortAnswer.LATER,
    frozenset({ShortAnswer.NO, ShortAnswer.NOTHING}): ShortAnswer.NOTHING,
    frozenset({ShortAnswer.NO, ShortAnswer.RATHER_NOT}): ShortAnswer.RATHER_NOT,
    frozenset({ShortAnswer.NO, ShortAnswer.WRONG}): ShortAnswer.WRONG,
    frozenset({ShortAnswer.LATER, ShortAnswer.WRONG}): ShortAnswer.WRONG,  # "wait, that's wrong"
    frozenset({ShortAnswer.NO, ShortAnswer.LATER, ShortAnswer.WRONG}): ShortAnswer.WRONG,
    frozenset({ShortAnswer.STOP, ShortAnswer.LATER}): ShortAnswer.STOP,
    frozenset({ShortAnswer.NO, ShortAnswer.STOP, ShortAnswer.LATER}): ShortAnswer.STOP,
    frozenset({ShortAnswer.NO, ShortAnswer.STOP, ShortAnswer.NOTHING}): ShortAnswer.STOP,
    frozenset({ShortAnswer.YES, ShortAnswer.LATER}): ShortAnswer.LATER,  # "yes but wait", "sure, later"
    frozenset({ShortAnswer.YES, ShortAnswer.STOP}): ShortAnswer.STOP,
    frozenset({ShortAnswer.DONT_KNOW, ShortAnswer.LATER}): ShortAnswer.LATER,
    frozenset({ShortAnswer.DONT_KNOW, ShortAnswer.NO}): ShortAnswer.DONT_KNOW,
    frozenset({ShortAnswer.RATHER_NOT, ShortAnswer.NOTHING}): ShortAnswer.RATHER_NOT,
    frozenset({ShortAnswer.RATHER_NOT, ShortAnswer.WHY}): ShortAnswer.WHY,
    frozenset({ShortAnswer.NO, ShortAnswer.WHY}): ShortAnswer.WHY,
}
NAMED = {
    "email": re.compile(r"\b(?:e-?mails?|mail|address|mailbox|inbox)\b"),
    "residence": re.compile(r"\b(?:country|state|residence|where i live|place|location|where i am)\b"),
    "details": re.compile(r"\b(?:details?|text|notes?|what i (?:wrote|added)|last (?:message|part))\b"),
}
RIGHT_ONE = re.compile(r"^(?:it['’]?s|it is|is|to|the right one is|use)\s+", re.IGNORECASE)
FIELD = r"(?:e-?mail|mail|address|country|state|place|details?|name|number|one)"
BAD = r"(?:wrong|incorrect|false|mistyped|misspelled|misspelt|outdated|old|a typo|a mistake|a lie)"
GOOD = r"(?:right|correct|true)"
BE = r"(?:s| is| was| isnt| wasnt)"
OPENING = (
    r"(?:(?:no|nope|wait|oh|ah|sorry|hm+|actually|oops|ups|whoops|hold on|hang on|but|and|well|my bad|um+|uh+|ok|okay|please)"
    r"\b[\s,.!;:-]*)*"
)
CORRECTS = re.compile(
    rf"^{OPENING}(?:"
    r"what (?:i|we) (?:told|gave|wrote|said|typed|sent|entered)(?: (?:you|before|earlier|about \w+))*"
    rf"{BE}(?: all)?(?: not)? (?:{BAD}|{GOOD})"
    rf"|(?:i|we)(?: have|ve)?(?: just)? (?:mistyped|misspel(?:led|t)|miswrote|misspoke|messed up)(?: (?:it|that|my|the|{FIELD}))*"
    rf"|i(?: have|ve)? (?:made|did) an? (?:\w+ )?(?:mistake|typo|error|slip)(?: (?:in|with) (?:my|the|it)(?: {FIELD})*)?"
    r"|(?:i (?:gave|told|sent|wrote|typed|entered|put|said) (?:you )?(?:the |a |my )?)?"
    rf"wrong {FIELD}(?: (?:i (?:gave|told)(?: you)?|address))?"
    rf"|(?:that|this|it|the \w+|my \w+)(?: i (?:gave|told|wrote)(?: you)?)?{BE}(?: not)?(?: the)? (?:{BAD}|{GOOD})(?: {FIELD})?"
    r"|i (?:meant|mean|wanted to (?:say|write|type))(?: to (?:say|write|type|put))?"
    r"|typo|correction|my mistake|it (?:should|must) (?:be|say|read)|should (?:be|say|read)"
    rf"|(?:change|correct|fix|update|edit) (?:it|that|this|the|my|something)(?: {FIELD})*(?: to)?"
    r")\b[\s,.;:!-]*"
)


def read_short_answer(text: str) -> ShortAnswer:
    """The meaning of a short message, where its words leave no doubt."""
    if len(text) > LONGEST:  # looking up each word of a letter would take as long as masking it
        return ShortAnswer.UNCLEAR
    words = _words(text)
    if not words or len(words) > MOST_WORDS:
        return ShortAnswer.UNCLEAR
    if NOT_STOP.search(" ".join(words)):
        return ShortAnswer.UNCLEAR
    kinds = _tiled(words)
    if kinds is None:
        correction = read_correction(text)
        return ShortAnswer.WRONG if correction and not correction.rest else ShortAnswer.UNCLEAR
    meant = frozenset(ShortAnswer(kind) for kind in kinds if kind not in {OPENS, FILLER})
    asks = "?" in fold(text).text
    if not meant:
        return ShortAnswer.YES if OPENS in kinds and not asks else ShortAnswer.UNCLEAR
    answer = next(iter(meant)) if len(meant) == 1 else TOGETHER.get(meant, ShortAnswer.UNCLEAR)
    doubtful = asks and answer not in {ShortAnswer.WHY, ShortAnswer.DONT_KNOW, ShortAnswer.RATHER_NOT}
    return ShortAnswer.UNCLEAR if doubtful and words[-2:] != ["why", "not"] else answer


def read_correction(text: str) -> TypedCorrection | None:
    """What is corrected, if the message says that an earlier answer is wrong; None if it does not."""
    folded = fold(text)
    plain, places = _without_apostrophes(folded.text)
    match = CORRECTS.match(plain)
    if match is None:
        return None
    named = tuple(slot for slot, words in NAMED.items() if words.search(plain))
    start = folded.starts[places[match.end()]] if match.end() < len(places) else len(text)
    return TypedCorrection(named, RIGHT_ONE.sub("", text[start:].strip()))


def _without_apostrophes(text: str) -> tuple[str, list[int]]:
    kept = [place for place, letter in enumerate(text) if letter != "'"]
    return "".join(text[place].lower()[:1] or " " for place in kept), kept


def _words(text: str) -> list[str]:
    """The words of a message in lower case, without accents, apostrophes and signs; a picture is a word of its own."""
    plain = _bare(fold(text).text)
    return [
        _known(word)
        for word in re.findall(r"(?:[^\W_]|[\u0900-\u0dff])+|[^\w\s!-/:-@\[-`{-~]", plain.replace("'", "").replace("_", " "))
    ]


def _bare(text: str) -> str:
    """In lower case, without the accents of European scripts and without what only colours a picture."""
    if text.isascii():  # has neither: most of the table's fifty thousand phrases, which are read at the start
        return text.casefold()
    apart = unicodedata.normalize("NFKD", text.casefold())
    kept = (letter for letter in apart if not (unicodedata.combining(letter) and letter < "\u0900") and not COLOURS.match(letter))
    return unicodedata.normalize("NFC", "".join(kept))


def _known(word: str) -> str:
    """The word, or the one that it is a misspelling of: "yesss", "cancle", "nothign". No word becomes a yes by a guess."""
    vocabulary = _vocabulary()
    if word in vocabulary or len(word) > LONGEST_WORD:
        return word
    for shorter in (re.sub(r"(.)\1{2,}", r"\1\1", word), re.sub(r"(.)\1+", r"\1", word)):
        if shorter in vocabulary:
            return shorter
    if not 4 <= len(word) <= LONGEST_WORD or not word.isascii():
        return word
    meant = {near for near in _one_edit_away(word) if near in vocabulary and len(near) >= 4} - _yes_words()
    return meant.pop() if len(meant) == 1 else word


def _one_edit_away(word: str) -> set[str]:
    """Two letters swapped, one missing, or one too many; in long words also one other letter."""
    cuts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    letters = "abcdefghijklmnopqrstuvwxyz"
    near = {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    near |= {a + b[1:] for a, b in cuts if b} | {a + letter + b for a, b in cuts for letter in letters}
    if len(word) >= 6:
        near |= {a + letter + b[1:] for a, b in cuts if b for letter in letters}
    return near


def _tiled(words: list[str]) -> frozenset[str] | None:
    """The meanings of the fewest phrases that cover all words; None if no phrases do."""
    phrases, longest = _phrases()
    best: list[tuple[int, frozenset[str]] | None] = [(0, frozenset())] + [None] * len(words)
    for end in range(1, len(words) + 1):
        for start in range(max(0, end - longest), end):
            before, kind = best[start], phrases.get(" ".join(words[start:end]))
            if before is None or kind is None:
                continue
            here = best[end]
            if here is None or before[0] + 1 < here[0]:
                best[end] = (before[0] + 1, before[1] | {kind})
    last = best[-1]
    return last[1] if last else None


@cache
def _phrases() -> tuple[dict[str, str], int]:
    """Each phrase with its meaning, and the words of the longest. A phrase of two meanings has the one that stands later."""
    table = yaml.safe_load((Path(__file__).parent / "short_answers.yml").read_text(encoding="utf-8"))
    phrases = {_bare(phrase): kind for kind, lines in table.items() for line in lines for phrase in _spelt_out(str(line))}
    phrases.pop("", None)
    return phrases, max(len(phrase.split()) for phrase in phrases)


def _spelt_out(line: str) -> list[str]:
    """Every phrase that a line of the table stands for."""
    choices = []
    for part in re.findall(r"\[[^\]]*\]|\S+", line):
        options = part.strip("[]").split("|")
        choices.append([*options, ""] if part.startswith("[") else options)
    return [" ".join(" ".join(words).replace("_", " ").split()) for words in itertools.product(*choices)]


@cache
def _vocabulary() -> frozenset[str]:
    return frozenset(word for phrase in _phrases()[0] for word in phrase.split())


@cache
def _yes_words() -> frozenset[str]:
    return frozenset(word for phrase, kind in _phrases()[0].items() if kind in {"yes", OPENS} for word in phrase.split())
