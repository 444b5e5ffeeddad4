"""The form in which a masked value is hashed, so that each of its spellings is found by any other. Pure.

"+44 20 7946 0958" and "0044 (0)20 7946 0958" are one number, "JO@Example.com" and "jo (at) example.com" one address, and a name
is the same in any case and without accents.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers

from candor.transcripts.recognizers.numbers import REGIONS
from candor.transcripts.recognizers.words import folded
from candor.typed.emails import sole_address
from candor.typed.folding import fold

FEWEST_DIGITS = 4  # of a value that is compared as a number, without what separates its characters
AT = re.compile(r"@|\b(?:at|arroba)\b", re.IGNORECASE)
MOST_NAMES = 4  # words of a name that may have been written in another order, or apart
FORMATS = (phonenumbers.PhoneNumberFormat.E164, phonenumbers.PhoneNumberFormat.NATIONAL)


def normal_form(value: str) -> str:
    """One form for all spellings of a value; a phone number without its country stays as it is dialled there."""
    plain = fold(value).text.strip()
    if AT.search(plain):
        address = sole_address(plain)
        if address:
            return address[1]
    number = _international(plain)
    if number:
        return number
    if "://" in plain or "@" in plain:
        return plain.casefold().rstrip("/")
    if sum(map(str.isdigit, plain)) >= FEWEST_DIGITS and not re.search(r"[^\W\d_]{4}", plain):
        return re.sub(r"[\W_]", "", plain).casefold()
    return " ".join(re.findall(r"\w+", folded(plain)))


def search_forms(typed: str) -> frozenset[str]:
    """The normal forms under which a value may be stored: its own, those of a name whose surname stands first, and those of a
    phone number in each country where it is one.
    """
    words = _names(typed)
    turned = (" ".join(words[n:] + words[:n]) for n in range(1, len(words)))
    return frozenset({normal_form(typed), *turned, *_dialled(fold(typed).text)})


def told_apart(typed: str) -> frozenset[tuple[str, ...]]:
    """The parts in which a name may have been told: "Ada" in one message and "Byron" in the next, or each name by itself."""
    words = _names(typed)
    halves = {(" ".join(words[:n]), " ".join(words[n:])) for n in range(1, len(words))}
    return frozenset({*halves, tuple(words)} if halves else ())


def _names(typed: str) -> list[str]:
    """The words of what may be a name; nothing of anything else."""
    words = normal_form(typed).split()
    return words if 2 <= len(words) <= MOST_NAMES and all(map(str.isalpha, words)) else []


def _international(plain: str) -> str:
    """A number with its country, as digits; "" if it is none."""
    digits = re.sub(r"\(0\)|[^\d+]", "", plain)
    if not re.fullmatch(r"\+\d{7,15}|00[1-9]\d{6,14}", digits) or re.search(r"[^\W\d_]", plain):
        return ""
    return digits.removeprefix("+").removeprefix("00")


def _dialled(plain: str) -> Iterator[str]:
    if re.search(r"[^\W\d_]{3}", plain) or sum(map(str.isdigit, plain)) < FEWEST_DIGITS:
        return
    abroad = _international(plain)
    for region in (None,) if abroad else REGIONS:
        try:
            number = phonenumbers.parse(f"+{abroad}" if abroad else plain, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(number):
            yield from (re.sub(r"\D", "", phonenumbers.format_number(number, form)) for form in FORMATS)
