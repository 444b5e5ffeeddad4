"""Wishes beside something else: "send me everything you have and then erase it" asks for two requests, "hi delete my account
and how long does that take" for one and its time, and a bin before "my account" is a wish as well. What is asked beside a wish,
or beside an answer, is told apart from it, so that it can be answered too."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Awaitable, Callable, Dict, List, Tuple

from bot import sureness
from bot.context import ANSWERED, ELSE, OPENED, STEPS
from bot.dialogue_acts import HUMAN
from knowledge.messages import asks_if_old_enough

REQUEST, NO_WISH = "request_", "request_status"
Parse = Callable[[str], Awaitable[Dict[str, Any]]]  # how Rasa reads a text
JOINS = (
    r",?\s+(?:and(?:\s+(?:then|also|after(?:wards| that)?))?|then|also|plus|as well as|but|or(?=\s+(?:else|i|we)\b))\s+"
    r"|,\s+|\s+[-–—]+\s+"
)
JOINED = re.compile(rf"[.;!\n]+|{JOINS}", re.IGNORECASE)
IN_A_SENTENCE = re.compile(JOINS, re.IGNORECASE)
MOST_PARTS = 4
# What "it" and "everything" mean stands in the other half of such a message.
COPY = re.compile(
    r"\b(?:cop(?:y|ies)|export|download|send (?:me|us|over)|give me|hand (?:me|over)|show me|let me have|get me|(?:e-?)?mail me"
    r"|i want to (?:see|have))\b",
    re.IGNORECASE,
)
DELETE = re.compile(
    r"\b(?:delet\w*|eras\w*|wip(?:e|ed|ing)|remov\w*|destroy\w*|get rid of|purg\w*"
    r"|take (?:my|her|his|their|our|me|us|him|them)\b.{0,40}\b(?:off|out|down)"
    r"|close (?:my|her|his|their|our|the|this) (?:\w+ )?accounts?)\b",
    re.IGNORECASE,
)
# A half that names none of these wishes for nothing by itself: "I would like my account and everything in it removed".
DOES = re.compile(
    r"\b(?:correct|fix|change|update|rectify|stop|unsubscribe|object|opt|sell\w*|restrict|freeze|limit|withdraw|revoke|complain\w*"
    r"|complaint|report (?:you|your|this|that|it|them|what|how)|port|transfer|move)\b",
    re.IGNORECASE,
)
POLITE = re.compile(r"\b(?:please|pls|(?:can|could|would|will) you|i want|i need|i'?d like|i would like|i wish)\b", re.IGNORECASE)
NEGATED = re.compile(r"\b(?:don'?t|do not|never|not|without|instead of|rather than|no)\b", re.IGNORECASE)
# "so you do sell it": what "you must", "you will delete" and "you stop that now" ask for is a wish.
CONCLUDES = re.compile(
    r"\W*(?:(?:so|ah+|aha|oh|ok(?:ay)?|right|hm+|then|and|but|well|wait)\W+)*(?:in other words |basically |that means )?"
    r"(?:you|u|they)(?: (?:guys|people|do|don['’]?t|also|still|just|really|actually|never|always|only))* "
    r"(?!(?:must|should|have|need|can|could|will|would|shall|better|may|are|stop|now)\b)\w+"
    r"(?!.*\b(?:now|immediately|at once|today|asap|right away|or else)\b)",
    re.IGNORECASE,
)
MOST_WORDS_OF_A_CONCLUSION = 8
# What a company does, said to it as a question is: "so you sell or not sell, clear answer", "2 questions: you sell my data?"
ASKS_WHAT_IS_DONE = re.compile(
    r"(?:^|[.,:;!]\W*)\W*(?:(?:so|and|but|ok|then|well|hi|hello)\W+)*(?:you|u|they)(?:\W+(?:guys|people|do|still|really|actually))*"
    r"\W+(?:sell\w*|shar(?:e|ing)|giv(?:e|ing)|keep\w*|stor(?:e|ing)|collect\w*|track\w*|sav(?:e|ing)|record\w*|spy\w*)\b",
    re.IGNORECASE,
)
WANTS_AN_END = re.compile(
    r"\b(?:stop\w*|delet\w*|eras\w*|remov\w*|opt\w*|object\w*|no more|want|wish|please|pls|must|copy|send)\b",
    re.IGNORECASE,
)
# "I want wrong information about me corrected": what is to be done stands at its end.
ONLY_IF = re.compile(r"\b(?:if|when|until|unless|whether)\b[^.;?!]*$", re.IGNORECASE)
WANTS_DONE = re.compile(
    r"\b(?:i|we)(?:['’]d| would)? (?:like|need|want|wish|demand|request)(?: to (?:have|get|see))? (?!to\b)[^.;?!]{0,60}?"
    r"\b(?:(?P<correction>corrected|rectified|amended)|(?P<deletion>deleted|erased|wiped))\b",
    re.IGNORECASE,
)
# What is wanted in the place of the wish that is begun.
WANTED_INSTEAD = re.compile(
    r"\b(?:(?P<access>cop(?:y|ies))|(?P<deletion>delet\w+|eras\w+)|(?P<correction>correct\w+|fix\w*))\b[^.;!?]{0,30}\binstead\b",
    re.IGNORECASE,
)
INSTEAD = re.compile(r"\binstead\b", re.IGNORECASE)  # "hang on, can i have a copy instead" is no question
# What somebody has done already is told, not wished for: "I deleted my account last year. Do you still have my data?"
DONE = re.compile(
    r"^\W*(?:i|we)(?:['’]?ve| have| had)?(?: (?:already|just|\w+ly))*"
    r" (?:delet|eras|wip|remov|destroy|purg|clos|cancel|unsubscrib|opt|chang|updat|correct|revok|mov|transfer|object|complain)"
    r"\w*ed\b",
    re.IGNORECASE,
)
# What is kept, and for how long, is the policy's; how long a request takes is not.
KEPT = re.compile(r"\b(?:kept|keep(?:s|ing)?|stored?|stor(?:es|ing)|retain\w*|retention)\b", re.IGNORECASE)
OF_THE_REQUEST = re.compile(r"\b(?:requests?|tickets?|answers?|forms?|codes?|number|here|this|wait\w*|keep me)\b", re.IGNORECASE)
ASKED = re.compile(r"^\s*(?:(?:can|could|may) i|do|does|did|how|what|who|why|when|where|which|is|are|will)\b", re.IGNORECASE)
SENTENCE = re.compile(r"(?<=[.?!;])\s+|\n+")
SENTENCE_ENDS = re.compile(r"[.?!;)\s]+$")
ASKS = r"(?:can|could|may) i|do|does|did|how|what|who|whom|whose|why|when|where|which|is|are|was|will|has|have (?:you|they)"
TO_KNOW = (
    r"(?:(?:please|kindly|pls|plz) )?(?:tell(?: me)?|advise|confirm|clarify)(?= (?:if|whether)\b)"
    r"|tell me|let me know|explain|i(?:['’]?d (?:also )?(?:like|love)| (?:also )?(?:want|need|would (?:also )?like)"
    r"|['’]?m (?:also )?wondering) to know|(?:i (?:also )?)?wonder(?:ing)?\b"
)
ASKED_BESIDE = re.compile(rf"^\s*(?:(?:{ASKS})\b|what['’]?s\b|(?:and )?if(?! (?:so|yes|not)\b)|whether|{TO_KNOW})", re.IGNORECASE)
# The same where no question mark says it: "how long do you keep it" asks, "how it was" and ", which i no longer use" do not.
HELPS = r"(?:do|does|did|is|are|was|were|will|would|can|could|may|must|should|has|have|am)"
# "Have it erased" and "do it today" wish, they ask nothing.
HAVE_IT = (
    r"have (?!.*\b(?:been|gone|had)\b)(?:it|them|that|this|him|her|all|everything|an?|my|our|the|your|his|their)\b"
    r"|do (?:it|that|this)\b"
)
WHOM = r"(?:i|you|it|that|this|these|they|we|he|she|there|my|the|your|our|any\w*|some\w*|a|an|all)"
WH = r"(?:if|whether|what|how|why|who\w*|when|where|which)"
ASKED_UNMARKED = re.compile(
    rf"^\s*(?!{HAVE_IT})"
    rf"(?:{HELPS} {WHOM}\b|what['’]?s\b|(?:what|how|why|whom?|whose)\b(?! (?:i|it|you|we|they|he|she|that|this)\b)"
    rf"|(?:when|where|which)(?: \w+){{0,2}} {HELPS}\b|by when\b|(?:{TO_KNOW}) {WH}\b)",
    re.IGNORECASE,
)
IF_SO = re.compile(r"^(?:(?:and|then|so)\s+)?if (?:so|yes|not),?\s+(?:then\s+)?", re.IGNORECASE)
# Behind a question in its sentence only these begin a wish: "how long do you keep it, and please delete my account".
WISHES = re.compile(
    r"^\s*(?:please|pls|plz|kindly|(?:can|could|would|will) you"
    r"|i(?:['’]?d| would)? (?:also )?(?:want|need|wish|like)\b(?! to know))"
    r"|\b(?:please|pls|plz)[\s.!]*$",
    re.IGNORECASE,
)
# A statement with a question mark that asks: "I thought you don't sell it?"
SUPPOSED = re.compile(
    r"^\W*(?:\w+\W+){0,2}(?:i|we) (?:thought|hope|guess|assume|suppose|understood|heard|read|take it)\b", re.IGNORECASE
)
TOLD = re.compile(r"[<@\d]")  # a value, which answers whatever is asked beside it
MORE = re.compile(r"\b(?:also|then|plus|as well as|after(?:wards| that)?)\b", re.IGNORECASE)
POLITE_WISH = re.compile(r"^\s*(?:can|could|would|will) you\b", re.IGNORECASE)  # "can you delete it?" asks nothing
CONNECTS = re.compile(
    r"^[\s,;:.!–—-]*(?:(?:and|also|but|so|plus|then|ok|okay|oh|btw|by the way|ps|p\.s\.|one more thing|just)\b[\s,;:.!–—-]*)+",
    re.IGNORECASE,
)
POLITE_VERB = re.compile(
    r"\b(?:(?:can|could|would|will) (?:you|u|ya)"
    r"|(?:i|we|all i|what i) (?:just |only |really )?(?:want|need)(?:ed)?(?: is)?(?: that| for)?"
    r" (?:you|u|ya)(?: guys| people)?(?: to)?)"
    r"\s+(?:(?:please|pls|plz|just|also)\s+)*",
    re.IGNORECASE,
)
# "number again pls, my phone died", "whats my numbr": of the request that is open. Other things have numbers that people tell.
NUMBER_ASKED = re.compile(r"\b(?:n[umbe]{2,5}r|reference)\b", re.IGNORECASE)
OTHER_NUMBER = re.compile(
    r"\d|<|\b(?:phone|mobile|cell|telephone|tel|customer|client|account|card|house|order|tax|social|security|passport|bank|invoice)"
    r"\W+(?:\w+\W+)?n[umbe]{3,5}r\b|\b(?:number|reference) is\b|\badd\b|\b(?:wrong|delete|remove|change|call)\b",
    re.IGNORECASE,
)
MOST_WORDS_FOR_A_NUMBER = 9
# Nobody who asks for a copy of their own in the first person wants to know whether one could.
COPY_FOR_ME = re.compile(
    r"\b(?:can|could|may) (?:i|we) (?:please |pls |also |now )*(?:get|have|receive) (?:a |my |the |an? \w+ )*"
    r"(?:cop(?:y|ies)|export)\b"
    r"(?=.*\b(?:my|me|mine|i|our|us)\b)",
    re.IGNORECASE,
)
YES_AHEAD = re.compile(r"^\W*(?:(?:yes|yeah|yea|yep|ok(?:ay)?|sure|please|pls|plz)\b[\s,.!]*)+", re.IGNORECASE)
# "Can you sell my data?" asks whether they may; nobody asks that of these.
FAVOUR = re.compile(
    r"\b(?:correct|fix|rectify|unsubscribe|stop|untick|(?:take|get) (?:me|us|him|her|my)\b.{0,40}\b(?:off|out|down))\b",
    re.IGNORECASE,
)
HOW = re.compile(r"\b(?:how|what|when|why|where|who|which|\w+ if|whether)\W+$", re.IGNORECASE)
OWN = re.compile(r"\b(?:my|me|mine|our|us|myself|her|his|their|everything)\b", re.IGNORECASE)
LENGTHS = 3, 6, 12  # words behind "can you" that may hold the wish; what follows is a story
A_PERSON = (
    r"(?:human(?: being)?|person|(?:live )?agent|representative|operator|staff(?: member)?"
    r"|(?:phone |video )?call(?:[- ]?back)?)s?"
)
# A refusal to talk to somebody, up to the next sign or "just". "I don't want to talk to a bot" and "… to you" are none.
REFUSES_A_PERSON = re.compile(
    r"(?:\b(?:i|we)(?: |(?=['’])))?"
    r"(?:\b(?:do|did)(?:n['’]?t| not) (?:want|need|wish|like|care|have)(?: to)?|(?:\bwould|['’]d) rather not"
    r"|\b(?:there(?:['’]?s| is) )?no need (?:for|to)|\bwithout(?: having)?(?: to)?|\binstead of|\brather than)\s+"
    r"(?!(?:\w+[^\w.,;:!?–—]+){0,5}?(?:bots?|robots?|machines?|computers?|you|u)\b)"
    rf"(?:(?:talk|speak|chat|talking|speaking|chatting)\b|(?:a |an |any |your |some )*{A_PERSON}\b)"
    r"(?:(?!\b(?:just|only|simply|but|please|pls|plz|then)\b)[^.,;:!?–—])*[.,;:!?–—]*\s*(?:(?:just|only|simply|but)\b\s*)*",
    re.IGNORECASE,
)
# What is wished for in the place of something else: "a copy, not deletion". "Do not sell it" is a wish by itself.
OTHER_WISH = re.compile(
    r"[\s,.;:–—-]+(?:and )?(?:not|rather than|instead of)\s+(?:(?:for|to have|an?|the|any|my) )*(?:data )?"
    r"(?:deletions?|deleting|erasures?|erasing|removals?|removing|cop(?:y|ies)|copying|corrections?|correcting|portability|exports?"
    r"|exporting|restrictions?|restricting|objections?|objecting|complaints?|complaining|opt(?:ing)?[ -]out|access)"
    r"(?: (?:of|to) (?:it|that|my \w+|everything)| requests?| it| anything)?(?=[\s.,;:!–—-]*(?:$|please|pls|thanks|but|i\b))",
    re.IGNORECASE,
)
# "I want a human to decide, not a machine" objects to a decision; nobody is to be talked to (Art. 22(3) GDPR).
DECIDES = r"(?:(?:re-?)?(?:decid|consider|check|judg|assess|inspect|evaluat|review)\w*|(?:look|go) (?:at|into|over|through))"
HUMAN_DECIDES = re.compile(
    r"\b(?:human|person|some(?:body|one))(?: being)? (?:(?:to|should|must|has to|who|can|will|that) )?"
    rf"(?:{DECIDES}\b|(?:decision|intervention)\b)"
    rf"|\b{DECIDES} by an? (?:\w+ )?(?:human|person)\b",
    re.IGNORECASE,
)
BY_MACHINE = re.compile(
    r"\b(?:decision|scor(?:e|ed|ing)|refus\w+|reject\w*|denied|declin\w+"
    r"|turned (?:me )?down|automat\w+|algorithm\w*|profil\w+)\b",
    re.IGNORECASE,
)
# Said of oneself, in no context anything but danger.
MEANS_DEATH = re.compile(
    r"\bi (?:\w+ )?(?:want|wish|need|wanna|going|am going|plan)(?: to| 2)? (?:die|be dead)\b"
    r"|\b(?:kill|hurt|harm|cut)(?:ing)? myself\b|\b(?:end|ending|take|taking) my (?:own )?life\b"
    r"|\b(?:i am|i['’]?m|i feel|feeling) suicidal\b|\bi (?:\w+ )?(?:commit|attempt)\w* suicide\b"
    r"|\bi (?:\w+ )?(?:do not|don['’]?t|dont) want to (?:live|be alive)\b|\bi(?:['’]?d| would) be better off dead\b",
    re.IGNORECASE,
)
# Answers to the form that nobody puts as a question: "does it matter that I moved?" corrects nothing.
NEVER_ASKED = frozenset(["correct_answer", "add_details", "deny", "skip", "ask_why"])
# Signs that stand for a verb. Each alone says nothing; Rasa's tokenizer drops them.
SIGNS = {"\U0001f5d1": "delete", "\U0001f6ae": "delete", "\U0001f4e5": "send me a copy of", "\U0001f515": "stop"}
SIGN = re.compile("[" + "".join(SIGNS) + "]")


def signs_in_words(text: str) -> str:
    """The text with the verb that a sign in it stands for, if there are words to it: what a model should read."""
    found = SIGN.search(text)
    words = SIGN.sub(" ", text).replace("\ufe0f", "").strip()
    return f"{SIGNS[found[0]]} {words}" if found and re.search(r"[a-z]{2}", words, re.IGNORECASE) else text


def without_refused_person(text: str) -> str:
    """The message without what it says against talking to a person, if more is said: "no need to call, just delete it"."""
    rest = REFUSES_A_PERSON.sub(" ", text).strip()
    return rest if len(rest.split()) > 1 else text


# "don't delete it, just correct my name"
NO_SUCH_WISH = re.compile(
    r"\b(?:please )?(?:don['’]?t|do not|no need to) (?:delet|eras|remov|cop|correct|port|export|restrict)\w*"
    r"(?: (?:it|that|this|them|anything|everything|my \w+))?[\s,.;–—-]*(?:but |please )?\b(?:just|only|rather|instead)\b[\s,]*",
    re.IGNORECASE,
)


def without_other_wish(text: str) -> str:
    """The message without what it names only as not wished for, if more is said: "a copy, not deletion"."""
    rest = " ".join(NO_SUCH_WISH.sub(" ", OTHER_WISH.sub(" ", text)).split())
    return rest if len(rest.split()) > 1 else text


def asks_what_is_kept(text: str) -> bool:
    """Whether a question taken for one about the request is about what a company keeps: "how long are they kept then"."""
    return KEPT.search(text) is not None and OF_THE_REQUEST.search(text) is None


def concludes(text: str) -> bool:
    """Whether a few words after an answer say what it seems to mean, and wish for nothing: "so you DO sell it"."""
    short = len(text.split()) <= MOST_WORDS_OF_A_CONCLUSION
    return short and CONCLUDES.match(text) is not None and not POLITE.search(text)


def asks_what_is_done(text: str) -> bool:
    """Whether a message asks what the company does, in the order of words of a statement, and wishes for nothing."""
    return ASKS_WHAT_IS_DONE.search(text) is not None and WANTS_AN_END.search(text) is None


def wanted_done(text: str) -> str:
    """The request type that a sentence wants done at its end; "" if none does."""
    found = WANTS_DONE.search(text)
    return found.lastgroup or "" if found and not ONLY_IF.search(text[: found.start()]) else ""


def wanted_instead(text: str) -> str:
    """The request type that a message wants in the place of the one that is begun; "" if it wants none."""
    found = WANTED_INSTEAD.search(text)
    return found.lastgroup or "" if found else ""


def objects_to_decision(text: str) -> bool:
    """Whether somebody wants a person to decide what a machine decided."""
    return HUMAN_DECIDES.search(text) is not None and BY_MACHINE.search(text) is not None


def asks_for_number(text: str) -> bool:
    """Whether a message in a conversation with an open request asks for that request's number."""
    short = len(text.split()) <= MOST_WORDS_FOR_A_NUMBER
    return short and NUMBER_ASKED.search(text) is not None and OTHER_NUMBER.search(text) is None


