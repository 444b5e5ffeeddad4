"""Numbers: cards, phones, national identifiers, and any other of eight digits or more.

One pass over the groups of digits joins those that stand together to a run ("+44 20 7946 0958"); then each run is classified.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import phonenumbers
from stdnum import luhn

from candor.transcripts.patterns import any_case
from candor.transcripts.recognizers.national_ids import SHAPES, is_national_id
from candor.transcripts.recognizers.spoken_numbers import FEWEST_WORDS, is_spoken, spoken_numbers
from candor.transcripts.spans import Claims, SpanKind

REGIONS = ("US", "GB", "DE", "FR", "FI", "UA", "BG", "ZA", "IN", "BR", "CA", "ES", "IT", "NL", "SE")
MOST_CHECKED = 8  # numbers of a message whose kind is looked up (0.4 ms each); the others are masked as accounts
LONG = 8  # digits that are masked whatever they are
FEWEST_BESIDE = 5  # digits of a short local number, beside a word such as "call"
FEWEST, MOST = 7, 15  # digits of a phone number; E.164
CARD = (13, 19)  # digits
GROUP = re.compile(r"\d+")
WITHOUT_BLANKS = re.compile(r"[\u0e00-\u0eff\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # Thai, Lao, Khmer, Chinese …
JOINTS = frozenset(" \t\u00a0\u2009\u202f.-‐‑‒–—―/()_")  # stand between the groups of one number
_DAY, _MONTH, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:19|20)\d\d"
_DATE = rf"(?:{_YEAR}[-/.]{_MONTH}[-/.]{_DAY}|(?:{_DAY}[-/.]{_MONTH}|{_MONTH}[-/.]{_DAY})[-/.]{_YEAR})"
DATE = re.compile(rf"(?<![\d./-]){_DATE}(?!\d|[./-]\d)")
DATES = re.compile(rf"(?:{_DATE}|{_YEAR})(?:[-–/ ]{{1,3}}(?:{_DATE}|{_YEAR})){{0,5}}(?: \d\d?)?")  # also "2026-01-15 14(:30)"
# Six digits are a one-time code that the chat asked for. Some are also a local phone number; masked, no code could be checked.
CODE, CODE_DIGITS = re.compile(r"\d{3}[ -]?\d{3}"), 6
_LAW = (
    r"(?:§+|(?<!['’])\b(?:art(?:icles?|s)?|sec(?:tions?|s)?|s|ss|cfr|c\.f\.r|usc|u\.s\.c|code|act|acts|regulations?|directives?"
    r"|recitals?|clauses?"
    r"|paragraphs?|para|chapters?|title|iso|iec|iso/iec|nist|sp|rfc|en|case|ecli|rule|parts?|\(eu\)|\(ec\)|law|lei"
    r"|loi|bdsg|cpra|ccpa|ley(?: orgánica)?|legge|d\.? ?lgs|dlgs|decreto(?: legislativo)?|décret|real decreto|gesetz|verordnung"
    r"|ustaw[ay]"
    r"|zákon(?:a)?(?: č)?|закон(?:у|а)?|lag|lov|laki|seadus|reg))"
)
LAW = any_case(rf"{_LAW}[.:]?\s{{0,2}}(?:no\.?\s?|n[°ºr]\.?\s?|č\.\s?|c-)?$")
MONEY = any_case(
    r"(?:[$€£¥₹₴₽]|\b(?:usd|eur|gbp|uah|inr|chf|cad|aud|brl|zar|sek|nok|dkk|pln|rs|kr|fines? of|up to|over|about|than|least))\s?$"
)
UNIT = any_case(
    r"\s?(?:[$€£¥₹₴₽%]|(?:usd|eur|gbp|uah|inr|chf|cad|aud|brl|zar|sek|nok|dkk|pln|dollars?|euros?|pounds?|rupees?"
    r"|hryvnias?|francs?|kr|kč|ft|lei|лв|грн|руб"
    r"|yen|zł|million|billion|bn|users?|customers?|people|persons?|records?|rows?|accounts|visitors?|members|employees|times|"
    r"(?:milli)?seconds?|minutes?|hours?|days?|weeks?|months?|years?|bytes?|[kmgt]b|bits?|words|characters|ms"
    # the same of time in other languages
    r"|uhr|h|minuten|stunden?|tagen?|wochen?|monaten?|jahren?|heures?|jours?|semaines?|mois|ans|années?|horas?|d[ií]as?|semanas?"
    r"|mes(?:es)?|años?|anos|ore|giorn[io]|settimane|mes[ei]|ann[io]|uur|dagen|weken|maanden|maand|jaar|timer|timmar|dager|dagar"
    r"|dage|uker|uger|veckor|måneder|månader|mån|mnd|måned|månad|år|kk|viikkoa|päivää|vuotta|godzin\w{0,2}|dni|tygodni\w{0,2}"
    r"|miesi[ęą]c\w{0,3}|lat|dnů|let|měsíc\w{0,2}|дн(?:я|ей|і|ів)|недел[ьи]|тижн\w{1,2}|месяц\w{0,2}|місяц\w{0,2}|год(?:а|у)?|лет"
    r"|рок(?:и|ів|у))(?!\w))"
)
CALLED = any_case(
    r"\b(?:call|ring|phone|tel|mobile|cell|cellphone|handy|sms|text me|whatsapp|viber|telegram|signal|landline|fax|telephone"
    r"|reach me|dial|number|contact me|my no|mob|ph|portable|teléfono|telefon|telefono|celular|móvil|nummer"
    r"|rufnummer|numer|número|numéro|puhelin|telefoon|telefone|номер|тел)\b[^\n]{0,24}$"
)
LOCAL = any_case(
    r"\b(?:call|ring|phone|tel|mobile|cell|sms|text|whatsapp|landline|line|exchange|fax|telephone|reach me|dial"
    r"|mob)\b(?![^\n]{0,24}\bcode\b)[^\n]{0,24}$"
)
EXTENSION_ALONE = any_case(r"\b(?:ext(?:ension)?|extn|durchwahl)\.? ?(?:no\.? |is |: ?)?(?P<number>\d{3,6})\b")
# "555 12 34 is my number"; "tel 555123", which is no one-time code
IS_NUMBER = any_case(
    r"\s?(?:,|-|–)?\s?(?:(?:that|this|it)?['’]?s?|is|was)\s(?:my|the|our|his|her)(?: \w{1,8})? (?:number|phone|mobile|cell|tel"
    r"|landline"
    r"|fax|handy)\b(?!\s(?:of|for) (?:my |the )?(?:order|case|ticket))"
)
DIALLED = any_case(r"\b(?:tel|phone|fax|ring|mobile|cell|telefon|tél)\b\.?\s?(?:no\.?|nr\.?|number|is)?\s?[:=]?\s?$")
# "ring 2 14 33 and ask the operator": a line that somebody has to be asked for
ASKED_FOR = any_case(r"[,.]?\s(?:and |then |just )?(?:ask (?:for|the)|let it ring)\b")
OTHER = re.compile(r"account|order|customer|card")
# Cards and identity numbers that are kept apart by what no number has, as who hides them does: "4111*1111*1111*1111"
_ANY = r"(?:[^\w]|_)"
CARD_APART = re.compile(
    rf"(?<!\d)(?:(?:\d{{4}}{_ANY}{{1,4}}){{3}}\d{{1,7}}|3\d{{3}}{_ANY}{{1,4}}\d{{6}}{_ANY}{{1,4}}\d{{5}}"
    rf"|(?:\d{_ANY}{{1,2}}){{12,18}}\d)(?!\d)"
)
ID_APART = re.compile(r"(?<!\w)\d{1,7}(?:(?P<sign>[*|:+#·,~;\n])\d{1,7})(?:(?P=sign)\d{1,7}){0,14}(?!\w)")
AMOUNT = re.compile(r"\d{1,3}(?:,\d{3})+")
EXTENSION = any_case(r"\s{0,2}(?:x|ext\.?|extension)\s?\d{1,6}\b")


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
        mixed = (start > 0 and _is_glued(text[start - 1])) or (end < len(text) and _is_glued(text[end]))
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


def _is_glued(letter: str) -> bool:
    """Whether a letter beside a digit makes a code of both: not one of a script that puts no blanks between words."""
    return letter.isalpha() and not WITHOUT_BLANKS.match(letter)


def _joined(gap: str) -> bool:
    return len(gap) <= 3 and gap != ". " and all(letter in JOINTS for letter in gap)


def _run(text: str, groups: Sequence[tuple[int, int]]) -> NumberRun:
    start, end = groups[0][0], groups[-1][1]
    front = text[max(0, start - 3) : start]
    if front.endswith(("+", "(")):
        start -= 2 if front.endswith(("+(", "(+")) else 1
    return NumberRun(start, end, tuple(groups), "".join(text[first:last] for first, last in groups))


def claim_numbers_apart(claims: Claims) -> None:
    """Mask cards and identity numbers whose check digits fit, whatever stands between their groups."""
    for pattern in (CARD_APART, ID_APART):
        for match in pattern.finditer(claims.text):
            if claims.out_of_time:
                return
            digits = "".join(filter(str.isdigit, match[0]))
            if JOINTS.issuperset(letter for letter in match[0] if not letter.isdigit()):
                continue  # as anybody writes them: claim_numbers reads further
            if pattern is CARD_APART and _luhn(digits):
                claims.claim("card", *match.span())
            elif pattern is ID_APART and len(digits) > LONG and not AMOUNT.fullmatch(match[0]) and is_national_id(digits):
                claims.claim("id", *match.span())


def claim_numbers(claims: Claims) -> None:
    """Mask numbers. What laws, dates and amounts are, stays."""
    for match in SHAPES.finditer(claims.low):
        if sum(letter.isdigit() for letter in match[0]) >= 6 and not DATE.fullmatch(match[0]):
            claims.claim("id", *match.span())
    if sum(is_spoken(word.plain) for word in claims.words) >= FEWEST_WORDS:
        for span in spoken_numbers(claims.low):
            claims.claim("phone", *span)
    for match in EXTENSION_ALONE.finditer(claims.low):
        claims.claim("phone", *match.span("number"))
    checked = 0
    for whole in runs_in(claims.text):
        for run in _without_dates(claims.text, whole):
            if len(run.digits) >= FEWEST_BESIDE and not _stays(claims, run):
                _claim_run(claims, run, looked_up=checked < MOST_CHECKED)
                checked += len(run.digits) >= FEWEST
            if claims.out_of_time:
                return


def _claim_run(claims: Claims, run: NumberRun, *, looked_up: bool) -> None:
    """looked_up: whether there is time to find out in which country it is a number of a phone or a person."""
    if not claims.is_free(run.start, run.end):  # part of it is masked already; the rest must not stay
        if len(run.digits) >= LONG:
            claims.claim("account", run.start, run.end)
        return
    kind = "card" if is_card(claims.text, run) else _kind(claims, run, looked_up=looked_up)
    extension = EXTENSION.match(claims.low, run.end) if kind == "phone" else None
    if kind:
        claims.claim(kind, run.start, extension.end() if extension else run.end)


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


def _stays(claims: Claims, run: NumberRun) -> bool:
    """Whether it is a date, a one-time code, a section of a law, or an amount."""
    text, low = claims.text, claims.low
    written = text[run.groups[0][0] : run.end]
    if CODE.fullmatch(written) and DIALLED.search(low, max(0, run.start - 24), run.start):
        return False
    if len(written) <= 80 and (DATES.fullmatch(written) or CODE.fullmatch(written)):
        return not (CODE.fullmatch(written) and len(written) != 6 and LOCAL.search(low, max(0, run.start - 40), run.start))
    before = low[max(0, run.start - 16) : run.start]
    if LAW.search(before) and len(run.digits) < 16:
        return True
    if len(run.digits) > 12 or text[run.start] == "+":
        return False
    return bool(MONEY.search(before) or UNIT.match(low, run.end)) and all(
        text[end:start] in {".", " ", "\u00a0"} for (_, end), (start, _) in zip(run.groups, run.groups[1:], strict=False)
    )


def protect_amounts(claims: Claims) -> None:
    """Keep large round numbers, which are nobody's."""
    for run in runs_in(claims.text) if "000" in claims.text else ():
        if _is_round(claims.text, run):
            claims.protect(run.start, run.end)


