"""Whether a question leans on the one before it, and what it then asks in full. Pure."""

from __future__ import annotations

import re

from knowledge.messages import POINTING_WORDS, has_content_word

LONGEST = 8  # words; a longer message states what it means
LONGEST_POINTING = 6
CONNECTED = re.compile(
    r"^(?:and|but|or|also|so|then|ok(?:ay)?|what about|how about|what if|even if|same for)\b", re.IGNORECASE
)  # fmt: skip
BACK = re.compile(r"\b(?:then|too|either|instead|though|after that|afterwards|in that case)\W*$", re.IGNORECASE)
# A few words without a verb say neither who does something nor what: "which provider?", "for kids?", "not even the ip".
VERB = (
    r"(?:do|does|did|don['’]?t|can|could|may|must|is|are|was|were|am|will|would|should|has|have|had|gets?|i|you|u|we|they|it|he|she"
    r"|there|if|about|else|happens?)"
)
ELLIPTIC = re.compile(
    r"(?:(?:and|but|so|ok(?:ay)?|hm+)\W+)*"
    r"(?:(?:(?:in|for|to|from|by|with|at|on|of|under)\s+)?(?:which|what|whose)"
    r"|(?:in|for|to|from|by|with|at|on|of|under|after|before|without|not|even|only|also|just))"
    rf"(?:\s+(?!{VERB}\b)[\w'’-]+){{1,4}}\W*",
    re.IGNORECASE,
)
# What is done to somebody's data. "It" in such a question is the data, or whatever of theirs the question before was about.
DONE = (
    r"(?:keep|kept|stor(?:e[sd]?|ing)|h[eo]ld|hosted|sav(?:e[sd]?|ing)|retain(?:ed)?|sell(?:ing)?|sold|rent(?:ed)?|shar(?:e[sd]?|ing)"
    r"|giv(?:e[sn]?|ing)|pass(?:ed)?|send|sent|transfer(?:red)?|gets?|got|ha(?:s|ve)|receive[sd]?|sees?|reads?|access(?:ed)?|use[sd]?"
    r"|process(?:ed)?|collect(?:ed)?|delet(?:e[sd]?|ing)|eras(?:e[sd]?|ing)|encrypt(?:ed)?|protect(?:ed)?|secured?|anonymi[sz]ed?)"
)
IT = r"(?:it|them|those|all of (?:it|that|this|them))"
DONE_TO_IT = re.compile(
    rf"(?P<before>\b{DONE}\s+){IT}\b|(?P<be>\b(?:is|are|was|were|gets?)\s+)(?:it|they|that|this)\b(?=\s+(?:\w+ly\s+)?{DONE}\b)"
    rf"|(?P<where>^\W*(?:(?:and|but|so)\s+)?where\s+(?:is|are|goes)\s+)(?:{IT}|they|that|this)\b",
    re.IGNORECASE,
)
THEIRS = re.compile(
    r"\b(?:my|our)\s+(?:own\s+)?[\w'’-]+(?:\s+(?:data|info(?:rmation)?|details|history|numbers?|address(?:es)?|records?|messages"
    r"|accounts?|calls?|lists?))?",
    re.IGNORECASE,
)
HELD = "my data"
OF_DATA = re.compile(
    r"\b(?:data|info\w*|details|collect\w*|know|hold)\b|^$", re.IGNORECASE
)  # after such a question, "it" is that


def is_follow_up(message: str) -> bool:
    """Whether a message needs the one before it to be understood: "and for how long?", "which provider?", "who gets it"."""
    words = re.findall(r"[\w'’]+", message.lower())
    if not words or len(words) > LONGEST:
        return False
    if CONNECTED.match(message.strip()) or is_elliptic(message):
        return True
    pointing = bool(set(POINTING_WORDS.split()) & set(words)) or BACK.search(message) is not None
    return not has_content_word(message) or (pointing and len(words) <= LONGEST_POINTING)


def is_elliptic(message: str) -> bool:
    """Whether a message is a few words without a verb, which add to the question before rather than ask one."""
    return ELLIPTIC.fullmatch(message.strip()) is not None


def in_full(question: str, subject: str) -> str:
    """A follow-up with what it points at: "who gets it" after "do you record my calls" → "who gets my calls".

    `subject`: the question before, "" if there is none. The question itself where it points at nothing of the visitor's.
    """
    theirs = THEIRS.search(subject)
    if theirs is None and not OF_DATA.search(subject):  # "do you use cookies": "can I delete them" means these
        return question
    held = theirs[0] if theirs else HELD
    return DONE_TO_IT.sub(lambda found: (found["before"] or found["be"] or found["where"]) + held, question)
