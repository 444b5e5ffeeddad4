"""Does one sentence of a policy answer a yes-or-no question, and how? Pure.

The sentence must say it in a plain form: the company (or the visitor, where the question asks what they can do) is the subject,
or the verb is passive; between subject and verb stands nothing but auxiliaries, negation and adverbs. A "yes" needs a sentence
that speaks of everything the question speaks of; a "no" needs one that denies no less than what was asked: "we do not sell
photos" denies no sale of data. Whatever is not certain is None.
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import Literal

from knowledge.asking import Asked
from knowledge.wording import STRONGER, action, content, has_generic, tokens, word_set

Verdict = Literal["yes", "no", "some", "may"]

AUXILIARIES = word_set("do does did will would shall have has had are is be been being can could may might must")
NEGATIONS = word_set("not never neither nor no n't")
ADVERBS = word_set(
    "also always only solely automatically currently generally usually normally typically regularly ever and or the in future , "
    "otherwise to therefore hereby further both either then knowingly we"
)
MODAL = word_set("may might could")
OWN = word_set("our")
OWN_THINGS = word_set("servers server website websites site systems system web company")
HARMLESS = re.compile(
    r"(?:please note that|rest assured(?: that)?|as a matter of principle|like (?:many|most)(?: other)? (?:websites|sites|companies)|"
    r"at you|when(?:ever)? you (?:visit|use|browse|access|open) (?:our|the|this) (?:website|site|app|service|services|pages?)|"
    r"in order to \w+ .{3,40}|to (?:run|provide|improve) .{3,40}|in addition|furthermore|moreover|in particular|in this case)? ?,?"
)
CONDITION = re.compile(
    r"\b(?:if|unless|except|excepting|only|solely|without (?:your|the|a|any|their|prior|explicit|express)\b.*\b(?:consent|permission|"
    r"agreement)|other than|subject to|provided that|(?:in|under) (?:certain|some|limited|the following|specific|these|special|rare) "
    r"(?:cases?|circumstances|situations|exceptions)|in the event|in case|in cases|where|with your (?:\w+ ){0,2}(?:consent|permission|"
    r"agreement)|when|once|to the extent|insofar|as long as|residents?|certain exceptions|apart from|until)\b"
)
WHOLE_USE = re.compile(
    r"\bwhen(?:ever)? you (?:visit|use|browse|access|open) (?:our|the|this) (?:website|site|app|service|services|pages?)\b"
)
TURNS = re.compile(
    r"\b(?:but|although|though|however|while|whereas|yet|even|more|longer|merely|simply|aggregated?|anonymi[sz]ed|"
    r"de-identified|non-personal|pseudonymi[sz]ed|statistics|traditional)\b|;|\?|\bby\b(?! (?:clicking|writing|e?-?mail|using|us\b))"
)
ANY_LIMIT = re.compile(
    r"^(?:not|some|most|certain|parts?|many|few|only|nobody|no one|each|every|which|whether|what|if|when|where)$"
)
JOINTS = word_set(", and or : as well with to for in on from at by about that which who whom whose where when you")
RECIPIENTS = word_set("with to by")
RELATIVES = word_set("that which who whom whose where you")
RIGHT_TO = re.compile(
    r"^(?:you (?:also )?(?:have|has) (?:a|the|these|the following|following)?(?: following)? ?rights?(?: :)? ?(?:to)?|you (?:are|will be) "
    r"(?:able|entitled|free|allowed) to|you (?:can|may)(?: always| also| at any time)?)$"
)
NOT_RIGHT = re.compile(r"^you (?:can|may) not$")
ASKING_US = re.compile(r" (?:ask|request|require|instruct|tell) (?:us|you|that we)(?: to)?$")
HAVE_DONE_END = re.compile(r"ed$")  # "have your data deleted"
PAST = re.compile(r"(?:ed|sold|kept|gave|told|made|sent|held|left|bought|got|took|passed|shown)$")


def verdict(asked: Asked, sentence: str, lead_in: str, company: str) -> Verdict | None:
    """What a sentence, after the lead-in of its list, answers to a question of the form yes_no; None if that is not certain."""
    words = _words(sentence, lead_in, company)
    if not words or "?" in words or "." in words:
        return None
    found: set[Verdict | None] = set()
    for place, word in enumerate(words):
        verb = action(word)
        if verb is None or (verb != asked.verb and STRONGER.get(verb) != asked.verb):
            continue
        one = _at(asked, words, place, same=verb == asked.verb)
        if one is not None:
            found.add(one)
    return found.pop() if len(found) == 1 else None


def _words(sentence: str, lead_in: str, company: str) -> list[str]:
    """The words of lead-in and sentence in one row; the company's name, with or without its form, is "norvia" for all."""
    joined = f"{lead_in.rstrip(' :')} : {sentence}" if lead_in else sentence
    if company:
        joined = re.sub(rf"\b{re.escape(company)}\b(?:,? (?:inc|ltd|llc|gmbh|limited)\b\.?)?,?(?! [A-Z])", " we ", joined)
    words = tokens(joined)
    while words and words[-1] in {".", "!"}:
        words.pop()
    return words


