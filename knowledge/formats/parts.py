"""The parts that every format is read into, in reading order, and how they become the stored text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from candor.errors import BadPolicyError
from knowledge.lines import BULLET, LONGEST_HEADING, Mark, MarkKind

UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # byte order marks; Windows calls such a file "Unicode"
PSEUDO_LEVEL = 7  # of a heading that only bold type marks as one: below every real heading
BULLET_MARK = "•"
LONGEST_LEAD_IN = 300  # characters of a paragraph that leads into a list without a colon
# Characters that only tell a browser where a line may break; joiners mean something only between letters of some scripts.
LAYOUT_ONLY = re.compile("[\u00ad\u200b\u2060\ufeff]|(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])")
MOST_PARTS = 30_000  # a 300-page policy has about 10,000
NUMBERED = re.compile(r"\d{1,3}[.)]?(?:\d{1,3}[.)]?)*")
SYMBOL_BULLETS = re.compile(
    "^\\s*[\uf0b7\uf0a7\uf0a8\uf0d8\uf076\uf02d•·▪◦‣●○■□➢✓⁃]\\s*(?=\\S)"
)  # also those of Word's symbol fonts
# What is left of bullets in symbol fonts: signs that also stand in texts count where two lines begin with them.
ODD_BULLETS = re.compile(r"(?:[§»›>Ø¨ü✗✘❖◆◇☐☑➔→⇒]|[vq]|->|=>)\s+(?=[^\W\d_])")
LETTERED = re.compile(r"(\(?(?:[a-z]|[ivx]{1,4})\))\s+(?=\S)")
LONGEST_TITLE = 12  # words of a heading without anything below it; a longer one is a sentence in large type
LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ft", "ﬆ": "st"}


LinkKind = Literal["", "here", "page"]


@dataclass(frozen=True)
class TextPart:
    """A heading, a paragraph, a list item, a table's row, or a line of navigation."""

    kind: MarkKind
    text: str  # lines separated by \\n
    level: int = 1  # of a heading: 1 is the highest; of an item: how many lists it stands in
    mark: str = BULLET_MARK  # of an item: what is printed before it
    bold: bool = False  # of a paragraph: all of it
    tight: bool = False  # follows the part before without a blank line
    linked: LinkKind = ""  # where all its words lead, if they are links: to a place on this page, or to another page


def tidy(text: str) -> str:
    """Normalise white space and ligatures, and drop characters that only serve the layout; line breaks stay."""
    shown = "".join(LIGATURES.get(letter, letter) for letter in LAYOUT_ONLY.sub("", text))
    lines = (" ".join(line.split()) for line in shown.replace("\r\n", "\n").split("\n"))
    return "\n".join(line for line in lines if line)


def could_head(text: str) -> bool:
    """Whether a bold paragraph looks like a heading rather than like emphasised text. `text` is not empty."""
    return (
        len(text) <= LONGEST_HEADING
        and "\n" not in text
        and (text[0].isupper() or text[0].isdigit())
        and text[-1] not in ".;:,"
        and not re.search(r":\s|@|https?://|www\.", text)
    )


def settled(parts: Sequence[TextPart]) -> list[TextPart]:
    """Correct kinds by appearance: a bold line above text is a heading, a paragraph with a bullet is an item."""
    result: list[TextPart] = []
    for index, part in enumerate(parts):
        following = parts[index + 1] if index + 1 < len(parts) else None
        if _numbers_a_section(part, parts[index - 1] if index else None, following):
            result.append(TextPart("heading", f"{part.mark} {part.text}", PSEUDO_LEVEL))
        elif part.kind == "heading" and len(part.text.split()) > LONGEST_TITLE and _heads_nothing(part, following):
            result.append(TextPart("paragraph", part.text, linked=part.linked))
        elif part.kind != "paragraph":
            result.append(part)
        elif (letter := _letter(part)) and (_letter(following) or (index and _letter(parts[index - 1]))):
            result.append(replace(part, kind="item", text=part.text[len(letter) :].lstrip(), mark=letter))
        elif (odd := _odd_bullet(part)) and (odd in (_odd_bullet(following), _odd_bullet(parts[index - 1] if index else None))):
            result.append(replace(part, kind="item", text=part.text[len(odd) :].lstrip()))
        elif bullet := SYMBOL_BULLETS.match(part.text) or BULLET.match(part.text):
            rest = part.text[bullet.end() :]
            mark = bullet.group().strip()
            result.append(replace(part, kind="item", text=rest, mark=mark if mark not in ("", "o") else BULLET_MARK))
        elif part.bold and could_head(part.text) and following is not None:
            result.append(replace(part, kind="heading", level=PSEUDO_LEVEL))
        else:
            result.append(part)
    return result


