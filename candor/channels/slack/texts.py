"""Text on its way into Slack: escaped, so that it can only be read, and cut where Slack would refuse it. Pure."""

from __future__ import annotations

CUT = " …"
INVISIBLE = "\N{WORD JOINER}"
# What Slack's mrkdwn reads as a format, a link, an emoji or a mention where it stands in running text.
MARKS = "*_~`"


def escaped(text: str) -> str:
    """The text for a mrkdwn field: no mention, no link, no format can come of it.

    &, < and > as Slack's reference says; a word joiner, which nobody sees, takes the power from the marks that have no escape.
    """
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for mark in MARKS:
        safe = safe.replace(mark, f"{INVISIBLE}{mark}{INVISIBLE}")
    return safe


def link(url: str, label: str) -> str:
    """A link of ours in mrkdwn. The label may hold anything."""
    return f"<{url}|{escaped(label).replace('|', '¦')}>"


def cut(text: str, longest: int) -> str:
    """At most `longest` characters, cut between words where that leaves most of the text."""
    if len(text) <= longest:
        return text
    kept = text[: longest - len(CUT)]
    word = kept.rfind(" ")
    return (kept[:word] if word > longest // 2 else kept).rstrip() + CUT