def _at(asked: Asked, words: list[str], place: int, *, same: bool) -> Verdict | None:
    before, rest = words[:place], words[place + 1 :]
    if rest[:1] and (rest[0] in NEGATIONS - {"no"}):
        return None
    if TURNS.search(" ".join(rest)):
        return None
    if asked.agent == "visitor":
        return _of_visitor(asked, before, words, place)
    subject, chain = _split(before)
    if chain is None:
        return None
    if len(subject) > 1 and subject[0] == "we" and "," not in subject and chain[:1] == ["and"]:
        subject = ["we"]  # "we respect your privacy and do not sell"
    passive = bool(re.search(r"(?:ed|en|old|ept|elt|eld|ent|ad|ld)$", words[place])) and _has_be(chain)
    rest_words = _without_joined_verbs(rest)
    nothing = "no" in rest_words[:2] or "none" in rest_words[:1] or "nothing" in rest_words[:1]
    negated = bool(NEGATIONS & set(chain)) or nothing
    if negated and ({"only", "solely"} & set(chain) or not same):
        return None
    if not passive and PAST.search(words[place]) and not {"have", "has"} & set(chain):
        return None
    if passive:
        return _passive(asked, subject, chain, rest_words, negated=negated)
    return _active(asked, subject, chain, rest_words, negated=negated)


def _split(before: list[str]) -> tuple[list[str], list[str] | None]:
    """What stands before a verb, as the words up to the subject's end, and the chain of auxiliaries; None if there is none."""
    place = len(before)
    while place and (
        before[place - 1] in AUXILIARIES | NEGATIONS | ADVERBS - {"we"}
        or (action(before[place - 1]) and place > 1 and _coordinated(before, place))
        or before[place - 1] in {":", "following", "data", "categories", "types", "information"}
        and ":" in before[:place]
        and place == len(before)
    ):
        place -= 1
    return before[:place], before[place:]


def _until(words: list[str], stop: str) -> list[str]:
    return words[: words.index(stop)] if stop in words else words


def _coordinated(before: list[str], place: int) -> bool:
    """Whether the verb at place-1 is joined to the next one: "sell, rent or trade"."""
    return place < len(before) and before[place] in {"or", "and", ",", "nor", "/"}


def _has_be(chain: list[str]) -> bool:
    return bool({"is", "are", "be", "been", "being", "was", "were"} & set(chain))


def _without_joined_verbs(rest: list[str]) -> list[str]:
    """What follows a verb, without further verbs joined to it: ", rent or trade your data" → "your data"."""
    place = 0
    while place < len(rest) and (
        rest[place] in {",", "or", "and", "nor", "/", "otherwise"}
        or (action(rest[place]) and place and rest[place - 1] in {",", "or", "and", "nor", "/", "otherwise"})
    ):
        place += 1
    return rest[place:] if place and any(action(word) for word in rest[:place]) else rest


