"""Hits → quotes that can be understood and cannot mislead. Pure.

Search finds the one sentence that answers. A reader also needs the sentence that this one leans on ("It is deleted then."),
the one that limits it ("However, ..."), and what a list's item begins with. A quote stays what it was: one stretch of the
stored text, word for word.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge.passages import Passage
from knowledge.retrieval import Hit

LONGEST = 700  # characters of a quote that grew; what would be longer stays as it was found

# A sentence that begins so takes back a part of the one before it.
LIMITS = re.compile(
    r"(?:However|But|Nevertheless|Nonetheless|Notwithstanding|That said|Even so|Except|Exceptions?|Unless|"
    r"(?:This|These|It|They)(?: [a-z]+)? (?:do|does|is|are|will|shall|may|can)(?:not| not|n['’]t) "
    r"(?:apply|include|extend|cover|affect|limit|mean|absolute)|The only exceptions?|[^.;:]{3,60}, however,)(?!\w)"
)
# And one that begins so cannot be understood without it.
LEANS = re.compile(
    r"(?:However|But|Nevertheless|Nonetheless|That said|Even so|Otherwise|Therefore|Thus|As a result|Likewise|Similarly|"
    r"(?:In|To|For|With|By|From|After|On|Under) (?:this|that|these|those|such)\b|If so|If not|For (?:example|instance)|"
    r"It(?: also)?|They|Them|This|These|Those|Such|The same|Then|He|She|Both|Neither|Either|Doing so|Its|Their|Here)\b"
)
NUMBER_ALONE = re.compile(r"\s*\d{1,2}(?:\.\d{1,2})*[.)]?\s+")  # before the next paragraph of an outline


@dataclass(frozen=True)
class Version:
    """One policy version as quotes are cut out of it: its stored text, and its passages in reading order."""

    text: str
    passages: tuple[Passage, ...]

    @classmethod
    def of(cls, text: str, passages: Sequence[Passage]) -> Version:
        """Whole lists are left out of the passages: they overlap the others."""
        return cls(text, tuple(passage for passage in passages if passage.kind != "list"))

    def before(self, start: int) -> Passage | None:
        """The last passage that ends there or earlier."""
        index = bisect_left(self.passages, start, key=lambda one: one.start)
        return self.passages[index - 1] if index and self.passages[index - 1].end <= start else None

    def after(self, end: int) -> Passage | None:
        """The first passage that begins there or later."""
        index = bisect_left(self.passages, end, key=lambda one: one.start)
        return self.passages[index] if index < len(self.passages) else None

    def resized(self, passage: Passage, start: int, end: int) -> Passage:
        """The passage from another start, or to another end."""
        return replace(passage, start=start, end=end, text=self.text[start:end])


def quotes_of(hits: Sequence[Hit], version: Version, most: int) -> tuple[Hit, ...]:
    """At most `most` quotes of the hits, best first, none overlapping; a broken-off lead-in only where nothing else was found."""
    candidates = [hit for index, hit in enumerate(hits) if not index or not hit.passage.text.endswith(":")]
    quotes: list[Hit] = []
    for hit in candidates:
        grown = replace(hit, passage=understood(hit.passage, version))
        if any(grown.overlaps(other) for other in quotes):
            grown = hit  # what it would have grown by is quoted already
        if not any(grown.overlaps(other) for other in quotes):
            quotes.append(grown)
        if len(quotes) == most:
            break
    return tuple(quotes)


def understood(passage: Passage, version: Version) -> Passage:
    """The passage with what it leans on before it and with what limits it behind it, as far as that is no longer than a quote."""
    start, end = passage.start, passage.end
    before, after = version.before(start), version.after(end)
    if before is not None and passage.kind != "list" and _leans(passage, before, version):
        start = before.start
        if passage.kind == "item":
            start = _first_of_item(before, version)
    if end - start > LONGEST:
        start = passage.start
    if after is not None and LIMITS.match(after.text) and _goes_on(passage, after, version) and after.end - start <= LONGEST:
        end = after.end
    return version.resized(passage, start, end)


def _leans(passage: Passage, before: Passage, version: Version) -> bool:
    if before.section != passage.section or before.kind != passage.kind or before.text.endswith(":"):
        return False
    together = _together(before, passage, version)
    return together if passage.kind == "item" else together and bool(LEANS.match(passage.text))


def _together(before: Passage, passage: Passage, version: Version) -> bool:
    """Whether two passages stand in one paragraph, or in one item of a list."""
    gap = version.text[before.end : passage.start]
    return not gap.strip() and ("\n" not in gap if passage.kind == "item" else gap.count("\n") < 2)


def _first_of_item(passage: Passage, version: Version) -> int:
    while (before := version.before(passage.start)) is not None and _leans(passage, before, version):
        passage = before
    return passage.start


def _goes_on(passage: Passage, after: Passage, version: Version) -> bool:
    """Whether nothing but white space, or the number of an untitled paragraph, lies between the two."""
    gap = version.text[passage.end : after.start]
    if after.section == passage.section:
        return not gap.strip()
    above, _, last = after.section.rpartition(" › ")
    untitled = last.replace(".", "").isdigit()  # "9.3", a number without a title
    return untitled and passage.section.startswith(above) and bool(NUMBER_ALONE.fullmatch(gap))
