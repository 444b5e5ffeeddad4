"""What machines give people: links with ids, addresses of mail and networks, keys, handles, codes of letters and digits."""

from __future__ import annotations

import re
from math import log2

import pycountry

from candor.transcripts.lexicon import GIVEN, ORDINARY, PLACE, SURNAME, lexicon
from candor.transcripts.patterns import any_case, word_set
from candor.transcripts.recognizers.national_ids import is_national_id
from candor.transcripts.recognizers.people import NEVER
from candor.transcripts.recognizers.words import words_in
from candor.transcripts.spans import Claims, SpanKind
from candor.typed.emails import PROVIDERS, WORD_AT, WORD_DOT, TypedEmail, emails_in

LONGEST_EMAIL = 254
PROVIDED = frozenset(PROVIDERS.values())
LINK = any_case(r"\b(?:https?://|www\.)[^\s<>\"]{3,2000}")
BARE_LINK = any_case(r"(?<![\w@.])(?:[a-z0-9-]{1,40}\.){1,4}[a-z]{2,12}/[^\s<>\"]{1,2000}")
PROFILE = any_case(
    r"(?:facebook|fb|instagram|linkedin|twitter|x|tiktok|t|github|gitlab|youtube|reddit|vk|ok|medium|pinterest|snapchat|threads"
    r"|bsky|mastodon|soundcloud|twitch|steamcommunity|venmo|paypal|cash|keybase|flickr|behance|strava|goodreads|wa|m)"
    r"\.(?:com|net|me|app|tv|ru|social|in|org)/[@\w]"
)
NO_PROFILE = re.compile(
    r"(?i:/(?:privacy|policy|policies|legal|terms|help|about|security|settings|support|gdpr|cookies?|docs?|en|en-us)\b)"
)
# Parts of links that name nobody: words, short numbers, dates, versions.
ID_IN_LINK = re.compile(
    r"[?&#;][^=\s]{1,60}=[^&\s]|/[^/\s]{0,200}?\d{4}[^/\s]{0,200}|/[A-Za-z0-9_\-]{24,}|://[^/\s]{0,100}@|/~|/@|/\+|/(?:u"
    r"|user|users|profile|account|member|customer|orders?|people)/"
)
# What a part of a path that names nobody is made of: words, short numbers, "v2", "art17".
PLAIN_IN_LINK = re.compile(r"(?:[A-Z]?[a-z]{1,40}|[A-Z]{1,12}|\d{1,4}|[A-Za-z]{1,12}\d{1,3}|\d{1,3}[A-Za-z]{1,3})?")
MEETING = re.compile(r"(?=[a-z-]{0,9}(?:^|-)[b-df-hj-np-tv-xz]{3})[a-z]{3,4}-[a-z]{3,4}-[a-z]{3,4}")  # "kqz-hwpt-xyv"
IN_PARTS = re.compile(r"[-_.,+~:()!'|]|%20|%2[CD]")
OWN_SITE = any_case(
    r"://(?!(?:www|about|help|support|blog|docs|en)\.)[\w-]{3,40}\.(?:tumblr|wordpress|blogspot|substack|carrd|github|gitlab"
    r"|wixsite"
    r"|weebly|livejournal|deviantart|bandcamp|neocities|itch)\.(?:com|co|io|net|org)"
)
ID_IN_CASE = re.compile(r"(?<!%)\d(?:[A-Z][a-z]|[a-z]+[A-Z])")  # "1AbC": no word, version or article
# Whose page it is: "my profile is https://…"; only a link to what a site says of itself stays.
OWN_PAGE = any_case(
    r"\b(?:my|mine|his|her|their)\b[^.!?\n]{0,24}\b(?:profile|page|homepage|channel|cv|resume|blog|account|website|site|portfolio"
    r"|link ?tree|album|photos?|pictures?|videos?|posts?|stream|shop|store|wish ?list)\b[^.!?\n]{0,24}$"
)
YEAR_IN_LINK = re.compile(r"/(?:19|20)\d\d(?:[-/]\d\d?){0,2}(?=/|$)")
IPV4 = re.compile(
    r"(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.|\[\.\])){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w]|\.\d)(?::\d{1,5})?(?:/\d\d?)?"
)
# "my ip is 192-0-2-44"
IPV4_BESIDE_WORD = any_case(
    r"\bip(?:v4)?\b[^\n\d]{0,24}(?P<ip>(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)[-_, ]){3}(?:25[0-5]|2[0-4]\d|1?\d?\d))(?![\w-])"
)
HEXES = re.compile(r"(?<![\w:.])[0-9A-Fa-f:]{2,45}(?:\.\d{1,3}){0,3}(?![\w:])(?:%\w{1,10}|/\d{1,3})?")
MAC = re.compile(
    r"(?<![\w:.-])(?:[0-9A-Fa-f]{2}([:-]))(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}(?![\w:])"
    r"|(?<![\w.])(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}(?![\w.])"
)
KEY = re.compile(
    r"-----BEGIN [A-Z ]{3,40}-----[\s\S]{0,4000}?(?:-----END [A-Z ]{3,40}-----|\Z)"
    r"|\beyJ[\w-]{6,}(?:\.[\w-]*){0,2}"
    r"|\b(?:sk|pk|rk|ghp|gho|ghu|ghs|ghr|xox[abprs]|glpat|whsec|npm|hf|shpat|dop_v1|sq0)[-_][\w-]{8,}|\bgithub_pat_\w{10,}"
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{12,20}\b|\bAIza[\w-]{20,}|\bya29\.[\w-]{10,}"
)
HANDLE = re.compile(r"(?<![\w@./<])(?:@[A-Za-z_][\w.]{1,40}|/?u/[A-Za-z_][\w-]{1,40})\b")
# "lee.chan93 gmail": an address without its sign.
AT_PROVIDER = any_case(
    r"(?<![\w@.-])(?=[\w.-]{0,40}[\d._])[\w.-]{3,40} (?:gmail|hotmail|yahoo|outlook|icloud|gmx)(?:\.\w{2,4})?\b"
)
# "jane&#64;example.org", "jane%40example.org": as machines write the sign; "j a n e @ e x a m p l e . o r g": letter by letter
ENCODED_AT = any_case(r"(?<![\w.+-])[\w.+-]{1,64}(?:&#0{0,4}64;|&#x0{0,4}40;|&commat;|%40)[\w.-]{1,200}")
LETTER_BY_LETTER = re.compile(r"(?<!\w)(?:[\w.+-] ){2,40}@(?: [\w.-]){4,60}(?!\w)")
COMMA_FOR_DOT = re.compile(r",(?:com|net|org|info|edu|co|de|fr|it|es|nl|uk|io)\b")  # "tim@mail.example,com"
MADE_UP = re.compile(r"(?<![\w@./-])[A-Za-z]{2,20}[._][A-Za-z]{2,20}[._]?\d{1,4}(?![\w@-]|\.\w)")
# "mara.writes", "luke.whitmore": two or three words in small letters with dots between them.
DOTTED = re.compile(r"(?<![\w@./-])[a-z]{2,20}(?:\.[a-z]{1,20})?\.[a-z]{2,20}(?![\w@/(-]|\.\w)")
AFTER_DOTS = frozenset(country.alpha_2.lower() for country in pycountry.countries) | word_set(
    "com org net edu gov int mil info biz app dev io ai eu uk name shop store online site blog cloud xyz tech pro"
    " pdf doc docx xls xlsx csv txt md html htm xml json yaml yml toml ini js ts py rb go rs java cpp php css sql sh exe dll bin"
    " zip gz tar rar png jpg jpeg gif svg webp mp3 mp4 mov wav log db bak env"
)
SHORTEST_PART = 2
SAYS_ACCOUNT = any_case(
    r"\b(?:account|accounts|acct|login|logins|log ?in|profile|profiles|users?|user ?names?|handle|nick|alias|channel)\b"
)
# "captain_biscuit", "captainbiscuit_07": words with an underscore, unless machines are made of their parts ("session_id", "_ga").
SNAKE = re.compile(r"(?<![\w@./-])[A-Za-z]{2,20}(?:_[A-Za-z]{2,20}){0,3}_(?:[A-Za-z]{2,20}|\d{1,4})_?(?![\w@=(-]|\.\w)")
SETTING = re.compile(r"(?<![\w@./-])[A-Za-z]{2,20}(?:_[A-Za-z]{2,20}){1,4}(?=\s?[=:])")
CONSTANT = re.compile(r"(?<![\w@./-])[A-Z]{2,16}(?:_[A-Z]{2,16}){1,5}(?![\w@-])")  # "ERR_CONN_RESET"
OF_FAILURES = word_set("err error fatal warn warning")
OF_MACHINES = word_set(
    "id ids key keys token tokens session sessions cookie cookies consent utm ga gid gat gcl fbp fbc user users api auth csrf"
    " xsrf php"
    " sid uid data date time type name email mail phone address first last full source medium campaign test file img page url"
    " http"
    " https www json xml csv sql db table column row field value true false null new old get set post put delete update create"
    " is has"
    " max min privacy policy policies do not opt out in en us de fr no yes version v step option section article chapter tracking"
    " analytics advertising marketing ads ad pixel tag script bot server client app web mobile ios android local storage cache"
)
SAYS_USER = any_case(
    r"\b(?:use[sd]?|using|as|names?|nick|handle|account|login|users?|called|alias|profile|am|im|it['’]?s)\b[^.!?\n]{0,24}$"
)
POINT = re.compile(
    r"(?<![\w.])-?\d{1,3}\.\d{4,10}°?\s?[NS]?\s?[,;/ ]\s?(?:(?:long?|longitude"
    r"|lng)[.:= ]{1,3})?-?\d{1,3}\.\d{4,10}(?:°?\s?[EW]\b)?"
)
MIXED = re.compile(r"(?<![A-Za-z0-9_@\u00c0-\u058f])[A-Za-z0-9][A-Za-z0-9_\-]*[A-Za-z0-9]")
NORM = any_case(
    r"(?:iso|iec|en|din|rfc|cve|nist|sp|bs|pci|dss|sox|soc|hb|sb|ab|hr|ecli|eu|ec|ccpa|gdpr|ukgdpr|dpa|cpra|lgpd"
    r"|pipeda|popia|dpdp|v|ver"
    r"|version|covid|sars|fips|sha|aes|rsa|md|win|windows|office|ios|android)[-_ ]?[\d.:\-]+[a-z]?"
)
YEARS = re.compile(r"(?:19|20)\d\d")

