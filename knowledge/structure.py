"""A policy's text → its sections and blocks, each with offsets into the text. Pure: no disk, no model.

People paste policies in every form: with and without blank lines, with numbering that restarts and whose level only the
indent shows, lists without bullets, headings among bullets, a table of contents at the top. Nothing is changed or removed: a
span [start, end) always points into the text as stored.

The structure of plain text is inferred from its appearance. Other formats know which lines are headings and items: they come
with marks, and what a mark says is not inferred again.
"""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from knowledge.characters import edges_blanked, without_invisible

BULLET = re.compile(r"^\s*[•·▪◦‣●\-*–]\s+(?=\S)")
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
# "3. Use", "3) Use", "3.1 Use", "3 Use"; but neither "12 months for invoices" nor "15 January 2026".
NUMBER = re.compile(rf"^\s*(\d{{1,2}}(?:\.\d{{1,2}})*)(?:[.)]\s+|\s+(?![a-z]|(?:{MONTHS})\b))(?=\S)")
LABEL_VALUE = re.compile(
    r"^(Company|Address|E-?mail|Phone|Tel|Website|Web|Post|Postal mail[^:]{0,20}|Contact)\s*:\s+\S", re.IGNORECASE
)
DATE_LINE = re.compile(r"^(last\s+(updated|revised|modified)|effective|date|version)\b", re.I)
LABEL = re.compile(r"^([A-Z][^.:!?\n]{1,70}?)([.:])\s+(?=[A-Z“\"(])")
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
LONGEST_CLOSE_HEADING = 60  # characters of a heading without a blank line between it and its text
LONGEST_ITEM = 600  # characters of an item without a bullet
ALIKE = 0.85  # share of matching letters from which a line of the contents and a heading are the same
LENGTHS_APART = 12  # characters by which their lengths may differ
SHORTEST_CONTENTS = 4  # lines; fewer lines that are repeated further down are no table of contents


@dataclass(frozen=True)
class Span:
    """A range of the policy's text: characters [start, end)."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The characters of the span."""
        return text[self.start : self.end]


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
class _Line:
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


def read_structure(text: str, marks: Sequence[Mark] = ()) -> Structure:
    """Find the sections, paragraphs and lists of a policy's text, from its marks if its format gave any.

    Every span lies within the text. Together the blocks and headings cover everything except white space, invisible characters
    and bullets.
    """
    visible = edges_blanked(text)
    if marks:
        return _read_marked(visible, marks)
    lines = _join_wrapped(list(_lines(visible)))
    _mark_navigation(lines)
    outline = _is_outline(lines)
    title = _mark_title(lines)
    if outline:
        _mark_outline(lines)
    else:
        _mark_headings(lines)
    return _build(visible, lines, title)


def _read_marked(text: str, marks: Sequence[Mark]) -> Structure:
    """The same from marks; headings are only inferred if the format marks none."""
    lines = [_marked_line(text, mark, before) for before, mark in zip([None, *marks], marks, strict=False)]
    _mark_navigation(lines)
    title = _mark_title(lines) or _mark_top_heading(lines)
    if any(line.role == "heading" for line in lines):
        _settle_levels(lines)
    else:
        _mark_headings(lines)
    return _build(text, lines, title)


def _marked_line(text: str, mark: Mark, before: Mark | None) -> _Line:
    item = mark.kind in ("item", "row")
    number = None if item else NUMBER.match(text[mark.start : mark.end])
    body = mark.start + number.end() if number else mark.body
    line = _Line(
        start=mark.start, end=mark.end, text=text[body : mark.end], indent=0, body=body, bullet=item,
        number=number.group(1) if number else "", blank_before=before is None or "\n\n" in text[before.end : mark.start],
        level=mark.level, depth=mark.level if mark.kind == "item" else 0, leads=mark.leads, row=mark.kind == "row",
        bare=_is_bare(number),
    )  # fmt: skip
    if mark.kind == "navigation":
        line.role = "navigation"
    elif mark.kind == "heading":
        line.role, line.number_full, line.heading_end = "heading", line.number, line.end
    return line


