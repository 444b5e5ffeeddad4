"""Parse an e-mail address that somebody typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from candor.typed.emails import LONGEST, check_address, emails_in
from candor.typed.folding import fold


@dataclass(frozen=True)
class Address:
    """An address. written: the form to send mail to. same: the form to compare, which is equal for all spellings of it."""

    written: str
    same: str


@dataclass(frozen=True)
class NotAnAddress:
    """Why a text is not exactly one address. guess: the one to ask back with, "did you mean …?"; empty if there is none."""

    why: Literal["none", "several", "malformed"]
    guess: str = ""


def read_address(text: str) -> Address | NotAnAddress:
    """Parse one address, in any of the spellings that `emails_in` knows. Only its form is checked; no server is asked.

    Addresses that differ only in case count as the same address, as mail providers and people treat them.
    """
    typed = fold(text).text.strip().removeprefix("mailto:").strip("<>")
    checked = check_address(typed)
    if checked:
        return Address(*checked)
    found = {email.value.casefold(): email for email in emails_in(text[: 4 * LONGEST])}
    if len(found) > 1 or (typed.count("@") > 1 and not found):
        return NotAnAddress("several")
    email = next(iter(found.values()), None)
    if email is None:
        return NotAnAddress("malformed" if "@" in typed else "none")
    read = check_address(email.value) if email.certain else None
    return Address(*read) if read else NotAnAddress("malformed", email.value)


def guess_address(text: str) -> str | None:
    """The address to ask back with, "did you mean …?"; None if what was typed leaves no doubt, or nothing to guess."""
    values = {email.value: email.certain for email in emails_in(text)}
    return next((value for value, certain in values.items() if not certain), None) if len(values) == 1 else None
