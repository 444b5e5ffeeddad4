"""DOCX → parts: heading styles, list numbering as Word prints it, tables, footnotes.

Source: ECMA-376, part 1: 17.3 (paragraphs and runs), 17.4 (tables), 17.9 (numbering), 17.11 (footnotes).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import docx
from docx.opc.exceptions import OpcError

from candor.errors import BadPolicyError
from knowledge.formats.html import numeral
from knowledge.formats.parts import PSEUDO_LEVEL, TextPart, could_head, settled, table_parts

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
LARGEST_UNPACKED = 100_000_000  # bytes; a 300-page policy has about ten million
FORMATS = {"lowerLetter": "a", "upperLetter": "A", "lowerRoman": "i", "upperRoman": "I"}
FOOTNOTES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
DELETED = frozenset(f"{W}{tag}" for tag in ("del", "moveFrom", "instrText", "delText"))
NOT_TEXT = DELETED | {f"{W}{tag}" for tag in ("pPr", "rPr", "drawing", "pict", "object")}
PRINTED = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
# What python-docx raises for a broken file; lxml's XMLSyntaxError is a SyntaxError.
BROKEN = (
    OpcError,
    zipfile.BadZipFile,
    AttributeError,
    LookupError,
    SyntaxError,
    TypeError,
    ValueError,
    NotImplementedError,
    OSError,
)


def read_docx(data: bytes) -> list[TextPart]:
    """Read a Word document. Tracked deletions are left out, tracked insertions are read.

    Raises: BadPolicyError without the file's name: it is damaged, locked, or unpacks to too much.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            unpacked = sum(entry.file_size for entry in packed.infolist())
            if unpacked > LARGEST_UNPACKED:
                raise BadPolicyError(
                    f"unpacks to {unpacked:,} bytes, more than {LARGEST_UNPACKED:,}: save it without pictures, or paste its text"
                    " into a .txt file"
                )
        document = docx.Document(io.BytesIO(data))
        return settled(list(_WordReader(document).parts()))
    except BROKEN as error:
        raise BadPolicyError(
            f"is damaged ({type(error).__name__}): open it in Word and save it anew, or paste its text into a .txt file"
        ) from error


@dataclass(frozen=True)
class _Level:
    """How one level of a list is numbered."""

    format: str  # "bullet", "decimal", "lowerLetter", ...
    text: str  # "%1.", "%1.%2"
    start: int


