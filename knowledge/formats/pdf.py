"""PDF → parts. A PDF only positions its letters: size and weight reveal headings, gaps reveal paragraphs."""

from __future__ import annotations

import io
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, takewhile
from typing import Literal

from pypdf import PasswordType, PdfReader
from pypdf.errors import PyPdfError

from candor.errors import BadPolicyError
from knowledge.formats.columns import PdfLine, in_one_column, width
from knowledge.formats.parts import SYMBOL_BULLETS, TextPart, could_head, settled
from knowledge.formats.pdf_lines import lines_of
from knowledge.lines import BULLET

# What pypdf raises for a broken file, besides errors of its own.
BROKEN = (
    PyPdfError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RecursionError,
    TypeError,
)
PAGE_NUMBER = re.compile(r"(page\s*)?[-–—|\s]*\d{1,4}[-–—|\s]*((of|/)\s*\d{1,4})?", re.IGNORECASE)
COUNTED_PAGE = re.compile(r"^\W*\d+(?=\W|$)|\d+(?=\s*(?:of|/)\s*\d+\W*$)|\d+(?=\W*$)", re.IGNORECASE)  # "Acme | page 3 of 9"
LETTERED = re.compile(r"(\(?(?:[a-z]|[ivx]{1,4}|[IVX]{1,5}|\d{1,2})[.)])\s+(?=\S)")
FINAL = ".!?:;"
MARGIN = 0.12  # share of the page's height, at the top and at the bottom, that running headers and footers take
FEWEST_GAPS = 3  # between lines of one size, to tell how far apart they are set
HANGING = 2.0  # points by which lines that begin below each other may differ
SURELY_A_LIST = 3  # consecutive indented paragraphs
INDENT = 1.2  # ems by which an item is indented
LARGER = 1.08  # times the size of the body text; from here on it is a heading
LONGEST_SENTENCE = 12  # words of a heading that ends with a full stop
LONGEST_HEADING = 160  # characters of a heading that its size marks as one


@dataclass
class _Block:
    """Lines that belong together."""

    lines: list[PdfLine]
    kind: Literal["paragraph", "item", "row"] = "paragraph"
    mark: str = ""
    x: float = 0.0  # of an item: the position of its bullet, in points
    texts: list[str] = field(default_factory=list)  # one per line, the first without its bullet


@dataclass(frozen=True)
class _TypeArea:
    """How the text of a document is set, in points."""

    body: float  # size of most letters
    pitches: dict[float, float]  # size of letters → distance from one line of a paragraph to the next
    left: float
    right: float

    @classmethod
    def of(cls, lines: Sequence[PdfLine]) -> _TypeArea:
        body = _body_size(lines)
        right = sorted(line.right for line in lines)[int(0.95 * (len(lines) - 1))]
        starts = Counter(round(line.x) for line in lines)
        left = min(x for x, count in starts.items() if count >= min(0.05 * len(lines), max(starts.values())))
        return cls(body, _pitches(lines), left, right)

    def pitch(self, size: float) -> float:
        """The usual distance between lines of this size; where too few show it, that of the body text, in proportion."""
        body = self.pitches.get(_rounded(self.body), 1.2 * self.body)
        return self.pitches.get(_rounded(size), body / self.body * size)

    def indents(self, x: float) -> bool:
        """Whether a line that begins at `x` is indented."""
        return x > self.left + INDENT * self.body


def _rounded(size: float) -> float:
    return round(size * 2) / 2


def _pitches(lines: Sequence[PdfLine]) -> dict[float, float]:
    """The smallest usual distance between neighbouring lines, for each size of letters that fills a few lines."""
    gaps: dict[float, Counter[int]] = defaultdict(Counter)
    for above, line in pairwise(lines):
        size, gap = _rounded(line.size), above.y - line.y
        if above.page == line.page and _rounded(above.size) == size and 0 < gap < 3 * size:
            gaps[size][round(gap)] += 1
    enough = {size: counts for size, counts in gaps.items() if counts.total() >= FEWEST_GAPS}
    return {
        size: float(min(gap for gap, count in counts.items() if count >= 0.25 * max(counts.values())))
        for size, counts in enough.items()
    }


