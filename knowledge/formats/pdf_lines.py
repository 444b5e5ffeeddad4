"""A PDF page → its lines: which letters stand on one baseline, and where words end.

A PDF only positions letters. Browsers and office programs write a word, a letter or a whole line as one text object, with or
without spaces between them; so a gap between the boxes of two letters, measured by the font's widths, is what ends a word.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pypdf import PageObject
from pypdf.generic._font import Font  # the widths of a font's letters; pypdf offers no other way to them

from knowledge.formats.columns import PdfLine, PdfRun
from knowledge.formats.parts import tidy

HEAVY = re.compile(r"bold|black|heavy|semi", re.IGNORECASE)
WORD_GAP = 0.13  # ems; fonts have spaces of 0.2 to 0.35 ems, and pairs of letters are moved by less than 0.1
CELL_EDGE = " | "
CELL_GAP = 1.5  # ems between the cells of a table
LONGEST_MARK = 6  # characters of a bullet or number, which is set apart from its text but is no cell
SHOWS = (b"Tj", b"TJ", b"'", b'"')  # the operators that show text. Source: ISO 32000-2, 9.4.3

Matrix = Sequence[float]


def lines_of(page: PageObject, number: int) -> list[PdfLine]:
    """The lines of a page in the order in which the file writes them."""
    reader = _PageReader(number)
    page.extract_text(visitor_operand_before=reader.operate, visitor_text=reader.show)
    return reader.finished()


@dataclass(frozen=True)
class _Spacing:
    """How far apart letters are set, in text space units. Source: ISO 32000-2, 9.3."""

    letters: float = 0.0
    words: float = 0.0
    stretch: float = 1.0


@dataclass(frozen=True)
class _Shown:
    """What one operator showed: letters as bytes, and moves in thousandths of an em."""

    pieces: tuple[object, ...]
    x: float  # where its text matrix begins, in points
    scale: float  # points for a unit of text space
    matrices: tuple[tuple[float, ...], tuple[float, ...]]
    spacing: _Spacing


class _PageReader:
    """Gathers the runs that pypdf reports into lines, and measures where each run ends."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._lines: list[PdfLine] = []
        self._weights: list[list[tuple[str, bool]]] = []
        self._shown: list[_Shown] = []  # since the last run
        self._fonts: dict[int, Font | None] = {}
        self._kept: list[Any] = []  # fonts whose ids are keys above
        self._spacing = _Spacing()
        self._outer: list[_Spacing] = []  # of the saved graphics states
        self._before = self._end = 0.0  # start and end of the last run, in points

    def operate(self, operator: bytes, operands: Sequence[Any], cm: Matrix, tm: Matrix) -> None:
        """Note an operator before pypdf works on it."""
        if operator == b"Tc":
            self._spacing = replace(self._spacing, letters=_number(operands))
        elif operator == b"Tw":
            self._spacing = replace(self._spacing, words=_number(operands))
        elif operator == b"Tz":
            self._spacing = replace(self._spacing, stretch=_number(operands, 100.0) / 100)
        elif operator == b"q":
            self._outer.append(self._spacing)
        elif operator == b"Q":
            self._spacing = self._outer.pop() if self._outer else _Spacing()
        elif operator in SHOWS and operands:
            shown = operands[0] if operator == b"TJ" else operands[-1:]
            pieces = tuple(shown) if isinstance(shown, (list, tuple)) else ()
            across, up = tm[0] * cm[0] + tm[1] * cm[2], tm[0] * cm[1] + tm[1] * cm[3]
            matrices = (tuple(cm), tuple(tm))
            self._shown.append(_Shown(pieces, _place(cm, tm)[0], math.hypot(across, up), matrices, self._spacing))

    def show(self, text: str, cm: Matrix, tm: Matrix, font: Any, font_size: float) -> None:
        """Take a run of text in one font on one baseline."""
        shown, self._shown = self._shown, []
        run = text.replace("\r", "").replace("\n", " " if text.strip("\n") else "")
        if not run or (not run.strip() and not self._lines):
            return
        if not run.strip():
            line = self._lines[-1]
            line.text += run
            line.runs[-1].text += run
            return
        x, y = _place(cm, tm)
        across, up = tm[0] * cm[0] + tm[1] * cm[2], tm[0] * cm[1] + tm[1] * cm[3]
        if abs(up) > abs(across):
            return  # vertical text at the page's edge is not part of the policy
        size = abs(font_size) * math.sqrt(abs((tm[0] * tm[3] - tm[1] * tm[2]) * (cm[0] * cm[3] - cm[1] * cm[2]))) or 1.0
        bold = bool(HEAVY.search(str((font or {}).get("/BaseFont", ""))))
        end = self._end_of(shown, font, font_size)
        last = self._lines[-1] if self._lines else None
        if last is not None and abs(last.y - y) < 0.5 * max(last.size, size) and x >= self._before - size:
            self._append(last, PdfRun(x, max(end, x), run), size)
            self._weights[-1].append((run, bold))
        else:
            whole = PdfRun(x, max(end, x), run)
            self._lines.append(PdfLine(self._number, x, y, size, run, bold, first=run.strip(), runs=[whole]))
            self._weights.append([(run, bold)])
        self._before, self._end = x, max(end, x)

    def _append(self, line: PdfLine, run: PdfRun, size: float) -> None:
        gap = run.x - self._end
        if gap > CELL_GAP * size and len(line.text.strip()) > LONGEST_MARK:
            line.text = f"{line.text.rstrip()}{CELL_EDGE}{run.text.lstrip()}"
            line.cells += 1
        else:
            if gap > WORD_GAP * size and not line.text[-1:].isspace() and not run.text[0].isspace():
                run.text = f" {run.text}"
            line.text += run.text
        line.runs.append(run)
        if len(run.text.strip()) > 3:
            line.size = max(line.size, size)

    def _end_of(self, shown: Sequence[_Shown], font: Any, font_size: float) -> float:
        """Where the last letter ends, in points; 0.0 if nothing was shown."""
        letters = self._font(font)
        pen, before = 0.0, None
        for one in shown:
            start = pen if one.matrices == before else one.x
            moved = sum(_advance(piece, letters, font_size, one.spacing) for piece in one.pieces)
            pen, before = start + moved * one.spacing.stretch * one.scale, one.matrices
        return pen

    def _font(self, font: Any) -> Font | None:
        key = id(font)
        if key not in self._fonts:
            self._kept.append(font)
            try:
                self._fonts[key] = Font.from_font_resource(font)
            except (AttributeError, LookupError, TypeError, ValueError):
                self._fonts[key] = None
        return self._fonts[key]

    def finished(self) -> list[PdfLine]:
        """All lines, with normal white space; a line is bold if all its words are."""
        for line, runs in zip(self._lines, self._weights, strict=True):
            line.text = tidy(line.text.replace("\t", " ")).replace("\n", " ")
            lettered = [bold for run, bold in runs if re.search(r"[^\W\d]", run)]  # its number may be set in another typeface
            line.bold = bool(lettered) and all(lettered)
        return [line for line in self._lines if line.text]


