"""What form a question has: may yes or no answer it, or a span of time, a place, an age, an address? Pure.

Only forms that can be read with certainty are read. Everything else is None, and gets no more than "this is what the policy
says".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from knowledge.wording import action, content, has_generic, tokens, word_set

Wanted = Literal["yes_no", "span", "place", "age", "address"]
Agent = Literal["company", "visitor", "anyone", "other"]  # anyone: the question is in the passive

LONGEST_SAID_BACK = 9  # words of a question's predicate that a line repeats
BEFORE = re.compile(
    r"^(?:(?:hi|hello|hey|ok|okay|so|and|also|but|well|please|pls|plz|quick question|just|one more|sorry|thanks|actually)\b"
    r"[\s,:!.-]*|(?:can|could) (?:you|u) tell me (?:if|whether)\s+|(?:tell me|i(?: would|'d)? (?:want|like) to know|i wonder"
    r"|wondering)(?:,| if| whether)?\s+)+"
)
SHORT_FORMS = ((r"\bu\b", "you"), (r"\bur\b", "your"), (r"\br\b", "are"), (r"\by'?all\b", "you"), (r"\bu guys\b", "you"))
NOT_SIMPLE = word_set("not never no why or nor neither without except unless only instead how what which who whom whose where if")
POINTING = word_set("it them they that those these he she him her")  # to something said before
ADVERBS = word_set("ever also actually really still even already always just knowingly truly honestly currently")
WITH_SUBJECT = word_set("do does will would can could may")
RIGHT_OF_VISITOR = re.compile(
    r"(?:(?:can|may|could) i|do i have (?:the|a|any) right to|am i (?:able|allowed|entitled) to)\b ?"
)  # fmt: skip
COMPANY_IS = re.compile(
    r"^(?:you(?: guys| people| lot)?|your company|this company|the company|your (?:site|website|app|service))\b"
)
TURNED = {"my": "your", "me": "you", "i": "you", "mine": "yours", "myself": "yourself", "your": "its", "you": "it", "am": "are",
          "our": "your", "we": "you"}  # fmt: skip
CAPITALS = {
    "ai": "AI", "ip": "IP", "eu": "EU", "eea": "EEA", "usa": "US", "uk": "UK", "gps": "GPS", "gdpr": "GDPR",
    "dnt": "do-not-track",
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A question whose form was read with certainty."""

    wants: Wanted
    agent: Agent
    verb: str  # the action; "" unless yes or no may answer
    things: frozenset[str]  # what it speaks of, besides the action
    subject: frozenset[str] = frozenset()  # what the agent `other` is
    object: frozenset[str] | None = None  # what the action is done to; None: a person's data as such
    said_back: str = ""  # the predicate as a line may repeat it: "sell your data"; "" if it should not
    words: tuple[str, ...] = ()


@lru_cache(maxsize=64)  # each of several passages is read for the same question
def read_question(question: str, company: str) -> Asked | None:
    """The form of a question to a company of that name; None if it is none of those that a first line can answer."""
    whole = question.lower().replace("’", "'").strip()
    text = BEFORE.sub("", whole)
    if text.startswith(("you ", "u ")) and whole.removesuffix(text).endswith((" if ", " whether ")):
        text = f"do {text}"  # "tell me whether you sell data"
    for short, long in SHORT_FORMS:
        text = re.sub(short, long, text)
    text = re.sub(r"\bthe us\b", "the usa", text)
    text = re.sub(r"\bdo[ -]not[ -]track\b", "dnt", text)
    name = company.lower()
    words = tokens(re.sub(rf"\b{re.escape(name)}\b", "you", text) if name else text)
    while words and words[-1] in {"?", ".", "!", "please", "pls", "thanks"}:
        words.pop()
    if not words or len(words) > 25 or {"?", "<", ">", ";"} & set(words):
        return None
    asked = _value_question(words) or _yes_no(words)
    return replace(asked, said_back=_as_written(asked.said_back, question)) if asked and asked.said_back else asked


def _as_written(said_back: str, question: str) -> str:
    """The predicate with the capitals that the visitor wrote: "use Google Analytics"."""
    if question.isupper():
        return said_back
    written = {word.lower(): word for word in re.findall(r"[^\W\d_][\w'-]*", question)[1:] if word.lower() not in TURNED}
    return " ".join(written.get(word, word) for word in said_back.split())


def _value_question(words: list[str]) -> Asked | None:
    text = " ".join(words)
    wants: Wanted | None = None
    if re.match(
        r"(?:for )?how (?:long|fast|quickly|soon|many (?:days|weeks|months|years))\b|when (?:will|is|are|do|does)\b", text
    ):
        wants = "span"
    elif re.match(r"(?:in |to |from )?(?:where\b|(?:which|what) (?:country|region|place))", text):
        wants = "address" if re.search(r"\b(?:write|contact|complain|send)\b", text) else "place"
    elif re.search(r"\bhow old\b|\bage\b", text):
        wants = "age"
    elif re.match(r"(?:how (?:can|do|could|would|should) i|who(?:m)?\b|what(?: is|'s)|whats|your)\b", text) and re.search(
        r"\b(?:contact|reach|e-?mail|write|ask|touch|dpo|officer|exercise|copy|representative|address|turn)\b", text
    ):
        wants = "address"
    if wants is None:
        return None
    return Asked(wants, "anyone", "", content(words), words=tuple(words))


