"""Which lines are headings, of which level, and which is the title. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from knowledge.characters import without_invisible
from knowledge.contents import folded_text
from knowledge.lines import (
    AFTER_LIST,
    DATE_LINE,
    LABEL_VALUE,
    LONGEST_HEADING,
    Line,
    ends_in_abbreviation,
    lines_from,
    title_like,
)

TITLE_END = re.compile(r"[\s|,(–—-]+(?:last\s+\w+|effective|updated|version)\b.*", re.IGNORECASE)  # a date behind the title
LINES_OF_PARAGRAPH = 100  # that show how wide its lines are; in a text without blank lines all would be looked at for each line
LONGEST_CLOSE_HEADING = 60  # characters of a heading without a blank line between it and its text


def mark_top_heading(lines: Sequence[Line]) -> str:
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


def settle_levels(lines: Sequence[Line]) -> None:
    """Make levels start at 1 without gaps; "3.1" is below "3" even if the format puts both on one level."""
    numbered: dict[str, tuple[int, int]] = {}
    depths: list[tuple[Line, tuple[int, int]]] = []
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


def is_outline(lines: Sequence[Line]) -> bool:
    """Whether numbered lines are indented by level and their numbering restarts, so that only the indent shows the level."""
    numbered = [line for line in lines if line.number and "." not in line.number]
    indents = {line.indent for line in numbered}
    restarts = sum(line.number == "1" for line in numbered)
    return len(indents) >= 2 and restarts >= 3 and len(numbered) >= 0.3 * len(lines)


def mark_title(lines: list[Line]) -> str:
    """Mark the lines at the top that could be titles, and return the first that mentions privacy; "" if there is none."""
    title = ""
    by_heading = False
    for line in lines[:6]:
        if line.role == "navigation":
            continue
        if (
            by_heading
            and line.role == "heading"
            and re.search(r"priva", title, re.I)
            and folded_text(line.text) != folded_text(title)
        ):
            break  # the next heading opens a section, even if it mentions data protection
        sentence = line.text.endswith((".", ":")) and line.role != "heading"
        if line.number or line.bullet or len(line.text) > 60 or sentence:
            break
        if DATE_LINE.match(line.text):
            continue
        if re.search(r"priva|legal|data protection|policy|notice", line.text, re.I):
            by_heading = line.role == "heading"
            line.role = "title"
            if not title or not re.search(r"priva", title, re.I):
                title = without_invisible(line.text).rstrip(".: ")
                title = TITLE_END.split(title, maxsplit=1)[0] or title
        elif title:
            break
    return title


def mark_outline(lines: list[Line]) -> None:
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
        if ends_in_abbreviation(first) or not title_like(first):
            continue
        return stop.end()
    return 0


def mark_headings(lines: list[Line]) -> None:
    contents = {folded_text(line.text) for line in lines if line.role == "navigation"}
    spaced = any(line.blank_before for line in lines[1:])
    bare = {int(line.number) for line in lines if line.bare}
    for index, line in enumerate(lines):
        if line.role != "text":
            continue
        following = next((later for later in lines_from(lines, index + 1) if later.role == "text"), None)
        if line.bullet:
            is_heading = _heading_among_bullets(line, following)
        elif line.number:
            counted = not line.bare or bool(bare & {int(line.number) - 1, int(line.number) + 1})  # else it may be a house number
            is_heading = counted and looks_like_heading(line.text)
        else:
            is_heading = (
                spaced and _stands_alone(lines, index) and (looks_like_heading(line.text) or folded_text(line.text) in contents)
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


def _mark_close_headings(lines: Sequence[Line], spaced: bool) -> None:
    """Mark headings directly above their text. In a text without blank lines there is none above the heading either."""
    candidates = [index for index, line in enumerate(lines) if line.role == "text" and _heads_what_follows(lines, index, spaced)]
    certain = [index for index in candidates if _is_prose(lines[index + 1].text) or lines[index + 1].bullet]
    habit = sum(title_like(lines[index].text) for index in certain) > 1  # then one above an unfinished line is a heading too
    if not spaced and not habit:
        return
    for index in candidates:
        line, following = lines[index], lines[index + 1]
        if index in certain or (habit and title_like(line.text) and not title_like(following.text)):
            line.role, line.number_full, line.heading_end = "heading", line.number, line.end


def _heads_what_follows(lines: Sequence[Line], index: int, spaced: bool) -> bool:
    """Whether the line could be such a heading, and not the first line of a wrapped paragraph or of an address."""
    line, before = lines[index], lines[index - 1] if index else None
    following = lines[index + 1] if index + 1 < len(lines) else None
    if following is None or following.blank_before or following.role != "text" or following.number:
        return False
    if before is not None and (before.ends_open or (not line.blank_before and (spaced or before.text[-1] not in ".!?"))):
        return False
    if not following.bullet and not re.match(r"[“\"(]?[^\W\d_]", following.text):
        return False  # "Acme Limited" above "12 High Street"
    if not title_like(line.text) and (following.bullet or AFTER_LIST.match(line.text)):
        return False  # "You have the right to" introduces its list, although it has no colon
    return _could_head_closely(line) and (following.bullet or _ends_early(lines, index))


def _could_head_closely(line: Line) -> bool:
    return (
        not (line.number or line.bullet)
        and len(line.text) <= LONGEST_CLOSE_HEADING
        and looks_like_heading(line.text)
        and bool(re.search(r"[^\W\d_]{3}", line.text))
        and not LABEL_VALUE.match(line.text)
        and not DATE_LINE.match(line.text)
    )


def _ends_early(lines: Sequence[Line], index: int) -> bool:
    """Whether the next line's first word would have fitted, so that the line did not end because it was full."""
    line, following = lines[index], lines[index + 1]
    with_next = len(line.text) + 1 + len(following.text.split()[0])
    widest = len(line.text)
    for later in islice(lines_from(lines, index + 1), LINES_OF_PARAGRAPH):
        if later.blank_before or widest > LONGEST_CLOSE_HEADING + 40:
            break
        widest = max(widest, later.end - later.start)
        if with_next < widest:
            return True
    return with_next < widest


def _is_prose(text: str) -> bool:
    return text[-1] in ".!?:" and len(text.split()) > 3


def _stands_alone(lines: Sequence[Line], index: int) -> bool:
    after = lines[index + 1] if index + 1 < len(lines) else None
    return lines[index].blank_before and (after is None or after.blank_before)


def looks_like_heading(text: str) -> bool:
    """Whether a line is short, begins with a capital letter and ends like no sentence."""
    return (
        len(text) <= LONGEST_HEADING
        and text[0].isupper()
        and text[-1] not in ".;:,"
        and (text[-1] not in "!?" or len(text) <= 60)
        and not re.search(r":\s|@|https?://|www\.", text)
    )


def _heading_among_bullets(line: Line, following: Line | None) -> bool:
    """Whether a title among bullets, before a bullet that introduces a list, is a heading that was given a bullet."""
    return following is not None and following.bullet and following.ends_open and not line.ends_open and title_like(line.text)
