"""Does one sentence of a policy answer a yes-or-no question, and how? Pure.

A "yes" needs a sentence that speaks, by itself, of everything that the question speaks of; a "no" needs one that denies no less
than what was asked: "we do not sell photos" denies no sale of data. Whatever is not certain is None.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import Literal

from knowledge.asking import Asked
from knowledge.clauses import CONDITION, Clause, clause_at, up_to_limit, words_of
from knowledge.wording import STRONGER, action, content, has_generic, word_set

Verdict = Literal["yes", "no", "some", "may"]

OWN_THINGS = word_set("servers server website websites site sites systems system web company")
NOT_ALL = re.compile(r"^(?:not|some|most|certain|parts?|many|few|only|nobody|each|every|which|whether|what|if|when|where)$")
ALL_OF_IT = word_set("encrypt delete")  # who encrypts passwords does not encrypt "my data"
# Who shares nothing with third parties still obeys courts and has somebody run its servers: a no must name these.
NOT_MEANT = frozenset(["police", "authority", "provider", "affiliate", "court", "govern", "processor", "subprocessor", "agenc"])
JOINTS = word_set(", and or : as well including with to for in on from at by about that which who whom whose where when you")
LISTS = word_set(", and or : including")
RELATIVES = word_set("that which who whom whose where you")
RECIPIENTS = word_set("with to by")
RIGHT_TO = re.compile(
    r"^(?:you (?:also )?(?:have|has) (?:a|the|these|the following|following)?(?: following)? ?rights?(?: :)? ?(?:to)?"
    r"|you (?:are|will be) (?:able|entitled|free|allowed) to|you (?:can|may)(?: always| also| at any time)?)$"
)
# What holds of whoever asks for a right: it limits nothing.
WHOEVER_ASKS = re.compile(
    r"(?:if|when|where) you (?:(?:also )?(?:wish|want|believe|think|feel|consider|disagree|object|would like|have (?:a |any )?\w*"
    r"(?:concerns?|complaints?|questions?))|are (?:not |un|dis)(?:happy|satisfied|content)\b|have an account)"
)
NO_RIGHT = re.compile(r"^you (?:can|may) not$")
ASKING_US = re.compile(r" (?:ask|request|require|instruct|tell) (?:us|you|that we)(?: to)?$")
HAVE_DONE = re.compile(r" have (?:all |any )?(?:of )?(?:your |the )?(?:personal )?(?:data|information)$")


def verdict(asked: Asked, sentence: str, lead_in: str, company: str) -> Verdict | None:
    """What a sentence, after the lead-in of its list, answers to a question of the form yes_no; None if that is not certain."""
    words = words_of(sentence, lead_in, company)
    if "?" in words or "." in words:
        return None
    found: set[Verdict] = set()
    for place, word in enumerate(words):
        verb = action(word)
        if verb is None or asked.verb not in {verb, STRONGER.get(verb)}:
            continue
        one = _granted(asked, words, place) if asked.agent == "visitor" else _said(asked, words, place)
        if one is not None:
            found.add(one)
    return found.pop() if len(found) == 1 else None


def _said(asked: Asked, words: list[str], place: int) -> Verdict | None:
    """What the clause around this verb says of what the company, or somebody else, does."""
    clause = clause_at(words, place)
    if clause is None or "would" in clause.chain or not _is_of(asked, clause):
        return None
    if clause.negated:
        return _denied(asked, clause) if action(words[place]) == asked.verb else None
    return _affirmed(asked, clause)


def _is_of(asked: Asked, clause: Clause) -> bool:
    """Whether the clause has the subject that the question has, or in the passive its object."""
    subject = clause.subject
    if clause.passive:
        wanted = asked.things if asked.object is None else asked.object
        readable = 0 < len(subject) <= 8 and not NOT_ALL.match(subject[0]) and "we" not in subject and asked.agent != "other"
        return readable and content(subject) <= wanted and bool(content(subject) or has_generic(subject))
    if asked.agent == "other":
        named = bool(subject) and not NOT_ALL.match(subject[0]) and content(subject) == asked.subject
        return named and bool(asked.subject or has_generic(subject))
    own = 1 < len(subject) <= 3 and subject[0] == "our" and set(subject[1:]) <= OWN_THINGS
    return subject == ("we",) or own


def _denied(asked: Asked, clause: Clause) -> Verdict | None:
    spoken = _spoken(clause)
    unasked = "knowingly" in clause.chain and "knowingly" not in asked.things
    if spoken is None or clause.possible or unasked:
        return None
    if (asked.things & NOT_MEANT) - spoken:
        return None
    denies = spoken - {"outsider"} <= asked.things or _among_denied(asked, clause)
    return ("some" if clause.limited else "no") if denies else None


def _among_denied(asked: Asked, clause: Clause) -> bool:
    """Whether the thing asked about is one of several that are denied: "we respond to no DNT signals or other mechanisms"."""
    words = list(clause.object)
    start = 1 if words[:1] and words[0] in RECIPIENTS | {"for"} else 0
    end = next((place for place, word in enumerate(words) if place > start and word in JOINTS - LISTS), len(words))
    listed = [content(part) for part in _listed(words[start:end])]
    relative = words[end : end + 1] and words[end] in RELATIVES  # it restricts the last of several
    others = listed[:-1] if relative else listed
    after = frozenset() if relative else content(words[end:])
    if clause.passive or len(listed) < 2 or not after - {"outsider"} <= asked.things:
        return False
    return any(part and part <= asked.things for part in others)


def _affirmed(asked: Asked, clause: Clause) -> Verdict | None:
    spoken = _spoken(clause)
    subject = clause.subject if clause.passive else ()
    inside_denied = bool(word_set("no not never nobody") & set(clause.object))
    if spoken is None or inside_denied or not _names_by_itself(asked, subject, clause.object):
        return None
    if asked.verb in ALL_OF_IT and not spoken <= asked.things | {"both", "transit", "rest"}:
        return None
    if (not asked.things or asked.verb in ALL_OF_IT) and not has_generic([*subject, *clause.object]):
        return None
    if clause.possible:
        return "some" if clause.limited else "may"  # "we may share it when we are sold"
    if "can" in clause.chain and asked.agent != "other":
        return None
    return "some" if clause.limited else "yes"


def _spoken(clause: Clause) -> frozenset[str] | None:
    """All that the clause speaks of; None if that is nothing."""
    words = [*(clause.subject if clause.passive else ()), *clause.object]
    spoken = content(words)
    return spoken if spoken or has_generic(words) else None


def _granted(asked: Asked, words: list[str], place: int) -> Verdict | None:
    """What the sentence says the visitor can do: "you can …", "you have the right to …"."""
    read = _right_before(" ".join(words[:place]))
    if read is None:
        return None
    text, limited = read
    head, limit = up_to_limit(words[place + 1 :])
    if CONDITION.search(" ".join(words[place + 1 :])) is None and re.search(r"\bbut\b|;", " ".join(head)):
        return None
    if NO_RIGHT.match(text):
        return None if limit or not content(head) <= asked.things else "no"
    if HAVE_DONE.search(" ".join(words[:place])):
        named = asked.things <= content([*words[:place], *head])
    elif asked.things:
        named = _names_by_itself(asked, (), head)
    else:
        own = head[: head.index("by")] if "by" in head else head
        named = not content(own) and (not head or head[0] in JOINTS or has_generic(head))
    if not named:
        return None
    return "some" if limit or limited else "yes"


def _right_before(text: str) -> tuple[str, bool] | None:
    """What stands before the verb of a right, in its plain form, and whether it is limited; None if it is no right."""
    opening, comma, after = text.rpartition(" , ")
    limited = False
    if comma:
        limited = bool(CONDITION.match(opening)) and not WHOEVER_ASKS.match(opening)
        if not after.startswith("you ") or not (CONDITION.match(opening) or re.match(r"(?:under|according to) ", opening)):
            return None
        text = after
    text, times = re.subn(r"^in (?:some|certain) cases |^residents of \w+ (?=have the right|can|may)", "", text)
    if times and not text.startswith("you "):
        text = f"you {text}"
    text = re.sub(r"^under [\w ]{2,20} you have", "you have", text)
    text = re.sub(r" to$", "", HAVE_DONE.sub("", ASKING_US.sub("", text)))
    return (text, limited or bool(times)) if NO_RIGHT.match(text) or RIGHT_TO.match(text) else None


def _names_by_itself(asked: Asked, subject: Sequence[str], rest: Sequence[str]) -> bool:
    """Whether a sentence that affirms names the things as such, and does it to the object that was asked about.

    "Your location history" is not your location, and who deletes pictures deletes no profile. subject: of a passive sentence.
    """
    return _all_named(asked.things, subject, rest) and _same_object(asked.object, subject, rest)


def _all_named(things: frozenset[str], subject: Sequence[str], rest: Sequence[str]) -> bool:
    direct = list(takewhile(lambda word: word not in JOINTS, rest))
    if subject and not content(direct) <= things:
        return False
    named = list(map(content, _pieces(rest)))
    left = things - content(subject) - {thing for piece in named if piece <= things for thing in piece}
    if left:
        return False
    return bool(things or subject) or any(not content(piece) and has_generic(piece) for piece in _pieces(rest))


def _pieces(rest: Sequence[str]) -> list[list[str]]:
    """What follows a verb, cut at commas and prepositions, without relative clauses and the objects that these restrict."""
    pieces: list[list[str]] = [[]]
    recipient = restricted = False
    for word in rest:
        if word not in JOINTS:
            if not restricted:
                pieces[-1].append(word)
            continue
        restricted = word in RELATIVES
        if restricted and not recipient:
            pieces[-1] = []  # "messages that you send to us" are not all messages
        recipient = word in RECIPIENTS or (recipient and word in {",", "and", "or"})
        pieces.append([])
    return pieces


def _same_object(wanted: frozenset[str] | None, subject: Sequence[str], rest: Sequence[str]) -> bool:
    if wanted is None:  # "my data": any of it will do
        return True
    found = [content(words) for words in ([subject] if subject else _listed(rest))]
    if not wanted:  # "tell me": nobody and nothing else
        return not any(found)
    return any(each and each <= wanted for each in found)


def _listed(rest: Sequence[str]) -> list[list[str]]:
    """The parts of a direct object: "your name, your address and the time" → three; and what "including" adds to it."""
    parts: list[list[str]] = [[]]
    skipping = False
    for word in rest:
        if word in LISTS:
            skipping = skipping and word != "including"
            parts.append([])
        elif word in JOINTS:
            skipping = True
        elif not skipping:
            parts[-1].append(word)
    return parts
