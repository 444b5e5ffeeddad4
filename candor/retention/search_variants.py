"""The spellings in which an address or a number may have been typed, and so been masked. Pure.

The vault knows a value only by the keyed hash of its normal form, and what earlier versions masked by that of what was typed.
So it can only be asked for whole values.
"""

from __future__ import annotations

import re

import phonenumbers

from candor.tickets.addresses import Address, read_address
from candor.transcripts.masking import REGIONS

LONGEST, FEWEST = 300, 3  # characters
SEPARATORS = (" ", "-", ".", "/", "")
FORMATS = (
    phonenumbers.PhoneNumberFormat.E164, phonenumbers.PhoneNumberFormat.INTERNATIONAL, phonenumbers.PhoneNumberFormat.NATIONAL,
    phonenumbers.PhoneNumberFormat.RFC3966,
)  # fmt: skip


def search_variants(typed: str) -> frozenset[str]:
    """All spellings to search for, in lower case; none if it has fewer than three letters and digits, or is very long."""
    plain = typed.strip().lower()
    if sum(map(str.isalnum, plain)) < FEWEST or len(plain) > LONGEST:
        return frozenset()
    address = read_address(plain)
    if isinstance(address, Address):
        return frozenset({plain, address.same, address.written.lower(), f"mailto:{address.same}"})
    if sum(letter.isdigit() for letter in plain) < 6 or re.search(r"[^\W\d_]{4}", plain):
        return frozenset({plain})
    return frozenset({plain, *_numbers(plain)})


def _numbers(typed: str) -> set[str]:
    """The digits as typed and regrouped; and where they are a phone number in some country, as it is written there and abroad."""
    variants = {typed, re.sub(r"[^\d+]", "", typed), re.sub(r"\D", "", typed)}
    for region in (None, *REGIONS):
        try:
            number = phonenumbers.parse(typed, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(number):
            variants |= {phonenumbers.format_number(number, form) for form in FORMATS}
    grouped = {re.sub(r"[\s\-./]+", separator, each) for each in variants for separator in SEPARATORS}
    abroad = {"00" + each[1:] for each in grouped if each.startswith("+")}
    return {each.lower() for each in grouped | abroad}
