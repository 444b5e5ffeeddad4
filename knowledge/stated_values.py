"""The span of time, the place, the age or the address that one sentence of a policy states for a question. Pure.

Taken word for word from the sentence, and only where the sentence states exactly one and is about what was asked.
"""

from __future__ import annotations

import re
from functools import cache

import pycountry

from knowledge.asking import Asked
from knowledge.wording import content, has_generic, tokens, word_set

NUMBER = (
    r"(?:\d{1,4}|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fourteen|eighteen|twenty-four|thirty|sixty|ninety|a|an)"
    r"(?: \(\d{1,3}\))?"
)
UNIT = r"(?:calendar |business |working |full )?(?:hour|day|week|month|year)s?"
BOUND = r"(?:up to|at least|at most|a maximum of|a minimum of|no longer than|not longer than|no more than|not more than|more than|a period of)"
AFTER = r"(?:after|from|following|of)"
SPAN = re.compile(
    rf"(?P<bound>{BOUND} )?(?P<span>\b{NUMBER} {UNIT}\b)(?P<after> {AFTER} (?!age\b)[\w' -]{{3,60}})?", re.IGNORECASE
)
WHILE = re.compile(
    r"\b(?:for )?(?P<span>(?:as long as|until) (?:you(?:r account)? |we receive )[\w' -]{3,60})$", re.IGNORECASE
)  # fmt: skip
KEEPING = r"(?:keep|kept|retain|retained|retains|store|stored|stores|hold|held|delete|deleted|erase|erased|last|lasts|remain|remains|keeps)"
ANSWERING = r"(?:answer|answered|answers|respond|responds|reply|replies)"
TELLING = r"(?:tell|notify|inform)"
UNCERTAIN = re.compile(
    r"\b(?:if|unless|may|might|or longer|thereafter|depending|not(?! (?:longer|more) than)|never|except|where|otherwise|every|review"
    r"|more if|at the earliest)\b|\?|\bor \d|;"
)
ACTIVE = re.compile(
    rf"^(?:we|our (?:web )?(?:servers?|systems?|website|cookies))\b(?: (?:will|also|only|generally|do))* (?P<verb>[a-z]+)\b(?P<object>.*)$"
)
PASSIVE = re.compile(
    r"^(?P<subject>.{2,80}?) (?:are|is|will be|can be|gets?) (?:also |automatically |then |only )*(?P<verb>[a-z]+)\b(?P<object>.*)$"
)
INTRANSITIVE = re.compile(r"^(?P<subject>.{2,60}?) (?P<verb>last|lasts|remain|remains|stay|stays)\b(?P<object>.*)$")
ASKS_ANSWER = re.compile(r"\b(?:answer|reply|replies|respond|react|get back|hear back)\b")
ASKS_TELL = re.compile(r"\b(?:tell|notify|inform|breach)\b")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
NOT_THEIRS = (
    "authority", "commissioner", "processor", "provider", "partner", "press", "sales", "career", "job", "california", "resident",
    "security", "abuse", "copyright", "vendor", "representative", "ombudsman", "noreply", "no-reply", "supplier", "agency",
    "virginia", "parent", "regulator", "unsubscribe", "recruit", "invest", "law enforcement",
)  # fmt: skip
OTHER_NAMES = (
    "European Union", "EU", "EEA", "European Economic Area", "United States", "USA", "US", "U.S.", "United Kingdom", "UK", "U.K.",
    "Netherlands", "Russia", "South Korea", "Taiwan", "Vietnam", "Czech Republic", "Turkey", "England", "Scotland", "Wales",
    "United States of America", "Great Britain",
)  # fmt: skip


