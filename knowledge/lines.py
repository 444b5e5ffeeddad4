"""The lines of a policy's text, and what their first characters show. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

# "o" is the round bullet of a text that was copied out of Word.
BULLET = re.compile(r"^\s*(?:[•·∙▪◦‣●○■□➢➤►▶✓✔⁃\-*–]\s+(?=\S)|o\s+(?=[^\W_]))")
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
# "3. Use", "3) Use", "3.1 Use", "3 Use"; but neither "12 months for invoices" nor "15 January 2026".
NUMBER = re.compile(rf"^\s*(\d{{1,2}}(?:\.\d{{1,2}})*)(?:[.)]\s+|\s+(?![a-z]|(?:{MONTHS})\b))(?=\S)")
LABEL_VALUE = re.compile(
    r"^(Company|Address|E-?mail|Phone|Tel|Website|Web|Post|Postal mail[^:]{0,20}|Contact)\s*:\s+\S", re.IGNORECASE
)
DATE_LINE = re.compile(
    r"^((last|latest)\s+(updated?|revised|revision|modified|amended|changed|reviewed)|(updated|revised|amended|published|posted)\b"
    r"[\s:]*(on\b|\d|[a-z]+\s+\d)|effective|date|version|as\s+of)\b",
    re.I,
)
SMALL_WORDS = frozenset([
    "a", "an", "and", "as", "at", "by", "do", "for", "from", "how", "in", "into", "is", "it", "of", "on", "or", "our", "the",
    "this", "to", "under", "we", "with", "your",
])  # fmt: skip
# A list without bullets ends before a paragraph that starts like this.
AFTER_LIST = re.compile(
    r"^(We|You|Our|They|This|These|Such|However|Please|In addition|For more|For any|To learn|To exercise|If|Whenever|All"
    r"|The above)\b"
)
ABBREVIATIONS = ("U.S", "Inc", "Ltd", "Co", "Corp", "St", "No", "Dr", "Mr", "Mrs", "Ms")  # their full stop ends no sentence
LONGEST_HEADING = 100  # characters


@dataclass(frozen=True)
class Span:
    """A range of the policy's text: characters [start, end)."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The characters of the span."""
        return text[self.start : self.end]


MarkKind = Literal["heading", "paragraph", "item", "row", "navigation"]


@dataclass(frozen=True)
class Mark:
    """What a format knows about one line: characters [start, end) of the text; its words begin at `body`, after a bullet."""

    kind: MarkKind
    start: int
    body: int
    end: int
    level: int = 1  # of a heading: 1 is the highest; of an item: the depth of its list
    leads: bool = False  # whether a list continues this line, with or without a colon


@dataclass
class Line:
    """One line, or several joined ones: its offsets, and what its first characters show."""

    start: int
    end: int
    text: str  # without indent, bullet and number
    indent: int
    body: int  # offset where `text` starts
    bullet: bool
    number: str
    blank_before: bool
    role: Literal["text", "heading", "navigation", "title"] = "text"
    level: int = 1
    number_full: str = ""
    heading_end: int = field(default=0)  # of a heading: offset at which the title ends, also if the text follows on the same line
    depth: int = 0  # of an item: the depth of its list; 0 if the format does not say
    leads: bool = False
    row: bool = False
    bare: bool = False  # a whole number without a full stop or bracket, "12 High Street"

    @property
    def ends_open(self) -> bool:
        return self.leads or self.text.endswith(":")


def marked_line(text: str, mark: Mark, before: Mark | None) -> Line:
    item = mark.kind in ("item", "row")
    number = None if item else NUMBER.match(text[mark.start : mark.end])
    body = mark.start + number.end() if number else mark.body
    line = Line(
        start=mark.start, end=mark.end, text=text[body : mark.end], indent=0, body=body, bullet=item,
        number=number.group(1) if number else "", blank_before=before is None or "\n\n" in text[before.end : mark.start],
        level=mark.level, depth=mark.level if mark.kind == "item" else 0, leads=mark.leads, row=mark.kind == "row",
        bare=_is_bare(number),
    )  # fmt: skip
    if mark.kind == "navigation":
        line.role = "navigation"
    elif mark.kind == "heading" and not (DATE_LINE.match(line.text) and re.search(r"\d\d", line.text)):
        line.role, line.number_full, line.heading_end = "heading", line.number, line.end
    return line


def _is_bare(number: re.Match[str] | None) -> bool:
    return number is not None and number.group().strip().isdigit()


def lines_of(text: str) -> Iterator[Line]:
    blank, offset = True, 0
    for raw in text.splitlines(keepends=True):
        start, offset = offset, offset + len(raw)
        stripped = raw.strip()
        if not stripped:
            blank = True
            continue
        indent = len(raw) - len(raw.lstrip())
        first, last = start + indent, start + len(raw.rstrip())
        bullet = BULLET.match(raw)
        number = None if bullet else NUMBER.match(raw)
        mark = bullet or number
        body = start + mark.end() if mark else first
        yield Line(
            start=first, end=last, text=text[body:last], indent=indent, body=body, bullet=bool(bullet),
            number=number.group(1) if number else "", blank_before=blank, bare=_is_bare(number),
        )  # fmt: skip
        blank = False


def join_wrapped(lines: list[Line]) -> list[Line]:
    """Join a line to the one before it if that one breaks off in the middle of a sentence."""
    joined: list[Line] = []
    for line in lines:
        before = joined[-1] if joined else None
        goes_on = (
            before is not None
            and not line.blank_before
            and not line.bullet
            and not line.number
            and before.text[-1] not in ".:;!?"
            and line.text[0].islower()
        )
        if goes_on and before is not None:
            before.text += " " * (line.start - before.end) + line.text  # as long as in the file, so that offsets hold
            before.end = line.end
        else:
            joined.append(line)
    return joined


def ends_in_abbreviation(text: str) -> bool:
    return bool(re.search(rf"\b(?:[A-Z]|{'|'.join(ABBREVIATIONS)})$", text))


def title_like(text: str) -> bool:
    """Whether most main words start with a capital: "Right of Access", but not "You may also write to us"."""
    words = [word for word in re.findall(r"[^\W\d_][\w’'-]*", text) if word.lower() not in SMALL_WORDS]
    return bool(words) and sum(word[0].isupper() for word in words) >= 0.75 * len(words) and len(words) <= 10


def lines_from(lines: Sequence[Line], index: int) -> Iterator[Line]:
    """The lines from `index` on, without copying them."""
    return (lines[later] for later in range(index, len(lines)))
