"""Escape text for Slack, so that it is only ever read as text, and shorten it to what Slack takes. Pure."""

from __future__ import annotations

CUT = " …"
INVISIBLE = "\N{WORD JOINER}"
# Characters that Slack's mrkdwn reads as a format or an emoji within running text.
FORMATTING = "*_~`"


def escaped(text: str) -> str:
    """The text for a mrkdwn field, in which Slack then finds no mention, link or format.

    &, < and > are escaped as Slack's reference says. Formatting characters have no escape; an invisible word joiner beside
    them disables them.
    """
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for character in FORMATTING:
        safe = safe.replace(character, f"{INVISIBLE}{character}{INVISIBLE}")
    return safe


def link(url: str, label: str) -> str:
    """A link in mrkdwn. The label may contain any text."""
    return f"<{url}|{escaped(label).replace('|', '¦')}>"


def cut(text: str, longest: int) -> str:
    """At most `longest` characters; shortened between words if that keeps more than half of them."""
    if len(text) <= longest:
        return text
    kept = text[: longest - len(CUT)]
    word = kept.rfind(" ")
    return (kept[:word] if word > longest // 2 else kept).rstrip() + CUT
