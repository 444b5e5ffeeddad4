"""Find the e-mail addresses in what somebody typed, in every spelling, and say where one may be meant differently. Pure.

"jane@example.org" and "jane (at) example [dot] org" are addresses. In "jane@example.org.my name is Jane" the end may be cut at
two places, and mail to the wrong one reaches a stranger: such an address is only a guess, to be asked back.
Source: RFC 5321 for lengths, RFC 5322 for the signs of a local part; top_level_domains.txt holds IANA's list as the Public Suffix
List repeats it, and the names that RFC 2606 reserves for examples.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from email_validator import EmailNotValidError, validate_email

from candor.typed.folding import fold

LONGEST = 254  # characters; RFC 5321, 4.5.3.1.3, less the angle brackets
LONGEST_LOCAL = 64
REACH = 130  # characters looked at on the left of an at sign; room for a local part with its dots spelt out
MOST_DOMAIN = 300


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


COMMON = _words(
    """
    com org net edu gov info biz io co app dev eu uk de fr es it nl pt pl ie at be ch se dk fi no cz sk hu ro bg gr hr
    si lt lv ee lu mt cy ua us ca au nz za in br mx jp cn kr example
    """
)
PROVIDERS = {
    **{name: f"{name}.com" for name in ("gmail", "googlemail", "hotmail", "outlook", "yahoo", "icloud", "protonmail", "aol")},
    "gmx": "gmx.net",
    "proton": "proton.me",
}
# Usual misspellings of the names that most addresses end with.
MISSPELT = {
    **dict.fromkeys(("con", "cmo", "ocm", "comm", "vom", "xom", "coom"), "com"),
    **dict.fromkeys(("ogr", "orgg", "prg"), "org"),
    **dict.fromkeys(("nett", "nte", "ner"), "net"),
    **dict.fromkeys(("gmial", "gmai", "gamil", "gnail", "gmaill", "gmali"), "gmail"),
    **dict.fromkeys(("hotmial", "hotmai", "hotnail", "hotmal"), "hotmail"),
    **dict.fromkeys(("outlok", "outloook", "outllook"), "outlook"),
    **dict.fromkeys(("yaho", "yahooo", "yhaoo"), "yahoo"),
    **dict.fromkeys(("iclod", "icloude", "icoud"), "icloud"),
}
# In front of "at": these words are no mailbox ("I was at example.org"), unless the message says that an address follows.
NO_MAILBOX = _words(
    """
    i me you he she it we us they them him her this that these those here there look looked looking is am are was were
    be been arrived arrive work works worked working account accounts shop shopping bought buy ordered order register
    registered sign signed up login logged stay stayed live lives meet met meeting contact call called reach write wrote
    mail email mails emails address hi hello hey and or but not all at least time day home back good bad customer member
    user client data someone somebody people team person staff anyone everyone one study student booked booking see saw
    visit visited visiting read found find page website site services service policy stored held kept employed employee
    job position hosted subscribed available located based no yes ok okay please thanks thank the a an my your our their
    his its of on in to for from with by as then now today
    """
)
# Words in front of an address that are no part of it: "mail jane@example.org".
FOLLOWS = NO_MAILBOX | _words(
    """
    e-mail its it's mine use try send sure so well sorry actually instead new correct right real current use: hm um uh
    oh wait name another other change via also same should must can could reply respond confirm contact: mailto to: cc
    from: under using has had type typed put gave give given take private work personal business old wrong adresse
    correo ist est es är er on jest é è je są são
    """
)
SAYS_SO = re.compile(
    r"(?:\be-?mails?|\bmail|\baddress|\badresse|\bcorreo|\breach me|\bcontact me|\bwrite (?:to )?me)\b[\s\w:,'=-]{0,25}$"
)
OPEN, CLOSE = r"\s{0,3}[\[({<'\"‘“*]\s{0,2}", r"\s{0,2}[\])}>'\"’”*]\s{0,3}"
# What people call the sign, and the other signs of an address, where they say it or hide it.
WORD_AT = (
    r"(?:at|arroba|aet|ät|arobase|arobas|chiocciola|małpa|malpa|klammeraffe|snabel-?a|krøllalfa|alfakrøll"
    r"|apenstaartje|kukac|zavináč|собака)"
)
AT = re.compile(
    rf"{OPEN}(?:{WORD_AT}|@){CLOSE}|\s{{1,3}}{WORD_AT}\s{{1,3}}|[_-]at[_-]|@{{1,3}}", re.IGNORECASE
)  # fmt: skip
WORD_DOT = r"(?:dot|punkt|punto|ponto|point|piste|kropka|tochka|punktum|точка|крапка|tečka|bodka)"
WORD_UNDER = (
    r"(?:under-?score|unterstrich|tiret (?:du )?bas|gui[óo]n bajo|trattino basso|understreck"
    r"|understrek|podkreślnik|laag streepje)"
)
WORD_DASH = r"(?:dash|hyphen|minus|bindestrich|tiret|gui[óo]n|trattino|hífen|traço|streepje|bindestreck|bindestrek|myślnik|дефис)"
SPELT_DOT = rf"(?:{OPEN}(?:{WORD_DOT}|\.){CLOSE}|\s{{1,3}}{WORD_DOT}\s{{1,3}}|[_-]dot[_-])"
LETTER = r"[^\W_\u0e2f]|[\u0300-\u036f\u0900-\u0dff]"
LABEL = rf"(?:{LETTER})(?:{LETTER}|-){{0,62}}"
DOMAIN = re.compile(rf"{LABEL}(?:(?:\.|\s{{1,2}}\.\s{{0,2}}|{SPELT_DOT}){LABEL}){{0,8}}", re.IGNORECASE)
DOT = re.compile(rf"\s{{1,2}}\.\s{{0,2}}|\.|{SPELT_DOT}", re.IGNORECASE)
JOINED = re.compile(
    rf"(?P<dot>{OPEN}(?:{WORD_DOT}|\.){CLOSE}|\s{{1,3}}{WORD_DOT}\s{{1,3}})"
    rf"|(?P<under>\s{{1,3}}{WORD_UNDER}\s{{1,3}})|(?P<dash>\s{{1,3}}{WORD_DASH}\s{{1,3}})|(?P<plus>\s{{1,3}}plus\s{{1,3}})",
    re.IGNORECASE,
)
SIGN_OF = {"dot": ".", "under": "_", "dash": "-", "plus": "+"}
LOCAL_LETTER = re.compile(rf"{LETTER}|[._+'%&~-]")
ODD_SIGNS = "`!#$*/=?^{|}\\"  # allowed by RFC 5322; who types one of them most often means something else
FAR_ENDING = re.compile(r"(?:\s?[,;]\s?|\s{1,2}|\.\s{1,2})(com|org|net|de|fr|co|eu)\b", re.IGNORECASE)
ALSO_WORDS = _words(
    """
    my is in it me so no to at be am as us do please and by call contact here how make name now pay read reply
    """
)


@dataclass(frozen=True)
class TypedEmail:
    """An address in a message. value: as mail is sent to it.

    typed[start:end] holds it as it was typed. If it is not `certain`, ask whether `value` is meant; the span then also covers
    what raises the doubt, so that the span read alone gives the same guess.
    """

    start: int
    end: int
    value: str
    certain: bool


def emails_in(text: str) -> tuple[TypedEmail, ...]:
    """The addresses in a text, in order and without overlaps. Only their form is checked; no server is asked."""
    folded = fold(text)
    found: list[TypedEmail] = []
    free = 0  # where the folded text is not yet part of an address
    for at in AT.finditer(folded.text):
        if at.start() < free:
            continue
        read = _read(folded.text, at, free)
        if read is None:
            continue
        start, end, value, certain = read
        found.append(TypedEmail(*folded.span(start, end), value, certain))
        free = end
    return tuple(found)


def check_address(address: str) -> tuple[str, str] | None:
    """An address as mail is sent to it, and as it is compared with others; None if its form is wrong."""
    if len(address) > LONGEST:
        return None
    try:
        parsed = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    written = parsed.ascii_email or parsed.normalized  # an address that needs SMTPUTF8 has no ASCII form
    return written, f"{parsed.local_part.casefold()}@{parsed.ascii_domain.lower()}"


def sole_address(text: str) -> tuple[str, str] | None:
    """The one address that a text is, in any spelling, as check_address gives it; None if it is none, several, or a guess.

    What is an address as it stands is that one, also where another is likelier ("jo@gmial.com").
    """
    checked = check_address(fold(text).text.strip())
    if checked:
        return checked
    found = emails_in(text)
    return check_address(found[0].value) if len(found) == 1 and found[0].certain else None


@cache
def top_level_domains() -> frozenset[str]:
    """The endings in ASCII that a domain can have."""
    return frozenset((Path(__file__).parent / "top_level_domains.txt").read_text(encoding="utf-8").split())


def _read(text: str, at: re.Match[str], free: int) -> tuple[int, int, str, bool] | None:
    """The address around an at sign: start, end, value, certain."""
    sign = at[0].strip()
    word = "@" not in sign and sign.replace("-", "").isalpha()  # "at" also means a place
    left, right = at.span()
    if set(sign) == {"@"}:
        left, right = _blanks_around(text, left, right, free)
    spaced = (left, right) != at.span()
    local, start = _local(text, left, free)
    domain = _domain(text, right)
    if not local or domain is None:
        return None
    doubtful = not domain.sure or sign in {"@@", "@@@"}
    end = domain.end
    if word or spaced:
        announced = SAYS_SO.search(text[max(0, start - 60) : start].lower()) is not None
        if local.lower() in NO_MAILBOX and not announced:
            return None
        if word and not announced and not domain.dotted and not re.search(r"\w[._+]\w", local) and not _alone(text, start, end):
            return None  # "my photos at icloud"
        spelt_out = not (word and domain.plain) or re.search(r"[\d._+]", local) or _alone(text, start, end)
        if local.lower() in NO_MAILBOX:
            doubtful = True
        elif not announced and not spelt_out:  # "I asked jane at example.org": an address, or somebody and where she works
            start, end, doubtful = _word_before(text, start, free), _word_end(text, end), True
    if not doubtful or start == left - len(local):
        start, local, touched = _left_edge(text, start, local, free)
        doubtful = doubtful or touched
    checked = check_address(f"{local}@{domain.name}")
    return (start, end, checked[0], not doubtful) if checked else None


def _blanks_around(text: str, left: int, right: int, free: int) -> tuple[int, int]:
    """The span of an at sign with up to three blanks on each side."""
    start, end = left, right
    while start > max(free, left - 3) and text[start - 1] in " \t":
        start -= 1
    while end < min(len(text), right + 3) and text[end] in " \t":
        end += 1
    return start, end


def _local(text: str, end: int, free: int) -> tuple[str, int]:
    """The part before the at sign, and where it starts."""
    floor = max(free, end - REACH)
    parts: list[str] = []
    at = end
    while True:
        stop = at
        while at > floor and LOCAL_LETTER.match(text[at - 1]):
            at -= 1
        if at == stop or (at == floor > free and LOCAL_LETTER.match(text[at - 1])):  # longer than any address
            return "", end
        parts.append(text[at:stop])
        joined = next((m for m in JOINED.finditer(text, max(floor, at - 18), at) if m.end() == at), None)
        if joined is None or joined.start() <= floor or not (text[joined.start() - 1].isalnum()):
            break
        parts.append(SIGN_OF[joined.lastgroup or "dot"])
        at = joined.start()
    local = "".join(reversed(parts))
    bare = local.lstrip(".'-%&~")  # quotes, list marks and dots in front
    return bare.rstrip("'"), end if not bare else at + len(local) - len(bare)


def _left_edge(text: str, start: int, local: str, free: int) -> tuple[int, str, bool]:
    """What stands on the left of an address: where its doubt begins, what its local part may be, and whether it is doubtful."""
    if start <= free:
        return start, local, False
    before, word = text[start - 1], _word_before(text, start, free)
    neighbour = text[word:start].strip(" \t")
    said = neighbour.rstrip(ODD_SIGNS + ",").lower()
    if before in ODD_SIGNS or before in ",@":
        introduced = not said or said in FOLLOWS or said.endswith(("mailto:", "mail", ":", "'", '"', "("))
        if before != "@" and introduced:
            return start, local, False
        guess = f"{said}'{local}" if before == "`" else f"{said}.{local}" if before == "," and said.isalnum() else local
        return word, guess, True
    if before in " \t" and neighbour.isalpha() and said not in FOLLOWS:
        head = text[:word].rstrip()
        if not re.search(r"\w", head) or re.search(r"(?:\bis|[:=]|mail|address)$", head[-10:].lower()):
            return word, local, True  # "jane doe@example.org": a blank may stand where a dot was meant
    return start, local, False


def _word_before(text: str, start: int, free: int) -> int:
    """Where the word in front of `start` begins, also if it touches."""
    at = start
    while at > free and start - at < 3 and text[at - 1] in " \t":
        at -= 1
    while at > free and start - at < LONGEST_LOCAL and not text[at - 1].isspace():
        at -= 1
    return at


def _alone(text: str, start: int, end: int) -> bool:
    """Whether the message holds nothing but the address."""
    return not re.search(r"\w", text[:start]) and not re.search(r"\w", text[end:])


@dataclass(frozen=True)
class _Domain:
    """A domain in a text. sure: nothing suggests another end. plain: its dots are typed as dots. dotted: it has dots at all."""

    name: str
    end: int
    sure: bool
    plain: bool = True
    dotted: bool = True


def _domain(text: str, start: int) -> _Domain | None:
    """The domain that begins here."""
    match = DOMAIN.match(text, start, min(len(text), start + MOST_DOMAIN))
    if match is None:
        return None
    dots = list(DOT.finditer(text, match.start(), match.end()))
    begins = [match.start(), *(dot.end() for dot in dots)]
    ends = [*(dot.start() for dot in dots), match.end()]
    labels = [text[begin:end] for begin, end in zip(begins, ends, strict=True)]
    kept = len(labels)
    while kept > 1 and not _ends(labels[kept - 1]):  # "example.org.Please delete it", "example dot org dot thanks"
        kept -= 1
    if kept == 1:
        return _misspelt(text, labels, ends, tight=bool(dots) and dots[-1][0] == ".")
    sure, end = True, ends[kept - 1]
    if kept < len(labels) and dots[kept - 1][0] == ".":
        sure, end = False, ends[-1]
    elif kept == len(labels) and _sentence_goes_on(text, labels, end):  # "example.org.my name is": Malaysia's, or a word
        kept, sure, end = kept - 1, False, _word_end(text, end)
    elif text[end : end + 1] in set("_@#\\") and re.match(r"\S", text[end + 1 : end + 2]):
        sure, end = False, _word_end(text, end)
    first = labels[0].lower()
    if kept == 2 and first in MISSPELT:
        labels[0], sure = MISSPELT[first], False
    return _Domain(".".join(labels[:kept]), end, sure, all(dot[0] == "." for dot in dots[: kept - 1]))


def _misspelt(text: str, labels: list[str], ends: list[int], *, tight: bool) -> _Domain | None:
    """A domain whose end is none that exists, with what may be meant."""
    if len(labels) > 1:
        last = labels[-1].lower()
        meant = MISSPELT.get(last) or next((each for each in ("com", "org", "net") if last.startswith(each)), last)
        names = [MISSPELT.get(label.lower(), label) for label in labels[:-1]]
        return _Domain(".".join([*names, meant]), ends[-1], sure=False) if tight else None
    label, end = labels[0], ends[0]
    far = FAR_ENDING.match(text, end)
    if far:  # "example,org", "gmail com"
        return _Domain(f"{label}.{far[1].lower()}", far.end(), sure=False)
    provider = PROVIDERS.get(MISSPELT.get(label.lower(), label.lower()))
    return _Domain(provider, end, sure=False, dotted=False) if provider else None


def _ends(label: str) -> bool:
    return label.lower() in top_level_domains() or label.lower().startswith("xn--") or not label.isascii()


def _sentence_goes_on(text: str, labels: list[str], end: int) -> bool:
    """Whether the last label may be the first word of the next sentence."""
    if len(labels) < 3 or labels[-1].lower() not in ALSO_WORDS or labels[-2].lower() not in COMMON - {"co"}:
        return False
    return text[end : end + 1] == " " and text[end + 1 : end + 2].isalpha()


def _word_end(text: str, start: int) -> int:
    """Where the next word ends: what touches, and the word behind it."""
    match = re.compile(r"\S{0,64}[ \t]{0,2}\S{0,64}").match(text, start)
    return match.end() if match else start
