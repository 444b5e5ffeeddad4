"""A message as words, each with what the lexicon knows of it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from candor.transcripts.lexicon import COMMON, GIVEN, ORDINARY, PLACE, SURNAME, lexicon

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Word:
    """text[start:end] of a message, without a possessive "'s". flags: as in the lexicon."""

    text: str
    start: int
    end: int
    plain: str
    flags: str

    @property
    def capital(self) -> bool:
        return self.text[0].isupper()

    @property
    def given(self) -> bool:
        return GIVEN in self.flags

    @property
    def common(self) -> bool:
        return COMMON in self.flags

    @property
    def surname(self) -> bool:
        return SURNAME in self.flags

    @property
    def place(self) -> bool:
        return PLACE in self.flags

    @property
    def ordinary(self) -> bool:
        return ORDINARY in self.flags

    @property
    def unknown(self) -> bool:
        return not self.flags


def folded(text: str) -> str:
    """Without case and accents, with straight apostrophes."""
    text = text.casefold().replace("’", "'")
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def words_in(text: str) -> list[Word]:
    """The words in order."""
    found = []
    for match in WORD.finditer(text):
        start, end = match.span()
        written = match[0]
        plain = folded(written)
        if plain.endswith("'s"):
            written, plain, end = written[:-2], plain[:-2], end - 2
        found.append(Word(written, start, end, plain, flags_of(plain)))
    return found


def flags_of(plain: str) -> str:
    """What the lexicon says of a folded word; of one with a hyphen, its parts; of one that it lacks, its singular if that is
    plain English ("pixels")."""
    known = lexicon().words
    flags = known.get(plain)
    if flags is None and ("-" in plain or "'" in plain):
        return _of_parts(plain)
    if flags is None and plain.endswith("s") and known.get(plain[:-1]) == ORDINARY:
        return ORDINARY
    return flags or ""


def _of_parts(plain: str) -> str:
    """What all parts of "jean-pierre" have in common; "o" for "don't" and "e-mail"."""
    known = lexicon().words
    parts = [known.get(part, "" if len(part) > 1 else "o") for part in re.split(r"['-]", plain) if part]
    if len(parts) > 1 and plain.find("-") in (2, 3) and parts[1:] == [ORDINARY]:  # "de-identified"
        return ORDINARY
    if any(PLACE in flags for flags in parts) and "-" in plain:  # "Asia-Pacific"
        return PLACE
    if any(GIVEN in flags or SURNAME in flags for flags in parts) and not any(flags == "o" for flags in parts):
        return "gs"
    return "o" if all(ORDINARY in flags for flags in parts) else ""
