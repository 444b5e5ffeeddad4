"""What the HTML readers ask of an element: its words, and whether it is set as a block or in bold."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

# Elements that are never read: what is struck out is not said any more.
NO_TEXT = frozenset(
    re.findall(
        r"\w+",
        "script style noscript template head svg math canvas iframe object embed audio video select textarea input del s strike",
    )
)
SET_AS_BLOCK = re.compile(r"\bdisplay\s*:\s*(block|flex|grid|table|list-item|flow-root)(?![\w-])", re.IGNORECASE)


def texts(node: LexborNode) -> Iterator[str]:
    """The texts below a node, without scripts."""
    for child in node.iter(include_text=True):
        if child.tag == "-text":
            yield child.text_content or ""
        elif child.tag not in NO_TEXT:
            yield from texts(child)


def words(node: LexborNode) -> int:
    """How many words of text a node has, without scripts."""
    return sum(len(text.split()) for text in texts(node))


def holds_blocks(node: LexborNode, paragraphs: int = 0) -> bool:
    """Whether a node holds headings, lists or tables, or more than `paragraphs` paragraphs."""
    if node.css_first("h1, h2, h3, h4, h5, h6, ul, ol, dl, table, section, article") is not None:
        return True
    return len(node.css("p, div, blockquote")) > paragraphs


def set_in_blocks(node: LexborNode) -> bool:
    """Whether the style of an element, or of one within it, sets it on lines of its own."""
    return any(SET_AS_BLOCK.search(one.attributes.get("style") or "") for one in (node, *node.css("[style]")))


def styled_bold(node: LexborNode) -> bool:
    """Whether the element's own style makes it bold."""
    return bool(re.search(r"font-weight\s*:\s*(bold|[6-9]00)", node.attributes.get("style") or "", re.IGNORECASE))


def all_bold(cell: LexborNode) -> bool:
    """Whether all words of a cell are bold."""
    bold = "".join(text for node in cell.css("b, strong") for text in texts(node)).split()
    return bool(bold) and bold == "".join(texts(cell)).split()