# What machines say of themselves: "version 4.12.0.88", "build 20240117", "Windows 11 23H2", "error 0x80070057", "ERR_TIMED_OUT_3"
VERSION = any_case(
    r"(?<![\w-])(?:(?:versions?|ver|builds?|release|firmware|chrome|firefox|safari|edge|android|ios|ipados|macos|windows|win"
    r"|ubuntu"
    r"|python|node|java|php|wordpress)(?:\s(?:versions?|build))?(?:\s|:\s?|\sv)\d{1,8}(?:\.\d{1,6}){0,4}"
    r"|v?\d{1,4}(?:\.\d{1,4}){2}(?=\s(?:build|version|release|update)\b))(?:\s\d\dh\d)?(?![\w-]|[./]\d| \d{3})"
)
OF_ERRORS = any_case(
    r"(?<![\w-])0x[\da-f]{1,8}(?!\w)|(?<!\w)(?:error|errors|err|fehler|erreur|errore|fout|virhe|exception|stop|status|fault)"
    r"(?:[-\s]?(?:code|no\.?|nr\.?|number))?(?:\s?[:#]\s?|\s)(?:[a-z]{1,5}[-_]?\d{2,5}(?:[-_]\d{1,3})?"
    r"|[a-z]{2,12}(?:_[a-z\d]{2,12}){1,5}"
    r"|(?=[a-f]{0,7}\d)(?=\d{0,7}[a-f])[\da-f]{6,8})(?![\w-])"
    r"|(?<![\w-])(?:cve-\d{4}-\d{4,7}|pro max)(?![\w-])"
)
AT = any_case(rf"[@＠﹫]|\b{WORD_AT}\b|[_-]at[_-]")
SPELT_OUT = any_case(rf"[.(\[\"'*]|\b(?!point\b){WORD_DOT}\b|\barobas")  # "at what point" is no address
MOST_SIGNS = 30  # of a message that is read for addresses spelt out; beyond that only real at signs count


