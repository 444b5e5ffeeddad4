"""Put one thing in the place of another in what was told: "not 14 but 41", "the year is 2018", "should be Oak Road". Pure."""

from __future__ import annotations

import re
from calendar import day_name, month_name
from itertools import pairwise

from rapidfuzz.distance import Hamming
from rapidfuzz.fuzz import ratio

ONE = re.compile(r"<[a-z]+_\d+>|[\w@+](?:[\w@+.'’/-]*[\w@+])?")  # a word, a number or a masked value
TOKEN = re.compile(r"<([a-z]+)_\d+>")
KINDS = ({name.lower() for name in month_name if name}, {name.lower() for name in day_name})  # one may stand for another
DIGIT = re.compile(r"\d")
IS = r"(?:it['’]?s|it\sis|its|is|should\sbe|must\sbe)"
# What is wrong and what is right, in either order.
BOTH = (
    re.compile(rf"\bnot\s+(?P<wrong>.+?),?\s+(?:but|rather|{IS})\s+(?P<right>.+)", re.IGNORECASE),
    re.compile(r"\b(?:from|replace|change|swap)\s+(?P<wrong>.+?)\s+(?:to|into|with|by|for)\s+(?P<right>.+)", re.IGNORECASE),
    re.compile(r"(?P<right>.+?),?\s+(?:and\s+)?(?:not|instead of|rather than)\s+(?P<wrong>.+)", re.IGNORECASE),
)
# The same, but what is called wrong may only be the name of it: "the street is wrong, it should be Oak Road".
MAY_NAME = (
    re.compile(r"(?P<wrong>.+?)\s+(?:should|must|has to|needs to|ought to)\s+(?:be|read|say)\s+(?P<right>.+)", re.IGNORECASE),
    re.compile(rf"(?P<wrong>.+?)\s+(?:is|was)\s+(?:wrong|incorrect|a typo|a mistake)\W+{IS}\s+(?P<right>.+)", re.IGNORECASE),
)
BEGINS = re.compile(
    r"^(?:(?:no|nope|wait|oh|ah|oops|ups|hm+|well|but|and|so|sorry|actually|i mean|yes|ok(?:ay)?)\b[\s,.!-]*)+", re.IGNORECASE
)
ENDS = re.compile(
    r"[\s,.!]+(?:(?:please|pls|plz|sorry|thanks|thank you|instead|rather|actually|now|ok(?:ay)?|of course|my (?:bad|mistake))\b"
    r"[\s,.!]*)+$",
    re.IGNORECASE,
)
# Behind one of these, or behind a sign, stands what is right; the last of them counts.
BEFORE_IT = re.compile(
    r"\b(?:is|are|was|be|says?|reads?|meant?|it['’]?s|its|to|rather|actually|correct(?:ly)?|really|in|at)\b|[,:=]", re.IGNORECASE
)
# Words that say that something was wrong. Without one of them only another spelling takes a word's place: "yes, please open"
# sounds much like "please don't call".
CORRECTS = re.compile(
    r"\b(?:should|must|ought|meant?|actually|really|rather|correct(?:ly)?|right(?:ly)?|wrong|mistake|typo|it['’]?s|it is|its"
    r"|(?:new|proper|real) \w+ (?:is|was))\b",
    re.IGNORECASE,
)
# Something besides, and nothing in its place.
BESIDES = re.compile(r"\b(?:also|another|too|second|as well|plus|besides|more|and (?:my|the|i)|add|or)\b", re.IGNORECASE)
ALIKE = 60  # of a hundred: "Oak Road 14" and "Elm Road 14" are, and so are "2018" and "2019"
SPELT_ALIKE = 85  # "Novak" and "Novaak" are, "please open" and "please dont" are not
MOST_WORDS = 5  # of what is wrong, and of what is right
LONGEST = 14  # words of a message that only puts something right
Place = tuple[int, int]