def _prefix(subject: list[str]) -> tuple[list[str], bool] | None:
    """The subject's words and whether a condition stands before it; None if something else stands before it."""
    if "," in subject:
        cut = len(subject) - subject[::-1].index(",")
        prefix, subject = " ".join(subject[:cut]), subject[cut:]
    else:
        prefix = ""
        if subject and subject[-1] == "we" and len(subject) > 1:
            prefix, subject = " ".join(subject[:-1]), ["we"]
            return (subject, False) if HARMLESS.fullmatch(prefix) else None
    if HARMLESS.fullmatch(prefix) or HARMLESS.fullmatch(prefix.removesuffix(" ,")):
        return subject, False
    if re.match(CONDITION, prefix.strip(" ,")):
        return subject, not WHOLE_USE.match(prefix)
    return None


def _active(asked: Asked, subject: list[str], chain: list[str], rest: list[str], *, negated: bool) -> Verdict | None:
    split = _prefix(subject)
    if split is None:
        return None
    subject, conditional = split
    conditional = conditional or bool({"only", "solely"} & set(chain))
    company = subject == ["we"] or (
        len(subject) <= 3 and subject[:1] == ["our"] and set(subject[1:]) <= OWN_THINGS and len(subject) > 1
    )
    if asked.agent == "other":
        if content(subject) != asked.subject or not subject or ANY_LIMIT.match(subject[0]):
            return None
        if not asked.subject and not has_generic(subject):
            return None
        if "can" in chain and not negated and not _conditional(rest):
            return "yes" if _plainly_named(asked.things, [], rest) and _same_object(asked, [], rest) else None
    elif not company:
        return None
    elif asked.agent == "anyone" and not (asked.things or has_generic(rest)):
        return None
    return _weigh(asked, chain, rest, [], negated=negated, conditional=conditional)


def _passive(asked: Asked, subject: list[str], chain: list[str], rest: list[str], *, negated: bool) -> Verdict | None:
    split = _prefix(subject)
    if split is None or asked.agent == "other":
        return None
    subject, conditional = split
    if not subject or len(subject) > 8 or ANY_LIMIT.match(subject[0]) or "we" in subject:
        return None
    if not content(subject) <= (asked.things if asked.object is None else asked.object) or not (
        content(subject) or has_generic(subject)
    ):
        return None
    negated = negated or subject[0] in {"no", "none", "neither"}
    return _weigh(asked, chain, rest, subject, negated=negated, conditional=conditional or bool({"only", "solely"} & set(chain)))


def _conditional(rest: list[str]) -> bool:
    return bool(CONDITION.search(WHOLE_USE.sub("", " ".join(rest))))


def _plainly_named(things: frozenset[str], subject: list[str], rest: list[str]) -> bool:
    """Whether a sentence that affirms names the things by themselves: "your location", but not "your location history".

    What it says of all data, if no things are named, must be said of data as such.
    """
    left = set(things) - content(subject)
    direct = list(takewhile(lambda word: word not in JOINTS, rest))
    if subject and not content(direct) <= things:
        return False
    recipient, restricted = False, False
    segments: list[tuple[list[str], bool]] = [([], False)]
    for word in rest:
        if word in JOINTS:
            recipient = word in RECIPIENTS or (recipient and word in {",", "and", "or"})
            restricted = word in RELATIVES
            if restricted and segments and not segments[-1][1]:
                segments[-1] = ([], False)  # "messages that you send to us" are not all messages
            segments.append(([], recipient))
        elif not restricted:
            segments[-1][0].append(word)
    named = [content(words) for words, _ in segments]
    for found in named:
        if found and found <= things:
            left -= found
    if left:
        return False
    return bool(things) or bool(subject) or any(not content(words) and has_generic(words) for words, _ in segments)


def _same_object(asked: Asked, subject: list[str], rest: list[str]) -> bool:
    """Whether a sentence that affirms does it to what the question has as its object: deleting pictures deletes no profile.

    subject: of a passive sentence, whose object it is.
    """
    wanted = asked.object
    found = [content(words) for words in ([subject] if subject else _listed(rest))]
    if wanted is None:  # "my data": any of it will do
        return True
    if not wanted:  # "tell me": nobody and nothing else
        return not any(found)
    return any(each and each <= wanted for each in found)