def claim_keys(claims: Claims) -> None:
    """Mask keys and tokens of known forms."""
    for match in KEY.finditer(claims.text):
        claims.claim("key", *match.span())


def claim_links(claims: Claims) -> None:
    """Mask links that name somebody: with an id, a token, a query, or a profile. Links to a policy stay."""
    for pattern in (LINK, BARE_LINK):
        for match in pattern.finditer(claims.low):
            link = claims.text[match.start() : match.end()].rstrip(".,;:!?)]'\"")
            own = OWN_PAGE.search(claims.low, max(0, match.start() - 60), match.start()) and not NO_PROFILE.search(link)
            if own or names_somebody(link):
                claims.claim("link", match.start(), match.start() + len(link))
            else:
                claims.protect(match.start(), match.start() + len(link))


def names_somebody(link: str) -> bool:
    """Whether a link holds an id, a token, a query or a profile."""
    if ID_IN_LINK.search(YEAR_IN_LINK.sub("", link)) or OWN_SITE.search(link.lower()):
        return True
    path = link.partition("://")[2] or link
    segments = re.split(r"[?#]", path)[0].split("/")[1:]
    if any(MEETING.fullmatch(segment) or ID_IN_CASE.search(segment) or _is_full_name(segment) for segment in segments):
        return True
    if not all(PLAIN_IN_LINK.fullmatch(part) for segment in segments for part in IN_PARTS.split(segment)):
        return True
    return bool(PROFILE.search(link.lower())) and not NO_PROFILE.search(link.lower())


