"""What a message that leans on the answer before it is looked for with: that answer's question and its quotes. Pure.

Read with the question before, "they must protect too?" comes near to that question's own answer; read alone, near to anything.
The sum of both brings up what the policy says of the one in view of the other, most often a sentence beside the quote.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.naming import share_named, things_in
from knowledge.passages import Passage

# In scores of the ranker, which lie from about -7 to 5.
ALONE = 0.35  # the share that the message read alone has in the sum
NEARBY = 0.5  # more for what stands in the section of a quote
NAMED = 1.0  # more for what names all that the message names
SHOWN = 1.5  # less for a quote itself, unless it names that
LACKING = 4.0  # less for what does not give the one thing that is asked for
# What takes something back from what a policy has just said.
LIMITING = re.compile(
    r"\b(?:however|although|cannot|guarantee|unless|except|subject to|where (?:applicable|required)"
    r"|may (?:permit|require|be limited|deny|limit|retain))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Quoted:
    """What was shown of a policy version: [start, end) are offsets into its text."""

    version: str
    start: int
    end: int

    def holds(self, passage: Passage) -> bool:
        """Whether a passage lies in it."""
        return self.version == passage.version and self.start <= passage.start and passage.end <= self.end

    def overlaps(self, passage: Passage) -> bool:
        """Whether a passage shares characters with it."""
        return self.version == passage.version and self.start < passage.end and passage.start < self.end


@dataclass(frozen=True)
class Leaning:
    """A message, and the quotes that it leans on."""

    message: str
    quoted: tuple[Quoted, ...]
    wanted: re.Pattern[str] | None = None  # what a passage must have in it to answer, if the message asks for that alone

    def blended(self, passages: Sequence[Passage], together: np.ndarray, alone: np.ndarray) -> np.ndarray:
        """A score for each passage (n,), from those that it has for the message with the question before it, and for it alone."""
        shown = [any(quote.overlaps(passage) for quote in self.quoted) for passage in passages]
        sections = {passage.section for passage, is_shown in zip(passages, shown, strict=True) if is_shown}
        things = things_in(self.message)
        named = np.array([share_named(things, passage) for passage in passages])
        nearby = np.array([passage.section in sections for passage in passages])
        scores = together + ALONE * alone + NEARBY * nearby + NAMED * named - SHOWN * np.array(shown) * (named < 1)
        return scores - LACKING * np.array([not self.is_given_by(passage) for passage in passages])

    def is_given_by(self, passage: Passage) -> bool:
        """Whether a passage gives the one thing that is wanted, if one is."""
        return self.wanted is None or self.wanted.search(f"{passage.lead_in} {passage.text}") is not None


def part_named(leaning: Leaning, found: Sequence[Passage], passages: Sequence[Passage]) -> Passage | None:
    """What is quoted again: the passage of the quotes that comes nearest; of a list the item that names what the message does."""
    best = next((one for one in found if any(quote.overlaps(one) for quote in leaning.quoted)), None)
    shown = [one for one in passages if any(quote.holds(one) for quote in leaning.quoted)]
    things = things_in(leaning.message)
    naming = [one for one in shown if share_named(things, one) == 1]
    if len(naming) == 1 and (best is None or best.kind == "list"):  # what stands above a list is said of all its items
        return naming[0]
    return best or next(iter(shown), None)


def limits_of(quote: Passage, passages: Sequence[Passage]) -> list[Passage]:
    """What the policy says right after a passage, or elsewhere in its section, that takes something back from it."""
    after = (one for one in passages if one.start >= quote.end and f"{one.section} › ".startswith(f"{quote.section} › "))
    return [one for one in after if LIMITING.search(one.text)][:1]


def either(*chances: Mapping[Passage, float]) -> dict[Passage, float]:
    """The probability of each passage that it answers one of several readings of a question, taken as independent."""
    passages = {passage for some in chances for passage in some}
    return {passage: 1 - float(np.prod([1 - some.get(passage, 0.0) for some in chances])) for passage in passages}
