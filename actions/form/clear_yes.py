"""Whether a text is a yes to what was shown, and nothing less."""

from __future__ import annotations

import re

from actions.form.words import ASKING, CARRY_ON, FEW_WORDS, NAME, NEGATION, OK, SAYS_YES, WAITS
from candor.typed.short_answers import ShortAnswer, read_short_answer

# A yes with any of these agrees to something else than what was shown.
CONDITION = re.compile(
    rf"\?|{CARRY_ON.pattern}"
    r"|\b(?:but|if|unless|except|first|before|until|when|wait|later|only|not|don['’]?t|change|instead|actually|think|guess"
    r"|(?:send|mail|forward) (?:it|this|that) (?:to|by|via)|suppose|maybe|perhaps|whatever|next|resume|withdraw|cancel|stop|undo"
    r"|keep|questions?)\b",
    re.IGNORECASE,
)
# Names what a yes would do. Said of a summary that was seen and has not changed since, it needs no second question.
# What follows may only be polite: "send it to my brother" is another wish.
SAYS_OPEN = re.compile(
    r"\b(?:(?:open|send|submit|file|lodge) (?:it|this|that|them"
    r"|(?:the|my) (?:thing|request|complaint|objection|appeal|ticket|case|claim|application))(?: (?:off|out))?"
    r"|go ahead|go for it|do it|make it so|(?:(?:you|u) (?:may|can|might)(?: now| then)?|please|kindly) proceed)"
    r"(?:\W+(?:please|pls|plz|then|now|thanks|thank you|thx|ty|cheers|for me|ok(?:ay)?|right away|already|yes|sir|madam|mate|love"
    r"|dear|man|guys|and|with it|so|accordingly|as (?:requested|shown|stated|described|above|it is|summari[sz]ed)))*\W*$",
    re.IGNORECASE,
)
ASKS_WHETHER = re.compile(
    r"\W*(?:what|who|when|why|how|which|can|could|may|must|will|would|should|does|did|is|are|shall)\b", re.IGNORECASE
)
# Without one of these, "ok" and a few words more are no clear yes: "ok and now".
YES = re.compile(
    r"\b(?:y|yes+|yea|yeah|yep|yup|ya|ye|jep|ja|oui|si|da|aye|sure|correct|right|exactly|absolutely|certainly|definitely"
    r"|of course|indeed|agree|agreed|confirm|confirmed|approv(?:ed?|al)|assent|consent|permission|authori[sz]e|granted"
    r"|perfect|go ahead|go for it|do it|do that|do so|please do"
    r"|open|send|submit|looks (?:good|right)|sounds good|by all means|make it so|i (?:do|want (?:that|it)))\b"
    r"|[\u2705\U0001f44d\U0001f44c]",
    re.IGNORECASE,
)
YES_AHEAD = re.compile(rf"\W*(?:(?:ok(?:ay)?|all ?right|oh|well|so|and|then|fine)\W+)?{SAYS_YES.pattern}", re.IGNORECASE)
ONLY_HEARD = re.compile(r"\W*(?:ok\w*|k+|al+ ?right\w*|fine|right|perfect|mkay)\b", re.IGNORECASE)


def agrees_clearly(text: str) -> bool:
    """Whether a text that was read as a yes is one without a condition, and more than a sign of listening."""
    short = read_short_answer(text) is ShortAnswer.YES
    # "go on" alone may ask what comes next; "yes, go on" is a yes, and so is "yes, kindly proceed with the same".
    says_yes = SAYS_YES.search(text) if short else YES_AHEAD.match(text) and len(text.split()) <= 2 * FEW_WORDS
    if CONDITION.search(CARRY_ON.sub(" ", text) if says_yes else text):
        return False
    in_any_language = short and not ONLY_HEARD.match(text)
    return bool(YES.search(text) or OK.fullmatch(text)) or in_any_language


def plain_yes(text: str) -> bool:
    """Whether a text is a yes and a word or two that say nothing against it: "yes dale", "yep boss"."""
    plain = YES_AHEAD.match(text) if len(text.split()) < FEW_WORDS and not re.search(r"\d|<", NAME.sub("", text)) else None
    against = WAITS.search(text) or NEGATION.search(text) or CONDITION.search(text)
    return plain is not None and not against and not ASKING.match(text[plain.end() :])


def says_to_open(text: str) -> bool:
    """Whether a text says in so many words that the request shall be opened, and nothing against it."""
    against = CONDITION.search(CARRY_ON.sub(" ", text)) or NEGATION.search(text) or ASKS_WHETHER.match(text)
    return SAYS_OPEN.search(text) is not None and not against
