"""Tabs and folded texts: which element shows which text. A policy's sections may have no other names than these."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from knowledge.formats.nodes import texts, words
from knowledge.formats.parts import tidy
from knowledge.lines import LONGEST_HEADING

SHOWING = "[aria-controls], [aria-expanded], [data-target], [data-bs-target], [data-toggle], [data-bs-toggle], [role=tab]"
TABS = frozenset(("tab", "pill"))  # kinds of data-toggle
MORE = re.compile(r"((read|show|see|view|learn)\s+)?(more|less|all|details|menu)\W*", re.IGNORECASE)  # what goes on with a text
FEWEST_WORDS = 8  # beside links, of what is folded away, so that it is a text and no menu


@dataclass(frozen=True)
class Panels:
    """What the tabs of a page are called, and what its buttons unfold."""

    labels: dict[str, str]  # id of a tab's panel → what the tab is called
    regions: dict[str, bool]  # id of what a button shows → whether that is a text

    def is_choice(self, node: LexborNode) -> bool:
        """Whether an element is a tab, or a list of tabs, whose names stand above their panels already."""
        if not self.labels:
            return False
        return node.attributes.get("role") == "tablist" or (_is_tab(node) and any(one in self.labels for one in _shown_by(node)))

    def label(self, node: LexborNode) -> str:
        """The name of the tab that shows an element; "" if none does, or if the element begins with a heading."""
        label = self.labels.get(node.attributes.get("id") or "", "")
        first = node.css_first("h1, h2, h3, h4, h5, h6") if label else None
        said = first is not None and tidy("".join(texts(first))).startswith(label)
        return "" if said else label

    def opens_text(self, node: LexborNode) -> bool:
        """Whether an element is what a reader clicks on to see a text, so that it is that text's heading."""
        attributes = node.attributes
        folds = attributes.get("data-toggle") == "collapse" or attributes.get("data-bs-toggle") == "collapse"
        button = node.tag == "button" or attributes.get("role") == "button" or folds
        if not button or (attributes.get("aria-expanded") is None and not folds):
            return False
        label = tidy("".join(texts(node)))
        if not label or len(label) > LONGEST_HEADING or MORE.fullmatch(label):
            return False
        shown = [self.regions[one] for one in _shown_by(node) if one in self.regions]
        return any(shown) if shown else len(label.split()) > 1 or _is_text(node.next)


def panels_of(page: LexborNode) -> Panels:
    """What the tabs and buttons of a page show."""
    ids = {key: node for node in page.css("[id]") if (key := node.attributes.get("id"))}
    labels: dict[str, str] = {}
    regions: dict[str, bool] = {}
    for node in page.css(SHOWING):
        for shown in _shown_by(node):
            if shown in ids and _is_tab(node):
                labels[shown] = tidy("".join(texts(node))).replace("\n", " ")
            elif shown in ids:
                regions[shown] = _is_text(ids[shown])
    return Panels({shown: label for shown, label in labels.items() if label}, regions)


def _is_tab(node: LexborNode) -> bool:
    attributes = node.attributes
    return attributes.get("role") == "tab" or bool(TABS & {attributes.get("data-toggle"), attributes.get("data-bs-toggle")})


def _shown_by(node: LexborNode) -> Iterator[str]:
    """The ids of what an element, or the link in it, shows."""
    link = node if node.tag == "a" else node.css_first("a[href^='#']")
    for one in (node, link):
        for name in ("aria-controls", "data-target", "data-bs-target", "href"):
            value = (one.attributes.get(name) or "" if one is not None else "").strip()
            if name == "aria-controls" or value.startswith("#"):
                yield from filter(None, (value.removeprefix("#"),))


def _is_text(region: LexborNode | None) -> bool:
    while region is not None and region.tag in ("-text", "_comment") and not (region.text_content or "").strip():
        region = region.next
    if region is None or region.tag == "-text":
        return False
    return words(region) - sum(words(link) for link in region.css("a")) >= FEWEST_WORDS
