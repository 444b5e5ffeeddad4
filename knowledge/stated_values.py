"""The place, the age or the e-mail address that one sentence of a policy states for a question. Pure.

Taken word for word, and only where the sentence states exactly one, and of what was asked.
"""

from __future__ import annotations

import re
from functools import cache

import pycountry

from knowledge.asking import Asked
from knowledge.wording import content, tokens, word_set

OTHER_NAMES = (
    "European Union", "EU", "EEA", "European Economic Area", "United States", "USA", "US", "U.S.", "United Kingdom", "UK", "U.K.",
    "Netherlands", "Russia", "South Korea", "Taiwan", "Vietnam", "Czech Republic", "Turkey", "England", "Scotland", "Wales",
    "United States of America", "Great Britain",
)  # fmt: skip
ASKS_STORE = word_set("stored store keep kept servers server hosted host processed centres centers live")
OF_STORING = word_set(
    "where store stored keep kept server servers host hosted process processed located locate country which in data centre "
    "centres center centers region place live lives"
)
PART = re.compile(
    r"(?:some|most|certain|not|no|our (?:office|partner|provider)|this|these|such|the (?:personal )?(?:data|information))\b"
)  # fmt: skip

AGE = re.compile(
    r"\bat least (\d{1,2})(?: years)?(?: old| of age)?\b|\bunder (?:the age of )?(\d{1,2})\b"
    r"|\baged? (\d{1,2}) (?:or|and) (?:over|older|above)\b|\b(\d{1,2}) years (?:old |of age )?or older\b"
)
OF_VISITORS = re.compile(
    r"^(?:you|users?|any(?:one|body)|people|persons?|children|individuals?|minors?|nobody|we do not allow)\b"
    r"|\b(?:services?|website|site|app|platform|is|are)\b.*\b(?:intended|directed|meant|aimed|open|designed|only|used by)\b"
)
NOT_THE_SERVICE = re.compile(
    r"\b(?:staff|employees?|founded|ago|win|prize|order|pay|drive|data|information|collect|consent|parents?|guardian|sell|buy"
    r"|shop|keep|knowingly|except|unless|if|in the|elsewhere)\b"
)
OF_AGES = word_set(
    "how old age minimum limit least must need join use sign service app site child kid allow from what people member person "
    "year mine son daughter ok okay allowed want"
)

EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
NOT_THEIRS = (
    "authority", "commissioner", "processor", "provider", "partner", "press", "sales", "career", "job", "california", "resident",
    "security", "abuse", "copyright", "vendor", "representative", "ombudsman", "noreply", "no-reply", "supplier", "agency",
    "virginia", "parent", "regulator", "unsubscribe", "recruit", "invest", "law enforcement",
)  # fmt: skip
NEEDED = (r"data protection officer|dpo", r"representative")  # who asks for one of these wants no other address
OTHER_MEANS = re.compile(r"\b(?:postal|post|street|phone|telephone|number|partners?)\b")
TO_WRITE_TO = re.compile(r"\b(?:contact|write|writing|reach|reached|e-?mail|send|questions?)\b|:")
NOT_TO_WRITE_TO = re.compile(r"mail from|\b(?:not|never|no)\b|\bfor this\b|\bthis section\b|\bsuch data\b")
OF_CONTACT = word_set(
    "contact reach write mail email address ask privacy question data who whom where how can get touch company team person right "
    "exercise copy delete deletion request protection officer dpo about send turn responsible representative"
)


@cache
def _content(words: frozenset[str]) -> frozenset[str]:
    return content(words)


@cache
def _place() -> str:
    names = {country.name for country in pycountry.countries if "," not in country.name} | set(OTHER_NAMES)
    return "(?:the )?(?:" + "|".join(sorted(map(re.escape, names), key=len, reverse=True)) + r")(?!\w)"


@cache
def _stored_in() -> tuple[re.Pattern[str], ...]:
    places = rf"(?P<places>{_place()}(?:(?:, | and |, and ){_place()})*)"
    kept = r"(?:stored|hosted|kept|held|located|processed|situated)"
    on = r"(?: (?:on|by|at) (?:our |secure |the )?(?:servers?|data cent(?:re|er)s?))?(?: (?:that are )?(?:located|hosted))?"
    stores = r"(?:store|host|keep|hold|process)"
    thing = r"(?P<object>[\w' -]{3,60}?)"
    return (
        re.compile(rf"^{thing} (?:is|are)(?: all| always| only)?(?: {kept})?{on} (?:in|within) {places}$"),
        re.compile(rf"^(?:[^,]+, and )?[Ww]e (?:process and )?{stores}(?:s|es)? {thing}{on} (?:in|within) {places}$"),
    )


@cache
def _based_in() -> re.Pattern[str]:
    return re.compile(rf"^[Ww]e (?:are|is) (?:based|located|headquartered|established) in (?P<places>{_place()})$")


def place_for(asked: Asked, sentence: str) -> str:
    """The country or region that a sentence states; "" if it does not, or not with certainty. The company is "we" in it."""
    text = sentence.strip().rstrip(".!").replace("’", "'")
    asks = set(asked.words)
    if asks & {"based", "headquartered", "company"} or ("you" in asks and asks & {"located", "from"}):
        based = _based_in().match(text)
        return str(based["places"]) if based else ""
    if not asks & ASKS_STORE:
        return ""
    wanted = asked.things - _content(OF_STORING)
    for found in filter(None, (pattern.match(text) for pattern in _stored_in())):
        kept = content(tokens(found["object"])) - _content(OF_STORING)
        if kept == wanted and not PART.match(found["object"].lower()):
            return str(found["places"])
    return ""


def age_for(asked: Asked, sentence: str) -> str:
    """The lowest age that a sentence states for using the service; "" if it does not, or not with certainty."""
    text = sentence.lower()
    ages = [next(filter(None, found)) for found in AGE.findall(text)]
    one = len(ages) == 1 and len(re.findall(r"\d+", text)) == 1
    if not one or not OF_VISITORS.search(text) or NOT_THE_SERVICE.search(text):
        return ""
    of_service = not asked.things - _content(OF_AGES) and not {"company", "child", "your"} & set(asked.words)
    return ages[0] if of_service else ""


def address_for(asked: Asked, sentence: str, lead_in: str) -> str:
    """The e-mail address to write to; "" if the sentence does not state one, or not with certainty."""
    text, asks = f"{lead_in} {sentence}".lower(), " ".join(asked.words)
    found = set(EMAIL.findall(sentence))
    around = EMAIL.sub(" ", text)
    to_write_to = TO_WRITE_TO.search(around) and not NOT_TO_WRITE_TO.search(text)
    if len(found) != 1 or OTHER_MEANS.search(asks) or not to_write_to:
        return ""
    of_others = any(theirs in text and theirs not in asks for theirs in NOT_THEIRS)
    of_another = any(re.search(needed, asks) and not re.search(needed, text) for needed in NEEDED)
    if of_others or of_another or asked.things - _content(OF_CONTACT) - content(tokens(around)):
        return ""
    return str(found.pop()).rstrip(".")
