"""A policy's text → its sections and blocks, each with offsets into the text. Pure: no disk, no model.

People paste policies in every form: with and without blank lines, with numbering that restarts and whose level only the
indent shows, lists without bullets, headings among bullets, a table of contents at the top. Nothing is changed or removed: a
span [start, end) always points into the text as stored.

The structure of plain text is inferred from its appearance. Other formats know which lines are headings and items: they come
with marks, and what a mark says is not inferred again.
"""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.blocks import Block, BlockKind, Section, Structure, build_structure, run_in_label
from knowledge.characters import edges_blanked
from knowledge.contents import mark_navigation
from knowledge.headings import is_outline, mark_headings, mark_outline, mark_title, mark_top_heading, settle_levels
from knowledge.lines import Mark, MarkKind, Span, join_wrapped, lines_of, marked_line
from knowledge.missed_headings import mark_missed_headings, mark_numbered_lists

__all__ = [
    "Block", "BlockKind", "Mark", "MarkKind", "Section", "Span", "Structure", "read_structure", "run_in_label",
]  # fmt: skip


def read_structure(text: str, marks: Sequence[Mark] = ()) -> Structure:
    """Find the sections, paragraphs and lists of a policy's text, from its marks if its format gave any.

    Every span lies within the text. Together the blocks and headings cover everything except white space, invisible characters
    and bullets.
    """
    visible = edges_blanked(text)
    if marks:
        return _read_marked(visible, marks)
    lines = join_wrapped(list(lines_of(visible)))
    mark_navigation(lines)
    outline = is_outline(lines)
    title = mark_title(lines)
    if outline:
        mark_outline(lines)
    else:
        mark_headings(lines)
    return build_structure(visible, lines, title)


def _read_marked(text: str, marks: Sequence[Mark]) -> Structure:
    """The same from marks; headings are only inferred where the format misses them."""
    lines = [marked_line(text, mark, before) for before, mark in zip([None, *marks], marks, strict=False)]
    mark_navigation(lines)
    title = mark_title(lines) or mark_top_heading(lines)
    mark_numbered_lists(lines)
    mark_missed_headings(lines)
    settle_levels(lines)
    return build_structure(text, lines, title)
