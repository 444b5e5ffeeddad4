"""Whether somebody speaks of a request that they made elsewhere: by mail, by phone, or in a chat that is gone. Pure."""

from __future__ import annotations

import re

# "I asked you in March", "we wrote to them by mail"
ASKED = re.compile(
    r"\b(?:i|we|my \w+)(?:['’]?ve| have| had)? (?:already |once |even |also )*(?:asked|requested|wrote|written|e-?mailed|mailed"
    r"|sent|sended|complained|called|phoned|rang|told|contacted|messaged"
    r"|(?:made|opened|filed|submitted|put in) (?:\w+ ){0,2}(?:request|complaint|claim|ticket|case))\b",
    re.IGNORECASE,
)
# … and it was long ago, or nothing came of it
SINCE = re.compile(
    r"\b(?:ago|last (?:week|month|year|summer|winter|spring|autumn)|(?:in|since|on|back in) (?:january|february|march|april|may"
    r"|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
    r"|(?:weeks?|months?|days?|years?) (?:and|now|later|already)|yesterday|never (?:heard|got|answer\w*|repl\w*|came|any)"
    r"|(?:heard|got|received|had) (?:nothing|no\w*)|nothing (?:happened|came|since|yet)"
    r"|no (?:answer|reply|response|reaction|word)|nobody|no ?one|still (?:waiting|nothing|no|not|there|have|get)"
    r"|not (?:yet )?(?:heard|answered|replied)|ignored"
    r"|(?:did|have|has)(?:n['’]?t| not) (?:\w+ )?(?:answer\w*|repl\w*|react\w*|heard|called|written|done)"
    r"|twice|three times|many times)\b",
    re.IGNORECASE,
)
WISHES_NOW = re.compile(
    r"\b(?:please|pls|plz|(?:can|could|will|would) (?:you|u)|i want|i need|i['’]?d like|i would like|now (?:delete|send|do))\b",
    re.IGNORECASE,
)


def asked_before(text: str) -> bool:
    """Whether a message only speaks of an earlier request. Who also says what they want now has said more."""
    return bool(ASKED.search(text) and SINCE.search(text)) and WISHES_NOW.search(text) is None
