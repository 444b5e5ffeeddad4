"""Whether a question asks what another company does with the visitor's data: "does Microsoft get my data". Pure.

It is a question to the policy whatever else is in it, and is answered by the passage that names that company, wherever it
stands; else by what the policy says of recipients.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from knowledge.needed import company_named

QUESTION = "with whom do you share my personal data"
# A word that no question of the bank has, where the one stands who does something: "does Initech read this".
DOES = re.compile(
    r"^\W*(?:(?:and|but|so|or|also|then|ok(?:ay)?|hi|hello)\W+)*(?:do|does|did|can|could|will|would|is|are|has|have)\s+"
    r"(?P<who>[^\W\d_][\w.&’'-]*)\s+(?:(?:also|still|ever|really)\s+)?"
    r"(?:gets?|getting|receiv\w+|sees?|reads?|reading|have|has|know|access|look|collect\w*|track\w*|use|using|process\w*|store"
    r"|listen\w*|involved|behind)\b",
    re.IGNORECASE,
)
PASSED = re.compile(
    r"\b(?:gets?|getting|got|receiv\w+|sees?|reads?|reading|knows?|ha(?:s|ve)|access\w*|look\w*|collect\w*|track\w*|listen\w*"
    r"|shar\w+|giv\w+|sen[dt]\w*|sell\w*|sold|pass\w*|forward\w*|transfer\w*|involved|behind|end up|go(?:es)? to)\b",
    re.IGNORECASE,
)


def recipient_in(question: str, ordinary: Collection[str], names: Iterable[str] = ()) -> re.Pattern[str] | None:
    """What the other company is called that a question asks about; None if it asks about none.

    ordinary: words, in lower case, that are no names. names: those of the company that is asked.
    """
    known = company_named(question)
    asked = DOES.match(question)
    who = known if known and PASSED.search(question) else asked["who"] if asked else ""
    if not who or (who != known and who.lower() in ordinary) or who.lower() in {name.lower() for name in names}:
        return None
    return re.compile(rf"(?<!\w){re.escape(who)}(?!\w)", re.IGNORECASE)
