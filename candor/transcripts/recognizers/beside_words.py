"""Values that only the words before them make personal: "passport no. X123", "my password is hunter2", "order #4821"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from candor.transcripts.lexicon import ORDINARY, lexicon
from candor.transcripts.spans import Claims, SpanKind

# Word → the kind of the value behind it. Between them: "number", "is", "no.", a colon, and the like.
_NUMBER = r"(?:\s?(?:numbers?|nummer|num|no|nr|nbr|n[°º]|#|ids?|code|ref|key|details?)\b\.?|\s?#){0,2}"
_IS = r"(?:\s{0,3}(?:[:=#–—-]|\b(?:is|are|was|ist|es|est|it'?s|that'?s|which is|being|of mine|ending|ends|ended|starting|in|with|on file|i have is|reads|says)\b)){0,3}\s{0,3}[\"'“‘(]?"
CUES: tuple[tuple[SpanKind, str], ...] = (
    ("card", r"cvv2?|cvc2?|security code|card verification|exp(?:iry|iration|ires)?(?:\s?date)?|valid (?:thru|until)|(?:credit|debit|bank|visa|master ?card|amex|my)\s?card|card|visa|mastercard|amex|last (?:four|4)(?: digits)?(?: of (?:my|the) (?:credit |debit )?card)?"),
    ("document", r"passports?|passeport|reisepass|pasaporte|паспорт|driver'?s?'?s?\s?licen[cs]e|driving\s?licen[cs]e|dl|licen[cs]e|führerschein|permis|visa foil|travel document|(?:national )?id(?:entity)?[- ]?card|personalausweis|ausweis|residence permit|green card|voter(?:'s)?(?: id)?|carte d'identité"),
    ("id", r"ssn|s\.s\.n\.?|social security|social insurance|sin|national insurance|nino?|ni|tax(?:payer)?(?: id(?:entification)?)?|tin|itin|ein|nif|dni|nie|nir|cpf|cnpj|pesel|nip|aadhaa?r|pan(?: card)?|bsn|personnummer|henkilötunnus|hetu|cpr|fødselsnummer|codice fiscale|steuer-?(?:id|identifikationsnummer|nummer)|rodné číslo|іпн|рнокпп|инн|nhs|medicare|medicaid|health (?:card|insurance)|insurance|policy(?=\s?(?:number|no|nr|#))|national(?: id(?:entity)?)?|identity|citizen(?:ship)?|personal(?= (?:id|number|code))|id(?= (?:number|no|nr)|:)|student|employee|staff|payroll|patient|medical record|mrn|membership|member|voter|curp|rfc(?= (?:is|number))|rut|nric|ic"),
    ("plate", r"(?:number |licen[cs]e )?plates?|(?:car|vehicle) ?reg(?:istration)?|registration|reg|kennzeichen|immatriculation|vehicle|car|tags?|rego|vin|chassis"),
    ("account", r"iban|bic|swift|sort[- ]?code|routing|aba|bsb|ifsc|account|acct|a/c|kontonummer|konto|bank(?: account)?|compte|cuenta|wallet|paypal"),
    ("device", r"imei|imsi|mac(?: address)?|udid|idfa|gaid|advertising|device|serial|sim|iccid|cookie(?=\s?(?:id|value))"),
    ("password", r"pin"),
    ("reference", r"customer|client|cust|order|booking|reservation|confirmation|invoice|tracking|shipment|parcel|ticket|case|reference|ref|loyalty|rewards?|frequent flyer|miles|transaction|receipt|contract|subscription|user(?=\s?(?:id|number|no))|profile(?=\s?(?:id|number))|uid|guid|uuid|kundennummer|bestellnummer|commande|pedido|id(?=\s?(?:is|:|=))|docket|claim|application|file"),
)  # fmt: skip
CUE = re.compile(
    r"(?<![\w-])(?:" + "|".join(f"(?P<k{n}>{words})" for n, (_, words) in enumerate(CUES)) + rf")(?![a-zA-Z]){_NUMBER}(?P<sep>{_IS})",
    re.IGNORECASE,
)
# A value: a word with a digit, and those that follow it with digits or in capitals.
VALUE = re.compile(r"[^\s,;:!?<>()\"'“”’]{1,60}")
LONGEST = 6  # words of a value
FEWEST_DIGITS = {"card": 3, "plate": 1, "password": 3, "reference": 3, "account": 4, "document": 3, "device": 4, "id": 4}
YEAR = re.compile(r"(?:19|20)\d\d|\d{1,2}(?:st|nd|rd|th)", re.IGNORECASE)
MEASURE = re.compile(
    r"\s?(?:days?|months?|years?|hours?|weeks?|minutes?|times|dollars?|euros?|pounds?|usd|eur|percent|%|cfr|usc|users?|customers?|items?)\b",
    re.IGNORECASE,
)
REQUEST = re.compile(r"R-[0-9A-Z]{4}-[0-9A-Z]{4}", re.IGNORECASE)
CODE = re.compile(r"\d{3}[ -]?\d{3}")
SECRET = re.compile(
    r"(?<!\w)(?:pass ?words?|pass ?wd|pwd|pw|pass(?=\s?[:=])|pass ?phrases?|pass ?codes?|kennwort|passwort|contraseña|mot de passe|пароль|wachtwoord|senha"
    r"|security (?:answer|word)|secret(?: (?:word|answer|key))?|api[- ]?(?:key|token|secret)s?|access[- ]?(?:key|token)|auth(?:entication|orization)?[- ]?(?:token|key|code)|token"
    r"|private key|recovery (?:key|phrase|code)s?|seed phrase|bearer|session(?:[- ]?id| token| cookie)?|client[- ]?secret|login code)"
    r"(?P<of>\s(?:for|to|of|on)\s(?:(?:the|my|your|this|that)\s)?[\w.]{1,20}){0,1}(?P<sep>\s{0,3}[:=]\s{0,3}|\s(?:is|was|are|used to be|would be)\s{1,3}(?:(?:currently|still|actually|just|now)\s)?[:\"'“‘]?|\s{1,3}[\"'“‘]|\s)",
    re.IGNORECASE,
)
SECRET_VALUE = re.compile(r"[^\s\"“”]{3,200}")
PHRASE = re.compile(r"(?:seed|recovery) phrase", re.IGNORECASE)
LOGIN = re.compile(
    r"(?<!\w)(?:user ?-?names?|user ?ids?|user|login(?: name)?|log-?in|nick(?: ?name)?|handle|screen ?name|display name|gamer ?tag|alias|account name|profile name|psn|"
    r"insta(?:gram)?|ig|twitter|tiktok|telegram|tg|discord|skype|snap(?:chat)?|reddit|facebook|fb|linkedin|github|steam|xbox|twitch|wechat|line id|viber|signal|mastodon|benutzername|utilisateur|usuario|логин|нік)"
    r"(?:\s(?:name|handle|id|account|user|profile|username))?"
    r"(?P<sep>\s{0,3}[:=]\s{0,3}|\s(?:is|was|as|called|named|under|by|=)\s{1,2}|\s(?=@)|\s)[\"'“‘]?(?:u/|@)?",
    re.IGNORECASE,
)  # fmt: skip
LOGIN_VALUE = re.compile(r"[\w][\w.\-#|]{1,60}")
SIGNED_UP = re.compile(
    r"\b(?:go by|known (?:as|online as)|logged in as|log in as|sign in as|signed up as|registered as|posting as|posted as|username)\s{1,2}[\"'“‘]?(?:u/|@)?",
    re.IGNORECASE,
)


def claim_beside_words(claims: Claims) -> None:
    """Mask numbers and codes beside words for what they are."""
    text = claims.text
    for cue in CUE.finditer(text):
        kind = CUES[int(next(name for name, found in cue.groupdict().items() if found and name != "sep")[1:])][0]
        end = _value_end(text, cue.end(), kind)
        if end:
            claims.claim(kind, cue.end(), end)


def _value_end(text: str, start: int, kind: SpanKind) -> int:
    """Where the value that begins at `start` ends; 0 if there is none."""
    end, digits, n, place = 0, 0, 0, start
    for n, match in enumerate(_values(text, start)):
        word = match[0].rstrip(".")
        has_digit = any(map(str.isdigit, word))
        if n == LONGEST or REQUEST.fullmatch(word) or (n and match.start() - place > 2) or "@" in word:
            break
        if MEASURE.match(text, match.start() + len(word)) and kind not in {"plate"} and word.isdigit():
            break
        if not has_digit and not (word.isupper() and len(word) <= 4 and word.isalpha()) and word not in "-/.·":
            if not (kind == "plate" and len(word) <= 3 and not n and word.isalpha() and word.lower() not in {"is", "the", "and", "my", "for", "to", "on", "of", "i", "in", "at", "or", "a", "was", "by", "you", "are"}):
                break
        if has_digit and len(word) > 40 and kind != "device":
            break
        place = match.end()
        if has_digit:
            digits, end = digits + sum(map(str.isdigit, word)), match.start() + len(word)
        elif kind == "plate" and digits:
            end = match.start() + len(word)
    value = text[start:end].strip()
    if CODE.fullmatch(value) and (kind == "password" or re.search(r"code|confirmation", text[max(0, start - 24) : start], re.IGNORECASE)):
        return 0  # a one-time code that the chat asked for
    letters = sum(letter.isupper() for letter in value)
    if digits + (letters if letters + digits >= 7 else 0) < FEWEST_DIGITS[kind] or not digits or (YEAR.fullmatch(value) and kind != "password"):
        return 0
    return end


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


def claim_secrets(claims: Claims) -> None:
    """Mask passwords and keys beside words for them. "My password is wrong" holds none."""
    text = claims.text
    for cue in SECRET.finditer(text):
        value = SECRET_VALUE.match(text, cue.end())
        if not value or not claims.is_free(value.start(), value.start() + 1):
            continue
        if PHRASE.match(cue[0]):
            stop = re.compile(r"[.\n]|$").search(text, value.start())
            claims.claim("password", value.start(), stop.start() if stop else value.end())
            continue
        written = value[0].rstrip(".,;!?)'’")
        quoted = cue["sep"].rstrip().endswith(("'", '"', "“", "‘"))
        if _is_secret(written, plain=not cue["sep"].strip(), quoted=quoted, given=cue["sep"].strip()[:1] in {":", "="}):
            kind: SpanKind = "key" if re.search(r"key|token|bearer|session", cue[0], re.IGNORECASE) else "password"
            claims.claim(kind, value.start(), value.start() + len(written))


def _is_secret(written: str, *, plain: bool, quoted: bool, given: bool) -> bool:
    """plain: nothing stands between the word and the value. given: a colon or an equals sign does."""
    if quoted:
        return True
    has_digit = any(map(str.isdigit, written))
    symbols = any(not letter.isalnum() and letter not in "'’-/." for letter in written)
    mixed_case = any(map(str.isupper, written[1:])) and any(map(str.islower, written))
    if (has_digit and not YEAR.fullmatch(written)) or symbols or (mixed_case and len(written) > 5):
        return len(written) >= 4
    return not plain and ORDINARY not in lexicon().words.get(written.lower(), "") and "'" not in written and (
        given or not written[0].isupper()
    ) and len(written) >= 5  # fmt: skip


def claim_logins(claims: Claims) -> None:
    """Mask user names beside words for them."""
    text = claims.text
    for pattern in (LOGIN, SIGNED_UP):
        for cue in pattern.finditer(text):
            value = LOGIN_VALUE.match(text, cue.end())
            if not value:
                continue
            written = value[0].rstrip(".-")
            sep = cue["sep"] if "sep" in pattern.groupindex else " as "
            if claims.is_free(value.start(), value.start() + 1) and _is_login(written, sep, cue[0].endswith("@")):
                start = value.start() - (1 if text[value.start() - 1] == "@" else 0)
                claims.claim("username", start, value.start() + len(written))


def _is_login(written: str, sep: str, at: bool) -> bool:
    folded, known = written.lower(), lexicon().words
    made = any(map(str.isdigit, written)) or "_" in written or "." in written
    made = made or ("-" in written and any(ORDINARY not in known.get(part, "") for part in folded.split("-") if len(part) > 1))
    if at or (made and any(map(str.isalpha, written)) and not YEAR.fullmatch(written)):
        return len(written) >= 3
    if not sep.strip() or written.isdigit():
        return False
    return len(written) >= 3 and ORDINARY not in known.get(folded, "") and folded not in NO_LOGINS


NO_LOGINS = frozenset(
    "google facebook apple instagram twitter linkedin github microsoft gdpr ccpa hipaa pii ip isn doesn wasn didn won not api eu uk us url"
    " via etc id sso oauth saml ok meta iphone android whatsapp telegram tiktok".split()
)