def span_for(asked: Asked, sentence: str, lead_in: str) -> str:
    """The span of time that a sentence states; "" if it does not, or not with certainty."""
    if lead_in:
        return _labelled_span(asked, sentence, lead_in)
    if UNCERTAIN.search(sentence.lower()):
        return ""
    asks = " ".join(asked.words)
    verbs = TELLING if ASKS_TELL.search(asks) else ANSWERING if ASKS_ANSWER.search(asks) else KEEPING
    text = sentence.strip().rstrip(".!").replace("’", "'")
    spans = list(SPAN.finditer(text))
    open_ended = WHILE.search(text)
    if len(spans) + bool(open_ended) != 1:
        return ""
    found = spans[0] if spans else open_ended
    assert found is not None
    after = text[found.end() :]
    if (
        not re.match(r"^(?:$|,|\(| in total| by default| at most| only$)", after.strip(" ") and after)
        or re.search(r"\b(?:and|or|but)\b", after)
        or re.search(r"\b(?:and|or) (?:for |after )?\d", text)
    ):
        return ""
    before, subject = _about(text[: found.start()], verbs)
    if before is None or not _same_matter(asked, subject, before):
        return ""
    bound = (found.groupdict().get("bound") or "").lower()
    tail = found.groupdict().get("after") or ""
    return f"{bound}{found['span']}{re.sub(r'[,;].*', '', tail)}".strip()


def _labelled_span(asked: Asked, item: str, lead_in: str) -> str:
    """The span of an item such as "Server logs: 30 days", below a lead-in that speaks of how long things are kept."""
    label, colon, rest = item.strip().rstrip(".;").partition(":")
    whole = re.fullmatch(rf"\s*(?P<value>(?:{BOUND} )?{NUMBER} {UNIT}(?: {AFTER} [\w' -]{{3,60}})?)", rest, re.IGNORECASE)
    if not colon or not whole or not re.search(r"\b(?:retention|retain|keep|kept|store|stored)\b", lead_in.lower()):
        return ""
    return whole["value"] if _same_matter(asked, label, "") and content(tokens(label)) else ""


def _about(before: str, verbs: str) -> tuple[str | None, str]:
    """(the words that limit, what is kept) of a sentence up to its span; (None, "") if it is not one of the plain forms."""
    text = before.strip().lower()
    prefix = ""
    if "," in text:
        prefix, _, text = text.rpartition(",")
        if re.search(r"\b(?:and|or)\b", text.split(" ")[0]):
            return None, ""
    text = text.strip()
    for pattern in (ACTIVE, PASSIVE, INTRANSITIVE):
        found = pattern.match(text)
        if found and re.fullmatch(verbs, found["verb"]):
            subject = found.groupdict().get("subject") or ""
            if subject and not (content(tokens(subject)) or has_generic(tokens(subject))):
                return None, ""
            if re.search(
                r"\b(?:partners?|providers?|processors?|bank|law|analytics|vendors?|they|third)\b", subject + found["object"]
            ):
                return None, ""
            return prefix, f"{subject} {found['object']}"
    return None, ""


def _same_matter(asked: Asked, matter: str, limits: str) -> bool:
    framing = content(word_set("how long fast quickly soon many days weeks months years when last stay until take"))
    framing |= content(
        word_set("keep kept retain retained store stored hold delete deleted erase erased answer reply respond tell after")
    )
    framing |= content(word_set("request requests question questions get react within without undue delay event period remain"))
    asks = asked.things - framing
    said = content(tokens(matter)) - framing
    about_limits = content(tokens(limits)) - framing
    return asks - about_limits <= said and said <= asks and about_limits <= asks


@cache
def _place_pattern() -> str:
    names = {country.name for country in pycountry.countries if "," not in country.name} | set(OTHER_NAMES)
    return "(?:the )?(?:" + "|".join(sorted(map(re.escape, names), key=len, reverse=True)) + r")(?!\w)"


@cache
def _stored_in() -> tuple[re.Pattern[str], ...]:
    place = _place_pattern()
    places = rf"(?P<places>{place}(?:(?:, | and |, and ){place})*)"
    kept = r"(?:stored|hosted|kept|held|located|processed|situated)"
    on = r"(?: (?:on|by|at) (?:our |secure |the )?(?:servers?|data cent(?:re|er)s?))?(?: (?:that are )?(?:located|hosted))?"
    return (
        re.compile(rf"^(?P<object>[\w' -]{{3,60}}?) (?:is|are)(?: all| always| only)?(?: {kept})?{on} (?:in|within) {places}$"),
        re.compile(
            rf"^(?:[Ww]e|We )\s*(?:store|host|keep|hold|process|stores|hosts|keeps)s? (?P<object>[\w' -]{{3,60}}?){on} (?:in|within) {places}$"
        ),
    )


@cache
def _based_in() -> re.Pattern[str]:
    return re.compile(rf"^[Ww]e (?:are|is) (?:based|located|headquartered|established) in (?P<places>{_place_pattern()})$")