def _is_full_name(segment: str) -> bool:
    """Whether a part of a path is "jane-doe" or "jane.doe.cv": several words, one of which is a given name and nothing else."""
    words = [word for word in IN_PARTS.split(segment.lower()) if word.isalpha()]
    flags = [lexicon().words.get(word, "") for word in words if len(word) > SHORTEST_PART]
    return len(words) > 1 and any(GIVEN in flag and ORDINARY not in flag and PLACE not in flag for flag in flags)


def claim_emails(claims: Claims) -> None:
    """Mask addresses in every spelling, and whatever else stands around an at sign: half an address is personal too."""
    text, at = claims.text, claims.text.find("@")
    if MOST_SIGNS >= len(AT.findall(claims.low)) > 0:
        for email in emails_in(text):
            if _is_meant(claims, email):
                claims.claim("email", email.start + _ordinary_word(claims, email), _with_its_end(claims, email.end))
    while at >= 0:
        if not claims.is_free(at, at + 1):
            at = text.find("@", at + 1)
            continue
        start = end = at
        while start and at - start < LONGEST_EMAIL and _in_email(text[start - 1]):
            start -= 1
        while end + 1 < len(text) and end - at < LONGEST_EMAIL and _in_email(text[end + 1]):
            end += 1
        if start < at < end:
            claims.claim("email", start, _with_its_end(claims, end + 1))
        at = text.find("@", max(at, end) + 1)


def claim_hidden_emails(claims: Claims) -> None:
    """Mask addresses whose sign is written as machines do, is left out, or stands among single letters."""
    patterns = [(AT_PROVIDER, " "), (LETTER_BY_LETTER, " @ "), *((ENCODED_AT, sign) for sign in ("&", "%40"))]
    for pattern, sign in patterns:
        for match in pattern.finditer(claims.low) if sign in claims.low else ():
            claims.claim("email", *match.span())


def _with_its_end(claims: Claims, end: int) -> int:
    mistyped = COMMA_FOR_DOT.match(claims.low, end)
    return mistyped.end() if mistyped else end


def _is_meant(claims: Claims, email: TypedEmail) -> bool:
    """Whether an address spelt out is one: "opt out at example.org" is none, "jane at example org" is."""
    written = claims.text[email.start : email.end]
    first = words_in(written)[:1]
    alone = email.end - email.start >= len(claims.text.strip(" .,!?"))
    spelt_out = email.certain and SPELT_OUT.search(written.lower()) is not None
    provided = email.value.partition("@")[2] in PROVIDED and any(map(str.isdigit, email.value))  # "lee98 at gmail com"
    shouted = " AT " in written and not claims.text.isupper()
    return "@" in written or alone or spelt_out or provided or shouted or not any(word.ordinary for word in first)


def _ordinary_word(claims: Claims, email: TypedEmail) -> int:
    """How long the first word is where it is none of the address: "ask bo@example.org", but not "jane doe@example.org"."""
    first, blank, rest = claims.text[email.start : email.end].partition(" ")
    known = words_in(first)
    if email.certain or not blank or "@" not in rest or len(known) != 1 or known[0].flags != ORDINARY:
        return 0
    return len(first) + 1


def _in_email(letter: str) -> bool:
    return (not letter.isspace() and letter not in "@<>()[],;:\"'") or letter == "'"


def protect_versions(claims: Claims) -> None:
    """Keep the numbers of versions and errors and the names of settings ("max_age"), which are nobody's."""
    known = lexicon().words
    for match in SETTING.finditer(claims.text) if "_" in claims.text else ():
        parts = match[0].lower().split("_")
        flags = [known.get(part, "") for part in parts if part not in OF_MACHINES]
        if len(flags) < len(parts) and all(ORDINARY in flag and SURNAME not in flag for flag in flags):
            claims.protect(*match.span())
    for match in CONSTANT.finditer(claims.text) if "_" in claims.text else ():
        parts = match[0].lower().split("_")
        if parts[0] in OF_FAILURES or not any(GIVEN in known.get(part, "") or SURNAME in known.get(part, "") for part in parts):
            claims.protect(*match.span())
    for pattern in (VERSION, OF_ERRORS):
        for match in pattern.finditer(claims.low):
            if claims.is_free(*match.span()):
                claims.protect(*match.span())


