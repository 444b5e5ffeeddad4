"""Markdown → parts: rendered to HTML by CommonMark's rules, with tables, and read like HTML."""

from __future__ import annotations

import re
from dataclasses import replace

from markdown_it import MarkdownIt

from knowledge.formats.html import read_fragment
from knowledge.formats.parts import LAYOUT_ONLY, TextPart, tidy

FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(?:[\w-]+[ \t]*:.*\r?\n|[ \t]+.*\r?\n|#.*\r?\n|\r?\n)*?---[ \t]*(?:\r?\n|\Z)")
# Converters from HTML write "**Logs: **We", which CommonMark does not take for bold type.
LOOSE_BOLD = re.compile(r"\*\*(?!\*)([ \t]*)([^*\n]*?[^*\s])(?: *\\?(?=\n)|)([ \t]*|[ \t]*\n[ \t]*)\*\*(?!\*)")
LOOSE_HEADING = re.compile(r"^(#{1,6})(?=(?:[A-Z*]|\d+[.)])[^\n]*$)", re.MULTILINE)  # "##Contact", which CommonMark does not take
ATTRIBUTES = re.compile(r"[ \t]*\{:[^{}\n]*\}")  # of kramdown, Jekyll's Markdown
FOOTNOTE_MARK = re.compile(r"\[\^(\w{1,10})\](?!:)")
FOOTNOTE = re.compile(r"^\[\^(\w{1,10})\]:[ \t]*", re.MULTILINE)
STARS = re.compile(r"\s*\*{2,}\s*([:.,;]?)")


def read_markdown(text: str) -> list[TextPart]:
    """Read a Markdown text; HTML in it is read as HTML. A generator's front matter is no part of the policy.

    Source: CommonMark 0.31; tables as GitHub Flavored Markdown has them.
    """
    body = LAYOUT_ONLY.sub("", ATTRIBUTES.sub("", FRONT_MATTER.sub("", text, count=1)))
    body = LOOSE_HEADING.sub(r"\1 ", body)
    body = FOOTNOTE.sub(r"[\1] ", FOOTNOTE_MARK.sub(r" [\1]", LOOSE_BOLD.sub(_tight_bold, body)))
    parts = read_fragment(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(body))
    return [replace(part, text=_without_stars(part.text)) for part in parts if _without_stars(part.text)]


def _tight_bold(match: re.Match[str]) -> str:
    before, words, after = match.groups()
    following = match.string[match.end() : match.end() + 1]
    return f"{before}**{words}**{after.replace(chr(10), ' ') or (' ' if following.isalnum() else '')}"


def _without_stars(text: str) -> str:
    """The text without marks of bold type that were not paired."""
    text = STARS.sub(r"\1 ", text)
    return tidy(text.removeprefix("*") if text.count("*") == 1 else text).strip()
