"""A PDF page set in two columns → its lines as if they were set in one, the left column first. Pure.

Columns and a table look alike, line by line. A table's cells are short, or begin together row by row; columns of text
are filled, go on in small letters, and break into paragraphs each on its own.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, groupby, pairwise
from statistics import median

from knowledge.formats.parts import tidy

WIDTHS = {**dict.fromkeys("iljtf.,;:'’|!()[] ", 0.29), **dict.fromkeys("mwMW@%—", 0.83)}
FEWEST_LINES = 6  # of a column
NARROWEST = 25  # characters of its lines, in the median
GOES_ON = 0.25  # share of its lines that begin in small letters
FILLED = 0.7  # share of its longest line that its lines take, in the median
HALF = 0.45  # share of the room from one column to the next that its lines take at least
TOGETHER = 0.6  # share of paragraphs that begin beside one of the other column, from which on it is a table
NEAR = 3.0  # points, within which lines begin at the same place


@dataclass
class PdfLine:
    """Letters on one base line; x and y in points from the page's lower left corner."""

    page: int
    x: float
    y: float
    size: float
    text: str
    bold: bool
    cells: int = 1  # stretches of text with wide gaps between: more than one in a table's row
    first: str = ""  # its first piece: a bullet that is a letter of a symbol font stands alone there
    pieces: list[tuple[float, str]] = field(default_factory=list)  # what was written at once, and where it begins
    limit: float = 0.0  # where its column ends; 0 where it stands in none

    @property
    def right(self) -> float:
        """About where the line ends."""
        return self.x + width(self.text) * self.size


def width(text: str) -> float:
    """About how wide a text is, in its size; the widths of common book types, by kinds of letters."""
    return sum(WIDTHS.get(letter, 0.68 if letter.isupper() else 0.5) for letter in text)


def in_one_column(lines: Sequence[PdfLine]) -> list[PdfLine]:
    """The lines of all pages; a column counts as a page of its own, and begins where the left one does."""
    in_order: list[PdfLine] = []
    page = 0
    for _, group in groupby(lines, key=lambda line: line.page):
        for part in _columns_of(list(group)):
            in_order += [replace(line, page=page) for line in part]
            page += 1
    return in_order


def _columns_of(lines: list[PdfLine]) -> Iterator[list[PdfLine]]:
    """The page's lines as they are, or: what stands above the columns with the left one, the right one, what stands below."""
    starts = Counter(round(x) for line in lines for x, _ in line.pieces)
    for start in sorted(start for start, count in starts.items() if count >= FEWEST_LINES):
        cut = list(chain.from_iterable(_cut(line, start) for line in lines))
        across = [line.y for line in cut if line.x < start - NEAR and line.right > start + line.size]
        for top, bottom in pairwise([math.inf, *sorted(across, reverse=True), -math.inf]):
            within = [line for line in cut if bottom + NEAR < line.y < top - NEAR]
            left = [line for line in within if line.x < start - NEAR]
            right = [line for line in within if line.x >= start - NEAR]
            if not _are_columns(left, right, start):
                continue
            yield [*(line for line in lines if line.y >= top - NEAR), *_limited(left, 0.0)]
            yield _limited(right, start - min(piece.x for piece in left))
            below = [line for line in lines if line.y <= bottom + NEAR]
            if below:
                yield from _columns_of(below)
            return
    yield lines


def _cut(line: PdfLine, start: float) -> Iterator[PdfLine]:
    """The line in two where a piece of it begins at `start`; else as it is."""
    index = next((index for index, (x, _) in enumerate(line.pieces) if index and abs(x - start) <= NEAR), 0)
    for pieces in (line.pieces[:index], line.pieces[index:]) if index else ():
        text = " ".join(tidy("".join(text for _, text in pieces)).split())
        if text:
            yield replace(line, x=pieces[0][0], text=text, cells=1, first=pieces[0][1].strip(), pieces=pieces)
    if not index:
        yield line


def _limited(column: Sequence[PdfLine], shift: float) -> list[PdfLine]:
    """The column moved to the left by `shift` points, and where it ends."""
    ends = sorted(line.right for line in column)
    limit = ends[int(0.95 * (len(ends) - 1))] - shift
    return [replace(line, x=line.x - shift, limit=limit) for line in column]


def _are_columns(left: Sequence[PdfLine], right: Sequence[PdfLine], start: float) -> bool:
    if min(len(left), len(right)) < FEWEST_LINES:
        return False
    edge = min(line.x for line in left)
    for column, begin, room in ((left, edge, start - edge), (right, start, start - edge)):
        small = sum(line.text[:1].islower() for line in column)
        if median(len(line.text) for line in column) < NARROWEST or small < GOES_ON * len(column):
            return False
        taken = median(line.right - begin for line in column)
        if taken < FILLED * (max(line.right for line in column) - begin) or taken < HALF * room:
            return False
    begins, others = _paragraphs(left), _paragraphs(right)
    beside = sum(any(abs(y - other) <= NEAR for other in others) for y in begins)
    return len(begins) < 2 or beside < TOGETHER * len(begins)


def _paragraphs(column: Sequence[PdfLine]) -> list[float]:
    """Where paragraphs begin behind a gap, in points; not the first one."""
    gaps = [above.y - line.y for above, line in pairwise(column)]
    usual = median(gap for gap in gaps if gap > 0) if any(gap > 0 for gap in gaps) else 0.0
    return [line.y for gap, line in zip(gaps, column[1:], strict=True) if gap > 1.25 * usual]
