"""Values that only the words before them make personal: "passport no. X123", "my password is hunter2", "order #4821"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from candor.transcripts.lexicon import ORDINARY, lexicon
from candor.transcripts.patterns import any_case, word_set
from candor.transcripts.recognizers.cue_words import CUE_WORDS
from candor.transcripts.recognizers.numbers import DATE
from candor.transcripts.recognizers.people import NEVER
from candor.transcripts.recognizers.spoken_numbers import SPOKEN
from candor.transcripts.recognizers.words import folded
from candor.transcripts.spans import Claims, SpanKind

# Word → the kind of the value behind it. Between them: "number", "is", "no.", a colon, and the like.
_NUMBER = (
    r"(?:\s?(?:(?:numbers?|nummern?|num|no|nr|nro|nbr|ids?|code|ref|key|details?|n[úuée]+mero|numero|numer|numeris|numurs|numru"
    r"|número"
    r"|číslo|szám|номер|αριθμ[όο]ς|αρ|broj|br|številka|št|uimhir|nommer|série|seria)\b\.?|n[°º]|№|#)){0,2}"
)
_IS = (
    r"(?:\s{0,3}(?:[:=#–—-]|['’]s\b|\b(?:is|are|was|ist|lautet|war|es|era|est|était|è|é|jest|to|är|er|je|este|е|це|это|είναι|yra"
    r"|ir"
    r"|hai|it'?s|that'?s|which is|being|of mine|ending|ends|ended|starting|in|with|on|on file|i have is|reads|says)\b))"
    r"{0,3}\s{0,3}[\"'“‘(]?"
)


def _by_first_letter() -> str:
    """All words as one pattern, which is tried by its first letter: a tenth of the time for hundreds of words.

    Its groups are named by the place of their kind in CUE_WORDS: k2_s are the words for kind 2 that begin with an s.
    """
    of_letter: dict[str, dict[int, list[str]]] = {"": {}}
    for kind, (_, lines) in enumerate(CUE_WORDS):
        for word in (word for line in lines for word in _alternatives(line)):
            letter = word[0] if word[0].isalpha() and word[1:2] not in {"?", "*", "{"} else ""
            of_letter.setdefault(letter, {}).setdefault(kind, []).append(word[len(letter) :])
    return "|".join(
        f"{letter}(?:{'|'.join(f'(?P<k{kind}_{n}>{chr(124).join(words)})' for kind, words in kinds.items())})"
        for n, (letter, kinds) in enumerate(of_letter.items())
    )


def _alternatives(pattern: str) -> Iterator[str]:
    """The alternatives of a pattern that stand in no bracket."""
    depth, word = 0, ""
    for letter in pattern:
        depth += (letter == "(") - (letter == ")")
        if letter == "|" and not depth:
            yield word
            word = ""
        else:
            word += letter
    yield word


CUE = any_case(rf"(?<![\w-])(?:{_by_first_letter()})(?!\w){_NUMBER}{_IS}")
REFERENCE = f"k{[kind for kind, _ in CUE_WORDS].index('reference')}_"
LONGEST_CUE = 48
LONGEST_AHEAD = 12  # characters behind a cue that some of them ask for
# A value: a word with a digit, and those that follow it with digits or in capitals.
VALUE = re.compile(r"[^\s,;:!?<>()\"'“”’]{1,60}")
LONGEST = 6  # words of a value
FEWEST_DIGITS = {"card": 3, "plate": 1, "password": 3, "reference": 3, "account": 4, "document": 3, "device": 4, "id": 4}
# Plates whose form tells: Britain, India, Italy and France, Brazil, Germany, Ukraine.
PLATE = re.compile(
    r"(?<![\w-])(?:[A-Z]{2}\d{2} ?[A-Z]{3}|[A-Z]{2}[ -]?\d{1,2}[ -]?[A-Z]{1,3}[ -]?\d{4}|[A-Z]{2}[ -]\d{3}[ -]?[A-Z]{2}"
    r"|[A-Z]{3}\d[A-Z]\d{2}|[A-ZÄÖÜ]{1,3}-[A-Z]{1,2} ?\d{1,4}|[A-ZА-ЯІЇ]{2} ?\d{4} ?[A-ZА-ЯІЇ]{2}"
    r"|[А-Я]\d{3}[А-Я]{2} ?\d{2,3})(?![\w-])"
)
SHORTEST_PLATE = 3  # letters and digits
YEAR = any_case(r"(?:19|20)\d\d|\d{1,2}(?:st|nd|rd|th)")
MEASURE = any_case(
    r"\s?(?:days?|months?|years?|hours?|weeks?|minutes?|times|dollars?|euros?|pounds?|usd|eur|percent|%|cfr|usc|users?"
    r"|customers?|items?)\b"
)
CASE_OF_COURT = any_case(r"[ctf][-‑–]\s?\d{1,4}/\d\d(?: p)?")  # C-311/18
DATES_TOO: frozenset[SpanKind] = frozenset({"reference", "plate", "device"})  # beside their words a date is one
REQUEST = any_case(r"R-[0-9A-Z]{4}-[0-9A-Z]{4}")
LETTERS_FIRST: frozenset[SpanKind] = frozenset({"plate", "document"})  # "wr 417 kl", "passport ab 1234567"
SHORT_WORDS = word_set(
    "is the and my for to on of i in at or a was by you are from has had not no we it its but so if as can do how who why all"
    " any be"
)
# "the last four digits of my social are 6789"
LAST_DIGITS = any_case(
    r"\blast (?:3|4|three|four) (?:digits?\b(?: of)?|of)\b[^\d\n.!?]{0,40}?(?P<value>\d{3,4})"
    r"(?![\w%-]| (?:day|month|year|week)s?\b)"
)
SEPARATORS = frozenset("-/.·")
SAYS_CODE = re.compile(r"code|confirmation")
CODE = re.compile(r"\d{3}[ -]?\d{3}")
SECRET = any_case(
    r"(?<!\w)(?:pass? ?w(?:o?r|ro)ds?|pass ?wd|pwd|pw|pass(?=\s?[:=]|\s(?:is|was)\s\S{0,40}\d)"
    r"|pass ?phrases?|pass ?codes?|kennwort|passwort|contraseña"
    r"|mot de passe|mdp|пароль|wachtwoord|senha"
    r"|security (?:answer|word)"
    r"|(?:code|safe)[- ]?word|secret(?: (?:word|answer|key))?|api[- ]?(?:key|token|secret)s?|access[- ]?(?:key"
    r"|token)|auth(?:entication|orization)?[- ]?(?:token|key|code)|token"
    r"|private key|recovery (?:key|phrase|code)s?|seed phrase|bearer|session(?:[- ]?id| token| cookie)?"
    r"|client[- ]?secret|login code|wi-?fi (?:key|pass)|(?:wallet )?seed(?: words)?|mnemonic|hasło|salasana|jelszó|heslo"
    r"|clave|contrasena|palavra[- ]passe|parole|slaptažodis|parool|lozinka|geslo|парола|пароля?|κωδικ[όο]ς? πρόσβασης|pasfhocal"
    r"|wagwoord|kata sandi|mật khẩu|(?:back-?up|recovery|rescue|emergency|access|activation|unlock|security|2fa|door|gate|alarm)"
    r" (?:codes?|keys?|pins?)|(?:zugangs|sicherheits|tür|wiederherstellungs)codes?|puk"
    r"|l[öo]sen(?:ord)?|adgangskode|kodeord|haslo"
    r"|passord|parola?|parolă|şifre|sifre|密码|パスワード|비밀번호|كلمة السر|पासवर्ड)"
    r"(?P<of>\s(?:for|to|of|on)\s(?:(?:the|my|your|this|that)\s)?[\w.]{1,20}(?:\s[\w.]{1,20}(?=\s(?:is|was)\b|\s?[:=]))?"
    r"|\s(?:that\s)?(?:i|we)\s(?:(?:always|have)\s)?"
    r"(?:use|used|set|chose|had|typed|gave|entered)){0,1}(?P<sep>['’]s\s{1,3}|\s{0,3}[:=]\s{0,3}|\s(?:is"
    r"|was|are|(?:used to|would|might|could|should|may|must) be|ist|lautet|war|wär|wäre|est|était|es|era|è|é|это|jest|on|[äa]r|er"
    r"|to|c['’]est)"
    r"\s{1,3}(?:(?:currently|still|actually|just|now|probably|maybe|once|mal|wohl|chyba|something like|sth like"
    r"|like)\s)?[:\"'“‘]?|\s{1,3}[\"'“‘]|\s)"
)
OR_ANOTHER = any_case(r"[,\"'”’]{0,2}\s(?:or|and|oder|und|ou|et|o|y|ili|lub|of|en)\s(?:maybe |was |is )?[\"'“‘]?")
# "sun.42 as my password", "sun.42, which is my pass"
AS_SECRET = any_case(
    r"(?P<value>[^\s\"“”]{3,60})[\"”]?(?: as (?:(?:my|the|a|its|your|our) )?"
    r"|,? (?:(?:which|that) )?(?:is|was) (?:my|our|her|his) )"
    r"(?:\w{1,12} )?(?:pass ?word|pass ?code|pwd|pw|pass|pin)\b(?! (?:polic|manage|reset|field|page|rule|port))"
)
# As programs are set: 'DB_PASSWORD=sun.42', '"apiKey": "k3-99"', "Authorization: Basic amFuZQ". The name is in several parts or
# ends as only a program's does; behind one word alone ("password: ") SECRET reads on.
ASSIGNED = any_case(
    r"(?<![\w.-])(?:authorization[\"']?\s?[:=]\s?[\"']?(?:basic|bearer|token|digest)\s"
    r"|(?:[a-z][a-z\d]{0,20}[_.-]){1,5}(?:secret|pass(?:word|wd|phrase)?|pwd|pw|token|credentials?|(?:api)?key|pin)"
    r"(?:[_.-][a-z\d]{1,12}){0,2}[\"']?\s?(?::=|=>|=|:)\s?[\"']?"
    r"|[a-z]{1,20}(?:password|passwd|secret|token|apikey)[\"']?\s?(?:=|:)\s?[\"']?)(?P<value>[^\s\"'<>,;]{4,200})"
)
USED = any_case(r"\b(?:i|we) (?:\w{1,8} )?use (?P<value>[^\s\"“”]{3,60}) (?:everywhere|for everything|on (?:all|every))\b")
ALWAYS_USED = any_case(
    r"\b(?:i|we) (?:always|mostly|usually|often) use (?P<value>(?=[^\s\d]{0,40}\d)(?=\S{0,40}[a-z])[^\s\"“”]{6,60})(?=[.,!?\n]|$)"
)
# A password of several words: up to the end of the clause, none of them a word that says something of passwords.
OF_WORDS = any_case(
    r"(?<!\w)(?:pass ?(?:word|code|phrase)|pwd|pw|passwort|kennwort|mot de passe|contraseña|wachtwoord|senha"
    r"|lösenord|passord|hasło)"
    r"(?P<sep>\s?[:=]\s{0,2}|\s(?:is|was|ist|war|est|était|es|era|är|var|er)\s)(?P<value>[^\W\d_]{2,20}(?: [\w'’-]{1,20}){1,6})"
    r"(?=\s{0,2}(?:[.,;!)\n]|$))"
)
NO_PART_OF_PASSWORDS = word_set("enough times today yesterday anyway though tomorrow soon ago later")
# "the password bluekettle stopped working", "i put my pw into the chat: bluekettle": a word that nobody knows.
NO_WORD = any_case(
    r"(?<!\w)(?:pass ?(?:word|code|phrase)|pwd|pw)(?: (?P<value>[^\W\d_]{8,40}) (?:has |had )?(?:stopped|works?|worked|no longer"
    r"|does(?:n['’]?t)?|did(?:n['’]?t)?|isn?['’]?t?|wasn?['’]?t?|expired|leaked|got|gets)\b"
    r"|\b[^.:,\n<>]{1,40}:\s(?P<told>[^\W\d_]{8,40})(?=[,.!?\n]|$))"
)
SECRET_VALUE = re.compile(r"[^\s\"“”]{3,200}")
QUOTED = re.compile(r"[\"“][^\"“”\n]{1,80}[\"”]|['‘][^'‘’\n]{1,80}['’](?!\w)")
# What is said of a password, where an ordinary word might be one: "is wrong", "is stolen", but "is sunshine".
OF_PASSWORDS = word_set(
    "wrong not too safe secure weak strong public gone right correct ok okay fine good bad old new same long short invalid valid"
    " simple"
    " easy hard complex secret private unknown known visible empty blank here there mine yours theirs his hers what that this it"
    " my"
    " your our their the a an in on at by of for to from with being never always still also only just now then again already no"
    " yes"
    " out up off down dead alive different unique important personal data case plain text clear encrypted reset lost due ready is"
    " was are be must should can could would will and or but because so if when where who how why which all any some none stuff"
    " thing"
    " insecure unsafe incorrect faulty bogus default temporary permanent mandatory optional available unavailable full open sure"
    " stuck kept sent weak lost built spent myself yourself himself herself themselves others someone anyone everyone nobody"
)
IN_PHRASES = word_set("my your our their the a an i and")
DONE = re.compile(r"(?:ed|ing|able|ible|ly|less|ful|ous|ive)$")  # "shared with family", "clearly written somewhere"
FEWEST_WORDS_TOLD = 3  # of a password that stands behind "is"
ENDS_OF_STATES = re.compile(r"(?:ed|ing|able|ible|en|ly|less|ful|ous|ive|wn)$")
CLAUSE_ENDS = any_case(r"\s{0,2}(?:[.,;!?)\n]|$|\s(?:and|but|pls|please|can|why|how|is that|was that|what)\b)")
KEY_WORD = re.compile(r"key|token|bearer|session")
# What is said in several words: until a sign, or a word that goes on with the sentence.
PHRASE = any_case(
    r"(?<!\w)(?:pass ?phrase|(?:wallet )?seed(?: words| phrase)?|recovery phrase|mnemonic"
    r"|(?:security|secret|memorable) (?:question['’]?s? )?(?:answer|word|name|place)"
    r"|answer to (?:the|my|your) (?:security|secret) question)"
    r"(?:['’]s|\s?[:=]|\s(?:is|was|are"
    r"|being))\s{1,3}[\"'“‘]?(?P<value>[^\s.,;:!?\"“”<>]{2,30}(?: [^\s.,;:!?\"“”<>]{2,30}){0,23}?)"
    r"(?=\s?[\"”’.,;:!?\n]|$|\s(?:and|but|did|do|does|is|are|was|can|could|please|pls|what|why|how|because|so|that|which|if|i|my)\b)"
)
# The twelve or more words that open a wallet: none of them is a small word, as any sentence of that length has.
SAYS_WORDS = any_case(
    r"\b(?:seed|recovery|wallet|mnemonic|back-?up|rescue|secret|pass ?)(?: ?(?:words?|phrases?))?\b"
    r"|\b(?:12|15|18|21|24|twelve) words\b"
)
FEWEST_WORDS = 11  # one may be misspelt or missing
_SMALL_WORDS = (
    r"(?:the|and|are|was|were|is|my|for|did|does|can|from|has|had|have|here|please|pls|delete|remove|which|how|why|not|but|our"
    r"|his"
    r"|her)"
)
RUN_OF_WORDS = re.compile(
    rf"(?<![\w'’-])(?!{_SMALL_WORDS}\b)[a-z]{{3,8}}(?:,? (?!{_SMALL_WORDS}\b)[a-z]{{3,8}}(?![\w'’-])){{10,23}}"
)
NO_PHRASE = any_case(
    r"(?:not|wrong|incorrect|invalid|too|no|never|required|missing|lost|forgotten|unknown|stored|kept|asked|the same)\b"
)
PASS = any_case(
    r"(?<!\w)(?:pass (?=\S)|wi-?fi (?=\S{0,40}[!#$%&*^+=]))(?P<value>(?=[^\s]{0,40}\d)(?=[^\s]{0,40}[a-z])[^\s,;\"<>]{6,60})"
)
# "wifi pass printed on my router 8xKp-42Lw-ttQ9": a few words lie between.
FAR_SECRET = any_case(
    r"(?<!\w)(?:wi-?fi )?pass(?: ?word| ?code|wd)?\b[^.\n<>]{1,40}?\s(?P<value>(?=\S{0,40}\d)(?=\S{0,40}[a-z])"
    r"(?:[^\s-]{0,40}[!#$%&*_^+=][^\s]{3,40}|[^\s-]{2,20}-[^\s-]{2,20}-[^\s]{2,40}))"
)
LOGIN = any_case(
    r"(?<!\w)(?:user ?-?names?|user ?ids?|user|login(?: name)?|log-?in|nick(?: ?name)?|handle|screen ?name"
r"|display name|(?:old|other|second) name|gamer ?tag|ign|profile|banned|gmail|hotmail|yahoo|icloud|outlook|alias|account name"
r"|profile name|psn|"
    r"insta(?:gram)?|ig|twitter|tiktok|telegram|tg|discord|skype|snap(?:chat)?|reddit|facebook|fb|linkedin|github"
r"|steam|xbox|twitch|wechat|line id|viber|signal|mastodon|benutzer(?:name)?|forum|board|community|utilisateur|usuario"
r"|bruker(?:navn)?|användarnamn"
r"|brugernavn|käyttäjätunnus|gebruikersnaam|nazwa użytkownika|логин|нік)"
    r"(?:\s(?:name|handle|id|account|user|profile|username|channel|page|blog|tag)){0,2}(?:\s(?:there|here|online|with you"
    r"|on (?:your"
    r"|the|that)\s\w{1,12}))?"
    r"(?P<sep>\s{0,3}[:=]\s{0,3}|['’]s\s|\s(?:is|was|as|called|named|under|by|=|i['’]?m|i am|it['’]?s|es|est|ist|è|é|är|er|on|to"
    r"|jest)\s{1,2}"
    r"|\s(?=@)|\s)[\"'“‘]?(?:u/|@)?")  # fmt: skip
HUMP = re.compile(r"[a-z][A-Z]")
LOGIN_VALUE = re.compile(r"(?:live:(?:\.cid\.)?)?[\w][\w.\-#|]{1,60}")
LOGGED_IN_WITH = any_case(
    r"\b(?:log(?:ged|ging)?[ -]?in|sign(?:ed|ing)?[ -]?(?:in|up)|register(?:ed)?) (?:with|using|by)\s{1,2}[\"'“‘]?(?:u/|@)?"
    r"|\b(?:account|acct|acc|profile|user|page|channel)(?: is| was)? (?:called|named|under)\s{1,2}[\"'“‘]?(?:u/|@)?"
)
CALLED = re.compile(r"\b(?:called|named)\b")
SIGNED_UP = any_case(
    r"\b(?:(?:i am|i['’]?m|im|me) (?:called|named)|go by|known (?:as|online as)|(?:log|sign)(?:ged|ging|ed|ing)? ?(?:in|up|on) as"
    r"|registered as|(?:post|play|comment|stream|writ|chat)(?:e|ed|ing)?"
    r"(?: (?:in|on|at)(?: \w{1,12}){1,3})? (?:as|under)|username)\s{1,2}[\"'“‘]?(?:u/|@)?"
)


def claim_beside_words(claims: Claims) -> None:
    """Mask numbers and codes beside words for what they are."""
    for cue in CUE.finditer(claims.low):
        kind = CUE_WORDS[int((cue.lastgroup or "k0_").split("_")[0][1:])][0]
        end = _value_end(claims, cue.end(), kind)
        if end:
            claims.claim(kind, cue.end(), end)
    for said in LAST_DIGITS.finditer(claims.low):
        if "digit" in said[0] or not YEAR.fullmatch(said["value"]):  # "the last 4 of 2025"
            claims.claim("account", *said.span("value"))
    for plate in PLATE.finditer(claims.text):
        if claims.is_free(*plate.span()):
            claims.claim("plate", *plate.span())


def is_beside_word(claims: Claims, place: int) -> bool:
    """Whether a word for a document, a plate or the like stands before a place: "residence permit RR1234567" is no request."""
    begin = max(0, place - LONGEST_CUE)
    cues = CUE.finditer(claims.low, begin, place + LONGEST_AHEAD)
    return any(cue.end() == place and not (cue.lastgroup or "").startswith(REFERENCE) for cue in cues)


def _value_end(claims: Claims, start: int, kind: SpanKind) -> int:
    """Where the value that begins at `start` ends; 0 if there is none."""
    end, digits, place = 0, 0, start
    for n, match in enumerate(_values(claims.text, start)):
        word = match[0].rstrip(".")
        has_digit = any(map(str.isdigit, word))
        measured = word.isdigit() and kind != "plate" and MEASURE.match(claims.low, match.start() + len(word))
        small = kind == "plate" and n == 2 and word.isalpha() and claims.text[start : start + 2].islower()  # "wr 417 kl"
        part = _is_part(word, kind, first=n == 0 or (small and word.lower() not in SHORT_WORDS))
        if n == LONGEST or measured or (n and match.start() - place > 2) or not part:
            break
        place = match.end()
        if has_digit or (digits and (kind == "plate" or (kind == "id" and len(word) <= 2))):
            digits, end = digits + sum(map(str.isdigit, word)), match.start() + len(word)
    return end if _is_value(claims, start, end, kind, digits) else 0


def _is_part(word: str, kind: SpanKind, *, first: bool) -> bool:
    """Whether a word can belong to a value: it has a digit, or is a few capitals between those that do."""
    if REQUEST.fullmatch(word.lower()) or "@" in word:
        return False
    if any(map(str.isdigit, word)):
        return len(word) <= 40 or kind == "device"
    capitals = word.replace("-", "").isalpha() and word.isupper() and len(word) <= 6
    letters = kind in LETTERS_FIRST and first and word.isalpha() and len(word) <= 3 and word.lower() not in SHORT_WORDS
    return capitals or letters or word in SEPARATORS


def _is_value(claims: Claims, start: int, end: int, kind: SpanKind, digits: int) -> bool:
    """Whether there are enough digits, and it is neither a year nor a one-time code."""
    value, before = claims.text[start:end].strip(), claims.low[max(0, start - 24) : start]
    if not digits or (YEAR.fullmatch(value.lower()) and kind != "password") or CASE_OF_COURT.fullmatch(value.lower()):
        return False
    if kind == "plate" and sum(map(str.isalnum, value)) < SHORTEST_PLATE:
        return False
    if kind in DATES_TOO and DATE.fullmatch(value.strip("·- ")):
        return False
    if CODE.fullmatch(value) and (kind == "password" or SAYS_CODE.search(before)):
        return False  # a one-time code that the chat asked for
    letters = sum(map(str.isupper, value))
    enough = 6 if kind == "reference" else 7  # QX7PLM, as airlines write them; VX-K-88-T
    return digits + (letters if letters + digits >= enough else 0) >= FEWEST_DIGITS[kind]


def _values(text: str, start: int) -> Iterator[re.Match[str]]:
    place = start
    while place < len(text):
        match = VALUE.match(text, place)
        if not match:
            return
        yield match
        place = match.end()
        if place < len(text) and text[place] in " \u00a0":
            place += 1
        else:
            return


def claim_assignments(claims: Claims) -> None:
    """Mask what programs are given as keys and passwords."""
    for said in ASSIGNED.finditer(claims.low) if any(sign in claims.low for sign in ":=") else ():
        start = said.start("value")
        written = claims.text[start : said.end()].rstrip(".,;:!?)}'’")
        if claims.is_free(start, start + 1) and _is_secret(written, plain=True, given=True):
            claims.claim("key", start, start + len(written))


def claim_secrets(claims: Claims) -> None:
    """Mask passwords and keys beside words for them. "My password is wrong" holds none."""
    text = claims.text
    _claim_what_is_told(claims)
    for cue in SECRET.finditer(claims.low):
        value = SECRET_VALUE.match(text, cue.end())
        if not value or not claims.is_free(value.start(), value.start() + 1) or _is_one_time_code(cue[0], value[0]):
            continue
        written = value[0].rstrip(".,;:!?)'’")
        closed = QUOTED.match(text, cue.end() - 1)
        if closed and (closed[0][0] in {'"', "“"} or cue["sep"].strip("'‘ ")):
            claims.claim("password", closed.start(), closed.end())
            continue
        between = cue["sep"].strip()
        quoted = cue["sep"].rstrip().endswith(('"', "“")) or (between[-1:] in {"'", "‘"} and between.strip("'‘ ") != "")
        of_words = bool(between) and _is_word_as_password(claims.low, cue, value.start(), written)
        if quoted or of_words or _is_secret(written, plain=not between, given=between[:1] in {":", "="}):
            kind: SpanKind = "key" if KEY_WORD.search(cue[0]) else "password"
            claims.claim(kind, value.start(), value.start() + len(written))
            _claim_another(claims, kind, value.start() + len(written))


def _claim_what_is_told(claims: Claims) -> None:
    """Passwords that a whole clause tells: "sun.42 as my password", "my passphrase is …"."""
    text = claims.text
    for said in chain.from_iterable(pattern.finditer(claims.low) for pattern in (AS_SECRET, USED, ALWAYS_USED)):
        start, end = said.span("value")
        if claims.is_free(start, end) and _is_secret(text[start:end], plain=True, given=False):
            claims.claim("password", start, end)
    _claim_no_words(claims)
    _claim_runs_of_words(claims)
    for said in OF_WORDS.finditer(claims.low):
        if claims.is_free(*said.span("value")) and _are_words_as_password(said["value"], given=said["sep"].strip() in {":", "="}):
            claims.claim("password", *said.span("value"))
    for pattern in (PHRASE, FAR_SECRET, PASS):
        for said in pattern.finditer(claims.low):
            start, end = said.span("value")
            if claims.is_free(start, end) and not NO_PHRASE.match(claims.low, start):
                claims.claim("password", start, end)


def _claim_another(claims: Claims, kind: SpanKind, end: int) -> None:
    """The second of "it might be pear77x or pear78x"; `end` is behind the first."""
    other = OR_ANOTHER.match(claims.low, end)
    further = SECRET_VALUE.match(claims.text, other.end()) if other else None
    if further and _is_secret(further[0].rstrip(".,;!?)'’"), plain=True, given=False):
        claims.claim(kind, *further.span())


def _claim_no_words(claims: Claims) -> None:
    """What is no word at all, where the message speaks of a password."""
    for said in NO_WORD.finditer(claims.low):
        group = "value" if said["value"] else "told"
        if claims.is_free(*said.span(group)) and folded(said[group]) not in lexicon().words:
            claims.claim("password", *said.span(group))


def _claim_runs_of_words(claims: Claims) -> None:
    """Twelve words or more of a message that speaks of the words of a wallet."""
    if not SAYS_WORDS.search(claims.low):
        return
    for words in RUN_OF_WORDS.finditer(claims.low):
        said = SAYS_WORDS.match(claims.low, words.start())
        if words[0].count(" ") + 1 >= FEWEST_WORDS:
            claims.claim("password", said.end() if said else words.start(), words.end())


def _is_word_as_password(low: str, cue: re.Match[str], start: int, written: str) -> bool:
    """Whether an ordinary word ends a clause that says what a password is, and is nothing that is said of passwords."""
    word = written.lower()
    said = word in OF_PASSWORDS or ENDS_OF_STATES.search(word) is not None or KEY_WORD.search(cue[0]) is not None
    return word.isalpha() and len(word) > 3 and not said and CLAUSE_ENDS.match(low, start + len(written)) is not None


def _are_words_as_password(value: str, *, given: bool) -> bool:
    """Whether several words are a password, and no sentence about one. given: a colon or an equals sign stands before them."""
    words = value.split()
    done = {word for word in words[:2] if DONE.search(word)}
    if given:
        return not any(word in OF_PASSWORDS - IN_PHRASES or word in NO_PART_OF_PASSWORDS for word in words)
    said = [word for word in words if word in OF_PASSWORDS | NEVER | NO_PART_OF_PASSWORDS or word in done]
    if said == words[:1] and said[0] in OF_PASSWORDS:  # "correct horse battery staple", but not "wrong three times"
        return len(words) > FEWEST_WORDS_TOLD and not any(word in SPOKEN for word in words)
    return not said and len(words) >= FEWEST_WORDS_TOLD


def _is_one_time_code(cue: str, value: str) -> bool:
    """Whether it is a code that the chat asked for, and not a password of six digits."""
    return "code" in cue and "pass" not in cue and CODE.fullmatch(value.rstrip(".,;!?)")) is not None


def _is_secret(written: str, *, plain: bool, given: bool) -> bool:
    """plain: nothing stands between the word and the value. given: a colon or an equals sign does."""
    has_digit = any(map(str.isdigit, written))
    symbols = any(not letter.isalnum() and letter not in "'’-/." for letter in written)
    mixed_case = any(map(str.isupper, written[1:])) and any(map(str.islower, written))
    if (has_digit and not YEAR.fullmatch(written.lower())) or symbols or (mixed_case and len(written) > 5):
        return len(written) >= 4
    ordinary = ORDINARY in lexicon().words.get(written.lower(), "") or "'" in written
    return not plain and not ordinary and len(written) >= 5 and (given or not written[0].isupper())


def claim_logins(claims: Claims) -> None:
    """Mask user names beside words for them."""
    text = claims.text
    for pattern in (LOGIN, SIGNED_UP, LOGGED_IN_WITH):
        for cue in pattern.finditer(claims.low):
            value = LOGIN_VALUE.match(text, cue.end())
            if not value:
                continue
            written = value[0].rstrip(".-")
            named = pattern is SIGNED_UP or CALLED.search(cue[0])
            sep = cue["sep"] if "sep" in pattern.groupindex else " as " if named else " "
            if not claims.is_free(value.start(), value.start() + 1):
                continue
            named_so = pattern is LOGIN and _is_word_as_login(claims, cue, value.start(), written)
            capitals = IN_CAPITALS.match(text, value.start()) if USER_NAME.match(cue[0]) else None
            if capitals or named_so or _is_login(written, sep, cue[0].endswith("@")):
                start = value.start() - (1 if text[value.start() - 1] == "@" else 0)
                claims.claim("username", start, capitals.end() if capitals else value.start() + len(written))


def _is_login(written: str, sep: str, at: bool) -> bool:
    folded, known = written.lower(), lexicon().words
    made = any(map(str.isdigit, written)) or "_" in written or "." in written
    humps = len(HUMP.findall(written))  # "xXShadowWolfXx"; one will do behind "called", as in "BorschtLover"
    made = made or humps > 1 or (humps == 1 and sep == " as " and len(written) > 6)
    made = made or ("-" in written and any(ORDINARY not in known.get(part, "") for part in folded.split("-") if len(part) > 1))
    if at or (made and any(map(str.isalpha, written)) and not YEAR.fullmatch(written.lower())):
        return len(written) >= 3
    if folded in NO_LOGINS:
        return False
    if _is_compound(folded):
        return True
    if not sep.strip() or written.isdigit():
        return False
    return len(written) >= 3 and ORDINARY not in known.get(folded, "")


def _is_compound(word: str) -> bool:
    """Whether it is two words written as one, as user names are: "velvetfox", but not "userdata" and not "notebook"."""
    known = lexicon().words
    if word in known or not word.isalpha() or not word.isascii():
        return False
    parts = ((word[:n], word[n:]) for n in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1))
    return any(
        ORDINARY in known.get(first, "") and ORDINARY in known.get(second, "") and not {first, second} & NOT_IN_LOGINS
        for first, second in parts
    )


def _is_word_as_login(claims: Claims, cue: re.Match[str], start: int, written: str) -> bool:
    """Whether a word is one that is said to be a user name: "username is banana", but not "… is taken"; "nickname klausi"."""
    word, between = written.lower(), cue["sep"].strip()
    if USER_NAME.match(cue[0]) is None or not word.isalpha() or len(word) < SHORTEST_LOGIN:
        return False
    if not between:
        return word not in lexicon().words
    said = word in OF_PASSWORDS or ENDS_OF_STATES.search(word) is not None or word in NO_LOGINS
    return between in {":", "=", "is", "was"} and not said and bool(CLAUSE_ENDS.match(claims.low, start + len(written)))


USER_NAME = re.compile(
    r"(?:user ?-?name|login name|nick(?: ?name)?|gamer ?tag|ign\b|screen ?name|display name|account name|profile name|(?:forum"
    r"|board"
    r"|channel) name|handle|benutzername"
    r"|brukernavn|användarnamn"
    r"|brugernavn"
    r"|gebruikersnaam)"
)
SHORTEST_PART, SHORTEST_LOGIN = 3, 4  # letters
# "La Chispa 88": behind a word for a nickname, words in capitals with a number.
IN_CAPITALS = re.compile(r"(?:[A-ZÀ-Þ]\w{0,20} ){1,3}\d{1,6}\b")
NOT_IN_LOGINS = word_set(
    "user users name names data page pages page log login site web mail mails account accounts pass word words code codes key"
    " file files form forms line time date number phone line list check up out off in on set app apps the and for not all no"
    " can will with under over any some every one body thing where what how who there back out opt sign less ness self some"
    " able ing ally tion ate ion ish ism ist ity ness ment man men ever new old"
)
NO_LOGINS = word_set(
    "google facebook apple instagram twitter linkedin github microsoft gdpr ccpa hipaa pii ip isn doesn wasn didn "
    "won not api eu uk us url"
    " via etc id sso oauth saml ok meta iphone android whatsapp telegram tiktok"
)