def _is_bare(number: re.Match[str] | None) -> bool:
    return number is not None and number.group().strip().isdigit()


def _mark_top_heading(lines: Sequence[_Line]) -> str:
    """Make a first heading of a level above all others the document's title, whatever it says; return it, or ""."""
    headings = [line for line in lines if line.role == "heading"]
    if (
        len(headings) < 2
        or headings[0].number
        or headings[0].level > 1
        or any(line.level <= headings[0].level for line in headings[1:])
    ):
        return ""
    headings[0].role = "title"
    return without_invisible(headings[0].text)


def _settle_levels(lines: Sequence[_Line]) -> None:
    """Make levels start at 1 without gaps; "3.1" is below "3" even if the format puts both on one level."""
    numbered: dict[str, tuple[int, int]] = {}
    depths: list[tuple[_Line, tuple[int, int]]] = []
    for line in lines:
        if line.role != "heading":
            continue
        depth = (line.level, 0)
        above = numbered.get(line.number.rpartition(".")[0])
        if above and above[0] == line.level:
            depth = (line.level, above[1] + 1)
        if line.number:
            numbered[line.number] = depth
        depths.append((line, depth))
    ranks = {depth: rank for rank, depth in enumerate(sorted({depth for _, depth in depths}), start=1)}
    for line, depth in depths:
        line.level = ranks[depth]


def _lines(text: str) -> Iterator[_Line]:
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
        yield _Line(
            start=first, end=last, text=text[body:last], indent=indent, body=body, bullet=bool(bullet),
            number=number.group(1) if number else "", blank_before=blank, bare=_is_bare(number),
        )  # fmt: skip
        blank = False


def _join_wrapped(lines: list[_Line]) -> list[_Line]:
    """Join a line to the one before it if that one breaks off in the middle of a sentence."""
    joined: list[_Line] = []
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