def said_plainly(read: str, context: str, understood: Dict[str, Any], *, beside: bool) -> str:
    """The intent of which a message's words leave no doubt, whatever it was taken for; "" where they do.

    beside: whether what is asked in it is answered beside what it says.
    """
    intent, confidence = str(understood.get("name") or ""), float(understood.get("confidence") or 0.0)
    if MEANS_DEATH.search(read) or (context == OPENED and asks_for_number(read)):
        return "in_danger" if MEANS_DEATH.search(read) else "request_status"
    if context not in STEPS and intent == HUMAN and objects_to_decision(read):
        return "request_objection"
    concluded = context == ANSWERED and intent.startswith("request_") and concludes(read)
    may_be_asked = intent.startswith("request_") or (context in STEPS and intent in NEVER_ASKED)
    if concluded or (may_be_asked and asks_what_is_done(read)):
        return "ask_policy"
    if not intent.startswith("request_") and (wish := wanted_instead(read) if context in STEPS else wanted_done(read)):
        return f"request_{wish}"
    of_age = context in {ANSWERED, ELSE} and asks_if_old_enough(read)
    of_keeping = context in STEPS and intent == "ask_about_request" and asks_what_is_kept(read)
    unsure = confidence < (sureness.WISH_BY_ASKING if intent.startswith("request_") else sureness.ANSWER_BY_ASKING)
    may_ask = context in STEPS and unsure and not beside and (intent.startswith("request_") or intent in NEVER_ASKED)
    only_asked = may_ask and only_asks(read) and INSTEAD.search(read) is None
    return "ask_policy" if of_age or of_keeping or only_asked else ""


