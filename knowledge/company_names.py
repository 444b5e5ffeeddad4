"""Companies' names → which company a word or two mean. Looking one up costs the same among five companies and ten thousand.

What is looked up by is kept as sorted numbers, not as texts: of ten thousand companies four megabytes instead of a hundred and
fifty. Whether a name is really meant is read in the company itself. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

import numpy as np

from knowledge.companies import Company

LONG_NAME = 6  # letters; one wrong letter is forgiven in names of at least this length
WORD = re.compile(r"\w+")
Written = tuple[str, ...]  # words as `plain` makes them


class _Lookup:
    """Some keys → the numbers of the companies that have them, or that have another key of the same hash."""

    def __init__(self, hashes: array[int], numbers: array[int]) -> None:
        """hashes: of each key. numbers: of its company, in ascending order for equal keys."""
        order = np.argsort(np.frombuffer(hashes, dtype=np.int64), kind="stable")
        self._hashes = array("q", np.frombuffer(hashes, dtype=np.int64)[order].tobytes())
        self._numbers = array("i", np.frombuffer(numbers, dtype=np.int32)[order].tobytes())

    def of(self, key: str) -> array[int]:
        """Of a key, in ascending order."""
        wanted = hash(key)
        start = bisect_left(self._hashes, wanted)  # ten times as fast as NumPy's for a single number
        return self._numbers[start : bisect_right(self._hashes, wanted, start)]


class CompanyNames:
    """All names of some companies."""

    def __init__(self, companies: Mapping[str, Company]) -> None:
        self.companies = companies
        self._ids = list(companies)

    @cached_property
    def _exact(self) -> tuple[_Lookup, int]:
        """By a name's words, and how many words the longest name has."""
        longest = 0

        def keys(company: Company) -> Iterator[str]:
            nonlocal longest
            for words in names_in_words(company):
                longest = max(longest, len(words))
                yield " ".join(words)

        return self._by(keys), longest

    @cached_property
    def _near(self) -> _Lookup:
        """By a name as one word, without one of its letters."""
        return self._by(lambda company: (key for name in joined_names(company) for key in without_one_letter(name)))

    def _by(self, keys: Callable[[Company], Iterator[str]]) -> _Lookup:
        hashes, numbers = array("q"), array("i")
        for number, company in enumerate(self.companies.values()):
            for key in keys(company):
                hashes.append(hash(key))
                numbers.append(number)
        return _Lookup(hashes, numbers)

    @property
    def longest(self) -> int:
        """How many words the longest name has."""
        return self._exact[1]

    def company(self, written: Written) -> str | None:
        """The company with this name, or the one whose name, written as one word, differs from it in one letter.

        None if there is none, or if there are two such companies. "clever tape" is two words and means no company; "clevertaps"
        may be a plural and is not guessed at either.
        """
        if (known := self._named(written)) or len(written) > 1:
            return known
        (word,) = written
        numbers = {number for key in without_one_letter(word) for number in self._near.of(key)}
        near = {self._ids[number] for number in numbers if any(_means(word, name) for name in joined_names(self._at(number)))}
        return near.pop() if len(near) == 1 else None

    def written_in(self, text: str) -> frozenset[str]:
        """All names of the companies that a text calls by one of them, letter by letter."""
        words = WORD.findall(plain(text))
        found = {
            company for start in range(len(words)) for length in range(1, min(self.longest, len(words) - start) + 1)
            if (company := self._named(tuple(words[start : start + length])))
        }  # fmt: skip
        return frozenset(name for company in found for name in names_of_one(self.companies[company]))

    def _named(self, written: Written) -> str | None:
        numbers = self._exact[0].of(" ".join(written))
        return next((self._ids[number] for number in numbers if written in names_in_words(self._at(number))), None)

    def _at(self, number: int) -> Company:
        return self.companies[self._ids[number]]


def plain(text: str) -> str:
    """The text without case and accents."""
    low = text.casefold()
    if low.isascii():
        return low
    return "".join(letter for letter in unicodedata.normalize("NFKD", low) if not unicodedata.combining(letter))


def names_of_one(company: Company) -> tuple[str, ...]:
    """What a company is called."""
    return company.name, company.id, *company.aliases


def names_in_words(company: Company) -> list[Written]:
    """Its names, each as its words."""
    return [tuple(WORD.findall(plain(name))) for name in names_of_one(company)]


def joined_names(company: Company) -> list[str]:
    """Those of its names, each as one word, in which a wrong letter is forgiven."""
    joined = ("".join(words) for words in names_in_words(company))
    return [name for name in joined if len(name) >= LONG_NAME]


def _means(word: str, name: str) -> bool:
    return word != f"{name}s" and within_one_letter(word, name)


def without_one_letter(word: str) -> set[str]:
    """The word, and what is left of it without each of its letters: words that differ in one letter share one of these."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def names_of(companies: Mapping[str, Company]) -> CompanyNames:
    """The names of these companies; made once for as long as the same companies are served."""
    known = _LAST[0] if _LAST else None
    if known is None or known.companies is not companies:
        _LAST[:] = [known := CompanyNames(companies)]
    return known


_LAST: list[CompanyNames] = []  # of the companies asked for last: what is served is the same object until it is another


def within_one_letter(one: str, other: str) -> bool:
    """Whether inserting, deleting, replacing or swapping one letter makes the words equal (Damerau, 1964); equal words count."""
    if one == other:
        return True
    shorter, longer = sorted((one, other), key=len)
    if len(longer) - len(shorter) > 1:
        return False
    start = next((index for index, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    if len(shorter) != len(longer):
        return shorter[start:] == longer[start + 1 :]
    swapped = shorter[start + 1 : start + 2] + shorter[start : start + 1] + shorter[start + 2 :]
    return shorter[start + 1 :] == longer[start + 1 :] or swapped == longer[start:]