def _listed(rest: list[str]) -> list[list[str]]:
    """The parts of a direct object: "your name, your address and the time" → three."""
    parts: list[list[str]] = [[]]
    for word in rest:
        if word in {",", "and", "or", ":"}:
            parts.append([])
        elif word in JOINTS:
            break
        else:
            parts[-1].append(word)
    return parts


def _weigh(
    asked: Asked, chain: list[str], rest: list[str], subject: list[str], *, negated: bool, conditional: bool
) -> Verdict | None:
    limit = CONDITION.search(WHOLE_USE.sub("", " ".join(rest)))
    head = " ".join(rest)[: limit.start()].split() if limit and not WHOLE_USE.search(" ".join(rest)) else rest
    spoken = content([*subject, *head])
    if "would" in chain:
        return None
    if "knowingly" in chain:
        spoken |= {"knowingly"}
        if "knowingly" not in asked.things:
            return None
    if not (spoken or has_generic([*subject, *head])):
        return None
    if negated:
        if MODAL & set(chain) or not spoken - {"thirdparty"} <= asked.things:
            return None
        return "some" if limit or conditional else "no"
    if not _plainly_named(asked.things, subject, head) or not _same_object(asked, subject, head):
        return None
    whole = not asked.things or asked.verb in {"encrypt", "delete"}
    if whole and (
        not has_generic([*subject, *head])
        or (asked.verb in {"encrypt", "delete"} and not spoken <= asked.things | {"both", "transit", "rest"})
    ):
        return None
    if re.search(r"\b(?:no|not|never|nobody)\b", " ".join(head)):
        return None
    if MODAL & set(chain):
        return "may"
    if asked.agent != "other" and "can" in chain:
        return None
    if asked.agent == "other" and "can" in chain:
        return "some" if limit or conditional else None
    return "some" if limit or conditional else "yes"


def _of_visitor(asked: Asked, before: list[str], words: list[str], place: int) -> Verdict | None:
    rest = words[place + 1 :]
    text = " ".join(before)
    conditional = False
    if "," in before:
        prefix, _, after = text.rpartition(" , ")
        if after.startswith(("you ", "we ")) and (re.match(CONDITION, prefix) or re.match(r"(?:under|according to) ", prefix)):
            conditional = bool(re.match(CONDITION, prefix))
            text = after
        else:
            return None
    text = (
        re.sub(r"^in (?:some|certain) cases ", "", text)
        if (limited := bool(re.match(r"in (?:some|certain) cases ", text)))
        else text
    )
    text = re.sub(r"^under [\w ]{2,20} you have", "you have", text)
    text = ASKING_US.sub("", text)
    text = (
        re.sub(r" (?:have (?:all |any )?(?:of )?(?:your |the )?(?:personal )?(?:data|information)|to)$", "", text)
        if text.endswith(("data", "information", " to"))
        else text
    )
    residents = bool(re.match(r"residents of \w+ (?:have the right|can|may)", text))
    text = re.sub(r"^residents of \w+ ", "you ", text)
    no = bool(NOT_RIGHT.match(text))
    if not (no or RIGHT_TO.match(text)):
        return None
    limit = CONDITION.search(" ".join(rest))
    head = " ".join(rest)[: limit.start()].split() if limit else rest
    spoken = (
        content([*before[before.index("have") :], *head]) if "have" in before and words[place].endswith("ed") else content(head)
    )
    spoken -= {"right", "follow"}
    if no:
        return None if not spoken <= asked.things or limit else "no"
    if HAVE_DONE_END.search(words[place]) and "have" in before:
        if not asked.things <= spoken:
            return None
    elif asked.things:
        if not _plainly_named(asked.things, [], head) or not _same_object(asked, [], head):
            return None
    elif content(_until(head, "by")) or (head and head[0] not in JOINTS and not has_generic(head)):
        return None
    return "some" if limit or conditional or limited or residents else "yes"
