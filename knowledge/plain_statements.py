"""Passages that say a thing in so many words, such as "You may request deletion of your data", or lack its substance. Pure.

Near vectors miss a right that stands as one word in a list, and it would then be listed as not found, although the policy
grants it. Only what names the thing itself counts here; all else is left to the aspect mapper.
"""

from __future__ import annotations

import re

from knowledge.dating import states_date
from knowledge.needed import SPAN, needed_in_answer
from knowledge.particulars import EXAMPLE, EXCEPTION, POINTER
from knowledge.passages import Passage

# Whose right it is: a right, or what people may ask for. What the company reserves for itself is no right of theirs.
GRANTS = re.compile(
    r"\brights?\b|\bentitled to\b|"
    r"\b(?:you|users?|individuals?|people|persons?|visitors?|customers?|members?|data subjects?|residents?|anyone)"
    r"(?: \w+)? (?:may|can|could) (?:(?:also|always|at any time|then) )*(?:ask|request|demand|require|contact|write|e-?mail)\b|"
    r"\b(?:ask|tell|e-?mail|write to|contact) us\b(?: [\w.@-]+){0,4}? (?:to|for)\b",
    re.IGNORECASE,
)
NOT_THEIRS = re.compile(
    r"\breserves?\b|\bproperty rights?\b|\b(?:we|company|us)(?: \w+)? (?:have|has|retains?) the right\b|"
    r"\b(?:no|not|n['’]t)\b[^.;]{0,25}\b(?:rights?|entitled|ask|request)\b",
    re.IGNORECASE,
)
RIGHTS = {
    "rights.access": r"(?<!unauthorized )(?<!unauthorised )\baccess(?:ing|ed)?\b"
    r"(?! (?:to )?(?:the |our |this |these |your )?(?:services?|sites?|websites?|platforms?|apps?|accounts?|controls?|logs?)\b)|"
    r"\bcop(?:y|ies) of (?:all |any )?(?:your|their|the|one's)\b[^.;]{0,40}\b(?:data|information|it)\b|"
    r"\bright to know\b|\bto know (?:the|what|which|whether)\b|"
    r"\b(?:see|know|find out|tell you) (?:all |exactly )?(?:the (?:data|details|information)|what(?: data)?) "
    r"(?:that )?(?:we|is|are)\b",
    "rights.deletion": r"\b(?:delet|eras)\w+|\bright to be forgotten\b|"
    r"\bremov\w+ (?:of )?(?:your|their)\b[^.;]{0,30}\b(?:data|information)\b",
    "rights.correction": r"\bcorrect(?:ed|ing|ions?)?\b|\brectif\w+|\bamend\w*|\b(?:put|set) right\b|"
    r"\bupdat\w+ (?:of )?(?:your|their)\b[^.;]{0,30}\b(?:data|information)\b",
    "rights.portability": r"\bportab\w+|\bmachine[- ]readable\b|"
    r"\b(?:data|information)\b[^.;]{0,40}"
    r"\b(?:take elsewhere|to another (?:company|controller|provider|service|organi[sz]ation))\b",
    "rights.restriction": r"\brestrict\w*\b[^.;]{0,40}\b(?:process\w*|use|data|information)\b|\brestriction\b|"
    r"\blimit\w*\b[^.;]{0,20}\bprocessing\b|\bmake us pause\b",
    "rights.objection": r"\bobject(?:ing|ions?)?\b",
    "rights.withdraw_consent": r"\b(?:withdr\w+|revok\w+|take back)\b[^.;]{0,40}\bconsents?\b|"
    r"\bconsents?\b[^.;]{0,30}\bwithdr\w+",
    "rights.non_discrimination": r"\bdiscriminat\w+|\bretaliat\w+",
    "selling.opt_out": r"\bopt(?:ing)?[- ]?out\b[^.;]{0,60}\b(?:sales?|sell\w*|sold)\b",
}
STATEMENTS = {
    "rights.complaint": r"\b(?:complain\w*|lodge)\b[^.;]{0,80}"
    r"\b(?:\w*authorit\w+|commission\w*|regulators?|ombuds\w+|ICO|CNIL)\b",
    "selling.sold": r"\b(?:not|never|n['’]t)\b[^.;]{0,30}\b(?:sell|sold)\b[^.;]{0,60}\b(?:data|information)\b",
    "contact.dpo": r"\bdata protection officer\b[^.;]*(?:@|\bis\b|\bat\b|:)",
}
_RIGHTS = {aspect: re.compile(pattern, re.IGNORECASE) for aspect, pattern in RIGHTS.items()}
_STATEMENTS = {aspect: re.compile(pattern, re.IGNORECASE) for aspect, pattern in STATEMENTS.items()}


