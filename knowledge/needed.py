"""What an answer must hold for some questions: a span of time after "how long", a place after "where", a thing by its name. Pure.

An encoder brings every sentence about keeping data near to such a question, also those that name no time, and every sentence
about what is recorded near to a question about keystrokes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pycountry
import yaml

from knowledge.passages import Passage

TABLE = Path(__file__).parent / "named_things.yml"
COUNT = r"(?:\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fourteen|thirty|sixty|ninety|several|few)"
SPAN_ASKED = re.compile(
    r"\bhow (?:long|soon|quick(?:ly)?|fast|many (?:hours|days|weeks|months|years))\b|\buntil when\b|\bwhat period\b",
    re.IGNORECASE,
)
SPAN = re.compile(
    rf"\b{COUNT}[- )(]*(?:\d+\)? )?(?:business |working |calendar )?(?:minute|hour|day|week|month|year)s?\b|\bas long as\b|"
    r"\bno longer\b|\buntil\b|\bindefinite|\bretention period|\bnecessary (?:for|to)\b|\bperiods? of\b|\bimmediate|\bat once\b|"
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
    r"\bwhere(?:'?s|'?re)?\b(?! (?:can|could|do|should|must|may|would) (?:i|we)\b).{0,60}"
    r"\b(?:stor\w+|kept|keep|held|host\w*|servers?|process\w*|located|saved?|lives?|go(?:es)?|ends? up|sits?)\b|"
    r"\b(?:which|what) (?:country|countries|regions?|continents?|jurisdictions?)\b",
    re.IGNORECASE,
)
KINDS_OF_PLACE = (
    r"servers?|data ?cent(?:er|re)s?|located|location|host(?:ed|ing|s)?|country|countries|regions?|jurisdictions?|worldwide"
    r"|abroad|global\w*|overseas|offices?|facilit(?:y|ies)|cloud|aws|azure|locally|your (?:own )?(?:devices?|computers?)"
    r"|your phones?|browsers?|europe\w*|africa|asia|americas?|u\.s\.a?\.?|usa|u\.k\.|uk|eu|eea|england|scotland|wales"
    r"|united states|united kingdom"
)


@dataclass(frozen=True)
class Needed:
    """What a passage must hold to answer a question."""

    pattern: re.Pattern[str]
    may_stand_above: bool  # in a heading too: what names a thing, but not a time

    def held_by(self, passage: Passage) -> bool:
        """Whether the passage holds it, itself or with its lead-in."""
        return bool(self.pattern.search(f"{passage.lead_in} {passage.text}"))

    def stands_above(self, passage: Passage) -> bool:
        """Whether a heading holds it that the passage may rely on."""
        return self.may_stand_above and bool(self.pattern.search(passage.readings[0]))


@cache
def _named_things() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    """How each thing is asked for, and how it is named. Raises: ValueError where the table is malformed."""
    table = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    if any(set(words) != {"asked", "named"} for words in table.values()):
        raise ValueError(f"{TABLE.name}: each thing has `asked` and `named`")
    return tuple(
        (re.compile(rf"\b(?:{words['asked']})\b", re.IGNORECASE), re.compile(rf"\b(?:{words['named']})\b", re.IGNORECASE))
        for words in table.values()
    )


@cache
def _place() -> re.Pattern[str]:
    """A place, or a word for one."""
    names = {name for country in pycountry.countries for name in (country.name, getattr(country, "common_name", country.name))}
    return re.compile(rf"\b(?:{KINDS_OF_PLACE}|{'|'.join(sorted(map(re.escape, names)))})\b", re.IGNORECASE)


def needed_in_answer(question: str) -> Needed | None:
    """What a passage must hold to answer the question; None where that cannot be told, as for "how do I delete it"."""
    if PLACE_ASKED.search(question):
        return Needed(_place(), may_stand_above=False)
    needed = ((SPAN_ASKED, SPAN), (DATE_ASKED, DATE))
    time = next((Needed(held, may_stand_above=False) for asked, held in needed if asked.search(question)), None)
    return time or next((Needed(named, may_stand_above=True) for asked, named in _named_things() if asked.search(question)), None)
