"""Tables of numbers, for people and for spreadsheets. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from candor.tickets.csv_safe import csv_text

FigureUnit = Literal["", "%", "ms", "points"]
Drawn = Literal["lines", "stack", "bars"]
NOTHING = "–"


@dataclass(frozen=True)
class Column:
    """A column of numbers. plotted: whether the chart shows it."""

    title: str
    unit: FigureUnit = ""
    plotted: bool = False


@dataclass(frozen=True)
class Row:
    """`key`: for the CSV; `label`: for people. A cell is None where there is nothing to count or to divide by."""

    key: tuple[str, ...]
    label: str
    cells: tuple[float | None, ...]


@dataclass(frozen=True)
class ReportTable:
    """One table. keys: the titles of the rows' keys; axis: the title of their labels."""

    name: str
    title: str
    about: str  # what is counted, in one sentence
    drawn: Drawn
    keys: tuple[str, ...]
    axis: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: Row | None = None

    @property
    def is_empty(self) -> bool:
        return not any(cell for row in self.rows for cell in row.cells)

    def lines(self, rows: Iterable[Row] | None = None) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """The label of each row, and its cells for the chart ("" for None) and for people."""
        units = [column.unit for column in self.columns]
        for row in self.rows if rows is None else rows:
            yield row.label, [(as_value(cell), as_text(cell, unit)) for cell, unit in zip(row.cells, units, strict=True)]


def as_value(value: float | None) -> str:
    """12 · 83.3 · "" for nothing"""
    return "" if value is None else f"{round(value, 1):.12g}"


def as_text(value: float | None, unit: FigureUnit) -> str:
    """1,204 · 83.3% · 340 ms · 1.2 s · +2.1"""
    if value is None:
        return NOTHING
    if unit == "%":
        return f"{value:g}%"
    if unit == "points":
        return f"{value:+g}" if value else "0"
    if unit == "ms":
        return f"{value:.0f} ms" if value < 995 else f"{value / 1000:.1f} s"
    return f"{value:,.0f}"


def as_csv(sheet: ReportTable) -> str:
    """The table with a line of titles, and its total last."""
    titles = (*sheet.keys, *(_title(column.title, column.unit) for column in sheet.columns))
    rows = [*sheet.rows, *([sheet.total] if sheet.total else [])]
    return csv_text(titles, [(*row.key, *map(_number, row.cells)) for row in rows])


def _number(value: float | None) -> float | None:
    """The number that as_value writes, as a number."""
    if value is None:
        return None
    rounded = round(value, 1)
    return int(rounded) if rounded == int(rounded) else rounded


def _title(title: str, unit: FigureUnit) -> str:
    return f"{title} ({unit})" if unit else title
