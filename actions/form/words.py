"""The words that several of the form's readings look for."""

from __future__ import annotations

import re

FEW_WORDS = 4
EMAIL = re.compile(r"<email_\d+>")
TOKEN = re.compile(r"<[a-z]+_\d+>")
NAME = re.compile(r"<name_\d+>")
NUMBER = re.compile(r"\bR-[0-9A-Z]{4}-[0-9A-Z]{4}\b", re.IGNORECASE)
# Another wish in the place of the one that is begun: "actually no, erase it instead", "scrap that, a copy".
REPLACES = re.compile(
    r"\b(?:instead|rather|actually|in fact|changed my mind|on second thoughts?|scrap that|forget that|make (?:it|that) a"
    r"|turn (?:it|this|that) into|switch (?:it |this )?to|no[,.]? wait|wait[,.]? no|not (?:a|the|to|for) \w+"
    r"|not (?:delet|eras|remov|cop|correct|port|export|access|restrict|object|complain)\w*"
    r"|(?:don['’]?t|do not|no need to) (?:delet|eras|remov|cop|correct|port|export|restrict)\w*\b.{0,20}\b(?:just|only|but))\b",
    re.IGNORECASE,
)
ONE_WORD = r"(?:<[a-z]+_\d+>|[\w.@+-]+)"
WITHOUT_DETAILS = re.compile(
    r"\b(?:(?:no|without|remove|delete|drop|clear|empty)\s+(?:(?:the|any|my|all|more|further|other|extra)\s+)?details?"
    r"|leave (?:the |my )?details? (?:out|empty|away)|leave out (?:the |my )?details?|take (?:the |my )?details? out)\b",
    re.IGNORECASE,
)
WISHES_IT = r"(?!(?:do (?:it|that|this|so)|have (?:it|them|that|this|him|her|all|everything))\b)"  # and asks nothing
TAG = r",\s*(?:right|correct|innit|isn['’]?t\sit)\W*$"  # "it goes to my mail, right"
ASKING = re.compile(
    rf"\?|{TAG}|^\W*(?:(?:ok|but|and|so|first|btw|hm+|well|wait|oh|uh|um|sorry|hang on)\W+)*{WISHES_IT}"
    r"(?:(?:(?:in|on|at|by|from|to|for|with|until|till|since|under|of) )?(?:what|whom|whose|where|when|how|which)|who|why|do|does"
    r"|did|is|are|am|can|could|may|must|will|would|should|has|have|tell me|explain|show)\b",
    re.IGNORECASE,
)
CARRY_ON = re.compile(r"\b(?:continue|go on|carry on|move on|keep going|proceed)\b", re.IGNORECASE)
GO_ON = re.compile(rf"{CARRY_ON.pattern}|\b(?:next|resume|where were we|back)\b", re.IGNORECASE)
NEGATION = re.compile(r"\b(?:no|nope|not|never|nothing|don['’]?t|doesn['’]?t|won['’]?t|can['’]?t|cannot)\b", re.IGNORECASE)
# Whoever wants to wait, where details are asked for, says so with one of these: "you can reach me in the evening" tells.
WAITS = re.compile(
    r"\b(?:wait|hold|hang on|later|mo|moments?|mins?|minutes?|secs?|seconds?|pause|back|brb|bbl|busy|not (?:now|yet|today)"
    r"|tomorrow|tonight|until|till|think|thinking|first|look|looking|search\w*|find|check\w*|ask|time|soon|patien\w+|break"
    r"|come|return|sleep|get (?:it|my|the)|give me|let me|need to|have to|got to|gotta|gimme|another day|slow\w*|hour|days?"
    r"|week)\b",
    re.IGNORECASE,
)
SAYS_YES = re.compile(r"\b(?:y|yes+|ye+a?h*|yep|yup|aye|sure|oui|ja|sim?)\b", re.IGNORECASE)  # the word itself
OK = re.compile(
    r"\s*(?:ok(?:ay)?|k|al+ ?right|fine|good)(?:[\s,.!]+(?:ok(?:ay)?|then|please|pls|thanks|thank you|good|fine))*[\s.!]*",
    re.IGNORECASE,
)
# Words for what can be changed. A correction without the new value names it with one of these.
NAMED = {
    "email": re.compile(r"\b(?:e-?mail|mail|address)\b", re.IGNORECASE),
    "residence": re.compile(r"\b(?:country|state|residence|where i live|place|where)\b", re.IGNORECASE),
    "details": re.compile(r"\b(?:details?|text|what i (?:wrote|added))\b", re.IGNORECASE),
    "request": re.compile(
        r"\b(?:request|what i (?:want|ask(?:ed)?(?: for)?)|kind|type|(?:the|a|my|which|another|other|wrong) right|what)\b",
        re.IGNORECASE,
    ),
}
# What says nothing by itself: a detail needs more than these words.
EMPTY_WORDS = frozenset([
    "a", "all", "also", "am", "an", "and", "any", "anything", "are", "as", "at", "be", "can", "could", "detail", "details",
    "do", "dont", "else", "everything", "for", "had", "has", "have", "hello", "help", "hey", "hi", "hm", "hmm", "i", "id",
    "idk", "if", "ill", "im", "in", "info", "information", "is", "it", "its", "just", "know", "later", "like", "maybe",
    "me", "more", "my", "na", "nah", "need", "no", "none", "nope", "not", "nothing", "now", "of", "oh", "ok", "okay", "on",
    "one", "or", "please", "pls", "really", "right", "say", "sec", "see", "so", "some", "something", "still", "stuff",
    "sure", "than", "thank", "thanks", "that", "thats", "the", "them", "then", "there", "these", "they", "thing", "things",
    "think", "this", "to", "today", "tomorrow", "too", "uh", "um", "wait", "want", "was", "well", "what", "with", "would",
    "yeah", "yep", "yes", "yet", "you", "your",
])  # fmt: skip


def carries_something(text: str) -> bool:
    """Whether a text says something that could help: a number, a masked value, or a word beside those of small talk."""
    if re.search(r"\d", text):
        return True
    words = re.findall(r"[^\W\d_]+", re.sub(r"['’`]", "", text.lower()))
    return any(word not in EMPTY_WORDS for word in words)
