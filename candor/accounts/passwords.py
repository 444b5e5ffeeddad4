"""Passwords: hashed with argon2id, and refused where they are too easy to guess."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from candor.errors import InvalidInputError

SHORTEST, LONGEST = 12, 200  # characters; a longer one would only cost time
HASHER = PasswordHasher()  # RFC 9106's second recommended set of parameters, the library's default


@cache
def _nobodys() -> str:
    """Verified where there is no account, so that the answer takes as long. Made when it is first needed: it takes a while."""
    return HASHER.hash("nobody has this password")


class WeakPasswordError(InvalidInputError):
    """The password is too short, too long, or holds a word that is easy to guess; `public` says which."""

    def __init__(self, public: str) -> None:
        super().__init__(public)
        self.public = public


def hashed(password: str, *, known: tuple[str, ...] = ()) -> str:
    """The password's hash. `known`: words it must not be made of, such as the person's address.

    Raises: WeakPasswordError.
    """
    if len(password) < SHORTEST:
        raise WeakPasswordError(f"Please choose a password of at least {SHORTEST} characters. A short sentence is a good one.")
    if len(password) > LONGEST:
        raise WeakPasswordError(f"Please choose a password of at most {LONGEST} characters.")
    plain = password.lower()
    if len(set(plain)) < 5 or any(len(word) > 3 and word.lower() in plain for word in known):
        raise WeakPasswordError("That password is too easy to guess. A short sentence that only you would write is a good one.")
    return HASHER.hash(password)


def is_password(password: str, kept: str | None) -> bool:
    """Whether the password matches the hash; takes as long where there is no hash."""
    try:
        HASHER.verify(kept or _nobodys(), password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def renewed(password: str, kept: str) -> str | None:
    """The password hashed with today's parameters, if the hash has others; None where it has the same."""
    return HASHER.hash(password[:LONGEST]) if HASHER.check_needs_rehash(kept) else None
