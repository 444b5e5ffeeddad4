"""A message while request_form asks for something, and what it can mean."""

from __future__ import annotations

import re
from dataclasses import dataclass

from actions.form.words import ASKING, EMAIL, FEW_WORDS, carries_something
from candor.tickets.law.residence import is_place_name
from candor.typed.short_answers import ShortAnswer, read_short_answer

NOT_SAID = ""  # "rather not say", "nothing to add"
SURE, QUITE_SURE = 0.5, 0.7  # of the intent, where the text alone could be an answer too
FEWEST_OF_A_STORY = 3  # words
# A statement that was taken for one of these, where details are asked for, is one.
OF_A_STORY = frozenset(["out_of_scope_general", "out_of_scope_support", "out_of_scope_other_people", "nlu_fallback"])
MOST_OF_A_NO = 2  # words of a "no" that may be meant for the question alone
QUESTIONS = {"ask_policy", "ask_what_changed", "compare_companies"}
SMALL_TALK = frozenset([
    "greet", "goodbye", "thanks", "how_are_you", "joke", "bot_complaint", "abuse", "emoji_or_reaction", "nlu_fallback",
])  # fmt: skip
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


def tells_a_story(message: FormMessage) -> bool:
    """Whether a text that sounds like a stop or a delay tells a longer story where a story was asked for."""
    return message.asked == "details" and message.words > 2 * FEW_WORDS and message.confidence < QUITE_SURE


def with_details(message: FormMessage, told: str = "") -> FilledSlot:
    """The details with something more. told: the part of the message that it is; else all of it."""
    told = told or message.text
    return FilledSlot("details", f"{message.details}; {told}" if message.details else told)


def asks_why(message: FormMessage) -> bool:
    """Whether somebody wants to know what an answer is needed for. A place or an address in the same message answers."""
    if EMAIL.search(message.text) or is_place_name(message.text):
        return False
    return message.intent == "ask_why"


def bare_no(message: FormMessage) -> bool:
    """Whether a "no" to a question that no "no" answers may mean the question or the whole request. Said again, it ends it."""
    no = read_short_answer(message.text) is ShortAnswer.NO and message.words <= MOST_OF_A_NO
    return no and message.why not in {"no", "needed"}


def is_story(message: FormMessage) -> bool:
    """Whether a text that no intent calls a detail is one: it holds a number, a masked value, or a sentence or more."""
    told = re.search(r"\d|<[a-z]+_", message.text) or message.words >= FEWEST_OF_A_STORY or message.intent.startswith("request_")
    return bool(told) and carries_something(message.text) and not ASKING.search(message.text)


def is_no_question(message: FormMessage) -> bool:
    """A few words that ask nothing, which were taken for a question because no answer looks like them."""
    return message.intent in QUESTIONS and message.words <= FEW_WORDS and not ASKING.search(message.text)