async def wish_beside(text: str, parse: Parse) -> str:
    """The request type that one part of a message asks for, though the whole sounds like a question or talk; "" if none.

    What follows a question in its sentence belongs to it: "how do i log in and delete my account" wishes for nothing, unless it
    is put as a wish of its own ("…, and please delete my account", "… also delete my account").
    """
    sentences = _sentences(text)
    if sum(map(len, sentences)) < 2:
        return ""
    for parts in sentences:
        asked = False
        for part in parts[:MOST_PARTS]:
            if ASKED_BESIDE.search(part.text):
                asked = True
                continue
            if asked and not (WISHES.search(part.text) or MORE.search(part.joined)):
                continue
            if NEGATED.search(part.text) or DONE.search(part.text):
                continue
            if not (DELETE.search(part.text) or COPY.search(part.text) or DOES.search(part.text)):
                continue
            if wished := await _by_rasa_alone(IF_SO.sub("", part.text), parse, sureness.PART_BESIDE):
                return wished
    return ""


def surer_wish(read: Dict[str, Any], heard: Dict[str, Any]) -> Dict[str, Any]:
    """What was understood of a message as it is spelt, or as it sounds, where that is surely a wish and more surely so."""
    (first, second) = (understood.get("intent") or {} for understood in (read, heard))
    sure = float(second.get("confidence") or 0.0)
    wishes = _wish(str(second.get("name") or "")) and sure >= sureness.WISH_BY_SOUND
    return heard if wishes and sure > float(first.get("confidence") or 0.0) else read


