"""What an answer must hold for some questions: a span of time after "how long", and what was asked for by its name. Pure.

An encoder brings every sentence about keeping data near to such a question, also those that name no time, and every sentence
about what is recorded near to a question about keystrokes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.passages import Passage

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
NEEDED = ((SPAN_ASKED, SPAN), (DATE_ASKED, DATE))

# Things with a name of their own → the words in which policies name them. Who asks for one is not answered by a passage on its
# like: by what an app logs, where keystrokes were asked for, or by who gets data, where a sale was.
NAMED = {
    r"sell|sells|selling|sold|for sale|sale of|monetis\w*|monetiz\w*":
        r"sell\w*|sold|sales?|rent(?:s|ed|ing)?|trad(?:e|es|ed|ing)|monetis\w*|monetiz\w*|consideration|lease[sd]?|money|paid",
    r"dpo|data (?:protection|privacy) officer|privacy officer":
        r"dpo|dpo@\S+|(?:data|privacy|protection) officer|in charge of|responsible for",
    r"key ?strokes?|key ?logg\w+": r"key ?strokes?|key ?logg\w+|keyboard|typed|typing|you type",
    r"address book|phone ?book|contacts? list": r"address book|phone ?book|contacts|contacts? list|phone numbers",
    r"biometrics?|fingerprints?|face ?(?:id|print)s?|facial|voice ?prints?":
        r"biometrics?|fingerprints?|face\w*|facial|voice ?prints?|templates?|scan\w*",
    r"microphone|mic": r"microphones?|audio|voice|sounds?|speech|listen\w*",
    r"gps": r"gps|location|geo\w+|whereabouts|position\w*",
    r"encrypt\w*|https|ssl|tls": r"encrypt\w*|https|ssl|tls|crypto\w*|cipher\w*|secure sockets? layer",
    r"credit cards?|debit cards?|card numbers?": r"cards?|payments?|billing|paid",
    r"ip|ip address(?:es)?": r"ips?|ip[ -]address(?:es)?|internet protocol|network address(?:es)?",
}  # fmt: skip
_NAMED = tuple(
    (re.compile(rf"\b(?:{asked})\b", re.IGNORECASE), re.compile(rf"\b(?:{named})\b", re.IGNORECASE))
    for asked, named in NAMED.items()
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


def needed_in_answer(question: str) -> Needed | None:
    """What a passage must hold to answer the question; None where that cannot be told, as for "how do I delete it"."""
    time = next((Needed(held, may_stand_above=False) for asked, held in NEEDED if asked.search(question)), None)
    return time or next((Needed(named, may_stand_above=True) for asked, named in _NAMED if asked.search(question)), None)