class _WordReader:
    """Walks the body and counts the numbers of lists, which the file does not store."""

    def __init__(self, document: Any) -> None:
        self._body = document.element.body
        self._styles = {style.style_id: style for style in document.styles}
        self._lists = _numbering(document)
        self._counts: dict[str, list[int]] = {}  # abstract list → the current number of each level
        self._notes = _footnotes(document)

    def parts(self) -> Iterator[TextPart]:
        yield from self._blocks(self._body)
        for number, text in self._notes.items():
            yield TextPart("paragraph", f"[{number}] {text}")

    def _blocks(self, parent: Any) -> Iterator[TextPart]:
        for child in parent:
            if child.tag == f"{W}p":
                yield from self._paragraph(child)
            elif child.tag == f"{W}tbl":
                yield from self._table(child)
            elif child.tag not in DELETED:  # content controls and tracked insertions hold blocks too
                yield from self._blocks(child)

    def _paragraph(self, element: Any) -> Iterator[TextPart]:
        text, bold = _text_of(element)
        style = self._style_names(element)
        level = self._heading_level(element, style)
        number, depth = self._number(element)
        for inner in element.iter(f"{W}txbxContent"):
            if not any(above.tag == FALLBACK for above in inner.iterancestors()):
                yield from self._blocks(inner)
        if not text.strip():
            return
        if any(re.match(r"toc \d|table of contents|toc heading", name, re.IGNORECASE) for name in style):
            yield TextPart("navigation", text.replace("\t", " "))
        elif level is not None:
            yield TextPart("heading", f"{number if number != '•' else ''} {_one_line(text)}".strip(), level)
        elif depth and number and number != "•" and bold and could_head(text):
            yield TextPart("heading", f"{number} {text}", PSEUDO_LEVEL)
        elif depth or any(re.match(r"list (bullet|number)", name, re.IGNORECASE) for name in style):
            named = [int(match.group(1)) for name in style if (match := re.search(r"list \w+ (\d)$", name, re.IGNORECASE))]
            yield TextPart("item", text, max([depth, 1, *named]), number or "•", bold=bold)
        else:
            for index, line in enumerate(line for line in text.split("\n") if line.strip()):
                yield TextPart("paragraph", line, bold=bold, tight=index > 0)

    def _style_names(self, element: Any) -> list[str]:
        """The names of the paragraph's style and of those it is based on; built-in ones are English in every language version."""
        named = element.find(f"{W}pPr/{W}pStyle")
        style = self._styles.get(named.get(f"{W}val")) if named is not None else None
        names: list[str] = []
        while style is not None and len(names) < 20:
            names.append(style.name or "")
            style = getattr(style, "base_style", None)
        return names

    def _inherited(self, element: Any, path: str) -> Any:
        """A property of the paragraph, else of its style, else of the styles that this one is based on; None if none has it."""
        inherited = element.find(f"{W}pPr/{path}")
        named = element.find(f"{W}pPr/{W}pStyle")
        style = self._styles.get(named.get(f"{W}val")) if named is not None else None
        for _ in range(20):
            if inherited is not None or style is None:
                break
            inherited = style.element.find(f"{W}pPr/{path}")
            style = getattr(style, "base_style", None)
        return inherited

    def _heading_level(self, element: Any, names: list[str]) -> int | None:
        for name in names:
            if name.lower() == "title":
                return 0
            if match := re.fullmatch(r"heading (\d)", name, re.IGNORECASE):
                return int(match.group(1))
        outline = self._inherited(element, f"{W}outlineLvl")
        level = int(outline.get(f"{W}val")) if outline is not None else 9
        return level + 1 if level < 9 else None  # 9 means body text

    def _number(self, element: Any) -> tuple[str, int]:
        """What Word prints before the paragraph, and the depth of its list item, from 1; ("", 0) if it is in no list."""
        list_id = self._inherited(element, f"{W}numPr/{W}numId")
        if list_id is None or list_id.get(f"{W}val") not in self._lists:
            return "", 0
        at = self._inherited(element, f"{W}numPr/{W}ilvl")
        depth = int(at.get(f"{W}val")) if at is not None else 0
        abstract, levels = self._lists[list_id.get(f"{W}val")]
        level = levels.get(depth)
        if level is None or level.format == "none":
            return "", depth + 1
        counts = self._counts.setdefault(abstract, [])
        while len(counts) <= depth:
            counts.append(levels[len(counts)].start - 1 if len(counts) in levels else 0)
        counts[depth] += 1
        for deeper in range(depth + 1, len(counts)):
            counts[deeper] = levels[deeper].start - 1 if deeper in levels else 0
        if level.format == "bullet":
            return "•", depth + 1

        def counted(match: re.Match[str]) -> str:
            which = int(match.group(1)) - 1
            if which >= len(counts):
                return ""
            style = FORMATS.get(levels[which].format, "1") if which in levels else "1"
            return numeral(max(counts[which], 1), style)

        return re.sub(r"%(\d)", counted, level.text).strip(), depth + 1

    def _table(self, table: Any) -> Iterator[TextPart]:
        rows = [
            [cell for cell in row.iter(f"{W}tc") if _nearest(cell, f"{W}tr") is row]
            for row in table.iter(f"{W}tr")
            if _nearest(row, f"{W}tbl") is table
        ]
        cells = [cell for row in rows for cell in row]
        layout = max((len(row) for row in rows), default=0) < 2 or any(
            next(cell.iter(f"{W}tbl"), None) is not None
            or any(self._heading_level(p, self._style_names(p)) is not None for p in cell.iter(f"{W}p"))
            for cell in cells
        )
        if layout:
            for cell in cells:
                yield from self._blocks(cell)
            return
        texts = list(self._grid(rows))
        first = rows[0]
        headed = first[0].getparent().find(f"{W}trPr/{W}tblHeader") is not None or all(
            all(_text_of(p)[1] for p in cell.iter(f"{W}p") if _text_of(p)[0].strip()) for cell in first
        )
        yield from table_parts(texts, headed=headed)

    def _grid(self, rows: Sequence[Sequence[Any]]) -> Iterator[list[str]]:
        """The text of each place of a table: that of a cell in the first of its columns and in all of its rows."""
        above: list[str] = []
        for row in rows:
            texts: list[str] = []
            for cell in row:
                merged = cell.find(f"{W}tcPr/{W}vMerge")
                goes_on = merged is not None and merged.get(f"{W}val", "continue") == "continue" and len(texts) < len(above)
                texts.append(above[len(texts)] if goes_on else self._cell_text(cell))
                spanned = cell.find(f"{W}tcPr/{W}gridSpan")
                texts += [""] * (int(spanned.get(f"{W}val", "1")) - 1 if spanned is not None else 0)
            yield texts
            above = texts

    def _cell_text(self, cell: Any) -> str:
        """A cell's text on one line, with the items of its lists set apart by semicolons."""
        text = ""
        for paragraph in cell.iter(f"{W}p"):
            line = _one_line(_text_of(paragraph)[0])
            listed = self._inherited(paragraph, f"{W}numPr/{W}numId") is not None
            apart = "; " if listed and text and text[-1] not in ".:;,!?" else " "
            text += f"{apart}{line}" if text and line else line
        return text