async def wish_put_politely(text: str, parse: Parse) -> str:
    """The request type in "can u delete my acc, my mum doesn't know", or in a yes that says what is wanted; "" if none.

    Only what is to be done with one's own is a wish: "can you delete messages in the app" asks.
    """
    yes = YES_AHEAD.match(text)
    asked = POLITE_VERB.search(text)
    if asked and HOW.search(text[: asked.start()]):
        return ""
    if asked is None and yes is None:
        return ""
    words = (text[asked.end() :] if asked else text[yes.end() :] if yes else "").split()
    for length in LENGTHS:
        part = " ".join(words[:length])
        does = DELETE.search(part) or COPY.search(part) or (FAVOUR if asked else DOES).search(part)
        if not does or NEGATED.search(part) or not (OWN.search(part) or yes):
            continue
        if wished := await _by_rasa_alone(f"please {part}", parse, sureness.PART_BESIDE):
            return wished
    return ""


def asked_beside(text: str) -> Tuple[str, List[str]]:
    """A message without its questions, and these; all of it and [] where it asks nothing, or nothing but questions.

    "delete my account - and how long do you keep backups?" is "delete my account" and "how long do you keep backups?".
    """
    kept: List[str] = []
    questions: List[str] = []
    for sentence in _sentences(text):
        last: List[str] = []  # what the part before went to
        for part in sentence:
            own = _asks(part) or WISHES.search(part.text) or MORE.search(part.joined)
            into = questions if _asks(part) or (last is questions and not own) else kept
            if into is last and not _asks(part):
                into[-1] = f"{into[-1]}{part.before}{part.text}"
            else:
                into.append(part.text)
            last = into
        if len(sentence) == 1 and last is kept and sentence[0].asks and not POLITE_WISH.search(sentence[0].text):
            questions.append(kept.pop())  # "backups too?"
    if not kept or not questions:
        return text, []
    asked = [f"{_alone(question)}?" for question in questions]
    return ". ".join(_alone(part) for part in kept), asked