def plainly_stated(passage: Passage) -> frozenset[str]:
    """The ids of the aspects that the passage addresses in so many words; of rights, those that it grants."""
    text = " ".join(passage.text.split())
    whole = f"{passage.lead_in} {text}"
    stated = {aspect for aspect, pattern in _STATEMENTS.items() if pattern.search(text)}
    if GRANTS.search(whole) and not NOT_THEIRS.search(whole):
        stated |= {aspect for aspect, pattern in _RIGHTS.items() if pattern.search(text)}
    return frozenset(stated)


# What a passage must hold to be surely about an aspect, which consists of it: an address, an age, a date, a span of time.
HOLDS = {
    "contact.email": r"[^\s@]+@[^\s@]+\.[^\s@]+|\[at\]",
    "contact.phone": r"\d{3}",
    "contact.postal": r"\d",
    "children.minimum_age": r"\b\d\d\b",
    "cookies.banner": r"\b(?:banners?|preferences?|settings?|manage\w*|pop-?ups?|consent (?:tool|manag)\w*)\b",
    "cookies.duration": rf"{SPAN.pattern}|\bsession\b|\bclose\w*\b|\bpersist\w*",
    "legal_basis.other_laws": r"(?-i:\b[A-Z]{4,}\b|\bAct\b|\bLaw of\b|\bCode\b)",
    "security.in_transit": r"\bencrypt\w*|\btls\b|\bssl\b|\bsecure sockets?",
    "rights.response_time": SPAN.pattern,
}
HELD_IN_QUESTION = {  # where a question for it tells what an answer must hold
    "transfers.location": "where is it stored",
    "use.ai_training": "do you train ai models with it",
    "selling.sold": "do you sell data",
}  # fmt: skip
DATED = frozenset(["changes.last_updated", "changes.effective_date"])
OF_ALL = frozenset(["collection.general", "retention.general", "sharing.general", "use.purposes", "legal_basis.general"])
_HOLDS = {aspect: re.compile(pattern, re.IGNORECASE) for aspect, pattern in HOLDS.items()}
KEPT_FOR = re.compile(
    rf"{SPAN.pattern}|(?<!this )\bperiods?\b|\bso long\b|\bnecessary\b|\bneeded\b|\bpurged?\b", re.IGNORECASE
)  # fmt: skip
NO_SPAN = frozenset(["retention.no_longer_needed", "retention.customer_determined"])


def lacks_its_substance(aspect: str, passage: Passage) -> bool:
    """Whether a passage may only come near to an aspect: it points elsewhere, lacks what the aspect consists of, or is an
    exception or an example where the aspect is about all.
    """
    text = passage.text.strip().lstrip("•-*– ")
    if POINTER.match(text) and not aspect.startswith("other."):
        return True
    if aspect in OF_ALL and (EXCEPTION.match(text) or EXAMPLE.match(text)):
        return True
    if aspect in DATED:
        return not states_date(text)
    whole = f"{passage.lead_in} {text}"
    needed = needed_in_answer(HELD_IN_QUESTION[aspect]) if aspect in HELD_IN_QUESTION else None
    if needed is not None:
        return not needed.held_by(passage)
    if aspect.startswith("retention.") and aspect not in NO_SPAN:
        return not KEPT_FOR.search(whole)
    return aspect in _HOLDS and not _HOLDS[aspect].search(whole)
