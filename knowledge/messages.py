"""A message → the questions in it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain

MOST = 3  # questions answered per message
SHORTEST = 2  # words of a question that can stand alone
SHORTEST_SUBJECT = 6  # letters of a question that is a single word
LONGEST_IN_SHORT = 100  # characters of a question that is said back

# Who uses something with somebody in the family uses it themselves; and data, accounts and phones are no customers.
THEMSELVES = (
    r"(?:data|info\w*|accounts?|friends?|sons?|daughters?|child(?:ren)?|kids?|wife|husband|mother|father|mum|mom|dad|parents?|brother"
    r"|sister|(?:boy|girl)friend|grand\w+|family|phone|laptop|computer|browser|question)\b"
)
# Somebody whose data a customer of the company has put in: "my gym manages its members with your software".
FROM_END_USER = re.compile(
    rf"\b(?:my|our|the|a|an|some|this)\s+(?!{THEMSELVES})[\w'’-]+(?:\s+(?!(?:to|be|can|may|must|wants?|allowed|old)\b)[\w'’-]+){{0,3}}?"
    r"\s+(?:uses?|using|used|runs?|manages?"
    r"|works?|keeps?|put|puts|stores?|sends?|sent|texts?|books?|does|handles?|tracks?|collects?|is|are|has|have)\b[^.?!]{0,80}?"
    r"\b(?:(?:with|on|in|into|through|via|by|of)\s+)?(?:your\s+(?:software|app|platform|system|tool|program|product|cloud|crm|widget|"
    r"solution)|you guys|through you\b|via you\b)"
    r"|\b(?:customer|client|member|patient|guest)s?\s+of\s+(?:one\s+of\s+)?(?:your|a)\s+(?:customer|client)"
    r"|\bi(?:'m|’m|m| am)\s+not\s+(?:your|a)\s+customer",
    re.IGNORECASE,
)
END_USERS_QUESTION = "a company uses your tool and has my data, who do i ask"

ASKS = (
    r"(?:(?:and|also|but|or|so|then)\s+)?(?:for\s+how|how|what|which|who|whom|whose|where|when|why|do|does|did|can|could|may|"
    r"is|are|was|were|am|will|would|should|have|has|if)\b"
)
ASKING = re.compile(ASKS, re.IGNORECASE)
# Not after an abbreviation: "under Art. 27".
SENTENCE_END = re.compile(
    r"(?<=[?!.;])(?<!\b[Aa]rt\.)(?<!\b[Ss]ec\.)(?<!\b[Nn]o\.)(?<!\b[MD]r\.)(?<!\b[MP][rh]s\.)(?<!\bvs\.)(?<!e\.g\.)(?<!i\.e\.)\s+|\n+"
)
JOINT = re.compile(
    r"(?:,|;|\s)\s*(?:and|also|plus|&)\s+(?:also\s+)?"
    r"(?=(?:for\s+how|how|what|which|who|whom|where|when|why|do|does|did|can|could|is|are|was|will|would|have|has)\s)",
    re.IGNORECASE,
)
ROW_OF_QUESTIONS = re.compile(  # ", do you sell it": one of several questions, unless it continues "If I leave"
    r"\s*,\s+(?=(?:how|what|which|who|whom|where|why|do|does|did|can|could|is|are|was|will|would|have|has)\s)", re.IGNORECASE
)
BRANCH = re.compile(
    r"(?:and\s+|but\s+|so\s+)?(?:if|when|once|after|before|as|while|since|unless|because|given|suppose)\b", re.IGNORECASE
)
POINTING_WORDS = "it that this they them those these there he she his her its their theirs one ones same such"
EMPTY_WORDS = (
    "a about again all also always am an and any are as at be been but by can could did do does doing else ever exactly for from "
    "get gets go goes had has have how i if in into is like long many may me more much my no not of on once only or our out over "
    "really say says so some still tell than the then to too until up us very was we were what whats when where which who whom "
    "whose why will with would yes yet you your yours ok okay please pls u ur r"
)
# What only opens a question, and is not looked for: "Press enquiry:", "are you sure that", "could you kindly confirm whether".
FRAME = re.compile(
    r"^\W*(?:(?:[a-z]+ )?(?:enquiry|inquiry|question|query|q)\s*[:,-]\s*"
    r"|(?:before anything(?: else)?|first of all|one moment|hold on|wait|by the way|btw|just (?:to be sure|curious|checking)"
    r"|in the mean ?time|meanwhile|until then|while (?:i|we)(?:['’]?m| am| are|['’]re)? wait(?:ing)?"
    r"|one (?:more|other|last) thing|another thing|seriously|honestly|excuse me|sorry|hi|hello|hey"
    r"|good (?:morning|day|afternoon|evening)"
    r"|dear (?:sir|madam|team|all))[\s,:.!-]+"
    r"|are you (?:really |quite |absolutely |100 ?% )?(?:sure|certain) (?:that )?(?=(?:you|it|they|my|nobody|no|nothing)\b)"
    r"|(?:please|pls|plz|kindly)[\s,]+(?=(?:how|what|which|who|whom|whose|where|when|why|do|does|is|are|can|may)\b)"
    r"|is it (?:really )?true (?:that )?"
    r"|(?:(?:can|could|would|will) you (?:please |kindly )?|please |kindly |i want you to )"
    r"(?:confirm|assure me|promise(?: me)?|guarantee|explain(?: to me)?|advise|clarify)\b(?: please)?"
    r"(?: (?:that|if|whether))?(?:,)? )+(?=\S)",
    re.IGNORECASE,
)
# A child's age and whether it may: "i am 8 can i make a video", "my daughter is 12. she can or not can?"
YOUNG = re.compile(
    r"\b(?:i(?: am|['’]?m)|(?:he|she)(?: is|['’]?s)|(?:my|our|a|the|his|her) (?:\w+ )?(?:sons?|daughters?|kids?|child|boy|girl"
    r"|brother|sister|nephew|niece|cousin|grand\w+|pupils?|students?)(?: is|['’]?s| of| are)?|4|for) "
    r"(?:(?:only|just|now|barely|almost|my|our|\w+ (?:son|daughter|kid|child)) )*(?:[5-9]|1[0-7])\b"
    r"(?! ?(?:%|percent|euros?|dollars?|minutes?|hours?|days?|weeks?|months?|times|people|files?|of|accounts?))"
    r"|\b(?:[5-9]|1[0-7])[ -]?(?:(?:years?|yrs?)[ -]olds?|yo)\b",
    re.IGNORECASE,
)
MAY = re.compile(r"\b(?:can|may|could|allowed|ok(?:ay)?|fine|old enough|too young|permitted|legal)\b", re.IGNORECASE)
OTHERWISE_YOUNG = re.compile(
    r"\b(?:delet\w*|eras\w*|remov\w*|cop(?:y|ies)|data|info\w*|photos?|pictures?|policy|cookies?|sell\w*|sold|shar\w*|track\w*|see|read"
    r"|consent\w*|request\w*)\b",
    re.IGNORECASE,
)
OLD_ENOUGH = "how old must i be to use this"
# "How do I write to you by post, I don't trust the e-mail": the postal address is asked for, whatever else is named.
BY_POST = re.compile(
    r"\b(?:i|we|one|people|someone|somebody|where to)\b[^?.!]*"
    r"\b(?:write|send|reach|contact|mail|post|address|complain|object|apply|get in touch)\b[^?.!]*"
    r"\b(?:(?:by|via|through|per|in the) (?:post|letter|(?:snail|postal|paper|ordinary|regular|normal) mail)"
    r"|on paper|(?:an?|my|our|the|paper) letters?)\b",
    re.IGNORECASE,
)
# Of what happens to a letter, or whether it must be one, something else is asked.
OTHERWISE_BY_POST = re.compile(r"\bif (?:i|we|one)\b|\bor\b|\b(?:do|did|will|does|would) you\b", re.IGNORECASE)
POSTAL = "what is your postal address"
AS_TOLD = re.compile(
    r"^you (?:really |actually |truly )?(?:(?:do not|don['’]?t|never|do) )?(?!(?:are|were|have|will|can|may)\b)",
    re.IGNORECASE,
)
# Of how much, how often and how surely something holds: "100%?", "how fast", "are you sure".
DEGREES = (
    "absolutely anywhere certain certainly completely definitely entirely everywhere exact far fast forever guaranteed honestly "
    "never normally often percent precisely quick quickly seriously soon sure true truly usually"
)


def questions_in(message: str) -> list[str]:
    """The questions of a message that are answered: the first MOST of them."""
    return all_questions_in(message)[:MOST]


def all_questions_in(message: str) -> list[str]:
    """The questions that a message asks, one or more; a statement stays with the question that follows it.

    "I moved. Do you sell my data, and how long do you keep it?" → "I moved. Do you sell my data", "how long do you keep it?"
    """
    statement, questions = "", []
    for sentence in filter(None, map(str.strip, SENTENCE_END.split(message))):
        for part in _joined(sentence):
            if not (ASKING.match(part) or part.endswith("?")):
                statement = f"{statement} {part}".strip()
                continue
            questions.append(f"{statement} {part}".strip())
            statement = ""
    if statement and questions:
        questions[-1] = f"{questions[-1]} {statement}"
    several = len(questions) > 1 and all(len(part.split()) >= SHORTEST or _is_topic_word(part) for part in questions)
    return questions if several else [message]


def _joined(sentence: str) -> list[str]:
    """The questions that "and" joins in a sentence; the sentence itself if they cannot stand alone."""
    parts = [part.strip() for part in JOINT.split(sentence)]
    asks = len(parts) > 1 and all(len(part.split()) >= SHORTEST for part in parts) and ASKING.match(parts[0])
    return list(chain.from_iterable(map(_in_a_row, parts))) if asks else [sentence]


def _in_a_row(part: str) -> list[str]:
    """The questions that commas separate, of a row whose last one "and" joins."""
    questions = [part] if BRANCH.match(part) else ROW_OF_QUESTIONS.split(part)
    return questions if all(len(one.split()) >= SHORTEST for one in questions) else [part]


def _is_topic_word(part: str) -> bool:
    """Whether a single word is a question: "cookies?", but not "why?" or "hm?"."""
    return len(part.strip("?! .")) >= SHORTEST_SUBJECT and part.endswith("?") and has_content_word(part)


def has_content_word(message: str) -> bool:
    """Whether a message has a word with meaning of its own: "how long do you keep it" has one, "and for how long?" has none."""
    words = {word for word in re.findall(r"[\w'’]+", message.lower()) if not word.isdigit()}
    return bool(words - set(EMPTY_WORDS.split()) - set(POINTING_WORDS.split()) - set(DEGREES.split()))


def from_end_user(message: str, names: Iterable[str] = ()) -> bool:
    """Whether somebody writes whose data the company has from one of its customers, such as their gym or employer.

    names: those of the company; "my gym uses Acme" is "my gym uses your software".
    """
    for name in filter(None, names):
        message = re.sub(rf"\b{re.escape(name)}\b", "your software", message, flags=re.IGNORECASE)
    return bool(FROM_END_USER.search(message))


def in_short(question: str) -> str:
    """A question as it is said back: its own words, cut after a word if it is long."""
    words = " ".join(question.split())
    if len(words) <= LONGEST_IN_SHORT:
        return words
    return f"{words[:LONGEST_IN_SHORT].rsplit(' ', 1)[0].rstrip(' ,;:')} …"


def asks_if_old_enough(text: str) -> bool:
    """Whether a child's age is told and asked whether that will do: "im 15 may i sign up"."""
    return YOUNG.search(text) is not None and MAY.search(text) is not None and OTHERWISE_YOUNG.search(text) is None


def asks_by_post(text: str) -> bool:
    """Whether a message asks how to write to the company on paper."""
    return BY_POST.search(text) is not None and OTHERWISE_BY_POST.search(text) is None


def as_looked_for(question: str) -> str:
    """A question as it is looked for: "are you sure you don't sell it" → "do you sell it". It is itself where nothing is left."""
    if asks_if_old_enough(question):
        return OLD_ENOUGH
    asked = FRAME.sub("", question, count=1)
    return question if asked == question or not has_content_word(asked) else AS_TOLD.sub("do you ", asked, count=1)


def is_same_question(one: str, other: str) -> bool:
    """Whether two messages ask the same in the same words, apart from case, marks and spaces."""
    first, second = (re.findall(r"\w+", text.lower()) for text in (one, other))
    return bool(first) and first == second