def only_asks(text: str) -> bool:
    """Whether a message asks something, and every part of it that asks nothing only leads up to that: "wait, do you sell it?"."""
    sentences = [part for sentence in _sentences(text) for part in sentence]
    asking = [place for place, part in enumerate(sentences) if _asks(part) or (part.asks and SUPPOSED.search(_alone(part.text)))]
    if not asking:
        return False
    beside = [*sentences[: asking[0]], *sentences[asking[-1] + 1 :]]
    return not any(WISHES.search(part.text) or POLITE_WISH.search(part.text) or TOLD.search(part.text) for part in beside)


def _asks(part: MessagePart) -> bool:
    text = _alone(part.text)
    if POLITE_WISH.search(text) or re.match(r"if\b", text, re.IGNORECASE):
        return False
    if part.asks:
        return ASKED_BESIDE.search(text) is not None
    aside = part.joined == "" and "," in part.before and re.match(r"who\w*|which", text, re.IGNORECASE)
    return " " in text and ASKED_UNMARKED.search(text) is not None and not aside


@dataclass(frozen=True)
class MessagePart:
    """A part of a sentence. before: what joins it to the part before it, as typed; joined: the words of that. asks: whether its
    sentence ends with a question mark."""

    text: str
    before: str
    joined: str
    asks: bool