def read_pdf(data: bytes) -> list[TextPart]:
    """Read a PDF.

    Raises: BadPolicyError without the file's name: it is damaged, locked, or holds pictures of text.
    """
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
            raise BadPolicyError("is locked with a password: save a copy without one")
        pages = [lines_of(page, number) for number, page in enumerate(reader.pages)]
        heights = [(float(page.mediabox.bottom), float(page.mediabox.height)) for page in reader.pages]
    except (*BROKEN, ValueError, OSError) as error:
        raise BadPolicyError(
            f"is damaged ({type(error).__name__}): export the PDF anew, or paste its text into a .txt file"
        ) from error
    kept = _without_furniture(pages, heights)
    spoken = {line.page for line in kept if re.search(r"\w\w", line.text)}
    silent = len(pages) - len(spoken)  # a stamp on each page of a scan is no text
    if not pages or silent > len(pages) / 2:
        raise BadPolicyError(
            f"has no text on {silent} of {len(pages)} pages, so it is probably scanned: run text recognition (OCR) over it, or"
            " paste its text into a .txt file"
        )
    lines = in_one_column(kept)
    return settled(_parts(lines)) if lines else []


def _without_furniture(pages: Sequence[Sequence[PdfLine]], heights: Sequence[tuple[float, float]]) -> list[PdfLine]:
    """All lines except page numbers and lines that repeat at the same position on many pages."""
    positions: dict[tuple[str, int], set[int]] = defaultdict(set)

    def in_margin(line: PdfLine) -> bool:
        bottom, height = heights[line.page]
        share = (line.y - bottom) / height if height else 0.5
        return share < MARGIN or share > 1 - MARGIN

    def key(line: PdfLine) -> tuple[str, int]:
        return COUNTED_PAGE.sub("#", line.text), round(line.y / 3)

    for line in (line for lines in pages for line in lines if in_margin(line)):
        positions[key(line)].add(line.page)
    often = max(2, math.ceil(0.3 * len(pages)))
    body = _body_size([line for lines in pages for line in lines])

    def is_furniture(line: PdfLine) -> bool:
        on = positions[key(line)]
        title = (
            line.page == min(on, default=0) and line.size > LARGER * body
        )  # kept where it is printed first, as large as a title
        return in_margin(line) and (bool(PAGE_NUMBER.fullmatch(line.text)) or (len(on) >= often and not title))

    kept: list[PdfLine] = []
    for lines in pages:
        downwards = sorted(lines, key=lambda line: -line.y)
        outermost = [*takewhile(is_furniture, downwards), *takewhile(is_furniture, reversed(downwards))]
        dropped = {id(line) for line in outermost}
        kept += [line for line in lines if id(line) not in dropped]
    return kept


def _body_size(lines: Sequence[PdfLine]) -> float:
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 1.0


def _parts(lines: Sequence[PdfLine]) -> list[TextPart]:
    type_area = _TypeArea.of(lines)
    body = type_area.body
    blocks: list[_Block] = []
    for line in lines:
        block = blocks[-1] if blocks else None
        bullet = _bullet_of(line)
        if bullet:
            blocks.append(_Block([line], "item", bullet, line.x, [_behind_bullet(line)]))
        elif line.cells > 1:
            blocks.append(_Block([line], "row", x=line.x, texts=[line.text]))
        elif block is not None and (listed := _hangs_below(block, line, type_area)):
            block.kind, block.mark, block.texts[0] = "item", listed.group(1), block.texts[0][listed.end() :]
            block.lines.append(line)
            block.texts.append(line.text)
        elif block is not None and _goes_on(block, line, type_area):
            block.lines.append(line)
            block.texts.append(line.text)
        else:
            blocks.append(_Block([line], x=line.x, texts=[line.text]))
    _indent_items(blocks, type_area)
    words = Counter(re.findall(r"\w+(?:-\w+)*", " ".join(line.text.lower() for line in lines)))
    sizes = sorted({_style(block) for block in blocks if _heads(block, body)}, reverse=True)
    return list(_as_parts(blocks, body, sizes, words))


