"""HTML → parts: the policy itself, without the site around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from candor.errors import BadPolicyError
from knowledge.formats.cards import BOXES, cards_of
from knowledge.formats.html_tables import is_table, layout_cells, rows_of
from knowledge.formats.nodes import NO_TEXT, holds_blocks, set_in_blocks, styled_bold, texts
from knowledge.formats.panels import Panels, panels_of
from knowledge.formats.parts import PSEUDO_LEVEL, UTF_16, LinkKind, TextPart, could_head, settled, tidy
from knowledge.formats.site import drop_surroundings, is_chrome, policy_of, without_contents, without_site

INLINE = frozenset(
    re.findall(
        r"\w+",
        "a abbr acronym b bdi bdo big cite code data dfn em font i img ins kbd label mark q samp small span strong"
        " sub sup time tt u var wbr",
    )
)
BOLD = frozenset(("b", "strong", "em", "i", "u"))  # a line that is all emphasised may be a heading
HEADINGS = {f"h{level}": level for level in range(1, 7)}
ADDRESS = re.compile(r"\S+@|https?:|www\.")
# Encodings that a page declares and what browsers then read it in.
MEANT = {
    "iso-8859-1": "windows-1252", "latin1": "windows-1252", "ascii": "windows-1252", "us-ascii": "windows-1252",
    "utf-16": "utf-8", "utf-16le": "utf-8", "utf-16be": "utf-8",
}  # fmt: skip
# Where the texts of two elements meet without a space and the second begins anew, their styles set them apart.
ENDS_WORD, BEGINS_ANEW = re.compile(r"\w\s+\S*[a-z)][.!?:]?$"), re.compile(r"[A-Z][a-z]*\s+\w")
DECLARED = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)


def read_html(data: bytes) -> list[TextPart]:
    """Read a page.

    Raises: BadPolicyError without the file's name: the page has no text, or is not in the encoding that it declares.
    """
    page = LexborHTMLParser(_decoded(data))
    body = page.body
    if body is None:
        raise BadPolicyError("has no text: save the page from a browser, or paste its text into a .txt file")
    scripted = page.css_first("script") is not None
    panels = panels_of(body)  # before menus are dropped: a row of tabs is named like one
    drop_surroundings(body)
    root = policy_of(body)
    parts = settled(without_contents(without_site(_HtmlReader(panels, site=root is body).read(root))))
    title = _title_above(body, root)
    if title and not any(part.kind == "heading" and part.level == 1 for part in parts):
        parts.insert(0, TextPart("heading", title, 1))
    if not any(re.search(r"\w", part.text) for part in parts):
        why = "its scripts put it together" if scripted else "it holds no policy"
        raise BadPolicyError(
            f"has no text of its own ({why}): open it in a browser and save what you see as a PDF, or paste it into a .txt file"
        )
    return parts


def read_fragment(html: str) -> list[TextPart]:
    """Read HTML that holds nothing but the policy, such as rendered Markdown."""
    body = LexborHTMLParser(html).body
    return settled(without_contents(_HtmlReader(panels_of(body), site=False).read(body))) if body is not None else []


def _decoded(data: bytes) -> str:
    """Decode by byte order mark, else by the declared encoding, else as UTF-8 or as browsers do where nothing is declared.

    Source: HTML standard, section 13.2.3.2: a page that can be read well enough to say UTF-16 is not in UTF-16.
    """
    declared = DECLARED.search(data[:4096])
    if data.startswith(UTF_16):
        encoding = "utf-16"
    else:
        name = declared.group(1).decode("ascii").lower() if declared else "utf-8"
        encoding = MEANT.get(name, name)
    try:
        return data.decode("utf-8-sig" if encoding in ("utf-8", "utf8") else encoding)
    except (UnicodeDecodeError, LookupError) as error:
        if declared is None and b"\x00" not in data:
            return data.decode("windows-1252", "replace")
        raise BadPolicyError(f"is not in the encoding it says ({encoding[:20]}): save the page in UTF-8") from error


def _title_above(body: LexborNode, root: LexborNode) -> str:
    """The page's only h1 if it stands outside the main element; "" otherwise."""
    tops = body.css("h1")
    if len(tops) != 1 or root.css_first("h1") is not None:
        return ""
    return tidy(" ".join(texts(tops[0]))).replace("\n", " ")