def _advance(piece: object, font: Font | None, font_size: float, spacing: _Spacing) -> float:
    """By how much one piece moves the pen, in text space units. Source: ISO 32000-2, 9.4.4."""
    if isinstance(piece, (int, float)):
        return -float(piece) / 1000 * font_size
    if not isinstance(piece, (bytes, str)):
        return 0.0
    codes = _codes(piece, font)
    glyphs = sum(_glyph_width(code, font) for code in codes) / 1000 * font_size
    return glyphs + spacing.letters * len(codes) + spacing.words * codes.count(" ")


def _codes(piece: bytes | str, font: Font | None) -> str:
    """The letters of a string as the font's widths name them: by code, one byte or two."""
    if isinstance(piece, str):
        return piece
    if font is not None and isinstance(font.encoding, str):
        return piece.decode(font.encoding, "replace")
    return piece.decode("latin-1")


def _glyph_width(code: str, font: Font | None) -> float:
    if font is None:
        return 500.0
    if code == font.space_char:
        return float(font.space_width)
    return float(font.character_widths.get(code, font.character_widths.get("default", 500.0)))


def _place(cm: Matrix, tm: Matrix) -> tuple[float, float]:
    return tm[4] * cm[0] + tm[5] * cm[2] + cm[4], tm[4] * cm[1] + tm[5] * cm[3] + cm[5]


def _number(operands: Sequence[Any], otherwise: float = 0.0) -> float:
    return float(operands[0]) if operands and isinstance(operands[0], (int, float)) else otherwise
