"""Parse an e-mail address that somebody typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from email_validator import EmailNotValidError, validate_email

LONGEST = 254  # characters; RFC 5321, 4.5.3.1.3, less the angle brackets


@dataclass(frozen=True)
class Address:
    """An address. written: the form to send mail to. same: the form to compare, which is equal for all spellings of it."""

    written: str
    same: str


@dataclass(frozen=True)
class NotAnAddress:
    """Why a text is not exactly one address."""

    why: Literal["none", "several", "malformed"]


def read_address(text: str) -> Address | NotAnAddress:
    """Parse one address. Only its form is checked; no server is asked whether it exists.

    Addresses that differ only in case count as the same address, as mail providers and people treat them.
    """
    typed = text.strip().removeprefix("mailto:").strip("<>")
    if typed.count("@") > 1 and not typed.startswith('"'):
        return NotAnAddress("several")
    if "@" not in typed:
        return NotAnAddress("none")
    if len(typed) > LONGEST:
        return NotAnAddress("malformed")
    try:
        parsed = validate_email(typed, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return NotAnAddress("malformed")
    written = parsed.ascii_email or parsed.normalized  # an address that needs SMTPUTF8 has no ASCII form
    return Address(written, f"{parsed.local_part.casefold()}@{parsed.ascii_domain.lower()}")