def _is_round(text: str, run: NumberRun) -> bool:
    """Whether it is written as large amounts are: "20 000 000", "1.250.000"."""
    first, *others = [text[start:end] for start, end in run.groups]
    thousands = bool(others) and others[-1] == "000" and all(len(group) == len("000") for group in others)
    return thousands and len(first) <= len("000") and first[0] != "0" and text[run.start].isdigit()


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


def _kind(claims: Claims, run: NumberRun, *, looked_up: bool) -> SpanKind | None:
    """phone, id or account; None where nothing is to be masked."""
    n, before = len(run.digits), max(0, run.start - 45)
    called = CALLED.search(claims.low, before, run.start)
    if claims.text.startswith(("+", "(+"), run.start):
        return "phone" if n >= FEWEST - 1 else None
    if n <= FEWEST and (IS_NUMBER.match(claims.low, run.end) or DIALLED.search(claims.low, max(0, run.start - 24), run.start)):
        return "phone"
    if n < FEWEST:
        return "phone" if _is_short_phone(claims, run, called=called is not None) else None
    if n == FEWEST:
        return "phone" if called or [end - start for start, end in run.groups] == [3, 4] else None
    if n <= MOST and called and not OTHER.search(called[0]):
        return "phone"
    return _kind_by_digits(claims.text, run) if looked_up else "account"


