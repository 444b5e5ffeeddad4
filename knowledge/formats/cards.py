"""Cards → items and sections: boxes that show an icon, a title and a text without saying in HTML which is which."""

from __future__ import annotations

import re
from collections.abc import Sequence

from selectolax.lexbor import LexborNode

from knowledge.formats.nodes import holds_blocks, texts
from knowledge.formats.parts import PSEUDO_LEVEL, TextPart, tidy

BOXES = frozenset(("div", "section", "article", "li", "a", "span", "figure", "blockquote"))
LONGEST_TITLE = 10  # words of a card's title
LONGEST_CARD = 60  # words of a card that is one item; a longer one is a section of its own
# What ends a title: nothing, a question mark or a colon.
SENTENCE_END = re.compile(r"[.!;,]$")


def cards_of(node: LexborNode, depth: int) -> list[TextPart]:
    """The cards that a node consists of as items, or as headings with their texts; empty if it consists of something else.

    `depth` is how many lists the cards stand in. A card has a title of a few words and a text below it; a single one could be
    anything, so at least two must stand side by side, built alike.
    """
    children = [child for child in node.iter(include_text=True) if child.tag != "-text" or (child.text_content or "").strip()]
    boxes = [child for child in children if child.tag in BOXES]
    if len(boxes) < 2 or len(boxes) != len(children) or len({_built(box) for box in boxes}) > 1:
        return []
    cards = [_title_and_texts(box) for box in boxes]
    if not all(cards):
        return []
    sections = any(sum(len(text.split()) for text in card) > LONGEST_CARD or card[0].endswith("?") for card in cards)
    parts: list[TextPart] = []
    for title, *rest in cards:
        if sections:
            parts.append(TextPart("heading", title, PSEUDO_LEVEL))
            parts += [TextPart("paragraph", text) for text in rest]
        else:
            joint = " " if title.endswith((":", "?")) else ": "
            parts.append(TextPart("item", f"{title}{joint}{' '.join(rest)}", depth + 1))
    return parts


def _built(box: LexborNode) -> tuple[str | None, str | None]:
    """What cards that stand side by side have in common: the element and its first class."""
    classes = (box.attributes.get("class") or "").split()
    return box.tag, classes[0] if classes else None


def _title_and_texts(box: LexborNode) -> list[str]:
    """The title of a card and its texts; empty if it is no card."""
    leaves = [text for text in _leaves(box) if re.search(r"\w", text)]
    if len(leaves) < 2 or box.css_first("h1, h2, h3, h4, h5, h6, ul, ol, dl, table, summary, a[href]") is not None:
        return []  # headings speak for themselves, and a box of links is a menu
    title, *rest = leaves
    if len(title.split()) > LONGEST_TITLE or SENTENCE_END.search(title) or ":" in title[:-1] or not title[0].isalnum():
        return []
    if "@" in title or not _says_something(rest):
        return []
    return leaves


def _says_something(rest: Sequence[str]) -> bool:
    return max(len(text.split()) for text in rest) >= 3


def _leaves(node: LexborNode) -> list[str]:
    """The texts of the innermost blocks, each on one line; [""] where text stands beside blocks."""
    children = list(node.iter(include_text=False))
    blocks = [child for child in children if child.tag in ("div", "p", "section", "header", "span", "strong", "b", "i", "figure")]
    own = "".join(child.text_content or "" for child in node.iter(include_text=True) if child.tag == "-text").strip()
    stacked = blocks and len(blocks) == len(children) and not own
    spaced = any(child.tag == "-text" for child in node.iter(include_text=True))
    inline = len(blocks) > 1 and not spaced and all(child.tag in ("span", "strong", "b", "i") for child in blocks)
    if stacked and (inline or holds_blocks(node)):
        return [leaf for child in blocks for leaf in _leaves(child)]
    return [tidy("".join(texts(node))).replace("\n", " ")]