def place_for(asked: Asked, sentence: str, company: str) -> str:
    """The country or region that a sentence states; "" if it does not, or not with certainty."""
    text = sentence.strip().rstrip(".!").replace("’", "'")
    if company:
        text = re.sub(rf"\b{re.escape(company)}\b(?:,? (?:Inc|Ltd|LLC|GmbH|Limited)\b\.?)?,?(?! [A-Z])", "we", text)
    asks = set(asked.words)
    if asks & {"based", "headquartered"} or ("you" in asks and asks & {"located", "from"}) or asks & {"company"}:
        found = _based_in().match(text)
        return str(found["places"]) if found else ""
    if not asks & {
        "stored",
        "store",
        "keep",
        "kept",
        "servers",
        "server",
        "hosted",
        "host",
        "processed",
        "centres",
        "centers",
        "live",
    }:
        return ""
    framing = content(
        word_set(
            "where store stored keep kept server servers host hosted process processed located locate country which in "
            "data centre centres center centers region place live lives"
        )
    )
    for pattern in _stored_in():
        found = pattern.match(text)
        if (
            found
            and content(tokens(found["object"])) - framing == asked.things - framing
            and not re.match(r"(?:some|most|certain|not|no|our (?:office|partner|provider))", found["object"].lower())
        ):
            return str(found["places"])
    return ""


AGE = re.compile(
    r"\bat least (\d{1,2})(?: years)?(?: old| of age)?\b|\bunder (?:the age of )?(\d{1,2})\b|\baged? (\d{1,2}) (?:or|and) (?:over|older|above)\b"
    r"|\b(\d{1,2}) years (?:of age )?or older\b|\b(\d{1,2}) years old or older\b"
)
OF_VISITORS = re.compile(
    r"^(?:you|users?|any(?:one|body)|people|persons?|children|individuals?|minors?|nobody|we do not allow)\b"
    r"|\b(?:services?|website|site|app|platform|is|are)\b.*\b(?:intended|directed|meant|aimed|open|designed|only|used by)\b"
)
NOT_THE_SERVICE = re.compile(
    r"\b(?:staff|employees?|founded|ago|win|prize|order|pay|drive|data|information|collect|consent|parents?|guardian|sell|buy|shop|keep|knowingly|except|unless|if|in the|elsewhere)\b"
)


def age_for(asked: Asked, sentence: str) -> str:
    """The lowest age that a sentence states for using the service; "" if it does not, or not with certainty."""
    text = sentence.lower()
    ages = [next(filter(None, found)) for found in AGE.findall(text)]
    if not OF_VISITORS.search(text):
        return ""
    framing = content(
        word_set(
            "how old age minimum limit least must need join use sign service app site child kid allow from what people member person"
        )
    )
    if asked.things - framing:
        return ""
    about_visitor = not {"company", "child", "your"} & set(asked.words)
    if len(ages) != 1 or len(re.findall(r"\d+", text)) != 1 or NOT_THE_SERVICE.search(text) or not about_visitor:
        return ""
    return ages[0]


def address_for(asked: Asked, sentence: str, lead_in: str) -> str:
    """The e-mail address to write to; "" if the sentence does not state one, or not with certainty."""
    text = f"{lead_in} {sentence}".lower()
    found = EMAIL.findall(sentence)
    asks = " ".join(asked.words)
    if len(set(found)) != 1 or re.search(r"\b(?:postal|post|street|phone|telephone|number|partners?)\b", asks):
        return ""
    framing = content(
        word_set(
            "contact reach write mail email address ask privacy question data who whom where how can get touch company team person "
            "right exercise copy delete deletion request protection officer dpo about send turn responsible representative"
        )
    )
    if asked.things - framing - content(tokens(EMAIL.sub(" ", text))):
        return ""
    for theirs in NOT_THEIRS:
        if theirs in text and theirs not in asks:
            return ""
    for needed in (r"data protection officer|dpo", r"representative"):
        if re.search(needed, asks) and not re.search(needed, text):
            return ""
    if not re.search(r"\b(?:contact|write|writing|reach|reached|e-?mail|send|questions?)\b|:", EMAIL.sub(" ", text)) or re.search(
        r"mail from|\b(?:not|never|no)\b", text
    ):
        return ""
    return str(found[0]).rstrip(".")
