"""Hits → quotes that can be understood and do not mislead. Pure.

Search finds the sentence that answers. A reader also needs the sentence that it refers back to ("It is deleted then."), the
one that limits it ("However, ..."), and the beginning of a list item. A quote is always one contiguous part of the stored
text, word for word.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge.passages import Passage
from knowledge.retrieval import Hit

LONGEST = 700  # characters of an extended quote; one that would be longer is not extended

# A sentence that begins like this limits the one before it.
LIMITS = re.compile(
    r"(?:However|But|Nevertheless|Nonetheless|Notwithstanding|That said|Even so|Except|Exceptions?|Unless|"
    r"(?:This|These|It|They)(?: [a-z]+)? (?:do|does|is|are|will|shall|may|can)(?:not| not|n['’]t) "
    r"(?:apply|include|extend|cover|affect|limit|mean|absolute)|The only exceptions?|[^.;:]{3,60}, however,)(?!\w)"
)
# A sentence that begins like this cannot be understood without the one before it.
REFERS_BACK = re.compile(
    r"(?:However|But|Nevertheless|Nonetheless|That said|Even so|Otherwise|Therefore|Thus|As a result|Likewise|Similarly|"
    r"(?:In|To|For|With|By|From|After|On|Under|Of|If|When|Where|Once|All|Any|Some|Most|Each|None|Many)(?: of)? "
    r"(?:this|that|these|those|such|them)\b|If so|If not|(?:To|By) do(?:ing)? (?:so|this|that)|For (?:example|instance)|"
    r"As (?:an?|another|a further) (?:example|illustration)|"
    r"It(?: also)?|They|Them|This|These|Those|Such|The same|Then|He|She|Both|Neither|Either|Doing so|Its|Their|Here)\b"
)
NUMBER_ALONE = re.compile(r"\s*\d{1,2}(?:\.\d{1,2})*[.)]?\s+")  # before the next paragraph of an outline


@dataclass(frozen=True)
class Version:
    """One policy version to quote from: its stored text, and its passages in reading order."""

    text: str
    passages: tuple[Passage, ...]

    @classmethod
    def of(cls, text: str, passages: Sequence[Passage]) -> Version:
        """Make it from the passages in reading order; whole lists are left out, because they overlap their items."""
        return cls(text, tuple(passage for passage in passages if passage.kind != "list"))

    def before(self, start: int) -> Passage | None:
        """The last passage that ends at `start` or earlier; None if there is none."""
        index = bisect_left(self.passages, start, key=lambda one: one.start)
        return self.passages[index - 1] if index and self.passages[index - 1].end <= start else None

    def after(self, end: int) -> Passage | None:
        """The first passage that begins at `end` or later; None if there is none."""
        index = bisect_left(self.passages, end, key=lambda one: one.start)
        return self.passages[index] if index < len(self.passages) else None

    def resized(self, passage: Passage, start: int, end: int) -> Passage:
        """The passage with another start and end."""
        return replace(passage, start=start, end=end, text=self.text[start:end])


def quotes_of(hits: Sequence[Hit], version: Version, most: int) -> tuple[Hit, ...]:
    """At most `most` quotes, best first, none overlapping; a lead-in without its list only if it is the best hit."""
    candidates = [hit for index, hit in enumerate(hits) if not index or not hit.passage.text.endswith(":")]
    quotes: list[Hit] = []
    for hit in candidates:
        quote = replace(hit, passage=extended(hit.passage, version))
        if any(quote.overlaps(other) for other in quotes):
            quote = hit  # the text it would be extended by is quoted already
        if not any(quote.overlaps(other) for other in quotes):
            quotes.append(quote)
        if len(quotes) == most:
            break
    return tuple(quotes)


def extended(passage: Passage, version: Version) -> Passage:
    """The passage extended by what it refers back to and by what limits it, up to LONGEST characters."""
    start, end = passage.start, passage.end
    before, after = version.before(start), version.after(end)
    if before is not None and passage.kind != "list" and _needs_previous(passage, before, version):
        start = before.start
        if passage.kind == "item":
            start = _first_of_item(before, version)
    if end - start > LONGEST:
        start = passage.start
    if (
        after is not None
        and LIMITS.match(after.text)
        and _directly_follows(passage, after, version)
        and after.end - start <= LONGEST
    ):
        end = after.end
    return version.resized(passage, start, end)


def _needs_previous(passage: Passage, before: Passage, version: Version) -> bool:
    if before.section != passage.section or before.kind != passage.kind or before.text.endswith(":"):
        return False
    same = _same_paragraph(before, passage, version)
    return same if passage.kind == "item" else same and bool(REFERS_BACK.match(passage.text))


def _same_paragraph(before: Passage, passage: Passage, version: Version) -> bool:
    """Whether two passages stand in one paragraph, or in one item of a list."""
    gap = version.text[before.end : passage.start]
    return not gap.strip() and ("\n" not in gap if passage.kind == "item" else gap.count("\n") < 2)


def _first_of_item(passage: Passage, version: Version) -> int:
    while (before := version.before(passage.start)) is not None and _needs_previous(passage, before, version):
        passage = before
    return passage.start


def _directly_follows(passage: Passage, after: Passage, version: Version) -> bool:
    """Whether only white space, or the number of an untitled paragraph, lies between the two."""
    gap = version.text[passage.end : after.start]
    if after.section == passage.section:
        return not gap.strip()
    above, _, last = after.section.rpartition(" › ")
    untitled = last.replace(".", "").isdigit()  # "9.3", a number without a title
    return untitled and passage.section.startswith(above) and bool(NUMBER_ALONE.fullmatch(gap))