def _is_short_phone(claims: Claims, run: NumberRun, *, called: bool) -> bool:
    """Whether five or six digits are a local number. called: a word for calls or numbers stands before them."""
    apart = len(run.groups) > 1
    if apart and (called or ASKED_FOR.match(claims.low, run.end)):
        return True
    local = LOCAL.search(claims.low, max(0, run.start - 45), run.start) is not None
    return local and (len(run.digits) != CODE_DIGITS or apart)


def _kind_by_digits(text: str, run: NumberRun) -> SpanKind:
    n, dialled = len(run.digits), _looks_like_phone(text, run)
    if not dialled and is_national_id(run.digits):
        return "id"
    if n <= MOST and (dialled or ((len(run.groups) > 1 or n > LONG) and is_phone(run))):
        return "phone"
    return "id" if is_national_id(run.digits, sure=False) else "account"


def _looks_like_phone(text: str, run: NumberRun) -> bool:
    sizes = [end - start for start, end in run.groups]
    if run.digits.startswith("00") and len(run.digits) >= 10:
        return True
    if text[run.start] == "(":
        return len(run.digits) <= 12
    return sizes == [3, 3, 4] or (run.digits[0] == "0" and 9 <= len(run.digits) <= 12 and len(sizes) > 1)


def is_phone(run: NumberRun) -> bool:
    """Whether it is a phone number somewhere, as it is dialled there."""
    if len(run.groups) > 6:
        return False
    for region in REGIONS:
        try:
            number = phonenumbers.parse(run.digits, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return True
    return False
