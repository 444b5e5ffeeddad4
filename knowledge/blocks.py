"""Lines and their headings → sections, paragraphs and lists. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge.characters import without_invisible
from knowledge.lines import AFTER_LIST, DATE_LINE, LABEL_VALUE, Line, Span, ends_in_abbreviation, lines_from, title_like

LABEL = re.compile(r"^([A-Z][^.:!?\n]{1,70}?)([.:])\s+(?=[A-Z“\"(])")
LONGEST_ITEM = 600  # characters of an item without a bullet


@dataclass(frozen=True)
class Section:
    """One node of the section tree; `parent` is an index into `Structure.sections`, or None at the top."""

    number: str  # "5", "3.1"; computed if only the indent shows the level: "5.5.2"; "" if unnumbered
    title: str  # as printed; "" if the section has only a number
    level: int  # 1 at the top
    parent: int | None
    heading: Span

    @property
    def label(self) -> str:
        """The heading as printed for readers: "5. Data Retention", "5.5.2 Right of Access", "Use cases"."""
        dot = "." if self.number and "." not in self.number else ""
        return f"{self.number}{dot} {self.title}".strip()


BlockKind = Literal["paragraph", "list", "navigation", "title"]


@dataclass(frozen=True)
class Block:
    """A paragraph, or a list with the sentence that leads into it."""

    kind: BlockKind
    section: int | None  # index into Structure.sections
    span: Span
    lead_in: Span | None = None  # of a list: "We keep data only as long as necessary to:"
    items: tuple[Span, ...] = ()  # without their bullets
    under: Span | None = None  # the lead-in of the list that contains this one, or that this one continues after a nested list
    rows: bool = False  # a table: each item is a row, which is not split into sentences


@dataclass(frozen=True)
class Structure:
    """The structure of one policy, in reading order."""

    sections: tuple[Section, ...]
    blocks: tuple[Block, ...]
    title: str

    def path(self, section: int | None) -> tuple[Section, ...]:
        """The section and its ancestors, outermost first; empty for None."""
        sections: list[Section] = []
        while section is not None:
            sections.append(self.sections[section])
            section = self.sections[section].parent
        return tuple(reversed(sections))


def build_structure(text: str, lines: Sequence[Line], title: str) -> Structure:
    sections: list[Section] = []
    blocks: list[Block] = []
    open_sections: list[int] = []
    open_lists: list[tuple[int, Span]] = []  # (depth of their items, their lead-in)
    index = 0
    while index < len(lines):
        line = lines[index]
        under = _led_from_above(lines, index, open_lists)
        if line.role == "heading":
            while open_sections and sections[open_sections[-1]].level >= line.level:
                open_sections.pop()
            heading = Span(line.start, max(line.heading_end, line.body))
            printed = " ".join(without_invisible(text[line.body : line.heading_end]).split()).rstrip(".").strip()
            parent = open_sections[-1] if open_sections else None
            open_sections.append(len(sections))
            sections.append(Section(line.number_full, printed, line.level, parent, heading))
            rest = _skip_space(text, line.heading_end or line.body, line.end)
            if rest < line.end:
                # A run-in heading: the text continues on the same line, and may introduce a list.
                index = _add_block(text, lines, index, open_sections[-1], blocks, start=rest, under=under)
                continue
        elif line.role == "text":
            section = open_sections[-1] if open_sections else None
            index = _add_block(text, lines, index, section, blocks, start=None, under=under)
            continue
        elif line.role in {"navigation", "title"}:
            blocks.append(Block(line.role, None, Span(line.start, line.end)))
        index += 1
    return Structure(tuple(sections), tuple(blocks), title)


def _led_from_above(lines: Sequence[Line], index: int, open_lists: list[tuple[int, Span]]) -> Span | None:
    """The lead-in of the list that contains this line, if its format gives the depth; updates `open_lists`."""
    line = lines[index]
    depth = line.depth if line.role == "text" else 0
    while open_lists and open_lists[-1][0] > depth:
        open_lists.pop()
    under = open_lists[-1][1] if depth and open_lists and open_lists[-1][0] == depth else None
    following = lines[index + 1] if index + 1 < len(lines) else None
    if line.role == "text" and line.ends_open and following is not None and following.role == "text" and following.depth > depth:
        open_lists.append((following.depth, Span(line.body if line.bullet else line.start, line.end)))
    return under


def _skip_space(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    return start


def _add_block(
    text: str,
    lines: Sequence[Line],
    index: int,
    section: int | None,
    blocks: list[Block],
    *,
    start: int | None,
    under: Span | None,
) -> int:
    """Add the block that begins at `index`; return the index after it."""
    line = lines[index]
    begin = line.start if start is None else start
    if line.ends_open:
        items = _items_after(lines, index + 1)
        if items:
            lead_in = Span(line.body if line.bullet else begin, line.end)
            spans = tuple(Span(item.body, item.end) for item in items)
            blocks.append(Block("list", section, Span(lead_in.start, items[-1].end), lead_in, spans, under, items[0].row))
            return index + 1 + len(items)
    elif line.bullet:
        items = _bullets_from(lines, index)
        spans = tuple(Span(item.body, item.end) for item in items)
        blocks.append(Block("list", section, Span(line.body, items[-1].end), None, spans, under, line.row))
        return index + len(items)
    blocks.append(Block("paragraph", section, Span(begin, line.end)))
    return index + 1


def _bullets_from(lines: Sequence[Line], index: int) -> list[Line]:
    items: list[Line] = []
    for line in lines_from(lines, index):
        if line.role != "text" or not line.bullet or line.ends_open:
            break
        if items and (line.depth, line.row) != (items[0].depth, items[0].row):
            break
        items.append(line)
    return items


def _items_after(lines: Sequence[Line], index: int) -> list[Line]:
    """The items of the list that a colon opens: bullets, else labelled lines, else paragraphs until the list ends."""
    bullets = _bullets_from(lines, index)
    if bullets:
        return bullets
    items: list[Line] = []
    for line in lines_from(lines, index):
        if line.role != "text" or line.bullet or line.ends_open or (line.number and not items):
            break
        if items and LABEL_VALUE.match(items[0].text):
            if not LABEL_VALUE.match(line.text):
                break
        elif items and _label_mark(items[0].text) and not _label_mark(line.text):
            break
        labelled = _label_mark(line.text) and (not items or _label_mark(items[0].text))
        if not labelled and (AFTER_LIST.match(line.text) or len(line.text) > LONGEST_ITEM or DATE_LINE.match(line.text)):
            break
        items.append(line)
    return items


def run_in_label(text: str) -> int:
    """The length of the label at the start of a paragraph or item: "Log data.", "Data Storage Location:"; 0 if there is none."""
    match = LABEL.match(text)
    if not match:
        return 0
    if match.group(2) == "." and (
        ends_in_abbreviation(match.group(1)) or (AFTER_LIST.match(text) and not title_like(match.group(1)))
    ):
        return 0  # "We sell nothing." is a sentence, although it is short
    words = match.group(1).split()
    short = len(words) <= 6 if match.group(2) == "." else title_like(match.group(1)) or len(words) <= 3
    return match.end() if short else 0


def _label_mark(text: str) -> str:
    """The character that ends the line's label, "." or ":"; "" if there is no label."""
    length = run_in_label(text)
    return text[:length].rstrip()[-1] if length else ""
