"""A sentence of a policy → its clauses around one verb: who does it, to what, whether it is denied, and under what limit. Pure.

Only plain clauses are read: between the subject and the verb stands nothing but auxiliaries, negation and adverbs, and before
the subject nothing but a condition or a harmless opening. A sentence of another form has no clauses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.wording import action, tokens, word_set

AUXILIARIES = word_set("do does did will would shall have has had are is be been being was were can could may might must")
NEGATIONS = word_set("not never neither nor no n't")
ADVERBS = word_set(
    "also always only solely automatically currently generally usually normally typically regularly ever and or the in future , "
    "otherwise to therefore hereby further both either then knowingly"
)
POINTING = word_set("it them this these that those such")  # to what an earlier sentence speaks of
JOINING = word_set("or and , nor /")
BEING = word_set("is are be been being was were")
LISTING = word_set(": following data categories types information")  # "we collect the following data: your name"
PARTICIPLE = re.compile(r"(?:ed|en|old|ept|elt|eld|ent|ad|ld)$")
PAST = re.compile(r"(?:ed|sold|kept|gave|told|made|sent|held|left|bought|got|took|passed|shown)$")
CONSENT = r"(?:consent|permission|agreement)"
CONDITION = re.compile(
    r"\b(?:if|unless|except|excepting|only|solely|other than|subject to|provided that|in the event|in case|in cases|where|when"
    rf"|once|without (?:your|the|a|any|their|prior|explicit|express)\b.*\b{CONSENT}|with your (?:\w+ ){{0,2}}{CONSENT}"
    r"|(?:in|under) (?:certain|some|limited|the following|specific|these|special|rare) (?:cases?|circumstances"
    r"|situations|exceptions)|to the extent|insofar|as long as|residents?|certain exceptions|apart from|until)\b"
)
VISITS = (
    r"(?:when(?:ever)?|if|as) you (?:visit|use|browse|access|open|interact with) (?:our|the|this|these|any of our) "
    r"(?:[a-z-]+ ){0,2}?(?:websites?|sites?|apps?|applications?|services?|products?|platforms?|pages?)"
)
WHOLE_USE = re.compile(rf"\b{VISITS}\b")  # is no condition: it holds for everybody who asks
HARMLESS = re.compile(
    r"(?:please note that|as such|rest assured(?: that)?|as a matter of principle|like (?:many|most)(?: other)?"
    rf" (?:websites|sites|companies)|at we|{VISITS}|in order to \w+ .{{3,40}}|to (?:run|provide|improve) .{{3,40}}|in addition"
    r"|furthermore|moreover|in particular|in this case)? ?,?"
)
TURNS = re.compile(  # what follows says something else, or less
    r"\b(?:but|although|though|however|while|whereas|yet|even|more|longer|merely|simply|aggregated?|anonymi[sz]ed|de-identified"
    r"|non-personal|pseudonymi[sz]ed|statistics|traditional|depending)\b|;|\?"
)
CHANGED = re.compile(
    r"\b(?:aggregat\w*|de-?identif\w*|anonymi[sz]\w*|pseudonymi[sz]\w*)\b", re.IGNORECASE
)  # is no longer their data
BY_OTHERS = re.compile(r"\bby\b(?! (?:clicking|writing|e?-?mail|using|us\b))")


@dataclass(frozen=True)
class Clause:
    """One verb of a sentence with what stands around it; `subject` is ("we",) for the company."""

    subject: tuple[str, ...]
    chain: tuple[str, ...]  # auxiliaries, negation and adverbs before the verb
    object: tuple[str, ...]  # what follows the verb, up to the limit
    passive: bool
    negated: bool
    limited: bool  # "only", "unless", "if you agree": it holds in some cases

    @property
    def possible(self) -> bool:
        """Whether it says only what may happen."""
        return bool(word_set("may might could") & set(self.chain))


def words_of(sentence: str, lead_in: str, company: str) -> list[str]:
    """The words of lead-in and sentence in one row; the company's name, with its legal form, is "we"."""
    joined = f"{lead_in.rstrip(' :')} : {sentence}" if lead_in else sentence
    if company:
        form = r"(?:,? (?i:inc|ltd|llc|gmbh|limited)\b\.?)?,?"
        joined = re.sub(rf"\b{re.escape(company)}\b{form}(?! [A-Z])", " we ", joined)
    if CHANGED.search(joined):
        return []
    words = tokens(joined)
    while words and words[-1] in {".", "!"}:
        words.pop()
    return words


