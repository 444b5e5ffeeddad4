"""The span of time that one sentence of a policy states for "how long?" and "how soon?". Pure.

Taken word for word, and only where the sentence states exactly one, of what was asked, and under no condition.
"""

from __future__ import annotations

import re
from functools import cache

from knowledge.asking import Asked
from knowledge.wording import content, has_generic, tokens, word_set

NUMBER = (
    r"(?:\d{1,4}|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fourteen|eighteen|twenty-four|thirty|sixty|ninety|a|an)"
    r"(?: \(\d{1,3}\))?"
)
UNIT = r"(?:calendar |business |working |full )?(?:hour|day|week|month|year)s?"
BOUND = r"(?:up to|at (?:least|most)|a (?:maximum|minimum) of|(?:no|not) (?:longer|more) than|more than|a period of)"
AFTER = r"(?:after|from|following|of)"
SPAN = re.compile(
    rf"(?P<bound>{BOUND} )?(?P<span>\b{NUMBER} {UNIT}\b)(?P<after> {AFTER} (?!age\b)[\w' -]{{3,60}})?", re.IGNORECASE
)
WHILE = re.compile(
    r"\b(?:for )?(?P<span>(?:as long as|until) (?:you(?:r account)? |we receive )[\w' -]{3,60})$", re.IGNORECASE
)  # fmt: skip
GOES_ON = re.compile(r"$|,|\(| in total| by default| at most| only$")  # what may follow the span
KEEPING = r"(?:keeps?|kept|retains?|retained|stores?|stored|hold|held|deleted?|erased?|lasts?|remains?)"
ANSWERING = r"(?:answers?|answered|responds?|reply|replies)"
TELLING = r"(?:tell|notify|inform)"
ASKS_ANSWER = re.compile(r"\b(?:answer|reply|replies|respond|react|get back|hear back)\b")
ASKS_TELL = re.compile(r"\b(?:tell|notify|inform|breach)\b")
UNCERTAIN = re.compile(
    r"\b(?:if|unless|may|might|or longer|thereafter|depending|not(?! (?:longer|more) than)|never|except|where|otherwise|every"
    r"|review|more if|at the earliest)\b|\?|\bor \d|;"
)
ACTIVE = re.compile(
    r"^(?:we|our (?:web )?(?:servers?|systems?|website|cookies))\b(?: (?:will|also|only|generally|do))* (?P<verb>[a-z]+)\b"
    r"(?P<object>.*)$"
)
PASSIVE = re.compile(
    r"^(?P<subject>.{2,80}?) (?:are|is|will be|can be|gets?) (?:also |automatically |then |only )*(?P<verb>[a-z]+)\b"
    r"(?P<object>.*)$"
)
INTRANSITIVE = re.compile(r"^(?P<subject>.{2,60}?) (?P<verb>last|lasts|remain|remains|stay|stays)\b(?P<object>.*)$")
OTHERS = re.compile(r"\b(?:partners?|providers?|processors?|bank|law|analytics|vendors?|they|third)\b")
OF_ASKING = word_set(
    "how long fast quickly soon many days weeks months years when last stay until take keep kept retain retained store stored "
    "hold delete deleted erase erased answer reply respond tell after request requests question questions get react within "
    "without undue delay event period remain"
)


def span_for(asked: Asked, sentence: str, lead_in: str) -> str:
    """The span of time that a sentence states; "" if it does not, or not with certainty."""
    if lead_in:
        return _labelled(asked, sentence, lead_in)
    text = sentence.strip().rstrip(".!").replace("’", "'")
    found = [*SPAN.finditer(text), *filter(None, [WHILE.search(text)])]
    if len(found) != 1 or UNCERTAIN.search(text.lower()):
        return ""
    (span,) = found
    before, after = text[: span.start()], text[span.end() :]
    joined = re.search(r"\b(?:and|or|but)\b", after) or re.search(r"\b(?:and|or) (?:for |after )?\d", text)
    if joined or not GOES_ON.match(after) or not _same_matter(asked, *_before(before, asked)):
        return ""
    parts = span.groupdict()
    tail = re.sub(r"[,;].*", "", parts.get("after") or "")
    return f"{(parts.get('bound') or '').lower()}{parts['span']}{tail}".strip()


def _labelled(asked: Asked, item: str, lead_in: str) -> str:
    """The span of an item such as "Server logs: 30 days", below a lead-in that speaks of how long things are kept."""
    label, colon, rest = item.strip().rstrip(".;").partition(":")
    whole = re.fullmatch(rf"\s*(?P<value>(?:{BOUND} )?{NUMBER} {UNIT}(?: {AFTER} [\w' -]{{3,60}})?)", rest, re.IGNORECASE)
    if not colon or not whole or not re.search(r"\b(?:retention|retain|keep|kept|store|stored)\b", lead_in.lower()):
        return ""
    return whole["value"] if content(tokens(label)) and _same_matter(asked, label, "") else ""


def _before(before: str, asked: Asked) -> tuple[str, str]:
    """What a sentence says up to its span: (the matter, what limits it); ("", "") if it has none of the plain forms."""
    asks = " ".join(asked.words)
    verbs = TELLING if ASKS_TELL.search(asks) else ANSWERING if ASKS_ANSWER.search(asks) else KEEPING
    limits, _, clause = before.strip().lower().rpartition(",")
    clause = clause.strip()
    if limits and re.match(r"(?:and|or)\b", clause):
        return "", ""
    for pattern in (ACTIVE, PASSIVE, INTRANSITIVE):
        found = pattern.match(clause)
        if found is None or not re.fullmatch(verbs, found["verb"]):
            continue
        subject = found.groupdict().get("subject") or "we"
        matter = f"{subject} {found['object']}"
        if re.match(r"(?:the|this|these|that|those|such) (?:personal )?(?:data|information|details)\b", subject):
            return "", ""  # those that an earlier sentence speaks of
        nothing = subject != "we" and not (content(tokens(subject)) or has_generic(tokens(subject)))
        return ("", "") if nothing or OTHERS.search(matter) else (matter, limits)
    return "", ""


@cache
def _framing() -> frozenset[str]:
    return content(OF_ASKING)


def _same_matter(asked: Asked, matter: str, limits: str) -> bool:
    """Whether the sentence is about what was asked: no more, and no less."""
    framing = _framing()
    asks, said, limiting = asked.things - framing, content(tokens(matter)) - framing, content(tokens(limits)) - framing
    return bool(matter) and asks - limiting <= said <= asks and limiting <= asks
