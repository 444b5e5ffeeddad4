"""Whom or what a passage speaks of, where that is not everybody and everything. Pure.

A sentence about one product, one group of people or one country, an exception, an example or a mere pointer to another page is
near to a general question, and answers a part of it at most. So a rule comes before it, and where there is none, the reader is
told which part it speaks of. All this is read from general cues of language, and from words that only one section uses.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from knowledge.messages import EMPTY_WORDS, POINTING_WORDS
from knowledge.naming import COMMON, name_one_thing, share_named
from knowledge.passages import Passage
from knowledge.wording import has_generic, tokens
from knowledge.words import stems

Kind = Literal["part", "group", "place", "thing", "case", "exception", "example", "pointer"]
# Of what these say it cannot be known whether it holds for the rest, so a question about all of a person's data is not surely
# answered by them.
NOT_FOR_ALL: frozenset[Kind] = frozenset(["part", "group", "thing", "pointer"])

# Groups of people: how a heading or a sentence names them, and what else a question says that asks about them.
GROUPS = {
    "children": (
        r"child(?:ren)?(?:['’]s)?|kids?|minors?|teen\w*|parents?|guardians?|pupils?|students?|schools?|daughters?|sons?"
        r"|years? old|under(?: the age of)? \d\d|\d\d years"
    ),
    "applicants": (
        r"(?:job )?applicants?|candidates?|recruit\w*|careers?|job (?:applications?|seekers?|openings?)|cvs?|r[ée]sum[ée]s?|jobs?"
        r"|hir(?:e|es|ed|ing)"
    ),
    "staff": r"employees?|staff|personnel|colleagues?",
    "organisations": (
        r"enterprise(?: customers?)?|business (?:customers?|accounts?|users?)|organi[sz]ations?|administrators?|admins?"
        r"|workspaces?|resellers?"
    ),
    "sellers": r"developers?|merchants?|sellers?|publishers?|creators?|drivers?|couriers?|landlords?|suppliers?",
}
ASKS_ABOUT_GROUP = {
    "children": r"age|old|young\w*|adults?|grown[- ]?ups?|1\d ?(?:yo|y/o|years?)?|boys?|girls?|baby|babies|toddlers?",
    "applicants": r"appl(?:y|ied|ying) (?:for|to|here|at|with)|interview\w*|vacanc\w*",
    "staff": r"work(?:s|ed|ing)? (?:for|at|here)|your people|humans?",
    "organisations": r"boss(?:es)?|employers?|(?:my|our|your|a) compan(?:y|ies)|teams?|business(?:es)?|at work",
    "sellers": r"shops?|api|sdk",
}
PLACES = (
    r"californian?s?|ccpa|cpra|nevada|virginia|colorado|connecticut|utah|texas|oregon|montana|delaware"
    r"|u\.?s\.? (?:state\w*|residents?|users?|privacy|consumers?)|united states|american|e\.?u\.?|eea|europe\w*|gdpr|u\.?k\.?"
    r"|united kingdom|british|switzerland|swiss|brazil\w*|lgpd|canad\w*|quebec|australia\w*|india\w?|japan\w*|korea\w?|kenya\w?"
    r"|china|chinese|singapore|israel\w?|new zealand|south africa\w?|germany?|german|france|french"
)
OF_PLACE = re.compile(
    rf"^(?:(?:additional|further|special|your|specific|supplemental|notice|information|disclosures?|rights|privacy) )*"
    rf"(?:(?:for|to|in|of|under) )?(?:the )?(?:{PLACES})\b|\b(?:residents|users|individuals|people|consumers|citizens|customers"
    rf"|those|visitors|players) (?:of|in|from|located in|based in) (?:the )?(?:{PLACES})\b|\b(?:{PLACES}) (?:residents?|users?"
    rf"|consumers?|citizens?|law)\b|\bif you (?:are|live|reside)(?: \w+){{0,4}}? (?:in|of) (?:the )?(?:{PLACES})\b",
    re.IGNORECASE,
)
NAMES_PLACE = re.compile(rf"\b(?:{PLACES})\b", re.IGNORECASE)
# A heading with the law of Europe in it, such as "Your rights under the GDPR", often stands above what holds for everybody.
OF_PLACE_ABOVE = re.compile(
    rf"\b(?!(?:gdpr|e\.?u\.?|eea|europe\w*)\b)(?:{PLACES})\b"
    r"|\b(?:europe\w*|e\.?u\.?|eea) (?:residents?|users?|data subjects?|individuals|visitors|customers)\b"
    r"|\b(?:residents|users|individuals|people|visitors|customers|those) (?:of|in|from) (?:the )?(?:europe\w*|e\.?u\.?|eea)\b",
    re.IGNORECASE,
)
EXCEPTION = re.compile(
    r"(?:However|But|Please (?:also )?note|Note that|Nevertheless|Nonetheless|Notwithstanding|Except|Unless|That said|Even so|"
    r"In (?:certain|some|limited|other|such|these) (?:jurisdictions|countries|states|regions)|To the extent|"
    r"(?:The|An|Some|General|The general) (?:exceptions?|exclusions?|exemptions?))\b"
)
EXAMPLE = re.compile(
    r"(?:As (?:an?|another|one|a further) (?:example|illustration)|For (?:example|instance)|E\.g\.)", re.IGNORECASE
)
CASE = re.compile(
    r"(?:If|When|Whenever|Where|Once|Should) you(?:['’]ve| have| are| do)? (?P<does>[^,.;:]{3,90})[,:]", re.IGNORECASE
)
# What everybody does who asks: it limits nothing.
ALL_DO = re.compile(
    r"\b(?:use|using|visit\w*|access\w*|brows\w*|interact\w*) (?:with )?(?:(?:our|the|this|these|any|of|\w+['’]s) )+(?:\w+ ){0,2}"
    r"(?:services?|web ?sites?|sites?|pages?|platforms?|apps?|applications?|products?|software|portal)\b|\bquestions?\b"
    r"|\bconcerns?\b|\bcontact us\b|\bwish\b|\bwant\b|\bwould like\b|\bexercis\w+\b|\brequest\b|\ba user\b|\bbelieve\b"
    r"|\b(?:an?|your) account\b|\bprovide us\b|\bunhappy\b|\bsatisf\w+\b|\bno longer\b|\bdisagree\b",
    re.IGNORECASE,
)
# "What do you collect?" is not answered by one thing that is not; a question that a yes or a no answers is.
OPEN_QUESTION = re.compile(r"^\W*(?:(?:and|but|so|hi|hello)\W+)*(?:what|which|who|whom)\b", re.IGNORECASE)
DENIAL = re.compile(
    r"(?:we|\w+) (?:do|does|did|will|would)(?: not|n['’]t) (?:\w+ ){0,2}?(?:collect|store|receive|process|keep|use|ask for|gather"
    r"|request)\b",
    re.IGNORECASE,
)
NEGATION = re.compile(r"\b(?:not|never)\b|n['’]t\b", re.IGNORECASE)
POINTER = re.compile(
    r"(?:(?:for|to (?:find out|learn|read|see|get|obtain)) (?:\w+ )?(?:more|further|additional|detail(?:s|ed)?)\b"
    r"|(?:you (?:can|may) )?(?:also )?(?:find(?: out)?|learn|read) (?:more|further|additional)\b"
    r"|(?:please )?(?:see|refer to|consult|read|visit|check(?: out)?|review|click) (?:on )?"
    r"(?:the|our|their|its|this|these|those|here)\b)",
    re.IGNORECASE,
)
ASKS_FOR_PAGE = re.compile(
    r"\b(?:where (?:can|do|could|would|should) (?:i|we) (?:read|find|see|look)|links?|(?:read|learn|know|find out) more|web ?page"
    r"|(?:full|whole|complete) (?:list|policy|text))\b",
    re.IGNORECASE,
)
# A sentence whose subject is one kind of data, or a technical thing, in place of what is held of somebody.
OF_ALL_DATA = (  # "personal data is kept", "what information we have": of no one kind
    "personal your user users users' customer identifiable private this that the all any of such collected stored these other "
    "and or more additional further what which no contact where when if how as while because since whether once each every its "
    "their his her my same until unless after before in on to for from with by we relevant required necessary"
)
THING = re.compile(
    r"(?:(?:the|these|those|such|our|most|some|all|any|certain|session|persistent|third[- ]party)\s+)*"
    r"(?P<thing>[\"“]?cookies?[\"”]?|web beacons?|pixels?|log ?files?|server logs?|backups?(?: copies)?|recordings?|invoices?"
    rf"|(?!(?:{OF_ALL_DATA.replace(' ', '|')})\b)[a-z-]+ (?:data|information|records?))\b"
    r"(?:[^.,;:]{0,60}?) (?:is|are|was|were|will|may|can|has|have|remains?|lasts?|gets?)\b",
    re.IGNORECASE,
)
# Words of headings that divide every policy, one of each stem: they name no part of it.
OF_HEADINGS = (
    "notice statement identifiable collect gather usage share disclose disclosure process purpose legal law basis bases "
    "ground choice choose control option retention retain keep kept period store storage hold held secure protect safeguard "
    "safe transfer international country border cross abroad location cookie track technology similar third party provider "
    "partner vendor affiliate recipient change update revision modification amendment contact reach complaint complain "
    "comply compliance category source direct automatic introduction overview general definition scope applicability apply "
    "responsible processor officer representative access delete erase erasure correct rectification object restrict "
    "portability withdraw consent marketing advertising ads communication email mail sale sell sold opt account online "
    "visitor client member individual subject welcome important additional further main summary key point section part "
    "effective date version last contents table link disable manage necessary performance contract contractual obligation "
    "legitimate interest vital public authority supervisory request exercise submit made help learn read glance short "
    "simple obtain receive given send sent interaction activity device technical log human decision automated profiling "
    "breach incident notification notify minimum age child children minor kid setting preference customise personalise tip "
    "end onward adequacy principle framework measure dpo gdpr"
)  # fmt: skip
WORD = re.compile(r"[^\W\d_]{2,}(?:[-'’][^\W\d_]+)*")
ABOUT_DATA = re.compile(  # what is called after data, but is none
    r"\b(?:data|info(?:rmation)?)[ -](?:requests?|protection|privacy|breach\w*|leaks?|officers?|controllers?|processors?|pac\w+"
    r"|centers?|centres?|portability|polic\w+)\b",
    re.IGNORECASE,
)
ABOUT_IT = re.compile(  # after a question about data, "it" is all of that
    r"(?:(?:and|so|but|also)\s+)?(?:where|(?:for )?how long|who|what happens)\b[^?]*\b(?:it|them|everything)\b", re.IGNORECASE
)  # fmt: skip
OPENING = 120  # characters in which a sentence says for whom it holds
WITHIN = 2  # passages of a section that use a word of its heading, from which the section is about that
LARGEST = 0.34  # share of a policy's passages; what is larger is no part of it


@dataclass(frozen=True)
class Particular:
    """What a passage is limited to."""

    kind: Kind
    label: str = ""  # the heading that says so; "" where the passage's own words do

    def answers(self, question: str) -> bool:
        """Whether a passage that is limited so may answer the question for sure, which does not name the limit.

        What is said of some people says nothing of others, and what is said of a part nothing of all of a person's data.
        """
        return self.kind != "group" and not (self.kind in NOT_FOR_ALL and asks_of_all(question))


@dataclass(frozen=True)
class Part:
    """A section about one product, tool or occasion."""

    title: str  # its heading, as it stands
    words: frozenset[str]  # the stems that make it one: used here, and hardly elsewhere


def parts_of(passages: Sequence[Passage], names: Iterable[str] = ()) -> Mapping[str, Part]:
    """Each section that lies within a part of the policy → that part. `names`: the company's, which mark none.

    A heading makes a part if one of its words divides no other policy, and the passages below it go on using that word, which
    the rest of the policy hardly does: "AI scribes", "Events", but not "Our promise".
    """
    general = _general() | frozenset(stem for name in names for stem in stems([name])[0])
    single = [one for one in passages if one.kind != "list"]
    using: dict[str, list[str]] = defaultdict(list)  # stem → the section of each passage that uses it
    for one, words in zip(single, stems([one.text for one in single]), strict=True):
        for stem in set(words):
            using[stem].append(one.section)
    found: dict[str, Part | None] = {}
    parts: dict[str, Part] = {}
    for section in dict.fromkeys(one.section for one in passages):
        titles = section.split(" › ")
        for depth in range(1, len(titles) + 1):
            path = " › ".join(titles[:depth])
            if path not in found:
                own = {stem for stem in stems([" ".join(WORD.findall(titles[depth - 1]))])[0] if stem not in general}
                within = {stem: _below(path, using.get(stem, ())) for stem in own}
                local = frozenset(stem for stem in own if within[stem] >= WITHIN and 2 * within[stem] > len(using[stem]))
                small = local and _below(path, [one.section for one in single]) <= LARGEST * len(single)
                found[path] = Part(titles[depth - 1], local) if small else None
            part = found[path]
            if part is not None:
                parts[section] = part
                break
    return parts


def _below(path: str, sections: Iterable[str]) -> int:
    """How many of the sections are this one, or lie within it."""
    return sum(f"{section} › ".startswith(f"{path} › ") for section in sections)


def particular(passage: Passage, question: str, parts: Mapping[str, Part]) -> Particular | None:
    """What the passage is limited to and the question is not; None if it speaks of all that is asked."""
    text = passage.text.strip().lstrip("•-*– ")
    if POINTER.match(text) and not ASKS_FOR_PAGE.search(question):
        return Particular("pointer")
    part = parts.get(passage.section)
    if part is not None and not name_one_thing(question, " ".join(sorted(part.words))):
        return Particular("part", part.title)
    return _of_some_people(passage, text, question) or _of_a_sentence(passage, text, question)


def asks_of_all(question: str) -> bool:
    """Whether a question is about a person's data as such: "where is my data stored", "where is it"; not "do you keep photos"."""
    return bool(ABOUT_IT.match(question)) or has_generic(tokens(ABOUT_DATA.sub(" ", question)))


