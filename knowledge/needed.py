"""What an answer must hold for some questions: a span of time after "how long", a place after "where", a thing by its name. Pure.

An encoder brings every sentence about keeping data near to such a question, also those that name no time, and every sentence
about what is recorded near to a question about keystrokes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pycountry
import yaml

from knowledge.messages import POSTAL
from knowledge.passages import Passage

TABLE = Path(__file__).parent / "named_things.yml"
ASKED = "<asked>"  # in `named`: the very words that were asked for
ROW, PLAINLY = {"asked", "named", "otherwise", "plainly"}, {"if", "question"}
COUNT = r"(?:\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fourteen|thirty|sixty|ninety|several|few)"
SPAN_ASKED = re.compile(
    r"\bhow (?:long|soon|quick(?:ly)?|fast|many (?:hours|days|weeks|months|years))\b|\b(?:un)?till? when\b|\bwhat period\b",
    re.IGNORECASE,
)
SPAN = re.compile(
    rf"\b{COUNT}[- )(]*(?:\d+\)? )?(?:business |working |calendar )?(?:minute|hour|day|week|month|year)s?\b|\bas long as\b|"
    r"\bno longer\b|\buntil\b|\bindefinite|\bnecessary (?:for|to)\b|\bimmediate|\bat once\b|"
    r"\b(?:undue|unreasonable) delay\b|\bprompt",
    re.IGNORECASE,
)
DATE_ASKED = re.compile(
    r"\bwhen (?:was|were|did|is|has|have)\b.{0,40}\b(?:update|updating|chang|revis|amend|edit|writ|effect|in force)|"
    r"\blast (?:update|chang|revis|amend|edit)|\bhow (?:old|new|recent) is (?:this|the|your)\b|\bwhat date\b|\bsince when\b",
    re.IGNORECASE,
)
DATE = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}[./]\d{1,2}[./]\d{2}\b")
PLACE_ASKED = re.compile(
    r"\b(?:where(?:'?s|'?re)?|were(?= (?:is|are)\b))\b(?! (?:can|could|do|should|must|may|would) (?:i|we)\b).{0,60}"
    r"\b(?:stor\w+|kept|keep|held|host\w*|servers?|process\w*|located|saved?|lives?|go(?:es)?|ends? up|sits?)\b|"
    r"\b(?:which|what) (?:country|countries|regions?|continents?|jurisdictions?)\b",
    re.IGNORECASE,
)
# "what is the e-mail address of …", "which number can I call": how to reach somebody, not what is known of the visitor.
TO_REACH = r"(?= (?:of|for|to|(?:do|can|could|should|must|may) (?:i|we|one))\b|\W*$)"
EMAIL_ASKED = re.compile(
    rf"(?:^|\b(?:what|which)(?:'?s)? (?:(?!my\b|our\b)\w+ ){{0,2}})e-?mail(?: ad+res+(?:es)?)?{TO_REACH}", re.IGNORECASE
)
EMAIL = re.compile(r"[\w.+-]+(?:@| ?[\[(]at[\])] ?)[\w-]+", re.IGNORECASE)
PHONE_ASKED = re.compile(
    rf"\b(?:what|which)(?:'?s)? (?:(?!my\b|our\b)\w+ ){{0,2}}(?:tele)?phone number{TO_REACH}|"
    r"\bnumber (?:to|(?:i|we) can|(?:can|do|should) (?:i|we)) (?:call|ring|phone)\b",
    re.IGNORECASE,
)
PHONE = re.compile(r"\+?\(?\d[\d ()./-]{5,}\d")
KINDS_OF_PLACE = (
    r"servers?|data ?cent(?:er|re)s?|located|location|host(?:ed|ing|s)?|country|countries|regions?|jurisdictions?|worldwide"
    r"|abroad|global\w*|overseas|offices?|facilit(?:y|ies)|cloud|aws|azure|locally"
    r"|on your (?:own )?(?:devices?|computers?|phones?)|browsers?"
)
LARGE_PLACES = (
    r"europe\w*|africa|asia|americas?|u\.s\.a?\.?|usa|u\.k\.|uk|eu|eea|england|scotland|wales"
    r"|united states|united kingdom"
)

# What a few words after an answer ask for by nothing but how they begin: "to whom then?", "where do they sit", "any phone?".
FEW = 6  # words
WHO_ASKED = re.compile(r"^\W*(?:(?:and|but|so|ok(?:ay)?)\W+)*(?:(?:to|with|by|from|for) )?whom?\b", re.IGNORECASE)
PARTIES = re.compile(
    r"\b(?:providers?|partners?|processors?|vendors?|suppliers?|contractors?|affiliates?|subsidiar\w+|authorit(?:y|ies)|agenc(?:y|ies)"
    r"|courts?|commission\w*|third[- ]part(?:y|ies)|networks?|banks?|buyers?|employees|personnel|staff|officer|representatives?"
    r"|customers?|compan(?:y|ies)|organi[sz]ations?|persons? with|inc|ltd|llc|oy|gmbh|fop|audits?|laws?)\b|[\w.+-]+@[\w-]+",
    re.IGNORECASE,
)
SEAT_ASKED = re.compile(
    r"\bwhere\b.*\b(?:sit|sits|based|located|registered|seated|resid\w+)\b|\bregistered where\b"
    r"|\bin (?:which|what) (?:country|town|city|state)\b",
    re.IGNORECASE,
)
WHICH_ARE_YOU = re.compile(r"\b(?:which|what)(?: one)?(?: of (?:them|these|those|the two))? (?:are|r) (?:you|u)\b", re.IGNORECASE)
OF_REACHING = re.compile(
    r"\b(?:who|whom|contact|reach|write|call|address|officer|dpo|operat\w+|registered|runs?)\b", re.IGNORECASE
)
FEW_OF_PHONE = re.compile(r"\b(?:phone|telephone|tel|call|ring)\b", re.IGNORECASE)
FEW_OF_EMAIL = re.compile(r"\be-?mails?\b", re.IGNORECASE)


@dataclass(frozen=True)
class Thing:
    """One thing that an answer must name, or a time or place that it must give."""

    pattern: re.Pattern[str]
    may_stand_above: bool  # in a heading too: what names a thing, but not a time
    otherwise: re.Pattern[str] | None = None  # where the same words name something else
    rare: bool = False  # so few passages hold one that it is worth looking further down

    def is_in(self, text: str) -> bool:
        """Whether the text names it."""
        return bool(self.pattern.search(self.otherwise.sub(" ", text) if self.otherwise else text))


@dataclass(frozen=True)
class Needed:
    """All that a passage must hold to answer a question."""

    things: tuple[Thing, ...]

    @property
    def rare(self) -> bool:
        """Whether few passages of a policy hold what is needed."""
        return any(thing.rare for thing in self.things)

    def held_by(self, passage: Passage) -> bool:
        """Whether the passage holds one of them itself or with its lead-in, and the others too, or by a heading above it."""
        said = f"{passage.lead_in} {passage.text}"
        own = [thing.is_in(said) for thing in self.things]
        return any(own) and all(
            mine or (thing.may_stand_above and thing.is_in(passage.readings[0]))
            for mine, thing in zip(own, self.things, strict=True)
        )

    def stands_above(self, passage: Passage) -> bool:
        """Whether headings, with the passage, hold all that the passage may rely on."""
        return all(thing.may_stand_above and thing.is_in(passage.readings[0]) for thing in self.things)

    def partly_held_by(self, passage: Passage) -> bool:
        """Whether the passage names, itself, one of the things that have a name of their own."""
        said = f"{passage.lead_in} {passage.text}"
        return any(thing.may_stand_above and thing.is_in(said) for thing in self.things)


@dataclass(frozen=True)
class NamedThing:
    """One row of the table."""

    asked: re.Pattern[str]
    needed: Thing
    plain_if: re.Pattern[str] | None = None  # what a question must say besides, to be the plain one
    plain_question: str = ""
    named: str = ""  # as the table has it, where the words that were asked for must be filled in

    def needed_after(self, asked: str) -> Thing:
        """What an answer must name, to a question that asked for the thing in these words."""
        return replace(self.needed, pattern=_words(self.named.replace(ASKED, re.escape(asked)))) if self.named else self.needed


@cache
def _named_things() -> tuple[NamedThing, ...]:
    """The table. Raises: ValueError where it is malformed."""
    return tuple(_named_thing(row) for row in yaml.safe_load(TABLE.read_text(encoding="utf-8")).values())


def _named_thing(row: dict[str, Any]) -> NamedThing:
    plainly = row.get("plainly")
    if not {"asked", "named"} <= set(row) <= ROW or (plainly is not None and set(plainly) != PLAINLY):
        raise ValueError(f"{TABLE.name}: a thing has `asked` and `named`, and may have `otherwise` and `plainly`")
    otherwise = _words(row["otherwise"]) if "otherwise" in row else None
    needed = Thing(_words(row["named"]), may_stand_above=True, otherwise=otherwise)
    asked = _words(row["asked"])
    named = row["named"] if ASKED in row["named"] else ""
    if plainly is None:
        return NamedThing(asked, needed, named=named)
    return NamedThing(asked, needed, _words(plainly["if"]), plainly["question"], named)


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)


def plain_question_for(question: str) -> str | None:
    """The plain question that one about a named thing is, in whatever words it is asked; None if it is none."""
    for thing in _named_things():
        if thing.asked.search(question):
            return thing.plain_question if thing.plain_if and thing.plain_if.search(question) else None
    return None


def company_named(question: str) -> str:
    """The well-known company that a question names, in its own words; "" if it names none."""
    found = next((thing.asked.search(question) for thing in _named_things() if ASKED in thing.named), None)
    return found[0] if found else ""


@cache
def _places() -> str:
    """The names of countries, and of what is larger or made of several, as alternatives of a pattern."""
    names = {name for country in pycountry.countries for name in (country.name, getattr(country, "common_name", country.name))}
    return rf"{LARGE_PLACES}|{'|'.join(sorted(map(re.escape, names)))}"


@cache
def _place() -> re.Pattern[str]:
    """A place, or a word for one."""
    return _words(f"{KINDS_OF_PLACE}|{_places()}")


@cache
def _elsewhere() -> re.Pattern[str]:
    """Places in which something is not: "outside the UK and the European Economic Area"."""
    one = rf"(?:the )?(?:{_places()})(?: economic area)?"
    return _words(rf"(?:outside|other than|elsewhere than)(?: of)? {one}(?:(?:,| and| or)+ {one})*")


def names_a_country(text: str) -> bool:
    """Whether a text says in which country or group of countries something is, and not only in which it is not."""
    return bool(_words(_places()).search(_elsewhere().sub(" ", text)))


def gives_address(passage: Passage) -> bool:
    """Whether a passage gives a postal address."""
    needed = needed_in_answer(POSTAL)
    return needed is not None and needed.held_by(passage)


def needed_in_answer(question: str) -> Needed | None:
    """What a passage must hold to answer the question; None where that cannot be told, as for "how do I delete it"."""
    asked = ((PLACE_ASKED, _place()), (SPAN_ASKED, SPAN), (DATE_ASKED, DATE))
    given = [Thing(held, may_stand_above=False) for words, held in asked if words.search(question)]
    to_reach = ((EMAIL_ASKED, EMAIL), (PHONE_ASKED, PHONE))
    given += [Thing(held, may_stand_above=False, rare=True) for words, held in to_reach if words.search(question)]
    named = [thing.needed_after(found[0]) for thing in _named_things() if (found := thing.asked.search(question))]
    return Needed((*given[:1], *named)) if given or named else None


def wanted_by_few_words(message: str, before: str, company: str) -> re.Pattern[str] | None:
    """What a passage must have in it to answer a few words that lean on the question before; None where that cannot be told.

    company: its name.
    """
    if len(message.split()) > FEW:
        return None
    if WHICH_ARE_YOU.search(message):
        return re.compile(rf"\b(?:we|our|{re.escape(company)})\b", re.IGNORECASE)
    if WHO_ASKED.search(message):
        return PARTIES
    if SEAT_ASKED.search(message):
        return _place_or_address()
    if OF_REACHING.search(before):
        return PHONE if FEW_OF_PHONE.search(message) else EMAIL if FEW_OF_EMAIL.search(message) else None
    return None


@cache
def _place_or_address() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{_places()})\b|\b\d{{4,6}}\b", re.IGNORECASE)
