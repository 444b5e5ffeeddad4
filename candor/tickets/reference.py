"""Request numbers that can be read aloud: R-7KQ4-M2XD. Random, so that nobody can count or guess them."""

from __future__ import annotations

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
LOOK_ALIKES = str.maketrans("ILO", "110")


def new_number() -> str:
    """A fresh number; 40 bits, so the store still checks that it is unique."""
    letters = [secrets.choice(ALPHABET) for _ in range(8)]
    return f"R-{''.join(letters[:4])}-{''.join(letters[4:])}"


def read_number(typed: str) -> str | None:
    """A number as somebody typed it, in its one form: "r7kq4 m2xd" is R-7KQ4-M2XD, and the letter O a zero. Else None."""
    bare = re.sub(r"^[\s#]*R[\s\-–—_.]+", "", typed.upper())  # R is a letter of the alphabet too: "RKQ4-M2XD" is whole
    letters = re.sub(r"[\s\-–—_.#]", "", bare).translate(LOOK_ALIKES)
    found = re.fullmatch(f"{'R?' if bare == typed.upper() else ''}([{ALPHABET}]{{4}})([{ALPHABET}]{{4}})", letters)
    return f"R-{found[1]}-{found[2]}" if found else None
