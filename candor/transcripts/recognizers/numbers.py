"""Numbers: cards, phones, national identifiers, and any other of eight digits or more.

One pass over the groups of digits joins those that stand together to a run ("+44 20 7946 0958"); then each run is classified.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import phonenumbers
from stdnum import luhn

from candor.transcripts.recognizers.national_ids import SHAPES, is_national_id
from candor.transcripts.spans import Claims

REGIONS = ("US", "GB", "DE", "FR", "FI", "UA", "BG", "ZA", "IN", "BR", "CA", "ES", "IT", "NL", "SE")
MOST_CHECKED = 12  # numbers of a message whose kind is looked up (50 µs each); the others are masked as accounts
LONG = 8  # digits that are masked whatever they are
FEWEST, MOST = 7, 15  # digits of a phone number; E.164
CARD = (13, 19)  # digits
GROUP = re.compile(r"\d+")
JOINTS = frozenset(" \t\u00a0\u2009\u202f.-‐‑‒–—―/()_")  # stand between the groups of one number
_DAY, _MONTH, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:19|20)\d\d"
_DATE = rf"(?:{_YEAR}[-/.]{_MONTH}[-/.]{_DAY}|(?:{_DAY}[-/.]{_MONTH}|{_MONTH}[-/.]{_DAY})[-/.]{_YEAR})"
DATE = re.compile(rf"(?<![\d./-]){_DATE}(?!\d|[./-]\d)")
DATES = re.compile(rf"(?:{_DATE}|{_YEAR})(?:[-–/ ]{{1,3}}(?:{_DATE}|{_YEAR})){{0,5}}(?: \d\d?)?")  # also "2026-01-15 14(:30)"
# Six digits are a one-time code that the chat asked for. Some are also a local phone number; masked, no code could be checked.
CODE = re.compile(r"\d{3}[ -]?\d{3}")
_LAW = (
    r"(?:§+|\b(?:art(?:icles?|s)?|sec(?:tions?|s)?|s|ss|cfr|c\.f\.r|usc|u\.s\.c|code|act|acts|regulations?|directives?|recitals?|clauses?"
    r"|paragraphs?|para|chapters?|title|iso|iec|iso/iec|nist|sp|rfc|en|no|case|ecli|rule|parts?|\(eu\)|\(ec\)|law|lei|loi|bdsg|cpra|ccpa))"
)
LAW = re.compile(rf"{_LAW}[.:]?\s{{0,2}}(?:no\.?\s?|c-)?$", re.IGNORECASE)
MONEY = re.compile(
    r"(?:[$€£¥₹₴₽]|\b(?:usd|eur|gbp|uah|inr|chf|cad|aud|brl|zar|sek|nok|dkk|pln|rs|fines? of|up to|over|about|than|least))\s?$",
    re.IGNORECASE,
)
UNIT = re.compile(
    r"\s?(?:[$€£¥₹₴₽%]|(?:usd|eur|gbp|uah|inr|chf|cad|aud|brl|zar|sek|nok|dkk|pln|dollars?|euros?|pounds?|rupees?|hryvnias?|francs?"
    r"|yen|zł|million|billion|bn|users?|customers?|people|persons?|records?|rows?|accounts|visitors?|members|employees|times|"
    r"(?:milli)?seconds?|minutes?|hours?|days?|weeks?|months?|years?|bytes?|[kmgt]b|bits?|words|characters|ms)\b)",
    re.IGNORECASE,
)
CALLED = re.compile(
    r"\b(?:call|ring|phone|tel|mobile|cell|cellphone|handy|sms|text me|whatsapp|viber|telegram|signal|landline|fax|telephone"
    r"|reach me|dial|number|contact me|my no|mob|ph|portable|teléfono|telefon|telefono|celular|móvil)\b[^\n]{0,24}$",
    re.IGNORECASE,
)
LOCAL = re.compile(
    r"\b(?:call|ring|phone|tel|mobile|cell|sms|text|whatsapp|landline|fax|telephone|reach me|dial|mob)\b(?![^\n]{0,24}\bcode\b)[^\n]{0,24}$",
    re.IGNORECASE,
)
EXTENSION = re.compile(r"\s{0,2}(?:x|ext\.?|extension)\s?\d{1,6}\b", re.IGNORECASE)


@dataclass(frozen=True)
class NumberRun:
    """Groups of digits that stand together. start, end: of the whole, with a plus or bracket in front."""

    start: int
    end: int
    groups: tuple[tuple[int, int], ...]
    digits: str


def runs_in(text: str) -> Iterator[NumberRun]:
    """The runs of digits in order. Digits beside letters ("AB1234") are not among them."""
    groups: list[tuple[int, int]] = []
    for match in GROUP.finditer(text):
        start, end = match.span()
        mixed = (start and text[start - 1].isalpha()) or (end < len(text) and text[end].isalpha())
        if groups and not _joined(text[groups[-1][1] : start]):
            yield _run(text, groups)
            groups = []
        if not mixed:
            groups.append((start, end))
        elif groups:
            yield _run(text, groups)
            groups = []
    if groups:
        yield _run(text, groups)


def _joined(gap: str) -> bool:
    return len(gap) <= 3 and gap != ". " and all(letter in JOINTS for letter in gap)


def _run(text: str, groups: Sequence[tuple[int, int]]) -> NumberRun:
    start, end = groups[0][0], groups[-1][1]
    front = text[max(0, start - 3) : start]
    if front.endswith(("+", "(")):
        start -= 2 if front.endswith(("+(", "(+")) else 1
    return NumberRun(start, end, tuple(groups), "".join(text[first:last] for first, last in groups))


def claim_numbers(claims: Claims) -> None:
    """Mask numbers. What laws, dates and amounts are, stays."""
    text = claims.text
    for match in SHAPES.finditer(text):
        if sum(letter.isdigit() for letter in match[0]) >= 6 and not DATE.fullmatch(match[0]):
            claims.claim("id", *match.span())
    checked = 0
    for whole in runs_in(text):
        for run in _without_dates(text, whole):
            if _stays(text, run):
                continue
            if not claims.is_free(run.start, run.end):  # part of it is masked already; the rest must not stay
                if len(run.digits) >= LONG:
                    claims.claim("account", run.start, run.end)
                continue
            if is_card(text, run):
                claims.claim("card", run.start, run.end)
                continue
            looked_up = checked < MOST_CHECKED
            kind = _kind(text, run, looked_up=looked_up)
            checked += looked_up and len(run.digits) >= FEWEST
            if kind == "phone":
                extension = EXTENSION.match(text, run.end)
                claims.claim("phone", run.start, extension.end() if extension else run.end)
            elif kind:
                claims.claim("id" if kind == "id" else "account", run.start, run.end)


def _without_dates(text: str, run: NumberRun) -> Iterator[NumberRun]:
    """The parts of a run before, between and after dates."""
    if len(run.groups) < 4:
        yield run
        return
    part: list[tuple[int, int]] = []
    dates = [match.span() for match in DATE.finditer(text, run.start, run.end)]
    for group in run.groups:
        while dates and dates[0][1] <= group[0]:
            dates.pop(0)
        if dates and dates[0][0] <= group[0]:
            if part:
                yield _run(text, part)
            part = []
        else:
            part.append(group)
    if part:
        yield _run(text, part)


def _stays(text: str, run: NumberRun) -> bool:
    """Whether it is a date, a one-time code, a section of a law, or an amount."""
    written = text[run.groups[0][0] : run.end]
    if len(written) <= 80 and (DATES.fullmatch(written) or CODE.fullmatch(written)):
        return not (CODE.fullmatch(written) and len(written) != 6 and LOCAL.search(text, max(0, run.start - 40), run.start))
    before = text[max(0, run.start - 16) : run.start]
    if LAW.search(before) and len(run.digits) < 16:
        return True
    if len(run.digits) > 12 or text[run.start] == "+":
        return False
    return bool(MONEY.search(before) or UNIT.match(text, run.end)) and all(
        text[end:start] in {".", " ", "\u00a0"} for (_, end), (start, _) in zip(run.groups, run.groups[1:], strict=False)
    )


def is_card(text: str, run: NumberRun) -> bool:
    """Whether the run is a payment card's number, perhaps with its date and security code behind it."""
    fewest, most = CARD
    if not fewest <= len(run.digits) <= most + 9 or text[run.start] == "+":
        return False
    taken, tried = 0, set()
    for start, end in run.groups:
        taken += end - start
        tried.add(taken)
    return any(_luhn(run.digits[:n]) for n in tried if fewest <= n <= most)


