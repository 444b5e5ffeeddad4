"""Find the one-time codes in what somebody typed. Pure.

A code has six digits. People type it with blanks, dashes or dots, with the digits of their own keyboard, and with words around
it. Dates, phone numbers, amounts and the numbers of requests are no codes. A message with several groups gives several
candidates, the likeliest first: whoever checks them tries them all, so that the right code never costs an attempt.
"""

from __future__ import annotations

import re

from candor.typed.folding import fold

LENGTH = 6
MOST_CANDIDATES = 3  # of one message: more would be guessing
# A run of digits with single signs or up to three blanks between them.
RUN = re.compile(r"\d(?:(?: {0,3}[-./,_:·*|] {0,3}| {1,3}|\n)?\d)*")
REQUEST_NUMBER = re.compile(r"\bR[ -]?[0-9A-Z]{4}[ -]?[0-9A-Z]{4}\b", re.IGNORECASE)
TOKEN = re.compile(r"<[a-z]{2,12}_\d+>")  # what masking leaves
DATE = re.compile(
    r"\b(?:\d{1,2}[-./ ]\d{1,2}[-./ ](?:19|20)\d{2}|(?:19|20)\d{2}[-./]\d{1,2}[-./]\d{1,2})\b|\b[0-2]?\d:[0-5]\d(?::[0-5]\d)?\b"
)  # fmt: skip
SHORT_DATE = re.compile(r"\b(?:[0-2]?\d|3[01])([./])(?:[0-2]?\d|3[01])\1\d{2}\b")  # alone it may be a code, typed with dots
UNIT = r"(?:euros?|eur|usd|dollars?|gbp|pounds?|chf|pln|uah|rupees?|zar|rand|kr|percent|k[mg]|years?|days?|people|times|users?)\b"
AMOUNT = re.compile(rf"[$€£¥₹₴₽]\s?\d[\d.,' ]{{0,18}}|\d[\d.,' ]{{0,18}}(?:[$€£¥₹₴₽%]|{UNIT})", re.IGNORECASE)
PHONE = re.compile(r"\+\s?\d[\d ()./-]{5,24}|\(\d{2,5}\)[\d ./-]{4,24}")
OTHER_NUMBER = re.compile(
    r"(?:phone|mobile|tel|call me (?:at|on)|customer|client|account|order|invoice|member(?:ship)?|reference|ref|booking|zip|iban"
    r"|post(?:al)?(?:code| code)|policy|ticket|user)\b[\s.:#-]*(?:no|nr|num|number|id|code)?\b[\s.:#-]*(?:is|was)?[\s:#]*$",
    re.IGNORECASE,
)  # fmt: skip
WORDS = {
    "oh": "0", "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9",
}  # fmt: skip
SPOKEN = re.compile(rf"\b(?:{'|'.join(WORDS)})(?:[\s,-]{{1,3}}(?:{'|'.join(WORDS)})){{5}}\b", re.IGNORECASE)
SAID = re.compile(r"\b(?:code|pin|otp|kode|código|codice|kod)\b", re.IGNORECASE)
GO_WITH = frozenset(
    """
    a again and be code correct digits email from go got have hello here heres hi i in is it its mail me must my new number ok
    okay one otp pin please pls received right s says sent should so sorry thank thanks that the then think this try was well
    yes you your now kode código codice kod es ist der die das mein
    """.split()  # noqa: SIM905
)

_CODE = r"\b(?:codes?|pin|otp|mail|e-?mail|it|one)\b"
_LACK = r"(?:never|not|didnt|havent|hasnt|hadnt|dont|isnt|wasnt|nothing|no)"
NEW_CODE = re.compile(
    r"\bre-?send\b|\b(?:send|mail|give|get|want|need|request|have|try|issue|generate)\b[^.?!]{0,20}"
    r"\b(?:new|another|fresh|second|different)\b[^.?!]{0,12}\b(?:code|pin|otp|one)\b"
    r"|\b(?:send|mail)\b[^.?!]{0,25}\b(?:again|once more|one more time)\b"
    r"|^\W*(?:a |the |my )?(?:new|another|fresh) (?:code|pin|otp)\b"
    rf"|\b{_LACK}\b[^.?!]{{0,12}}\b(?:receiv\w+|arriv\w+|com(?:e|ing)|came|reach\w*)\b[^.?!]{{0,15}}{_CODE}"
    rf"|\b{_LACK}\b[^.?!]{{0,12}}\b(?:get|got|seen?|find)\b[^.?!]{{0,15}}\b(?:codes?|pin|otp|e-?mails?|mails?|digits)\b"
    rf"|{_CODE}[^.?!]{{0,20}}\b{_LACK}\b[^.?!]{{0,10}}\b(?:arriv\w+|com(?:e|ing)|came|here|there|receiv\w+|reach\w*)\b"
    r"|\b(?:where is|wheres)\b[^.?!]{0,12}\b(?:code|pin|otp)\b"
    rf"|\b(?:code|pin|otp)\b[^.?!]{{0,15}}\b(?:expired|too old|lost|gone|deleted)\b"
    r"|\b(?:lost|deleted|cant find|cannot find|no) (?:the |my |any )?(?:code|pin|otp)\b"
)
ASKS_ANEW = re.compile(r"\b(?:re-?send|send|new|another|fresh|second|different|again|once more)\b")
NO_NEW_CODE = re.compile(
    r"\b(?:dont|do not|no need to|stop) (?:\w+ )?(?:send|resend|mail)|\bno new code|\bdont (?:want|need)\b|\bif\b"
)