def _sentences(text: str) -> List[List[MessagePart]]:
    """The message's sentences, each as its parts."""
    sentences = []
    for sentence in SENTENCE.split(text):
        whole = SENTENCE_ENDS.sub("", sentence)
        asks = "?" in sentence[len(whole) :]
        parts, end, before = [], 0, ""
        for join in (*IN_A_SENTENCE.finditer(whole), None):
            part = whole[end : join.start() if join else len(whole)].strip(" \t-–—")
            if part:
                parts.append(MessagePart(part, before, before.strip(" ,"), asks))
                before = ""
            if join:
                before, end = before + join[0], join.end()
        if parts:
            sentences.append(parts)
    return sentences


def _alone(part: str) -> str:
    """A part as a sentence of its own."""
    return CONNECTS.sub("", part).strip() or part


async def wishes_in(text: str, intent: str, parse: Parse) -> List[str]:
    """The request types that one message asks for, in its order; [] unless there are two or more.

    parse: Rasa's reading of a text. Each half must be a wish by itself, or the halves must name a copy and a deletion.
    """
    parts = [part.strip() for part in JOINED.split(text) if part and part.strip()][:MOST_PARTS]
    if len(parts) < 2 or not (_wish(intent) or POLITE.search(text)) or ASKED.search(text):
        return []
    if any(NEGATED.search(part) for part in parts):
        return []
    found: List[str] = []
    for part in parts:
        wished = _by_words(part) or await _by_rasa(part, parse)
        if wished and wished not in found:
            found.append(wished)
    return found if len(found) > 1 else []


def _by_words(part: str) -> str:
    copied, deleted = COPY.search(part), DELETE.search(part)
    if bool(copied) == bool(deleted):
        return ""
    return "access" if copied else "deletion"


async def _by_rasa(part: str, parse: Parse) -> str:
    if len(part.split()) < 2 or not DOES.search(part):
        return ""
    return await _by_rasa_alone(part, parse, sureness.PART)


async def _by_rasa_alone(part: str, parse: Parse, sure: float) -> str:
    intent = (await parse(part)).get("intent") or {}
    name, confidence = str(intent.get("name") or ""), float(intent.get("confidence") or 0.0)
    return name[len(REQUEST) :] if _wish(name) and confidence >= sure else ""


def _wish(intent: str) -> bool:
    return intent.startswith(REQUEST) and intent != NO_WISH
