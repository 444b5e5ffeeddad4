"""Find the place that a misspelt name stands for. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from candor.tickets.law.place_names import country_names, english_names, inner_names

LONGEST_NAME = 40
_Target = tuple[str, int, tuple[str, ...]]  # a name, its letters, its codes


def near_places(name: str, *, most: int, cities: bool, foreign: bool = True) -> tuple[int, tuple[str, ...]]:
    """How many edits away the nearest names are, at most `most`, and the codes that these stand for, sorted; () if none is near.

    An edit: one letter missing, too many, another, or two swapped. cities: look at these too, for one edit.
    foreign: at the names of countries in other languages too.
    """
    if not 4 <= len(name) <= LONGEST_NAME:
        return 0, ()
    letters = _mask(name)
    found: tuple[int, tuple[str, ...]] = (0, ())
    for targets in (_english(), _foreign()) if foreign else (_english(),):
        nearest, codes = _nearest(name, letters, targets, most=found[0] - 1 if found[1] else most)
        if codes:  # a foreign name only if it is nearer than any English one
            found = nearest, codes
    return found if found[1] or not cities else _nearest(name, letters, _cities(), most=1)


def is_alone(name: str, codes: Sequence[str], *, within: int) -> bool:
    """Whether no English name of another place than these lies within so many edits: "austrla" is near to two."""
    letters = _mask(name)
    return not any(
        not set(of) <= set(codes)
        and abs(len(place) - len(name)) <= within
        and (letters ^ place_letters).bit_count() <= 2 * within
        and edit_distance(name, place, most=within) <= within
        for place, place_letters, of in _english()
    )


def _nearest(name: str, letters: int, targets: Sequence[_Target], *, most: int) -> tuple[int, tuple[str, ...]]:
    nearest, codes = most + 1, set[str]()
    for place, place_letters, place_codes in targets:
        if abs(len(place) - len(name)) > min(most, nearest) or (letters ^ place_letters).bit_count() > 2 * most:
            continue
        edits = edit_distance(name, place, most=min(most, nearest))
        if edits < nearest:
            nearest, codes = edits, set(place_codes)
        elif edits == nearest <= most:
            codes |= set(place_codes)
    return nearest, tuple(sorted(codes))


def edit_distance(one: str, other: str, *, most: int) -> int:
    """The distance of Damerau and Levenshtein, each pair of letters swapped at most once; `most` + 1 if it is larger."""
    before, last = list[int](), list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        now = [i]
        for j, against in enumerate(other, 1):
            cost = min(last[j] + 1, now[j - 1] + 1, last[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, before[j - 2] + 1)
            now.append(cost)
        if min(now) > most:
            return most + 1
        before, last = last, now
    return min(last[-1], most + 1)


@cache
def _english() -> tuple[_Target, ...]:
    return _targets(english_names(), shortest=4)


@cache
def _foreign() -> tuple[_Target, ...]:
    return _targets({name: codes for name, codes in country_names().items() if name not in english_names()}, shortest=4)


@cache
def _cities() -> tuple[_Target, ...]:
    return _targets({name: codes for name, codes in inner_names().items() if len(codes) == 1}, shortest=6)


def _targets(names: dict[str, tuple[str, ...]], *, shortest: int) -> tuple[_Target, ...]:
    """The names in Latin letters."""
    return tuple((name, _mask(name), codes) for name, codes in names.items() if name.isascii() and len(name) >= shortest)


def _mask(name: str) -> int:
    """The letters of a name as bits."""
    mask = 0
    for letter in name:
        mask |= 1 << (ord(letter) % 32)
    return mask
