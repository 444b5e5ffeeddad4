"""Passages that say a thing in so many words, such as "You may request deletion of your data". Pure.

Near vectors miss a right that stands as one word in a list, and it would then be listed as not found, although the policy
grants it. Only what names the thing itself counts here; all else is left to the aspect mapper.
"""

from __future__ import annotations

import re

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