def codes_in(text: str) -> tuple[str, ...]:
    """What may be the code: each six digits, the likeliest first, at most three. Empty if nothing looks like one."""
    plain = _without_others(fold(text).text)
    named: list[str] = []  # behind the word "code"
    found: list[str] = []
    for run in RUN.finditer(plain):
        before = plain[max(0, run.start() - 40) : run.start()]
        if _touches_word(plain, run) or OTHER_NUMBER.search(before):
            continue
        (named if SAID.search(before) else found).extend(_sixes(run[0]))
    found += ["".join(WORDS[word] for word in re.findall(r"[a-z]+", spoken[0].lower())) for spoken in SPOKEN.finditer(plain)]
    return tuple(dict.fromkeys([*named, *found]))[:MOST_CANDIDATES]


def is_code(text: str) -> bool:
    """Whether the text is six digits and nothing else but what separates them."""
    return re.fullmatch(r"\W*\d(?:\W{0,3}\d){5}\W*", fold(text).text) is not None and len(codes_in(text)) == 1


def almost_a_code(text: str) -> bool:
    """Whether the message is meant as a code but has five, seven or eight digits: it is no attempt, and asked again."""
    plain = _without_others(fold(text).text)
    runs = [run for run in RUN.finditer(plain) if not _touches_word(plain, run)]
    if codes_in(text) or len(runs) != 1:
        return False
    digits = len(re.sub(r"\D", "", runs[0][0]))
    around = plain[: runs[0].start()] + " " + plain[runs[0].end() :]
    return 4 <= digits <= 8 and digits != LENGTH and (SAID.search(plain) is not None or not re.search(r"\w", around))


def is_only_code(text: str) -> bool:
    """Whether the message is a code and at most a few words that go with it ("the code is 123 456, thanks")."""
    others = re.findall(r"\w+", SPOKEN.sub(" ", RUN.sub(" ", fold(text).text)).lower())
    return GO_WITH.issuperset(others) and bool(codes_in(text))


def wants_new_code(text: str) -> bool:
    """Whether the message plainly wishes for a new code, or says that none came. Only this may end a code that is still valid."""
    plain = fold(text).text.lower().replace("'", "")
    return not codes_in(text) and NO_NEW_CODE.search(plain) is None and NEW_CODE.search(plain) is not None


def only_misses_code(text: str) -> bool:
    """Whether a wish for a new code only says that none came: while one is on its way, that needs no other."""
    return ASKS_ANEW.search(fold(text).text.lower()) is None


def _without_others(plain: str) -> str:
    """The text with a sign that no code holds in place of numbers that are something else."""
    short = SHORT_DATE.sub(" ", plain)
    short_is_date = short != plain and re.search(r"\w", short) and not SAID.search(plain)
    for other in (TOKEN, REQUEST_NUMBER, DATE, PHONE, AMOUNT, *([SHORT_DATE] if short_is_date else [])):
        plain = other.sub(lambda match: ";" * len(match[0]), plain)
    return plain


def _touches_word(plain: str, run: re.Match[str]) -> bool:
    before, after = plain[max(0, run.start() - 8) : run.start()], plain[run.end() : run.end() + 2]
    if re.search(r"(?:\b|_)(?:code|pin|otp)[-_]?$", before, re.IGNORECASE):
        before = ""
    return bool(re.search(r"[^\W\d]-?$|[#@+;]$", before) or re.match(r"-?[^\W\d]|[@;%]", after))


def _sixes(run: str) -> list[str]:
    """The codes in a run of digits: all six together, or groups of six, or two neighbours of three."""
    digits = re.sub(r"\D", "", run)
    if len(digits) == LENGTH:
        return [digits]
    groups = re.findall(r"\d+", run)
    return [group for group in groups if len(group) == LENGTH] + [
        groups[place] + groups[place + 1]
        for place in range(0, len(groups) - 1, 2)
        if len(groups[place]) == len(groups[place + 1]) == LENGTH // 2 and len(digits) > 9
    ]