def _heads_nothing(heading: TextPart, following: TextPart | None) -> bool:
    return following is None or (following.kind == "heading" and following.level <= heading.level)


def _letter(part: TextPart | None) -> str:
    """The letter in brackets that a paragraph begins with, "(a)" or "iv)"; "" if there is none."""
    match = LETTERED.match(part.text) if part is not None and part.kind == "paragraph" else None
    return match.group(1) if match else ""


def _odd_bullet(part: TextPart | None) -> str:
    """The sign that stands for a bullet at the start of a paragraph; "" if there is none."""
    match = ODD_BULLETS.match(part.text) if part is not None and part.kind == "paragraph" else None
    return match.group().strip() if match else ""


def _numbers_a_section(part: TextPart, before: TextPart | None, following: TextPart | None) -> bool:
    """Whether this list of one numbered item is really a numbered heading: "1. What We Collect"."""
    if part.kind != "item" or part.level > 1 or not NUMBERED.fullmatch(part.mark) or not could_head(part.text):
        return False
    alone = before is None or before.kind != "item" or not NUMBERED.fullmatch(before.mark)
    return alone and following is not None and (following.kind == "paragraph" or following.mark == BULLET_MARK)


def row_text(cells: Sequence[str], headers: Sequence[str]) -> str:
    """One row of a table as a line: "Purpose: security | Basis: our legitimate interest"; without headers only the cells."""
    flat = [" ".join(cell.split()) for cell in cells]
    alone = len(flat) > 2 and flat[:1] == [cell for cell in flat if cell]  # the name of the rows below it, in all columns
    if len(headers) != len(flat) or alone:
        return " | ".join(cell for cell in flat if cell)
    named = [
        f"{header.rstrip(':')}: {cell}" if header and header != cell else cell
        for header, cell in zip((" ".join(header.split()) for header in headers), flat, strict=True)
        if cell
    ]
    return " | ".join(named)


def table_parts(rows: Sequence[Sequence[str]], *, headed: bool) -> list[TextPart]:
    """A table of text: one part per row, with the names of the columns if the first row holds them (`headed`)."""
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    if headed and len(filled) > 1:
        lines = [row_text(row, filled[0]) for row in filled[1:]]
    else:
        lines = [row_text(row, ()) for row in filled]
    return [TextPart("row", line) for line in lines if line]


def rendered(parts: Sequence[TextPart]) -> tuple[str, tuple[Mark, ...]]:
    """The stored text, and a mark for each part of it: headings alone on their line, "• " before an item.

    Raises: BadPolicyError without the file's name if there are too many parts for a policy.
    """
    if len(parts) > MOST_PARTS:
        raise BadPolicyError(f"has {len(parts):,} paragraphs, more than {MOST_PARTS:,}: is it really a policy's text?")
    chunks: list[str] = []
    marks: list[Mark] = []
    length = 0
    written = [part for part in (replace(part, text=tidy(part.text)) for part in parts) if part.text]
    for index, part in enumerate(written):
        if index:
            before = written[index - 1]
            together = part.tight or (part.kind == before.kind and part.kind in ("item", "row", "navigation"))
            chunks.append("\n" if together else "\n\n")
            length += len(chunks[-1])
        indent = "  " * (part.level - 1) if part.kind == "item" else ""
        bullet = f"{part.mark} " if part.kind == "item" and part.mark else ""
        start = length + len(indent)
        body = start + len(bullet)
        chunks.append(f"{indent}{bullet}{part.text}")
        length += len(chunks[-1])
        following = written[index + 1] if index + 1 < len(written) else None
        marks.append(Mark(part.kind, start, body, length, part.level, _leads(part, following)))
    return "".join([*chunks, "\n"]) if chunks else "", tuple(marks)


def _leads(part: TextPart, following: TextPart | None) -> bool:
    """Whether a list continues this part: a nested list after an item, or a list after an unfinished paragraph."""
    if following is None or following.kind != "item":
        return False
    if part.kind == "item":
        return following.level > part.level
    return part.kind == "paragraph" and len(part.text) <= LONGEST_LEAD_IN and part.text[-1] not in '.!?;,"”)'