def _yes_no(words: list[str]) -> Asked | None:
    if (NOT_SIMPLE | POINTING) & set(words) or "," in words or ":" in words:
        return None
    aux, rest = words[0], words[1:]
    if aux in WITH_SUBJECT and (found := COMPANY_IS.match(" ".join(rest))):
        return _active("company", " ".join(rest)[found.end() :].split())
    if aux == "are" and rest[:1] == ["you"]:
        after = [word for word in rest[1:] if word not in ADVERBS]
        return _with("company", after, "") if after and after[0].endswith("ing") else None
    right = RIGHT_OF_VISITOR.match(" ".join(words))
    if right:
        return _of_visitor(" ".join(words)[right.end() :].split())
    if aux in {"is", "are"}:
        return _passive(rest)
    return _of_another(aux, rest) if aux in WITH_SUBJECT else None


def _object(words: list[str]) -> frozenset[str] | None:
    """What stands before the first preposition; None for a person's data as such."""
    direct: list[str] = []
    for word in words:
        if word in {"with", "to", "for", "in", "on", "from", "at", "by", "about", "outside", "across", "that", "after", "when"}:
            break
        direct.append(word)
    found = content(direct)
    return None if not found and has_generic(direct) else found


def _active(agent: Agent, after: list[str]) -> Asked | None:
    verbs = [word for word in after if word not in ADVERBS]
    if not verbs:
        return None
    return _with(agent, verbs, said_back(after), adverbs=frozenset(after) & {"knowingly"})


def _with(agent: Agent, after: list[str], said: str, *, adverbs: frozenset[str] = frozenset()) -> Asked | None:
    verb = action(after[0]) if after else None
    if verb is None or (len(after) > 2 and after[1] == "and" and action(after[2])):
        return None
    if verb == "train" and after[1:2] and not content(after[1:2]):
        return None
    return Asked(
        "yes_no", agent, verb, content(after[1:]) | adverbs, object=_object(after[1:]), said_back=said, words=tuple(after)
    )


def _of_visitor(after: list[str]) -> Asked | None:
    verbs = [word for word in after if word not in ADVERBS]
    if len(verbs) >= 3 and verbs[0] in {"get", "have"} and action(verbs[-1]) and verbs[-1].endswith("ed"):
        verb = action(verbs[-1])
        done_to = verbs[1:-1]
        return Asked(
            "yes_no", "visitor", verb or "", content(done_to), object=_object(done_to), said_back=said_back(after),
            words=tuple(after),
        )  # fmt: skip
    if verbs[:3] == ["ask", "you", "to"]:
        verbs = verbs[3:]
    return _with("visitor", verbs, said_back(after))


def _passive(rest: list[str]) -> Asked | None:
    participles = [
        place
        for place, word in enumerate(rest)
        if place and action(word) and re.search(r"(?:ed|en|old|ept|elt|old|eld|ent|ad)$", word)
    ]
    if not participles or "by" in rest:
        return None
    place = participles[0]
    subject = [word for word in rest[:place] if word != "being" and word not in ADVERBS]
    verb = action(rest[place])
    if rest[0] in {"there", "you"} or verb is None:
        return None
    things = content([*subject, *rest[place + 1 :]])
    return Asked("yes_no", "anyone", verb, things, object=_object(subject), words=tuple(rest))


def _of_another(aux: str, rest: list[str]) -> Asked | None:
    """ "can other users see my profile", "does my data leave the eu", "will my data be deleted"."""
    if "be" in rest:
        return _passive([word for word in rest if word != "be"]) if aux in {"will", "can", "may"} else None
    place = next((place for place, word in enumerate(rest) if place and action(word)), None)
    if place is None or place > 4:
        return None
    verb = action(rest[place])
    after = rest[place + 1 :]
    return Asked(
        "yes_no", "other", verb or "", content(after), object=_object(after), subject=content(rest[:place]), words=tuple(rest)
    )


def said_back(after: list[str]) -> str:
    """A predicate turned round to be said to the visitor: "sell my data" → "sell your data"; "" if it is long or odd."""
    if not 2 <= len(after) <= LONGEST_SAID_BACK or not all(re.fullmatch(r"[a-z][a-z'-]*", word) for word in after):
        return ""
    if {"they", "them", "it", "this", "that", "if", "when", "he", "she", "and", "want", "because"} & set(after):
        return ""
    if "us" in after:
        return ""
    return " ".join(TURNED.get(word, CAPITALS.get(word, word)) for word in after)
