"""Which lines are no text: tables of contents, and links at the end. Pure."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from knowledge.lines import LABEL_VALUE, LONGEST_HEADING, Line

ALIKE = 0.85  # share of matching letters from which a line of the contents and a heading are the same
LENGTHS_APART = 12  # characters by which their lengths may differ
UNMATCHED = 2 * (1 - ALIKE) / (2 - ALIKE)  # the largest share of one's letters that the other may lack, then
BEGINNING = 4  # letters by which a word is known
CLAUSE_ENDS = (".", ";", ":", ",")  # how text ends that repeats only a line in the same words
SHORTEST_CONTENTS = 4  # lines; fewer lines that are repeated further down are no table of contents


def folded_text(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", text.lower()))


def mark_navigation(lines: list[Line]) -> None:
    """Mark tables of contents and footer links: lines that only repeat headings, or link to other pages."""
    later = _LaterRepetitions(lines)
    done = -1
    for seed in range(SHORTEST_CONTENTS - 1, len(lines), SHORTEST_CONTENTS):  # every run that is long enough contains one
        if seed <= done or not later.repeats(seed):
            continue
        first = done = seed
        while first > 0 and later.repeats(first - 1):
            first -= 1
        while done + 1 < len(lines) and later.repeats(done + 1):
            done += 1
        if done - first + 1 >= SHORTEST_CONTENTS and not _led_in(lines, first):
            for index in range(first, done + 1):
                lines[index].role = "navigation"
    for line in lines:
        if re.fullmatch(r"(table of )?contents", folded_text(line.text)):
            line.role = "navigation"
    _mark_footer(lines)


def _mark_footer(lines: Sequence[Line]) -> None:
    """Mark short bullets at the very end that link to the site's other pages."""
    tail = len(lines)
    while (
        tail
        and lines[tail - 1].bullet
        and len(lines[tail - 1].text.split()) <= 4
        and not lines[tail - 1].text.endswith((".", ";"))
    ):
        tail -= 1
    goes_on = tail and (lines[tail - 1].ends_open or lines[tail - 1].bullet)  # the end of a list of something else
    if not goes_on and _all_titles(lines[tail:]):
        for line in lines[tail:]:
            line.role = "navigation"


def _all_titles(lines: Sequence[Line]) -> bool:
    return bool(lines) and all(re.search(r"\b(policy|terms|cookies?|imprint|contact)\b", line.text, re.I) for line in lines)


def _led_in(lines: Sequence[Line], index: int) -> bool:
    """Whether a sentence introduces the line, which then belongs to a list and not to a table of contents."""
    return index > 0 and lines[index - 1].ends_open and "contents" not in lines[index - 1].text.lower()


class _LaterRepetitions:
    """Tells whether a line is repeated further down, as a line of a table of contents is by its heading.

    Long policies have many lines, so equal lines are looked up in a table, and only those that share a rare word and half of what
    they say are compared letter by letter.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._folded = [folded_text(line.text) for line in lines]
        self._known: dict[int, bool] = {}
        self._last: dict[str, int] = {}  # index of a text's last occurrence
        self._using: dict[str, list[str]] = defaultdict(list)  # the beginning of a word → the texts in `heads` that have it
        heads = set[str]()  # texts that could head something
        known_headings = any(line.role == "heading" for line in lines)
        for index, line in enumerate(lines):
            if line.bullet or (known_headings and line.role != "heading"):
                continue
            folded = self._folded[index]
            self._last[folded] = index
            if len(folded) <= LONGEST_HEADING + LENGTHS_APART and not line.text.endswith(CLAUSE_ENDS):
                heads.add(folded)
        for folded in heads:
            for beginning in _beginnings(folded):
                self._using[beginning].append(folded)

    def repeats(self, index: int) -> bool:
        if index not in self._known:
            line = self._lines[index]
            short = len(line.text) <= LONGEST_HEADING and line.role == "text" and not LABEL_VALUE.match(line.text)
            self._known[index] = short and self._again(self._folded[index], index)
        return self._known[index]

    def _again(self, wanted: str, index: int) -> bool:
        if not wanted:
            return False
        if self._last.get(wanted, -1) > index:
            return True
        if len(wanted) <= 15:
            return False
        return any(
            self._last[other] > index and abs(len(other) - len(wanted)) <= LENGTHS_APART and _alike(wanted, other)
            for other in self._with_words_of(wanted)
        )

    def _with_words_of(self, wanted: str) -> Iterator[str]:
        """The texts that have one of its rarest words (of so many that texts which are alike hardly differ in all of them), and
        half of all that it says."""
        own, found, letters = _beginnings(wanted), set[str](), 0
        for beginning in sorted(own, key=lambda one: len(self._using.get(one, ()))):
            found.update(self._using.get(beginning, ()))
            letters += own[beginning]
            if letters > UNMATCHED * len(wanted):
                break
        half = sum(own.values()) / 2
        return (other for other in found if sum(own.get(beginning, 0) for beginning in _beginnings(other)) >= half)


def _beginnings(folded: str) -> dict[str, int]:
    """How its words begin, because "collected" repeats "collection", and how many letters they have."""
    found: dict[str, int] = defaultdict(int)
    for word in folded.split():
        found[word[:BEGINNING]] += len(word)
    return found


def _alike(one: str, other: str) -> bool:
    return difflib.SequenceMatcher(None, one, other).ratio() >= ALIKE
