"""Headings and items that a format did not mark as such: many pages set only some of their headings in heading tags. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from knowledge.headings import mark_headings
from knowledge.lines import Line

FEW = 2  # headings that a page marks by accident: a stray one among many in another dress
FEWEST_NUMBERED = 3  # consecutive numbers from which numbered lines are surely headings
PROSE = 8  # words of a line that is text, not a heading
LONGEST_QUESTION = 160  # characters of a question that heads its answer


def mark_numbered_lists(lines: Sequence[Line]) -> None:
    """Make numbered lines directly below each other items if a colon opens them: "1. Phone numbers", "2. Job titles"."""
    index = 1
    while index < len(lines):
        last = index
        while last < len(lines) and _counts(lines[last], last - index + 1):
            last += 1
        before = lines[index - 1]
        if last - index > 1 and before.role == "text" and before.ends_open:
            for line in lines[index:last]:
                line.bullet, line.number = True, ""
        index = max(last, index + 1)


def _counts(line: Line, number: int) -> bool:
    return line.role == "text" and not line.bullet and line.number == str(number)


def mark_missed_headings(lines: list[Line]) -> None:
    """Mark lines that look like headings where a format marks fewer than it shows.

    Without any mark they are inferred as in plain text. Beside marked ones they are taken only if there are more of them, each
    with text below it; what the format marked is then a level below, because it was set among them.
    """
    marked = [line for line in lines if line.role == "heading"]
    if not marked:
        mark_headings(lines)
        return
    guessed = _guessed(lines)
    numbered = [index for index in guessed if lines[index].number]
    in_order = [lines[index].number for index in numbered] == [str(number) for number in range(1, len(numbered) + 1)]
    if in_order and len(numbered) >= FEWEST_NUMBERED and len(numbered) > len(marked):
        taken = numbered
    elif len(marked) <= FEW < len(guessed):
        taken = guessed
    else:
        taken = []
    if taken:
        for line in marked:
            line.level += 1 if line.start > lines[taken[0]].start else 0
    for index in taken:
        line = lines[index]
        line.role, line.number_full, line.heading_end, line.level = "heading", line.number, line.end, 1
    _mark_questions(lines)


def _guessed(lines: Sequence[Line]) -> list[int]:
    """The indices of unmarked lines that would be headings in plain text, and that have text below them."""
    copies = [replace(line) for line in lines]
    mark_headings(copies)
    return [
        index
        for index, (line, copy) in enumerate(zip(lines, copies, strict=True))
        if line.role == "text" and copy.role == "heading" and _has_text_below(copies, index)
    ]


def _has_text_below(lines: Sequence[Line], index: int) -> bool:
    below = next((line for line in lines[index + 1 :] if line.role != "navigation"), None)
    return below is not None and below.role == "text" and (below.bullet or len(below.text.split()) >= PROSE)


def _mark_questions(lines: Sequence[Line]) -> None:
    """Make a question that stands alone above its answer a heading, on the level of the heading before it."""
    level = 1
    for index, line in enumerate(lines):
        if line.role == "heading":
            level = line.level
        elif line.role == "text" and _asks(line) and _has_text_below(lines, index):
            line.role, line.number_full, line.heading_end, line.level = "heading", line.number, line.end, level


def _asks(line: Line) -> bool:
    alone = line.blank_before and not line.bullet and not line.row
    return alone and line.text.endswith("?") and len(line.text) <= LONGEST_QUESTION and line.text[0].isupper()
