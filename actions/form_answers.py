"""Understand a visitor's message while request_form asks for something. Pure: question and message → meaning.

The message's intent was found with the form's question in view (bot/dialogue_acts.py). Rules come first where a text leaves no
doubt; what the intent decides is decided here for each step. If a message answers nothing that the form has asked (None), other
rules answer it and the form asks again. So a question in between gets its answer, and is never taken for an answer itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from actions.asked_of_request import CHANGE_LATER, asks_of_request
from actions.read_back import asks_for_the_question, asks_to_read_back
from candor.tickets.law.residence import ResidenceOutcome, chosen_place, is_place_name, parse_residence
from candor.tickets.request_types import REQUEST_TYPES
from candor.typed.short_answers import ShortAnswer, read_short_answer
from knowledge.messages import SENTENCE_END

NOT_SAID = ""  # "rather not say", "nothing to add"
CLEAR_YES = 0.7  # below this confidence a yes is asked for again: of nine that were none, this keeps out five (bot/sureness.py)
SURE, QUITE_SURE = 0.5, 0.7  # of the intent, where the text alone could be an answer too
FEW_WORDS = 4
FEWEST_OF_A_STORY = 3  # words
# A statement that was taken for one of these, where details are asked for, is one.
OF_A_STORY = frozenset(["out_of_scope_general", "out_of_scope_support", "out_of_scope_other_people", "nlu_fallback"])
MOST_OF_A_NO = 2  # words of a "no" that may be meant for the question alone
EMAIL = re.compile(r"<email_\d+>")
TOKEN = re.compile(r"<[a-z]+_\d+>")
NAME = re.compile(r"<name_\d+>")
NUMBER = re.compile(r"\bR-[0-9A-Z]{4}-[0-9A-Z]{4}\b", re.IGNORECASE)
TURN = re.compile(r",|\b(?:but|to|it['’]?s|is|be|now|meant|mean)\b", re.IGNORECASE)  # behind it stands the right one
NEGATED_PART = re.compile(r"\b(?:not|and not|isn['’]?t|instead of|rather than)\s+(?:in\s+|from\s+)?[^,.;!]*", re.IGNORECASE)
CHANGE = re.compile(
    r"\s*(?:please\s+|can i\s+|let me\s+|i (?:want|need|have) to\s+)?(?:change|edit|correct|fix|mend)\b",
    re.IGNORECASE,
)
# Another wish in the place of the one that is begun: "actually no, erase it instead", "scrap that, a copy".
REPLACES = re.compile(
    r"\b(?:instead|rather|actually|in fact|changed my mind|on second thoughts?|scrap that|forget that|make (?:it|that) a"
    r"|turn (?:it|this|that) into|switch (?:it |this )?to|no[,.]? wait|wait[,.]? no|not (?:a|the|to|for) \w+"
    r"|not (?:delet|eras|remov|cop|correct|port|export|access|restrict|object|complain)\w*)\b",
    re.IGNORECASE,
)
# What is to be left out of what was wished: "keep the invoices, delete the rest".
PARTLY = re.compile(
    r"\b(?:keep|leave|spare|save|except|apart from|other than|excluding|all but|everything but|but not|only|just|without"
    r"|not the|the rest|don['’]?t (?:delete|erase|remove|touch|include))\b",
    re.IGNORECASE,
)
# "it is .net not .com", "huber, not hubner", "not hubner but huber"
RIGHT_NOT_WRONG = re.compile(
    r"(?P<right>[\w.@+-]+),?\s+(?:and\s+)?(?:not|instead of|rather than)\s+(?P<wrong>[\w.@+-]+)", re.IGNORECASE
)
WRONG_BUT_RIGHT = re.compile(
    r"\bnot\s+(?P<wrong>[\w.@+-]+),?\s+(?:but|it['’]?s|its|rather)\s+(?P<right>[\w.@+-]+)", re.IGNORECASE
)
# "it should be Þóra", "changed from Smith to Jones", "is now 12 Main Street"
AS_IT_SHOULD_BE = re.compile(
    r"\b(?:should|must|has to|needs to|ought to) (?:be|say|read)\b|\b(?:is|am|are) (?:now|really|actually)\b|\binstead of\b"
    r"|\b(?:changed?|moved) (?:\w+ )?(?:from|to) (?:<|\w)|\bused to be\b",
    re.IGNORECASE,
)
WITHOUT_DETAILS = re.compile(
    r"\b(?:(?:no|without|remove|delete|drop|clear|empty)\s+(?:(?:the|any|my|all|more|further|other|extra)\s+)?details?"
    r"|leave (?:the |my )?details? (?:out|empty|away)|leave out (?:the |my )?details?|take (?:the |my )?details? out)\b",
    re.IGNORECASE,
)
ASIDE = re.compile(r"[,.;!]|\s(?:btw|by the way|but|and|also)\b", re.IGNORECASE)  # behind it stands something else
BESIDE_A_PLACE = re.compile(r"\b(?:live|living|reside|residing|based|moved|resident|in|from)\b", re.IGNORECASE)
WISHES_IT = r"(?!(?:do (?:it|that|this|so)|have (?:it|them|that|this|him|her|all|everything))\b)"  # and asks nothing
ASKING = re.compile(
    rf"\?|^\W*(?:(?:ok|but|and|so|first|btw|hm+|well|wait|oh|uh|um|sorry|hang on)\W+)*{WISHES_IT}"
    r"(?:(?:(?:in|on|at|by|from|to|for|with|until|till|since|under|of) )?(?:what|whom|whose|where|when|how|which)|who|why|do|does"
    r"|did|is|are|am|can|could|may|must|will|would|should|has|have|tell me|explain|show)\b",
    re.IGNORECASE,
)
# "can i see the date": no detail, though no mark says that it asks.
PUT_AS_QUESTION = re.compile(
    r"^\W*(?:(?:ok|but|and|so|hm+|well|wait|oh|uh|um|sorry|hang on)\W+)*"
    rf"{WISHES_IT}(?:can|could|may|do|does|did|is|are|was|will|am|should|must|has|have) "
    r"(?:i|you|it|that|this|they|we|there|my|the|he|she|any\w*|some\w*)\b",
    re.IGNORECASE,
)
ADDS = re.compile(r"\b(?:add|note|put|include|mention|write)\b", re.IGNORECASE)  # "can you add that …" asks nothing
# Of two addresses: either will do, so the first is taken.
EITHER = re.compile(
    r"\b(?:whichever|either|any of|both|no matter which|you (?:choose|pick)|or just|alternatively|otherwise"
    r"|if (?:that|it|this|the first)(?: one)? (?:bounces|fails|does(?:n['’]?t| not)|is (?:wrong|dead|full|gone)))\b",
    re.IGNORECASE,
)
WHICH_OF_THEM = (
    (
        0,
        re.compile(
            r"\b(?:first|1st|1|former|either|whichever|any|both|no matter|don['’]?t (?:care|mind)|you (?:choose|pick))\b", re.I
        ),
    ),
    (-1, re.compile(r"\b(?:second|2nd|2|latter|last|other|not the first)\b", re.IGNORECASE)),
)
# "can i use my old mail", "any address?", "which mail do you want"
OF_AN_ADDRESS = re.compile(
    r"\b(?:can|may|could|should|must|do) i (?:use|give|take|write|put)\b|\b(?:which|what|any|another|other|old|new|work|private)"
    r" (?:\w+ )?(?:e-?mail|mail|address|one)\b",
    re.IGNORECASE,
)
WHICH_PLACE = re.compile(r"\bwhich (?:one|of (?:them|these|those)|country|place)\b", re.IGNORECASE)
MEANT = re.compile(r"\b(?:i|we) meant?\W*$", re.IGNORECASE)
# Where the words of a short message leave no doubt, no model is asked.
SURE_INTENT = {
    ShortAnswer.YES: "affirm", ShortAnswer.NO: "deny", ShortAnswer.LATER: "pause_form", ShortAnswer.STOP: "stop_form",
    ShortAnswer.NOTHING: "skip", ShortAnswer.DONT_KNOW: "skip", ShortAnswer.RATHER_NOT: "skip",
    ShortAnswer.WRONG: "correct_answer",
}  # fmt: skip
LISTED = re.compile(r"(?:^|\s)\(?[0-9a-c][.)]\s+|[,;/\n]\s*")  # what sets several answers apart
THATS_ALL = re.compile(
    r"\b(?:all|everything|it)\W*(?:for (?:now|today)|from me|then|thanks|thank you|really)?\W*$", re.IGNORECASE
)
CARRY_ON = re.compile(r"\b(?:continue|go on|carry on|move on|keep going|proceed)\b", re.IGNORECASE)
GO_ON = re.compile(rf"{CARRY_ON.pattern}|\b(?:next|resume|where were we|back)\b", re.IGNORECASE)
# A yes with any of these agrees to something else than what was shown.
CONDITION = re.compile(
    rf"\?|{CARRY_ON.pattern}"
    r"|\b(?:but|if|unless|except|first|before|until|when|wait|later|only|not|don['’]?t|change|instead|actually|think|guess"
    r"|(?:send|mail|forward) (?:it|this|that) (?:to|by|via)|suppose|maybe|perhaps|next|resume|withdraw|cancel|stop|undo|keep"
    r"|questions?)\b",
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
NEGATION = re.compile(r"\b(?:no|nope|not|never|nothing|don['’]?t|doesn['’]?t|won['’]?t|can['’]?t|cannot)\b", re.IGNORECASE)
# What is not what somebody wanted can be put right: only the whole is refused by "no".
NOT_THIS = re.compile(
    r"\bnot (?:at all |quite |really |exactly )?(?:what|how|the (?:one|thing|way)|right|correct)\b|\bwrong\b|\bincorrect\b"
    r"|\bis(?:n['’]?t| not) (?:right|correct|what|how|me|mine)\b",
    re.IGNORECASE,
)
# Whoever wants to wait, where details are asked for, says so with one of these: "you can reach me in the evening" tells.
WAITS = re.compile(
    r"\b(?:wait|hold|hang on|later|mo|moments?|mins?|minutes?|secs?|seconds?|pause|back|brb|bbl|busy|not (?:now|yet|today)"
    r"|tomorrow|tonight|until|till|think|thinking|first|look|looking|search\w*|find|check\w*|ask|time|soon|patien\w+|break"
    r"|come|return|sleep|get (?:it|my|the)|give me|let me|need to|have to|got to|gotta|gimme|another day|slow\w*|hour|days?"
    r"|week)\b",
    re.IGNORECASE,
)
# The same of a wish for a person: "a power of attorney can be sent on request" is none.
WANTS_A_PERSON = re.compile(
    r"\b(?:persons?|people|humans?|some(?:body|one)|any(?:body|one)|agents?|operator|representative|staff|employees?|colleagues?"
    r"|managers?|supervisor|boss|advis[oe]r|guy|man|woman|bots?|robots?|machines?|computers?|talk\w*|speak\w*|spoke\w*|call\w*|phone|ring"
    r"|dial|chat|live|support|service|team|department|contact\w*|real|escalat\w+|hotline|help)\b",
    re.IGNORECASE,
)
# How the answer shall come, which staff have to know, and no wish to talk to them now: "in writing please, not by phone".
HOW_TO_ANSWER = re.compile(
    r"\b(?:in writing|by (?:post|letter|e-?mail|mail)\b.*\b(?:please|only|not)|not by (?:phone|telephone)|"
    r"(?:do not|don['’]?t|no|never) (?:call\w*|phone\w*|ring)|only (?:by|in|write))\b",
    re.IGNORECASE,
)
NAMES_A_PERSON = re.compile(r"\b(?:person|human|some(?:body|one)|agent|manager|(?:talk|speak) (?:to|with))\b", re.IGNORECASE)
# What helps to find somebody, told beside something else: "Kenya, my customer number is 4471".
IDENTIFIES = re.compile(
    r"\b(?:user ?names?|user ?id|nick(?:name)?|handle|log ?in|customer|client|member\w*|accounts?|profile|orders?|invoices?"
    r"|contract|ticket|booking|reference|licen[cs]e|student|employee|maiden name|my name|called|registered|signed up|known as"
    r"|under the name)\b",
    re.IGNORECASE,
)
NUMBER_OF = re.compile(r"\bn(?:o|r)\b\.?(?=\s*[:=]?\s*[\d<])", re.IGNORECASE)
# A wish, and no detail: "Kenya. delete my account please"
WISHED_BESIDE = re.compile(
    r"\b(?:delet\w*|eras\w*|remov\w*|close|send|want|need|please|pls|copy|use|write|take|mail me|thanks?)\b", re.IGNORECASE
)
PARTS = re.compile(r"(?:[,;\n]+\s*|\.\s+|\.$|\s+)(?:and|also|plus|btw|but)\s+|[,;\n]+\s*|\.\s+|\.$", re.IGNORECASE)
# An address at a later step that is to take the place of the one that was given, and is no detail.
RATHER_THIS = re.compile(
    r"\b(?:use|take|send (?:it )?to|write (?:me )?(?:to|at)|instead|rather|better|private one"
    r"|(?:my )?(?:real|right|correct|proper|other|new) (?:one|mail|e-?mail|address)|meant|mistyped|typo)\b",
    re.IGNORECASE,
)
CONFUSED = re.compile(
    r"\b(?:idk|dunno|no (?:idea|clue)|(?:don['’]?t|do not|dont) (?:know|get|understand)"
    r"|what (?:do |d['’]?)?(?:you|u|ya) (?:want|mean|need)|what (?:is|does) that mean|confus\w+|huh)\b",
    re.IGNORECASE,
)
# "Not now" to "is there anything to add?" says that there is nothing, and the summary waits for a yes in any case.
NOT_NOW = re.compile(
    r"\W*(?:(?:no|ok|well|hm+|sorry)\W+)?not (?:now|yet|today|right now|just now|for now|at (?:the|this) (?:moment|time|point)|"
    r"that i (?:know|can think)(?: of)?)(?:\W+(?:thanks|thank you|thx|please|sorry))?\W*",
    re.IGNORECASE,
)
# Who leaves for a while, and why, helps nobody to find data: "bus is here brb". "I have to go to court" says more.
LEAVES = re.compile(
    r"(?<!\w)(?:brb|bbl|bbs|afk|g2g|gtg|ttyl|cya|^(?:\W*(?:ok|sorry|wait)\W+)?(?:(?:i['’]?ll|i will|will) )?be (?:right )?back"
    r"|back (?:soon|later|in (?:an?|\d+|two|five|ten|half an) (?:bit|few|hour|min|mo|sec|jiffy|while)\w*)"
    r"|(?:got to|gotta|have to|has to|need to|must) (?:go|run|dash|leave|rush|hang up)(?: now)?(?=\s*(?:$|[,.;!?-]))"
    r"|(?:talk|speak|write) (?:to you )?later)(?!\w)",
    re.IGNORECASE,
)
MOST_WORDS_OF_A_LEAVE = 10
# Without one of these, "ok" and a few words more are no clear yes: "ok and now".
YES = re.compile(
    r"\b(?:y|yes+|yea|yeah|yep|yup|ya|ye|jep|ja|oui|si|da|aye|sure|correct|right|exactly|absolutely|certainly|definitely"
    r"|of course|indeed|agree|agreed|confirm|confirmed|approved?|perfect|go ahead|go for it|do it|do that|do so|please do"
    r"|open|send|submit|looks (?:good|right)|sounds good|by all means|make it so|i (?:do|want (?:that|it)))\b"
    r"|[\u2705\U0001f44d\U0001f44c]",
    re.IGNORECASE,
)
SAYS_STOP = re.compile(
    r"\b(?:stop|cancel|quit|abort|end (?:it|this|here)|drop (?:it|this)|leave (?:it|this|that|all|everything)"
    r"|forget (?:it|this|about)|never ?mind"
    r"|(?:don['’]?t|do not|no longer) (?:want|need|wish)|changed my mind|no request|not any ?more|scrap (?:it|this)|enough"
    r"|too (?:much|long|complicated|tedious)|(?:rather|very|so|getting) long|tired|waste of (?:my )?time)\b",
    re.IGNORECASE,
)
SAYS_YES = re.compile(r"\b(?:y|yes+|ye+a?h*|yep|yup|aye|sure|oui|ja|sim?)\b", re.IGNORECASE)  # the word itself
YES_AHEAD = re.compile(rf"\W*(?:(?:ok(?:ay)?|all ?right|oh|well|so|and|then|fine)\W+)?{SAYS_YES.pattern}", re.IGNORECASE)
OK = re.compile(
    r"\s*(?:ok(?:ay)?|k|al+ ?right|fine|good)(?:[\s,.!]+(?:ok(?:ay)?|then|please|pls|thanks|thank you|good|fine))*[\s.!]*",
    re.IGNORECASE,
)
ONLY_HEARD = re.compile(r"\W*(?:ok\w*|k+|al+ ?right\w*|fine|right|perfect|mkay)\b", re.IGNORECASE)
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
# How something should be, whatever it is of.
SAYS_RIGHT = re.compile(
    r"\b(?:(?:should|must|has to|needs to|ought to) (?:be|say|read)|i meant?|it['’]?s|it is|its) (?!(?:wrong|not|all|right|in)\b)"
    r"(?:<|\w)",
    re.IGNORECASE,
)
LACKS = re.compile(r"\b(?:missing|left out|lacks|forgot(?:ten)?|not in (?:it|there))\b", re.IGNORECASE)
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
QUESTIONS = {"ask_policy", "ask_what_changed", "compare_companies"}
SMALL_TALK = frozenset([
    "greet", "goodbye", "thanks", "how_are_you", "joke", "bot_complaint", "abuse", "emoji_or_reaction", "nlu_fallback",
])  # fmt: skip
NO_AHEAD = re.compile(r"\W*(?:no+|nope|na+h?|nay|none|nothing|nee|nein)\b", re.IGNORECASE)
URGENT = ("in_danger", "data_exposed")  # as a wish for a person, they come before the form
FOR_OTHERS = QUESTIONS | {
    *URGENT, "ask_about_request", "on_behalf", "switch_company", "talk_to_human", "help", "request_status", "provide_code",
    "ask_code", "bot_identity", "ask_what_is_held", "forget_conversation",
}  # fmt: skip
# The reasons to ask again that are misunderstandings: after the second at one step, the choices and a person are offered.
MISUNDERSTOOD = frozenset(["unread", "none", "malformed", "several", "first", "unsure", "empty"])
MOST_MISUNDERSTOOD = 2


@dataclass(frozen=True)
class FormMessage:
    """One message, and what the form had asked.

    why, options: of the question before, if it asked again. shown: whether the question before was to open what it showed.
    seen: whether what would be opened was shown before, and has not changed since.
    """

    asked: str  # residence, email, details or agreed
    text: str  # masked
    intent: str
    confidence: float
    request_type: str
    email_optional: bool = False
    details: str = ""
    why: str = ""
    options: tuple[str, ...] = ()
    shown: bool = True
    email: str = ""  # the token of the address that was given
    seen: bool = True
    spelt: str = ""  # the text with slips of the pen mended, where it has some
    righted: str = ""  # the details with what the text says is otherwise in them, where it says so (put_right.py)

    @property
    def words(self) -> int:
        return len(self.text.split())

    def means(self, *intents: str, at_least: float = SURE) -> bool:
        return self.intent in intents and self.confidence >= at_least


@dataclass(frozen=True)
class FilledSlot:
    """A value for a slot: the answer to what was asked, or the correction of an earlier answer. also: what came along."""

    slot: str
    value: str | bool
    also: tuple[FilledSlot, ...] = ()


@dataclass(frozen=True)
class Emptied:
    """An earlier answer is wrong and the right one is not given: ask for it again."""

    slot: str


@dataclass(frozen=True)
class Respelt:
    """A part of the address that was given is written otherwise: `right` in the place of `wrong`."""

    right: str
    wrong: str


@dataclass(frozen=True)
class Unclear:
    """Meant as an answer, but not usable. why: the key of the response that asks again."""

    why: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stopped:
    """The visitor wants no request after all."""


@dataclass(frozen=True)
class AsksAbout:
    """A question about the request, in words that sound like an answer: "can I change the mail later?"."""


Meaning = FilledSlot | Emptied | Respelt | Unclear | Stopped | AsksAbout | None


def read_answer(message: FormMessage) -> Meaning:  # noqa: PLR0911  (one line a kind, in order)
    """What a message means to the form; None if it does not answer it."""
    if message.asked == "residence" and is_place_name(message.text):  # picked from the list
        return _place(message)
    message = _told(_refused(_surely(message)))
    if message.means("talk_to_human", *URGENT):
        return None
    if back := asks_back(message.text, message.asked):
        return Unclear(back)
    if ASKING.search(message.text) and not EMAIL.search(message.text):
        later = CHANGE_LATER.search(message.text) and message.words <= 3 * FEW_WORDS
        if later or asks_of_request(message.text):
            return AsksAbout()
    if message.means("stop_form", "cancel_request") and not NUMBER.search(message.text) and not _tells(message):
        return Stopped()
    nothing_now = message.asked == "details" and NOT_NOW.fullmatch(message.text)
    if _leaves(message):
        return Unclear("later")
    pauses = message.means("pause_form", at_least=0.0) and not _tells(message) and not says_to_open(message.text)
    if pauses and not nothing_now:
        return Unclear("later")
    answer = (
        _to_what_to_change(message) or _to_whether_to_add(message)
        or _to_a_guess(message) or _to_which(message) or _wrong_told_early(message) or _left_out_of_it(message)
        or _put_right(message) or _respelt_address(message) or _which_address(message) or _correction(message)
    )  # fmt: skip
    if answer is not None:
        return answer
    return {"residence": _residence, "email": _email, "details": _details, "agreed": _agreed}[message.asked](message)


def _leaves(message: FormMessage) -> bool:
    """Whether somebody only says that they go, and are back later; not with an answer beside it."""
    rest = LEAVES.sub("", message.text)
    if rest == message.text or message.words > MOST_WORDS_OF_A_LEAVE or "?" in rest:
        return False
    return not (TOKEN.search(rest) or re.search(r"\d", rest) or is_place_name(rest.strip(" ,.!")))


def asks_back(text: str, asked: str) -> str:
    """What somebody wants to hear once more at a step: the summary, what was noted so far, or the question; "" if nothing."""
    if asks_to_read_back(text, shown=asked == "agreed") and not EMAIL.search(text):
        return "summary" if asked == "agreed" else "so_far"
    return "again" if asks_for_the_question(text) else ""


def _surely(message: FormMessage) -> FormMessage:
    """The message with the intent that its words have without doubt, if they have one."""
    answer = read_short_answer(message.text)
    intent = SURE_INTENT.get(answer)
    if intent is None or message.means("talk_to_human", *URGENT):
        return message
    if answer is ShortAnswer.RATHER_NOT and message.means("ask_why", "ask_about_request") and ASKING.search(message.text):
        return message  # "do I have to answer that?" asks, and refuses nothing yet
    says_yes = message.asked == "agreed" and answer is ShortAnswer.YES and SAYS_YES.search(message.text)
    if intent in {"affirm", "skip"} and GO_ON.search(message.text) and not says_yes:
        intent = "go_on"
    if message.asked == "agreed" and intent == "skip":  # "rather not" is a no to "shall I open it?"; "that's all" is neither
        intent = "deny" if answer is ShortAnswer.RATHER_NOT else "skip" if WITHOUT_DETAILS.search(message.text) else "go_on"
    return replace(message, intent=intent, confidence=1.0)


def _refused(message: FormMessage) -> FormMessage:
    """The message as a no to the details, where it begins with one and then only complains or chats: "no too tired"."""
    if message.asked != "details" or not NO_AHEAD.match(message.text) or message.words > 2 * FEW_WORDS:
        return message
    if re.search(r"\d|[<?]", message.text) or IDENTIFIES.search(message.text):
        return message
    chats = message.intent in SMALL_TALK or message.intent.startswith("out_of_scope_")
    unsure_stop = message.intent == "stop_form" and message.confidence < QUITE_SURE
    return replace(message, intent="skip", confidence=SURE) if chats or unsure_stop else message


def _told(message: FormMessage) -> FormMessage:
    """The message as a detail where details are asked for, and nothing in its words is what it was taken for."""
    if message.asked != "details" or message.words < FEWEST_OF_A_STORY or ASKING.search(message.text):
        return message
    waits_not = message.intent == "pause_form" and message.confidence < 1.0 and not WAITS.search(message.text)
    how = HOW_TO_ANSWER.search(message.text) is not None and not NAMES_A_PERSON.search(message.text)
    wants_none = message.intent == "talk_to_human" and (how or not WANTS_A_PERSON.search(message.text))
    stops_not = message.intent == "stop_form" and message.words > 2 * FEW_WORDS and not SAYS_STOP.search(message.text)
    told = (waits_not or wants_none or stops_not) and carries_something(message.text)
    return replace(message, intent="add_details", confidence=SURE) if told else message


def carries_something(text: str) -> bool:
    """Whether a text says something that could help: a number, a masked value, or a word beside those of small talk."""
    if re.search(r"\d", text):
        return True
    words = re.findall(r"[^\W\d_]+", re.sub(r"['’`]", "", text.lower()))
    return any(word not in EMPTY_WORDS for word in words)


def agrees_clearly(text: str) -> bool:
    """Whether a text that was read as a yes is one without a condition, and more than a sign of listening."""
    short = read_short_answer(text) is ShortAnswer.YES
    # "go on" alone may ask what comes next; "yes, go on" is a yes, and so is "yes, kindly proceed with the same".
    says_yes = SAYS_YES.search(text) if short else YES_AHEAD.match(text) and len(text.split()) <= 2 * FEW_WORDS
    if CONDITION.search(CARRY_ON.sub(" ", text) if says_yes else text):
        return False
    in_any_language = short and not ONLY_HEARD.match(text)
    return bool(YES.search(text) or OK.fullmatch(text)) or in_any_language


def _plain_yes(text: str) -> bool:
    """Whether a text is a yes and a word or two that say nothing against it: "yes dale", "yep boss"."""
    plain = YES_AHEAD.match(text) if len(text.split()) < FEW_WORDS and not re.search(r"\d|<", NAME.sub("", text)) else None
    against = WAITS.search(text) or NEGATION.search(text) or CONDITION.search(text)
    return plain is not None and not against and not ASKING.match(text[plain.end() :])


def says_to_open(text: str) -> bool:
    """Whether a text says in so many words that the request shall be opened, and nothing against it."""
    against = CONDITION.search(CARRY_ON.sub(" ", text)) or NEGATION.search(text) or ASKS_WHETHER.match(text)
    return SAYS_OPEN.search(text) is not None and not against


def _tells(message: FormMessage) -> bool:
    """Whether a text that sounds like a stop or a delay tells a longer story where a story was asked for."""
    return message.asked == "details" and message.words > 2 * FEW_WORDS and message.confidence < QUITE_SURE


def _to_what_to_change(message: FormMessage) -> Meaning:
    """The answer to "what shall I change?"."""
    if message.why != "change" or message.words > 2 * FEW_WORDS:
        return None
    if WITHOUT_DETAILS.search(message.text):
        return FilledSlot("details", NOT_SAID)
    named = _named(message.text)
    if named and not EMAIL.search(message.text):
        return _emptied(named)
    if message.means("deny", "skip") and message.words <= FEW_WORDS:
        return Unclear("again")
    return None


def _to_whether_to_add(message: FormMessage) -> Meaning:
    """The answer to "shall I add that?", asked at the summary. What is added is shown before a yes to it counts."""
    if message.why != "add" or len(message.options) != 1:
        return None
    if message.means("affirm", "go_on") or says_to_open(message.text):
        return _with_details(message, message.options[0])
    return Unclear("again") if message.means("deny", "skip") and message.words <= 2 * FEW_WORDS else None


def _to_a_guess(message: FormMessage) -> Meaning:
    """The answer to "did you mean …?"."""
    if message.why not in {"guess", "told"} or len(message.options) != 1:
        return None
    if message.asked == "residence" and (address := _address_alone(message)):  # who answers the next question has read this one
        return FilledSlot("residence", message.options[0], (FilledSlot("email", address),))
    if message.means("affirm", "go_on") and not CONDITION.search(message.text):
        return FilledSlot(message.asked, message.options[0])
    return Unclear("other") if message.means("deny", "skip") and message.words <= FEW_WORDS else None


def _address_alone(message: FormMessage) -> str | None:
    """The one address in a message that names no place."""
    addresses = set(EMAIL.findall(message.text))
    rest = EMAIL.sub(" ", message.text).strip()
    if len(addresses) != 1 or len(rest.split()) > FEW_WORDS or ASKING.search(rest):
        return None
    return addresses.pop() if not rest or parse_residence(rest).outcome is ResidenceOutcome.NOT_UNDERSTOOD else None


def _to_which(message: FormMessage) -> Meaning:
    """The answer to "which of these?": of addresses by their order, of places by what sets one apart, such as "south"."""
    if message.why == "several" and message.options and not EMAIL.search(message.text) and message.words <= 2 * FEW_WORDS:
        found = next((place for place, words in WHICH_OF_THEM if words.search(message.text)), None)
        return FilledSlot("email", message.options[found]) if found is not None else None
    if message.why != "which" or "?" in message.text or message.words > 2 * FEW_WORDS:
        return None
    chosen = chosen_place(TOKEN.sub(" ", message.text), message.options)  # the number in a token is no "first"
    return FilledSlot(message.asked, chosen) if chosen else None


def _wrong_told_early(message: FormMessage) -> FilledSlot | None:
    """What is wrong and how it should be, said to an earlier question, with the place that a sentence of it may name."""
    early = message.asked in {"residence", "email"} and REQUEST_TYPES[message.request_type].needs_details and not message.details
    if not early or ASKING.search(message.text) or not says_how_it_should_be(message.text):
        return None
    sentences = [part.strip(" .,;!") for part in SENTENCE_END.split(EMAIL.sub(" ", message.text))]
    places = [part for part in sentences if len(part.split()) <= FEW_WORDS and corrected_place(part)]
    if len(places) == len([part for part in sentences if part]):
        return None  # "France, not Spain" is about the place alone
    place = places[0] if places and message.asked == "residence" else ""
    addresses = set(EMAIL.findall(message.text))
    told = FilledSlot("details", "; ".join(part for part in sentences if part and part != place))
    along = (told, *(FilledSlot("email", token) for token in addresses)) if len(addresses) == 1 else (told,)
    code = corrected_place(place) if place else None
    first, *others = (FilledSlot("residence", code), *along) if code else along
    return replace(first, also=tuple(others))


def says_how_it_should_be(text: str) -> bool:
    """Whether a text says what is wrong and what is right: "it should be Þóra", "Huber, not Hubner"."""
    return any(words.search(text) for words in (RIGHT_NOT_WRONG, WRONG_BUT_RIGHT, AS_IT_SHOULD_BE))


def _left_out_of_it(message: FormMessage) -> Meaning:
    """What is to be kept or left out, said before the details are asked for: it is a detail already."""
    if message.asked not in {"residence", "email"} or not message.means("add_details") or EMAIL.search(message.text):
        return None
    if ASKING.search(message.text) or is_place_name(message.text):
        return None
    keeps = PARTLY.search(message.text) and not TOKEN.search(message.text)
    helps = IDENTIFIES.search(message.text) and not WISHED_BESIDE.search(message.text)
    return _with_details(message) if keeps or helps else None


def _with_details(message: FormMessage, told: str = "") -> FilledSlot:
    """The details with something more. told: the part of the message that it is; else all of it."""
    told = told or message.text
    return FilledSlot("details", f"{message.details}; {told}" if message.details else told)


def identified_in(text: str) -> str:
    """What a message tells beside a place or an address that helps to find somebody; "" if nothing."""
    parts = [part.strip(" .!-") for part in PARTS.split(EMAIL.sub(" , ", text)) if part.strip(" .!-")]
    return "; ".join(part for part in parts if _identifies(part))


def _told_beside(message: FormMessage) -> tuple[FilledSlot, ...]:
    """What is told along with a place or an address and helps to find somebody: "Kenya, my customer number is 4471"."""
    if REQUEST_TYPES[message.request_type].needs_details or "?" in message.text:
        return ()
    told = identified_in(message.text)
    return (_with_details(message, told),) if told else ()


def _identifies(part: str) -> bool:
    said = NUMBER_OF.sub("", part)  # "customer no: 4471" denies nothing
    if not IDENTIFIES.search(part) or WISHED_BESIDE.search(part) or NEGATION.search(said) or ASKING.search(part):
        return False
    return len(part.split()) > 1 and parse_residence(said).outcome is ResidenceOutcome.NOT_UNDERSTOOD


def _put_right(message: FormMessage) -> FilledSlot | None:
    """What a message says of the details is otherwise. A yes says nothing of them."""
    if agrees_clearly(message.text) or says_to_open(message.text) or _plain_yes(message.text):
        return None
    if not message.righted or EMAIL.search(message.text) or ASKING.search(message.text) or is_place_name(message.text):
        return None
    if message.intent.startswith("request_") and message.intent not in {"request_correction", f"request_{message.request_type}"}:
        return None
    return FilledSlot("details", message.righted)


def _respelt_address(message: FormMessage) -> Meaning:
    """How the address that was given is rightly written, where it is said by what is wrong in it."""
    if not message.email or message.asked == "residence" or not message.means("correct_answer", "add_details", "provide_email"):
        return None
    if EMAIL.search(message.text) or ASKING.search(message.text):
        return None
    found = WRONG_BUT_RIGHT.search(message.text) or RIGHT_NOT_WRONG.search(message.text)
    wrong = found["wrong"].strip(".,").lower() if found else ""
    if wrong in EMPTY_WORDS | {"correct", "mine"} or is_place_name(wrong):  # "that's not right" spells nothing
        return None
    return Respelt(found["right"].strip(".,") if found["right"][0] != "." else found["right"], found["wrong"]) if found else None


def _correction(message: FormMessage) -> Meaning:  # noqa: PLR0911  (one line a kind, in order)
    means_it = message.means("correct_answer")
    if not means_it and (not CHANGE.match(message.text) or read_short_answer(message.text) is ShortAnswer.YES):
        return None  # "correct, send it" changes nothing
    addresses = EMAIL.findall(message.text)
    if message.asked == "residence" and len(set(addresses)) == 1 and not CHANGE.match(message.text):
        return None  # a place and an address at once: nothing was given before that could be corrected
    if addresses:  # "not <email_1>, <email_2>": the right one comes last
        return FilledSlot("email", _not_negated(message.text, addresses), _nothing_else(message))
    if (place := corrected_place(message.text)) and (means_it or message.asked == "agreed"):
        return FilledSlot("residence", place)
    if message.asked == "agreed" and WITHOUT_DETAILS.search(message.text):
        return FilledSlot("details", NOT_SAID)
    named = _named(NOT_THIS.sub(" ", message.text))  # "that's not right" names no right
    if named and (message.asked != "details" or message.words <= 2 * FEW_WORDS):
        return _emptied(named)
    if message.asked == "details" and not CHANGE.match(message.text) and carries_something(message.text):
        return FilledSlot("details", message.text)
    says_it = LACKS.search(message.text) or SAYS_RIGHT.search(message.text)
    if message.asked == "agreed" and says_it and not ASKING.search(message.text):
        return Unclear("add", (message.text,))  # something is to be added, or stands nowhere on the card yet
    return Unclear("change")


def _nothing_else(message: FormMessage) -> tuple[FilledSlot, ...]:
    """What "and no more details" says beside an address."""
    rest = EMAIL.sub(" ", message.text).strip(" ,.;-").removeprefix("and ")
    without = (WITHOUT_DETAILS.search(rest) or read_short_answer(rest) is ShortAnswer.NOTHING) and not message.details
    return (FilledSlot("details", NOT_SAID),) if without else ()


def _not_negated(text: str, addresses: list[str]) -> str:
    kept = EMAIL.findall(NEGATED_PART.sub(" ", text))
    return kept[-1] if kept else addresses[-1]


def _named(text: str) -> str:
    """The part of the request that a text names; "" if none, or several."""
    named = [slot for slot, words in NAMED.items() if words.search(text)]
    if len(named) > 1 and named[-1] == "request":  # "what", "where I live in the request"
        named = named[:-1]
    return named[0] if len(named) == 1 else ""


def _emptied(named: str) -> Meaning:
    return Unclear("request") if named == "request" else Emptied(named)


def corrected_place(text: str) -> str | None:
    """The place in "no, i live in france" ("no" alone is Norway's code) and in "wait, austria, not germany"."""
    for words in (text, *(text[match.end() :] for match in TURN.finditer(text))):
        place = parse_residence(words) if words.strip() else None
        if place is not None and place.outcome is ResidenceOutcome.FOUND and place.code:
            return place.code
    return None


def _residence(message: FormMessage) -> Meaning:  # noqa: PLR0911  (one line a kind, in order)
    if _asks_why(message) and parse_residence(message.text).outcome is not ResidenceOutcome.FOUND:
        return Unclear("why")
    if WHICH_PLACE.search(message.text) and not message.why:  # "i moved twice, which one do you want"
        return Unclear("now")
    if message.means("deny", at_least=0.0):
        return Unclear("no") if _bare_no(message) or message.confidence < SURE else Stopped()
    if message.means("affirm"):
        flag = parse_residence(message.text).outcome is ResidenceOutcome.FOUND
        return _place(message) if flag else Unclear("first")
    if message.means("go_on"):
        return Unclear("again")
    if message.intent == "skip" and NAMED["email"].search(message.text):
        return Unclear("first")  # "i have no e-mail" says nothing of where somebody lives
    if message.means("skip") and THATS_ALL.search(message.text) and message.why != "first":
        return Unclear("first")  # who has nothing more to say has not seen that something is asked
    if _is_for_others(message) and not is_place_name(ASIDE.split(message.text, maxsplit=1)[0]):
        return None
    return _place(message)


def _place(message: FormMessage) -> Meaning:  # noqa: PLR0911  (one line an outcome)
    place = parse_residence(EMAIL.sub(" ", message.text))
    along = tuple(FilledSlot("email", token) for token in set(EMAIL.findall(message.text)))
    also = (*along, *_nothing_more(message)) if len(along) == 1 else ()
    also = (*also, *_told_beside(message)) if place.outcome is ResidenceOutcome.FOUND else also
    if place.outcome is ResidenceOutcome.FOUND and place.code:
        return FilledSlot("residence", place.code, also)
    if place.outcome is ResidenceOutcome.AMBIGUOUS:
        return Unclear("which", place.options)
    if place.outcome is ResidenceOutcome.GUESSED and place.code:
        return Unclear("guess", (place.code,))
    if place.outcome is ResidenceOutcome.REGION:
        return Unclear("region", (place.region,))
    asks = PUT_AS_QUESTION.match(message.text) and read_short_answer(message.text) is ShortAnswer.UNCLEAR  # "can you pass it on"
    if message.intent == "skip" and asks:
        return Unclear("again")
    if place.outcome is ResidenceOutcome.NOT_SAID or message.intent == "skip":
        return FilledSlot("residence", NOT_SAID, also)
    if also:
        return also[0]
    if ASKING.search(message.text) and message.confidence < QUITE_SURE:
        return None  # "where r u based"
    meant = message.intent in {"provide_residence", "nlu_fallback", "out_of_scope_gibberish", "correct_answer", "add_details"}
    return Unclear("unread") if meant or _is_no_question(message) else None


def says_nothing_more(text: str) -> bool:
    """Whether the last part of a message says that there is nothing to add: "delete my account. I live in Spain. that's all"."""
    parts = [part.strip(" .!") for part in re.split(r"[,;.\n]+\s|\s\(?[0-9a-e][.)]\s+", text) if part.strip(" .!")]
    return len(parts) > 1 and read_short_answer(parts[-1]) is ShortAnswer.NOTHING


def _nothing_more(message: FormMessage) -> tuple[FilledSlot, ...]:
    """What "nothing else" says as one of several answers at once: "1. france 2. <email_1> 3. nothing else"."""
    parts = [part.strip() for part in LISTED.split(message.text) if part.strip()]
    nothing = len(parts) > 1 and not message.details and read_short_answer(parts[-1]) is ShortAnswer.NOTHING
    return (FilledSlot("details", NOT_SAID),) if nothing else ()


def _email(message: FormMessage) -> Meaning:  # noqa: PLR0911  (one line a kind, in order)
    addresses = EMAIL.findall(message.text)
    if addresses and "?" in message.text and message.intent in QUESTIONS and message.confidence >= QUITE_SURE:
        return None  # "do you pass <email_1> on?"
    if len(set(addresses)) > 1 and not EITHER.search(message.text):
        return Unclear("several", tuple(dict.fromkeys(addresses)))
    if addresses:
        return FilledSlot("email", addresses[0], _nothing_else(message) or _told_beside(message))
    if _asks_why(message):
        return Unclear("why")
    if message.means("go_on") or OK.fullmatch(message.text):
        return Unclear("again")
    if message.means("deny", "skip"):
        if message.email_optional:
            return FilledSlot("email", NOT_SAID)
        return Stopped() if message.intent == "deny" and not _bare_no(message) else Unclear("needed")
    if place := _other_place(message):
        return place
    meant = message.intent in {
        "provide_email", "nlu_fallback", "out_of_scope_gibberish", "affirm", "provide_residence", "add_details",
    }  # fmt: skip
    return Unclear("none") if meant or _is_no_question(message) else None


def _which_address(message: FormMessage) -> Meaning:
    """The answer to who asks which address may be given."""
    asks = message.asked == "email" and ASKING.search(message.text) and OF_AN_ADDRESS.search(message.text)
    return Unclear("any") if asks and not EMAIL.search(message.text) else None


def _asks_why(message: FormMessage) -> bool:
    """Whether somebody wants to know what an answer is needed for. A place or an address in the same message answers."""
    if EMAIL.search(message.text) or is_place_name(message.text):
        return False
    return message.intent == "ask_why"


def _bare_no(message: FormMessage) -> bool:
    """Whether a "no" to a question that no "no" answers may mean the question or the whole request. Said again, it ends it."""
    no = read_short_answer(message.text) is ShortAnswer.NO and message.words <= MOST_OF_A_NO
    return no and message.why not in {"no", "needed"}


def _other_place(message: FormMessage) -> FilledSlot | None:
    """A place at a later step corrects the one that was given. At the details it may be part of what is told."""
    if message.asked == "details":
        meant = message.means("provide_residence") or (message.means("correct_answer", at_least=0.0))
    else:
        meant = message.intent in {"provide_residence", "correct_answer"} or is_place_name(message.text)
    if not meant or ASKING.search(message.text) or not (is_place_name(message.text) or BESIDE_A_PLACE.search(message.text)):
        return None
    place = parse_residence(message.text)
    return FilledSlot("residence", place.code) if place.outcome is ResidenceOutcome.FOUND and place.code else None


def _details(message: FormMessage) -> Meaning:  # noqa: C901, PLR0911  (one line a kind, in order)
    if message.words <= FEW_WORDS and WITHOUT_DETAILS.search(message.text):
        return FilledSlot("details", NOT_SAID)
    if message.means("skip", "deny", at_least=0.0) and not TOKEN.search(message.text) and not _tells(message):
        return FilledSlot("details", NOT_SAID)
    if CONFUSED.search(message.text) and message.words <= 2 * FEW_WORDS and not re.search(r"\d|<", message.text):
        return Unclear("empty")
    opens = says_to_open(message.text) and not TOKEN.search(message.text) and message.words <= 3 * FEW_WORDS
    if opens or NOT_NOW.fullmatch(message.text):
        return FilledSlot("details", NOT_SAID)  # the summary comes next, and a yes to it
    addresses = EMAIL.findall(message.text)
    if message.email and message.text.strip() == message.email:
        return Unclear("known")
    if len(addresses) == 1 and RATHER_THIS.search(message.text):
        return FilledSlot("email", addresses[0])
    if message.means("go_on", at_least=0.0):  # nothing to add, unless the question was not seen since a pause
        return Unclear("again") if message.why == "later" else FilledSlot("details", NOT_SAID)
    if message.means("affirm", at_least=0.0) and (message.words <= FEW_WORDS or not carries_something(message.text)):
        again = message.why == "first" and read_short_answer(message.text) is ShortAnswer.YES
        return FilledSlot("details", NOT_SAID) if again else Unclear("first")  # a second yes: to what was shown, and no detail
    if place := _other_place(message):
        return place
    if PUT_AS_QUESTION.match(message.text) and not re.search(r"\d", message.text) and not TOKEN.search(message.text):
        return Unclear("empty") if message.means("add_details", at_least=0.0) else None
    told = message.means("add_details", "on_behalf", at_least=0.0) and "?" not in message.text
    if (told and carries_something(message.text)) or _complains(message):
        return FilledSlot("details", message.text)
    if _is_for_others_at_details(message):
        return None
    ends_it = message.intent in {"stop_form", "cancel_request", "pause_form"} and not re.search(r"\d", message.text)
    return FilledSlot("details", message.text) if _is_story(message) and not ends_it else Unclear("empty")


def _complains(message: FormMessage) -> bool:
    """Whether somebody who complains tells of what, where details are asked for: "you never answer" is about the company."""
    if message.request_type != "complaint":
        return False
    meant = message.intent in {"bot_complaint", "abuse", "ask_why", *OF_A_STORY} or message.intent.startswith("request_")
    return meant and message.words >= FEWEST_OF_A_STORY and carries_something(message.text) and not ASKING.search(message.text)


def _is_for_others_at_details(message: FormMessage) -> bool:
    """Whether a question, another wish or small talk comes between. A number or a longer story is a detail all the same."""
    if message.intent in QUESTIONS and (message.confidence >= SURE or "?" in message.text):
        return not (re.search(r"\d", message.text) and not ASKING.search(message.text))  # "our file ref is 118/26" asks nothing
    if message.intent in FOR_OTHERS and message.confidence >= SURE and message.words <= 3 * FEW_WORDS:
        return True
    if message.intent.startswith("request_"):
        other = message.intent != f"request_{message.request_type}"
        if other and REPLACES.search(message.text):
            return message.confidence >= SURE and message.words <= 4 * FEW_WORDS
        return other and message.confidence >= QUITE_SURE and message.words <= 2 * FEW_WORDS
    if message.intent in OF_A_STORY and message.words >= FEWEST_OF_A_STORY and not ASKING.search(message.text):
        return False  # "my mum says that it is fine": said of the request, whatever else it is about
    return message.confidence >= SURE and not re.search(r"\d", message.text) and message.intent != "out_of_scope_gibberish"


def _is_story(message: FormMessage) -> bool:
    """Whether a text that no intent calls a detail is one: it holds a number, a masked value, or a sentence or more."""
    told = re.search(r"\d|<[a-z]+_", message.text) or message.words >= FEWEST_OF_A_STORY or message.intent.startswith("request_")
    return bool(told) and carries_something(message.text) and "?" not in message.text


def _agreed(message: FormMessage) -> Meaning:  # noqa: C901, PLR0911  (one line a kind, in order)
    if (says_to_open(message.text) or says_to_open(message.spelt)) and message.seen and not TOKEN.search(message.text):
        return FilledSlot("agreed", True)
    if message.intent == "affirm":
        sure = message.confidence >= CLEAR_YES or _plain_yes(message.text)
        clear = sure and message.shown and agrees_clearly(message.text)
        if message.why in {"unsure", "stuck"}:  # who was not clear once must say more than "ok"
            clear = clear and bool(YES.search(message.text))
        return FilledSlot("agreed", True) if clear else Unclear("unsure" if message.shown else "again")
    if message.intent == "deny":
        if NOT_THIS.search(message.text):
            return Unclear("change")
        refuses = NEGATION.search(message.text) or read_short_answer(message.text) is not ShortAnswer.UNCLEAR
        sure = message.confidence >= (SURE if refuses else QUITE_SURE)  # "that one only" may say that it is complete
        return Stopped() if sure else Unclear("unsure" if refuses else "summary")
    if message.intent == "go_on":
        complete = read_short_answer(message.text) is ShortAnswer.NOTHING  # "that's all": what there is, is shown once more
        return Unclear("again" if not message.shown else "summary" if complete else "unsure")
    if message.intent == "skip":
        return FilledSlot("details", NOT_SAID) if message.details else Unclear("unsure")
    addresses = EMAIL.findall(message.text)
    if message.intent == "add_details" and carries_something(message.text):
        return _added(message)
    if addresses and message.intent in {"provide_email", "correct_answer"} and not ASKING.search(message.text):
        return FilledSlot("email", _not_negated(message.text, addresses))
    if place := _other_place(message):
        return place
    if message.details and MEANT.search(message.text) and carries_something(message.text):
        return _with_details(message)
    told = message.intent in OF_A_STORY and message.intent != "nlu_fallback"
    if told and _is_story(message) and not ASKING.search(message.text) and not addresses:
        return Unclear("add", (message.text,))  # said of the request, or beside it: nobody can tell but the visitor
    return Unclear("unsure") if message.intent in {"nlu_fallback", "out_of_scope_gibberish"} else None


def _added(message: FormMessage) -> Meaning:
    """What is to be added to the details at the summary; asked back where that is not sure."""
    if ASKING.search(message.text) and not ADDS.search(message.text):
        return None
    return _with_details(message) if message.confidence >= SURE else Unclear("add", (message.text,))


def _is_no_question(message: FormMessage) -> bool:
    """A few words that ask nothing, which were taken for a question because no answer looks like them."""
    return message.intent in QUESTIONS and message.words <= FEW_WORDS and not ASKING.search(message.text)


def _is_for_others(message: FormMessage) -> bool:
    """Whether another rule answers the message: "do you sell data in Germany?" names no residence."""
    if message.intent.startswith("request_") and message.intent not in FOR_OTHERS:
        return True
    if message.intent not in FOR_OTHERS or _is_no_question(message):
        return False
    return message.confidence >= QUITE_SURE or (message.confidence >= SURE and (message.words > FEW_WORDS or "?" in message.text))
