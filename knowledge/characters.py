"""Invisible characters, which can split words, hide text or reverse its direction."""

from __future__ import annotations

import re

ZERO_WIDTH = "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200d\u2060-\u2064\ufe00-\ufe0f\ufeff"
# Unicode Standard Annex #9, table 4: marks, embeddings, overrides and isolates of the bidirectional algorithm.
BIDI_CONTROLS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
INVISIBLE = re.compile(f"[{ZERO_WIDTH}{BIDI_CONTROLS}]")
BIDI = re.compile(f"[{BIDI_CONTROLS}]")
_AT_AN_EDGE = re.compile(rf"(?:^|(?<=\s))[{ZERO_WIDTH}{BIDI_CONTROLS}]+|[{ZERO_WIDTH}{BIDI_CONTROLS}]+(?=\s|$)", re.MULTILINE)


def without_invisible(text: str) -> str:
    """The text without its invisible characters."""
    return INVISIBLE.sub("", text)


def edges_blanked(text: str) -> str:
    """The text with spaces in place of invisible characters at the edge of a word, so that bullets and numbers are recognised.

    Offsets stay valid, because the length does not change.
    """
    return _AT_AN_EDGE.sub(lambda match: " " * len(match.group()), text)