def _indent_items(blocks: Sequence[_Block], type_area: _TypeArea) -> None:
    """Turn paragraphs whose lines are all indented into items: their bullets may be drawn instead of written."""
    led = False
    run: list[_Block] = []
    for block in blocks:
        x = min(line.x for line in block.lines)
        plain = block.kind == "paragraph" and not _heads(block, type_area.body)
        indented = plain and type_area.indents(x) and block.lines[0].x < x + INDENT * type_area.body
        if not indented:
            run = []
            led = block.texts[-1][-1:] == ":"
            continue
        run.append(block)
        block.kind, block.x = "item", x
        listed = LETTERED.match(block.texts[0])
        if listed:
            block.mark, block.texts[0] = listed.group(1), block.texts[0][listed.end() :]
        if led or len(run) >= SURELY_A_LIST:  # one or two could also be an address or a quotation
            for one in run:
                one.mark = one.mark or "•"


def _bullet_of(line: PdfLine) -> str:
    match = SYMBOL_BULLETS.match(line.text) or BULLET.match(line.text)
    if match:
        mark = match.group().strip()
        return "•" if mark in "-*" or not mark.isprintable() or "\ue000" <= mark <= "\uf8ff" else mark
    return "•" if line.first == "o" and line.text.startswith("o ") else ""


def _behind_bullet(line: PdfLine) -> str:
    match = SYMBOL_BULLETS.match(line.text) or BULLET.match(line.text)
    return line.text[match.end() if match else 2 :]


def _hangs_below(block: _Block, line: PdfLine, type_area: _TypeArea) -> re.Match[str] | None:
    """The mark of a block's only line, if the next line begins below the text behind it, as in a list."""
    first = block.lines[0]
    listed = LETTERED.match(block.texts[0])
    if not listed or block.kind != "paragraph" or len(block.lines) > 1 or first.page != line.page or line.bold != first.bold:
        return None
    below = any(abs(run.x - line.x) < HANGING for run in first.runs[1:] if run.x > first.x + HANGING)
    pitch = type_area.pitch(first.size)
    near = 0 < first.y - line.y <= max(1.3 * pitch, pitch + 2)
    return listed if below and near and not LETTERED.match(line.text) else None


def _goes_on(block: _Block, line: PdfLine, type_area: _TypeArea) -> bool:
    """Whether the line continues the block: the same typeface, no wider gap, and no line that ended early before it."""
    last = block.lines[-1]
    ended = last.text[-1] in FINAL
    if block.kind == "row" or max(last.size, line.size) > LARGER * min(last.size, line.size):
        return False
    heading = last.size > LARGER * type_area.body or (all(one.bold for one in block.lines) and block.kind != "item")
    gap = last.y - line.y
    pitch = type_area.pitch(last.size)
    widest = 1.6 * last.size if heading else max(1.3 * pitch, pitch + 2)
    word = line.text.split(" ", 1)[0]
    left = min(block.lines[0].x, line.x)
    full = (last.right + width(f" {word}") * last.size - left) / max((last.limit or type_area.right) - left, 1.0)
    new = line.text[0].isupper() and type_area.indents(line.x)  # as an item begins
    room = full < (0.97 if new else 0.92 if ended else 0.85)  # the next word would have fitted if the text continued
    room = room or (line.text[0].isupper() and last.text.endswith(";"))
    if heading:
        same = last.bold == line.bold and not could_head_numbered(line.text) and not (room and ended)
    elif line.bold and not last.bold and could_head(line.text):
        same = not (ended or room)
    elif LETTERED.match(line.text) and (last.text[-1] in ".;:,!?" or re.search(r"\b(and|or)$", last.text)):
        same = False
    elif block.kind == "item":
        same = line.x > block.x + 1 or not room
    else:
        moved = line.x > last.x or len(block.lines) > 1 or block.texts[0].endswith(":")
        indented = moved and abs(line.x - last.x) > INDENT * last.size
        same = not indented and not room
    if line.page != last.page:
        return same and not ended and not heading and last.bold == line.bold and not could_head_numbered(line.text)
    return 0 < gap <= widest and same


