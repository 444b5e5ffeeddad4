"""The words that a question and a sentence of a policy are compared by: actions, things, and words that add nothing. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from knowledge.words import stems


def word_set(words: str) -> frozenset[str]:
    """The words of a text that blanks separate."""
    return frozenset(words.split())


TOKEN = re.compile(r"[\w@.'’&-]*\w|[^\w\s]")

# Verbs for one action; a question and a sentence are about the same if their verbs stand in one row.
ACTIONS = (
    "sell sells selling sold",
    "rent rents renting rented lease leased leases leasing",
    "trade trades trading traded",
    "share shares sharing shared disclose discloses disclosed give gives giving given pass passes passed hand hands handed",
    "collect collects collecting collected gather gathers gathering gathered",
    "store stores storing stored keep keeps keeping kept retain retains retaining retained hold holds held save saves saved",
    "log logs logging logged record records recording recorded",
    "track tracks tracking tracked",
    "use uses using used",
    "read reads reading",
    "look looks looking looked",
    "listen listens listening listened",
    "see sees seeing seen view views viewed viewing",
    "scan scans scanning scanned",
    "access accesses accessing accessed",
    "encrypt encrypts encrypting encrypted",
    "train trains training trained",
    "transfer transfers transferring transferred",
    "delete deletes deleting deleted erase erases erasing erased",
    "correct corrects correcting corrected rectify rectified rectifies",
    "change changes changing changed edit edits edited",
    "get gets getting obtain obtains receive receives received",
    "download downloads downloading downloaded",
    "object objects objecting",
    "withdraw withdraws withdrawing withdrawn revoke revokes revoked",
    "unsubscribe unsubscribes",
    "disable disables disabling disabled refuse refuses refusing refused reject rejects rejecting rejected block blocks blocked",
    "complain complains complaining lodge lodges",
    "restrict restricts restricting restricted",
    "tell tells telling told notify notifies notifying notified inform informs informing informed",
    "show shows showing shown",
    "make makes making made",
    "monitor monitors monitoring monitored",
    "buy buys buying bought purchase purchases purchasing purchased",
    "combine combines combining combined",
    "charge charges charging charged",
    "respond responds responding responded honor honors honour honours respect respects",
    "follow follows following followed",
    "appoint appoints appointed appointing have has",
    "send sends sending sent",
    "leave leaves leaving left",
    "opt opts opting opted",
    "work works working",
    "provide provides providing provided",
    "publish publishes published publishing",
)  # fmt: skip
STRONGER = {"log": "collect", "store": "collect", "track": "collect"}  # who does the first does the second as well

# Nouns for one thing, each as the words that stand for it.
THINGS = (
    ("email", r"e-?mail(?:s| address(?:es)?)?"),
    ("phone", r"(?:tele)?phone(?: numbers?)?"),
    ("card", r"(?:credit |debit |payment )?card(?: numbers?| details)?s?"),
    ("ip", r"ip(?: address(?:es)?)?|internet protocol address(?:es)?"),
    (
        "outsider",
        r"(?:selected |other )?third[ -]part(?:y|ies)|any(?:one|body)(?: else)?|others|other (?:companies|firms|people)",
    ),
    ("provider", r"service providers?|vendors?|suppliers?|contractors?"),
    ("affiliate", r"affiliates?|subsidiar(?:y|ies)|group companies"),
    ("police", r"police|law enforcement"),
    ("authority", r"authorit(?:y|ies)|supervisory authorit(?:y|ies)|regulators?"),
    ("child", r"child(?:ren)?|kids?|minors?"),
    ("employer", r"employers?|boss(?:es)?"),
    ("us", r"united states(?: of america)?|u\.s\.?a?\.?|usa"),
    ("eu", r"european union|eu|eea|european economic area"),
    ("ai", r"ai(?: models?)?|artificial intelligence(?: models?)?"),
    ("ad", r"ads?|adverts?|advertising|advertisements?"),
    ("picture", r"photos?|pictures?|images?"),
    ("application", r"job applications?|applications?|cvs?|resumes?"),
    ("invoice", r"invoices?"),
    ("log", r"(?:server |access )?logs"),
    ("newsletter", r"newsletters?"),
    ("dpo", r"data protection officers?|dpo"),
    ("dnt", r"dnt(?: browser)?(?: (?:signals?|settings?|requests?))?"),
    ("audience", r"website|web site|site"),
)
# What a visitor's data may be called; it adds nothing to a question or to a sentence.
GENERIC = frozenset(
    stem for words in stems(["data information info details detail personal personally identifiable stuff user users own"])
    for stem in words
)  # fmt: skip
EMPTY = word_set(
    "a an the of to with for from on in at by as and or nor any all no your my our its their his her me us you we i it they them "
    "this that these those is are was were be been being do does did has have had will would shall can could may might must not "
    "never n't neither none nobody ever also always already just really currently about such there here up then so very please "
    "similar technologies technology respective possible whatsoever way ways future principle matter"
)


@cache
def _action_of_word() -> dict[str, str]:
    return {word: words.split()[0] for words in ACTIONS for word in words.split()}


def action(word: str) -> str | None:
    """The action that a verb names, by the first word of its row in ACTIONS; None if it is no known verb."""
    return _action_of_word().get(word)


def tokens(text: str) -> list[str]:
    """Words and marks, in lower case; "don't" is "do", "not"."""
    plain = re.sub(r"\bUS\b|\b[Tt]he us\b(?! to)", "the USA", text).lower().replace("’", "'")
    plain = re.sub(r"\bdo[ -]not[ -]track\b", "dnt", plain)
    plain = re.sub(r"\b(?:such as|e\.g\.|for example|for instance)(?!\w)", "including", plain)
    plain = re.sub(r"\b(?:at any time|at all times|every time)\b", " ", plain)
    plain = re.sub(r"\b(can|ca)n't\b|\bcannot\b|\bcant\b", "can not", plain)
    plain = re.sub(r"\bwon't\b|\bwont\b", "will not", plain)
    plain = re.sub(r"\b(\w+)n't\b", r"\1 not", plain)
    plain = re.sub(r"\b(do|does|did|is|are)nt\b", r"\1 not", plain)
    return [token.strip(".") or token for token in TOKEN.findall(plain)]


@cache
def _things() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(f'(?P<{name}>{words})' for name, words in THINGS)})\b")


def content(words: Iterable[str]) -> frozenset[str]:
    """What words speak of: named things and the stems of all other words that are neither GENERIC nor EMPTY."""
    text = " ".join(words)
    found = {match.lastgroup for match in _things().finditer(text) if match.lastgroup}
    rest = [word for word in re.findall(r"\w[\w@.'-]*", _things().sub(" ", text)) if word not in EMPTY]
    return frozenset(found | (set(stems([" ".join(rest)])[0]) - GENERIC))


def has_generic(words: Iterable[str]) -> bool:
    """Whether the words speak of a person's data as such."""
    return bool(set(stems([" ".join(words)])[0]) & GENERIC)
