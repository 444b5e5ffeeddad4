"""Request numbers that can be read aloud, such as R-7KQ4-M2XD. They are random, so that nobody can count or guess them."""

from __future__ import annotations

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
LOOK_ALIKES = str.maketrans("ILO", "110")


def new_number() -> str:
    """A new number of 40 random bits; the caller must check that it is unique."""
    letters = [secrets.choice(ALPHABET) for _ in range(8)]
    return f"R-{''.join(letters[:4])}-{''.join(letters[4:])}"


def read_number(typed: str) -> str | None:
    """A typed number in its standard form: "r7kq4 m2xd" becomes R-7KQ4-M2XD, and the letter O a zero. None if it is no number."""
    bare = re.sub(r"^[\s#]*R[\s\-–—_.]+", "", typed.upper())  # R is also in ALPHABET: "RKQ4-M2XD" is complete without a prefix
    letters = re.sub(r"[\s\-–—_.#]", "", bare).translate(LOOK_ALIKES)
    found = re.fullmatch(f"{'R?' if bare == typed.upper() else ''}([{ALPHABET}]{{4}})([{ALPHABET}]{{4}})", letters)
    return f"R-{found[1]}-{found[2]}" if found else None


def read_beginning(typed: str) -> str | None:
    """The beginning of a number, at least its first two characters: "r 7kq" becomes R-7KQ. None if no number begins so."""
    letters = re.sub(r"[\s\-–—_.#]", "", typed.upper())
    found = re.fullmatch(f"R([{ALPHABET}]{{2,8}})", letters[:1] + letters[1:].translate(LOOK_ALIKES))
    return f"R-{found[1][:4]}" + (f"-{found[1][4:]}" if len(found[1]) > 4 else "") if found else None
