"""A PDF page set in two columns → its lines in reading order, the left column first. Pure.

Line by line, two columns look like a table. But a table's cells are short, or begin on the same height row by row; lines of
columns are filled, often begin in lower case, and the paragraphs of the two columns begin independently.
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
FEWEST_LINES = 6  # in a column
NARROWEST = 25  # median characters of a column's lines
GOES_ON = 0.25  # share of a column's lines that begin in lower case
FILLED = 0.7  # median width of a column's lines, as a share of its longest line
HALF = 0.45  # least median width of a column's lines, as a share of the distance between the columns
TOGETHER = 0.6  # share of paragraphs that begin beside one of the other column; from here on it is a table
NEAR = 3.0  # points; lines that begin closer together begin at the same position


@dataclass
class PdfRun:
    """A piece of a line in one font; x and end in points."""

    x: float
    end: float
    text: str


@dataclass
class PdfLine:
    """Text on one baseline; x and y in points from the page's lower left corner."""

    page: int
    x: float
    y: float
    size: float
    text: str
    bold: bool
    cells: int = 1  # texts separated by wide gaps: more than one in a table's row
    first: str = ""  # its first run: a bullet from a symbol font is a run of its own
    runs: list[PdfRun] = field(default_factory=list)
    limit: float = 0.0  # right edge of its column, in points; 0.0 if it is in none

    @property
    def right(self) -> float:
        """The end of the line, in points."""
        return self.x + self.runs[-1].end - self.runs[0].x if self.runs else self.x + width(self.text) * self.size


def width(text: str) -> float:
    """The approximate width of a text, in ems: typical widths of book typefaces by kind of letter."""
    return sum(WIDTHS.get(letter, 0.68 if letter.isupper() else 0.5) for letter in text)


def in_one_column(lines: Sequence[PdfLine]) -> list[PdfLine]:
    """The lines of all pages in reading order; each column counts as a page of its own and is moved to the left margin."""
    in_order: list[PdfLine] = []
    page = 0
    for _, group in groupby(lines, key=lambda line: line.page):
        for part in _columns_of(list(group)):
            in_order += [replace(line, page=page) for line in part]
            page += 1
    return in_order


def _columns_of(lines: list[PdfLine]) -> Iterator[list[PdfLine]]:
    """The page's lines unchanged, or three parts: the text above with the left column, the right column, the text below."""
    starts = Counter(round(run.x) for line in lines for run in line.runs)
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
            yield _limited(right, start - min(run.x for run in left))
            below = [line for line in lines if line.y <= bottom + NEAR]
            if below:
                yield from _columns_of(below)
            return
    yield lines


def _cut(line: PdfLine, start: float) -> Iterator[PdfLine]:
    """The line split in two if one of its runs begins at `start`; else unchanged."""
    index = next((index for index, run in enumerate(line.runs) if index and abs(run.x - start) <= NEAR), 0)
    for runs in (line.runs[:index], line.runs[index:]) if index else ():
        text = " ".join(tidy("".join(run.text for run in runs)).split())
        if text:
            yield replace(line, x=runs[0].x, text=text, cells=1, first=runs[0].text.strip(), runs=runs)
    if not index:
        yield line


def _limited(column: Sequence[PdfLine], shift: float) -> list[PdfLine]:
    """The column moved to the left by `shift` points, with its right edge as the limit of each line."""
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
    """The y of each paragraph that begins after a gap, in points; the first paragraph is not included."""
    gaps = [above.y - line.y for above, line in pairwise(column)]
    usual = median(gap for gap in gaps if gap > 0) if any(gap > 0 for gap in gaps) else 0.0
    return [line.y for gap, line in zip(gaps, column[1:], strict=True) if gap > 1.25 * usual]
