"""Read an e-mail address that somebody typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from email_validator import EmailNotValidError, validate_email

LONGEST = 254  # characters; RFC 5321, 4.5.3.1.3, less the angle brackets


@dataclass(frozen=True)
class Address:
    """An address as it is written to, and in the one form in which two spellings of it are the same."""

    written: str
    same: str


@dataclass(frozen=True)
class NotAnAddress:
    """Why a text is not one address."""

    why: Literal["none", "several", "malformed"]


def read_address(text: str) -> Address | NotAnAddress:
    """One address, checked for its form only: whether it exists, nobody is asked.

    Letters differ in nothing but their case are the same address: providers treat them so, and people write them so.
    """
    typed = text.strip().removeprefix("mailto:").strip("<>")
    if typed.count("@") > 1 and not typed.startswith('"'):
        return NotAnAddress("several")
    if "@" not in typed:
        return NotAnAddress("none")
    if len(typed) > LONGEST:
        return NotAnAddress("malformed")
    try:
        found = validate_email(typed, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return NotAnAddress("malformed")
    written = found.ascii_email or found.normalized  # an address that only SMTPUTF8 carries stays as it is
    return Address(written, f"{found.local_part.casefold()}@{found.ascii_domain.lower()}")