def clause_at(words: list[str], place: int) -> Clause | None:
    """The clause around the verb at this place; None if it is not a plain one."""
    after = without_joined_verbs(words[place + 1 :])
    head, limited = up_to_limit(after)
    denied_after = set(words[place + 1 : place + 2]) & (NEGATIONS - {"no"})
    turns = TURNS.search(" ".join(after)) or BY_OTHERS.search(" ".join(head))
    if denied_after or turns or set(head[:1]) & POINTING:
        return None
    before = _chain_begins(words[:place])
    subject, chain = words[:before], words[before:place]
    if len(subject) > 1 and subject[0] == "we" and "," not in subject and chain[:1] == ["and"]:
        subject = ["we"]  # "we respect your privacy and do not sell"
    passive = bool(PARTICIPLE.search(words[place]) and BEING & set(chain))
    if not passive and PAST.search(words[place]) and not {"have", "has"} & set(chain):
        return None
    opened = _without_opening(subject)
    if opened is None:
        return None
    subject, conditional = opened
    only = bool({"only", "solely"} & set(chain))
    nothing = "no" in after[:2] or bool({"none", "nothing"} & set(after[:1]))
    negated = bool(NEGATIONS & set(chain)) or nothing or (passive and bool({"no", "none", "neither"} & set(subject[:1])))
    if negated and only:
        return None
    return Clause(tuple(subject), tuple(chain), tuple(head), passive, negated, limited or conditional or only)


def up_to_limit(words: list[str]) -> tuple[list[str], bool]:
    """The words before a limit such as "unless you agree", and whether there is one."""
    text = " ".join(words)
    if WHOLE_USE.search(text):
        return words, bool(CONDITION.search(WHOLE_USE.sub("", text)))
    limit = CONDITION.search(text)
    return (text[: limit.start()].split(), True) if limit else (words, False)


def without_joined_verbs(rest: list[str]) -> list[str]:
    """What follows a verb, without further verbs joined to it: ", rent or trade your data" → "your data"."""
    joining = JOINING | {"otherwise"}
    place = 0
    while place < len(rest) and (rest[place] in joining or (action(rest[place]) and place and rest[place - 1] in joining)):
        place += 1
    return rest[place:] if any(action(word) for word in rest[:place]) else rest


def _chain_begins(before: list[str]) -> int:
    """The place at which the auxiliaries before a verb begin."""
    place = len(before)
    while place:
        word = before[place - 1]
        joined_verb = action(word) and place > 1 and place < len(before) and before[place] in JOINING
        listing = word in LISTING and before[-1] == ":" and set(before[place:]) <= LISTING
        if not (word in AUXILIARIES | NEGATIONS | ADVERBS or joined_verb or listing):
            break
        place -= 1
    return place


def _without_opening(subject: list[str]) -> tuple[list[str], bool] | None:
    """The subject's words, and whether a condition stands before it; None if anything else stands before it."""
    if "," in subject:
        cut = len(subject) - subject[::-1].index(",")
    elif len(subject) > 1 and subject[-1] == "we":
        cut = len(subject) - 1
    else:
        return subject, False
    opening, rest = " ".join(subject[:cut]), subject[cut:]
    if HARMLESS.fullmatch(opening):
        return rest, False
    if "," in subject and CONDITION.match(opening):
        return rest, not WHOLE_USE.match(opening)
    return None
