"""A page's table → parts: rows that name their columns; or nothing, if the table only lays out the page.

A row is also what roles call one, and a cell that spans several rows belongs to each of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from selectolax.lexbor import LexborNode

from knowledge.formats.nodes import NO_TEXT, all_bold, holds_blocks, texts
from knowledge.formats.parts import TextPart, table_parts, tidy

TABLES = frozenset(("table", "grid"))  # roles
CELLS = "td, th, [role=cell], [role=gridcell], [role=columnheader], [role=rowheader]"
LONGEST_CELL = 1_000  # characters of a cell that is set in blocks and read as one; a longer one is a text of its own
LONGEST_HEADER = 8  # words of a column's name
MOST_SPANNED = 100  # rows or columns


def is_table(node: LexborNode) -> bool:
    """Whether an element is a table, by its name or by its role."""
    return node.tag == "table" or node.attributes.get("role") in TABLES


def layout_cells(table: LexborNode) -> list[LexborNode]:
    """The cells of a table that only lays out the page, to be read one after another; none of a table of text."""
    rows = _rows(table)
    return [cell for row in rows for cell in row] if _lays_out(rows) else []


def rows_of(table: LexborNode) -> list[TextPart]:
    """The rows of a table of text; none of a table that only lays out the page."""
    rows = _rows(table)
    return table_parts(_grid(rows), headed=_headed(rows)) if rows and not _lays_out(rows) else []


def _rows(table: LexborNode) -> list[list[LexborNode]]:
    own = [row for row in table.css("tr, [role=row]") if _table_of(row) == table.mem_id]
    return [[cell for cell in row.css(CELLS) if _row_of(cell) == row.mem_id] for row in own]


def _table_of(row: LexborNode) -> int:
    node = row.parent
    while node is not None and not is_table(node):
        node = node.parent
    return node.mem_id if node is not None else 0


def _row_of(cell: LexborNode) -> int:
    node = cell.parent
    while node is not None and node.tag != "tr" and node.attributes.get("role") != "row":
        node = node.parent
    return node.mem_id if node is not None else 0


def _lays_out(rows: Sequence[Sequence[LexborNode]]) -> bool:
    if max(map(len, rows), default=0) < 2:
        return True
    blocks = any(holds_blocks(cell, paragraphs=1) for row in rows for cell in row)
    return blocks and not _is_of_data(rows)


def _is_of_data(rows: Sequence[Sequence[LexborNode]]) -> bool:
    """Whether a table whose cells hold lists or paragraphs has columns with names, and no text that is too long for a cell."""
    if len(rows) < 2 or not _headed(rows) or any(len(_cell_text(cell).split()) > LONGEST_HEADER for cell in rows[0]):
        return False
    cells = [cell for row in rows[1:] for cell in row]
    return not any(
        len(_cell_text(cell)) > LONGEST_CELL or cell.css_first("table, h1, h2, h3, h4, h5, h6") is not None for cell in cells
    )


def _headed(rows: Sequence[Sequence[LexborNode]]) -> bool:
    first = rows[0] if rows else ()
    if not first or len(rows) < 2:
        return False
    named = all(cell.tag == "th" or cell.attributes.get("role") == "columnheader" for cell in first)
    return named or _within_head(first[0]) or all(all_bold(cell) for cell in first)


def _within_head(cell: LexborNode) -> bool:
    row = cell.parent
    return row is not None and row.parent is not None and row.parent.tag == "thead"


def _grid(rows: Sequence[Sequence[LexborNode]]) -> list[list[str]]:
    """The text of each place of the table: that of a cell in the first of its columns and in all of its rows."""
    grid: list[list[str]] = []
    hanging: dict[int, tuple[int, str]] = {}  # column → (rows that its cell still reaches into, text)
    for row in rows:
        texts_of_row: list[str] = []
        cells = [(_cell_text(cell), _span(cell, "colspan"), _span(cell, "rowspan")) for cell in row]
        while cells or len(texts_of_row) in hanging:
            column = len(texts_of_row)
            if column in hanging:
                left, text = hanging.pop(column)
                columns, further = 1, left - 1
            else:
                text, columns, rest = cells.pop(0)
                further = rest - 1
            for index in range(columns):
                texts_of_row.append(text if index == 0 else "")
                if further:
                    hanging[column + index] = (further, texts_of_row[-1])
        grid.append(texts_of_row)
    return grid


def _span(cell: LexborNode, name: str) -> int:
    value = cell.attributes.get(name) or ""
    return min(max(int(value), 1), MOST_SPANNED) if value.isascii() and value.isdigit() else 1


def _cell_text(cell: LexborNode) -> str:
    """A cell's text on one line, with its paragraphs and the items of its lists set apart by semicolons."""
    text = ""
    for separator, piece in _pieces(cell):
        ended = not text.strip() or text.rstrip()[-1] in ".:;,!?"
        text += f"{separator if not ended else ' ' if separator else ''}{piece}"
    return tidy(text).replace("\n", " ")


def _pieces(node: LexborNode) -> Iterator[tuple[str, str]]:
    """The texts below a node, each with what sets it apart from the one before."""
    for child in node.iter(include_text=True):
        if child.tag == "-text":
            yield "", re.sub(r"\s+", " ", child.text_content or "")
        elif child.tag in ("br", "div"):
            yield " ", ""
            yield from _pieces(child)
            yield " ", ""
        elif child.tag in ("li", "p"):
            if "".join(texts(child)).strip():
                yield "; ", ""
                yield from _pieces(child)
        elif child.tag not in NO_TEXT:
            yield from _pieces(child)
