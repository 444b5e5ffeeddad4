"""Request numbers that can be read aloud: R-7KQ4-M2XD. Random, so that nobody can count or guess them."""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U


def new_number() -> str:
    """A fresh number; 40 bits, so the store still checks that it is unique."""
    letters = [secrets.choice(ALPHABET) for _ in range(8)]
    return f"R-{''.join(letters[:4])}-{''.join(letters[4:])}"