class _Run(NamedTuple):
    """A piece of a block's text."""

    text: str
    bold: bool
    linked: LinkKind = ""


class _HtmlReader:
    """Walks the tree and collects the text of each block."""

    def __init__(self, panels: Panels, *, site: bool) -> None:
        self._panels = panels
        self._site = site  # whether the site's menus, header and footer may surround the text
        self._parts: list[TextPart] = []
        self._buffer: list[_Run] = []  # text of the block so far
        self._linked: LinkKind = ""  # where the link leads that is being read
        self._depth = 0
        self._mark = ""  # of the open item, until its first text
        self._opened = False
        self._heading = 0
        self._in_item = False

    def read(self, root: LexborNode) -> list[TextPart]:
        self._children(root, bold=False)
        self._flush()
        return self._parts

    def _children(self, node: LexborNode, bold: bool) -> None:
        for child in node.iter(include_text=True):
            self._node(child, bold)

    def _node(self, node: LexborNode, bold: bool) -> None:
        tag = node.tag or ""
        if tag == "-text":
            run = _Run(re.sub(r"\s+", " ", node.text_content or ""), bold, self._linked)
            if self._buffer and ENDS_WORD.search(self._buffer[-1].text) and BEGINS_ANEW.match(run.text):
                self._buffer.append(_Run("\n", bold))
            self._buffer.append(run)
        elif tag.startswith(("-", "_", "!")) or tag in NO_TEXT or is_chrome(node, site=self._site):
            return
        elif tag == "a" and not self._linked and (leads := _leads_to(node)):
            self._linked = leads
            self._element(node, bold)
            self._linked = ""
        else:
            self._element(node, bold)

    def _element(self, node: LexborNode, bold: bool) -> None:  # noqa: C901, PLR0912  # one branch a kind of element
        tag = node.tag or ""
        if self._panels.is_choice(node):
            return
        if label := self._panels.label(node):
            self._flush()
            self._parts.append(TextPart("heading", label, PSEUDO_LEVEL))
        if tag == "br":
            self._buffer.append(_Run("\n", bold))
        elif tag in HEADINGS:
            self._head(node, HEADINGS[tag])
        elif tag == "summary":
            inner = next((name for name in HEADINGS if node.css_first(name)), None)
            self._head(node, HEADINGS[inner] if inner else PSEUDO_LEVEL)
        elif tag in ("ul", "ol", "menu", "dir"):
            self._list(node, bold)
        elif tag == "dl":
            self._definitions(node)
        elif is_table(node):
            self._table(node)
        elif tag == "pre":
            self._flush()
            for line in "".join(texts(node)).splitlines():
                self._buffer.append(_Run(line, bold))
                self._flush()
        elif not self._heading and not self._in_item and self._panels.opens_text(node):
            self._head(node, PSEUDO_LEVEL)
        elif tag == "button":
            if node.attributes.get("aria-expanded") is not None or self._heading:
                self._children(node, bold)
        elif tag == "sup" and (note := _footnote_mark(node)):
            self._buffer.append(_Run(f" [{note}]", bold))
        elif tag in INLINE and not holds_blocks(node) and not set_in_blocks(node):
            self._children(node, bold or tag in BOLD or styled_bold(node))
        elif tag in BOXES and not self._heading and (cards := cards_of(node, self._depth)):
            self._flush()
            self._parts.extend(cards)
        else:
            self._flush()
            self._children(node, bold or tag in BOLD or styled_bold(node))
            self._flush()

    def _head(self, node: LexborNode, level: int) -> None:
        self._flush()
        self._heading = level
        self._children(node, bold=False)
        self._flush()
        self._heading = 0

    def _list(self, node: LexborNode, bold: bool) -> None:
        self._flush()
        if node.tag == "ul" and (cards := cards_of(node, self._depth)):
            self._parts.extend(cards)
            return
        ordered = node.tag == "ol"
        number = _whole(node.attributes.get("start"), 1)
        style = node.attributes.get("type") or "1"
        self._depth += 1
        for child in node.iter(include_text=False):
            if child.tag != "li":  # a list directly inside a list, as some editors write it
                self._node(child, bold)
                continue
            number = _whole(child.attributes.get("value"), number)
            self._item(child, numeral(number, style) + "." if ordered else "•", bold)
            number += 1
        self._depth -= 1

    def _item(self, node: LexborNode, mark: str, bold: bool) -> None:
        outer = (self._mark, self._opened, self._in_item)
        self._mark, self._opened, self._in_item = mark, True, True
        begin = len(self._parts)
        self._children(node, bold)
        self._flush()
        self._mark, self._opened, self._in_item = outer
        self._raise_heading(begin, mark)

    def _raise_heading(self, begin: int, mark: str) -> None:
        """Turn an item that is a heading followed by text into a heading and its text."""
        own = self._parts[begin:]
        heads = len(own) > 1 and self._depth == 1 and (mark[:1].isdigit() or own[1].level <= self._depth)
        if not heads or not (own[0].kind == "heading" or (own[0].kind == "item" and own[0].bold and could_head(own[0].text))):
            self._parts[begin:] = _joined(own)
            return
        numbered = mark if mark[0].isdigit() else ""
        level = own[0].level if own[0].kind == "heading" else PSEUDO_LEVEL
        self._parts[begin] = TextPart("heading", f"{numbered} {own[0].text}".strip(), level)
        for index, part in enumerate(own[1:], start=begin + 1):
            if part.kind == "item" and part.level == self._depth and not part.mark:
                self._parts[index] = TextPart("paragraph", part.text, bold=part.bold)
            elif part.kind == "item":
                self._parts[index] = TextPart("item", part.text, max(1, part.level - 1), part.mark)

    def _definitions(self, node: LexborNode) -> None:
        """Terms and their meanings become items: "Cookies: small files"."""
        self._flush()
        if not self._in_item and any(holds_blocks(meaning, paragraphs=1) for meaning in node.css("dd")):
            for child in node.css("dt, dd"):  # questions with long answers
                if child.tag == "dt":
                    self._head(child, PSEUDO_LEVEL)
                else:
                    self._children(child, bold=False)
                    self._flush()
            return
        term = ""
        self._depth += 1
        for child in node.css("dt, dd"):
            if child.tag == "dt":
                if term:
                    self._parts.append(TextPart("item", term, self._depth))
                term = tidy("".join(texts(child))).replace("\n", " ")
            elif holds_blocks(child):
                if term:
                    self._parts.append(TextPart("item", term, self._depth))
                self._item(child, "", bold=False)
                term = ""
            else:
                meaning = tidy("".join(texts(child))).replace("\n", " ")
                joint = " " if term.endswith((":", "?", ".", "!")) else ": "
                self._parts.append(TextPart("item", f"{term}{joint if term else ''}{meaning}", self._depth))
                term = ""
        if term:
            self._parts.append(TextPart("item", term, self._depth))
        self._depth -= 1

    def _table(self, node: LexborNode) -> None:
        """A table of text becomes rows; a table that only lays out the page is read cell by cell."""
        self._flush()
        caption = node.css_first("caption")
        if caption is not None:
            self._children(caption, bold=False)
            self._flush()
        for cell in layout_cells(node):
            self._children(cell, bold=cell.tag == "th")
            self._flush()
        self._parts.extend(rows_of(node))

    def _flush(self) -> None:
        """Turn the collected text into parts: one for each line that a line break ends."""
        runs, self._buffer = self._buffer, []
        lines: list[_Run] = []
        for line in _lines_of(runs):
            last = lines[-1] if lines else None
            goes_on = line.text[:1].islower() and not ADDRESS.match(line.text)
            if last and last.text and goes_on and last.text[-1] not in ".:;!?":
                # a line broken in the middle of a sentence
                linked = last.linked if last.linked == line.linked else ""
                lines[-1] = _Run(f"{last.text} {line.text}", last.bold and line.bold, linked)
            else:
                lines.append(line)
        tight = False
        for line in lines:
            if not re.search(r"\w", line.text):  # an icon alone says nothing
                tight = tight and bool(line.text)
                continue
            self._add(line, tight)
            tight = True

    def _add(self, line: _Run, tight: bool) -> None:
        text, bold, linked = line
        if self._heading:
            if tight and self._parts and self._parts[-1].kind == "heading":
                last = self._parts.pop()
                text = f"{last.text} {text}"
            self._parts.append(TextPart("heading", text, self._heading, linked=linked))
        elif self._opened:
            self._parts.append(TextPart("item", text, self._depth, self._mark, bold=bold, linked=linked))
            self._opened = False
        elif self._in_item:
            self._parts.append(TextPart("item", text, self._depth, "", bold=bold, tight=tight, linked=linked))
        else:
            self._parts.append(TextPart("paragraph", text, bold=bold, tight=tight, linked=linked))


