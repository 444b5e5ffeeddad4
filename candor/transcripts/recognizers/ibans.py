"""IBANs in any case and spacing (ISO 13616)."""

from __future__ import annotations

import re

from stdnum import iban

from candor.transcripts.spans import Claims

START = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{2})\s?\d{2}(?=[\s\-./_*|:·]?[A-Za-z0-9])")
SEPARATORS = " -.\u00a0\t\n/_*|:·"
MOST_SEPARATORS = 2  # between two characters
# How long an IBAN is, by country.
LENGTHS = {
    country: int(length)
    for length, countries in {
        "15": "NO", "16": "BE", "18": "DK FO FI GL NL SD FK", "19": "MK SI", "20": "AT BA EE KZ LT LU XK MN",
        "21": "CH HR LI LV", "22": "BH BG CR DE GB GE IE ME RS VA", "23": "AE GI IL IQ OM SO TL",
        "24": "AD CZ ES MD PK RO SA SE SK TN VG", "25": "LY PT ST", "26": "IS TR DZ",
        "27": "FR GR IT MC MR SM BI DJ", "28": "AL AZ BY CY DO GT HU LB PL SV NI", "29": "BR EG PS QA UA", "30": "JO KW MU",
        "31": "MT SC", "32": "LC", "33": "RU",
    }.items()
    for country in countries.split()
}  # fmt: skip


def claim_ibans(claims: Claims) -> None:
    """Mask IBANs. One with a typing error is masked too: its country and length tell it."""
    for match in START.finditer(claims.text):
        if claims.out_of_time:
            return
        length = LENGTHS.get(match[1].upper())
        if length and (end := _end(claims.text, match.start(), length)):
            claims.claim("account", match.start(), end)


def _end(text: str, start: int, length: int) -> int:
    """Where `length` letters and digits from `start` on end; 0 if other characters stand between, or they are mostly letters."""
    taken, separators, digits, place = 0, 0, 0, start
    while place < len(text) and taken < length:
        letter = text[place]
        if letter.isascii() and letter.isalnum():
            taken, separators, digits = taken + 1, 0, digits + letter.isdigit()
        elif letter in SEPARATORS and separators < MOST_SEPARATORS:
            separators += 1
        else:
            break
        place += 1
    written = re.sub(r"[^A-Za-z0-9]", "", text[start:place]).upper()
    looks_right = taken >= length - 1 and digits >= 0.7 * length
    if not looks_right and not (taken == length and iban.is_valid(written, check_country=False)):
        return 0
    while place < len(text) and text[place].isalnum() and place - start < 60:  # a character too many is a typing error
        place += 1
    return place