def is_to_the_point(passage: Passage, own: frozenset[str]) -> bool:
    """Whether a passage itself names something that only this question asks for: then its limit is the question's as well.

    own: the stems of the question that other questions do not have.
    """
    return share_named(own - _general(), replace(passage, context="")) > 0


def _of_some_people(passage: Passage, text: str, question: str) -> Particular | None:
    titles = passage.section.split(" › ") if passage.section else []
    for named, asked, opening in _groups():
        if asked.search(question):
            continue
        above = next((title for title in titles if named.search(title)), None)
        if above is not None:
            return Particular("group", above)
        if opening.match(text):
            return Particular("group")
    if NAMES_PLACE.search(question):
        return None
    above = next((title for title in titles if OF_PLACE_ABOVE.search(title)), None)
    if above is not None:
        return Particular("place", above)
    return Particular("place") if passage.kind != "list" and OF_PLACE.search(text[:OPENING]) else None


@cache
def _groups() -> tuple[tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]], ...]:
    """Of each group: how it is named, how a question asks about it, and how a sentence about it begins."""
    return tuple(
        (
            re.compile(rf"\b(?:{words})\b", re.IGNORECASE),
            re.compile(rf"\b(?:{words}|{ASKS_ABOUT_GROUP[group]})\b", re.IGNORECASE),
            re.compile(rf"(?:for|if you are|as|to) (?:an? |our |any )?(?:{words})\b|(?:{words})\b", re.IGNORECASE),
        )
        for group, words in GROUPS.items()
    )


def _of_a_sentence(passage: Passage, text: str, question: str) -> Particular | None:
    """What the sentence limits itself to by its subject, or by how it begins."""
    thing = None if passage.lead_in else THING.match(text)
    if thing and not name_one_thing(question, thing["thing"]):
        return Particular("thing")
    case = None if NAMES_PLACE.search(question) else CASE.match(text)
    if case and not ALL_DO.search(f"{case['does']} ") and not name_one_thing(question, case["does"]):
        return Particular("case")
    denied = DENIAL.match(text) if OPEN_QUESTION.match(question) and not NEGATION.search(question) else None
    if denied and not name_one_thing(question, text[denied.end() :]):
        return Particular("thing")
    if EXCEPTION.match(text):
        return Particular("exception")
    return Particular("example") if EXAMPLE.match(text) else None


@cache
def _general() -> frozenset[str]:
    return frozenset(stems([f"{OF_HEADINGS} {COMMON} {EMPTY_WORDS} {POINTING_WORDS}"])[0])
