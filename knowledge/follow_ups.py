"""Whether a question leans on the one before it, and what it then asks in full. Pure."""

from __future__ import annotations

import re

from knowledge.messages import ASKING, BRANCH, POINTING_WORDS, as_looked_for, has_content_word

LONGEST = 8  # words; a longer message states what it means
LONGEST_POINTING = 6
LONGEST_IN_VIEW = 20  # words of a message that may still be about the answer before it, if nothing is found for it alone
CONNECTED = re.compile(
    r"^(?:and|but|or|also|so|then|ok(?:ay)?|what about|how about|what if|even if|same for)\b", re.IGNORECASE
)  # fmt: skip
CONNECTIVES = re.compile(r"^(?:(?:and|but|or|also|so|then|n|ok(?:ay)?)\b\W*)+", re.IGNORECASE)
BACK = re.compile(
    r"\b(?:then|too|either|instead|though|tho|after that|afterwards|in that case|as well|likewise|also|there|exactly"
    r"|anyway)\W*$",
    re.IGNORECASE,
)
# Whether what was answered is so, and no more: "really?", "100%?", "is that a promise". Some of these words are doubt only with
# a question mark.
SURE = r"(?:sure|certain|serious|positive|kidding)"
THAT = r"(?:that|this|it)"
DOUBT = re.compile(
    r"\W*(?:(?:and|but|so|ok(?:ay)?|hm+|oh|wow|wait|well|are|is that|r)\W+)*(?:"
    rf"(?:are |r )?(?:you|u|ya) (?:really |absolutely |completely |100 ?% |quite |so )*{SURE}(?: (?:about|of) {THAT})?"
    rf"|how (?:sure|certain) (?:are (?:you|u)|is {THAT})(?: (?:about|of) {THAT})?"
    rf"|(?:is|was) {THAT} (?:really |actually |all )?(?:(?:a|an|the) )?(?:\w+ )?(?:promise|guarantee|fact|joke|lie|truth|true"
    r"|certain|for (?:sure|real|certain)|so|definite(?:ly)?|guaranteed|binding|serious)"
    rf"|(?:can|could|do|will|would) (?:you|u) (?:really )?(?:promise|guarantee|swear|vouch for)(?: (?:me )?{THAT})?"
    rf"|(?:can|could|should) i (?:really )?(?:trust|believe|rely on|count on|bank on) {THAT}"
    r"|(?:for (?:real|sure|certain)|no (?:exceptions?|lie|joke|kidding)|without (?:any )?exceptions?|in (?:all|every) cases?"
    r"|under all circumstances|no matter what|100 ?(?:%|percent)(?: (?:sure|certain|true|safe|guaranteed))?"
    rf"|(?:really|sure|certain|certainly|seriously|honestly|truly|promise|promised|guaranteed?|always|ever|never(?: ever)?|true"
    r"|is it|do they|does it)(?: really| now| though| tho)?)(?=\W*\?)"
    r")\W*",
    re.IGNORECASE,
)
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
# A question that names what somebody does and not to what: "may i refuse", "who audits?", "will stuff break".
BARE = re.compile(
    r"(?:(?:and|but|so|ok(?:ay)?|n)\W+)*"
    r"(?:(?:how |when |why |where )?(?:can|may|could|must|should|do|will|would|did|does)"
    r" (?:i|we|you|u|they|stuff|things|anything|anyone|somebody|someone)|who|what)(?: (?:not|even|just|still))? [\w'’]+\W*",
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
    words = _words(message)
    if not words or len(words) > LONGEST:
        return False
    if CONNECTED.match(message.strip()) or is_elliptic(message) or BARE.fullmatch(message.strip()):
        return True
    pointing = points_back(message) or BACK.search(message) is not None
    return not has_content_word(message) or (pointing and len(words) <= LONGEST_POINTING)


def points_back(message: str) -> bool:
    """Whether a message has a word such as "they" or "that"."""
    return not set(POINTING_WORDS.split()).isdisjoint(re.findall(r"\w+", message.lower()))


def may_be_in_view_of(message: str) -> bool:
    """Whether a message that is no follow-up by its words may still be one: "so nobody can ever read my mail, you say"."""
    return 0 < len(_words(message)) <= LONGEST_IN_VIEW


def is_doubt(message: str) -> bool:
    """Whether a message asks whether what was answered is really so, and nothing more."""
    return DOUBT.fullmatch(message) is not None


def stands_alone(message: str) -> bool:
    """Whether a message, what connects it put aside, needs none before it: "and how long do you keep my data?"."""
    rest = as_looked_for(CONNECTIVES.sub("", message.strip()))
    asks = ASKING.match(rest) is not None and not BRANCH.match(rest)
    return asks and not (is_follow_up(rest) or points_back(rest) or BARE.fullmatch(rest))


def _words(message: str) -> list[str]:
    return re.findall(r"[\w'’]+", message.lower())


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