def _luhn(digits: str) -> bool:
    return digits[0] in "23456" and len(set(digits)) > 1 and bool(luhn.is_valid(digits)) and digits.isascii()


def _kind(text: str, run: NumberRun, *, looked_up: bool) -> str:
    """phone, id or account; "" where nothing is to be masked."""
    n = len(run.digits)
    called = CALLED.search(text, max(0, run.start - 45), run.start)
    if text[run.start] == "+" or (text.startswith("(+", run.start)):
        return "phone" if n >= FEWEST - 1 else ""
    if n < FEWEST:
        return "phone" if n >= 5 and n != 6 and LOCAL.search(text, max(0, run.start - 45), run.start) else ""
    if n == FEWEST:
        sizes = [end - start for start, end in run.groups]
        return "phone" if called or sizes == [3, 4] or (looked_up and len(sizes) > 1 and is_phone(run.digits, text, run)) else ""
    if n <= MOST and called and not re.search(r"account|order|customer|card", called[0], re.IGNORECASE):
        return "phone"
    if looked_up and is_national_id(run.digits) and not _looks_like_phone(text, run):
        return "id"
    if n <= MOST and (_looks_like_phone(text, run) or (looked_up and is_phone(run.digits, text, run))):
        return "phone"
    if looked_up and is_national_id(run.digits, sure=False):
        return "id"
    return "account"


def _looks_like_phone(text: str, run: NumberRun) -> bool:
    sizes = [end - start for start, end in run.groups]
    if run.digits.startswith("00") and len(run.digits) >= 10:
        return True
    if text[run.start] == "(":
        return len(run.digits) <= 12
    return sizes == [3, 3, 4] or (run.digits[0] == "0" and 9 <= len(run.digits) <= 12 and len(sizes) > 1)


def is_phone(digits: str, text: str, run: NumberRun) -> bool:
    """Whether it is a phone number somewhere, as it is dialled there."""
    if len(run.groups) > 6:
        return False
    for region in REGIONS:
        try:
            number = phonenumbers.parse(digits, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return True
    return False