def _folded(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", text.lower()))


def _mark_navigation(lines: list[_Line]) -> None:
    """Mark tables of contents and footer links: lines that only repeat headings, or link to other pages."""
    later = _LaterRepetitions(lines)
    done = -1
    for seed in range(SHORTEST_CONTENTS - 1, len(lines), SHORTEST_CONTENTS):  # every run that is long enough contains one
        if seed <= done or not later.repeats(seed):
            continue
        first = done = seed
        while first > 0 and later.repeats(first - 1):
            first -= 1
        while done + 1 < len(lines) and later.repeats(done + 1):
            done += 1
        if done - first + 1 >= SHORTEST_CONTENTS and not _led_in(lines, first):
            for index in range(first, done + 1):
                lines[index].role = "navigation"
    for line in lines:
        if re.fullmatch(r"(table of )?contents", _folded(line.text)):
            line.role = "navigation"
    _mark_footer(lines)


def _mark_footer(lines: Sequence[_Line]) -> None:
    """Mark short bullets at the very end that link to the site's other pages."""
    tail = len(lines)
    while (
        tail
        and lines[tail - 1].bullet
        and len(lines[tail - 1].text.split()) <= 4
        and not lines[tail - 1].text.endswith((".", ";"))
    ):
        tail -= 1
    led_in = tail and lines[tail - 1].ends_open
    if not led_in and _all_titles(lines[tail:]):
        for line in lines[tail:]:
            line.role = "navigation"


def _all_titles(lines: Sequence[_Line]) -> bool:
    return bool(lines) and all(re.search(r"\b(policy|terms|cookies?|imprint|contact)\b", line.text, re.I) for line in lines)


def _led_in(lines: Sequence[_Line], index: int) -> bool:
    """Whether a sentence introduces the line, which then belongs to a list and not to a table of contents."""
    return index > 0 and lines[index - 1].ends_open and "contents" not in lines[index - 1].text.lower()


class _LaterRepetitions:
    """Tells whether a line is repeated further down, as a line of a table of contents is by its heading.

    Long policies have many lines, so equal lines are looked up in a table, and only lines that share enough letter triples are
    compared letter by letter.
    """

    def __init__(self, lines: Sequence[_Line]) -> None:
        self._lines = lines
        self._folded = [_folded(line.text) for line in lines]
        self._known: dict[int, bool] = {}
        self._last: dict[str, int] = {}  # index of a text's last occurrence
        known_headings = any(line.role == "heading" for line in lines)
        for index, line in enumerate(lines):
            if not line.bullet and (line.role == "heading" or not known_headings):
                self._last[self._folded[index]] = index
        self._by_length: dict[int, list[tuple[str, frozenset[str]]]] = defaultdict(list)
        for folded in self._last:
            if len(folded) <= LONGEST_HEADING + LENGTHS_APART:
                self._by_length[len(folded)].append((folded, _triples(folded)))

    def repeats(self, index: int) -> bool:
        if index not in self._known:
            line = self._lines[index]
            short = len(line.text) <= LONGEST_HEADING and line.role == "text" and not LABEL_VALUE.match(line.text)
            self._known[index] = short and self._again(self._folded[index], index)
        return self._known[index]

    def _again(self, wanted: str, index: int) -> bool:
        if not wanted:
            return False
        if self._last.get(wanted, -1) > index:
            return True
        if len(wanted) <= 15:
            return False
        triples = _triples(wanted)
        return any(
            self._last[other] > index and _may_match(wanted, triples, other, others) and _alike(wanted, other)
            for length in range(len(wanted) - LENGTHS_APART, len(wanted) + LENGTHS_APART + 1)
            for other, others in self._by_length.get(length, ())
        )


def _may_match(one: str, triples: frozenset[str], other: str, others: frozenset[str]) -> bool:
    """Whether the two share as many letter triples as two that are alike must.

    Where 0.85 of the letters match, at most 0.15 of both lengths lie between the matching stretches, and each stretch
    has two triples fewer than letters: that leaves 0.125 of both lengths, less two.
    """
    repeated = len(one) - 2 - len(triples)
    return len(triples & others) >= 0.125 * (len(one) + len(other)) - 2 - repeated


def _alike(one: str, other: str) -> bool:
    return difflib.SequenceMatcher(None, one, other).ratio() >= ALIKE


def _triples(text: str) -> frozenset[str]:
    return frozenset(text[index : index + 3] for index in range(len(text) - 2))


def _is_outline(lines: Sequence[_Line]) -> bool:
    """Whether numbered lines are indented by level and their numbering restarts, so that only the indent shows the level."""
    numbered = [line for line in lines if line.number and "." not in line.number]
    indents = {line.indent for line in numbered}
    restarts = sum(line.number == "1" for line in numbered)
    return len(indents) >= 2 and restarts >= 3 and len(numbered) >= 0.3 * len(lines)


def _mark_title(lines: list[_Line]) -> str:
    """Mark the lines at the top that could be titles, and return the first that mentions privacy; "" if there is none."""
    title = ""
    by_heading = False
    for line in lines[:6]:
        if line.role == "navigation":
            continue
        if by_heading and line.role == "heading" and re.search(r"priva", title, re.I) and _folded(line.text) != _folded(title):
            break  # the next heading opens a section, even if it mentions data protection
        if line.number or line.bullet or len(line.text) > 60 or line.text.endswith((".", ":")):
            break
        if DATE_LINE.match(line.text):
            continue
        if re.search(r"priva|legal|data protection|policy|notice", line.text, re.I):
            by_heading = line.role == "heading"
            line.role = "title"
            if not title or not re.search(r"priva", title, re.I):
                title = without_invisible(line.text)
        elif title:
            break
    return title


def _mark_outline(lines: list[_Line]) -> None:
    """Mark headings with levels by indent; their full numbers join those of the levels above: "2." within 5.5 becomes 5.5.2."""
    stack: list[tuple[int, str]] = []  # (indent, number)
    for line in lines:
        if not line.number or line.role != "text":
            continue
        while stack and stack[-1][0] >= line.indent:
            stack.pop()
        stack.append((line.indent, line.number))
        line.role, line.level = "heading", len(stack)
        line.number_full = ".".join(number for _, number in stack)
        line.heading_end = line.body + _run_in_title(line.text)


def _run_in_title(text: str) -> int:
    """How many characters at the start are a title: all of a short line, or its first title-like sentence; 0 for none."""
    if len(text) <= LONGEST_HEADING and text[-1] not in ".;:,":
        return len(text)
    for stop in re.finditer(r"\.(?=\s|$)", text):
        first = text[: stop.start()]
        if len(first) > LONGEST_HEADING:
            return 0
        if _ends_in_abbreviation(first) or not _title_like(first):
            continue
        return stop.end()
    return 0


def _ends_in_abbreviation(text: str) -> bool:
    return bool(re.search(rf"\b(?:[A-Z]|{'|'.join(ABBREVIATIONS)})$", text))


def _title_like(text: str) -> bool:
    """Whether most main words start with a capital: "Right of Access", but not "You may also write to us"."""
    words = [word for word in re.findall(r"[^\W\d_][\w’'-]*", text) if word.lower() not in SMALL_WORDS]
    return bool(words) and sum(word[0].isupper() for word in words) >= 0.75 * len(words) and len(words) <= 10


def _mark_headings(lines: list[_Line]) -> None:
    contents = {_folded(line.text) for line in lines if line.role == "navigation"}
    spaced = any(line.blank_before for line in lines[1:])
    bare = {int(line.number) for line in lines if line.bare}
    for index, line in enumerate(lines):
        if line.role != "text":
            continue
        following = next((later for later in _from(lines, index + 1) if later.role == "text"), None)
        if line.bullet:
            is_heading = _heading_among_bullets(line, following)
        elif line.number:
            counted = not line.bare or bool(bare & {int(line.number) - 1, int(line.number) + 1})  # else it may be a house number
            is_heading = counted and _looks_like_heading(line.text)
        else:
            is_heading = (
                spaced and _stands_alone(lines, index) and (_looks_like_heading(line.text) or _folded(line.text) in contents)
            )
            is_heading = (
                is_heading and following is not None and not LABEL_VALUE.match(line.text) and not DATE_LINE.match(line.text)
            )
        if is_heading:
            line.role, line.number_full, line.heading_end = "heading", line.number, line.end
    if spaced or not any(line.role == "heading" for line in lines):
        _mark_close_headings(lines, spaced)
    plain = sum(1 for line in lines if line.role == "heading" and not line.number)
    numbered = sum(1 for line in lines if line.role == "heading" and line.number)
    for line in lines:
        if line.role == "heading":
            depth = line.number.count(".") + 1 if line.number else 1
            line.level = depth + 1 if line.number and plain > numbered else depth


def _mark_close_headings(lines: Sequence[_Line], spaced: bool) -> None:
    """Mark headings directly above their text. In a text without blank lines there is none above the heading either."""
    candidates = [index for index, line in enumerate(lines) if line.role == "text" and _heads_what_follows(lines, index, spaced)]
    certain = [index for index in candidates if _is_prose(lines[index + 1].text) or lines[index + 1].bullet]
    habit = sum(_title_like(lines[index].text) for index in certain) > 1  # then one above an unfinished line is a heading too
    if not spaced and not habit:
        return
    for index in candidates:
        line, following = lines[index], lines[index + 1]
        if index in certain or (habit and _title_like(line.text) and not _title_like(following.text)):
            line.role, line.number_full, line.heading_end = "heading", line.number, line.end


def _heads_what_follows(lines: Sequence[_Line], index: int, spaced: bool) -> bool:
    """Whether the line could be such a heading, and not the first line of a wrapped paragraph or of an address."""
    line, before = lines[index], lines[index - 1] if index else None
    following = lines[index + 1] if index + 1 < len(lines) else None
    if following is None or following.blank_before or following.role != "text" or following.number:
        return False
    if before is not None and (before.ends_open or (not line.blank_before and (spaced or before.text[-1] not in ".!?"))):
        return False
    if not following.bullet and not re.match(r"[“\"(]?[^\W\d_]", following.text):
        return False  # "Acme Limited" above "12 High Street"
    if not _title_like(line.text) and (following.bullet or AFTER_LIST.match(line.text)):
        return False  # "You have the right to" introduces its list, although it has no colon
    return _could_head_closely(line) and (following.bullet or _ends_early(lines, index))


def _could_head_closely(line: _Line) -> bool:
    return (
        not (line.number or line.bullet)
        and len(line.text) <= LONGEST_CLOSE_HEADING
        and _looks_like_heading(line.text)
        and bool(re.search(r"[^\W\d_]{3}", line.text))
        and not LABEL_VALUE.match(line.text)
        and not DATE_LINE.match(line.text)
    )


def _ends_early(lines: Sequence[_Line], index: int) -> bool:
    """Whether the next line's first word would have fitted, so that the line did not end because it was full."""
    line, following = lines[index], lines[index + 1]
    widest = len(line.text)
    for later in _from(lines, index + 1):
        if later.blank_before or widest > LONGEST_CLOSE_HEADING + 40:
            break
        widest = max(widest, later.end - later.start)
    return len(line.text) + 1 + len(following.text.split()[0]) < widest


def _is_prose(text: str) -> bool:
    return text[-1] in ".!?:" and len(text.split()) > 3


def _stands_alone(lines: Sequence[_Line], index: int) -> bool:
    after = lines[index + 1] if index + 1 < len(lines) else None
    return lines[index].blank_before and (after is None or after.blank_before)


def _looks_like_heading(text: str) -> bool:
    return (
        len(text) <= LONGEST_HEADING
        and text[0].isupper()
        and text[-1] not in ".;:,"
        and (text[-1] not in "!?" or len(text) <= 60)
        and not re.search(r":\s|@|https?://|www\.", text)
    )


def _heading_among_bullets(line: _Line, following: _Line | None) -> bool:
    """Whether a title among bullets, before a bullet that introduces a list, is a heading that was given a bullet."""
    return following is not None and following.bullet and following.ends_open and not line.ends_open and _title_like(line.text)


def _build(text: str, lines: Sequence[_Line], title: str) -> Structure:
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


def _led_from_above(lines: Sequence[_Line], index: int, open_lists: list[tuple[int, Span]]) -> Span | None:
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


def _from(lines: Sequence[_Line], index: int) -> Iterator[_Line]:
    """The lines from `index` on, without copying them."""
    return (lines[later] for later in range(index, len(lines)))


def _skip_space(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    return start


def _add_block(
    text: str,
    lines: Sequence[_Line],
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


def _bullets_from(lines: Sequence[_Line], index: int) -> list[_Line]:
    items: list[_Line] = []
    for line in _from(lines, index):
        if line.role != "text" or not line.bullet or line.ends_open:
            break
        if items and (line.depth, line.row) != (items[0].depth, items[0].row):
            break
        items.append(line)
    return items


def _items_after(lines: Sequence[_Line], index: int) -> list[_Line]:
    """The items of the list that a colon opens: bullets, else labelled lines, else paragraphs until the list ends."""
    bullets = _bullets_from(lines, index)
    if bullets:
        return bullets
    items: list[_Line] = []
    for line in _from(lines, index):
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
    if match.group(2) == "." and (_ends_in_abbreviation(match.group(1)) or AFTER_LIST.match(text)):
        return 0  # "We sell nothing." is a sentence, although it is short
    words = match.group(1).split()
    short = len(words) <= 6 if match.group(2) == "." else _title_like(match.group(1)) or len(words) <= 3
    return match.end() if short else 0


def _label_mark(text: str) -> str:
    """The character that ends the line's label, "." or ":"; "" if there is no label."""
    length = run_in_label(text)
    return text[:length].rstrip()[-1] if length else ""
