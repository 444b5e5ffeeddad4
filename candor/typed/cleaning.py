"""Clean what visitors and staff type, before it is stored or passed on. Pure."""

from __future__ import annotations

import unicodedata

from candor.errors import BadMessageError
from candor.typed.folding import INVISIBLE

UNREADABLE = {"Cc", "Cs", "Cn", "Co"}  # controls, lone surrogates, unassigned and private: nobody can read or store these


def read_message(text: str, *, longest: int) -> str:
    """A message in a conversation: NFC, without unreadable and invisible characters, and without blanks at its ends.

    Raises: BadMessageError if it is empty, binary or longer than `longest` characters.
    """
    text = unicodedata.normalize("NFC", text)
    unreadable = sum(unicodedata.category(letter) in UNREADABLE and letter not in "\n\r\t" for letter in text)
    if unreadable and unreadable >= 0.1 * len(text):
        raise BadMessageError("This does not look like text. Please type your question.")
    kept = "".join(letter for letter in _readable(text) if letter not in INVISIBLE).strip()
    if not kept:
        raise BadMessageError("The message is empty. Please type your question.")
    if len(kept) > longest:
        raise BadMessageError(f"The message has {len(kept):,} characters; at most {longest:,} can be read. Please shorten it.")
    return kept


def read_note(text: str, *, longest: int) -> str:
    """A note of staff: NFC, without unreadable characters and blanks at its ends, cut off after `longest` characters."""
    return _readable(unicodedata.normalize("NFC", text[: 4 * longest])).strip()[:longest]


def read_line(text: str, *, longest: int) -> str:
    """A name or label: as a note, on one line, with one blank between words."""
    return " ".join(read_note(text, longest=longest).split())


def _readable(text: str) -> str:
    return "".join(letter for letter in text if letter in "\n\t" or unicodedata.category(letter) not in UNREADABLE)
