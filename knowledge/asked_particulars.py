"""What a question asks for by name, by number or as something that has happened, and the first passage must give. Pure.

An encoder brings "an external firm tests our systems" near to "which firm?", and what is said of one town near to a question
about another. Such a passage is worth showing, but it answers nothing for sure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from knowledge.needed import COUNT as A_COUNT
from knowledge.needed import company_named, names_a_country
from knowledge.passages import Passage
from knowledge.wording import action

WORD = re.compile(r"[^\W\d_][\w’']*")  # of "AI-powered" and "Third-Party" each half is a word
OPENS = frozenset('.!?:•"“”(-*–')  # after these a word has a capital whether it is a name or not
OFTEN, FEW = 0.1, 3  # share and number of passages: a name that stands in more is that of whoever runs the service
SHORTEST_STEM, ENDING = 5, 2  # letters of a name that are compared: "Nigerian" asks for what is said of Nigeria

OPENING = r"(?:^|[,;.!?–-] ?|\b(?:and|so|but|also) )\W*"  # "how many" in the middle of a question counts nothing
COUNT_ASKED = re.compile(
    rf"{OPENING}(?:how (?:many|often|big|large|high)\b(?! (?:hours|days|weeks|months|years|hrs|yrs)\b)"
    r"|how much (?:money|\w+ you (?:make|earn|pay))|what score\b)",
    re.IGNORECASE,
)
PRICE_ASKED = re.compile(
    r"\bhow much\b[^?]*\b(?:fees?|charges?|charged|costs?|pay|paid|prices?|fines?|extra)\b|\bwhat(?:'?s| is| does| do)\b[^?]*"
    r"\b(?:prices?|costs?|amount of the (?:fee|fine))\b",
    re.IGNORECASE,
)
PRICE = re.compile(
    r"[$€£¥]\s?\d|\d\s?(?:[$€£¥%]|(?:percent|euros?|dollars?|pounds?|shillings?|rupees?|[A-Z]{3})\b)"
    r"|\b(?:free|gratis|gratuit\w*)\b|\b(?:no|without|any) (?:\w+ ){0,2}(?:fees?|charges?|costs?|payment)\b"
    r"|\b(?:not|never) (?:have to )?(?:charge|pay)\b",
    re.IGNORECASE,
)
# Who asks for the number of days is not told it by "as long as necessary".
UNITS = r"(?:minutes?|hours?|hrs|days?|weeks?|months?|years?|yrs)"
DAYS_ASKED = re.compile(
    rf"\bhow many {UNITS}\b|\bhow long (?:exactly|precisely)\b|\b(?:exactly|precisely) how long\b"
    rf"|\bhow long\b[^?]*\bin {UNITS}\W*$",
    re.IGNORECASE,
)
DAYS = re.compile(
    rf"\b(?:{A_COUNT}|\d+|half an?)[- )(]*(?:\d+\)? )?(?:\w+ )?{UNITS}\b"
    r"|\b(?:immediate\w*|instant\w*|at once|indefinite\w*|forever|never|daily|weekly|monthly|annually)\b",
    re.IGNORECASE,
)
COUNTRY_ASKED = re.compile(r"\b(?:which|what) (?:\w+ )?(?:country|countries)\b", re.IGNORECASE)
COUNT = re.compile(
    r"(?<![\d.])\d[\d.,]*(?![\d.]* (?-i:[A-Z]))|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty"
    r"|hundreds?|thousands?|once|twice|dozens?|several|few|handful|none|unlimited|(?:no|without) (?:\w+ )?limits?"
    r"|as (?:many|often|much) as|yearly|annual\w*|daily|weekly|monthly|quarterly|every|each|regular\w*)\b",
    re.IGNORECASE,
)
HAPPENED_ASKED = re.compile(
    r"\b(?:has|have|had|did|was|were|been)\b[^?]*\b(?:ever|so far|last year|in the past)\b|^\W*ever (?:been|had)\b"
    r"|\bdid\b[^?]*\b(?:in|during) (?:19|20)\d\d\b",
    re.IGNORECASE,
)
HAPPENED = re.compile(
    r"\b(?:has|have|had)(?: not|n['’]t)? (?:\w+ ){0,2}?(?:\w+ed|been|sold|had|given|got|lost|stolen|seen|made|taken|known)\b"
    r"|\bnever\b|\b(?:did|was|were)\b|\bto date\b|\bso far\b",
    re.IGNORECASE,
)
NAME_ASKED = re.compile(
    r"\b(?:which|what) (?!(?:sorts?|kinds?|types?|category|categories) )(?:\w+ ){0,2}?"
    r"(?:firms?|company|companies|vendors?|providers?|insurers?|auditors?|suppliers?|carriers?"
    r"|banks?|labs?|brands?|(?:sub-?)?processors?|contractors?|caterers?|supermarkets?|shops?|schools?|hospitals?|clubs|labels?"
    r"|networks?|algorithms?|ciphers?|advertisers?|agenc(?:y|ies)|partners)\b(?! (?:do|can|may|should|must|did|would) (?:i|we)\b)"
    r"|\b(?:want|need|give me|tell me)(?: \w+)? names\b"
    r"|\b(?:what(?:['’]?s| is| are| was)?|tell me|give me|want) (?:the )?names? of (?:the|your)\b",
    re.IGNORECASE,
)
OFFICER = r"(?:officer|dpo|head|director|manager|chief|person)"
PERSON_ASKED = re.compile(
    rf"\bby name\b|\bname of (?:the|your) (?:\w+ ){{0,3}}{OFFICER}\b"
    rf"|\b{OFFICER}\b[^?]*\b(?:called|(?:an?|her|his|actual) name)\b",
    re.IGNORECASE,
)
TITLE = re.compile(r"\b(?:Mr|Mrs|Ms|Mx|Dr|Prof)\b")
# Of what somebody else does with data: "it gets the address" does not say how long the address is kept there.
DOES = (
    r"\b(?:does|do|will|can|could|would|may|is|are)(?: the)? {name}(?: \w+){{0,2}}? (?P<does>hangs?|hold|keep|store|retain|save"
    r"|delete|erase|wipe|use|using|going|gonna|train|combine|share|transfer|send)\b(?: (?:to )?(?P<then>\w+))?"
)
KEEPS = frozenset(["hang", "hangs", "hold"])
GOING = frozenset(["going", "gonna"])


@dataclass(frozen=True)
class Names:
    """The words that a policy never writes without a capital: companies, places, products, and what it has named itself."""

    words: frozenset[str] = frozenset()  # in lower case
    plain: frozenset[str] = frozenset()  # what it writes small, or people ask with: no other ending makes a name of these

    @classmethod
    def of(cls, passages: Sequence[Passage], ordinary: Iterable[str], own: Iterable[str]) -> Names:
        """ordinary: words, in lower case, that people ask with, and so are no names. own: names of the company itself."""
        small: set[str] = set()
        capital: Counter[str] = Counter()
        single = [passage for passage in passages if passage.kind != "list"]
        for passage in single:
            here: set[str] = set()
            for found in WORD.finditer(passage.text):
                before = passage.text[: found.start()].rstrip()
                if found[0][0].islower():
                    small.add(found[0].lower())
                elif before[-1:] not in OPENS if before else passage.kind == "item":  # "Initech: text messages"
                    here.add(found[0].lower())
            capital.update(here)
        own_words = {word.lower() for name in own for word in WORD.findall(name)}
        seldom = {word for word, count in capital.items() if count <= max(FEW, OFTEN * len(single))}
        plain = frozenset(small) | frozenset(ordinary)
        return cls(frozenset(seldom - plain - own_words), plain)

    def in_question(self, question: str) -> frozenset[str]:
        """Those that a question names, in whatever case."""
        return frozenset(word.lower() for word in WORD.findall(question) if self._has(word.lower()))

    def are_in(self, text: str, *, besides: frozenset[str] = frozenset()) -> bool:
        """Whether a text names one of them, `besides` those that the question names itself."""
        return any(word.lower() in self.words - besides for word in WORD.findall(text))

    def side_by_side(self, text: str) -> bool:
        """Whether two of them stand side by side, as the name of a person does."""
        found = [word.lower() in self.words for word in WORD.findall(text)]
        return any(first and second for first, second in pairwise(found))

    def _has(self, word: str) -> bool:
        other_ending = len(word) > SHORTEST_STEM and word not in self.plain
        return word in self.words or (other_ending and any(_same_name(word, name) for name in self.words))


def _same_name(one: str, other: str) -> bool:
    """Whether two words are one name with another ending: "nigerian" and "nigeria"."""
    stem = one[: max(SHORTEST_STEM, len(one) - ENDING)]
    return other.startswith(stem) and abs(len(one) - len(other)) <= ENDING


def gives_value_asked(question: str, passage: Passage, names: Names) -> bool:
    """Whether the passage gives the number, the price, the country or the name that the question asks for, if it asks for one."""
    asked = names.in_question(question)
    said = _said_of(asked, passage)
    if COUNT_ASKED.search(question) and not COUNT.search(said):
        return False
    if PRICE_ASKED.search(question) and not PRICE.search(said):
        return False
    if DAYS_ASKED.search(question) and not DAYS.search(said):
        return False
    if COUNTRY_ASKED.search(question) and not names_a_country(said):
        return False
    if NAME_ASKED.search(question) and not (names.are_in(said, besides=asked) or company_named(said)):
        return False
    return not PERSON_ASKED.search(question) or bool(TITLE.search(said)) or names.side_by_side(said)


def gives_what_is_asked(question: str, passage: Passage, names: Names) -> bool:
    """Whether the passage tells of the event or the action that the question asks about, and names whom it asks about."""
    said = f"{passage.lead_in} {passage.text}".strip()
    if HAPPENED_ASKED.search(question) and not HAPPENED.search(said):
        return False
    asked = names.in_question(question)
    words = {word.lower() for word in WORD.findall(passage.readings[0])}
    if not all(any(name == word or _same_name(name, word) for word in words) for name in asked):
        return False
    return _does_what_is_asked(question, said, asked)


def _said_of(asked: frozenset[str], passage: Passage) -> str:
    """What a passage says: of a list only the items that name what is `asked` about, where some do."""
    said = f"{passage.lead_in} {passage.text}".strip()
    if passage.kind != "list" or not asked:
        return said
    naming = [line for line in passage.text.splitlines() if asked & {word.lower() for word in WORD.findall(line)}]
    return " ".join(naming) or said


def _does_what_is_asked(question: str, said: str, asked: Iterable[str]) -> bool:
    """Whether the words tell of the action that the question asks somebody else about, where it asks so."""
    for name in filter(None, (*asked, company_named(question))):
        found = re.search(DOES.format(name=re.escape(name)), question, re.IGNORECASE)
        if found is None:
            continue
        verb = (found["then"] or "" if found["does"].lower() in GOING else found["does"]).lower()
        wanted = action("keep" if verb in KEEPS else verb)
        if wanted is not None and wanted not in {action(word.lower()) for word in WORD.findall(said)}:
            return False
    return True