def claim_network(claims: Claims) -> None:
    """Mask addresses of networks and devices, and places on the map."""
    text = claims.text
    for match in MAC.finditer(text):
        claims.claim("device", *match.span())
    for match in IPV4.finditer(text):
        claims.claim("ip", *match.span())
    for match in IPV4_BESIDE_WORD.finditer(claims.low):
        claims.claim("ip", *match.span("ip"))
    for match in HEXES.finditer(text):
        if is_ipv6(match[0]):
            claims.claim("ip", *match.span())
    for match in POINT.finditer(text):
        claims.claim("address", *match.span())


def is_ipv6(written: str) -> bool:
    """Whether it reads as an IPv6 address: eight groups, or fewer around "::"; clock times are none."""
    address = re.split(r"[%/]", written)[0]
    groups = address.split(":")
    if address.count("::") > 1 or len(groups) < 3 or any(len(group) > 4 and "." not in group for group in groups):
        return False
    return len(groups) == 8 or ("::" in address and len(address) > 3) or ("." in address and len(groups) == 7)


def claim_handles(claims: Claims) -> None:
    """Mask @handles, and words that are made as only user names are: "jane.doe93"."""
    for pattern in (HANDLE, MADE_UP):
        for match in pattern.finditer(claims.text):
            claims.claim("username", *match.span())
    for match in DOTTED.finditer(claims.text) if "." in claims.text else ():
        if _is_dotted(claims, match):
            claims.claim("username", *match.span())
    for match in SNAKE.finditer(claims.text) if "_" in claims.text else ():
        if _is_made_up(match[0], claims.low[max(0, match.start() - 40) : match.start()]):
            claims.claim("username", *match.span())


def _is_dotted(claims: Claims, match: re.Match[str]) -> bool:
    """Whether words with a dot between them are somebody: one is a name or in no list, and no file, site or end of a sentence."""
    known = lexicon().words
    parts = match[0].lower().split(".")
    if parts[-1] in AFTER_DOTS or any(part in NEVER or (len(part) < SHORTEST_PART and part is parts[0]) for part in parts):
        return False
    flags = [known.get(part, "") for part in parts]
    named = any(GIVEN in flag and ORDINARY not in flag for flag in flags)
    said = SAYS_ACCOUNT.search(claims.low, max(0, match.start() - 30), match.end() + 40) is not None
    return named or (said and not all(ORDINARY in flag for flag in flags))


def _is_made_up(written: str, before: str) -> bool:
    """Whether a word with underscores is somebody's: none of its parts is a machine's, and one is no English or the text says"
    " so."""
    parts = [part for part in written.lower().split("_") if part.isalpha()]
    if OF_MACHINES.intersection(parts):
        return False
    known = lexicon().words
    return any(ORDINARY not in known.get(part, "") for part in parts) or SAYS_USER.search(before) is not None


def claim_codes(claims: Claims) -> None:
    """Mask codes of letters and digits: order numbers, device ids, keys of no known form."""
    for match in MIXED.finditer(claims.text):
        if claims.out_of_time:
            return
        written = match[0]
        if len(written) >= 6 and is_code(written) and claims.is_free(*match.span()):
            kind: SpanKind = "id" if is_national_id(written.upper()) else "key" if len(written) >= 20 else "reference"
            claims.claim(kind, *match.span())


def is_code(written: str) -> bool:
    """Whether a word of letters and digits identifies something, and is no norm ("ISO-27001") and no year ("GDPR2018")."""
    digits = sum(letter.isdigit() for letter in written)
    letters = sum(letter.isalpha() for letter in written)
    if not letters or digits < 2 or NORM.fullmatch(written.lower()):
        return False
    parts = re.split(r"[-_]", written)
    mixed = [part for part in parts if any(map(str.isdigit, part)) and any(map(str.isalpha, part))]
    numbers = [part for part in parts if part.isdigit() and not YEARS.fullmatch(part)]
    if any(len(part) >= 6 and sum(map(str.isdigit, part)) >= 4 and not YEARS.search(part) for part in mixed):
        return True
    if any(len(part) >= 6 and sum(map(str.isdigit, part)) >= 6 for part in mixed):
        return True
    if letters <= 12 and (sum(map(len, numbers)) >= 4 or (mixed and digits >= 4)) and len(parts) <= 6:
        return len(parts) > 1 and not all(part.islower() and len(part) > 3 for part in parts if part.isalpha())
    return len(written) >= 12 and digits >= 3 and len(mixed) > 0 and entropy(written) > 3.2


def entropy(written: str) -> float:
    """Bits per character (Shannon)."""
    n = len(written)
    return -sum(written.count(letter) / n * log2(written.count(letter) / n) for letter in set(written))