def _joined(item: list[TextPart]) -> list[TextPart]:
    """An item's parts, with the further paragraphs of its text joined to it."""
    runs: list[TextPart] = []
    for part in item:
        last = runs[-1] if runs else None
        if last and part.kind == last.kind == "item" and part.level == last.level and not part.mark:
            runs[-1] = replace(last, text=f"{last.text}\n{part.text}", linked=last.linked if last.linked == part.linked else "")
        else:
            runs.append(part)
    return runs


def _lines_of(runs: list[_Run]) -> Iterator[_Run]:
    """The lines of a block: bold, or a link, if all their words are."""
    line: list[_Run] = []
    for run in [*runs, _Run("\n", False)]:
        if run.text != "\n":
            line.append(run)
            continue
        filled = [one for one in line if one.text.strip()]
        leads = {one.linked for one in filled if re.search(r"\w", one.text)}
        linked = leads.pop() if len(leads) == 1 else ""
        yield _Run(tidy("".join(one.text for one in line)), bool(filled) and all(one.bold for one in filled), linked)
        line = []


def _leads_to(link: LexborNode) -> LinkKind:
    """Whether a link leads to a place on this page, or to another page; addresses to write to are text."""
    address = (link.attributes.get("href") or "").strip().lower()
    if not address or address.startswith(("mailto:", "tel:", "sms:")):
        return ""
    return "here" if address.startswith("#") else "page"


def _footnote_mark(node: LexborNode) -> str:
    """The number of a footnote that a raised link leads to; "" for other raised text, such as a power."""
    mark = "".join(texts(node)).strip().strip("[]")
    return mark if node.css_first("a[href]") is not None and re.fullmatch(r"\d{1,3}|[*†‡]", mark) else ""


def _whole(value: str | None, otherwise: int) -> int:
    return int(value) if value and value.isascii() and value.isdigit() else otherwise


def numeral(number: int, style: str) -> str:
    """The number as a list prints it; `style` is HTML's: 1, a, A, i or I."""
    if style in ("a", "A") and number > 0:
        letters = ""
        while number:
            number, rest = divmod(number - 1, 26)
            letters = chr(ord("a") + rest) + letters
        return letters if style == "a" else letters.upper()
    if style in ("i", "I") and 0 < number < 400:
        roman = ""
        for value, sign in ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")):
            roman += sign * (number // value)
            number %= value
        return roman if style == "i" else roman.upper()
    return str(number)
