"""Markdown → parts: rendered to HTML by CommonMark's rules, with tables, and read like HTML."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt

from knowledge.formats.html import read_fragment
from knowledge.formats.parts import TextPart

FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(?:[\w-]+[ \t]*:.*\r?\n|[ \t]+.*\r?\n|#.*\r?\n|\r?\n)*?---[ \t]*(?:\r?\n|\Z)")


def read_markdown(text: str) -> list[TextPart]:
    """Read a Markdown text; HTML in it is read as HTML. A generator's front matter is no part of the policy.

    Source: CommonMark 0.31; tables as GitHub Flavored Markdown has them.
    """
    body = FRONT_MATTER.sub("", text, count=1)
    return read_fragment(MarkdownIt("commonmark", {"html": True}).enable("table").render(body))
