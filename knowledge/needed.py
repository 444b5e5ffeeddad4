"""What an answer must hold for some questions: a span of time after "how long", a date after "when was this last changed". Pure.

An encoder brings every sentence about keeping data or about changes near to such a question, also those that name no time.
"""

from __future__ import annotations

import re

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


def needed_in_answer(question: str) -> re.Pattern[str] | None:
    """What a passage must hold to answer the question; None where that cannot be told, as for "do you sell my data"."""
    return next((held for asked, held in NEEDED if asked.search(question)), None)