def could_head_numbered(text: str) -> bool:
    """Whether the line starts like "3.1 Use", so that it does not continue the line before it."""
    return bool(re.match(r"\d{1,2}(\.\d{1,2})*[.)]?\s+[A-Z]", text))


def _style(block: _Block) -> tuple[float, bool]:
    return _rounded(block.lines[0].size), block.lines[0].bold


def _heads(block: _Block, body: float) -> bool:
    if block.kind != "paragraph":
        return False
    text = " ".join(block.texts)
    if re.search(r"@|https?://|www\.|:\s.*:\s", text):
        return False  # an address may be set as large as a heading
    one_sentence = (
        text[-1] == "."
        and len(text.split()) <= LONGEST_SENTENCE
        and not re.search(r"(?<![A-Z])\.\s", re.sub(r"^[\d.]+\s", "", text))
    )
    if all(line.size > LARGER * body for line in block.lines):
        return len(text) <= LONGEST_HEADING and text[-1] not in ";," and (text[-1] != "." or one_sentence)
    numbered = one_sentence and could_head_numbered(text)  # "4. Our Role as Controller." with its full stop
    return all(line.bold for line in block.lines) and could_head(text[:-1] if numbered else text)


def _as_parts(
    blocks: Sequence[_Block], body: float, styles: Sequence[tuple[float, bool]], words: Counter[str]
) -> Iterator[TextPart]:
    open_lists: list[float] = []  # x of the bullets of each open list, in points
    before: TextPart | None = None
    last: _Block | None = None
    for index, block in enumerate(blocks):
        text = _joined(block.texts, words)
        if block.kind == "row":
            part = TextPart("row", text)
        elif block.kind == "item":
            while open_lists and block.x < open_lists[-1] - 2:
                open_lists.pop()
            if not open_lists or block.x > open_lists[-1] + 2:
                open_lists.append(block.x)
            part = TextPart("item", text, len(open_lists), block.mark)
        elif _heads(block, body) and index + 1 < len(blocks):
            part = TextPart("heading", text, 1 + styles.index(_style(block)))
        elif (listed := LETTERED.match(text)) and _counts_on(before, listed.group(1)):
            part = TextPart("item", text[listed.end() :], 1, listed.group(1))
        else:
            part = TextPart("paragraph", text, tight=_close(last, block))
        if part.kind != "item":
            open_lists.clear()
        yield part
        before, last = part, block


def _counts_on(before: TextPart | None, mark: str) -> bool:
    """Whether a numbered line is an item: it follows a colon, or an item with the same kind of mark."""
    if before is None:
        return False
    if before.kind == "paragraph":
        return before.text.endswith(":")
    return before.kind == "item" and len(re.sub(r"\w", "", before.mark)) == len(re.sub(r"\w", "", mark)) and before.mark != "•"


def _close(before: _Block | None, block: _Block) -> bool:
    """Whether a block follows without a gap, like the lines of an address."""
    if before is None or before.kind == "item" or before.lines[-1].page != block.lines[0].page:
        return False
    gap = before.lines[-1].y - block.lines[0].y
    return 0 < gap < 1.35 * block.lines[0].size and before.lines[0].bold == block.lines[0].bold


def _joined(lines: Sequence[str], words: Counter[str]) -> str:
    """The lines as one text; a word hyphenated at a line's end is joined again, but "third-party" keeps its hyphen."""
    text = lines[0] if lines else ""
    for line in lines[1:]:
        head = re.search(r"(\w+)-$", text)
        tail = re.match(r"\w+", line)
        if text.endswith("\u00ad"):
            text = text[:-1] + line
        elif head and tail and line[0].islower():
            whole, hyphened = (head.group(1) + tail.group()).lower(), f"{head.group(1)}-{tail.group()}".lower()
            both = words[head.group(1).lower()] and words[tail.group().lower()] > 1
            keep = words[hyphened] or (not words[whole] and both)
            text = text + line if keep else text[:-1] + line
        elif head and tail:
            text = text + line
        else:
            text = f"{text} {line}"
    return text
