"""CSV files in which a spreadsheet runs no cell as a formula. Pure: everything that Candor writes as CSV goes through here.

A spreadsheet takes a cell for a formula if it begins with =, +, - or @. Some programs skip blanks and invisible characters
before the sign, and some read the full-width and small forms of the signs. An apostrophe in front makes such a cell text.
Source: OWASP, "CSV Injection".
"""

from __future__ import annotations

import csv
import io
import math
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

BYTE_ORDER_MARK = "\ufeff"  # without it, spreadsheets guess the encoding
SIGNS = "=+-@"
CONTROLS = "\t\r\n"  # some programs drop these and read on
# Blank, though Unicode counts them as letters or symbols: the Hangul fillers and the empty Braille pattern.
FILLERS = "\u115f\u1160\u3164\uffa0\u2800"


def csv_text(header: Sequence[object], rows: Iterable[Sequence[object]], *, byte_order_mark: bool = False) -> str:
    """A whole file as RFC 4180 describes it, with a line of titles."""
    return (BYTE_ORDER_MARK if byte_order_mark else "") + "".join(csv_lines([header, *rows]))


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The lines of a file one by one, each with its line end, so that a long file can be streamed."""
    for row in rows:
        line = io.StringIO(newline="")
        csv.writer(line, lineterminator="\r\n").writerow([guarded(cell) for cell in row])
        yield line.getvalue()


def guarded(cell: object) -> str | int | float:
    """The cell as it may be written: numbers by type stay numbers, None is empty, and all else is text that is not run."""
    if cell is None:
        return ""
    if isinstance(cell, int | float) and math.isfinite(cell):
        return cell
    text = str(cell).replace("\0", "")
    return f"'{text}" if _could_run(text) else text


def _could_run(text: str) -> bool:
    if text.startswith(tuple(CONTROLS)):
        return True
    first = next((char for char in text if not _is_invisible(char)), "")
    return unicodedata.normalize("NFKC", first).startswith(tuple(SIGNS))


def _is_invisible(char: str) -> bool:
    """Controls, formats and unassigned code points (C), blanks (Z), and marks that have no letter to stand on (M)."""
    return unicodedata.category(char)[0] in "CZM" or char in FILLERS
