"""Which messages are steps: they answer what Candor asked, and ask nothing themselves. Pure.

The words decide first, then what Candor had asked before, then what Rasa took the message for. So "Germany" is a step also
where it was answered as if it were a question, and a question in the middle of a form is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from candor.tickets.law.residence import ResidenceOutcome, is_place_name, parse_residence
from candor.transcripts.masking import TOKEN
from candor.transcripts.steps import QUESTION_KINDS
from candor.typed.codes import is_only_code, wants_new_code
from candor.typed.emails import emails_in
from candor.typed.short_answers import ShortAnswer, read_short_answer

# A reply on its way is not a step: "why?" asks, and what is unclear may ask.
NO_STEPS = {ShortAnswer.UNCLEAR, ShortAnswer.WHY}
INTENTS = {  # what Rasa takes a step for, and what it is then called
    "affirm": "yes", "deny": "no", "skip": "nothing", "stop_form": "stop", "provide_email": "email", "provide_code": "code",
    "ask_code": "code", "provide_residence": "residence", "correct_answer": "wrong", "add_details": "details",
    "pause_form": "later", "go_on": "yes",
}  # fmt: skip
FEW_WORDS = 6
ASKING = {  # a question may begin so, also without its mark
    "what", "how", "why", "who", "where", "when", "which", "do", "does", "can", "could", "is", "are", "will", "would", "tell",
    "may",
}  # fmt: skip
ONLY_AS_ANSWER = {"provide_residence"}  # said unasked, it asks what the policy says for people there


def step_of(text: str, intent: str | None, replies: Sequence[Mapping[str, Any]], asked: str) -> str:
    """What a message answers: "yes", "no", "residence", "email", "code", "details" …; empty if it is no step.

    text: masked. replies: to this message. asked: the form field that the replies before it asked for; empty if none did.
    """
    if by_words := _by_words(text) or (_by_words_asked(text, asked) if asked else ""):
        return by_words
    if asked and field_asked(replies) == asked and _asks(text):
        return ""  # what the form itself told, such as why it asks, and then asked again
    kinds = {str(reply.get("kind", "")) for reply in replies}
    named = INTENTS.get(intent or "", "")
    if kinds & set(QUESTION_KINDS):  # it was answered as a question: only who was asked may have meant an answer
        return asked if asked and named and "?" not in text else ""
    if asked and kinds <= {"request", "smalltalk"}:
        return asked
    return "" if intent in ONLY_AS_ANSWER else named


def field_asked(replies: Sequence[Mapping[str, Any]]) -> str:
    """The form field that these replies ask for; empty if they ask for none."""
    fields = [form.get("field") for reply in replies if isinstance(form := reply.get("form"), Mapping)]
    return str(fields[-1] or "") if fields else ""


def _by_words(text: str) -> str:
    if is_only_code(text) or wants_new_code(text):
        return "code"
    if not _without_addresses(text).strip(" .,;:!-\n\t") and text.strip(" .,;:!?-\n\t"):
        masked = TOKEN.search(text)
        return masked[1] if masked else "email"
    if (short := read_short_answer(text)) not in NO_STEPS:
        return short.value
    return "residence" if is_place_name(text.strip(" .!")) else ""


def _by_words_asked(text: str, asked: str) -> str:
    """What a short message answers of what was asked, though it holds more than the bare answer."""
    words = text.split()
    if "?" in text or len(words) > FEW_WORDS or words[0].lower() in ASKING:
        return ""
    if asked == "residence" and parse_residence(text).outcome is ResidenceOutcome.FOUND:
        return asked
    if asked == "email" and (TOKEN.search(text) or emails_in(text)):
        return asked
    return ""


def _asks(text: str) -> bool:
    """Whether a message wants to know something, rather than to answer in doubt ("Ireland?")."""
    words = {word.strip(" .,;:!?'\"").lower() for word in text.split()}
    return read_short_answer(text) is ShortAnswer.WHY or ("?" in text and not words.isdisjoint(ASKING))


def _without_addresses(text: str) -> str:
    rest, end = [], 0
    for email in emails_in(text):
        rest.append(text[end : email.start])
        end = email.end
    return TOKEN.sub("", "".join([*rest, text[end:]]))
