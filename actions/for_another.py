"""Whether somebody writes for another person: a parent, a carer, an heir, an agent. Pure."""

from __future__ import annotations

import re

RELATIVE = (
    r"(?:mother|mum|mom|mam|father|dad|parents?|aunt\w*|uncle|grand\w+|nan|gran|granny|son|daughter|child(?:ren)?|kids?|baby|toddler"
    r"|wife|husband|spouse|partner|sister|brother|sibling|nephew|niece|cousin|friend|neighbou?r|teen\w*|boy|girl)"
)
ROLE = (
    r"(?:care?r|caregiver|guardian|executor|executrix|heir|widow(?:er)?|trustee|administrator|lawyer|attorney|solicitor|counsel"
    r"|paralegal|agent|social[ -]worker|foster[ -](?:mother|mum|father|dad|parent))"
)
# What a firm has of its clients: "our client chats" are its own, and nobody's for whom it speaks.
OF_CLIENTS = (
    r"(?:chats?|messages?|e-?mails?|calls?|tickets?|data|lists?|records?|files?|details|info\w*|names?|numbers?|base|accounts?"
    r"|portal|support|service|side|area|conversations?|contacts?|photos?|orders?|profiles?)"
)
# A wish made for another: they are told what to write into the details.
FOR_ANOTHER = re.compile(
    rf"\b(?:on behalf of|(?:my|a|our) (?:client|customer|consumer|ward|patient)\b(?! {OF_CLIENTS}\b)"
    r"|(?:authori[sz]ed|legal) (?:agent|representative)"
    r"|power of attorney|agent (?:here|request)|(?:we|i) (?:represent|act for|care for|look after)|acting (?:for|on|under)"
    r"|asked me to (?:get|have|do|write)|lasting power|probate|next of kin"
    rf"|{ROLE} (?:here|of|for|to)\b|(?:i am|i['’]?m|im|as) (?:an?|the|his|her|their|my \w+['’]?s) (?:\w+ )?{ROLE}\b"
    r"|(?:writ(?:e|ing)|typing|ask(?:ing)?) (?:this )?for (?:my|her|his|a|an|our)"
    rf"|(?:her|his|their|(?:{RELATIVE})['’]?s) (?:personal )?(?:data|account|profile|details|file|info\w*|photos?|name)"
    rf"|(?:my|our) (?:\w+ ){{0,2}}{RELATIVE} (?:has |have |had |just |recently )*(?:died|passed|(?:is )?dead|is deceased)"
    rf"|(?:late|deceased|dead) {RELATIVE}|(?:my|our) (?:\w+ ){{0,2}}{RELATIVE} (?:can['’]?t|cannot|is not able|is unable)"
    rf"|(?:my|our) \d+[\s-]?(?:year|yr|yo|y/o)\w*"
    rf"|(?:my|our) (?:\w+ ){{0,2}}{RELATIVE} (?:\w+ )?(?:opened|made|created|signed up|registered|has an? account|uses?|is on)"
    rf"|(?:for|about|of|on) (?:my|our) (?:\w+ ){{0,2}}{RELATIVE})\b",
    re.IGNORECASE,
)
# A question with none of these only speaks of somebody else, and wants nothing for them: "do they see his name".
FOR_WHOM = re.compile(
    r"\b(?:i|i['’]m|we|me|us|delet\w*|eras\w*|remov\w*|clos\w*|correct\w*|cop(?:y|ies)|request\w*|wants? out|stop\w*|opt|died?"
    r"|dead|passed|late|deceased|certificate|lawyer|attorney|heirs?|guardian|on behalf)\b",
    re.IGNORECASE,
)
SAME_AGAIN = re.compile(r"\b(?:same|also|too|as well|another|one more|again|likewise)\b", re.IGNORECASE)


def for_another(text: str) -> bool:
    """Whether a message is about the data of somebody else for whom the writer speaks."""
    return FOR_ANOTHER.search(text) is not None


def only_speaks_of_another(text: str) -> bool:
    """Whether a question that is read as one for somebody else wants nothing for them."""
    return not for_another(text) or FOR_WHOM.search(text) is None
