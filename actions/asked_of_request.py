"""What people ask of a request: what it costs, who decides, whether it can be refused. Pure."""

from __future__ import annotations

import re

# "Can I add to it later?": changes nothing now.
CHANGE_LATER = re.compile(
    r"\b(?:i|we|it be|possible to|able to)\b.{0,25}\b(?:change|edit|correct|fix|add|update|alter|replace)\w*\b"
    r"(?=.*\b(?:later|after(?:wards?)?|any ?time|still|once (?:it|that|this)|then too|even when)\b)",
    re.IGNORECASE,
)
THEY = r"(?:you|u|they|the\scompany|your\s\w+)"
WORKS = r"(?:decid|read|handl|work|deal|check|review|look)\w*"
IT = r"(?:it|this|that|them|these|all (?:this|that)|(?:my|the|a|such|these) (?:requests?|cases?|answers?|tickets?|complaints?))"
# Asked for a time; all else is about what happens. "Will I still hear when a course starts?" asks for none.
TIME = re.compile(
    r"(?:^|[.,;:?!]|\b(?:and|but|so|or|ok|since|by|until|till|know|me|say|then))\W*when\b"
    r"|\b(?:how (?:long|fast|quick|quickly|soon|many (?:days|weeks|months))|deadline|time ?frame|timeline|today|tomorrow|week"
    r"|instant|right away|take|period|(?:which|what) (?:day|date))\b",
    re.IGNORECASE,
)
# What people ask of a request otherwise; the first that fits is answered.
ABOUT = {
    "cost": re.compile(
        r"\b(?:costs?|pa(?:y|id)|fees?|charged?|price|for free|free of charge|(?:is|are) (?:it|this|that|they) free"
        r"|expensive|money)\b",
        re.IGNORECASE,
    ),
    "number": re.compile(
        r"\b(?:my|the|a|what|which|get|have|is) (?:\w+ )?(?:number|reference)\b|^\W*(?:my |the )?number\b", re.IGNORECASE
    ),
    "refuse": re.compile(
        rf"\b(?:{THEY} (?:just |still |ever |even )?(?:say|says|said|saying) no"
        rf"|{THEY} (?:\w+ )?(?:refus|reject|declin|den(?:y|ied))\w*"
        r"|(?:be|get|gets|is|was|been) (?:refused|rejected|declined|denied|turned down)"
        rf"|(?<!when )(?<!long )(?:must|do|does|are|is) {THEY} (?:really |legally |also )?"
        r"(?:have to(?! (?:be|have|know|use|sign|register|live|pay)\b)|obliged|bound|required|forced|comply|obey|do it)"
        rf"|(?:can|could|may) {THEY} (?:\w+ )?turn (?:it|me|this|that|us) down)\b",
        re.IGNORECASE,
    ),
    "longer": re.compile(
        rf"\b(?:{THEY} (?:\w+ )?(?:needs?|takes?|wants?|asks? for) (?:\w+ )?(?:longer|more time|extra time|forever)"
        r"|(?:it|that|this) takes? (?:too |much |even )?long(?:er)?|longer than|extend\w*|extension\w*"
        rf"|{THEY} (?:are |is )?(?:too )?late\b|(?:are|is) {THEY} late"
        r"|miss(?:es|ed)? (?:the |your |that )?(?:deadline|date|day)|(?:in|on) time"
        rf"|{THEY} (?:\w+ )?(?:ignore\w*|forget\w*)"
        rf"|{THEY} (?:\w+ )?(?:don['’]?t|do not|doesn['’]?t|never) (?:answer|reply|react|respond|write|do)"
        r"|(?:nothing|no ?body|no one|no (?:answer|reply|word))(?: ever)? (?:happens?|comes?|answers?|replies|arrives?))\b",
        re.IGNORECASE,
    ),
    "who": re.compile(
        rf"\bwho(?:m|ever)?\b(?: (?!else\b)\w+){{0,3}} {WORKS}(?: (?:at|on|with|about|over))?(?: {IT})?\W*$"
        r"|\bhow many (?:of you|people)\b"
        r"|\b(?:humans?|persons?|people|machines?|robots?|bots?|computers?|program\w*|ai)\b (?:that |who |which )?"
        rf"{WORKS}(?: (?:at|on|with))? (?:it|this|that|my request)\b",
        re.IGNORECASE,
    ),
    "needs": re.compile(
        r"\b(?:need|have to have|have to get|without|require\w*) (?:an?|any|some|the|to (?:hire|get|fill in|have) an?) (?:\w+ )?"
        r"(?:lawyer|solicitor|attorney|form|account|log ?in|reason)\b"
        r"|\b(?:give|need|say|tell|state) (?:you |them )?(?:a |any |my )?reasons?\b"
        r"|\bhave to (?:say|explain|tell \w+) why\b",
        re.IGNORECASE,
    ),
    "written": re.compile(
        r"\b(?:in writing|written (?:answer|reply|confirmation)|(?:get|have|receive|send|is there) (?:me )?(?:an? |any |some )?"
        r"(?:written )?(?:confirmation|receipt))\b",
        re.IGNORECASE,
    ),
    "change": CHANGE_LATER,
    "undo": re.compile(
        r"\b(?:undo|take (?:it|that|this) back|withdraw|cancel|regret|change my mind|back out|stop it later|say no later"
        r"|still say no|revers\w+|revok\w+)\b",
        re.IGNORECASE,
    ),
    "proof": re.compile(
        r"\b(?:proof|prove|passport|id card|identity|ids?|certificate|documents?|papers?|power of attorney|mandate|sign|signature"
        r"|scan|driv\w+ licen[cs]e)\b",
        re.IGNORECASE,
    ),
}  # fmt: skip
# Kinds that a question names so plainly that it is about the request at hand, whatever else it was taken for.
PLAIN = frozenset(["refuse", "longer", "who", "needs", "written"])
MOST_WORDS = 14


def kind_of(question: str) -> str:
    """What a question about a request is about: a key of ABOUT, "when" or "next"."""
    named = next((kind for kind, words in ABOUT.items() if words.search(question)), "")
    return named or ("when" if TIME.search(question) else "next")


def asks_of_request(text: str) -> bool:
    """Whether a question, said while a request is taken down or open, is plainly about that request."""
    return len(text.split()) <= MOST_WORDS and kind_of(text) in PLAIN