def _nearest(element: Any, tag: str) -> Any:
    return next(element.iterancestors(tag), None)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _text_of(paragraph: Any) -> tuple[str, bool]:
    """A paragraph's text as printed, and whether all of it is bold; text boxes are read separately."""
    runs = list(_runs(paragraph, bold=False))
    weights = [bold for text, bold in runs if text.strip() and not text.startswith(" [")]
    return "".join(text for text, _ in runs), bool(weights) and all(weights)


def _runs(parent: Any, bold: bool) -> Iterator[tuple[str, bool]]:
    """The printed texts of a run, or of an element that holds runs, as (text, bold)."""
    for child in parent:
        tag = child.tag
        if tag == f"{W}t":
            yield child.text or "", bold
        elif tag in PRINTED:
            yield PRINTED[tag], bold
        elif tag == f"{W}footnoteReference":
            yield f" [{child.get(f'{W}id')}]", bold
        elif isinstance(tag, str) and tag not in NOT_TEXT and not tag.endswith("}AlternateContent") and not _is_unsaid(child):
            yield from _runs(child, _is_bold(child) if tag == f"{W}r" else bold)


def _is_unsaid(run: Any) -> bool:
    """Whether a run is hidden or struck out."""
    return any(_has(run, name) for name in ("vanish", "strike", "dstrike"))


def _is_bold(run: Any) -> bool:
    return _has(run, "b")


def _has(run: Any, name: str) -> bool:
    """Whether a run has a property that is on or off."""
    found = run.find(f"{W}rPr/{W}{name}")
    return found is not None and found.get(f"{W}val") not in ("0", "false", "off")


def _numbering(document: Any) -> dict[str, tuple[str, dict[int, _Level]]]:
    """List id → (id of the abstract list that it uses, its levels)."""
    try:
        root = document.part.numbering_part.element
    except (KeyError, NotImplementedError):
        return {}
    abstract: dict[str, dict[int, _Level]] = {}
    for entry in root.iter(f"{W}abstractNum"):
        abstract[entry.get(f"{W}abstractNumId")] = {
            int(level.get(f"{W}ilvl")): _Level(
                _value(level, "numFmt", "decimal"), _value(level, "lvlText", ""), int(_value(level, "start", "1"))
            )
            for level in entry.iter(f"{W}lvl")
        }
    lists: dict[str, tuple[str, dict[int, _Level]]] = {}
    for use in root.iter(f"{W}num"):
        of = _value(use, "abstractNumId", "")
        restarts = use.find(f"{W}lvlOverride/{W}startOverride") is not None
        number = use.get(f"{W}numId")
        lists[number] = (f"{of}#{number}" if restarts else of, abstract.get(of, {}))
    return lists


def _value(parent: Any, tag: str, otherwise: str) -> str:
    child = parent.find(f"{W}{tag}")
    return str(child.get(f"{W}val", otherwise)) if child is not None else otherwise


def _footnotes(document: Any) -> dict[str, str]:
    """Footnote number → text; Word's own separators have no number above 0."""
    from docx.oxml import parse_xml

    for relation in document.part.rels.values():
        if relation.reltype == FOOTNOTES and not relation.is_external:
            root = parse_xml(relation.target_part.blob)
            notes = ((note.get(f"{W}id"), note) for note in root.iter(f"{W}footnote"))
            texts = {number: _one_line(" ".join(_text_of(p)[0] for p in note.iter(f"{W}p"))) for number, note in notes}
            return {number: text for number, text in texts.items() if text and number.isdigit() and number != "0"}
    return {}