def put_right(told: str, said: str) -> str | None:
    """What was told, with what a message says is otherwise in its place; None where the message names nothing that stands there
    once."""
    corrects = CORRECTS.search(said) is not None
    said = BEGINS.sub("", ENDS.sub("", said.strip(" .!"))).strip(" .!")
    if len(said.split()) > LONGEST or "?" in said:
        return None
    for pattern in (*BOTH, *MAY_NAME):
        found = pattern.search(said)
        changed = _exchanged(told, found["wrong"], found["right"], surely=pattern in BOTH) if found else None
        if changed is not None:
            return changed
    if BESIDES.search(said):
        return None
    numbers = [word for word in ONE.findall(said) if word.isdigit()]
    alone = _in_place_of_its_like(told, numbers[0]) if len(numbers) == 1 else None
    return alone or _in_place_of_its_like(told, value_in(said), ALIKE if corrects else SPELT_ALIKE)


def value_in(said: str) -> str:
    """What a message says is right: what stands behind "is", "should be" or a sign, or all of a few words; "" if it says none."""
    starts = [found.end() for found in BEFORE_IT.finditer(said)]
    value = said[starts[-1] if starts else 0 :].strip(" .!\"'“”")
    return value if ONE.search(value) and len(value.split()) <= MOST_WORDS else ""


def _exchanged(told: str, wrong: str, right: str, *, surely: bool) -> str | None:
    """told with what is right for what is wrong. surely: what is called wrong is no mere name of it."""
    words, value = ONE.findall(wrong), ONE.findall(value_in(right))
    for length in range(min(len(words), MOST_WORDS), 0, -1):
        for start in range(len(words) - length + 1):
            row = " ".join(words[start : start + length])
            place, new = _once(told, row), " ".join(value[-length:] if length > 1 else value)
            if place is None or not new or not (surely or DIGIT.search(row) or _alike(row, new)):
                continue
            return f"{told[: place[0]]}{new}{told[place[1] :]}"
    return None


def _in_place_of_its_like(told: str, value: str, alike: int = ALIKE) -> str | None:
    """told with a value in the place of the one row of words that is like it."""
    words = len(ONE.findall(value))
    if not words or value.lower() in told.lower():
        return None
    like = [place for place in _rows(told, words) if _alike(told[place[0] : place[1]], value, alike)]
    if len(like) != 1 and not all(first[1] > second[0] for first, second in pairwise(like)):  # rows that overlap are one
        return None
    start, end = max(like, key=lambda place: ratio(told[place[0] : place[1]].lower(), value.lower()), default=(0, 0))
    return f"{told[:start]}{value}{told[end:]}" if end else None


def _once(told: str, wrong: str) -> Place | None:
    """Where something stands in what was told, if it does once: as words, or as some figures of a number."""
    words = len(ONE.findall(wrong))
    places = [place for place in _rows(told, words) if told[place[0] : place[1]].lower() == wrong.lower()]
    if not places and wrong.isdigit():
        plain = TOKEN.sub(lambda token: " " * len(token[0]), told)
        places = [found.span() for found in re.finditer(re.escape(wrong), plain)]
    return places[0] if len(places) == 1 else None


def _rows(text: str, words: int) -> list[Place]:
    """Where every row of so many words stands."""
    found = list(ONE.finditer(text))
    return [(first.start(), last.end()) for first, last in zip(found, found[words - 1 :], strict=False)]


def _alike(one: str, other: str, alike: int = ALIKE) -> bool:
    """Whether one may stand where the other does: two masked values of a kind, figures of which one differs or that are in
    another order, or words of which so many letters are the same."""
    token, second = TOKEN.fullmatch(one), TOKEN.fullmatch(other)
    if token or second:
        return bool(token and second and token[1] == second[1])
    one, other = one.lower(), other.lower()
    if any({one, other} <= kind for kind in KINDS):
        return True
    if DIGIT.search(one) and DIGIT.search(other) and len(one) == len(other) and " " not in one:
        return sorted(one) == sorted(other) or Hamming.distance(one, other) == 1
    return bool(DIGIT.search(one)) == bool(DIGIT.search(other)) and ratio(one, other) >= alike
